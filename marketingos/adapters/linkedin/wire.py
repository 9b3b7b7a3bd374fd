"""LinkedIn's versioned API: headers, Rest.li addresses, and its words for no.

Wire: learn.microsoft.com/linkedin/shared/api-guide/concepts/{protocol-version,error-handling} (202609). Addresses are
built by hand: percent-encoding the syntax of `List(...)` as ordinary parameters would be is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Unpack
from urllib.parse import quote

from marketingos import clock
from marketingos.adapters.http import Answer, Parts, Ruling, call
from marketingos.domain import walk
from marketingos.domain.ports import Grant
from marketingos.errors import (
    ContentRefused,
    Missing,
    NotSent,
    OutcomeUnknown,
    OutsideError,
    PermissionMissing,
    RateLimited,
    TokenRejected,
)
from marketingos.settings import get_settings

_WRONG = Ruling(ContentRefused)
_ROLE = Ruling(PermissionMissing, "error.linkedin.role")
_VERSION = Ruling(NotSent, "error.linkedin.version", timedelta(minutes=30))
_DAILY = Ruling(RateLimited, "error.linkedin.daily")

BY_CODE: Mapping[str, Ruling] = {
    "VERSION_MISSING": _VERSION,
    "NONEXISTENT_VERSION": _VERSION,
    "ILLEGAL_ARGUMENT": _WRONG,
    "INVALID_URN_TYPE": _WRONG,
    "INVALID_URN_ID": _WRONG,
    "MISSING_FIELD": _WRONG,
    "FIELD_LENGTH_TOO_LONG": Ruling(ContentRefused, "error.linkedin.text"),
    "INVALID_VALUE_FOR_FIELD": _WRONG,
    "INVALID_VALUE_BLANK_FIELD": _WRONG,
    "EMPTY_ACCESS_TOKEN": Ruling(TokenRejected),
    "INVALID_ACCESS_TOKEN": Ruling(TokenRejected),
    "REVOKED_ACCESS_TOKEN": Ruling(TokenRejected),
    "EXPIRED_ACCESS_TOKEN": Ruling(TokenRejected),
    "ACCESS_DENIED": _ROLE,
    "RESOURCE_NOT_FOUND": Ruling(Missing),
    "CONFLICT": Ruling(OutcomeUnknown),
    "UNPROCESSABLE_ENTITY": _WRONG,
    "EXPIRED_UPLOAD_URL": Ruling(NotSent),
    "MEDIA_ASSET_WAITING_UPLOAD": Ruling(NotSent),
    "MEDIA_ASSET_PROCESSING_FAILED": Ruling(ContentRefused, "error.linkedin.media"),
    "TOO_MANY_REQUESTS": _DAILY,
    "INTERNAL_SERVER_ERROR": Ruling(OutcomeUnknown),
}

BY_STATUS: Mapping[int, Ruling] = {
    403: _ROLE,
    404: Ruling(Missing),
    409: Ruling(OutcomeUnknown),
    422: _WRONG,
    426: _VERSION,
    429: _DAILY,
}


class Duplicate(OutsideError):
    """LinkedIn has this very text already, as the post `urn`; nothing was made."""

    key = "error.linkedin.duplicate"

    def __init__(self, urn: str, diagnostic: str) -> None:
        super().__init__(diagnostic=diagnostic)
        self.urn = urn


async def linkedin(method: str, path: str, grant: Grant, *, commits: bool = False, **parts: Unpack[Parts]) -> Answer:
    """Calls the versioned API as the account; `path` carries its query, already encoded."""
    settings = get_settings()
    parts["headers"] = {
        "LinkedIn-Version": settings.linkedin_version,
        "X-Restli-Protocol-Version": "2.0.0",
        **parts.get("headers", {}),
    }
    url = f"{settings.linkedin_api_url}{path}"
    return await call(method, url, refusal=refusal, commits=commits, token=grant.token, **parts)


def encode(value: Any) -> str:
    """A value in Rest.li 2.0 syntax: `(k:v)`, `List(a,b)`; texts percent-encoded, the syntax itself left raw."""
    if isinstance(value, Mapping):
        return "(" + ",".join(f"{quote(str(k), safe='')}:{encode(v)}" for k, v in value.items()) + ")"
    if isinstance(value, list | tuple):
        return "List(" + ",".join(map(encode, value)) + ")"
    return quote(str(value), safe="")


def query(**parameters: Any) -> str:
    """A query string in Rest.li 2.0 syntax."""
    return "&".join(f"{name}={encode(value)}" for name, value in parameters.items())


def refusal(answer: Answer) -> OutsideError | None:
    """What an answer means; None for success, whose body may well be empty."""
    if answer.status < 300:
        return None
    codes = list(_codes(answer))
    if "DUPLICATE_POST" in codes:
        found = re.search(r"urn:li:\w+:\w+", str(answer.get("message")))
        return Duplicate(found[0] if found else "", answer.diagnostic)
    ruling = next((BY_CODE[code] for code in codes if code in BY_CODE), BY_STATUS.get(answer.status))
    if ruling is None:
        return answer.by_status()
    error = ruling.on(answer)
    if ruling is _DAILY and error.retry_after is None:
        error.retry_after = walk.until_midnight(clock.now())
    return error


def _codes(answer: Answer) -> Iterable[str]:
    """The codes of both of LinkedIn's envelopes, the more exact ones first."""
    details = answer.get("errorDetails")
    inputs = details.get("inputErrors") if isinstance(details, dict) else None
    yield from (str(row.get("code")) for row in inputs or () if isinstance(row, dict))
    yield str(answer.get("code"))
