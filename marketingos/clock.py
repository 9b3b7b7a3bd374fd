"""What time it is: the only caller of `datetime.now`.

In the sandbox world time may run faster: from the real moment `CLOCK_START` on, it runs `CLOCK_SPEED` times as fast
(`now = start + (real - start) * speed`). The rule needs no memory, so the product, its sandbox and a process that
was killed and started again all agree.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from marketingos.settings import get_settings

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The moment, aware, in UTC."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    return _accelerated(datetime.now(UTC))


def wall_clock() -> datetime:
    """Real time, whatever this clock shows: for timers that wait in real seconds."""
    return datetime.now(UTC)


def today(timezone: str) -> date:
    """The calendar day in an IANA zone."""
    return now().astimezone(ZoneInfo(timezone)).date()


def human(span: timedelta) -> timedelta:
    """A span that a person waits (an undo, a session), as this clock counts it, however fast time runs."""
    return span * get_settings().clock_speed


def real_seconds(span: timedelta) -> float:
    """How many seconds of real waiting a span of this clock takes."""
    return span.total_seconds() / get_settings().clock_speed


@contextlib.contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stops the clock for the code within. For tests."""
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def _accelerated(real: datetime) -> datetime:
    settings = get_settings()
    if settings.clock_start is None:
        return real
    start = settings.clock_start.astimezone(UTC)
    return start + (real - start) * settings.clock_speed
