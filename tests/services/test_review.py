"""What a person decides is what happens: approval, undo, editing, moving, rejecting."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.platform import Platform
from marketingos.domain.post import PostStatus, RejectReason, Revision, VariantStatus
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, InvalidInput, NotFound, Refused
from marketingos.services import posts, review
from tests.services import stage

pytestmark = pytest.mark.usefixtures("database")


async def deliveries() -> list[Delivery]:
    async with db.reading() as s:
        return list((await s.exec(select(Delivery).order_by(Delivery.id))).all())  # type: ignore[arg-type]


async def test_approving_queues_one_delivery_for_each_account() -> None:
    """An approved variant has its delivery in the same moment, bound to the hash of what was approved."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product, platforms=(Platform.FACEBOOK, Platform.LINKEDIN))
    view = await review.approve(laura, post_id)
    assert view.status is PostStatus.APPROVED
    queued = await deliveries()
    assert [d.status for d in queued] == [DeliveryStatus.QUEUED] * 2
    assert all(d.content_hash == d.content.hash for d in queued)
    assert all(d.not_before >= view.scheduled_at for d in queued)


async def test_an_approval_cannot_be_claimed_while_it_can_be_undone() -> None:
    """A post approved at the last second waits ten seconds, and undoing in them leaves nothing to send."""
    laura, product = await stage.person(), await stage.product()
    with clock.frozen(clock.now()):
        post_id = await stage.post(product, after=timedelta(seconds=1))
        approved = await review.approve(laura, post_id)
        (queued,) = await deliveries()
        assert queued.not_before >= clock.now() + timedelta(seconds=8)
        assert approved.undo_until is not None
        undone = await review.withdraw(laura, post_id)
    assert undone.status is PostStatus.PENDING_APPROVAL
    assert [d.status for d in await deliveries()] == [DeliveryStatus.CANCELLED]


async def test_approving_again_uses_the_same_delivery() -> None:
    """However often a person changes their mind there is one delivery for a variant and an account."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product)
    for _ in range(3):
        await review.approve(laura, post_id)
        await review.withdraw(laura, post_id)
    await review.approve(laura, post_id)
    assert [d.status for d in await deliveries()] == [DeliveryStatus.QUEUED]


async def test_editing_after_approval_asks_again() -> None:
    """New words take the approval back, withdraw the delivery and keep the old words in the history."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product)
    approved = await review.approve(laura, post_id)
    (variant,) = approved.variants
    view = await review.edit_text(laura, variant.id, "Reserva en dos toques.", variant.version)
    assert view.status is PostStatus.PENDING_APPROVAL
    assert view.variants[0].text == "Reserva en dos toques."
    assert [d.status for d in await deliveries()] == [DeliveryStatus.CANCELLED]
    async with db.reading() as s:
        kept = (await s.exec(select(Revision))).all()
    assert [r.text for r in kept] == [variant.text]


async def test_nobody_overwrites_words_they_have_not_seen() -> None:
    """Saving from an older version is refused, and the newer words stay."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product)
    (variant,) = (await posts.post(laura, post_id)).variants
    await review.edit_text(laura, variant.id, "Primera.", variant.version)
    with pytest.raises(Refused, match=r"review\.stale"):
        await review.edit_text(laura, variant.id, "Segunda.", variant.version)
    assert (await posts.post(laura, post_id)).variants[0].text == "Primera."


@pytest.mark.parametrize(("words", "key"), [("   ", "check.empty"), ("a" * 2201, "check.too_long")])
async def test_words_the_platform_would_refuse_are_not_saved(words: str, key: str) -> None:
    """An empty or over-long text is refused with the reason, and the former one stays."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product, platforms=(Platform.INSTAGRAM,))
    (variant,) = (await posts.post(laura, post_id)).variants
    with pytest.raises(InvalidInput) as refused:
        await review.edit_text(laura, variant.id, words, variant.version)
    assert refused.value.key == key
    assert (await posts.post(laura, post_id)).variants[0].text == variant.text


