"""What the AI costs: every call is entered before it is made, at what it may cost at most, and refused when that could
pass a cap; its answer corrects the entry.

Entering is one transaction at a time, in whatever process, so that replicas cannot pass a cap together. A call that
surely cost nothing is struck out again; one whose answer was lost, or whose process died, stays entered.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func
from sqlmodel import col, delete, select

from marketingos import clock
from marketingos.db import AsyncSession, one_at_a_time, reading, session
from marketingos.domain.cycle import Spend
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.ports import Usage
from marketingos.domain.post import Origin, Post, Variant, VariantStatus
from marketingos.domain.price import dollars
from marketingos.domain.product import Product
from marketingos.domain.user import Deed
from marketingos.errors import (
    ContentRefused,
    Misconfigured,
    NotSent,
    OverBudget,
    PermissionMissing,
    RateLimited,
    TokenRejected,
)
from marketingos.services.people import require
from marketingos.services.views import PersonView
from marketingos.settings import get_settings

_COST_NOTHING = (NotSent, RateLimited, TokenRejected, PermissionMissing, ContentRefused, Misconfigured, OverBudget)
"""Errors of a call that was not carried out, and so not billed."""


_MAKING = ("post", "repair", "picture")
"""Purposes of the calls that a post is made with; changes that people ask for come on top."""

_LAST = 30
"""So many of the last posts tell what the next will cost."""

_FRESH, _CACHED, _WRITTEN = 1_000, 4_500, 1_800
"""Tokens of a text for four platforms with its share of repairs: of the brief, of rules and book, of the answer;
measured and rounded up."""


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A call that is entered and not yet settled. `settle` belongs in the transaction that keeps its answer."""

    spend_id: int

    async def settle(self, s: AsyncSession, usage: Usage) -> None:
        """What it really cost."""
        row = await s.get_one(Spend, self.spend_id)
        row.settled, row.euro, row.request_id = True, euro_of(usage), usage.request_id
        row.model, row.units = usage.model, usage.units
        row.input_tokens, row.output_tokens = usage.input_tokens, usage.output_tokens
        row.cache_read_tokens, row.cache_write_tokens = usage.cache_read_tokens, usage.cache_write_tokens

    async def strike(self) -> None:
        """It cost nothing after all."""
        async with session() as s:
            await s.exec(delete(Spend).where(col(Spend.id) == self.spend_id, col(Spend.settled).is_(False)))


@asynccontextmanager
async def paying(
    at_most: Usage, *, product_id: int | None = None, cycle_id: int | None = None, post_id: int | None = None
) -> AsyncIterator[Bill]:
    """Around a paid call: `OverBudget` before it is made. Who pays settles the bill when the answer is there."""
    bill = await enter(at_most, product_id=product_id, cycle_id=cycle_id, post_id=post_id)
    try:
        yield bill
    except _COST_NOTHING:
        await bill.strike()
        raise


async def enter(
    at_most: Usage, *, product_id: int | None = None, cycle_id: int | None = None, post_id: int | None = None
) -> Bill:
    """Enters a call at what it may cost at most; `OverBudget` when that could pass a cap."""
    euro = euro_of(at_most)
    async with session() as s:
        await one_at_a_time(s, "spending")
        await check(s, clock.now(), next_call=euro, product_id=product_id, cycle_id=cycle_id)
        row = Spend(
            at=clock.now(),
            provider=at_most.provider,
            model=at_most.model,
            purpose=at_most.purpose,
            product_id=product_id,
            cycle_id=cycle_id,
            post_id=post_id,
            euro=euro,
            settled=False,
        )
        s.add(row)
        await s.flush()
        return Bill(spend_id=row.id or 0)


async def check(
    s: AsyncSession,
    now: datetime,
    *,
    next_call: float = 0.0,
    product_id: int | None = None,
    cycle_id: int | None = None,
) -> None:
    """Raises `OverBudget` when another `next_call` euro would pass a cap."""
    for cap in await _caps(s, now, product_id, cycle_id):
        if await _sum(s, *cap.counts) + next_call > cap.euro + 1e-9:
            raise OverBudget(cap.key)


@dataclass(frozen=True, kw_only=True)
class _Cap:
    """What may be spent at most, on what, and the sentence when it is."""

    key: str
    euro: float
    counts: tuple[ColumnElement[bool], ...]


async def _caps(s: AsyncSession, now: datetime, product_id: int | None, cycle_id: int | None) -> list[_Cap]:
    """Those of the day and the month, of the cycle, and of the product's month. Days and months are the organisation's.
    A cap of 0 for cycle or product means none."""
    settings = get_settings()
    month = col(Spend.at) >= month_of(now)
    caps = [
        _Cap(key="error.over_budget_day", euro=settings.ai_budget_day, counts=(col(Spend.at) >= _day_of(now),)),
        _Cap(key="error.over_budget_month", euro=settings.ai_budget_month, counts=(month,)),
    ]
    if cycle_id is not None and settings.ai_budget_cycle:
        mine = (col(Spend.cycle_id) == cycle_id,)
        caps.append(_Cap(key="error.over_budget_cycle", euro=settings.ai_budget_cycle, counts=mine))
    product = await s.get(Product, product_id) if product_id is not None else None
    if product is not None and product.ai_budget_month:
        counts = (month, col(Spend.product_id) == product_id)
        caps.append(_Cap(key="error.over_budget_product", euro=product.ai_budget_month, counts=counts))
    return caps


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What a cycle would write and cost, in euro, and what the caps leave for it now."""

    posts: int
    euro: float
    left: float

    @property
    def suffices(self) -> bool:
        return self.euro <= self.left


async def forecast(s: AsyncSession, gaps: Mapping[int, int], now: datetime) -> Forecast:
    """For so many empty slots of each product: what its last posts cost, else anybody's, else by the price list."""
    usual = await _mean(s) or _listed()
    euro = sum([count * (await _mean(s, product_id) or usual) for product_id, count in gaps.items() if count])
    alone = next(iter(gaps)) if len(gaps) == 1 else None
    left = [cap.euro - await _sum(s, *cap.counts) for cap in await _caps(s, now, alone, None)]
    cycle = get_settings().ai_budget_cycle or math.inf
    return Forecast(posts=sum(gaps.values()), euro=euro, left=max(0.0, min(cycle, *left)))


