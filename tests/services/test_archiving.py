"""Archiving: nothing of the product goes out any more, nothing that was published is lost, and all of it comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from marketingos import db
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.post import Post, PostStatus
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, InvalidInput, Refused
from marketingos.services import archiving, posts, products, review
from tests.services import stage

pytestmark = pytest.mark.usefixtures("database")


async def set_status(post_id: int, status: DeliveryStatus) -> None:
    async with db.session() as s:
        for delivery in (await s.exec(select(Delivery))).all():
            if delivery.content and (await posts_of(s, delivery)) == post_id:
                delivery.status = status


async def posts_of(s: db.AsyncSession, delivery: Delivery) -> int:
    from marketingos.domain.post import Variant

    return (await s.get_one(Variant, delivery.variant_id)).post_id


async def statuses() -> list[DeliveryStatus]:
    async with db.reading() as s:
        return list((await s.exec(select(Delivery.status).order_by(Delivery.id))).all())  # type: ignore[arg-type]


async def test_archiving_does_what_it_said() -> None:
    """What waited is withdrawn and unseen, what is published stays, and the consequence said so before."""
    laura, product = await stage.person(), await stage.product()
    out, approved, pending = [await stage.post(product, after=timedelta(hours=h)) for h in (2, 3, 4)]
    for post in (out, approved):
        await review.approve(laura, post)
    await set_status(out, DeliveryStatus.PUBLISHED)
    told = await archiving.consequence(laura, product)
    assert (told.published, told.withdrawn, told.pending, told.going) == (1, 1, 1, 0)
    await archiving.archive(laura, product)
    assert await statuses() == [DeliveryStatus.PUBLISHED, DeliveryStatus.CANCELLED]
    assert (await posts.pulse(laura)).to_approve == 0
    assert await products.list_products() == ()
    async with db.reading() as s:
        assert len((await s.exec(select(Post))).all()) == 3
    with pytest.raises(Refused, match=r"product\.archived"):
        await review.approve(laura, pending)


async def test_an_archived_product_comes_back_as_it_was_but_inactive() -> None:
    """Its posts wait for approval again; cycles leave it alone until somebody activates it."""
    laura, product = await stage.person(), await stage.product()
    post = await stage.post(product)
    await review.approve(laura, post)
    await archiving.archive(laura, product)
    with pytest.raises(Refused, match=r"product\.archived"):
        await products.set_active(laura, product, True)
    await archiving.restore(laura, product)
    [view] = await products.list_products()
    assert not view.active
    assert (await posts.post(laura, post)).status is PostStatus.PENDING_APPROVAL
    assert (await review.approve(laura, post)).status is PostStatus.APPROVED


@pytest.mark.parametrize("status", [DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN])
async def test_a_product_is_not_archived_while_a_post_may_be_out(status: DeliveryStatus) -> None:
    """Nobody can say yet whether it went out; nothing is withdrawn."""
    laura, product = await stage.person(), await stage.product()
    going, waiting = [await stage.post(product, after=timedelta(hours=h)) for h in (2, 3)]
    for post in (going, waiting):
        await review.approve(laura, post)
    await set_status(going, status)
    with pytest.raises(Refused, match=r"product\.busy"):
        await archiving.archive(laura, product)
    assert await statuses() == [status, DeliveryStatus.QUEUED]
    cleaned = await archiving.clean_up(laura, [], dry_run=False)
    assert [c.product.name for c in cleaned.busy] == ["ReservasPro"]
    assert len(await products.list_products()) == 1


async def test_a_clean_up_archives_all_but_the_kept() -> None:
    """A dry run changes nothing and says the same as the run that follows."""
    laura = await stage.person()
    for name in ("ReservasPro", "Prueba 1", "Prueba 2"):
        await products.create(laura, {"name": name})
    dry = await archiving.clean_up(laura, ["ReservasPro"], dry_run=True)
    assert len(await products.list_products()) == 3
    done = await archiving.clean_up(laura, ["ReservasPro"], dry_run=False)
    assert [c.product.name for c in dry.archived] == [c.product.name for c in done.archived] == ["Prueba 1", "Prueba 2"]
    assert [p.name for p in await products.list_products()] == ["ReservasPro"]


async def test_a_clean_up_leaves_what_nobody_was_shown() -> None:
    """A product that arrives between the preview and the press stays."""
    laura = await stage.person()
    made = [await products.create(laura, {"name": name}) for name in ("ReservasPro", "Prueba")]
    await products.create(laura, {"name": "Recién llegado"})
    shown = [saved.product_id for saved in made]
    done = await archiving.clean_up(laura, ["ReservasPro"], dry_run=False, among=shown)
    assert [c.product.name for c in done.archived] == ["Prueba"]
    assert [p.name for p in await products.list_products()] == ["Recién llegado", "ReservasPro"]


async def test_a_name_that_fits_nothing_stops_the_clean_up() -> None:
    """A slip of the pen archives nothing."""
    laura = await stage.person()
    await products.create(laura, {"name": "ReservasPro"})
    with pytest.raises(InvalidInput) as refused:
        await archiving.clean_up(laura, ["Reservaspro"], dry_run=False)
    assert (refused.value.field, refused.value.values["names"]) == ("keep", "Reservaspro")
    assert len(await products.list_products()) == 1


async def test_only_who_administers_archives() -> None:
    """An approver may not."""
    product, approver = await stage.product(platforms=()), await stage.person(Role.APPROVER)
    for deed in (archiving.archive(approver, product), archiving.restore(approver, product)):
        with pytest.raises(Forbidden):
            await deed
    with pytest.raises(Forbidden):
        await archiving.clean_up(approver, [], dry_run=True)
