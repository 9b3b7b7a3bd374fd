"""A delivery engine in thirty lines: what a publisher may count on, and no more.

It saves progress as JSON after every step, never commits again before it looked, and lets the clock run over every
wait. `services.publishing` is the real one; this one needs no rows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from marketingos import clock
from marketingos.domain.delivery import Content
from marketingos.domain.ports import Absent, Accepted, Dropped, Grant, Progress, Published, Publisher, Ready, Working
from marketingos.errors import BadAnswer, NotSent, OutcomeUnknown, OutsideError, RateLimited, TokenRejected
from tests.adapters.wire import plain
from tests.sandbox.conftest import HandClock

LOOKS = 12
"""After so many looks that decide nothing, a person is asked."""


class PersonAskedError(Exception):
    """The platform cannot be read back for this kind of post."""


class KilledError(Exception):
    """The process died after the platform did its part and before anything was saved."""


@dataclass
class Delivery:
    """One post on its way. With `dies_at` the process is killed once, at that step, and another one goes on."""

    publisher: Publisher
    grant: Grant
    content: Content
    time: HandClock
    progress: Progress = field(default_factory=dict)
    intent: datetime | None = None
    accepted: bool = False
    errors: list[OutsideError] = field(default_factory=list)
    dies_at: int = 0
    steps: int = 0
    looks: int = 0

    async def run(self, patience: int = 80) -> Published:
        """Carries the post until it is published."""
        for _ in range(patience):
            with clock.frozen(self.time.now):
                try:
                    found = await self._step()
                except KilledError:
                    found = timedelta(minutes=5)
            if isinstance(found, Published):
                return found
            self.time.forward(found.total_seconds())
        raise AssertionError(f"never published: {[str(e) for e in self.errors]}")

    async def _step(self) -> Published | timedelta:
        try:
            if self.accepted:
                return await self._keep(await self._ask(self.publisher.settle))
            if self.intent:
                return await self._judge(await self._ask(self.publisher.look_up, self.intent))
            return await self._send()
        except NotSent as error:
            self._note(error)
            self.intent, self.accepted = None, False
        except (OutcomeUnknown, RateLimited, BadAnswer) as error:
            self._note(error)
        return max(self.errors[-1].retry_after or timedelta(), timedelta(seconds=30))

    async def _send(self) -> Published | timedelta:
        step: Working | Ready = await self._ask(self.publisher.prepare)
        self.progress = plain(step.progress)
        if isinstance(step, Working):
            return step.wait
        self.intent = self.time.now
        try:
            return await self._keep(await self._ask(self.publisher.commit))
        except (RateLimited, TokenRejected):
            self.intent = None
            raise

    async def _keep(self, outcome: Published | Accepted | Dropped | Ready) -> Published | timedelta:
        if isinstance(outcome, Dropped):
            self.intent, self.accepted = None, False
            self._note(outcome.error)
            return max(outcome.error.retry_after or timedelta(), timedelta(seconds=30))
        if isinstance(outcome, Published):
            return outcome
        self.accepted, self.progress = True, plain(outcome.progress)
        if isinstance(outcome, Ready):
            return await self._keep(await self._ask(self.publisher.comment))
        return outcome.wait

    async def _judge(self, found: Any) -> Published | timedelta:
        if isinstance(found, Published | Accepted):
            return await self._keep(found)
        if isinstance(found, Absent):
            self.intent = None
            return timedelta()
        self.looks += 1
        if self.looks > LOOKS:
            raise PersonAskedError
        return timedelta(seconds=60)

    def _note(self, error: OutsideError) -> None:
        if not error.retryable:
            raise error
        self.errors.append(error)

    async def _ask(self, method: Callable[..., Awaitable[Any]], *more: Any) -> Any:
        answer = await method(*self._given, *more)
        self.steps += 1
        if self.steps == self.dies_at:
            raise KilledError
        return answer

    @property
    def _given(self) -> tuple[Grant, Content, Progress]:
        return self.grant, self.content, self.progress
