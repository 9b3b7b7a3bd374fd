"""A campaign: deliveries of all platforms and kinds under random faults and kills, the same for the same seed.

python -m tests.faults.campaign [N] [SEED]

Posts go in waves, one on each of eight accounts of every kind. Three of four meet one or two faults, each at a random
call; a server dies at random moments, and another one takes its place. A person presses the right button where one is
asked. Prints what was done and what came of it; the exit code says whether anything was wrong.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from marketingos.domain.delivery import LEASE
from tests.faults.kinds import KINDS, Kind
from tests.faults.matrix import FAULTS
from tests.faults.verdict import Verdict, judge
from tests.faults.world import World

ACCOUNTS = 8
CALLS = 10
"""Faults hit one of so many first calls."""

SILENCE, QUIET = 2.0, 2.4
ALL = list(KINDS.values())


@dataclass(kw_only=True)
class Campaign:
    """What was done, and what came of it. `took` is how long each delivery needed, in the world's seconds;
    `refused` are the deliveries whose file a platform failed to process."""

    seed: int
    injected: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    reconnected: int = 0
    refused: set[int] = field(default_factory=set)
    took: list[float] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    def __str__(self) -> str:
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.injected.items()))
        hands = ", ".join(f"{name} {count}" for name, count in sorted(self.verdict.by_hand.items())) or "none"
        took = statistics.quantiles(self.took, n=100)
        return "\n".join(
            (
                f"seed {self.seed}: {self.verdict.deliveries} deliveries, {self.kills} kills, "
                f"{self.injected.total()} faults ({faults}), {self.reconnected} accounts reconnected",
                f"duplicates {len(self.verdict.duplicates)}, losses {len(self.verdict.losses)}, "
                f"false statuses {len(self.verdict.false)}",
                f"settled by a person: {hands}",
                f"time to a settled state: p50 {took[49]:.0f} s, p99 {took[98]:.0f} s",
                *self.verdict.wrong,
            )
        )


def run_campaign(world: World, count: int, seed: int) -> Campaign:
    """Sends `count` posts, wave by wave, and judges all of them at the end."""
    campaign, chance = Campaign(seed=seed), random.Random(seed)
    world.open(ALL, ACCOUNTS)
    world.start()
    places = [(kind, account) for kind in ALL for account in world.accounts[kind.name]]
    while count > 0:
        wave = chance.sample(places, min(count, len(places)))
        count -= len(wave)
        _one_wave(world, campaign, chance, wave)
    rows = world.rows(forgotten=True)
    campaign.verdict = judge(rows, world.ledger(), refused=campaign.refused)
    campaign.took = [(world.rested[row.id] - row.draft.due).total_seconds() for row in rows if row.id in world.rested]
    return campaign


def _one_wave(world: World, campaign: Campaign, chance: random.Random, wave: Sequence[tuple[Kind, str]]) -> None:
    world.faults([rule for _, account in wave for rule in _trouble(chance, account)])
    world.forget()
    world.post(wave)
    for _ in range(chance.randint(1, 4)):
        world.settle(patience=chance.uniform(0.2, 6.0))
        world.kill(chance.choice(list(world.ports)))
        campaign.kills += 1
        world.forward(LEASE + timedelta(seconds=1))
        world.start()
    rows = world.settle(patience=300)
    while world.answer(rows) or _reconnected(world, campaign):
        rows = world.settle(patience=300)
    hit = [rule for rule in world.http.get("/control/faults").json()["rules"] if rule["done"]]
    for rule in hit:
        campaign.injected[rule["action"]] += rule["done"]
    spoilt = {rule["match"]["account"] for rule in hit if rule["action"] == "fail_processing"}
    campaign.refused |= {row.id for row in rows if row.draft.account in spoilt}


def _trouble(chance: random.Random, account: str) -> list[Mapping[str, Any]]:
    """The faults that one post meets."""
    names = chance.sample(list(FAULTS), chance.choice((0, 1, 1, 2)))
    return [
        {**FAULTS[name], "match": {"account": account, "nth": chance.randint(1, CALLS)}, "times": 1} for name in names
    ]


def _reconnected(world: World, campaign: Campaign) -> int:
    """A person gives the permissions anew that died."""
    held = {row.draft.account for row in world.rows() if row.hold_reason == "permission"}
    world.reconnect(held)
    campaign.reconnected += len(held)
    return len(held)


def main() -> None:
    count, seed = int(sys.argv[1]) if len(sys.argv) > 1 else 2000, int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with TemporaryDirectory(prefix="faults-") as folder, World(Path(folder), silence=SILENCE, quiet=QUIET) as world:
        world.run("migrate")
        campaign = run_campaign(world, count, seed)
    print(campaign)
    sys.exit(bool(campaign.verdict.wrong))


if __name__ == "__main__":
    main()
