"""Several servers on one PostgreSQL, some of which die: the work is shared, and nothing is done twice."""

from __future__ import annotations

import random

import pytest

from tests.faults.conftest import Build
from tests.faults.kinds import KINDS
from tests.faults.verdict import judge

ALL = list(KINDS.values())
EACH = 2


@pytest.mark.timeout(600)
@pytest.mark.parametrize("count", [2, pytest.param(4, marks=pytest.mark.exhaustive)])
def test_replicas_share_the_work_and_survive_each_other(build_world: Build, count: int) -> None:
    """Posts of every kind, one more on each account than can go at once; every second or so one of the servers dies and
    another takes its place."""
    world, chance = build_world("postgresql"), random.Random(count)
    world.open(ALL)
    for _ in range(count):
        world.start()
    world.post([(kind, world.accounts[kind.name][0]) for kind in ALL for _ in range(EACH)])
    for _ in range(3):
        world.settle(patience=chance.uniform(0.3, 2.0))
        world.kill(chance.choice(list(world.ports)))
        world.start()
    rows = world.settle()
    while world.answer(rows):
        rows = world.settle()
    for process in list(world.ports):
        world.kill(process)
    verdict = judge(rows, world.ledger())
    assert not verdict.wrong
    assert all(KINDS[name].asks for name in verdict.by_hand)
