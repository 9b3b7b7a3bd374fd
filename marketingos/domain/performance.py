"""Readings of published posts. Appended, never updated; missing is never zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel

from marketingos.domain.columns import Embedded, word


class ReadingSource(StrEnum):
    """How a number came to us."""

    POLL = "poll"
    WEBHOOK = "webhook"


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Counts since publication, as the platform gives them; None is not known."""

    views: int | None = None
    reach: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    clicks: int | None = None

    @property
    def engagement(self) -> int | None:
        """Likes, comments, shares and saves together; None when none of them is known."""
        known = [n for n in (self.likes, self.comments, self.shares, self.saves) if n is not None]
        return sum(known) if known else None


class Reading(SQLModel, table=True):
    """What a platform said about one delivery at one moment."""

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True, ondelete="CASCADE")
    taken_at: datetime = Field(index=True)
    source: ReadingSource = Field(default=ReadingSource.POLL, sa_type=word(ReadingSource))
    views: int | None = None
    reach: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    clicks: int | None = None
    raw: dict[str, Any] = Field(default_factory=dict, sa_type=Embedded(dict[str, Any]))

    @property
    def metrics(self) -> Metrics:
        """The counts as a value."""
        return Metrics(
            views=self.views,
            reach=self.reach,
            likes=self.likes,
            comments=self.comments,
            shares=self.shares,
            saves=self.saves,
            clicks=self.clicks,
        )


LADDER: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(minutes=10), timedelta(minutes=1)),
    (timedelta(hours=1), timedelta(minutes=5)),
    (timedelta(hours=6), timedelta(minutes=30)),
    (timedelta(hours=24), timedelta(hours=2)),
    (timedelta(hours=72), timedelta(hours=6)),
    (timedelta(days=7), timedelta(hours=24)),
    (timedelta(days=30), timedelta(days=3)),
)
"""Up to this age, read this often: fresh posts often, old ones seldom."""


def next_reading(published_at: datetime, now: datetime) -> datetime | None:
    """When to read a post again, or None when it is too old to move."""
    age = now - published_at
    for until, pause in LADDER:
        if age < until:
            return now + pause
    return None


def as_columns(metrics: Metrics) -> dict[str, Any]:
    """The counts by column name of `Reading`."""
    return {name: getattr(metrics, name) for name in Metrics.__dataclass_fields__}
