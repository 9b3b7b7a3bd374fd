"""The engine's promises: once, at its time, with true statuses, through every way in which a send can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from marketingos import clock, db, jobs
from marketingos.domain.account import Account, AccountState
from marketingos.domain.delivery import LEASE, Attempt, Content, Delivery, DeliveryStatus, HoldReason
from marketingos.domain.platform import Platform
from marketingos.domain.ports import REFUSED, Absent, Accepted, Grant, Progress
from marketingos.domain.post import Post, PostStatus, Variant
from marketingos.errors import ContentRefused, NotFound, NotSent, OutcomeUnknown, RateLimited, Refused, TokenRejected
from marketingos.services import claiming, permissions, posts, publishing, recording, review
from marketingos.services.views import PersonView
from tests.services import stage
from tests.services.fake_platform import LOST, FakePlatform, Killed, accepts_then, fails_with

pytestmark = pytest.mark.usefixtures("database")
TEXT = "¿Todavía pierdes clientes por no contestar?"


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """The one platform that every delivery goes to."""
    fake = FakePlatform()
    monkeypatch.setattr("marketingos.adapters.publisher_for", lambda *_: fake)
    return fake


@pytest.fixture
async def laura() -> PersonView:
    return await stage.person()


async def approved(laura: PersonView) -> int:
    """A post that is due in half an hour, approved."""
    post_id = await stage.post(await stage.product(), after=timedelta(minutes=30))
    await review.approve(laura, post_id)
    return post_id


async def sweep(*, later: timedelta, times: int = 1, every: timedelta = timedelta(hours=1)) -> None:
    """Runs the publisher `times`, the first time `later` from now."""
    for n in range(times):
        with clock.frozen(clock.now() + later + n * every):
            await publishing.publish_due()


async def the_delivery() -> Delivery:
    async with db.reading() as s:
        return (await s.exec(select(Delivery))).one()


DUE = timedelta(minutes=31)


async def test_nothing_leaves_before_its_time(laura: PersonView, platform: FakePlatform) -> None:
    """A queued post waits for its minute."""
    await approved(laura)
    await sweep(later=timedelta(minutes=29))
    assert platform.ledger == []


async def test_a_due_post_goes_out_once(laura: PersonView, platform: FakePlatform) -> None:
    """However many sweeps, a post goes out once, with its id and its link."""
    post_id = await approved(laura)
    await sweep(later=DUE, times=3)
    assert platform.ledger == [TEXT]
    view = await posts.post(laura, post_id)
    assert view.status is PostStatus.PUBLISHED
    assert view.variants[0].deliveries[0].permalink == "https://example.org/1"


async def test_an_answer_lost_after_acceptance_is_found_again(laura: PersonView, platform: FakePlatform) -> None:
    """A time-out after the platform accepted is unconfirmed, then found, and never sent again."""
    post_id = await approved(laura)
    platform.script = [accepts_then(LOST)]
    await sweep(later=DUE)
    assert (await posts.post(laura, post_id)).status is PostStatus.UNKNOWN
    await sweep(later=DUE + timedelta(minutes=1), times=2)
    assert platform.ledger == [TEXT]
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def test_a_lost_answer_to_something_that_did_not_happen_is_sent_again(
    laura: PersonView, platform: FakePlatform
) -> None:
    """When the look-up says that it is surely not there, it goes out after all."""
    post_id = await approved(laura)
    platform.script = [fails_with(LOST)]
    await sweep(later=DUE)
    await sweep(later=DUE + timedelta(minutes=1), times=2)
    assert platform.ledger == [TEXT]
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def test_what_cannot_be_read_back_waits_for_a_person(laura: PersonView, platform: FakePlatform) -> None:
    """Without a way to look, it stays unconfirmed for ever and is not sent again until a person says so."""
    post_id = await approved(laura)
    platform.readable, platform.script = False, [accepts_then(LOST)]
    await sweep(later=DUE, times=12)
    assert platform.ledger == [TEXT]
    assert (await posts.post(laura, post_id)).status is PostStatus.UNKNOWN
    delivery = await the_delivery()
    settled = await publishing.settle_by_hand(laura, delivery.id or 0, published=True)
    assert settled.status is PostStatus.PUBLISHED
    with pytest.raises(Refused):
        await publishing.settle_by_hand(laura, delivery.id or 0, published=False)


async def test_a_person_says_it_is_not_there(laura: PersonView, platform: FakePlatform) -> None:
    """ "It is not there" sends it, once."""
    await approved(laura)
    platform.readable, platform.script = False, [fails_with(LOST)]
    await sweep(later=DUE)
    with clock.frozen(clock.now() + DUE + timedelta(minutes=6)):
        await publishing.settle_by_hand(laura, (await the_delivery()).id or 0, published=False)
        await publishing.publish_due()
    assert platform.ledger == [TEXT]


async def test_nobody_says_that_it_is_not_there_while_it_may_still_arrive(
    laura: PersonView, platform: FakePlatform
) -> None:
    """A slow request lands after a person has looked: until that is impossible, nobody is asked and a no is not
    taken."""
    post_id = await approved(laura)
    platform.readable, platform.script = False, [fails_with(LOST)]
    await sweep(later=DUE)
    with clock.frozen(clock.now() + DUE + timedelta(minutes=2)):
        assert not (await posts.post(laura, post_id)).variants[0].deliveries[0].unconfirmed
        with pytest.raises(Refused) as refused:
            await publishing.settle_by_hand(laura, (await the_delivery()).id or 0, published=False)
    assert refused.value.key == "review.may_still_arrive"
    with clock.frozen(clock.now() + DUE + timedelta(minutes=6)):
        assert (await posts.post(laura, post_id)).variants[0].deliveries[0].unconfirmed


async def test_a_post_that_is_another_deliverys_is_not_adopted(laura: PersonView, platform: FakePlatform) -> None:
    """Two posts with the same words on one account: the one that is out does not stand for the one that is not."""
    product = await stage.product(platforms=(Platform.FACEBOOK,))
    for minutes in (30, 31):
        later = timedelta(minutes=minutes)
        await review.approve(laura, await stage.post(product, after=later, text=TEXT, with_picture=False))
    async with db.session() as s:
        first, second = (await s.exec(select(Delivery).order_by(col(Delivery.due_at)))).all()
        first.publish(f"id:{TEXT}", None, clock.now())
    platform.ledger, platform.script = [TEXT], [fails_with(LOST)]
    await sweep(later=DUE, times=2)
    async with db.reading() as s:
        row = await s.get_one(Delivery, second.id)
    assert row.status is DeliveryStatus.UNKNOWN


async def test_killed_during_the_harmless_steps(laura: PersonView, platform: FakePlatform) -> None:
    """A process that dies while uploading leaves a row that another takes over without repeating what was saved."""
    post_id = await approved(laura)
    platform.steps = 3
    deaths = iter([None, Killed()])

    def die_at_the_second() -> None:
        if death := next(deaths, None):
            raise death

    platform.before_step = die_at_the_second
    with pytest.raises(Killed):
        await sweep(later=DUE)
    await sweep(later=DUE + timedelta(seconds=1))
    assert platform.ledger == []
    await sweep(later=DUE + LEASE + timedelta(seconds=5))
    assert platform.ledger == [TEXT]
    assert platform.prepared == 3
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


@pytest.mark.parametrize("act", [accepts_then(Killed()), fails_with(Killed())])
async def test_killed_at_the_commit(laura: PersonView, platform: FakePlatform, act: object) -> None:
    """A process that dies while the post goes out: it is looked up, and there is one post in the end."""
    post_id = await approved(laura)
    platform.script = [act]  # type: ignore[list-item]
    with pytest.raises(Killed):
        await sweep(later=DUE)
    await sweep(later=DUE + LEASE + timedelta(minutes=1), times=3)
    assert platform.ledger == [TEXT]
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def test_a_worker_given_up_for_dead_cannot_write(laura: PersonView, platform: FakePlatform) -> None:
    """The fencing number stops a slow worker whose lease has ended and whose delivery another one took."""
    await approved(laura)
    account = (await the_delivery()).account_id
    with clock.frozen(clock.now() + DUE):
        stale = await claiming.claim(account)
        assert await claiming.claim(account) is None
    with clock.frozen(clock.now() + DUE + LEASE + timedelta(seconds=1)):
        fresh = await claiming.claim(account)
        assert stale
        assert fresh
        with pytest.raises(recording.LeaseLost):
            await recording.write_intent(stale, {})
        await recording.write_intent(fresh, {})
    assert (await the_delivery()).fence == fresh.fence


async def test_a_limit_is_waited_out(laura: PersonView, platform: FakePlatform) -> None:
    """A Retry-After is obeyed, then the post goes out; the attempts tell the story."""
    await approved(laura)
    platform.script = [fails_with(RateLimited("error.rate_limited", retry_after=timedelta(minutes=40)))]
    await sweep(later=DUE)
    assert (await the_delivery()).status is DeliveryStatus.RETRYING
    await sweep(later=DUE + timedelta(minutes=39))
    assert platform.ledger == []
    await sweep(later=DUE + timedelta(minutes=41))
    assert platform.ledger == [TEXT]
    async with db.reading() as s:
        attempts = (await s.exec(select(Attempt).order_by(Attempt.number))).all()  # type: ignore[arg-type]
    assert [a.outcome for a in attempts] == ["not_published", "published"]


async def test_refused_content_fails_with_its_reason(laura: PersonView, platform: FakePlatform) -> None:
    """What the platform will never take is FAILED with the sentence's key, and is not tried again."""
    post_id = await approved(laura)
    platform.script = [fails_with(ContentRefused("error.content_refused"))] * 5
    await sweep(later=DUE, times=3)
    view = await posts.post(laura, post_id)
    assert view.status is PostStatus.FAILED
    assert view.variants[0].deliveries[0].error_key == "error.content_refused"
    assert len(platform.script) == 4