async def test_a_post_without_its_picture_cannot_be_approved() -> None:
    """Instagram without a picture is refused with the reason and nothing is queued."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product, platforms=(Platform.INSTAGRAM,))
    async with db.session() as s:
        from marketingos.domain.post import VariantMedia

        for link in (await s.exec(select(VariantMedia))).all():
            await s.delete(link)
    with pytest.raises(Refused, match=r"check\.no_media"):
        await review.approve(laura, post_id)
    assert await deliveries() == []


async def test_a_platform_without_account_is_left_pending() -> None:
    """What can be approved is; a platform without an account says so and stays."""
    laura, product = await stage.person(), await stage.product(platforms=(Platform.FACEBOOK,))
    post_id = await stage.post(product, platforms=(Platform.FACEBOOK, Platform.LINKEDIN))
    view = await review.approve(laura, post_id)
    states = {v.platform: v.status for v in view.variants}
    assert states == {Platform.FACEBOOK: VariantStatus.APPROVED, Platform.LINKEDIN: VariantStatus.PENDING}
    assert "check.no_account" in next(v for v in view.variants if v.platform is Platform.LINKEDIN).findings


async def test_rejecting_and_restoring() -> None:
    """A rejected post says why and is out; taking it back asks for approval again."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product)
    rejected = await review.reject(laura, post_id, RejectReason.TONE, "demasiado serio")
    assert rejected.status is PostStatus.REJECTED
    assert rejected.variants[0].reject_note == "demasiado serio"
    assert (await review.restore(laura, post_id)).status is PostStatus.PENDING_APPROVAL


async def test_a_second_rejection_takes_nothing_from_the_first() -> None:
    """Pressed twice, or by two people: the first reason and note stay, and one rule at most comes of it."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product)
    await review.reject(laura, post_id, RejectReason.TONE, "demasiado serio")
    with pytest.raises(Refused, match=r"review\.already_rejected"):
        await review.reject(laura, post_id, RejectReason.TONE, "")
    assert (await posts.post(laura, post_id)).variants[0].reject_note == "demasiado serio"


async def test_what_goes_out_now_stands_where_it_went_out() -> None:
    """The calendar has it at this moment, not at the time it did not wait for; moving it back undoes all of it."""
    laura, product = await stage.person(), await stage.product()
    with clock.frozen(clock.now().replace(second=0, microsecond=0)):
        post_id = await stage.post(product, after=timedelta(days=2))
        before = await review.approve(laura, post_id)
        now = await review.publish_now(laura, post_id)
        assert now.scheduled_at == clock.now()
        back = await review.move(laura, post_id, before.wall)
        assert (back.status, back.wall) == (PostStatus.APPROVED, before.wall)
        (queued,) = await deliveries()
        assert queued.not_before == before.scheduled_at


async def test_what_still_waits_for_a_person_keeps_its_time() -> None:
    """Publishing the approved part now does not let the other part's time pass."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product, platforms=(Platform.FACEBOOK, Platform.LINKEDIN))
    before = await review.approve(laura, post_id, [Platform.FACEBOOK])
    view = await review.publish_now(laura, post_id)
    assert view.scheduled_at == before.scheduled_at
    assert view.status is PostStatus.PENDING_APPROVAL


async def test_only_what_was_looked_at_is_approved() -> None:
    """Words or a picture that changed after the person looked are refused whole; what they see now can be approved."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product, platforms=(Platform.FACEBOOK, Platform.LINKEDIN))
    looked = await posts.post(laura, post_id)
    faces = [v.face for v in looked.variants]
    facebook = next(v for v in looked.variants if v.platform is Platform.FACEBOOK)
    await review.edit_text(laura, facebook.id, "Otra cosa", facebook.version)
    with pytest.raises(Refused, match=r"review\.changed"):
        await review.approve(laura, post_id, seen=faces)
    assert await deliveries() == []
    assert (await review.approve(laura, post_id, [Platform.LINKEDIN], seen=faces)).variants
    now = [v.face for v in (await posts.post(laura, post_id)).variants]
    assert (await review.approve(laura, post_id, seen=now)).status is PostStatus.APPROVED


async def test_nothing_to_take_back_says_so() -> None:
    """A post that was never approved is not called published."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product)
    with pytest.raises(Refused, match=r"review\.nothing_to_withdraw"):
        await review.withdraw(laura, post_id)


