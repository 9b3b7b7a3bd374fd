"""Slots keep wall-clock time through daylight saving (Europe/Madrid: 29 March and 25 October 2026)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.platform import Platform
from marketingos.domain.slot import Slot, occurrences, resolve, wall_time

MADRID = "Europe/Madrid"
ZONES = st.sampled_from([MADRID, "America/Mexico_City", "Atlantic/Canary", "Asia/Kolkata", "America/New_York"])


def slot(weekday: int, at: time) -> Slot:
    return Slot(product_id=1, weekday=weekday, local_time=at, platforms=(Platform.FACEBOOK,))


def test_a_time_that_spring_skips_moves_forward() -> None:
    """02:30 on 29 March 2026 does not exist in Madrid; 03:30 is meant."""
    assert resolve(datetime(2026, 3, 29, 2, 30), MADRID) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_autumn_repeats_is_the_first() -> None:
    """02:30 on 25 October 2026 happens twice in Madrid; the first one counts."""
    assert resolve(datetime(2026, 10, 25, 2, 30), MADRID) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_weekly_slot_stays_at_its_hour_across_the_change() -> None:
    """A Monday 09:30 slot is 09:30 on the wall before and after the change, an hour apart in UTC."""
    found = list(
        occurrences(
            slot(0, time(9, 30)), MADRID, datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 11, 2, 23, tzinfo=UTC)
        )
    )
    assert found == [datetime(2026, 10, 19, 9, 30), datetime(2026, 10, 26, 9, 30), datetime(2026, 11, 2, 9, 30)]
    assert [resolve(w, MADRID).hour for w in found] == [7, 8, 8]


@given(
    st.integers(0, 6),
    st.times(),
    ZONES,
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1)),
    st.integers(1, 30),
)
def test_occurrences_lie_in_the_window_once_a_week(
    weekday: int, at: time, zone: str, start: datetime, days: int
) -> None:
    """Every occurrence lies in the window, on its weekday, and a window of n weeks has n of them."""
    begin = start.replace(tzinfo=UTC)
    end = begin + timedelta(days=days)
    found = list(occurrences(slot(weekday, at.replace(second=0, microsecond=0)), zone, begin, end))
    assert all(begin <= resolve(w, zone) < end and w.weekday() == weekday for w in found)
    assert days // 7 - 1 <= len(found) <= days // 7 + 1
    assert found == sorted(set(found))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1)), ZONES)
def test_an_instant_survives_the_wall(instant: datetime, zone: str) -> None:
    """An instant shown on the wall and resolved again is the same instant, save in the repeated hour."""
    moment = instant.replace(tzinfo=UTC)
    there = moment.astimezone(ZoneInfo(zone))
    if not there.fold:
        assert resolve(wall_time(moment, zone), zone) == moment
