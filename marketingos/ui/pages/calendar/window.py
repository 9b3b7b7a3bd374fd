"""Which days a view shows, how it is called, and where its neighbours begin. Weeks start on Monday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import dates

from marketingos.text import format_day

VIEWS = ("month", "week", "day", "list")
AGENDA = timedelta(days=14)
"""How far ahead of its first day the list looks."""

_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Window:
    """A view at a day, in a zone. Where there is no room for seven, `span` is the days that a week draws, and then it
    begins at its day."""

    view: str
    day: date
    zone: str
    span: int = 7

    @property
    def first(self) -> date:
        """The first day that is drawn."""
        if self.view == "month":
            return monday(self.day.replace(day=1))
        return monday(self.day) if self.view == "week" and self.span == _WEEK.days else self.day

    @property
    def last(self) -> date:
        """The day after the last one that is drawn."""
        spans = {"month": 6 * _WEEK, "week": timedelta(days=self.span), "day": timedelta(days=1), "list": AGENDA}
        return self.first + spans[self.view]

    @property
    def start(self) -> datetime:
        """From when posts are needed: what is drawn, and the strip of the week on a phone."""
        return _midnight(min(self.first, monday(self.day)), self.zone)

    @property
    def end(self) -> datetime:
        """Until when posts are needed."""
        return _midnight(max(self.last, self.day + AGENDA, monday(self.day) + _WEEK), self.zone)

    def shifted(self, steps: int) -> date:
        """The day that the next (1) or the one before (-1) starts from."""
        if self.view == "month":
            months = self.day.year * 12 + self.day.month - 1 + steps
            return date(months // 12, months % 12 + 1, 1)
        if self.view == "day":
            return self.day + timedelta(days=steps)
        if self.view == "week" and self.span != _WEEK.days:
            return self.day + steps * timedelta(days=self.span)
        return monday(self.day) + steps * _WEEK

    def shows(self, day: date) -> bool:
        """Whether a day is in it; a month shows its own days."""
        if self.view == "month":
            return (day.year, day.month) == (self.day.year, self.day.month)
        return self.first <= day < self.last

    def title(self, language: str) -> tuple[str, str]:
        """`noviembre` and `2026`; a week is `23 – 29 nov`."""
        if self.view == "week":
            end = self.last - timedelta(days=1)
            start = f"{self.first.day}" if self.first.month == end.month else _short(self.first, language)
            return f"{start} – {_short(end, language)}", str(end.year)
        if self.view == "day":
            return format_day(self.day, language, long=True), str(self.day.year)
        return dates.format_date(self.day, "LLLL", locale=language), str(self.day.year)


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _short(day: date, language: str) -> str:
    return dates.format_date(day, "d MMM", locale=language).replace(".", "")


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
