"""What came of a try, into its row.

Every write shows the fencing number of its claim, so a worker that was given up for dead cannot write any more.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, func, update
from sqlmodel import SQLModel, select

from marketingos import clock, log
from marketingos.db import AsyncSession, session
from marketingos.domain.account import Account, AccountState
from marketingos.domain.delivery import (
    LEASE,
    Attempt,
    Content,
    Delivery,
    HoldReason,
    Outcome,
    look_again,
    next_attempt,
)
from marketingos.domain.ports import (
    REFUSED,
    Accepted,
    Grant,
    Progress,
    Published,
    Working,
)
from marketingos.domain.post import Variant
from marketingos.errors import (
    AccountBlocked,
    BadAnswer,
    OutcomeUnknown,
    OutsideError,
    PermissionMissing,
    PostFailed,
    TokenRejected,
)
from marketingos.services import pauses

logger = log.get_logger(__name__)

_ASK_AGAIN = timedelta(hours=1)
"""How often a post that only a person can settle is looked for all the same."""

_PATIENCE = timedelta(hours=6)
"""How long a platform may work on a post before a person is told; it is asked all the same."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A claimed delivery, as a value: what to send, for whom, how far it got."""

    delivery_id: int
    fence: int
    content: Content
    grant: Grant
    progress: Progress
    intent_at: datetime | None
    accepted_at: datetime | None
    verify_since: datetime | None
    attempts: int
    strikes: int = 0


_HOLDS: Mapping[type[OutsideError], HoldReason] = {
    TokenRejected: HoldReason.PERMISSION,
    PermissionMissing: HoldReason.PERMISSION,
    AccountBlocked: HoldReason.BLOCKED,
}
"""What only a person can mend, on the account."""

_SETBACKS = (PostFailed, BadAnswer)
"""What counts against the post itself."""

_HELD = select(Delivery).where(Delivery.id == bindparam("delivery")).with_for_update()

_deliveries, _attempts, _posts = (SQLModel.metadata.tables[name] for name in ("delivery", "attempt", "post"))
_MINE = update(_deliveries).where(_deliveries.c.id == bindparam("delivery"), _deliveries.c.fence == bindparam("held"))
_latest = select(func.max(Attempt.id)).where(Attempt.delivery_id == bindparam("delivery"))
_LATEST_TRY = update(_attempts).where(_attempts.c.id == _latest.scalar_subquery())
_post = select(Variant.post_id).where(Variant.id == bindparam("variant"))
_ITS_POST = update(_posts).where(_posts.c.id == _post.scalar_subquery())


class LeaseLost(Exception):
    """Another worker took the delivery over; this one must not write."""


async def held(s: AsyncSession, task: Task) -> Delivery:
    """The row, locked, if this worker still holds it."""
    delivery = (await s.exec(_HELD, params={"delivery": task.delivery_id})).one()
    if delivery.fence != task.fence:
        raise LeaseLost
    return delivery


async def renew(task: Task) -> None:
    """Says that the worker is alive."""
    async with session() as s:
        await _write(s, task, _deliveries.c.lease_until.is_not(None))


async def save_step(task: Task, step: Working) -> None:
    async with session() as s:
        if not step.wait:
            return await _write(s, task, progress=dict(step.progress))
        delivery = await held(s, task)
        delivery.progress = dict(step.progress)
        delivery.wait(clock.now() + step.wait)


async def write_intent(task: Task, progress: Progress) -> bool:
    """From now on it may be visible. False when a pause was faster: then it is held and must not be sent."""
    progress = {name: value for name, value in progress.items() if name != REFUSED}
    async with session() as s:
        if stopped := await pauses.standing(s):
            delivery = await held(s, task)
            if await pauses.covering(s, stopped, delivery):
                delivery.progress = progress
                delivery.hold(HoldReason.PAUSED)
                await close_attempt(s, task.delivery_id, Outcome.NOT_PUBLISHED)
                await touch(s, delivery)
                return False
        await _write(s, task, progress=progress, intent_at=clock.now())
        return True


async def go_on(task: Task, progress: Progress) -> None:
    """The platform has it; how far that got is kept before the next call."""
    async with session() as s:
        await _write(s, task, progress=dict(progress), accepted_at=task.accepted_at or clock.now())


