"""The topic ledger of a product: what it said lately and what waits in the queue, as the planner and the writer use it.

It is read from the posts themselves, so it cannot disagree with them. What a person rejected stays in it: the next post
does not offer it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos.db import AsyncSession
from marketingos.domain.post import Brief, Post, Variant, VariantStatus
from marketingos.domain.product import Product
from marketingos.domain.said import FactUse, Ledger, Said

MEMORY = timedelta(days=90)
"""How long a reader is taken to remember a post."""


async def of(s: AsyncSession, product_id: int, now: datetime) -> Ledger:
    """What a product said in the last 90 days, and everything that lies ahead."""
    wanted = select(Post).where(Post.product_id == product_id, col(Post.scheduled_at) > now - MEMORY)
    rows = (await s.exec(wanted.options(selectinload(Post.variants)))).all()  # type: ignore[arg-type]
    product = await s.get_one(Product, product_id)
    ledger = Ledger(calls=product.template.calls_to_action)
    for row in rows:
        ledger.note(_said(row))
    return ledger


async def uses(s: AsyncSession, product_id: int) -> dict[str, FactUse]:
    """How often each fact of a product was told, by its code; posts that were rejected whole told none."""
    alive = exists().where(col(Variant.post_id) == col(Post.id), col(Variant.status) != VariantStatus.REJECTED)
    written = select(Post.scheduled_at, col(Post.brief)).where(Post.product_id == product_id, alive)
    found: dict[str, FactUse] = {}
    for at, brief in (await s.exec(written.order_by(col(Post.scheduled_at)))).all():
        for code in _facts_in(brief):
            known = found.get(code)
            found[code] = FactUse(count=known.count + 1 if known else 1, last_at=at)
    return found


def _facts_in(brief: Brief) -> tuple[str, ...]:
    """The codes behind a post's statements, each once."""
    return tuple(dict.fromkeys(code for claim in brief.claims for code in claim.facts))


def _said(post: Post) -> Said:
    brief = post.brief
    return Said(
        at=post.scheduled_at,
        hook=post.title,
        pillar=brief.pillar,
        pain=brief.pain,
        angle=brief.angle,
        facts=_facts_in(brief),
        texts=tuple(variant.text for variant in post.variants),
    )
