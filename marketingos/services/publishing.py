"""Publishing: claim -> send -> record, with no transaction open over the network.

A walk may be cut anywhere, by an error or by `kill -9`; what the row says then decides how it goes on:

* no intent written: nothing is visible; harmless steps resume from `progress`;
* intent written, no outcome: it may be visible; it is looked up and never sent again before that;
* accepted: the platform works on it; it is asked until the post has its id;
* restored from a backup: it may have gone out since, so it is looked for by its content before anything is sent.

Every write shows the fencing number of its claim, so a worker that was given up for dead cannot write any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import adapters, clock, log
from marketingos.db import AsyncSession, claimable, reading, session
from marketingos.domain import walk
from marketingos.domain.account import Account, AccountState
from marketingos.domain.delivery import (
    LEASE,
    Attempt,
    Delivery,
    DeliveryStatus,
    HoldReason,
    Outcome,
)
from marketingos.domain.ports import (
    Absent,
    Accepted,
    Dropped,
    Progress,
    Published,
    Publisher,
    Ready,
    Undecided,
)
from marketingos.domain.post import Variant, VariantStatus
from marketingos.domain.user import Deed
from marketingos.errors import (
    BadAnswer,
    MarketingError,
    Misconfigured,
    NotFound,
    NotSent,
    OutcomeUnknown,
    OutsideError,
    Refused,
    TokenRejected,
)
from marketingos.services import accounts, audit, media, pauses, permissions, posts, recording, world
from marketingos.services.people import require
from marketingos.services.recording import LeaseLost, Task
from marketingos.services.views import PersonView, PostView

logger = log.get_logger(__name__)

BATCH = 200
_UNCONFIRMED = (DeliveryStatus.UNKNOWN, DeliveryStatus.HELD)


async def publish_due() -> int:
    """Carries what is due as far as it goes now, all accounts at once; answers how many deliveries it took.

    An account's deliveries go one after the other, whoever sends them: platforms count calls by account, and a sick
    account delays only itself.
    """
    counts = await asyncio.gather(*(_drain_alone(account_id) for account_id in await _accounts_due()))
    return sum(counts)


async def next_due() -> datetime | None:
    """When the next delivery wants a worker; None when nothing waits."""
    async with reading() as s:
        soonest = select(func.min(func.coalesce(Delivery.lease_until, Delivery.not_before))).where(_wanting())
        return (await s.exec(soonest)).one()


async def settle_by_hand(actor: PersonView, delivery_id: int, *, published: bool) -> PostView:
    """A person says whether an unconfirmed post is out, also one whose permission died meanwhile. "It is not" puts it
    back in the queue."""
    require(actor, Deed.APPROVE)
    async with session() as s:
        delivery = await s.get(Delivery, delivery_id, with_for_update=True)
        if delivery is None or delivery.status not in _UNCONFIRMED or not delivery.may_be_out:
            raise Refused("review.already_settled")
        now = clock.now()
        if published:
            delivery.publish(delivery.external_id or "", None, now)
            delivery.next_reading_at = None
            delivery.fence += 1  # a look-up under way must not overrule the person
        else:
            delivery.requeue(delivery.content, now, now, now + timedelta(hours=2))
            delivery.verify_since = None
        post_id = await recording.touch(s, delivery)
        audit.note(s, actor.email, "delivery.settle", f"delivery:{delivery_id}", published=published)
    return await posts.post(actor, post_id)


# -- claiming ----------------------------------------------------------------------------------------------------------


def _wanting() -> ColumnElement[bool]:
    """Rows that a worker may take, now or later."""
    return col(Delivery.status).in_(
        [DeliveryStatus.QUEUED, DeliveryStatus.RETRYING, DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN]
    )


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Rows that a worker may take now; `Delivery.is_free` says the same of one row."""
    unleased = or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) <= now)
    return _wanting(), col(Delivery.not_before) <= now, unleased


async def _accounts_due() -> Sequence[int]:
    """Accounts with something due that nobody is sending for, the one that waits longest first."""
    now = clock.now()
    busy = select(Delivery.account_id).where(col(Delivery.lease_until) > now)
    waiting = select(Delivery.account_id).where(*_free(now), col(Delivery.account_id).not_in(busy))
    longest = waiting.group_by(col(Delivery.account_id)).order_by(func.min(Delivery.not_before)).limit(BATCH)
    async with reading() as s:
        return (await s.exec(longest)).all()