async def test_a_dead_permission_holds_the_post(laura: PersonView, platform: FakePlatform) -> None:
    """A rejected token holds the delivery and marks the account; nothing is lost or failed."""
    await approved(laura)
    platform.script = [fails_with(TokenRejected())]
    await sweep(later=DUE)
    delivery = await the_delivery()
    assert (delivery.status, delivery.hold_reason) == (DeliveryStatus.HELD, HoldReason.PERMISSION)
    async with db.reading() as s:
        assert (await s.get_one(Account, delivery.account_id)).state is AccountState.NEEDS_RECONNECT


async def test_a_late_post_asks(laura: PersonView, platform: FakePlatform) -> None:
    """After a long downtime a post does not go out by itself; "publish now" sends it."""
    post_id = await approved(laura)
    later = timedelta(hours=5)
    await sweep(later=later)
    assert platform.ledger == []
    assert (await the_delivery()).hold_reason is HoldReason.LATE
    with clock.frozen(clock.now() + later):
        await review.publish_now(laura, post_id)
    await sweep(later=later + timedelta(seconds=11))
    assert platform.ledger == [TEXT]


async def test_other_words_than_the_approved_ones_never_leave(laura: PersonView, platform: FakePlatform) -> None:
    """A text changed behind the approval's back is not sent."""
    await approved(laura)
    async with db.session() as s:
        (await s.exec(select(Variant))).one().text = "otra cosa"
    await sweep(later=DUE, times=2)
    assert platform.ledger == []
    assert (await the_delivery()).status is DeliveryStatus.CANCELLED


