"""Stop-the-line: from the moment that somebody pulled the cord nothing that it covers begins to go out."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.account import Account
from marketingos.domain.audit import AuditEntry
from marketingos.domain.delivery import Content, Delivery, DeliveryStatus, HoldReason
from marketingos.domain.pause import EVERYTHING, REASON_MAX, Scope
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Accepted, Grant, Progress, Published
from marketingos.domain.post import PostStatus
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, InvalidInput, NotFound, Refused
from marketingos.services import pauses, posts, publishing, review
from marketingos.services.views import PersonView
from tests.services import stage
from tests.services.fake_platform import LOST, FakePlatform, accepts_then

DUE = timedelta(minutes=31)
BOTH = (Platform.FACEBOOK, Platform.LINKEDIN)


@pytest.fixture
def platform(database: str, monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """The one platform that every delivery goes to."""
    fake = FakePlatform()
    monkeypatch.setattr("marketingos.adapters.publisher_for", lambda *_: fake)
    return fake


@pytest.fixture
async def laura(database: str) -> PersonView:
    return await stage.person()


async def approved(
    laura: PersonView, product_id: int, text: str = "Hola", platforms: tuple[Platform, ...] = BOTH
) -> int:
    """A post that is due in half an hour, approved."""
    post_id = await stage.post(product_id, after=timedelta(minutes=30), text=text, platforms=platforms)
    await review.approve(laura, post_id)
    return post_id


async def sweep(later: timedelta = DUE) -> None:
    with clock.frozen(clock.now() + later):
        await publishing.publish_due()


async def deliveries() -> list[Delivery]:
    async with db.reading() as s:
        return list((await s.exec(select(Delivery))).all())


async def everything_is_due() -> None:
    """Now, not in half an hour."""
    async with db.session() as s:
        for row in (await s.exec(select(Delivery))).all():
            row.not_before = row.due_at = clock.now()


async def holds() -> set[tuple[DeliveryStatus, HoldReason | None]]:
    return {(d.status, d.hold_reason) for d in await deliveries()}


HELD = {(DeliveryStatus.HELD, HoldReason.PAUSED)}


async def test_nothing_goes_out_while_everything_is_paused(laura: PersonView, platform: FakePlatform) -> None:
    """Due posts wait instead of going out, and the pause says how many there are."""
    post_id = await approved(laura, await stage.product())
    stopped = await pauses.pause(laura, EVERYTHING, "  Campaña rival ")
    assert (stopped.reason, stopped.paused_by, stopped.waiting) == ("Campaña rival", laura.name, 1)
    await sweep()
    assert platform.ledger == []
    assert await holds() == HELD
    view = await posts.post(laura, post_id)
    assert view.status is PostStatus.APPROVED
    assert all(d.paused for v in view.variants for d in v.deliveries)
    assert [p.waiting for p in await pauses.active(laura)] == [1]


async def test_what_was_paused_goes_out_after_resuming(laura: PersonView, platform: FakePlatform) -> None:
    """While its product still allows the delay, a paused post goes out by itself once."""
    await approved(laura, await stage.product())
    stopped = await pauses.pause(laura, EVERYTHING)
    await sweep()
    with clock.frozen(clock.now() + DUE + timedelta(minutes=20)):
        await pauses.resume(laura, stopped.id)
    await sweep(DUE + timedelta(minutes=21))
    assert platform.ledger == ["Hola", "Hola"]
    assert await pauses.active(laura) == ()


async def test_what_became_too_late_meanwhile_asks(laura: PersonView, platform: FakePlatform) -> None:
    """Resumed after its product's patience, a post waits for a person as a late one."""
    await approved(laura, await stage.product())
    stopped = await pauses.pause(laura, EVERYTHING)
    await sweep()
    with clock.frozen(clock.now() + timedelta(days=1)):
        await pauses.resume(laura, stopped.id)
        await publishing.publish_due()
    assert await holds() == {(DeliveryStatus.HELD, HoldReason.LATE)}
    assert platform.ledger == []