async def test_moving_keeps_the_approval_and_moves_the_delivery() -> None:
    """Time is not content: an approved post stays approved at its new time."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product)
    before = await review.approve(laura, post_id)
    view = await review.move(laura, post_id, before.wall + timedelta(days=1))
    assert view.status is PostStatus.APPROVED
    (moved,) = await deliveries()
    assert moved.not_before == view.scheduled_at
    assert view.wall - before.wall == timedelta(days=1)


async def test_a_post_does_not_move_into_the_past() -> None:
    """A time that has passed is refused and the post stays where it was."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product)
    before = await posts.post(laura, post_id)
    with pytest.raises(Refused, match=r"move\.past"):
        await review.move(laura, post_id, before.wall - timedelta(days=2))
    assert (await posts.post(laura, post_id)).wall == before.wall


async def test_a_role_is_checked_on_the_server() -> None:
    """An editor may write but not approve; a viewer may only look."""
    product = await stage.product()
    post_id = await stage.post(product)
    editor, viewer = await stage.person(Role.EDITOR), await stage.person(Role.VIEWER)
    with pytest.raises(Forbidden):
        await review.approve(editor, post_id)
    (variant,) = (await posts.post(viewer, post_id)).variants
    with pytest.raises(Forbidden):
        await review.edit_text(viewer, variant.id, "x", variant.version)
    assert (await review.edit_text(editor, variant.id, "y", variant.version)).variants[0].edited_by == editor.name


async def test_an_unknown_post_is_not_found() -> None:
    """An id that does not exist is a clear error."""
    with pytest.raises(NotFound):
        await posts.post(await stage.person(), 4711)


async def test_an_unapproved_post_expires_when_its_time_has_passed() -> None:
    """A pending post whose time has come is EXPIRED, and long after it cannot be approved any more."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product, after=timedelta(minutes=5))
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert (await posts.post(laura, post_id)).status is PostStatus.EXPIRED
    with clock.frozen(clock.now() + timedelta(hours=3)), pytest.raises(Refused, match=r"review\.passed"):
        await review.approve(laura, post_id)


async def test_two_people_who_save_at_once_do_not_overwrite_each_other() -> None:
    """Of two saves that started from the same version one is kept, and the other is told."""
    laura, product = await stage.person(), await stage.product()
    (variant,) = (await posts.post(laura, post_id := await stage.post(product))).variants
    saves = (review.edit_text(laura, variant.id, words, variant.version) for words in ("uno", "dos", "tres"))
    answers = await asyncio.gather(*saves, return_exceptions=True)
    assert sorted(isinstance(a, Refused) for a in answers) == [False, True, True]
    (kept,) = (await posts.post(laura, post_id)).variants
    assert kept.version == variant.version + 1


async def test_what_is_approved_while_another_edits_is_what_is_shown() -> None:
    """An approval and an edit at the same moment leave either new words that wait, or a variant that can go out."""
    laura, product = await stage.person(), await stage.product()
    (variant,) = (await posts.post(laura, post_id := await stage.post(product))).variants
    edit = review.edit_text(laura, variant.id, "otra cosa", variant.version)
    await asyncio.gather(edit, review.approve(laura, post_id))
    (seen,) = (await posts.post(laura, post_id)).variants
    if seen.status is VariantStatus.APPROVED:
        assert [d.content.text for d in await deliveries()] == [seen.text]
