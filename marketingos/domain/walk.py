"""Rules of a publication's walk that hold on every platform: how long to wait, what is the same post, when to give in.

A walk is described in `ports.Publisher`. Its progress is plain JSON; moments in it are ISO 8601 texts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from marketingos.domain.delivery import Content
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import Absent, Progress, Published, Undecided

SKEW = timedelta(minutes=2)
"""How far a platform's clock may be from ours when a post is recognised by its time."""

DOUBT = timedelta(days=1)
"""A post that reads like ours may be ours although it is older by so much than ours can be: our clock may have been
wrong when it was sent. It is not taken for ours, and nothing is sent while it is there."""

SETTLED = timedelta(minutes=5)
"""After this long a post that is in no list is surely not there: lists lag, and a slow request may still land."""

IN_FLIGHT = timedelta(minutes=1)
"""After this long a request whose answer was lost does nothing any more."""

MODERATION = timedelta(hours=1)
"""For so long a video may be in processing, or a post on TikTok in moderation, and in no list."""

RESTARTS = 3
"""How often a platform may spoil the harmless part of a walk before it fails."""


def stamp(moment: datetime) -> str:
    """A moment as progress keeps it."""
    return moment.isoformat()


def age(progress: Progress, name: str, now: datetime) -> timedelta:
    """How long ago the moment `name` of the progress was; nothing when it is not there."""
    text = progress.get(name)
    return max(now - datetime.fromisoformat(text), timedelta()) if text else timedelta()


def begun(progress: Progress, since: datetime) -> datetime:
    """The first moment at which this walk can have made something visible; `since` is its latest intent."""
    text = progress.get("begun_at")
    return min(since, datetime.fromisoformat(text)) if text else since


def may_still_arrive(intent_at: datetime | None, now: datetime) -> bool:
    """Whether a call that was made then may yet make a post visible, or a list not show it yet."""
    return intent_at is not None and now - intent_at < SETTLED


def pause(waited: timedelta, least: float = 2.0) -> timedelta:
    """Until the next question about work in progress: half of the time it took so far, `least` seconds to a minute."""
    return timedelta(seconds=min(max(waited.total_seconds() / 2, least), 60.0))


def listed_within(content: Content) -> timedelta:
    """How long after its publication a post may be missing from its platform's lists."""
    is_slow = content.platform is Platform.TIKTOK or content.format in (Format.VIDEO, Format.REEL)
    return MODERATION if is_slow else SETTLED


def until_midnight(now: datetime) -> timedelta:
    """Until the next day begins in UTC, when the platforms' daily quotas start again."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - now


def shown_text(content: Content) -> str:
    """The words that readers are to see: a story has none."""
    return "" if content.format is Format.STORY else content.text


def same_text(one: str, other: str) -> bool:
    """Whether two texts read the same: platforms normalise characters and trim or fold white space."""
    return _folded(one) == _folded(other)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def verdict(
    matches: Sequence[Published], since: datetime, now: datetime, *, doubtful: bool = False
) -> Published | Absent | Undecided:
    """What a list of a platform's posts says about ours: adopted only when exactly one matches.

    `doubtful` is a list that was not complete, or that has a post which could be ours although something differs.
    """
    if len(matches) == 1:
        return matches[0]
    if not matches and not doubtful and now - since >= SETTLED:
        return Absent()
    return Undecided()
