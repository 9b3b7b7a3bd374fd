"""Killed at any moment: neither two posts nor none, and every status true."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Build
from tests.faults.deaths import enumerate_deaths
from tests.faults.kinds import KINDS
from tests.faults.launcher import ROOM

SHORTEST = ("facebook text", "linkedin text")


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
def test_every_kind_survives_death_at_every_await(build_world: Build, capsys: pytest.CaptureFixture[str]) -> None:
    """All kinds, each at each of its awaits, within transactions and between them."""
    deaths = enumerate_deaths(build_world("postgresql", **{ROOM: 80}), list(KINDS.values()))
    with capsys.disabled():
        print(f"\n{deaths}; {deaths.verdict.deliveries} deliveries; asked: {dict(deaths.verdict.by_hand)}")
    assert not deaths.verdict.wrong


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
def test_a_kind_survives_death_at_every_await_on_sqlite(build_world: Build) -> None:
    """One writer at a time: there each death takes one walk."""
    assert not enumerate_deaths(build_world("sqlite"), [KINDS["facebook photo"]], at_once=1).verdict.wrong


@pytest.mark.timeout(600)
def test_the_shortest_walks_survive_death_at_every_await(build_world: Build) -> None:
    """A text's claim, intent, visible call and record, at each of their awaits."""
    deaths = enumerate_deaths(build_world("postgresql", **{ROOM: 80}), [KINDS[name] for name in SHORTEST], at_once=24)
    assert not deaths.verdict.wrong
    assert min(map(len, deaths.awaits.values())) > 30


@pytest.mark.timeout(600)
def test_a_few_deaths_on_sqlite(build_world: Build) -> None:
    """Every seventh await of a text: there each death takes one walk."""
    deaths = enumerate_deaths(build_world("sqlite"), [KINDS["linkedin text"]], at_once=1, step=7)
    assert not deaths.verdict.wrong
