"""How figures and dates are written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.text import (
    format_change,
    format_compact,
    format_date,
    format_datetime,
    format_day,
    format_euro,
    format_number,
    format_percent,
    format_slot,
    relative,
)

SLOT = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
MADRID = "Europe/Madrid"


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (format_datetime(SLOT, "es", MADRID), "mar 24 nov, 18:30"),
        (format_datetime(SLOT, "en", MADRID), "Tue 24 Nov, 18:30"),
        (format_day(date(2026, 11, 24), "es", long=True), "martes 24 de noviembre"),
        (format_day(date(2026, 11, 24), "en", long=True), "Tuesday 24 November"),
        (format_date(date(2026, 11, 24), "es"), "24 nov 2026"),
        (format_number(6602, "es"), "6.602"),
        (format_number(6602, "en"), "6,602"),
        (format_compact(128432, "es"), "128,4\u00a0mil"),
        (format_compact(1_260_000, "en"), "1.3M"),
        (format_percent(0.054, "es"), "5,4\u00a0%"),
        (format_percent(0.054, "en"), "5.4%"),
        (format_change(-0.13, "es"), "\u221213\u00a0%"),
        (format_change(0.24, "es"), "+24\u00a0%"),
        (format_change(0.001, "es"), "0\u00a0%"),
        (format_euro(0.06, "es"), "0,06\u00a0€"),
        (format_euro(-1.5, "en"), "\u2212€1.50"),
    ],
)
def test_figures_and_dates_read_as_the_design_writes_them(shown: str, wanted: str):
    """Grouped thousands, true minus, no-break spaces, short days and months without points."""
    assert shown == wanted


@pytest.mark.parametrize(
    ("days", "wanted"), [(0, "hoy 18:30"), (1, "mañana 18:30"), (-1, "ayer 18:30"), (2, "jue 26 nov, 18:30")]
)
def test_near_days_go_by_name(days: int, wanted: str):
    """Today and tomorrow by name, in the zone where the time is read."""
    assert format_slot(SLOT + timedelta(days=days), SLOT, "es", MADRID) == wanted


@pytest.mark.parametrize(
    ("then", "wanted"),
    [
        (timedelta(seconds=-5), "ahora"),
        (timedelta(minutes=-12), "hace 12\u00a0min"),
        (timedelta(hours=3), "en 3\u00a0h"),
        (timedelta(days=-1), "lun 23 nov, 17:30"),
    ],
)
def test_distances_are_told_up_to_a_day(then: timedelta, wanted: str):
    """Minutes and hours while they mean something, then the date."""
    assert relative(SLOT, SLOT + then, "es") == wanted


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_grouping_loses_nothing(value: int):
    """Any whole number can be read back from what is shown, in both languages."""
    for language, separator in (("es", "."), ("en", ",")):
        assert int(format_number(value, language).replace(separator, "").replace("\u2212", "-")) == value