async def test_a_part_is_paused_alone(laura: PersonView, platform: FakePlatform) -> None:
    """A product, a platform or an account waits while the others go out."""
    one, other = await stage.product("Uno"), await stage.product("Otro")
    await approved(laura, one, "uno")
    await approved(laura, other, "otro")
    async with db.reading() as s:
        account = (await s.exec(select(Account).where(Account.external_id == "Otro-facebook"))).one()
    assert (await posts.pulse(laura)).next_due_at is not None
    await pauses.pause(laura, Scope(product_id=one))
    await pauses.pause(laura, Scope(account_id=account.id))
    assert (await posts.pulse(laura)).next_due_at is not None
    await pauses.pause(laura, Scope(platform=Platform.LINKEDIN))
    assert (await posts.pulse(laura)).next_due_at is None
    await pauses.resume(laura, (await pauses.active(laura))[-1].id)
    await sweep()
    assert platform.ledger == ["otro"]
    for stopped in await pauses.active(laura):
        await pauses.resume(laura, stopped.id)
    await pauses.pause(laura, Scope(platform=Platform.LINKEDIN))
    await sweep(DUE + timedelta(minutes=1))
    assert sorted(platform.ledger) == ["otro", "otro", "uno"]


async def test_resuming_lets_go_only_what_no_other_pause_covers(laura: PersonView, platform: FakePlatform) -> None:
    """Two pauses over the same post are two reasons to wait."""
    product = await stage.product()
    await approved(laura, product)
    wide, narrow = await pauses.pause(laura, EVERYTHING), await pauses.pause(laura, Scope(product_id=product))
    await sweep()
    await pauses.resume(laura, wide.id)
    await sweep(DUE + timedelta(minutes=1))
    assert (platform.ledger, await holds()) == ([], HELD)
    await pauses.resume(laura, narrow.id)
    await sweep(DUE + timedelta(minutes=2))
    assert len(platform.ledger) == 2


async def test_publish_now_does_not_break_a_pause(laura: PersonView, platform: FakePlatform) -> None:
    """Somebody who wants a paused post out has to resume first."""
    post_id = await approved(laura, await stage.product())
    await pauses.pause(laura, EVERYTHING)
    await sweep()
    await review.publish_now(laura, post_id)
    await sweep(timedelta(minutes=1))
    assert (platform.ledger, await holds()) == ([], HELD)


async def test_what_may_be_out_is_followed_to_its_end(laura: PersonView, platform: FakePlatform) -> None:
    """A pause does not leave an unconfirmed post in the dark: it is looked up as ever, and nothing is sent again."""
    post_id = await approved(laura, await stage.product(), platforms=(Platform.FACEBOOK,))
    platform.script = [accepts_then(LOST)]
    await sweep()
    await pauses.pause(laura, EVERYTHING)
    await sweep(DUE + timedelta(minutes=1))
    assert platform.ledger == ["Hola"]
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def test_a_pause_stops_a_walk_that_is_under_way(laura: PersonView, platform: FakePlatform) -> None:
    """A pause that comes between an upload and the call that would make the post visible wins, and what was uploaded
    is used after resuming."""
    await approved(laura, await stage.product(), platforms=(Platform.FACEBOOK,))
    pulled = asyncio.Event()

    async def prepare(grant: Grant, content: Content, progress: Progress) -> object:
        if not pulled.is_set():
            pulled.set()
            await pauses.pause(laura, EVERYTHING)
        return await FakePlatform.prepare(platform, grant, content, progress)

    platform.prepare = prepare  # type: ignore[method-assign,assignment]
    await sweep()
    assert (platform.ledger, await holds()) == ([], HELD)
    (stopped,) = await pauses.active(laura)
    await pauses.resume(laura, stopped.id)
    await sweep(DUE + timedelta(minutes=1))
    assert (platform.ledger, platform.prepared) == (["Hola"], 1)


