"""Spending: every call is booked, and none is made that could pass a cap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.cycle import CycleRun, Spend
from marketingos.domain.ports import Usage
from marketingos.domain.product import Product
from marketingos.errors import (
    ContentRefused,
    NotSent,
    OutcomeUnknown,
    OutsideError,
    OverBudget,
    RateLimited,
    TokenRejected,
)
from marketingos.services import spending

pytestmark = pytest.mark.usefixtures("database")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PICTURE = Usage(provider="replicate", model="google/nano-banana-2", purpose="picture", units=1, request_id="p1")


async def book(euro: float, at: datetime = NOON) -> None:
    """A call that cost so much."""
    with clock.frozen(at):
        await paid(Usage(provider="x", model="x", purpose="x", dollars=euro))


async def paid(usage: Usage) -> None:
    """A call that went well."""
    bill = await spending.enter(replace(usage, dollars=0.0, units=0))
    async with db.session() as s:
        await bill.settle(s, usage)


@pytest.fixture(autouse=True)
def _caps(environment: Callable[..., object], database: str) -> None:
    environment(EUR_PER_USD=1, AI_BUDGET_DAY=1, AI_BUDGET_MONTH=5)


async def test_a_call_is_booked_in_euro(environment: Callable[..., object]) -> None:
    """Counts, request and price in euro are kept."""
    environment(EUR_PER_USD=0.5)
    with clock.frozen(NOON):
        await paid(PICTURE)
    async with db.reading() as s:
        row = (await s.exec(select(Spend))).one()
    assert (row.units, row.request_id, row.at) == (1, "p1", NOON)
    assert row.euro == pytest.approx(0.0335)


async def check(at: datetime, next_call: float = 0.0) -> None:
    async with db.reading() as s:
        await spending.check(s, at, next_call=next_call)


async def test_the_day_has_a_cap() -> None:
    """A call that would pass it is refused; one that just reaches it is not."""
    await book(0.75)
    await check(NOON, 0.25)
    with pytest.raises(OverBudget) as caught:
        await check(NOON, 0.26)
    assert caught.value.key == "error.over_budget_day"


async def test_the_day_is_the_organisations() -> None:
    """In Madrid the new day begins at 23:00 UTC in winter."""
    await book(1.0, NOON)
    with pytest.raises(OverBudget):
        await check(datetime(2026, 11, 23, 22, 59, tzinfo=UTC), 0.01)
    await check(datetime(2026, 11, 23, 23, 0, tzinfo=UTC), 0.01)


async def test_the_month_has_a_cap() -> None:
    """Days under their cap add up; the first of the month begins anew."""
    for day in range(5, 0, -1):
        await book(1.0, NOON - timedelta(days=day))
    with pytest.raises(OverBudget) as caught:
        await check(NOON, 0.01)
    assert caught.value.key == "error.over_budget_month"
    await check(datetime(2026, 12, 1, 12, tzinfo=UTC), 0.01)


ONE_CALL = Usage(provider="x", model="x", purpose="x", dollars=0.3)


async def test_calls_under_way_count() -> None:
    """Of eight calls at once that may cost 0.3 each, a cap of 1.0 lets three through, however they interleave."""
    made = 0

    async def call() -> None:
        nonlocal made
        async with spending.paying(ONE_CALL) as bill:
            made += 1
            await asyncio.sleep(0.01)
            async with db.session() as s:
                await bill.settle(s, ONE_CALL)

    with clock.frozen(NOON):
        results = await asyncio.gather(*(call() for _ in range(8)), return_exceptions=True)
    assert made == 3
    assert sum(isinstance(r, OverBudget) for r in results) == 5
    assert await spending.spent(NOON) == pytest.approx(0.9)


@pytest.mark.parametrize("error", [NotSent, RateLimited, TokenRejected, ContentRefused])
async def test_a_call_that_was_not_carried_out_costs_nothing(error: type[OutsideError]) -> None:
    """What a refusal held is free again."""
    with clock.frozen(NOON):
        for _ in range(5):
            with pytest.raises(error):
                async with spending.paying(ONE_CALL):
                    raise error
        assert await spending.spent(NOON) == 0


async def test_a_call_whose_answer_was_lost_counts_as_made() -> None:
    """It may have been billed, so it holds what it could cost: the cap cannot be passed by losing answers."""
    with clock.frozen(NOON):
        for _ in range(3):
            with pytest.raises(OutcomeUnknown):
                async with spending.paying(ONE_CALL):
                    raise OutcomeUnknown
        with pytest.raises(OverBudget):
            await spending.enter(ONE_CALL)


async def test_a_cycle_and_a_product_have_caps_of_their_own(environment: Callable[..., object]) -> None:
    """The first cap that a call could pass refuses it and says which it is."""
    environment(EUR_PER_USD=1, AI_BUDGET_DAY=5, AI_BUDGET_MONTH=5, AI_BUDGET_CYCLE=0.5)
    async with db.session() as s:
        product = Product(name="A", ai_budget_month=0.7, created_at=NOON)
        cycle = CycleRun(window="w", created_at=NOON, updated_at=NOON)
        s.add_all([product, cycle])
    with clock.frozen(NOON):
        await spending.enter(ONE_CALL, product_id=product.id, cycle_id=cycle.id)
        with pytest.raises(OverBudget) as of_cycle:
            await spending.enter(ONE_CALL, product_id=product.id, cycle_id=cycle.id)
        await spending.enter(ONE_CALL, product_id=product.id)
        with pytest.raises(OverBudget) as of_product:
            await spending.enter(ONE_CALL, product_id=product.id)
        await spending.enter(ONE_CALL)
    assert [c.value.key for c in (of_cycle, of_product)] == ["error.over_budget_cycle", "error.over_budget_product"]
