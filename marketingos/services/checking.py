"""Checks: what is wrong with a variant, as catalogue keys that have a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketingos.domain import check
from marketingos.domain.check import SEVERITIES, Book, Draft, Severity
from marketingos.domain.post import Variant
from marketingos.domain.product import Fact, Product
from marketingos.domain.requirement import Problem, judge_all, judge_count, requirement


def findings_of(
    variant: Variant, *, media_failed: bool = False, product: Product | None = None, facts: Sequence[Fact] = ()
) -> tuple[str, ...]:
    """The keys of what is wrong, worst first; empty when it may go out. Needs `variant.pieces` loaded.

    With its product (and the facts) the claims, banned words and links are checked too.
    """
    draft = Draft(platform=variant.platform, format=variant.format, text=variant.text, link_url=variant.link_url)
    found = [
        *check.about_text(draft, book_of(product, facts) if product else None),
        *check.about_media(variant.format, len(variant.media), failed=media_failed),
    ]
    keys = [*(f.key for f in found), *details_of(variant)]
    return tuple(sorted(dict.fromkeys(keys), key=lambda key: severity(key) is not Severity.BLOCKS))


def details_of(variant: Variant) -> Mapping[str, Mapping[str, object]]:
    """The values in the sentences of findings that have some."""
    problem = media_problem(variant)
    return {problem.key: problem.values} if problem else {}


def media_problem(variant: Variant) -> Problem | None:
    """Why the platform would not take the files as they would go out now; None when it takes them."""
    asked, files = requirement(variant.platform, variant.format), variant.media
    if files and (wrong := judge_count(files, asked)):
        return wrong
    for piece, verdict in zip(variant.pieces, judge_all(files, asked), strict=True):
        if verdict.problem:
            return verdict.problem
        if verdict.changes:
            return Problem(key=piece.problem or "check.media_preparing")
    return None


def severity(key: str) -> Severity:
    """Whether a finding keeps a variant from being approved; an unknown one does."""
    return SEVERITIES.get(key, Severity.BLOCKS)


def book_of(product: Product, facts: Sequence[Fact]) -> Book:
    """What may be said of a product: its facts sheet, and what it says of itself."""
    own = (product.name, product.description, product.usp, *product.template.hooks, *product.template.calls_to_action)
    return Book(
        claims="\n".join((*own, *(fact.claim for fact in facts))),
        banned_words=product.voice.banned_words,
        website=product.website,
    )