async def _claim(account_id: int) -> Task | None:
    """Takes an account's next due delivery in one short transaction; what may not go out is held or withdrawn on the
    way. None when there is none, or somebody else sends for the account."""
    async with session() as s:
        now = clock.now()
        account = (await s.exec(claimable(select(Account.id).where(Account.id == account_id)))).first()
        busy = select(Delivery.id).where(Delivery.account_id == account_id, col(Delivery.lease_until) > now).limit(1)
        if account is None or (await s.exec(busy)).first():
            return None
        stopped = await pauses.standing(s)
        due = select(Delivery).where(Delivery.account_id == account_id, *_free(now)).order_by(col(Delivery.not_before))
        rows = (await s.exec(claimable(due.options(selectinload(Delivery.account)).limit(BATCH)))).all()  # type: ignore[arg-type]
        for row in rows:
            if task := await _take(s, row, stopped, now):
                return task
        return None


async def _take(s: AsyncSession, delivery: Delivery, stopped: pauses.Standing, now: datetime) -> Task | None:
    """One claim; None when the delivery has to wait for a person or is no longer wanted."""
    fresh = delivery.status in (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING)
    await recording.touch(s, delivery)
    if fresh and not await _is_approved(s, delivery):
        delivery.status = DeliveryStatus.CANCELLED
        return None
    if delivery.intent_at is None and (reason := await _hold_reason(s, delivery, stopped, now)):
        if not fresh:
            await recording.close_attempt(s, delivery.id, Outcome.NOT_PUBLISHED)
        delivery.hold(reason)
        return None
    try:
        grant = accounts.grant_of(delivery.account)
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
    )


async def _is_approved(s: AsyncSession, delivery: Delivery) -> bool:
    """Whether what would go out is, to the letter, what a person approved."""
    loaded = select(Variant).where(Variant.id == delivery.variant_id).options(selectinload(Variant.pieces))  # type: ignore[arg-type]
    variant = (await s.exec(loaded)).one()
    hashes = {variant.approved_hash, variant.content().hash, delivery.content.hash, delivery.content_hash}
    return variant.status is VariantStatus.APPROVED and len(hashes) == 1


async def _hold_reason(
    s: AsyncSession, delivery: Delivery, stopped: pauses.Standing, now: datetime
) -> HoldReason | None:
    """Why a delivery waits for a person: somebody paused it, it is late, or its account cannot post."""
    if delivery.verify_since is None and await pauses.covering(s, stopped, delivery):
        return HoldReason.PAUSED
    if delivery.is_late(now):
        return HoldReason.LATE
    return HoldReason.PERMISSION if delivery.account.state is not AccountState.ACTIVE else None


# -- sending -----------------------------------------------------------------------------------------------------------


async def _drain_alone(account_id: int) -> int:
    """An account's deliveries; whatever goes wrong with them is its own trouble, and no other account's."""
    try:
        return await _drain(account_id)
    except Exception:
        logger.exception("account.not_drained", account=account_id)
        return 0


async def _drain(account_id: int) -> int:
    """The due deliveries of one account, one after the other; answers how many it took."""
    taken = 0
    while task := await _claim(account_id):
        taken += 1
        try:
            async with _alive(task):
                await _carry(task)
        except LeaseLost:
            logger.warning("delivery.lease_lost", delivery=task.delivery_id, fence=task.fence)
        except Exception as error:
            logger.exception("delivery.walk_broke", delivery=task.delivery_id)
            await _broke(task, error)
            break
    return taken


