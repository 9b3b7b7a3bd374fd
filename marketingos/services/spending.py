"""What the AI costs: every call is entered before it is made, at what it may cost at most, and refused when that could
pass a cap; its answer corrects the entry.

Entering is one transaction at a time, in whatever process, so that replicas cannot pass a cap together. A call that
surely cost nothing is struck out again; one whose answer was lost, or whose process died, stays entered.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func
from sqlmodel import col, delete, select

from marketingos import clock
from marketingos.db import AsyncSession, one_at_a_time, reading, session
from marketingos.domain.cycle import Spend
from marketingos.domain.ports import Usage
from marketingos.domain.price import dollars
from marketingos.domain.product import Product
from marketingos.errors import (
    ContentRefused,
    Misconfigured,
    NotSent,
    OverBudget,
    PermissionMissing,
    RateLimited,
    TokenRejected,
)
from marketingos.settings import get_settings

_COST_NOTHING = (NotSent, RateLimited, TokenRejected, PermissionMissing, ContentRefused, Misconfigured, OverBudget)
"""Errors of a call that was not carried out, and so not billed."""


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
    """Raises `OverBudget` when another `next_call` euro would pass a cap: of the cycle, the day, the month, or of the
    product's month. Days and months are the organisation's. A cap of 0 for cycle or product means none."""
    settings = get_settings()
    day = now.astimezone(ZoneInfo(settings.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    month = col(Spend.at) >= day.replace(day=1)
    caps: list[tuple[str, float, tuple[ColumnElement[bool], ...]]] = [
        ("error.over_budget_day", settings.ai_budget_day, (col(Spend.at) >= day,)),
        ("error.over_budget_month", settings.ai_budget_month, (month,)),
    ]
    if cycle_id is not None and settings.ai_budget_cycle:
        caps.append(("error.over_budget_cycle", settings.ai_budget_cycle, (col(Spend.cycle_id) == cycle_id,)))
    product = await s.get(Product, product_id) if product_id is not None else None
    if product is not None and product.ai_budget_month:
        mine = (month, col(Spend.product_id) == product_id)
        caps.append(("error.over_budget_product", product.ai_budget_month, mine))
    for key, cap, which in caps:
        if await _sum(s, *which) + next_call > cap + 1e-9:
            raise OverBudget(key)


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