async def test_no_change_while_it_is_on_its_way(laura: PersonView, platform: FakePlatform) -> None:
    """Editing, moving, rejecting and undoing are refused once a worker has the delivery."""
    post_id = await approved(laura)
    platform.step_wait = timedelta(minutes=1)
    await sweep(later=DUE)
    view = await posts.post(laura, post_id)
    assert view.status is PostStatus.PUBLISHING
    (variant,) = view.variants
    for change in (
        review.edit_text(laura, variant.id, "otra", variant.version),
        review.move(laura, post_id, view.wall + timedelta(days=1)),
        review.withdraw(laura, post_id),
    ):
        with pytest.raises(Refused):
            await change


async def test_a_platform_that_needs_time_is_asked_until_it_is_done(laura: PersonView, platform: FakePlatform) -> None:
    """An accepted post is not sent again while it is processed."""
    post_id = await approved(laura)
    platform.accepts = True
    await sweep(later=DUE)
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHING
    await sweep(later=DUE + timedelta(seconds=5))
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED
    assert platform.ledger == [TEXT]


async def test_a_refusal_that_was_meant_is_final_once_nothing_is_found(
    laura: PersonView, platform: FakePlatform
) -> None:
    """A platform that says "I have that already" is looked through first; when it is not our post, the words have to
    change, and nothing is sent again and again."""
    post_id = await approved(laura)
    platform.script = [fails_with(OutcomeUnknown("error.meta.duplicate"))] * 9

    async def absent(grant: object, content: object, progress: Progress, since: object) -> Absent:
        return Absent(error=ContentRefused(progress[REFUSED]))

    platform.look_up = absent  # type: ignore[method-assign, assignment]
    await sweep(later=DUE, times=3, every=timedelta(minutes=10))
    assert (await posts.post(laura, post_id)).status is PostStatus.FAILED
    assert (await the_delivery()).error_key == "error.meta.duplicate"
    assert len(platform.script) == 8