@asynccontextmanager
async def _alive(task: Task) -> AsyncIterator[None]:
    """Renews the lease while the worker lives, since one upload may take longer than a lease."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            async with session() as s:
                delivery = await recording.held(s, task)
                if delivery.lease_until is not None:
                    delivery.lease_until = clock.now() + clock.human(LEASE)

    heart = asyncio.create_task(renew())
    try:
        yield
    finally:
        heart.cancel()


async def _carry(task: Task) -> None:
    publisher = permissions.kept(adapters.publisher_for(task.content.platform, media.library()))
    if task.accepted_at:
        await _settle(publisher, task, task.progress)
    elif task.intent_at:
        await _look_up(publisher, task, task.intent_at)
    elif task.verify_since:
        await _verify(publisher, task, task.verify_since)
    else:
        await _send(publisher, task)


async def _send(publisher: Publisher, task: Task) -> None:
    """Harmless steps, intent, and the one call that makes the post visible."""
    progress = task.progress
    try:
        while True:
            step = await publisher.prepare(task.grant, task.content, progress)
            progress = step.progress
            if isinstance(step, Ready):
                break
            await recording.save_step(task, step)
            if step.wait:
                return
    except OutsideError as error:
        return await recording.did_not_go_out(task, error)
    if not await recording.write_intent(task, progress):
        return
    try:
        outcome = await publisher.commit(task.grant, task.content, progress)
    except (OutcomeUnknown, BadAnswer) as error:
        return await recording.is_in_doubt(task, error)
    except OutsideError as error:
        return await recording.did_not_go_out(task, error)
    await recording.record(task, outcome)


async def _settle(publisher: Publisher, task: Task, progress: Progress) -> None:
    try:
        outcome = await publisher.settle(task.grant, task.content, progress)
    except TokenRejected as error:
        return await recording.did_not_go_out(task, error, keep_intent=True)
    except OutsideError as error:
        if not error.retryable:
            return await recording.is_in_doubt(task, error)
        outcome = Accepted(progress=progress, wait=error.retry_after or timedelta(seconds=10))
    if isinstance(outcome, Dropped):
        return await recording.did_not_go_out(task, outcome.error)
    await recording.record(task, outcome)


async def _look_up(publisher: Publisher, task: Task, since: datetime) -> None:
    """What is really there, for a commit without a known outcome."""
    try:
        found = await publisher.look_up(task.grant, task.content, task.progress, since)
    except TokenRejected as error:
        return await recording.did_not_go_out(task, error, keep_intent=True)
    except OutsideError as error:
        return await recording.is_in_doubt(task, error)
    match found:
        case Published() | Accepted():
            await recording.record(task, found)
        case Absent():
            absent = OutcomeUnknown("error.looked_up_absent", diagnostic="looked up: not there")
            await recording.did_not_go_out(task, absent)
        case Undecided():
            await recording.is_in_doubt(task, OutcomeUnknown(diagnostic="looked up: cannot tell yet"))


async def _verify(publisher: Publisher, task: Task, since: datetime) -> None:
    """Whether it went out in a gap that a restore left. Asked when whatever went out then must be in the lists."""
    async with reading() as s:
        restored = await world.restored(s)
    if restored and clock.now() < (listed := restored.at + walk.listed_within(task.content)):
        return await recording.is_in_doubt(task, OutcomeUnknown(diagnostic="restored: lists may lag"), until=listed)
    try:
        found = await publisher.find(task.grant, task.content, since)
    except TokenRejected as error:
        return await recording.did_not_go_out(task, error, keep_intent=True)
    except OutsideError as error:
        return await recording.is_in_doubt(task, error)
    if isinstance(found, Absent):
        return await recording.never_went_out(task)
    if isinstance(found, Published) and not await _is_another(task, found):
        return await recording.record(task, found)
    await recording.is_in_doubt(task, OutcomeUnknown(diagnostic="restored: cannot tell whether it is out"))


async def _is_another(task: Task, found: Published) -> bool:
    """Whether a post that was found is known to be another delivery's."""
    same = select(Delivery.id).where(
        Delivery.account_id == task.grant.account_id,
        Delivery.external_id == found.external_id,
        Delivery.id != task.delivery_id,
    )
    async with reading() as s:
        return (await s.exec(same)).first() is not None


async def _broke(task: Task, error: Exception) -> None:
    """A walk that met what nobody foresaw, such as a file that is gone, goes on as the row allows. If this cannot be
    written either, the row keeps its lease and is taken again when that ends."""
    key = error.key if isinstance(error, MarketingError) else None
    async with reading() as s:
        row = await s.get_one(Delivery, task.delivery_id)
    if row.intent_at:
        return await recording.is_in_doubt(task, OutcomeUnknown(diagnostic=repr(error)))
    final = isinstance(error, NotFound)
    await recording.did_not_go_out(task, NotSent(key, diagnostic=repr(error), retryable=not final))
