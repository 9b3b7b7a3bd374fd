"""No sequence of events reaches two visible posts, a lost one, or a false status.

People approve, undo, edit, move, reject and press "publish now"; time passes; workers sweep, die and are given up for
dead; the platform accepts and loses its answer, refuses, cannot be read. Hypothesis looks for an order that breaks it.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import select

from marketingos import clock, db
from marketingos.adapters import http
from marketingos.domain.delivery import LEASE, Delivery, DeliveryStatus
from marketingos.domain.pause import EVERYTHING
from marketingos.domain.platform import Platform
from marketingos.domain.post import PostStatus, RejectReason
from marketingos.errors import (
    AccountBlocked,
    ContentRefused,
    MarketingError,
    NotSent,
    PermissionMissing,
    PostFailed,
    RateLimited,
)
from marketingos.services import accounts, pauses, posts, publishing, review
from marketingos.services.views import PostView
from marketingos.settings import get_settings
from tests.services import stage
from tests.services.fake_platform import LOST, FakePlatform, Killed, accepts_then, fails_with

START = datetime(2026, 11, 23, 8, tzinfo=UTC)

ACTS = {
    "accepts, answer lost": accepts_then(LOST),
    "nothing happens, answer lost": fails_with(LOST),
    "accepts, process killed": accepts_then(Killed()),
    "nothing happens, process killed": fails_with(Killed()),
    "refuses for now": fails_with(RateLimited(retry_after=timedelta(minutes=3))),
    "refuses the connection": fails_with(NotSent()),
    "refuses for good": fails_with(ContentRefused()),
    "limits the account": fails_with(RateLimited(retry_after=timedelta(minutes=25))),
    "cannot process it": fails_with(PostFailed()),
    "misses a permission": fails_with(PermissionMissing()),
    "stops the account": fails_with(AccountBlocked()),
}


class Deliveries(RuleBasedStateMachine):
    """One post on one account, and everything that can happen to it."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.patch = pytest.MonkeyPatch()
        self.platform = FakePlatform()
        self.now = START
        self.connections = 0

    @initialize(accepts=st.booleans(), steps=st.integers(0, 2), readable=st.booleans())
    def begin(self, accepts: bool, steps: int, readable: bool) -> None:
        shutil.copyfile(self.template, self.folder / "test.db")
        self.patch.setenv("DATABASE_URL", f"sqlite:///{self.folder / 'test.db'}")
        self.patch.setenv("DATA_DIR", str(self.folder))
        get_settings.cache_clear()
        self.platform.accepts, self.platform.steps, self.platform.readable = accepts, steps, readable
        self.patch.setattr("marketingos.adapters.publisher_for", lambda *_: self.platform)
        self.laura = self.do(stage.person())
        product = self.do(stage.product(platforms=(Platform.FACEBOOK,)))
        self.post_id = self.do(stage.post(product, after=timedelta(minutes=20), with_picture=False))

    def teardown(self) -> None:
        try:
            if hasattr(self, "post_id"):
                self.settle_everything()
        finally:
            self.loop.run_until_complete(db.dispose())
            self.loop.close()
            self.patch.undo()
            get_settings.cache_clear()
            shutil.rmtree(self.folder, ignore_errors=True)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Runs it at the machine's time."""
        with clock.frozen(self.now):
            return self.loop.run_until_complete(work)

    def try_to(self, work: Coroutine[Any, Any, Any]) -> None:
        """A person's wish, which may be refused."""
        with contextlib.suppress(MarketingError):
            self.do(work)

    def view(self) -> PostView:
        return self.do(posts.post(self.laura, self.post_id))  # type: ignore[no-any-return]

    def delivery(self) -> Delivery | None:
        async def find() -> Delivery | None:
            async with db.reading() as s:
                return (await s.exec(select(Delivery))).first()

        return self.do(find())  # type: ignore[no-any-return]

    # -- what happens ------------------------------------------------------------------------------------------------

    @rule()
    def approve(self) -> None:
        self.try_to(review.approve(self.laura, self.post_id))

    @rule()
    def undo(self) -> None:
        self.try_to(review.withdraw(self.laura, self.post_id))

    @rule(words=st.sampled_from(["uno", "dos", "tres"]))
    def edit(self, words: str) -> None:
        (variant,) = self.view().variants
        self.try_to(review.edit_text(self.laura, variant.id, words, variant.version))

    @rule()
    def reject_and_restore(self) -> None:
        self.try_to(review.reject(self.laura, self.post_id, RejectReason.TONE))
        self.try_to(review.restore(self.laura, self.post_id))

    @rule(minutes=st.integers(1, 90))
    def move(self, minutes: int) -> None:
        wall = self.view().wall + timedelta(minutes=minutes)
        self.try_to(review.move(self.laura, self.post_id, wall))

    @rule()
    def publish_now(self) -> None:
        self.try_to(review.publish_now(self.laura, self.post_id))

    @rule(seconds=st.sampled_from([1, 11, 60, 130, 600, 1800]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(act=st.sampled_from(sorted(ACTS)))
    def something_will_go_wrong(self, act: str) -> None:
        self.platform.script.append(ACTS[act])

    @rule()
    def the_worker_dies_while_uploading(self) -> None:
        def die() -> None:
            self.platform.before_step = lambda: None
            raise Killed

        self.platform.before_step = die

    @rule()
    def sweep(self) -> None:
        with contextlib.suppress(Killed):
            self.do(publishing.publish_due())

    @rule()
    def the_platform_advises_a_rest(self) -> None:
        def advise() -> None:
            self.platform.before_step = lambda: None
            http.advise(timedelta(minutes=7))

        self.platform.before_step = advise

    @rule()
    def somebody_stops_the_line(self) -> None:
        self.try_to(pauses.pause(self.laura, EVERYTHING))

    @rule()
    def the_line_goes_on(self) -> None:
        for pause in self.do(pauses.active(self.laura)):
            self.try_to(pauses.resume(self.laura, pause.id))

    @rule()
    def the_account_is_connected_again(self) -> None:
        self.connections += 1
        self.try_to(
            accounts.connect(
                platform=Platform.FACEBOOK,
                kind=stage.KINDS[Platform.FACEBOOK],
                external_id="ReservasPro-facebook",
                name="ReservasPro",
                token=accounts.secret(f"token {self.connections}"),
            )
        )

    @precondition(lambda self: hasattr(self, "post_id") and self.view().status is PostStatus.UNKNOWN)
    @rule()
    def a_person_looks_and_says_so(self) -> None:
        delivery = self.delivery()
        assert delivery is not None
        if delivery.lease_until is None:
            out = delivery.content.text in self.platform.ledger
            self.try_to(publishing.settle_by_hand(self.laura, delivery.id or 0, published=out))

    # -- what must always hold ---------------------------------------------------------------------------------------

    @invariant()
    def never_twice(self) -> None:
        assert len(self.platform.ledger) <= 1

    @invariant()
    def published_is_true(self) -> None:
        if hasattr(self, "post_id") and self.view().status is PostStatus.PUBLISHED:
            assert self.platform.ledger == [self.view().variants[0].text]

    def settle_everything(self) -> None:
        """Everything works again and people answer: what was approved is out once, or waits for a person by name."""
        self.platform.script.clear()
        self.platform.before_step = lambda: None
        self.the_line_goes_on()
        self.the_account_is_connected_again()
        self.now = max(self.now, self.view().scheduled_at)
        for _ in range(8):
            self.now += LEASE + timedelta(minutes=6)
            self.do(publishing.publish_due())
        if self.view().status is PostStatus.UNKNOWN:
            assert not self.platform.readable
            self.a_person_looks_and_says_so()
            self.now += timedelta(minutes=1)
            self.do(publishing.publish_due())
            self.now += timedelta(minutes=1)
            self.do(publishing.publish_due())
        self.never_twice()
        delivery = self.delivery()
        if self.platform.ledger:
            assert delivery is not None
            assert delivery.status is DeliveryStatus.PUBLISHED
        elif delivery is not None:
            assert delivery.status in (DeliveryStatus.CANCELLED, DeliveryStatus.HELD, DeliveryStatus.FAILED)


@pytest.mark.timeout(600)
def test_no_order_of_events_breaks_it(migrated_file: Path) -> None:
    """The promise of the module, tried against many random orders of events."""
    Deliveries.template = migrated_file
    Deliveries.TestCase.settings = how(max_examples=40, stateful_step_count=25, deadline=None)
    Deliveries.TestCase("runTest").runTest()