async def test_an_old_refusal_says_nothing_of_a_new_try(laura: PersonView, platform: FakePlatform) -> None:
    """What is said at one try is forgotten with the next."""
    await approved(laura)
    platform.script = [fails_with(OutcomeUnknown("error.meta.duplicate")), fails_with(LOST)]
    told: list[object] = []

    async def absent(grant: object, content: object, progress: Progress, since: object) -> Absent:
        told.append(progress.get(REFUSED))
        return Absent()

    platform.look_up = absent  # type: ignore[method-assign, assignment]
    await sweep(later=DUE, times=5, every=timedelta(minutes=10))
    assert told == ["error.meta.duplicate", None]
    assert platform.ledger == [TEXT]


async def test_a_refused_connection_is_tried_again(laura: PersonView, platform: FakePlatform) -> None:
    """What was surely not sent goes out at a later try."""
    await approved(laura)
    platform.script = [fails_with(NotSent())] * 2
    await sweep(later=DUE, times=3, every=timedelta(minutes=10))
    assert platform.ledger == [TEXT]


async def test_one_sick_account_does_not_stop_the_others(laura: PersonView, platform: FakePlatform) -> None:
    """An unexpected error in one walk leaves the others alone."""
    first = await stage.product("Una", (Platform.FACEBOOK,))
    second = await stage.product("Otra", (Platform.FACEBOOK,))
    for product, text in ((first, "uno"), (second, "dos")):
        await review.approve(laura, await stage.post(product, after=timedelta(minutes=30), text=text))
    platform.script = [fails_with(RuntimeError("bug"))]
    await sweep(later=DUE)
    assert len(platform.ledger) == 1


async def test_walks_that_take_their_time_keep_nobody_waiting(laura: PersonView, platform: FakePlatform) -> None:
    """The clock goes on ticking however many accounts are served slowly, and what is due then leaves in its moment."""
    at = clock.now() + DUE
    release, waiting = asyncio.Event(), asyncio.Event()
    commit = platform.commit

    async def slow(grant: Grant, content: Content, progress: Progress) -> Any:
        if content.text == "lenta":
            waiting.set()
            await release.wait()
        return await commit(grant, content, progress)

    platform.commit = slow  # type: ignore[method-assign]
    for name in ("lenta", "rápida"):
        product = await stage.product(name, (Platform.FACEBOOK,))
        late = timedelta(minutes=30 if name == "lenta" else 32)
        await review.approve(laura, await stage.post(product, after=late, text=name, with_picture=False))
    with clock.frozen(at):
        await asyncio.wait_for(jobs.publish_on_time(), 20)
        await asyncio.wait_for(waiting.wait(), 20)
    with clock.frozen(at + timedelta(minutes=2)):
        await asyncio.wait_for(jobs.publish_on_time(), 20)
        while platform.ledger != ["rápida"]:
            await asyncio.sleep(0.01)
    release.set()
    await publishing.end(timedelta(seconds=20))
    assert platform.ledger == ["rápida", "lenta"]


