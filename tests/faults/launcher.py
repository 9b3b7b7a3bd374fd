"""The product's own commands, in processes that a fault test can hold: their clock is the test's, and a publication's
walk can be stopped at any await.

python -m tests.faults.launcher        reads orders from its input, a JSON object a line, and answers each with a line

It has imported everything once and forks for each order, so that a start costs a fraction of a second. An order is
`{"words": ["run", "--backend-only"], "environment": {…}, "log": "server.log"}`; the answer is the process's id. Whoever
gave the order kills the process.

The file `PARKS` says at which await the walks of an account stop, `{"7": 31}`; it is read at the start of every walk.
Each walk that has stopped writes a line `account await place` into the file `PARKED`.

Nothing of the product is replaced save its clock, how often its scheduler ticks, and, for walks that stand still, how
many connections there may be.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import mmap
import os
import signal
import struct
import sys
import types
from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

OFFSET = "FAULTS_CLOCK"
"""Names the file that holds how many seconds the world's clock is ahead of the real one, as a double."""

PARKS, PARKED = "FAULTS_PARKS", "FAULTS_PARKED"

BUSY = "FAULTS_BUSY_MS"
"""How long SQLite waits for another's lock, instead of half a minute."""

TICK = timedelta(milliseconds=200)
ROOM = "FAULTS_CONNECTIONS"
"""How many connections a process may have to PostgreSQL, which allows a hundred in all."""


def main() -> None:
    """Serves orders until its input ends; then every process that it started dies."""
    import marketingos.app
    import marketingos.cli
    import marketingos.server  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    started: list[int] = []
    for line in sys.stdin:
        order = json.loads(line)
        if (process := os.fork()) == 0:
            _become(order)
        started.append(process)
        print(process, flush=True)
    for process in started:
        _kill(process)


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _become(order: dict[str, Any]) -> None:
    """Runs a command in this process and never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(order["environment"])
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    null = os.open(os.devnull, os.O_RDONLY)
    for standard, file in ((0, null), (1, log), (2, log)):
        os.dup2(file, standard)
    code = 1
    try:
        prepare()
        if PARKS in os.environ:
            _park(Path(os.environ[PARKS]), Path(os.environ[PARKED]))
        code = _run(order["words"])
    finally:
        os._exit(code)


def _run(words: list[str]) -> int:
    import traceback

    from marketingos import cli

    try:
        cli.app(words, standalone_mode=False)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def prepare() -> None:
    """Puts this process into the test's world: its settings, its clock."""
    from marketingos import clock, db, jobs, vault
    from marketingos.settings import get_settings

    get_settings.cache_clear()
    vault.forget()
    clock._accelerated = SharedClock(Path(os.environ[OFFSET])).moved
    jobs.TICK = TICK
    make = db.create_async_engine

    def with_room(url: str, **choices: Any) -> Any:
        room = {"pool_size": int(os.environ[ROOM]), "max_overflow": 0, "pool_timeout": 600}
        return make(url, **{**choices, **(room if url.startswith("postgresql") else {})})

    if ROOM in os.environ:
        db.create_async_engine = with_room
    if milliseconds := os.environ.get(BUSY):
        _lose_patience(int(milliseconds))


def _lose_patience(milliseconds: int) -> None:
    from marketingos import db

    usual = db._prepare_sqlite

    def prepare_sqlite(connection: Any, record: Any) -> None:
        usual(connection, record)
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={milliseconds}")
        cursor.close()

    db._prepare_sqlite = prepare_sqlite


class SharedClock:
    """How far the world is ahead of real time, in a file that every process of the world maps."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(8))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), 8)

    @property
    def ahead(self) -> timedelta:
        return timedelta(seconds=struct.unpack("d", self._map[:8])[0])

    def set(self, ahead: timedelta) -> None:
        self._map[:8] = struct.pack("d", ahead.total_seconds())

    def moved(self, real: datetime) -> datetime:
        """What the world's clock shows at a real moment."""
        return real + self.ahead


# -- stopping a walk at an await ---------------------------------------------------------------------------------------


def _park(orders: Path, note: Path) -> None:
    """From now on a walk of an account that the orders name stops after so many awaits, counted over all its claims."""
    from marketingos.services import publishing

    drain: Callable[[int], Coroutine[Any, Any, int]] = publishing._drain
    counts: Counter[int] = Counter()
    file = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    told: set[int] = set()

    def tell(account: int, at: int, place: str) -> None:
        if account not in told:
            told.add(account)
            os.write(file, f"{account} {at} {place}\n".encode())

    async def watched(account: int) -> int:
        parks = json.loads(orders.read_text())
        if str(account) not in parks:
            return await drain(account)
        return await _until(drain(account), account, counts, parks[str(account)], tell)

    publishing._drain = watched


@types.coroutine
def _until(
    walk: Coroutine[Any, Any, int], account: int, counts: Counter[int], at: int, tell: Callable[[int, int, str], None]
) -> Generator[Any, Any, int]:
    """Drives a walk and counts each value that it hands to the event loop. At the one that is asked for, what was
    awaited still happens, and the walk never learns of it."""
    answer: Any = None
    error: BaseException | None = None
    while True:
        try:
            awaited = walk.throw(error) if error else walk.send(answer)
        except StopIteration as end:
            return int(end.value)
        error = None
        place = _place(walk)
        counts[account] += 1
        try:
            answer = yield awaited
        except BaseException as raised:
            error = raised
        if counts[account] >= at:
            tell(account, at, place)
            yield from asyncio.get_running_loop().create_future()


def _place(walk: Coroutine[Any, Any, Any]) -> str:
    """Where a coroutine waits: the innermost line of the product, and what it calls there."""
    place, inner = "", ""
    waiting: Any = walk
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "ag_frame", None)
        if frame is not None:
            name = frame.f_code.co_filename
            inner = f"{Path(name).stem}.{frame.f_code.co_name}"
            if "/marketingos/" in name:
                place, inner = f"{name.rpartition('/marketingos/')[2]}:{frame.f_lineno}", ""
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "ag_await", None)
    return f"{place}>{inner}"


if __name__ == "__main__":
    main()
