"""Cycles at scale: ten products, two replicas, deaths; every slot filled once or explained, and no cap ever passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.company import Company
from tests.faults.conftest import Build

QUICK = {"claude_seconds": 0.1, "replicate_seconds": 0.2}
ROOM = {"AI_BUDGET_DAY": 50, "AI_BUDGET_MONTH": 500, "CYCLE_HOURS": 6, "EUR_PER_USD": 1}

Found = Callable[..., Company]


@pytest.fixture
def found(build_world: Build) -> Found:
    """Founds a company with two replicas: `found(seed=1, products=10, AI_BUDGET_DAY=1)`."""

    def build(*, seed: int, products: int = 10, budget: float | None = None, **settings: Any) -> Company:
        world = build_world("postgresql", **{**ROOM, **settings})
        world.control("settings", QUICK)
        company = Company(world, seed)
        company.hire(2)
        company.opens(products, budget)
        return company

    return build


@pytest.mark.timeout(600)
def test_four_cycles_for_ten_products_with_deaths_among_them(found: Found) -> None:
    """Each slot is filled once; nobody pays twice for what had arrived; what was billed is what was booked."""
    company = found(seed=1, POSTS_PER_CYCLE=1)
    for deaths in (0, 2, 0, 2):
        now = company.cycle(deaths)
    assert company.deaths >= 2
    assert company.wrong() == []
    posts, paid = len(now.posts), company.paid()
    assert posts == len(company.planned) == 40
    assert all(billed <= paid.peaks[span] + 1e-9 for span, billed in paid.billed.items())


@pytest.mark.timeout(600)
def test_no_cap_is_passed_by_two_replicas_at_once(found: Found) -> None:
    """With both at work and one dying, caps of day, cycle and product hold at every moment, booked and billed; what
    there was no money for says so."""
    by_hand_alone = {"CYCLE_HOURS": 168}
    company = found(seed=2, budget=0.3, POSTS_PER_CYCLE=3, AI_BUDGET_DAY=1.2, AI_BUDGET_CYCLE=0.25, **by_hand_alone)
    company.cycle(deaths=1, each=True)
    now = company.cycle(each=True)
    assert company.wrong() == []
    paid = company.paid()
    for span, cap in (("day", 1.2), ("cycle", 0.25), ("product", 0.3)):
        assert cap / 2 < paid.peaks[span] <= cap + 1e-9
        assert paid.billed[span] <= cap
    assert bool(now.posts)
    reasons = {row.error_key for row in now.shortfalls}
    assert reasons <= {f"error.over_budget_{s}" for s in ("day", "cycle", "product")}


@pytest.mark.exhaustive
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3))
def test_deaths_in_every_cycle(found: Found, seed: int) -> None:
    """The same with three posts for each product and three deaths in every cycle."""
    company = found(seed=seed, POSTS_PER_CYCLE=3)
    for _ in range(4):
        company.cycle(deaths=3)
    assert company.deaths >= 8
    assert company.wrong() == []
