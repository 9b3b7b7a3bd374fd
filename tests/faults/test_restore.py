"""The restore drill with real processes: an old backup is put back, and nothing is posted twice or lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from marketingos.domain.delivery import DeliveryStatus
from marketingos.domain.platform import Format
from tests.faults.conftest import Build
from tests.faults.kinds import KINDS
from tests.faults.verdict import judge

ALL = [replace(kind, asks=kind.asks or kind.format is Format.STORY) for kind in KINDS.values()]
"""Of stories the platforms' lists do not say which is which, so that after a restore a person has to."""


def test_the_drill(build_world: Build) -> None:
    """Backup, every kind goes out, the power fails, restore, start; what was still to come goes out as planned."""
    world = build_world("sqlite")
    world.open(ALL, 2)
    server = world.start()
    soon, later = ([(kind, world.accounts[kind.name][n]) for kind in ALL] for n in (0, 1))
    world.post(soon, world.now() + timedelta(hours=1))
    world.post(later, world.now() + timedelta(hours=30))
    waiting = [account for _, account in later]
    said = world.run("backup", str(world.folder / "before.zip"))
    assert "before.zip" in said
    world.forward(timedelta(hours=1))
    rows = world.settle(without=lambda: waiting)
    assert sum(row.status is DeliveryStatus.PUBLISHED for row in rows) == len(soon)
    world.kill(server)
    assert " are back." in world.run("restore", str(world.folder / "before.zip"), "--replace")
    world.start()
    rows = world.settle()
    while world.answer(rows):
        rows = world.settle()
    verdict = judge(rows, world.ledger())
    assert not verdict.wrong
    assert set(verdict.by_hand) <= {kind.name for kind in ALL if kind.asks}
