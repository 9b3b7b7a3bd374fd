"""Killed at any moment: neither two posts nor none, and every status true."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Build
from tests.faults.deaths import enumerate_deaths
from tests.faults.kinds import KINDS

SIMPLEST = ("facebook text", "instagram picture", "tiktok video", "linkedin text")


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
def test_every_kind_survives_death_at_every_await(build_world: Build, capsys: pytest.CaptureFixture[str]) -> None:
    """All kinds, each at each of its awaits, within transactions and between them."""
    deaths = enumerate_deaths(build_world("postgresql"), list(KINDS.values()))
    with capsys.disabled():
        print(f"\n{deaths}; {deaths.verdict.deliveries} deliveries; asked: {dict(deaths.verdict.by_hand)}")
    assert not deaths.verdict.wrong


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
def test_a_kind_survives_death_at_every_await_on_sqlite(build_world: Build) -> None:
    """One writer at a time: there each death takes one walk."""
    assert not enumerate_deaths(build_world("sqlite"), [KINDS["facebook photo"]], at_once=1).verdict.wrong


@pytest.mark.timeout(600)
def test_each_platform_survives_death_at_every_await(build_world: Build) -> None:
    """The simplest kind of each platform, at each of its awaits."""
    deaths = enumerate_deaths(build_world("postgresql"), [KINDS[name] for name in SIMPLEST])
    assert not deaths.verdict.wrong
    assert all(max(awaits) > 50 for awaits in deaths.awaits.values())


def test_a_death_between_the_answer_and_its_record_on_sqlite(build_world: Build) -> None:
    """Every seventh await of a text, each with a process of its own."""
    deaths = enumerate_deaths(build_world("sqlite"), [KINDS["linkedin text"]], at_once=1, step=7)
    assert not deaths.verdict.wrong
