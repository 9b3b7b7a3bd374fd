"""The database: one engine, and `session()` as the one way in.

`async with session() as s:` is a transaction: it commits on the way out and rolls back on an error; nobody calls
commit. `reading()` is for reads alone. SQLite runs in WAL mode and writers take their lock at the start
(`BEGIN IMMEDIATE`), so that two writers queue instead of failing half-way (sqlite.org/lang_transaction.html);
PostgreSQL gets the same code.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import event, func
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.sql.expression import GenerativeSelect
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession as AsyncSession

from marketingos.settings import get_settings

Claim = TypeVar("Claim", bound=GenerativeSelect)

_engine: AsyncEngine | None = None


def engine() -> AsyncEngine:
    """The engine of this process, made at first use."""
    global _engine
    if _engine is None:
        _engine = _make_engine(get_settings().async_database_url)
    return _engine


async def dispose() -> None:
    """Closes every connection; the next use opens anew. A process that changes its event loop calls it."""
    global _engine
    if _engine is not None:
        await _engine.dispose()
        _engine = None


@asynccontextmanager
async def session() -> AsyncIterator[AsyncSession]:
    """A transaction that may write."""
    async with _sessions()() as opened, opened.begin():
        await _take_write_lock(opened)
        yield opened


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """For reads alone; nothing is flushed. Each statement sees what was committed before it."""
    async with _sessions()(autoflush=False) as opened:
        yield opened


@asynccontextmanager
async def snapshot() -> AsyncIterator[AsyncSession]:
    """For reads that must agree with each other: every statement sees one moment, while others go on writing."""
    async with _sessions()(autoflush=False) as opened:
        if is_sqlite():
            connection = await opened.connection()
            await connection.exec_driver_sql("BEGIN")
        else:
            await opened.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield opened


def is_sqlite() -> bool:
    """Whether rows are in SQLite: one writer at a time, no row locks."""
    return engine().dialect.name == "sqlite"


async def one_at_a_time(s: AsyncSession, what: str) -> None:
    """From here to its end this transaction is the only one under that name, whoever else asks, in any process."""
    if not is_sqlite():
        await s.exec(select(func.pg_advisory_xact_lock(func.hashtext(what))))


def claimable(statement: Claim, of: type[SQLModel] | None = None) -> Claim:
    """Row locks for a claim: other replicas skip what this one takes. SQLite's single writer needs none."""
    return statement if is_sqlite() else statement.with_for_update(skip_locked=True, of=of)


def _sessions() -> Callable[..., AsyncSession]:
    return async_sessionmaker(engine(), class_=AsyncSession, expire_on_commit=False)


async def _take_write_lock(opened: AsyncSession) -> None:
    if is_sqlite():
        connection = await opened.connection()
        await connection.exec_driver_sql("BEGIN IMMEDIATE")


def _make_engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10)
    get_settings().data_dir.mkdir(parents=True, exist_ok=True)
    made = create_async_engine(url, connect_args={"timeout": 30})
    event.listen(made.sync_engine, "connect", _prepare_sqlite)
    return made


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """The driver's own BEGIN comes too late to be immediate; it is switched off and ours is used."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
