"""Archiving: a product goes out of sight, and nothing of it goes out any more. What was published stays on record.

Nothing is deleted. What waited for approval waits still, unseen, and is back when the product is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from marketingos import clock
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.post import Post, Variant, VariantStatus
from marketingos.domain.product import Product
from marketingos.domain.user import Deed
from marketingos.errors import InvalidInput, NotFound
from marketingos.services import audit, products, withdrawal
from marketingos.services.people import require
from marketingos.services.views import PersonView, ProductView

_ON_ITS_WAY = (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)
_WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING, DeliveryStatus.HELD)


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What archiving a product does, in posts: `pending` wait for approval and will not be seen, `withdrawn` are
    approved and will not go out, `published` stay on record. While some are `going` it cannot be archived."""

    product: ProductView
    pending: int = 0
    withdrawn: int = 0
    published: int = 0
    going: int = 0


@dataclass(frozen=True, kw_only=True)
class CleanUp:
    """What a clean-up archives (or would), and what it leaves because something of it is on its way out."""

    archived: tuple[Consequence, ...] = ()
    busy: tuple[Consequence, ...] = ()
    kept: tuple[str, ...] = field(default=())


async def consequence(actor: PersonView, product_id: int) -> Consequence:
    """What archiving a product would do now; `NotFound`."""
    require(actor, Deed.LOOK)
    async with reading() as s:
        row = await s.get(Product, product_id)
        if row is None:
            raise NotFound()
        return (await _consequences(s, [row]))[0]


async def archive(actor: PersonView, product_id: int) -> None:
    """Puts a product away; `Refused("product.busy")` while a post of it may be going out."""
    require(actor, Deed.ADMINISTER)
    async with session() as s:
        await _archive(s, await products.locked(s, product_id), actor.email)


async def restore(actor: PersonView, product_id: int) -> None:
    """Brings an archived product back, inactive."""
    require(actor, Deed.ADMINISTER)
    async with session() as s:
        row = await products.locked(s, product_id)
        if row.archived_at is not None:
            row.archived_at, row.version = None, row.version + 1
            audit.note(s, actor.email, "product.restore", f"product:{product_id}")


async def clean_up(
    actor: PersonView, keep: Sequence[str], *, dry_run: bool, among: Collection[int] | None = None
) -> CleanUp:
    """Archives every product but those named; a dry run says what would go. With `among` (ids), products that are none
    of those stay: a person has not seen them.

    `InvalidInput("product.unknown_name")` when a name fits none, so that a slip of the pen archives nothing.
    """
    require(actor, Deed.ADMINISTER)
    return await _clean_up(keep, actor.email, dry_run, among)


async def clean_up_from_terminal(keep: Sequence[str], *, dry_run: bool) -> CleanUp:
    """The same for a command."""
    return await _clean_up(keep, "terminal", dry_run)


async def _clean_up(keep: Sequence[str], by: str, dry_run: bool, among: Collection[int] | None = None) -> CleanUp:
    async with session() as s:
        live = select(Product).where(col(Product.archived_at).is_(None)).order_by(Product.name).with_for_update()
        rows = (await s.exec(live)).all()
        if unknown := sorted(set(keep) - {row.name for row in rows}):
            raise InvalidInput("product.unknown_name", field="keep", names=", ".join(unknown))
        going = [row for row in rows if row.name not in keep and (among is None or row.id in among)]
        told = await _consequences(s, going)
        free = tuple(c for c in told if not c.going)
        for row in rows if not dry_run else ():
            if row.id in {c.product.id for c in free}:
                await _archive(s, row, by)
    return CleanUp(archived=free, busy=tuple(c for c in told if c.going), kept=tuple(sorted(keep)))


async def _archive(s: AsyncSession, row: Product, by: str) -> None:
    if row.archived_at is not None:
        return
    await withdrawal.withdraw(s, col(Post.product_id) == row.id, busy="product.busy")
    row.archived_at, row.active, row.version = clock.now(), False, row.version + 1
    audit.note(s, by, "product.archive", f"product:{row.id}", name=row.name)


async def _consequences(s: AsyncSession, rows: Sequence[Product]) -> tuple[Consequence, ...]:
    ids = [row.id or 0 for row in rows]
    future = (Variant.status == VariantStatus.PENDING, col(Post.scheduled_at) > clock.now())
    counts = {
        "pending": await _posts(s, ids, *future),
        "withdrawn": await _posts(s, ids, col(Delivery.status).in_(_WAITING)),
        "published": await _posts(s, ids, col(Delivery.status) == DeliveryStatus.PUBLISHED),
        "going": await _posts(s, ids, col(Delivery.status).in_(_ON_ITS_WAY)),
    }
    return tuple(
        Consequence(
            product=products.view_of(row), **{name: found.get(row.id or 0, 0) for name, found in counts.items()}
        )
        for row in rows
    )


async def _posts(s: AsyncSession, ids: Sequence[int], *which: ColumnElement[bool] | bool) -> Mapping[int, int]:
    """How many posts of each product have a part like that."""
    counted = select(Post.product_id, func.count(func.distinct(Post.id))).join(Variant)
    counted = counted.outerjoin(Delivery, col(Delivery.variant_id) == Variant.id)
    rows = await s.exec(counted.where(col(Post.product_id).in_(ids), *which).group_by(col(Post.product_id)))
    return dict(rows.all())
