"""How fast an account is worked for: limits that platforms name, and the circuit of one that fails.

A limit that a platform tells as it is (Retry-After, usage headers, Instagram's quota) is not written down here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from marketingos.domain.account import AccountKind

STRIKES = 3
"""So many failures in a row, none of them about what was sent, open an account's circuit."""

_FIRST, _LONGEST = timedelta(seconds=30), timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """At most so many posts begun in any such span."""

    posts: int
    span: timedelta


PACES: Mapping[AccountKind, Pace] = {
    # Six uploads opened a minute and user token; developers.tiktok.com/doc/content-posting-api-reference-direct-post.
    AccountKind.CREATOR: Pace(posts=6, span=timedelta(minutes=1)),
    # About 150 requests a member and day, of which a picture takes three; Share on LinkedIn, its daily limits.
    AccountKind.MEMBER: Pace(posts=50, span=timedelta(days=1)),
}


def open_for(strikes: int, jitter: float) -> timedelta | None:
    """How long the circuit stays open after so many strikes, twice as long each time, its upper half by `jitter`
    (0..1); None while it is closed. After that one delivery tries: it closes the circuit or opens it again."""
    if strikes < STRIKES:
        return None
    pause: timedelta = min(_FIRST * 2 ** min(strikes - STRIKES, 10), _LONGEST)
    return pause * (0.5 + jitter / 2)
