"""Dates, times and figures as Spanish and English write them on our screens.

Times are aware datetimes and are shown in the `zone` given (IANA name). Figures group their thousands
always (`6.602`, so that columns line up), use a true minus and a no-break space before `%` and `€`.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers

_NBSP = "\u00a0"
_MINUS = "\u2212"
_WORDS = {
    "es": {"now": "ahora", "ago": "hace {}", "in": "en {}", "today": "hoy", "tomorrow": "mañana",
           "yesterday": "ayer", "thousand": "mil", "million": "M"},
    "en": {"now": "now", "ago": "{} ago", "in": "in {}", "today": "today", "tomorrow": "tomorrow",
           "yesterday": "yesterday", "thousand": "k", "million": "M"},
}  # fmt: skip


def format_day(day: date, language: str, *, long: bool = False) -> str:
    """`mar 24 nov`, or `martes 24 de noviembre` when long."""
    if not long:
        return dates.format_date(day, "EEE d MMM", locale=language).replace(".", "")
    return dates.format_date(day, "EEEE d 'de' MMMM" if language == "es" else "EEEE d MMMM", locale=language)


def format_date(day: date, language: str) -> str:
    """`24 nov 2026`."""
    return dates.format_date(day, "d MMM y", locale=language).replace(".", "")


def format_time(moment: datetime, zone: str) -> str:
    """`18:30`."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def format_datetime(moment: datetime, language: str, zone: str) -> str:
    """`mar 24 nov, 18:30`."""
    return f"{format_day(moment.astimezone(ZoneInfo(zone)).date(), language)}, {format_time(moment, zone)}"


def format_slot(moment: datetime, now: datetime, language: str, zone: str) -> str:
    """`hoy 19:00`, `mañana 08:30`, else `mar 24 nov, 18:30`."""
    days = (moment.astimezone(ZoneInfo(zone)).date() - now.astimezone(ZoneInfo(zone)).date()).days
    name = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    if name is None:
        return format_datetime(moment, language, zone)
    return f"{_WORDS[language][name]} {format_time(moment, zone)}"


def relative(now: datetime, then: datetime, language: str, zone: str = "UTC") -> str:
    """`hace 12 min`, `en 3 h`; beyond a day the date and time."""
    distance = abs(now - then)
    words = _WORDS[language]
    if distance < timedelta(minutes=1):
        return words["now"]
    if distance >= timedelta(days=1):
        return format_datetime(then, language, zone)
    return words["ago" if then < now else "in"].format(_span(distance))


def format_number(value: int | float | Decimal, language: str, *, digits: int = 0) -> str:
    """`6.602`; negative figures with a true minus."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    # CLDR leaves four-digit Spanish numbers ungrouped; our columns line up only if all are grouped.
    text = numbers.format_decimal(-value if value < 0 else value, pattern, locale=_grouping_locale(language))
    return _MINUS + text if value < 0 and text.strip("0.,") else text


def format_compact(value: int | float, language: str) -> str:
    """`6.602` as it is; from a hundred thousand `128,4 mil`, from a million `1,3 M`."""
    size = abs(value)
    if size < 100_000:
        return format_number(value, language)
    unit, divisor = ("thousand", 1_000) if size < 1_000_000 else ("million", 1_000_000)
    gap = _NBSP if language == "es" else ""
    return f"{format_number(value / divisor, language, digits=1)}{gap}{_WORDS[language][unit]}"


def format_percent(share: float, language: str, *, digits: int = 1) -> str:
    """A share (0.054) as `5,4 %` in Spanish and `5.4%` in English."""
    gap = _NBSP if language == "es" else ""
    return f"{format_number(share * 100, language, digits=digits)}{gap}%"


def format_change(share: float, language: str) -> str:
    """A change (−0.13) with its sign: `−13 %`, `+24 %`."""
    text = format_percent(share, language, digits=0)
    return f"+{text}" if share > 0 and not text.startswith("0") else text


def format_euro(amount: int | float | Decimal, language: str) -> str:
    """`0,06 €` in Spanish, `€0.06` in English."""
    figure = format_number(amount, language, digits=2)
    if language == "es":
        return f"{figure}{_NBSP}€"
    return f"{_MINUS}€{figure[1:]}" if figure.startswith(_MINUS) else f"€{figure}"


def _span(distance: timedelta) -> str:
    minutes = int(distance.total_seconds() // 60)
    return f"{minutes}{_NBSP}min" if minutes < 60 else f"{minutes // 60}{_NBSP}h"


def _grouping_locale(language: str) -> str:
    return "de" if language == "es" else "en"
