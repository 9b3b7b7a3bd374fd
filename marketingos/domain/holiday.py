"""National holidays, by the `holidays` library, which follows each country's law; regional ones are left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import holidays
from babel.core import get_global


def country_of(timezone: str) -> str:
    """The country (ISO 3166, two letters) that an IANA zone belongs to; empty when it belongs to none, like `UTC`."""
    country = str(get_global("zone_territories").get(timezone, ""))
    return country if len(country) == 2 and country.isalpha() else ""


@cache
def known_countries() -> frozenset[str]:
    """The countries (ISO 3166, two letters) whose national holidays are known."""
    return frozenset(code for code in holidays.list_supported_countries() if len(code) == 2)


def holiday_on(day: date, country: str, language: str) -> str:
    """What is celebrated nationwide on a day, named in the language where the country's law is known in it; empty on a
    day like any other, and for a country that is not known."""
    return _year(country, day.year, language).get(day, "")


def holidays_after(day: date, country: str, language: str, days: int) -> tuple[tuple[date, str], ...]:
    """The holidays of so many days after this one."""
    ahead = (day + timedelta(days=n) for n in range(1, days + 1))
    return tuple((at, name) for at in ahead if (name := holiday_on(at, country, language)))


@cache
def _year(country: str, year: int, language: str) -> Mapping[date, str]:
    if country not in known_countries():
        return {}
    spoken = holidays.list_localized_countries().get(country, [])
    wanted = next((code for code in spoken if code.split("_")[0] == language), None)
    return dict(holidays.country_holidays(country, years=year, language=wanted).items())
