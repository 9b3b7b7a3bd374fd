"""Meta's error codes as data: what each means for a post, and the sentence for the person.

Codes and subcodes are unique enough to be looked up by themselves: a subcode first, then the code. Sources:
developers.facebook.com/docs/graph-api/guides/error-handling and .../instagram-platform/.../error-codes (v25.0).
`OutcomeUnknown` stands for faults on Meta's side; for a harmless call http.py turns it into `NotSent`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from marketingos.adapters.http import Answer, Ruling
from marketingos.adapters.meta.usage import regained_after
from marketingos.domain.ports import REFUSED, Absent, Progress
from marketingos.errors import (
    AccountBlocked,
    BadAnswer,
    ContentRefused,
    Missing,
    NotSent,
    OutcomeUnknown,
    OutsideError,
    PermissionMissing,
    PostFailed,
    RateLimited,
    TokenRejected,
)

_TRANSIENT = Ruling(OutcomeUnknown)
_DUPLICATE = Ruling(OutcomeUnknown, "error.meta.duplicate")
_RECONNECT = Ruling(TokenRejected)
_IDENTIFY = Ruling(TokenRejected, "error.meta.identify")
_NOT_ALLOWED = Ruling(PermissionMissing)
_THROTTLED = Ruling(RateLimited, pause=timedelta(minutes=5))
_BLOCKED = Ruling(AccountBlocked, "error.meta.blocked")
_CONFIRM = Ruling(AccountBlocked, "error.meta.identify")
_WRONG = Ruling(ContentRefused)
_LINK = Ruling(ContentRefused, "error.meta.link")
_PICTURE = Ruling(ContentRefused, "error.meta.picture")
_VIDEO = Ruling(ContentRefused, "error.meta.video")

_IG_PICTURE = Ruling(ContentRefused, "error.instagram.picture")
_IG_VIDEO = Ruling(ContentRefused, "error.instagram.video")
_IG_TEXT = Ruling(ContentRefused, "error.instagram.text")
_IG_FETCH = Ruling(PostFailed, "error.instagram.fetch")
_GONE = Ruling(OutcomeUnknown)
"""A container that cannot be found: expired, or, when it was to be published, published already."""
_IG_PROCESSING = Ruling(PostFailed, "error.instagram.processing")
_IG_QUOTA = Ruling(RateLimited, "error.instagram.quota", timedelta(hours=1))
_IG_BLOCKED = Ruling(AccountBlocked, "error.instagram.restricted")
_IG_PROFESSIONAL = Ruling(TokenRejected, "error.instagram.professional")

_SPAM = Ruling(OutcomeUnknown, "error.instagram.spam")
"""Instagram says so of posts that it has published, too."""

_STOPPED = Ruling(RateLimited, "error.instagram.restricted", timedelta(hours=1))

_IF_ABSENT: Mapping[str, Ruling] = {
    "error.meta.duplicate": Ruling(ContentRefused, "error.meta.duplicate"),
    "error.instagram.spam": _STOPPED,
}
"""What a refusal was that might have been none, once it is known that nothing went out."""

BY_SUBCODE: Mapping[int, Ruling] = {
    33: Ruling(Missing),
    99: _TRANSIENT,
    458: _RECONNECT,
    459: _IDENTIFY,
    460: _RECONNECT,
    463: _RECONNECT,
    464: _IDENTIFY,
    467: _RECONNECT,
    492: Ruling(TokenRejected, "error.meta.role"),
    1996: _THROTTLED,
    1346003: _BLOCKED,
    1349125: _PICTURE,
    1363041: _TRANSIENT,
    1363047: _TRANSIENT,
    1366046: _PICTURE,
    1366051: _DUPLICATE,
    1390008: Ruling(RateLimited, pause=timedelta(hours=1)),
    1404006: _CONFIRM,
    1404078: _IDENTIFY,
    1404102: _BLOCKED,
    1404112: _BLOCKED,
    1609005: _LINK,
    1609008: _LINK,
    1609010: _TRANSIENT,
    2061006: _LINK,
    2069019: _PICTURE,
    2069030: _NOT_ALLOWED,
    2069031: _NOT_ALLOWED,
    2069032: _RECONNECT,
    2069033: _NOT_ALLOWED,
    2446079: _THROTTLED,
    2853006: _TRANSIENT,
    4854002: _CONFIRM,
    2207001: _TRANSIENT,
    2207003: _IG_FETCH,
    2207004: _IG_PICTURE,
    2207005: _IG_PICTURE,
    2207006: _GONE,
    2207008: _GONE,
    2207009: _IG_PICTURE,
    2207010: _IG_TEXT,
    2207013: _IG_PROFESSIONAL,
    2207020: Ruling(NotSent),
    2207023: _WRONG,
    2207026: _IG_VIDEO,
    2207027: Ruling(NotSent),
    2207028: Ruling(ContentRefused, "error.instagram.carousel"),
    2207032: _IG_PROCESSING,
    2207035: _WRONG,
    2207036: _WRONG,
    2207037: _WRONG,
    2207040: _IG_TEXT,
    2207042: _IG_QUOTA,
    2207050: _IG_BLOCKED,
    2207051: _SPAM,
    2207052: _IG_FETCH,
    2207053: _IG_PROCESSING,
    2207057: _IG_VIDEO,
    2207073: Ruling(BadAnswer),
    2207076: _IG_VIDEO,
    2207077: _IG_FETCH,
    2207081: _WRONG,
    2207082: _IG_PROCESSING,
    2207085: _TRANSIENT,
    **dict.fromkeys(range(2932001, 2932011), _TRANSIENT),
}

BY_CODE: Mapping[int, Ruling] = {
    -2: _IG_FETCH,
    -1: _TRANSIENT,
    1: _TRANSIENT,
    2: _TRANSIENT,
    3: _NOT_ALLOWED,
    4: _THROTTLED,
    9: _IG_QUOTA,
    10: _NOT_ALLOWED,
    17: _THROTTLED,
    24: _GONE,
    25: _IG_BLOCKED,
    32: _THROTTLED,
    100: _WRONG,
    102: _RECONNECT,
    104: _RECONNECT,
    110: _IG_PROFESSIONAL,
    190: _RECONNECT,
    **dict.fromkeys(range(200, 300), _NOT_ALLOWED),
    324: _PICTURE,
    341: _THROTTLED,
    352: _VIDEO,
    368: _BLOCKED,
    382: _VIDEO,
    389: _VIDEO,
    506: _DUPLICATE,
    613: _THROTTLED,
    1500: _LINK,
    6000: _VIDEO,
    6001: _VIDEO,
    9004: _IG_FETCH,
    9007: Ruling(NotSent),
    36000: _IG_PICTURE,
    36001: _IG_PICTURE,
    36003: _IG_PICTURE,
    36004: _IG_TEXT,
    **dict.fromkeys((*range(80000, 80007), 80008, 80009, 80014), _THROTTLED),
}


class UnknownMetric(BadAnswer):
    """An insights call named a metric that this object does not have; Meta then refuses the whole call."""


def refusal(answer: Answer) -> OutsideError | None:
    """What a Graph answer means; None for success. Decided by code: a throttle, too, comes as HTTP 400."""
    error = answer.get("error")
    if not isinstance(error, dict):
        return None if answer.status < 300 else answer.by_status()
    message = str(error.get("message", ""))
    if "valid insights metric" in message:
        return UnknownMetric(diagnostic=answer.diagnostic)
    if "appsecret_proof" in message:
        return Ruling(NotSent, "error.meta.app_secret").on(answer)
    if "not an Instagram Business" in message:
        return _IG_PROFESSIONAL.on(answer)
    if error.get("code") == 190 and "impersonating" in message:
        return _NOT_ALLOWED.on(answer)
    return _throttle_aware(_ruling(error, answer), answer)


def _ruling(error: Mapping[str, object], answer: Answer) -> OutsideError:
    for table, name in ((BY_SUBCODE, "error_subcode"), (BY_CODE, "code")):
        code = error.get(name)
        if isinstance(code, int) and code in table:
            ruling = table[code]
            return (_STOPPED if ruling is _SPAM and not answer.commits else ruling).on(answer)
    return _TRANSIENT.on(answer) if error.get("is_transient") is True else answer.by_status()


def absent(progress: Progress) -> Absent:
    """A post that is surely not there, and why, if the try that may have made it was refused."""
    ruling = _IF_ABSENT.get(str(progress.get(REFUSED)))
    error = ruling.error(ruling.key, diagnostic="looked up: not there", retry_after=ruling.pause) if ruling else None
    return Absent(error=error)


def container_ruling(status: str) -> Ruling | None:
    """What the `status` text of a spoilt Instagram container says: its subcode stands at the end."""
    found = re.search(r"(2207\d{3})\D*$", status)
    return BY_SUBCODE.get(int(found[1])) if found else None


def _throttle_aware(error: OutsideError, answer: Answer) -> OutsideError:
    if isinstance(error, RateLimited) and (pause := regained_after(answer.headers)):
        error.retry_after = pause
    return error
