"""When LinkedIn's API versions end: each lives for a year and dies in mid-month. Then every call is refused.

Source: learn.microsoft.com/linkedin/marketing/versioning and .../integrations/migrations, as read on 2026-11-22. A
version whose day is not announced is taken to end on the 15th, a year after its month. There was no 202512.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

SUNSETS: Mapping[str, date] = {
    "202510": date(2026, 10, 15),
    "202511": date(2026, 11, 16),
    "202601": date(2027, 1, 15),
    "202602": date(2027, 2, 15),
    "202603": date(2027, 3, 16),
    "202609": date(2027, 9, 15),
}


def sunset(version: str) -> date:
    """The day on which a version (YYYYMM) ends."""
    return SUNSETS.get(version) or date(int(version[:4]) + 1, int(version[4:]), 15)
