"""Checks: what is wrong with a variant, as catalogue keys that have a sentence for people."""

from __future__ import annotations

from collections.abc import Sequence

from marketingos.domain import check
from marketingos.domain.check import SEVERITIES, Book, Draft, Severity
from marketingos.domain.post import Variant
from marketingos.domain.product import Fact, Product


def findings_of(
    variant: Variant, *, media_failed: bool = False, product: Product | None = None, facts: Sequence[Fact] = ()
) -> tuple[str, ...]:
    """The keys of what is wrong, worst first; empty when it may go out. Needs `variant.media` loaded.

    With its product (and the facts) the claims, banned words and links are checked too.
    """
    draft = Draft(platform=variant.platform, format=variant.format, text=variant.text, link_url=variant.link_url)
    found = [
        *check.about_text(draft, book_of(product, facts) if product else None),
        *check.about_media(variant.format, len(variant.media), failed=media_failed),
    ]
    return tuple(sorted(dict.fromkeys(f.key for f in found), key=lambda key: severity(key) is not Severity.BLOCKS))


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
