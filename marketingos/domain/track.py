"""What one published post gathered over time, and what it gained in a span. Readings are cumulative; a gain is a
difference between two of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from marketingos.domain.performance import Metrics

COUNTS: tuple[str, ...] = tuple(Metrics.__dataclass_fields__)
"""The order of the numbers in a `Counts`."""

Counts = tuple[int | None, ...]
"""A reading as plain numbers: charts ask for thousands of differences."""


@dataclass(frozen=True, kw_only=True)
class Track:
    """The readings of one post, oldest first: when each was taken and what it said."""

    published_at: datetime
    times: tuple[datetime, ...] = ()
    counts: tuple[Counts, ...] = ()

    @property
    def latest(self) -> Metrics:
        """What is known now."""
        return as_metrics(self.counts[-1]) if self.counts else Metrics()

    def at(self, instant: datetime) -> Counts | None:
        """What was known at an instant; None before the first reading."""
        index = bisect_right(self.times, instant)
        return self.counts[index - 1] if index else None

    def gained(self, start: datetime, end: datetime) -> Counts | None:
        """What was gained in (start, end]; None when nothing was read in it, or not what it began with."""
        before, after = bisect_right(self.times, start), bisect_right(self.times, end)
        if before == after:
            return None
        if before:
            return _difference(self.counts[after - 1], self.counts[before - 1])
        return self.counts[after - 1] if self.published_at >= start else None


def summed(rows: Iterable[Counts | None]) -> Metrics:
    """The sum of several posts; a count is None only when nobody knows it."""
    sums: list[int | None] = [None] * len(COUNTS)
    for row in rows:
        for index, value in enumerate(row or ()):
            if value is not None:
                sums[index] = (sums[index] or 0) + value
    return as_metrics(sums)


def as_metrics(counts: Iterable[int | None]) -> Metrics:
    """The numbers with their names."""
    return Metrics(**dict(zip(COUNTS, counts, strict=True)))


def _difference(after: Counts, before: Counts) -> Counts:
    """Gains; a platform that corrects a count downwards does not make a negative day."""
    pairs = zip(after, before, strict=True)
    return tuple(None if now is None else max(now - (then or 0), 0) for now, then in pairs)