async def test_no_intent_follows_a_pause(laura: PersonView, platform: FakePlatform) -> None:
    """Many posts fall due in the moment of the pause: each meant to go out before `pause` returned, or waits."""
    product = await stage.product()
    for n in range(12):
        await approved(laura, product, f"{n}")
    await everything_is_due()
    begun: list[str] = []

    async def commit(grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        begun.append(content.text)
        return await FakePlatform.commit(platform, grant, content, progress)

    async def pull() -> datetime:
        while len(begun) < 3:
            await asyncio.sleep(0.001)
        await pauses.pause(laura, EVERYTHING)
        return clock.now()

    platform.commit = commit  # type: ignore[method-assign]
    _, returned = await asyncio.gather(publishing.publish_due(), pull())
    await publishing.publish_due()
    rows = await deliveries()
    assert {d.status for d in rows} == {DeliveryStatus.PUBLISHED, DeliveryStatus.HELD}
    assert all(d.intent_at <= returned for d in rows if d.intent_at)
    assert len(platform.ledger) == sum(d.status is DeliveryStatus.PUBLISHED for d in rows)


async def test_a_pause_waits_for_intents_that_are_being_written(laura: PersonView) -> None:
    """Who asked what is paused gets an answer that stays true to the end of its transaction."""
    async with db.session() as s:
        assert await pauses.standing(s) == []
        pulling = asyncio.create_task(pauses.pause(laura, EVERYTHING))
        await asyncio.sleep(0.2)
        assert not pulling.done()
    assert (await pulling).paused_by == laura.name


async def test_pausing_and_resuming_at_once_leaves_nothing_behind(laura: PersonView, platform: FakePlatform) -> None:
    """However a claim and a resume meet, nothing stays on hold without a pause that says why."""
    product = await stage.product()
    for n in range(6):
        await approved(laura, product, f"{n}")
    await everything_is_due()

    async def tug() -> None:
        for _ in range(4):
            stopped = await pauses.pause(laura, Scope(product_id=product))
            await asyncio.sleep(0.005)
            await pauses.resume(laura, stopped.id)

    await asyncio.gather(tug(), publishing.publish_due(), publishing.publish_due())
    await publishing.publish_due()
    assert await holds() == {(DeliveryStatus.PUBLISHED, None)}
    assert len(platform.ledger) == 12


@pytest.mark.usefixtures("database")
async def test_who_may_stop_and_who_may_start() -> None:
    """An editor may pull the cord; to let it go takes somebody who approves; a viewer may do neither."""
    editor, viewer = await stage.person(Role.EDITOR), await stage.person(Role.VIEWER)
    with pytest.raises(Forbidden):
        await pauses.pause(viewer, EVERYTHING)
    stopped = await pauses.pause(editor, EVERYTHING)
    assert [p.id for p in await pauses.active(viewer)] == [stopped.id]
    with pytest.raises(Forbidden):
        await pauses.resume(editor, stopped.id)
    await pauses.resume(await stage.person(Role.APPROVER), stopped.id)


async def test_each_pause_leaves_its_trace(laura: PersonView) -> None:
    """Who paused what and why, and who resumed it, stands in the log."""
    product = await stage.product()
    stopped = await pauses.pause(laura, Scope(product_id=product), "Precio equivocado")
    await pauses.resume(laura, stopped.id)
    async with db.reading() as s:
        told = (await s.exec(select(AuditEntry).where(AuditEntry.subject == f"pause:{stopped.id}"))).all()
    assert [(e.actor, e.action) for e in told] == [(laura.email, "pause.begin"), (laura.email, "pause.end")]
    assert told[0].detail == {"product_id": product, "reason": "Precio equivocado"}


async def test_what_cannot_be_paused_is_said(laura: PersonView) -> None:
    """Twice the same, an unknown part, a reason like a novel, and resuming what somebody resumed."""
    stopped = await pauses.pause(laura, EVERYTHING)
    with pytest.raises(Refused, match=r"pause\.already"):
        await pauses.pause(laura, EVERYTHING)
    with pytest.raises(NotFound):
        await pauses.pause(laura, Scope(account_id=99))
    with pytest.raises(InvalidInput):
        await pauses.pause(laura, Scope(platform=Platform.TIKTOK), "x" * (REASON_MAX + 1))
    await pauses.resume(laura, stopped.id)
    with pytest.raises(Refused, match=r"pause\.over"):
        await pauses.resume(laura, stopped.id)


async def test_screens_learn_of_a_pause(laura: PersonView) -> None:
    """The word that pages compare moves with every pause and every end of one."""
    await stage.post(await stage.product())
    words = [await posts.revision()]
    stopped = await pauses.pause(laura, EVERYTHING)
    words.append(await posts.revision())
    await pauses.resume(laura, stopped.id)
    words.append(await posts.revision())
    assert len(set(words)) == 3


parts = st.builds(
    Scope,
    product_id=st.none() | st.integers(1, 2),
    platform=st.none() | st.sampled_from(list(Platform)),
    account_id=st.none() | st.integers(1, 2),
)

places = st.builds(
    Scope,
    product_id=st.integers(1, 2),
    platform=st.sampled_from(list(Platform)),
    account_id=st.integers(1, 2),
)


@given(scope=parts, place=places)
def test_a_wider_pause_stops_at_least_as_much(scope: Scope, place: Scope) -> None:
    """Leaving a part out stops more, never less; everything stops everything; a place's own scope stops it."""
    if scope.covers(place):
        assert Scope(product_id=scope.product_id).covers(place)
        assert Scope(platform=scope.platform, account_id=scope.account_id).covers(place)
    assert EVERYTHING.covers(place)
    assert place.covers(place)