async def _mean(s: AsyncSession, product_id: int | None = None) -> float:
    """What one of the last posts cost from its first text to its picture; 0 when there is none."""
    known = (col(Spend.post_id).is_not(None), col(Spend.purpose).in_(_MAKING))
    mine = () if product_id is None else (col(Spend.product_id) == product_id,)
    each = select(func.sum(Spend.euro).label("euro")).where(*known, *mine).group_by(col(Spend.post_id))
    last = each.order_by(col(Spend.post_id).desc()).limit(_LAST).subquery()
    return (await s.exec(select(func.avg(last.c.euro)))).one() or 0.0


def _listed() -> float:
    """What a post costs by the price list, of the size that was measured."""
    settings = get_settings()
    text = Usage(
        provider="anthropic",
        model=settings.claude_model,
        purpose="post",
        input_tokens=_FRESH,
        cache_read_tokens=_CACHED,
        output_tokens=_WRITTEN,
    )
    picture = Usage(provider="replicate", model=settings.replicate_image_model, purpose="picture", units=1)
    return euro_of(text) + euro_of(picture)


@dataclass(frozen=True, kw_only=True)
class UnitCosts:
    """What AI cost in a span, and how many posts of that span were generated, approved and published."""

    euro: float
    generated: int
    approved: int
    published: int

    @property
    def per_generated(self) -> float | None:
        return self._per(self.generated)

    @property
    def per_approved(self) -> float | None:
        """With what those cost that nobody wanted."""
        return self._per(self.approved)

    @property
    def per_published(self) -> float | None:
        return self._per(self.published)

    def _per(self, count: int) -> float | None:
        return self.euro / count if count else None


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What posts cost: those of the organisation's month so far, and all."""

    month: UnitCosts
    in_all: UnitCosts


async def costs(actor: PersonView, product_id: int | None = None) -> Costs:
    """What the posts of a product, or of all, cost."""
    require(actor, Deed.LOOK)
    now = clock.now()
    return Costs(
        month=await unit_costs(month_of(now), now, product_id=product_id),
        in_all=await unit_costs(_EVER, now, product_id=product_id),
    )


def month_of(now: datetime) -> datetime:
    """When the organisation's month began that `now` lies in."""
    return _day_of(now).replace(day=1)


def _day_of(now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(get_settings().timezone)).replace(hour=0, minute=0, second=0, microsecond=0)


_EVER = datetime(2000, 1, 1, tzinfo=UTC)


async def unit_costs(since: datetime, until: datetime, *, product_id: int | None = None) -> UnitCosts:
    """All that AI cost in [since, until), over the posts it made in it, as they stand today; for a product or for all.

    A post counts as approved or published when it is on one platform at least.
    """
    spent_on = () if product_id is None else (col(Spend.product_id) == product_id,)
    mine = () if product_id is None else (col(Post.product_id) == product_id,)
    made = (Post.origin == Origin.AI, col(Post.created_at) >= since, col(Post.created_at) < until, *mine)
    approved = exists().where(col(Variant.post_id) == col(Post.id), col(Variant.status) == VariantStatus.APPROVED)
    sent = (col(Delivery.variant_id) == col(Variant.id), col(Variant.post_id) == col(Post.id))
    published = exists().where(*sent, col(Delivery.status) == DeliveryStatus.PUBLISHED)
    async with reading() as s:
        return UnitCosts(
            euro=await _sum(s, col(Spend.at) >= since, col(Spend.at) < until, *spent_on),
            generated=await _count(s, *made),
            approved=await _count(s, *made, approved),
            published=await _count(s, *made, published),
        )


async def _count(s: AsyncSession, *which: ColumnElement[bool] | bool) -> int:
    return (await s.exec(select(func.count()).select_from(Post).where(*which))).one()


async def spent(since: datetime, *, product_id: int | None = None) -> float:
    """The euro entered from an instant on, for a product or for all."""
    mine = () if product_id is None else (col(Spend.product_id) == product_id,)
    async with reading() as s:
        return await _sum(s, col(Spend.at) >= since, *mine)


async def _sum(s: AsyncSession, *which: ColumnElement[bool]) -> float:
    return (await s.exec(select(func.sum(Spend.euro)).where(*which))).one() or 0.0


def euro_of(usage: Usage) -> float:
    """What a call costs at today's prices."""
    settings = get_settings()
    return dollars(usage, clock.today(settings.timezone)) * settings.eur_per_usd
