"""The database: one engine, and `session()` as the one way in.

`async with session() as s:` is a transaction: it commits on the way out and rolls back on an error; nobody calls
commit. `reading()` is for reads alone. SQLite runs in WAL mode and writers take their lock at the start
(`BEGIN IMMEDIATE`), so that two writers queue instead of failing half-way (sqlite.org/lang_transaction.html);
PostgreSQL gets the same code.

SQLite knows no queue: a writer that finds the file locked sleeps and tries again. So the writers of one process share
one connection and stand in line for it; only another process is waited for in SQLite's way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import event, func
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.sql.expression import GenerativeSelect
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession as AsyncSession

from marketingos.settings import get_settings

_ROWS = 64
"""Rows that a statement on SQLite brings along at once."""

Claim = TypeVar("Claim", bound=GenerativeSelect)

_engine: AsyncEngine | None = None
_writer: AsyncEngine | None = None


def engine() -> AsyncEngine:
    """The engine of this process, made at first use."""
    global _engine
    if _engine is None:
        _engine = _make_engine(get_settings().async_database_url)
    return _engine


def _writing() -> AsyncEngine:
    """The engine of those who write: on SQLite one connection, else the usual one."""
    global _writer
    if _writer is None:
        url = get_settings().async_database_url
        _writer = _make_engine(url, _Writer, pool_size=1, max_overflow=0) if is_sqlite() else engine()
    return _writer


async def dispose() -> None:
    """Closes every connection; the next use opens anew. A process that changes its event loop calls it."""
    global _engine, _writer
    for known in {_engine, _writer}:
        if known is not None:
            await known.dispose()
    _engine = _writer = None


@asynccontextmanager
async def session() -> AsyncIterator[AsyncSession]:
    """A transaction that may write."""
    async with AsyncSession(_writing(), expire_on_commit=False) as opened, opened.begin():
        await _take_write_lock(opened)
        yield opened


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """For reads alone; nothing is flushed. Each statement sees what was committed before it."""
    async with AsyncSession(engine(), expire_on_commit=False, autoflush=False) as opened:
        yield opened


@asynccontextmanager
async def snapshot() -> AsyncIterator[AsyncSession]:
    """For reads that must agree with each other: every statement sees one moment, while others go on writing."""
    async with AsyncSession(engine(), expire_on_commit=False, autoflush=False) as opened:
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


def claimable(statement: Claim, of: type[SQLModel] | Sequence[type[SQLModel]] | None = None) -> Claim:
    """Row locks for a claim: other replicas skip what this one takes. SQLite's single writer needs none."""
    return statement if is_sqlite() else statement.with_for_update(skip_locked=True, of=of)


async def _take_write_lock(opened: AsyncSession) -> None:
    if is_sqlite():
        connection = await opened.connection()
        await connection.exec_driver_sql("BEGIN IMMEDIATE")


def _make_engine(url: str, kind: type[_Connection] | None = None, **pool: int) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10)
    get_settings().data_dir.mkdir(parents=True, exist_ok=True)
    options = {"timeout": 30, "async_creator_fn": partial(_connect, kind or _Connection)}
    # Sessions end their own transactions, and the driver opens none: there is nothing to roll back once more.
    made = create_async_engine(url, connect_args=options, pool_reset_on_return=None, **pool)
    event.listen(made.sync_engine, "connect", _prepare_sqlite)
    return made


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """The driver's own BEGIN comes too late to be immediate; it is switched off and ours is used."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class _Cursor(aiosqlite.Cursor):
    """A statement with its first rows in one visit to the connection's thread, where the driver's own makes four."""

    def __init__(self, connection: _Connection) -> None:
        self.iter_chunk_size = _ROWS
        self._conn: _Connection = connection
        self._rows: list[Any] = []
        self._open: sqlite3.Cursor | None = None
        self._facts: tuple[Any, int, int | None] = (None, -1, None)

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> _Cursor:
        return await self._visit("execute", sql, parameters or ())

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> _Cursor:
        return await self._visit("executemany", sql, parameters)

    async def _visit(self, method: str, sql: str, parameters: Iterable[Any]) -> _Cursor:
        def work(connection: sqlite3.Connection) -> None:
            cursor = getattr(connection, method)(sql, parameters)
            self._rows = cursor.fetchmany(_ROWS) if cursor.description else []
            self._facts = cursor.description, cursor.rowcount, cursor.lastrowid
            if len(self._rows) == _ROWS:
                self._open = cursor
            else:
                cursor.close()

        if method == "execute" and self._conn.is_brief():
            work(self._conn._conn)
        else:
            await self._do(work, self._conn._conn)
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows + await self._do(self._open.fetchall) if self._open else rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = size or _ROWS
        rows, self._rows = self._rows[:wanted], self._rows[wanted:]
        return await self._do(self._open.fetchmany, wanted) if self._open and not rows else rows

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def close(self) -> None:
        if self._open:
            await self._do(self._open.close)

    async def _do(self, work: Callable[..., Any], *given: Any) -> Any:
        return await self._conn._execute(work, *given)  # type: ignore[no-untyped-call]

    @property
    def description(self) -> Any:
        return self._facts[0]

    @property
    def rowcount(self) -> int:
        return self._facts[1]

    @property
    def lastrowid(self) -> int | None:
        return self._facts[2]


class _Connection(aiosqlite.Connection):
    """A connection whose cursors are `_Cursor`s."""

    def cursor(self) -> _Cursor:  # type: ignore[override]
        return _Cursor(self)

    def is_brief(self) -> bool:
        """Whether a statement may run where it is asked: it waits for nothing and costs less than the way to another
        thread and back."""
        return False


class _Writer(_Connection):
    """A connection that has the lock of writers from BEGIN to COMMIT; these two may wait for the disk or for another
    process, what stands between them does not."""

    def is_brief(self) -> bool:
        return self.in_transaction


def _connect(kind: type[_Connection], database: str, **options: Any) -> _Connection:
    # Between BEGIN and COMMIT the loop's own thread works on a connection that another one opened; never both at once.
    options["check_same_thread"] = False
    made = kind(partial(sqlite3.connect, database, **options), iter_chunk_size=_ROWS)
    made._thread.daemon = True
    return made
