"""What the AI costs: every call is booked as its answer arrives, and none is made that could pass a cap."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import col, select

from marketingos import clock
from marketingos.db import AsyncSession, reading
from marketingos.domain.cycle import Spend
from marketingos.domain.ports import Usage
from marketingos.domain.price import dollars
from marketingos.errors import OverBudget
from marketingos.settings import get_settings

_under_way: dict[str, float] = {"euro": 0.0}
"""Euro that calls of this process may still cost before they are booked."""


def book(s: AsyncSession, usage: Usage, *, product_id: int | None = None, cycle_id: int | None = None) -> float:
    """Adds what a call cost to the caller's transaction; answers the euro."""
    now = clock.now()
    euro = euro_of(usage)
    s.add(
        Spend(
            at=now,
            provider=usage.provider,
            model=usage.model,
            purpose=usage.purpose,
            product_id=product_id,
            cycle_id=cycle_id,
            input_tokens=usage.input_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            output_tokens=usage.output_tokens,
            units=usage.units,
            euro=euro,
            request_id=usage.request_id,
        )
    )
    return euro


async def spent(s: AsyncSession, since: datetime) -> float:
    """The euro booked from an instant on."""
    return (await s.exec(select(func.sum(Spend.euro)).where(col(Spend.at) >= since))).one() or 0.0


async def check(s: AsyncSession, now: datetime, *, next_call: float = 0.0) -> None:
    """Raises `OverBudget` when another `next_call` euro would pass the cap of the day or the month.

    Days and months are the organisation's.
    """
    settings = get_settings()
    here = now.astimezone(ZoneInfo(settings.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    for start, cap, key in (
        (here, settings.ai_budget_day, "error.over_budget_day"),
        (here.replace(day=1), settings.ai_budget_month, "error.over_budget_month"),
    ):
        if await spent(s, start) + next_call > cap:
            raise OverBudget(key)


@asynccontextmanager
async def paying(at_most: Usage) -> AsyncIterator[None]:
    """Around a paid call: refuses it before it is made, counting also what the calls before it may still cost."""
    euro = euro_of(at_most)
    ahead = _under_way["euro"]
    _under_way["euro"] += euro
    try:
        async with reading() as s:
            await check(s, clock.now(), next_call=ahead + euro)
        yield
    finally:
        _under_way["euro"] -= euro


def euro_of(usage: Usage) -> float:
    """What a call costs at today's prices."""
    settings = get_settings()
    return dollars(usage, clock.today(settings.timezone)) * settings.eur_per_usd
