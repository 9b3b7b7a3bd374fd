"""Replicas that run cycles, and die at it.

with world:
    company = Company(world, seed=1)
    company.hire(2)
    company.opens(10)
    company.cycle(deaths=2)
    assert not company.wrong()
"""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from marketingos.domain.cycle import CycleRun, CycleState
from marketingos.services import filling, generation, products
from tests.faults import paying
from tests.faults.paying import Paid, Scene
from tests.faults.world import ANA, World

SIX_HOURS = timedelta(hours=6)
LEASE_OVER = filling.LEASE + timedelta(seconds=1)
PATIENCE = 240.0
"""Real seconds for one cycle."""


class Company:
    """Any number of replicas over one database, each with a name that its connections carry."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.replicas: dict[str, int] = {}
        self.planned: set[str] = set()
        """Every slot that a cycle had to fill."""
        self.dying: set[int] = set()
        """Costs that were entered and not settled when somebody died."""
        self.deaths = 0
        self._dice = random.Random(seed)
        self._names = (f"replica_{n}" for n in itertools.count(1))

    def opens(self, products: int, budget: float | None = None) -> None:
        """A fresh database gets its witness and its products; each may cost `budget` euro a month."""
        self.world.do(paying.call_witness())
        self.world.do(paying.stock(products, budget))

    def hire(self, count: int = 1) -> None:
        for name in itertools.islice(self._names, count):
            address = self.world.environment()["DATABASE_URL"]
            self.replicas[name] = self.world.start(DATABASE_URL=f"{address}&application_name={name}")

    def cycle(self, deaths: int = 0, *, each: bool = False) -> Scene:
        """The next window's cycle from its opening to its end; `each` has one asked for by hand for every product
        instead, so that several replicas are at work. Who is at work dies so many times, at moments of the dice."""
        self.planned |= self.world.do(paying.gaps(self.world.now() + SIX_HOURS))
        calls, known = self.calls(), self.world.do(paying.cycles())
        self.world.forward(SIX_HOURS)
        if each:
            self.world.do(_ask_for_each())
        self._until(lambda: self.world.do(paying.cycles()) > known, "no cycle was opened")
        due = len(self.planned - {post.slot_key for post in self.scene().posts})
        for moment in sorted(self._dice.sample(range(1, 2 * due), min(deaths, 2 * due - 1))):
            self._until(partial(self._is_at, calls + moment), "no call was made")
            self.kill()
        return self._to_the_end()

    def kill(self) -> None:
        """Whoever is at work is gone, another one comes, and the lease runs out."""
        name = self.world.do(paying.at_work())
        if name not in self.replicas or not self.going():
            return
        self.world.kill(self.replicas.pop(name))
        self.deaths += 1
        self.dying |= {row.id or 0 for row in self.scene().spends if not row.settled}
        self.hire()
        self.world.forward(LEASE_OVER)

    def _is_at(self, calls: int) -> bool:
        return self.calls() >= calls or not self.going()

    def _to_the_end(self) -> Scene:
        """Lets the cycles work, and steps over their rests."""

        def ended() -> bool:
            going = self.going()
            if going and all(c.state is CycleState.WAITING for c in going):
                moment = min(c.resume_at for c in going if c.resume_at)
                self.world.forward(max(moment - self.world.now(), timedelta()) + timedelta(seconds=1))
            return not going

        self._until(ended, "a cycle does not end")
        return self.scene()

    def _until(self, holds: Callable[[], bool], complaint: str) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise RuntimeError(f"{complaint}: {[(c.window, c.state, c.step) for c in self.going()]}")
            time.sleep(0.1)

    # -- what came of it -----------------------------------------------------------------------------------------------

    def scene(self) -> Scene:
        return self.world.do(paying.scene())

    def going(self) -> Sequence[CycleRun]:
        """The cycles that are not over."""
        return self.world.do(paying.going())

    def calls(self) -> int:
        """How often the sandbox was asked for a text or a picture."""
        counts = self.world.http.get("/control/calls").raise_for_status().json()["calls"]
        paid = ("/v1/messages", "/predictions")
        return sum(c["count"] for c in counts if c["method"] == "POST" and c["path"].endswith(paid))

    def bills(self) -> Sequence[Mapping[str, Any]]:
        """What the sandbox says it did for money."""
        found: Sequence[Mapping[str, Any]] = self.world.http.get("/control/bills").raise_for_status().json()["bills"]
        return found

    def paid(self) -> Paid:
        return self.world.do(paying.paid(self.bills()))

    def wrong(self) -> list[str]:
        """Slots and posts without a word, and money spent twice, in words."""
        now, paid = self.scene(), self.paid()
        open_costs = {row.id or 0 for row in now.spends if not row.settled}
        wrong = paying.unexplained(now, self.planned)
        wrong += [f"cost {number}: open, though nobody died at it" for number in open_costs - self.dying]
        if len(paid.lost) > len(open_costs):
            wrong.append(f"{len(paid.lost)} bills came to nobody, and {len(open_costs)} costs are open")
        bought = Counter(row.purpose for row in now.spends if row.settled)
        pictures = sum(bool(post.brief.drawing) for post in now.posts)
        if bought["post"] > len(now.posts) + len(now.shortfalls):
            wrong.append(f"{bought['post']} texts were paid for {len(now.posts)} posts")
        if bought["picture"] > pictures:
            wrong.append(f"{bought['picture']} pictures were paid for {pictures} posts")
        return wrong


async def _ask_for_each() -> None:
    for product in await products.list_products(active_only=True):
        await generation.request_cycle(ANA, product.id)