async def test_a_server_that_ends_lets_posts_arrive(laura: PersonView, platform: FakePlatform) -> None:
    """What is under way is written down before the process ends; what takes too long is left to the next one."""
    post_id = await approved(laura)
    at = clock.now() + DUE
    stuck = asyncio.Event()

    async def never(*_: object) -> Any:
        stuck.set()
        await asyncio.Event().wait()

    with clock.frozen(at), pytest.MonkeyPatch.context() as patch:
        patch.setattr(platform, "commit", never)
        await publishing.begin_due()
        await asyncio.wait_for(stuck.wait(), 20)
        await publishing.end(timedelta())
    assert (await the_delivery()).intent_at is not None
    with clock.frozen(at + LEASE + timedelta(seconds=1)):
        await publishing.begin_due()
        await publishing.end(timedelta(seconds=20))
    await sweep(later=DUE + LEASE + timedelta(minutes=6), times=2)
    assert platform.ledger == [TEXT]
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def unknown_then_held(laura: PersonView, platform: FakePlatform) -> int:
    """A post that is out, whose answer was lost and whose permission died before it could be looked up."""
    post_id = await approved(laura)
    platform.script = [accepts_then(LOST)]
    await sweep(later=DUE)
    platform.look_up = fails_always(TokenRejected())  # type: ignore[method-assign]
    await sweep(later=DUE + timedelta(minutes=1))
    assert (await the_delivery()).hold_reason is HoldReason.PERMISSION
    return post_id


def fails_always(error: Exception) -> Callable[..., Awaitable[Any]]:
    async def fail(*_: object) -> None:
        raise error

    return fail


async def test_nobody_touches_what_may_be_out_while_its_permission_is_dead(
    laura: PersonView, platform: FakePlatform
) -> None:
    """Held without a known outcome, a post can be neither sent now nor edited nor withdrawn, so it goes out once."""
    post_id = await unknown_then_held(laura, platform)
    (variant,) = (await posts.post(laura, post_id)).variants
    with clock.frozen(clock.now() + DUE + timedelta(minutes=2)):
        for change in (
            review.publish_now(laura, post_id),
            review.edit_text(laura, variant.id, "otra", variant.version),
            review.withdraw(laura, post_id),
        ):
            with pytest.raises(Refused):
                await change
    assert platform.ledger == [TEXT]


async def test_a_person_may_settle_it_without_the_permission(laura: PersonView, platform: FakePlatform) -> None:
    """What can no longer be looked up is settled by who looks with his own eyes."""
    post_id = await unknown_then_held(laura, platform)
    await publishing.settle_by_hand(laura, (await the_delivery()).id or 0, published=True)
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def test_a_look_under_way_does_not_overrule_a_person(laura: PersonView, platform: FakePlatform) -> None:
    """A look-up that ends after a person said "it is out" cannot put the post back in the queue."""
    post_id = await approved(laura)
    platform.script = [accepts_then(LOST)]
    await sweep(later=DUE)

    async def look_slowly(*_: object) -> Absent:
        await publishing.settle_by_hand(laura, (await the_delivery()).id or 0, published=True)
        return Absent()

    platform.look_up = look_slowly  # type: ignore[method-assign]
    await sweep(later=DUE + timedelta(minutes=6), times=3)
    assert platform.ledger == [TEXT]
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def test_what_was_interrupted_asks_when_it_is_late(laura: PersonView, platform: FakePlatform) -> None:
    """A process that dies while uploading, and comes back hours later, does not send the post without asking."""
    await approved(laura)
    platform.before_step = _die
    with pytest.raises(Killed):
        await sweep(later=DUE)
    platform.before_step = lambda: None
    await sweep(later=timedelta(hours=5))
    assert platform.ledger == []
    assert (await the_delivery()).hold_reason is HoldReason.LATE


