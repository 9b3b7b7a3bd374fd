"""Weekly posting slots, and wall-clock time that survives daylight saving."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Field, SQLModel

from marketingos.domain.columns import Embedded
from marketingos.domain.platform import Platform


class Slot(SQLModel, table=True):
    """A weekday (0 is Monday), a local time in the product's zone, and the platforms it serves."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True, ondelete="CASCADE")
    weekday: int = Field(ge=0, le=6)
    local_time: time
    platforms: tuple[Platform, ...] = Field(default=(), sa_type=Embedded(tuple[Platform, ...]))


def resolve(wall: datetime, timezone: str) -> datetime:
    """The instant (UTC) of a wall-clock time in a zone.

    A time that the spring change skips moves forward by the length of the gap; a time that autumn repeats is the first
    of the two (PEP 495, fold=0).
    """
    zone = ZoneInfo(timezone)
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone).astimezone(UTC)


def wall_time(instant: datetime, timezone: str) -> datetime:
    """What the clock on the wall shows at an instant, without a zone."""
    return instant.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)


def occurrences(slot: Slot, timezone: str, start: datetime, end: datetime) -> Iterator[datetime]:
    """The wall-clock times of a slot whose instants lie in [start, end), oldest first."""
    day = wall_time(start, timezone).date() - timedelta(days=1)
    while True:
        wall = datetime.combine(day, slot.local_time)
        instant = resolve(wall, timezone)
        if instant >= end:
            return
        if instant >= start and day.weekday() == slot.weekday:
            yield wall
        day += timedelta(days=1)
