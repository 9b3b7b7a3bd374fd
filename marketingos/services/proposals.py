"""Proposals as people see them: the text beside the one that stands, what it changes, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from marketingos import clock
from marketingos.db import AsyncSession
from marketingos.domain.check import Draft, Finding, Told, about_text
from marketingos.domain.diff import word_diff
from marketingos.domain.platform import wire_length
from marketingos.domain.post import Claim, Variant
from marketingos.domain.product import Fact, Product
from marketingos.domain.proposal import PATIENCE, Proposal
from marketingos.services import checking
from marketingos.services.writing_views import ProposalView


async def of(s: AsyncSession, variants: Sequence[Variant], product: Product) -> dict[int, ProposalView]:
    """The proposals that wait for a person or are under way, by variant. Needs `product.facts` loaded.

    One that says what the text says already is none, nor is one whose answer will not come any more.
    """
    by_id = {variant.id: variant for variant in variants}
    rows = (await s.exec(select(Proposal).where(col(Proposal.variant_id).in_(by_id)))).all()
    return {
        row.variant_id: _view(row, by_id[row.variant_id], product)
        for row in rows
        if (is_under_way(row) or row.answered_at) and row.text != by_id[row.variant_id].text
    }


def is_under_way(row: Proposal) -> bool:
    """Whether somebody still waits for the answer."""
    return row.answered_at is None and clock.now() - row.asked_at < clock.human(PATIENCE)


def findings(
    variant: Variant, text: str, claims: Sequence[Claim], product: Product, facts: Sequence[Fact]
) -> list[Finding]:
    """What would be wrong with a variant that had these words and made these claims."""
    draft = Draft(
        platform=variant.platform,
        format=variant.format,
        text=text,
        link_url=variant.link_url,
        claims=tuple(Told(text=claim.text, facts=claim.facts) for claim in claims),
    )
    return list(about_text(draft, checking.book_of(product, facts)))


def _view(row: Proposal, variant: Variant, product: Product) -> ProposalView:
    if row.answered_at is None:
        return ProposalView(wish=row.wish, instruction=row.instruction, asked_by=row.asked_by, asked_at=row.asked_at)
    wrong = findings(variant, row.text, row.claims, product, product.facts)
    return ProposalView(
        wish=row.wish,
        instruction=row.instruction,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        text=row.text,
        rationale=row.rationale,
        length=wire_length(variant.platform, row.text),
        changes=word_diff(variant.text, row.text),
        findings=tuple(wrong),
    )
