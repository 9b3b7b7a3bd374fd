"""Every fault at every call: one visible post, a true status, and no person save where nothing can be read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from tests.faults.conftest import Build
from tests.faults.kinds import KINDS, Kind
from tests.faults.matrix import FAULTS, Spoilt, count_calls, spoil
from tests.faults.world import World

SIMPLEST = tuple(KINDS[name] for name in ("facebook photo", "instagram picture", "tiktok video", "linkedin picture"))
LONGEST_WALK = 16

Spoil = Callable[[str, Sequence[Kind]], Spoilt]


@pytest.fixture(scope="module")
def spoiling(build_world: Build) -> Spoil:
    """Spoils posts in a world that is made at first use; where a platform falls silent, patience is short."""
    worlds: dict[tuple[bool, int], tuple[World, Mapping[str, int]]] = {}

    def run(fault: str, kinds: Sequence[Kind]) -> Spoilt:
        which = ("silence" in fault, len(kinds))
        if which not in worlds:
            world = build_world("sqlite", **({"silence": 2.0, "quiet": 2.5} if which[0] else {}))
            world.open(kinds, LONGEST_WALK)
            world.start()
            worlds[which] = world, count_calls(world, kinds)
        return spoil(worlds[which][0], kinds, fault, worlds[which][1])

    return run


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_call_of_the_simplest_kinds(spoiling: Spoil, fault: str) -> None:
    """One kind of each platform."""
    spoilt = spoiling(fault, SIMPLEST)
    assert spoilt.hits >= len(SIMPLEST)
    assert not spoilt.verdict.wrong
    assert not spoilt.verdict.by_hand


@pytest.mark.exhaustive
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_call_of_any_kind(spoiling: Spoil, fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    """All kinds; whom nothing can be read back from asks a person, and no other."""
    spoilt = spoiling(fault, list(KINDS.values()))
    with capsys.disabled():
        print(f"\n{fault}: {spoilt.verdict.deliveries} posts, {spoilt.hits} hit, asked {dict(spoilt.verdict.by_hand)}")
    assert not spoilt.verdict.wrong
    assert all(KINDS[name].asks for name in spoilt.verdict.by_hand)
