"""Spending: every call is booked, and none is made that could pass a cap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.cycle import Spend
from marketingos.domain.ports import Usage
from marketingos.errors import OverBudget
from marketingos.services import spending

pytestmark = pytest.mark.usefixtures("database")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PICTURE = Usage(provider="replicate", model="google/nano-banana-2", purpose="picture", units=1, request_id="p1")


async def book(euro: float, at: datetime = NOON) -> None:
    """A call that cost so much."""
    with clock.frozen(at):
        async with db.session() as s:
            spending.book(s, Usage(provider="x", model="x", purpose="x", dollars=euro))


@pytest.fixture(autouse=True)
def _caps(environment: Callable[..., object], database: str) -> None:
    environment(EUR_PER_USD=1, AI_BUDGET_DAY=1, AI_BUDGET_MONTH=5)


async def test_a_call_is_booked_in_euro(environment: Callable[..., object]) -> None:
    """Counts, request and price in euro are kept."""
    environment(EUR_PER_USD=0.5)
    with clock.frozen(NOON):
        async with db.session() as s:
            spending.book(s, PICTURE)
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
    for day in range(5):
        await book(1.0, NOON - timedelta(days=day + 1))
    with pytest.raises(OverBudget) as caught:
        await check(NOON, 0.01)
    assert caught.value.key == "error.over_budget_month"
    await check(datetime(2026, 12, 1, 12, tzinfo=UTC), 0.01)


async def test_calls_under_way_count() -> None:
    """Of eight calls at once that may cost 0.3 each, a cap of 1.0 lets the first three through."""
    made = 0

    async def call() -> None:
        nonlocal made
        async with spending.paying(Usage(provider="x", model="x", purpose="x", dollars=0.3)):
            made += 1
            await asyncio.sleep(0.01)
            await book(0.3)

    with clock.frozen(NOON):
        results = await asyncio.gather(*(call() for _ in range(8)), return_exceptions=True)
    assert made == 3
    assert [isinstance(r, OverBudget) for r in results] == [False] * 3 + [True] * 5


async def test_a_call_that_fails_frees_what_it_held() -> None:
    """An error gives the reservation back."""
    with clock.frozen(NOON):
        for _ in range(5):
            with pytest.raises(ValueError, match="no"):
                async with spending.paying(Usage(provider="x", model="x", purpose="x", dollars=0.9)):
                    raise ValueError("no")
