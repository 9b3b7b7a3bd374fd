"""How much of Meta's limits is used, as the headers of every answer may tell (in percent; absence means nothing).

Wire: developers.facebook.com/docs/graph-api/overview/rate-limiting: `X-App-Usage` and `X-Page-Usage` are one object,
`X-Business-Use-Case-Usage` maps ids to lists of them, with `estimated_time_to_regain_access` in minutes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

NEARLY_FULL = 90
"""From this share on an account rests, before it is refused."""

PAUSE = timedelta(minutes=10)
"""For so long, when Meta does not say. The counts are those of a rolling hour."""

_SHARES = ("call_count", "total_time", "total_cputime")
_ONE, _MANY = ("x-app-usage", "x-page-usage"), "x-business-use-case-usage"


def rest_after(headers: Mapping[str, str]) -> timedelta:
    """How long to rest after an answer with these headers; nothing while there is room."""
    return max((_rest(row) for row in _rows(headers)), default=timedelta())


def regained_after(headers: Mapping[str, str]) -> timedelta:
    """When a use that was refused is allowed again; nothing when Meta does not say."""
    return max((_regained(row) for row in _rows(headers)), default=timedelta())


def _rest(row: Mapping[str, Any]) -> timedelta:
    is_full = any(_number(row.get(share)) >= NEARLY_FULL for share in _SHARES)
    return max(_regained(row), PAUSE if is_full else timedelta())


def _regained(row: Mapping[str, Any]) -> timedelta:
    return timedelta(minutes=min(_number(row.get("estimated_time_to_regain_access")), 24 * 60))


def _rows(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    yield from filter(_is_row, (_json(headers.get(name, "")) for name in _ONE))
    by_id = _json(headers.get(_MANY, ""))
    for rows in by_id.values() if isinstance(by_id, dict) else ():
        yield from filter(_is_row, rows if isinstance(rows, list) else ())


def _is_row(value: Any) -> bool:
    return isinstance(value, dict)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and value >= 0 else 0.0
