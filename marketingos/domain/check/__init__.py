"""What can be wrong with a post before it goes out. Pure rules; a finding is a catalogue key and what it is about.

size        what the platform counts                  attachment  pictures: there, described, owned up to
vocabulary  banned words, competitors                 links       whose, tagged, alive
price       amounts, free things                      language    the product's own
claim       statements laid to facts                  privacy     data of persons
boast       what no software may say of itself        obedience   orders hidden in a product's fields
echo        texts and pictures of the last 90 days

Findings that block would be refused by the platform, or obey a stranger; the others ask a person to look. Numbers,
because an invented figure is the costliest thing a model writes, must stand in what is known of the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher

from marketingos.domain.check import (
    attachment,
    boast,
    claim,
    echo,
    language,
    links,
    obedience,
    price,
    privacy,
    size,
    vocabulary,
)
from marketingos.domain.check.attachment import describes, missing
from marketingos.domain.check.draft import Book, Draft, Known, Piece, Told
from marketingos.domain.check.echo import Neighbour
from marketingos.domain.check.figure import unknown_figures
from marketingos.domain.check.finding import SEVERITIES, Finding, Severity, severity
from marketingos.domain.check.links import Reach, foreign_links
from marketingos.domain.check.size import PAPER_TITLE_LIMIT
from marketingos.domain.check.vocabulary import banned_in
from marketingos.domain.check.wording import plain
from marketingos.domain.platform import Format, Platform

__all__ = [
    "PAPER_TITLE_LIMIT", "SEVERITIES", "Book", "Draft", "Finding", "Known", "Neighbour", "Piece", "Reach", "Severity",
    "Told", "about_claims", "about_files", "about_surroundings", "about_text", "banned_in", "describes",
    "foreign_links", "links", "missing", "plain", "repeated_hook", "severity", "unknown_figures",
]  # fmt: skip

TOO_ALIKE = 0.75
"""Similarity (0..1) from which two hooks are the same hook: measured on Spanish variants of one post, a light edit
scores 0.76 and a new benefit in the same template 0.59."""


def about_text(draft: Draft, book: Book | None = None) -> tuple[Finding, ...]:
    """What is wrong with the words; without a book only what the platform itself would say."""
    found = list(size.check(draft))
    if book is not None:
        for rules in (vocabulary, price, claim, boast, language, privacy, obedience):
            found += rules.check(draft, book)
        found += claim.unknown(draft, book)
        found += links.check(draft, book, {})
    return _once(found)


def about_claims(told: Sequence[Told], book: Book) -> tuple[Finding, ...]:
    """What is wrong with declared statements, apart from any text."""
    draft = Draft(platform=Platform.FACEBOOK, format=Format.TEXT, text="", claims=tuple(told))
    return _once([*price.check(draft, book), *claim.check(draft, book), *claim.unknown(draft, book)])


def about_files(draft: Draft) -> tuple[Finding, ...]:
    """What is wrong with the pictures and videos that are there."""
    return tuple(attachment.check(draft))


def about_surroundings(
    draft: Draft, book: Book, *, others: Sequence[Neighbour], reached: Mapping[str, Reach], now: datetime
) -> tuple[Finding, ...]:
    """What only the other posts and the web can tell."""
    dead = (finding for finding in links.check(draft, book, reached) if finding.key == "check.dead_link")
    return (*echo.check(draft, book, others, now), *dead)


def repeated_hook(hook: str, others: Iterable[str]) -> str | None:
    """The first of the other hooks that says the same."""
    ours = plain(hook)
    return next((other for other in others if _are_alike(ours, plain(other))), None)


def _are_alike(one: str, other: str) -> bool:
    """Asks the cheap upper bounds first: most pairs fall there."""
    match = SequenceMatcher(None, one, other)
    return all(bound() >= TOO_ALIKE for bound in (match.real_quick_ratio, match.quick_ratio, match.ratio))


def _once(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for each key, with everything it is about."""
    by_key: dict[str, Finding] = {}
    for finding in found:
        known = by_key.get(finding.key)
        if known is None:
            by_key[finding.key] = finding
        elif finding.detail not in known.detail:
            joined = "; ".join(filter(None, (known.detail, finding.detail)))
            by_key[finding.key] = Finding(key=finding.key, detail=joined, instead=known.instead or finding.instead)
    return tuple(by_key.values())
