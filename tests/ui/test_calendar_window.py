"""Which days a view shows."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.ui.pages.calendar.window import VIEWS, Window, monday

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31))
MADRID = "Europe/Madrid"


def window(view: str, day: date) -> Window:
    return Window(view=view, day=day, zone=MADRID)


@given(view=st.sampled_from(VIEWS), day=DAYS)
def test_a_view_shows_its_day(view, day):
    """The day that was asked for is always drawn, and what is drawn lies in what is fetched."""
    shown = window(view, day)
    assert shown.first <= day < shown.last
    assert shown.shows(day)
    assert shown.start.date() <= shown.first
    assert shown.end.date() >= shown.last


@given(day=DAYS)
def test_a_month_is_six_whole_weeks(day):
    """The grid starts on a Monday and holds every day of the month."""
    shown = window("month", day)
    assert shown.first.weekday() == 0
    assert shown.last - shown.first == timedelta(weeks=6)
    assert shown.first <= day.replace(day=1)


@given(view=st.sampled_from(VIEWS), day=DAYS)
def test_turning_leaves_nothing_out(view, day):
    """The next view begins where this one ends, and turning back comes back to the same view."""
    here = window(view, day)
    there = window(view, here.shifted(1))
    assert there.day > here.day
    assert not there.shows(here.day) or view == "list"
    assert window(view, there.shifted(-1)).shows(day) or view == "list"


@pytest.mark.parametrize("view", VIEWS)
def test_a_window_is_bounded_by_local_midnights(view):
    """Over the change of the clocks a day still begins and ends at midnight in Madrid."""
    shown = window(view, date(2026, 10, 25))
    for edge in (shown.start, shown.end):
        assert (edge.hour, edge.minute) == (0, 0)


@pytest.mark.parametrize(
    ("view", "day", "language", "title"),
    [
        ("month", date(2026, 11, 24), "es", ("noviembre", "2026")),
        ("month", date(2026, 11, 24), "en", ("November", "2026")),
        ("week", date(2026, 11, 24), "es", ("23 – 29 nov", "2026")),
        ("week", date(2026, 12, 1), "es", ("30 nov – 6 dic", "2026")),
        ("week", date(2026, 12, 31), "es", ("28 dic – 3 ene", "2027")),
        ("day", date(2026, 11, 24), "es", ("martes 24 de noviembre", "2026")),
        ("list", date(2026, 11, 24), "es", ("noviembre", "2026")),
    ],
)
def test_a_view_has_a_name(view, day, language, title):
    """The title names the days in the person's language, the year apart."""
    assert window(view, day).title(language) == title


@given(day=DAYS)
def test_a_week_begins_on_monday(day):
    """Also in English."""
    assert monday(day).weekday() == 0
    assert timedelta() <= day - monday(day) < timedelta(days=7)
