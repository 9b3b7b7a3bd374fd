"""Stop-the-line: who stopped what, and what may not begin to go out meanwhile.

A pause and the intent to publish cannot cross. On PostgreSQL whoever claims a delivery or writes an intent shares a
lock on the table of pauses, and whoever changes it has it alone (postgresql.org/docs/current/explicit-locking.html):
once `pause` has returned, no intent is written for what it covers. SQLite has one writer at a time anyway. The lock
comes before any lock on deliveries or posts, so that nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, text
from sqlmodel import col, select

from marketingos import clock, db
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.account import Account
from marketingos.domain.delivery import Delivery, DeliveryStatus, HoldReason
from marketingos.domain.pause import REASON_MAX, Pause, Scope
from marketingos.domain.platform import Platform
from marketingos.domain.post import Post, Variant
from marketingos.domain.product import Product
from marketingos.domain.user import Deed
from marketingos.errors import InvalidInput, NotFound, Refused
from marketingos.services import audit
from marketingos.services.people import require
from marketingos.services.views import PauseView, PersonView

_ACTIVE = select(Pause).where(col(Pause.resumed_at).is_(None)).order_by(col(Pause.id))

Standing = Sequence[Scope]
"""What is paused."""


async def pause(actor: PersonView, scope: Scope, reason: str = "") -> PauseView:
    """Stops everything, a product, a platform or an account; anybody who may edit can.

    What has not begun to go out waits; what may be out already is followed to its end. `Refused("pause.already")` when
    the same is paused, `InvalidInput` for a reason that is too long, `NotFound` for an unknown product or account.
    """
    require(actor, Deed.PAUSE)
    if len(reason.strip()) > REASON_MAX:
        raise InvalidInput("pause.long_reason", field="reason", limit=REASON_MAX)
    async with session() as s:
        await _alone(s)
        await _check(s, scope)
        if any(row.scope == scope for row in await _active(s)):
            raise Refused("pause.already")
        row = Pause(**vars(scope), reason=reason.strip(), paused_by=actor.name, paused_at=clock.now())
        s.add(row)
        await s.flush()
        audit.note(s, actor.email, "pause.begin", f"pause:{row.id}", reason=row.reason, **_named(scope))
        return (await _views(s, [row]))[0]


async def resume(actor: PersonView, pause_id: int) -> None:
    """Ends a pause. What no other one covers goes on; what has become too late meanwhile asks a person.

    `Refused("pause.over")` when somebody was faster.
    """
    require(actor, Deed.RESUME)
    async with session() as s:
        await _alone(s)
        row = await s.get(Pause, pause_id)
        if row is None:
            raise NotFound()
        if row.resumed_at:
            raise Refused("pause.over")
        row.resumed_at, row.resumed_by = clock.now(), actor.name
        await s.flush()
        await _release(s)
        audit.note(s, actor.email, "pause.end", f"pause:{pause_id}", **_named(row.scope))


async def active(actor: PersonView) -> tuple[PauseView, ...]:
    """What is paused now, the widest and then the oldest first."""
    require(actor, Deed.LOOK)
    async with reading() as s:
        return await _views(s, await _active(s))


def changes() -> ScalarSelect[int]:
    """How often a pause was begun or ended, for who asks whether anything moved."""
    counts = select(func.count(col(Pause.id)) + func.count(col(Pause.resumed_at)))
    return counts.scalar_subquery()


def stopped() -> ColumnElement[bool]:
    """Whether something stops a delivery, for a query that joins it with its variant and its post."""
    named = ((Pause.product_id, Post.product_id), (Pause.platform, Variant.platform))
    pairs = (*named, (Pause.account_id, Delivery.account_id))
    fits = [or_(col(mine).is_(None), col(mine) == theirs) for mine, theirs in pairs]
    return exists().where(col(Pause.resumed_at).is_(None), *fits)


async def scopes(s: AsyncSession) -> Standing:
    """What is paused at this moment."""
    return [row.scope for row in await _active(s)]


async def of_accounts(s: AsyncSession) -> Mapping[int, int]:
    """The pause of each account that is paused by itself."""
    return {row.account_id: row.id or 0 for row in await _active(s) if row.account_id is not None}


async def standing(s: AsyncSession) -> Standing:
    """What is paused, fixed to the end of this transaction. To be asked before any delivery or post is locked."""
    if not db.is_sqlite():
        await (await s.connection()).execute(text("LOCK TABLE pause IN SHARE MODE"))
    return await scopes(s)


async def covering(s: AsyncSession, pauses: Standing, delivery: Delivery) -> bool:
    """Whether one of these pauses stops a delivery."""
    if not pauses:
        return False
    asked = select(Post.product_id, Variant.platform).join(Variant).where(Variant.id == delivery.variant_id)
    product_id, platform = (await s.exec(asked)).one()
    place = Scope(product_id=product_id, platform=Platform(platform), account_id=delivery.account_id)
    return any(scope.covers(place) for scope in pauses)


async def _alone(s: AsyncSession) -> None:
    """Waits for those who read what is paused, and keeps them out to the end of this transaction."""
    if not db.is_sqlite():
        await (await s.connection()).execute(text("LOCK TABLE pause IN SHARE ROW EXCLUSIVE MODE"))


async def _active(s: AsyncSession) -> list[Pause]:
    rows = (await s.exec(_ACTIVE)).all()
    return sorted(rows, key=lambda row: len(_named(row.scope)))


async def _check(s: AsyncSession, scope: Scope) -> None:
    for table, key in ((Product, scope.product_id), (Account, scope.account_id)):
        if key is not None and await s.get(table, key) is None:
            raise NotFound()


def _named(scope: Scope) -> Mapping[str, object]:
    """The parts of a scope that are named."""
    return {name: value for name, value in vars(scope).items() if value is not None}


async def _release(s: AsyncSession) -> None:
    """Lets go on what was held and is not covered any more."""
    pauses = await scopes(s)
    held = select(Delivery).where(Delivery.status == DeliveryStatus.HELD, Delivery.hold_reason == HoldReason.PAUSED)
    for delivery in (await s.exec(held.with_for_update())).all():
        if not await covering(s, pauses, delivery):
            delivery.release(clock.now())


def _covered_by(row: Pause) -> tuple[ColumnElement[bool], ...]:
    named = {col(Post.product_id): row.product_id, col(Variant.platform): row.platform}
    named[col(Delivery.account_id)] = row.account_id
    return tuple(column == value for column, value in named.items() if value is not None)


def _waits() -> ColumnElement[bool]:
    """Deliveries that would go out by themselves."""
    queued = col(Delivery.status).in_((DeliveryStatus.QUEUED, DeliveryStatus.RETRYING))
    held = and_(col(Delivery.status) == DeliveryStatus.HELD, col(Delivery.hold_reason) == HoldReason.PAUSED)
    return or_(queued, held)


async def _views(s: AsyncSession, rows: Sequence[Pause]) -> tuple[PauseView, ...]:
    return tuple([await _view(s, row) for row in rows])


async def _view(s: AsyncSession, row: Pause) -> PauseView:
    product = await s.get(Product, row.product_id) if row.product_id else None
    account = await s.get(Account, row.account_id) if row.account_id else None
    stopped = select(func.count(func.distinct(Post.id))).join(Variant).join(Delivery)
    return PauseView(
        id=row.id or 0,
        product_id=row.product_id,
        product=product.name if product else "",
        platform=row.platform or (account.platform if account else None),
        account_id=row.account_id,
        account=(account.handle or account.name) if account else "",
        reason=row.reason,
        paused_by=row.paused_by,
        paused_at=row.paused_at,
        waiting=(await s.exec(stopped.where(*_covered_by(row), _waits()))).one(),
    )
