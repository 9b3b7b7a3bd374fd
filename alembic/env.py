"""Alembic's environment: the product's settings and tables, nothing else."""

from alembic import context
from sqlalchemy import create_engine, pool
from sqlmodel import SQLModel

import marketingos.domain  # noqa: F401  (registers the tables)
from marketingos.domain.columns import Embedded
from marketingos.settings import get_settings


def run() -> None:
    """Runs the migrations on a connection that the caller gave, or on the configured database."""
    given = context.config.attributes.get("connection")
    if given is not None:
        return migrate_on(given)
    get_settings().data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_engine(get_settings().sync_database_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        migrate_on(connection)


def migrate_on(connection) -> None:
    """SQLite changes tables by copying them (`render_as_batch`)."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=plain_names,
    )
    with context.begin_transaction():
        context.run_migrations()


def plain_names(kind: str, item: object, _context: object) -> str | bool:
    """Migrations must not change when a Python type moves: our JSON columns are JSON to them."""
    return "sa.JSON()" if kind == "type" and isinstance(item, Embedded) else False


run()
