"""Claims: which delivery is next, and whether it may go. Each is one short transaction.

An account's deliveries go one after the other, whoever sends them: platforms count calls by account. An account that
rests sends nothing new; what may be out already is looked after all the same, and what grows late asks a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, or_
from sqlalchemy.orm import Mapped, aliased, joinedload
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar
from sqlmodel.sql.sqltypes import UTCDateTime

from marketingos import clock, log
from marketingos.db import AsyncSession, claimable, reading, session
from marketingos.domain.account import Account, AccountState
from marketingos.domain.delivery import LEASE, Attempt, Delivery, DeliveryStatus, HoldReason, Outcome
from marketingos.domain.post import Variant, VariantStatus
from marketingos.errors import Misconfigured
from marketingos.services import accounts, pacing, pauses, recording
from marketingos.services.recording import Task

logger = log.get_logger(__name__)

BATCH = 200

_other = aliased(Delivery)


def _is(status: Mapped[DeliveryStatus], *wanted: DeliveryStatus) -> ColumnElement[bool]:
    """Whether a row has one of these states. Not `IN`, whose list SQLAlchemy writes out anew at every execution."""
    return or_(*(status == each for each in wanted))


_WANTING = _is(
    col(Delivery.status),
    DeliveryStatus.QUEUED,
    DeliveryStatus.RETRYING,
    DeliveryStatus.SENDING,
    DeliveryStatus.UNKNOWN,
)
"""Rows that a worker may take, now or later."""

_NOW = bindparam("now", type_=UTCDateTime())

_FREE = and_(
    _WANTING,
    col(Delivery.not_before) <= _NOW,
    or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) <= _NOW),
)
"""Rows that a worker may take now; `Delivery.is_free` says the same of one row."""

_AWAKE = or_(
    col(Account.resting_until).is_(None),
    col(Account.resting_until) <= _NOW,
    col(Delivery.intent_at).is_not(None),
    col(Delivery.late_after) < _NOW,
)
"""Rows that their account's rest does not concern: it is over, they may be out, or a person has to be asked."""

_BUSY = exists().where(
    col(_other.account_id) == Account.id,
    _is(col(_other.status), DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN),
    col(_other.lease_until) > _NOW,
)
"""Whether somebody is sending for an account."""

_ACCOUNTS_DUE = (
    select(Delivery.account_id)
    .join(Account)
    .where(_FREE, _AWAKE, ~_BUSY)
    .group_by(col(Delivery.account_id))
    .order_by(func.min(Delivery.not_before))
    .limit(BATCH)
)
_NEXT = (
    select(Account, Delivery)
    .join(Account)
    .where(Delivery.account_id == bindparam("account"), _FREE, _AWAKE, ~_BUSY)
    .order_by(col(Delivery.not_before))
    .limit(1)
)
_APPROVED = (
    select(Variant).where(Variant.id == bindparam("variant")).options(joinedload(Variant.pieces))  # type: ignore[arg-type]
)


async def next_due() -> datetime | None:
    """When the next delivery wants a worker; None when nothing waits."""
    due = func.coalesce(Delivery.lease_until, Delivery.not_before)
    until, late = col(Account.resting_until), col(Delivery.late_after)
    rested = case((until < late, until), else_=late)
    waits = and_(col(Delivery.intent_at).is_(None), until.is_not(None), rested > due)
    wake = select(func.min(case((waits, rested), else_=due))).select_from(Delivery).join(Account)
    soonest: SelectOfScalar[datetime | None] = wake.where(_WANTING)
    async with reading() as s:
        return (await s.exec(soonest)).one()


async def accounts_due() -> Sequence[int]:
    """Accounts with something due that nobody is sending for, the one that waits longest first."""
    async with reading() as s:
        return (await s.exec(_ACCOUNTS_DUE, params={"now": clock.now()})).all()


async def claim(account_id: int) -> Task | None:
    """Takes an account's next due delivery; what may not go out is held or withdrawn on the way. None when there is
    none, the account rests, or somebody else sends for it."""
    async with session() as s:
        now = clock.now()
        given = {"now": now, "account": account_id}
        stopped = await pauses.standing(s)
        for _ in range(BATCH):
            found = (await s.exec(claimable(_NEXT, of=[Account, Delivery]), params=given)).first()
            if found is None or not await pacing.admits(s, *found, now):
                return None
            if task := await _take(s, *found, stopped, now):
                return task
        return None


async def _take(
    s: AsyncSession, account: Account, delivery: Delivery, stopped: pauses.Standing, now: datetime
) -> Task | None:
    """One claim; None when the delivery has to wait for a person or is no longer wanted."""
    fresh = delivery.status in (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING)
    await recording.touch(s, delivery)
    if fresh and not await _is_approved(s, delivery):
        delivery.status = DeliveryStatus.CANCELLED
        return None
    if delivery.intent_at is None and (reason := await _hold_reason(s, delivery, account, stopped, now)):
        if not fresh:
            await recording.close_attempt(s, delivery.id, Outcome.NOT_PUBLISHED)
        delivery.hold(reason)
        return None
    try:
        grant = accounts.grant_of(account)
    except Misconfigured as error:
        logger.error("delivery.no_key", delivery=delivery.id, error=error.key)
        delivery.hold(HoldReason.PERMISSION)
        return None
    if fresh:
        delivery.attempts += 1
        s.add(Attempt(delivery_id=delivery.id or 0, number=delivery.attempts, started_at=now))
    return Task(
        delivery_id=delivery.id or 0,
        fence=delivery.claim(now, clock.human(LEASE)),
        content=delivery.content,
        grant=grant,
        progress=dict(delivery.progress),
        intent_at=delivery.intent_at,
        accepted_at=delivery.accepted_at,
        verify_since=delivery.verify_since,
        attempts=delivery.attempts,
        strikes=account.strikes,
    )


async def _is_approved(s: AsyncSession, delivery: Delivery) -> bool:
    """Whether what would go out is, to the letter, what a person approved."""
    variant = (await s.exec(_APPROVED, params={"variant": delivery.variant_id})).unique().one()
    hashes = {variant.approved_hash, variant.content().hash, delivery.content.hash, delivery.content_hash}
    return variant.status is VariantStatus.APPROVED and len(hashes) == 1


async def _hold_reason(
    s: AsyncSession, delivery: Delivery, account: Account, stopped: pauses.Standing, now: datetime
) -> HoldReason | None:
    """Why a delivery waits for a person: somebody paused it, it is late, or its account cannot post."""
    if delivery.verify_since is None and await pauses.covering(s, stopped, delivery):
        return HoldReason.PAUSED
    if delivery.is_late(now):
        return HoldReason.LATE
    return HoldReason.PERMISSION if account.state is not AccountState.ACTIVE else None
