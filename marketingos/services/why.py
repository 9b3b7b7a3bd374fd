"""Why a post is as it is: what was asked, the facts and rules behind it, what was not chosen, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from marketingos.db import AsyncSession
from marketingos.domain.cycle import Spend
from marketingos.domain.holiday import country_of, holiday_on
from marketingos.domain.post import Post
from marketingos.domain.product import Product
from marketingos.domain.said import FactUse
from marketingos.services import ledger, rules
from marketingos.services.writing_views import ExpenseView, FactUseView, WhyView

_TOKENS = (Spend.input_tokens, Spend.output_tokens, Spend.cache_read_tokens, Spend.cache_write_tokens)


async def of(s: AsyncSession, post: Post, product: Product) -> WhyView:
    """Everything that is known of how a post came about. Needs `product.facts` loaded."""
    brief = post.brief
    expenses = await _expenses(s, post)
    return WhyView(
        angle=brief.angle,
        hook_type=brief.hook_type,
        rationale=brief.rationale,
        format=brief.format,
        cta_type=brief.cta_type,
        pillar=brief.pillar,
        pain=brief.pain,
        holiday=brief.holiday,
        off_day=bool(brief.holiday) and not _is_holiday(post, product),
        claims=tuple((claim.text, ", ".join(claim.facts)) for claim in brief.claims),
        facts=_facts(post, product, await ledger.uses(s, post.product_id)),
        risks=brief.risk_reasons if brief.risk != "none" else (),
        rules=await rules.applied_to(s, post.id or 0),
        alternatives=tuple((other.hook, other.why_not) for other in brief.alternatives),
        model=brief.model,
        prompt_version=brief.prompt_version,
        euro=sum(expense.euro for expense in expenses),
        expenses=expenses,
    )


def _facts(post: Post, product: Product, uses: Mapping[str, FactUse]) -> tuple[FactUseView, ...]:
    """The facts as they stood when it was written; posts from before that was kept show today's."""
    told = [(fact.code, fact.claim) for fact in post.brief.facts]
    if not told:
        named = {code for claim in post.brief.claims for code in claim.facts}
        told = [(fact.code, fact.claim) for fact in product.facts if fact.code in named]
    return tuple(_use(code, claim, uses.get(code)) for code, claim in told)


def _use(code: str, claim: str, use: FactUse | None) -> FactUseView:
    return FactUseView(code=code, claim=claim, used=use.count if use else 0, last_at=use.last_at if use else None)


def _is_holiday(post: Post, product: Product) -> bool:
    day = datetime.fromisoformat(post.wall_time).date()
    return bool(holiday_on(day, product.country or country_of(product.timezone), product.language))


async def _expenses(s: AsyncSession, post: Post) -> tuple[ExpenseView, ...]:
    """The calls that were paid for this post, by what they were for, dearest first."""
    tokens = sum((func.coalesce(func.sum(column), 0) for column in _TOKENS[1:]), func.coalesce(func.sum(_TOKENS[0]), 0))
    wanted = select(Spend.purpose, func.count(), tokens, func.sum(Spend.euro)).where(Spend.post_id == post.id)
    rows = (await s.exec(wanted.group_by(col(Spend.purpose)))).all()
    found = (ExpenseView(purpose=p, calls=n, tokens=int(t), euro=float(e)) for p, n, t, e in rows)
    return tuple(sorted(found, key=lambda expense: (-expense.euro, expense.purpose)))
