"""What came of a try, into its row.

Every write shows the fencing number of its claim, so a worker that was given up for dead cannot write any more.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import clock, log
from marketingos.db import AsyncSession, session
from marketingos.domain.account import AccountState
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
    Accepted,
    Grant,
    Progress,
    Published,
    Working,
)
from marketingos.domain.post import Post, Variant
from marketingos.errors import (
    OutsideError,
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


class LeaseLost(Exception):
    """Another worker took the delivery over; this one must not write."""


async def held(s: AsyncSession, task: Task) -> Delivery:
    """The row, locked, if this worker still holds it."""
    statement = select(Delivery).where(Delivery.id == task.delivery_id).options(selectinload(Delivery.account))  # type: ignore[arg-type]
    delivery = (await s.exec(statement.with_for_update(of=Delivery))).one()
    if delivery.fence != task.fence:
        raise LeaseLost
    return delivery


async def save_step(task: Task, step: Working) -> None:
    async with session() as s:
        delivery = await held(s, task)
        delivery.progress = dict(step.progress)
        delivery.lease_until = clock.now() + clock.human(LEASE)
        if step.wait:
            delivery.wait(clock.now() + step.wait)


async def write_intent(task: Task, progress: Progress) -> bool:
    """From now on it may be visible. False when a pause was faster: then it is held and must not be sent."""
    async with session() as s:
        stopped = await pauses.standing(s)
        delivery = await held(s, task)
        delivery.progress = dict(progress)
        if await pauses.covering(s, stopped, delivery):
            delivery.hold(HoldReason.PAUSED)
            await close_attempt(s, task.delivery_id, Outcome.NOT_PUBLISHED)
            await touch(s, delivery)
            return False
        delivery.intent_at = clock.now()
        delivery.lease_until = clock.now() + clock.human(LEASE)
        return True


async def record(task: Task, outcome: Published | Accepted) -> None:
    async with session() as s:
        delivery, now = await held(s, task), clock.now()
        if isinstance(outcome, Published):
            delivery.publish(outcome.external_id, outcome.permalink, now)
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
        again = next_attempt(error, task.attempts, now, random.random())
        if not keep_intent:
            delivery.intent_at = delivery.accepted_at = None
        if isinstance(error, TokenRejected):
            delivery.hold(HoldReason.PERMISSION)
            delivery.error_key = error.key
            if delivery.account.state is AccountState.ACTIVE:  # reconnected in the meantime
                delivery.release(now)
        elif again is None:
            delivery.fail(error.key)
        else:
            delivery.retry(again, error.key)
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
        await close_attempt(s, task.delivery_id, Outcome.UNKNOWN, error)
        await touch(s, delivery)
    logger.warning("delivery.unknown", delivery=task.delivery_id, error=error.key, diagnostic=error.diagnostic)


async def close_attempt(
    s: AsyncSession, delivery_id: int | None, outcome: Outcome, error: OutsideError | None = None
) -> None:
    last = select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(col(Attempt.id).desc()).limit(1)
    attempt = (await s.exec(last)).first()
    if attempt is None:
        return
    attempt.outcome, attempt.finished_at = outcome, clock.now()
    attempt.error_key = error.key if error else None
    attempt.diagnostic = error.diagnostic[:4000] if error else attempt.diagnostic


async def touch(s: AsyncSession, delivery: Delivery) -> int:
    """Tells the screens that the post moved; answers its id."""
    found = select(Post).join(Variant, col(Variant.post_id) == Post.id).where(Variant.id == delivery.variant_id)
    post = (await s.exec(found)).one()
    post.updated_at = clock.now()
    return post.id or 0
