"""Taking back what waits to go out, because the account or the product behind it goes away."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import clock
from marketingos.db import AsyncSession
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.post import Post, Variant, VariantStatus
from marketingos.errors import Refused

_WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING, DeliveryStatus.HELD)
_GOING = (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)


async def withdraw(s: AsyncSession, which: ColumnElement[bool], *, busy: str) -> None:
    """Cancels the deliveries that wait; a variant that goes nowhere any more is up for approval again.

    `which` is asked of deliveries joined with their variants and posts. `Refused(busy)` while one of them may be out.
    """
    live = select(Delivery).join(Variant).join(Post).where(which, col(Delivery.status).in_((*_WAITING, *_GOING)))
    rows = (await s.exec(live.with_for_update(of=Delivery))).all()
    if any(d.may_be_out for d in rows):
        raise Refused(busy)
    for delivery in rows:
        delivery.status, delivery.hold_reason = DeliveryStatus.CANCELLED, None
    await s.flush()
    wanted = select(Variant).where(col(Variant.id).in_([d.variant_id for d in rows]))
    for variant in (await s.exec(wanted.options(selectinload(Variant.deliveries)))).all():  # type: ignore[arg-type]
        if all(d.status is DeliveryStatus.CANCELLED for d in variant.deliveries):
            variant.status, variant.approved_hash = VariantStatus.PENDING, None
            variant.decided_by = variant.decided_at = None
    await tell(s, rows)


async def tell(s: AsyncSession, deliveries: Sequence[Delivery]) -> None:
    """Moves the posts of these deliveries, so that screens look again."""
    ids = [d.variant_id for d in deliveries]
    posts = select(Post).join(Variant, col(Variant.post_id) == Post.id).where(col(Variant.id).in_(ids))
    for post in (await s.exec(posts)).all():
        post.updated_at = clock.now()
