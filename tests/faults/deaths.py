"""`kill -9` at every await of every kind's walk, enumerated.

One death serves many walks: each of them stops at the await that it is to die at, and when all stand still (or are
through, which tells that the kind has no further awaits) the process is killed. The next process finds its way, and
everything is judged.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from marketingos.domain.delivery import LEASE
from tests.faults.kinds import Kind
from tests.faults.verdict import Row, Verdict, judge
from tests.faults.world import World

Targets = Mapping[str, tuple[Kind, int]]
"""By account: what goes out on it, and the await at which that dies."""

Stopped = Mapping[str, tuple[int, str]]
"""By account: the await at which its walk stands, and where in the product that is."""

ENDLESS = 5000
"""No walk has so many awaits."""

BOREDOM = 3.0
"""Real seconds after which nobody else will stop: one that stands still may hold what another one needs. Who did not
get so far dies another time."""

AT_ONCE = 50
"""Walks that stand still at the same time: on PostgreSQL each may keep a connection."""

STRAGGLERS = 0.5
"""Real seconds in which workers end that had still been sent to an account when its last post came to rest."""

SOON = timedelta(minutes=1)

ACCOUNTS = 12
"""For each kind."""


@dataclass(kw_only=True)
class Deaths:
    """What was covered: the awaits of each kind, those that it has not got, and the places in which a walk stood."""

    kills: int = 0
    awaits: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    beyond: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    places: set[str] = field(default_factory=set)
    verdict: Verdict = field(default_factory=Verdict)

    def missing(self, kind: Kind, first: int, step: int) -> Iterator[int]:
        """The awaits of a kind that nothing has died at."""
        end = min(self.beyond[kind.name], default=ENDLESS)
        return (at for at in range(first, end, step) if at not in self.awaits[kind.name])

    def __str__(self) -> str:
        pairs = sum(map(len, self.awaits.values()))
        return f"{pairs} pairs of a kind and an await, at {len(self.places)} places, {self.kills} kills"


def enumerate_deaths(
    world: World, kinds: Sequence[Kind], *, at_once: int = AT_ONCE, first: int = 1, step: int = 1
) -> Deaths:
    """Kills every kind at its awaits `first`, `first + step`, … to its last; at most `at_once` walks die together."""
    world.open(kinds, min(at_once, ACCOUNTS))
    deaths, process = Deaths(), world.start()
    while targets := _chosen(world, kinds, deaths, at_once, first, step):
        stopped, rows = _die_once(world, process, targets)
        deaths.kills += 1
        for account, (at, place) in stopped.items():
            deaths.awaits[targets[account][0].name].add(at)
            deaths.places.add(place)
        for row in rows:
            if row.rests and row.draft.account not in stopped:
                deaths.beyond[row.kind.name].add(targets[row.draft.account][1])
        world.forward(LEASE + timedelta(seconds=1))
        process = world.start()
        deaths.verdict.add(_recovered(world))
    world.kill(process)
    return deaths


def _chosen(world: World, kinds: Sequence[Kind], deaths: Deaths, at_once: int, first: int, step: int) -> Targets:
    """Who dies next, and where: the kinds that are not through share the places."""
    going = [kind for kind in kinds if next(deaths.missing(kind, first, step), None)][:at_once]
    share = max(1, at_once // max(1, len(going)))
    return {
        account: (kind, at)
        for kind in going
        for account, at in zip(world.accounts[kind.name][:share], deaths.missing(kind, first, step), strict=False)
    }


def _die_once(world: World, process: int, targets: Targets) -> tuple[Stopped, list[Row]]:
    """Posts go on their way and the process dies; answers the accounts whose walks had stopped, and the rows then."""
    world.forget()
    world.post([(kind, account) for account, (kind, _) in targets.items()], world.now() + SOON)
    time.sleep(STRAGGLERS)
    world.park({account: at for account, (_, at) in targets.items()})
    world.forward(SOON)
    rows = world.settle(without=world.parked, boredom=BOREDOM)
    world.kill(process)
    stopped = world.parked()
    world.park({})
    return stopped, rows


def _recovered(world: World) -> Verdict:
    """What has become of the posts when everything has come to rest."""
    rows = world.settle()
    while world.answer(rows):
        rows = world.settle()
    return judge(rows, world.ledger(), before=world.rows(forgotten=True))