async def test_a_file_that_is_gone_fails_with_its_reason(laura: PersonView, platform: FakePlatform) -> None:
    """A post whose picture is missing from the store does not seem to be on its way for ever."""
    post_id = await approved(laura)
    platform.before_step = lambda: _raise(NotFound("media.gone"))
    await sweep(later=DUE)
    view = await posts.post(laura, post_id)
    assert view.status is PostStatus.FAILED
    assert view.variants[0].deliveries[0].error_key == "media.gone"


async def test_a_walk_that_breaks_is_tried_again(laura: PersonView, platform: FakePlatform) -> None:
    """What nobody foresaw before the commit costs a try; after it, the post is looked up and not sent again."""
    await approved(laura)
    platform.script = [accepts_then(RuntimeError("bug"))]
    await sweep(later=DUE)
    assert (await the_delivery()).status is DeliveryStatus.UNKNOWN
    await sweep(later=DUE + timedelta(minutes=1))
    assert (await the_delivery()).status is DeliveryStatus.PUBLISHED
    assert platform.ledger == [TEXT]


async def test_a_token_that_cannot_be_renewed_leaves_the_post_as_it_is(
    laura: PersonView, platform: FakePlatform
) -> None:
    """An accepted post is asked about later when its token cannot be renewed: that says nothing of the post."""
    await approved(laura)
    platform.accepts, settle = True, platform.settle
    await sweep(later=DUE)
    platform.settle = fails_always(permissions.NotRenewed())  # type: ignore[method-assign]
    await sweep(later=DUE + timedelta(seconds=5))
    assert (await the_delivery()).may_be_out
    platform.settle = settle  # type: ignore[method-assign]
    await sweep(later=DUE + timedelta(minutes=5))
    assert (await the_delivery()).status is DeliveryStatus.PUBLISHED
    assert platform.ledger == [TEXT]


async def test_a_person_hears_of_a_platform_that_never_ends(laura: PersonView, platform: FakePlatform) -> None:
    """A post that a platform works on for hours is unconfirmed, not on its way for ever; it can still turn out well."""
    await approved(laura)
    platform.accepts, settle = True, platform.settle

    async def works(grant: Grant, content: Content, progress: Progress) -> Accepted:
        return Accepted(progress=progress)

    platform.settle = works  # type: ignore[method-assign]
    await sweep(later=DUE, times=8)
    assert (await the_delivery()).status is DeliveryStatus.UNKNOWN
    platform.settle = settle  # type: ignore[method-assign]
    await sweep(later=DUE + timedelta(hours=10))
    assert (await the_delivery()).status is DeliveryStatus.PUBLISHED
    assert platform.ledger == [TEXT]


def _die() -> None:
    raise Killed


def _raise(error: Exception) -> None:
    raise error


async def test_an_account_that_breaks_outside_its_walks_takes_no_other_down(
    laura: PersonView, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim that fails, such as with a database that is busy, costs its own account this sweep and no other's."""
    for name in ("Una", "Otra"):
        product = await stage.product(name, (Platform.FACEBOOK,))
        await review.approve(laura, await stage.post(product, after=timedelta(minutes=30), text=name))
    claim, broken = claiming.claim, []

    async def claim_or_break(account_id: int) -> recording.Task | None:
        if not broken:
            broken.append(account_id)
        if account_id in broken:
            raise OperationalError("", None, Exception("database is locked"))
        return await claim(account_id)

    monkeypatch.setattr(claiming, "claim", claim_or_break)
    await sweep(later=DUE)
    assert len(platform.ledger) == 1


async def test_a_change_that_commits_late_is_seen(laura: PersonView, platform: FakePlatform) -> None:
    """A change whose time is older than what a screen has seen already moves the revision all the same."""
    post_id = await approved(laura)
    before = await posts.revision()
    async with db.session() as s:
        (await s.get_one(Post, post_id)).updated_at -= timedelta(seconds=5)
    assert await posts.revision() != before
