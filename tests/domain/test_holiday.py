"""National holidays by the country of a zone, in the product's language."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import available_timezones

from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.holiday import country_of, holiday_on, holidays_after

CHRISTMAS = date(2026, 12, 25)


def test_the_country_follows_the_zone() -> None:
    """Madrid and the Canaries are Spain; a zone of no country has none."""
    assert {country_of(zone) for zone in ("Europe/Madrid", "Atlantic/Canary")} == {"ES"}
    assert country_of("America/Mexico_City") == "MX"
    assert country_of("UTC") == ""


def test_holidays_are_named_in_the_language_of_the_product() -> None:
    """Where the country's law is known in it."""
    assert holiday_on(CHRISTMAS, "MX", "es") == "Navidad"
    assert holiday_on(CHRISTMAS, "ES", "en") == "Christmas Day"
    assert holiday_on(date(2026, 12, 23), "ES", "es") == ""


def test_regional_holidays_are_left_out() -> None:
    """What only Madrid celebrates is no holiday of a product of Spain."""
    assert holiday_on(date(2026, 5, 15), "ES", "es") == ""


def test_the_days_after_are_told() -> None:
    """A week before Christmas it is known, the day itself is not among those after it."""
    assert [name for _, name in holidays_after(date(2026, 12, 20), "MX", "es", 6)] == ["Navidad"]
    assert CHRISTMAS not in dict(holidays_after(CHRISTMAS, "MX", "es", 6))


@given(zone=st.sampled_from(sorted(available_timezones())), days=st.integers(0, 4000))
def test_no_zone_and_no_day_is_too_strange(zone: str, days: int) -> None:
    """Any zone has an answer for any day."""
    assert isinstance(holiday_on(date(2024, 1, 1) + timedelta(days=days), country_of(zone), "es"), str)