async def record(task: Task, outcome: Published | Accepted) -> None:
    async with session() as s:
        delivery, now = await held(s, task), clock.now()
        if isinstance(outcome, Published):
            delivery.publish(outcome.external_id, outcome.permalink, now, outcome.note_key)
            logger.info("delivery.published", delivery=delivery.id, platform=task.content.platform.value)
        else:
            delivery.accepted_at = delivery.accepted_at or now
            delivery.progress = dict(outcome.progress)
            if now - delivery.accepted_at > _PATIENCE:
                delivery.doubt(now + _ASK_AGAIN, "error.outcome_unknown")
            else:
                delivery.wait(now + outcome.wait)
        await close_attempt(
            s, task.delivery_id, Outcome.PUBLISHED if isinstance(outcome, Published) else Outcome.ACCEPTED
        )
        await touch(s, delivery)


async def did_not_go_out(task: Task, error: OutsideError, *, keep_intent: bool = False) -> None:
    """Surely not visible: later again, held for a reconnection, or failed for good."""
    async with session() as s:
        delivery, now = await held(s, task), clock.now()
        if not keep_intent:
            delivery.intent_at = delivery.accepted_at = None
        delivery.setbacks += isinstance(error, _SETBACKS)
        if reason := _HOLDS.get(type(error)):
            delivery.hold(reason)
            delivery.error_key = error.key
            if await _is_active(s, task.grant.account_id):  # reconnected in the meantime
                delivery.release(now)
        elif again := next_attempt(error, task.attempts, delivery.setbacks, now, random.random()):
            delivery.retry(again, error.key)
        else:
            delivery.fail(error.key)
        await close_attempt(s, task.delivery_id, Outcome.UNKNOWN if keep_intent else Outcome.NOT_PUBLISHED, error)
        await touch(s, delivery)
    logger.warning("delivery.not_published", delivery=task.delivery_id, error=error.key, diagnostic=error.diagnostic)


async def never_went_out(task: Task) -> None:
    async with session() as s:
        delivery = await held(s, task)
        delivery.verified(clock.now())
        await close_attempt(s, task.delivery_id, Outcome.NOT_PUBLISHED)
        await touch(s, delivery)


async def is_in_doubt(task: Task, error: OutsideError, *, until: datetime | None = None) -> None:
    """It may be visible: look several times, then wait for a person (and go on looking now and then). With `until`,
    there is nothing to look for before."""
    async with session() as s:
        delivery, now = await held(s, task), clock.now()
        delivery.doubt(until or look_again(delivery.looks, now) or now + _ASK_AGAIN, "error.outcome_unknown")
        delivery.looks += 0 if until else 1
        if isinstance(error, OutcomeUnknown) and error.key != OutcomeUnknown.key:
            delivery.progress = {**delivery.progress, REFUSED: error.key}
        await close_attempt(s, task.delivery_id, Outcome.UNKNOWN, error)
        await touch(s, delivery)
    logger.warning("delivery.unknown", delivery=task.delivery_id, error=error.key, diagnostic=error.diagnostic)


async def close_attempt(
    s: AsyncSession, delivery_id: int | None, outcome: Outcome, error: OutsideError | None = None
) -> None:
    """How a delivery's latest try ended."""
    end = {"outcome": outcome, "finished_at": clock.now(), "error_key": error.key if error else None}
    told = {"diagnostic": error.diagnostic[:4000]} if error else {}
    await _execute(s, _LATEST_TRY, delivery=delivery_id, **end, **told)


async def touch(s: AsyncSession, delivery: Delivery) -> None:
    """Tells the screens that the post moved."""
    await _execute(s, _ITS_POST, variant=delivery.variant_id, updated_at=clock.now())


async def _write(s: AsyncSession, task: Task, *where: ColumnElement[bool], **values: Any) -> None:
    """Changes the row without reading it, if this worker still holds it, and renews the lease."""
    lease = clock.now() + clock.human(LEASE)
    mine = _MINE.where(*where) if where else _MINE
    if await _execute(s, mine, delivery=task.delivery_id, held=task.fence, lease_until=lease, **values) != 1:
        raise LeaseLost


async def _execute(s: AsyncSession, change: Update, **given: Any) -> int:
    """Changes rows past the session's objects; answers how many."""
    found = await (await s.connection()).execute(change, given)
    return found.rowcount


async def _is_active(s: AsyncSession, account_id: int) -> bool:
    return (await s.exec(select(Account.state).where(Account.id == account_id))).one() is AccountState.ACTIVE
