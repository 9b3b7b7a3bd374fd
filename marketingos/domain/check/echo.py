"""Whether a reader, or an eye, is served twice: the texts and pictures of the last 90 days and of the queue.

Calls to action, hashtags and addresses may come back. A text is told again when most of its letters are another's, or
when it holds most of another one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from marketingos.domain.check import picture
from marketingos.domain.check.draft import Book, Draft
from marketingos.domain.check.finding import Finding
from marketingos.domain.check.wording import plain, sentences
from marketingos.domain.similarity import TOO_ALIKE, Fingerprint, fingerprint

WINDOW = timedelta(days=90)
"""How long a text or a picture is remembered. What waits in the queue is always near."""

HELD = 0.80
"""Share of the shorter text's letters from which the longer one holds it."""

_LEAST = 40
"""Runs of letters that a text must have before it can be held by another."""


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """Another post of the same product: its texts, the prints of its pictures, and when it goes or went out."""

    at: datetime
    texts: tuple[str, ...] = ()
    prints: tuple[str, ...] = ()


def check(draft: Draft, book: Book, others: Sequence[Neighbour], now: datetime) -> Iterator[Finding]:
    """The other text, and the other picture, that this draft repeats."""
    near = [other for other in others if other.at >= now - WINDOW]
    if told := _told(draft.text, book, near):
        yield Finding(key="check.near_duplicate", detail=_short(told[0]), instead=f"{told[1]:%Y-%m-%d}")
    if seen := _seen(draft, near):
        yield Finding(key="check.same_picture", detail=f"{seen:%Y-%m-%d}")


def _told(text: str, book: Book, near: Sequence[Neighbour]) -> tuple[str, datetime] | None:
    mine = _print(text, book.calls)
    for other in near:
        for theirs in other.texts:
            if _is_again(mine, _print(theirs, book.calls)):
                return theirs, other.at
    return None


def _is_again(mine: Fingerprint, theirs: Fingerprint) -> bool:
    least, most = sorted((len(mine), len(theirs)))
    shared = len(mine & theirs) if least else 0
    alike = shared >= TOO_ALIKE * math.sqrt(least * most)
    return shared > 0 and (alike or (least >= _LEAST and shared / least >= HELD))


@lru_cache(maxsize=1_024)
def _print(text: str, calls: tuple[str, ...]) -> Fingerprint:
    """The letters of a text without the product's own calls to action."""
    usual = {plain(call) for call in calls}
    kept = [sentence for sentence in sentences(text) if plain(sentence) not in usual]
    return fingerprint(" ".join(kept or [text]))


def _seen(draft: Draft, near: Sequence[Neighbour]) -> datetime | None:
    for piece in draft.pieces:
        for other in near:
            if piece.print and any(picture.is_same(piece.print, theirs) for theirs in other.prints):
                return other.at
    return None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:88].rstrip()}…"
