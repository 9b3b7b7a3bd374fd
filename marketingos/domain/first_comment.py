"""The first comment below a post of ours: a second visible call, with a commit point of its own.

It is looked for, said in the progress, and only then written. After an answer that was lost, or a death, it is looked
for again when the request can do nothing any more, and written anew only when it is not there by then. What cannot be
told apart is left out: a post may lack its comment, and never has two. Nothing here is the post's own failure.

Progress: `comment_asked_at`, the moment before the call; `comment_failures`, how often the call or a look failed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from marketingos.domain import walk
from marketingos.domain.ports import Accepted, Progress, Published, Ready
from marketingos.errors import OutcomeUnknown, OutsideError

FAILURES = 3
"""After so many it is given up."""

PAUSE, LONGEST = timedelta(seconds=30), timedelta(minutes=15)
"""After the first failure; and what is too long to wait for a comment, which nobody reads hours later."""

LACKING, UNCERTAIN = "note.first_comment", "note.first_comment_uncertain"


def found_again(since: datetime) -> Progress:
    """The progress of a post that was found by its words: its comment may have been written since then, and is not
    written now."""
    return {"comment_asked_at": walk.stamp(since), "comment_failures": FAILURES}


def in_flight(progress: Progress, now: datetime) -> timedelta:
    """How long a call that may be under way can still do something; nothing when there is none."""
    if "comment_asked_at" not in progress:
        return timedelta()
    return max(walk.IN_FLIGHT - walk.age(progress, "comment_asked_at", now), timedelta())


def looked(progress: Progress, post: Published, there: bool | None, now: datetime) -> Published | Accepted | Ready:
    """What is next after a look: nothing, another look, or (`Ready`) the comment. `there` is None when the list did not
    tell."""
    if there:
        return post
    if there is None:
        return replace(post, note_key=UNCERTAIN)
    waited = walk.age(progress, "comment_asked_at", now)
    if "comment_asked_at" in progress and waited < walk.SETTLED:
        return Accepted(progress=progress, wait=walk.SETTLED - waited)
    if _failures(progress) >= FAILURES:
        return replace(post, note_key=LACKING)
    return Ready(progress={**progress, "comment_asked_at": walk.stamp(now)})


def not_looked(progress: Progress, post: Published, error: OutsideError) -> Published | Accepted:
    """The look failed: again later, some times."""
    note = UNCERTAIN if "comment_asked_at" in progress else LACKING
    return _again(progress, error) or replace(post, note_key=note)


def not_written(progress: Progress, post: Published, error: OutsideError) -> Published | Accepted:
    """The call failed: looked for when it may have worked, else made again some times."""
    if isinstance(error, OutcomeUnknown):
        return Accepted(progress=_counted(progress), wait=walk.IN_FLIGHT)
    unasked = {name: value for name, value in progress.items() if name != "comment_asked_at"}
    return _again(unasked, error) or replace(post, note_key=LACKING)


def _again(progress: Progress, error: OutsideError) -> Accepted | None:
    """Another try, unless there were enough, or it is of no use, or too far away."""
    counted = _counted(progress)
    pause = max(PAUSE * _failures(counted), error.retry_after or timedelta())
    if not error.retryable or _failures(counted) >= FAILURES or pause > LONGEST:
        return None
    return Accepted(progress=counted, wait=pause)


def _counted(progress: Progress) -> Progress:
    return {**progress, "comment_failures": _failures(progress) + 1}


def _failures(progress: Progress) -> int:
    return int(progress.get("comment_failures", 0))
