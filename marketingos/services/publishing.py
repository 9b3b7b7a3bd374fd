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
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from marketingos import adapters, clock, log
from marketingos.db import reading, session
from marketingos.domain import first_comment, walk
from marketingos.domain.delivery import LEASE, Delivery, DeliveryStatus
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
from marketingos.domain.post import Variant
from marketingos.domain.user import Deed
from marketingos.errors import (
    BadAnswer,
    MarketingError,
    NotFound,
    OutcomeUnknown,
    OutsideError,
    PostFailed,
    Refused,
    TokenRejected,
)
from marketingos.services import audit, claiming, media, pacing, permissions, posts, recording, world
from marketingos.services.people import require
from marketingos.services.recording import LeaseLost, Task
from marketingos.services.views import PersonView, PostView

logger = log.get_logger(__name__)


@dataclass
class _UnderWay:
    """The walks that this process has begun and does not wait for."""

    walks: set[asyncio.Task[int]] = field(default_factory=set)
    ending: bool = False


_under_way = _UnderWay()

_UNCONFIRMED = (DeliveryStatus.UNKNOWN, DeliveryStatus.HELD)


async def publish_due() -> int:
    """Carries what is due as far as it goes now, all accounts at once; answers how many deliveries it took.

    An account's deliveries go one after the other, whoever sends them: platforms count calls by account, and a sick
    account delays only itself.
    """
    counts = await asyncio.gather(*(_drain_alone(account_id) for account_id in await claiming.accounts_due()))
    return sum(counts)


async def begin_due() -> None:
    """Begins the same and waits for none of it: however slowly some accounts are served, the next moment comes."""
    for account_id in await claiming.accounts_due():
        walk = asyncio.create_task(_drain_alone(account_id))
        _under_way.walks.add(walk)
        walk.add_done_callback(_under_way.walks.discard)


async def end(patience: timedelta) -> None:
    """What was begun has so long to come to an end, and nothing new is taken; what is left goes on in another process,
    as after a death."""
    _under_way.ending = True
    try:
        if walks := set(_under_way.walks):
            _, left = await asyncio.wait(walks, timeout=patience.total_seconds())
            for walk in left:
                walk.cancel()
            await asyncio.gather(*left, return_exceptions=True)
    finally:
        _under_way.ending = False


async def settle_by_hand(actor: PersonView, delivery_id: int, *, published: bool) -> PostView:
    """A person says whether an unconfirmed post is out, also one whose permission died meanwhile. "It is not" puts it
    back in the queue.

    Raises `Refused`: `review.already_settled`, or `review.may_still_arrive` when "it is not" cannot be known yet.
    """
    require(actor, Deed.APPROVE)
    async with session() as s:
        delivery = await s.get(Delivery, delivery_id, with_for_update=True)
        if delivery is None or delivery.status not in _UNCONFIRMED or not delivery.may_be_out:
            raise Refused("review.already_settled")
        now = clock.now()
        if not published and walk.may_still_arrive(delivery.intent_at, now):
            raise Refused("review.may_still_arrive")
        if published:
            note = first_comment.UNCERTAIN if delivery.content.first_comment else None
            delivery.publish(delivery.external_id or "", None, now, note)
            delivery.next_reading_at = delivery.read_back_at = None
            delivery.fence += 1  # a look-up under way must not overrule the person
        else:
            delivery.requeue(delivery.content, now, now, now + timedelta(hours=2))
            delivery.verify_since = None
        await recording.touch(s, delivery)
        post_id = (await s.exec(select(Variant.post_id).where(Variant.id == delivery.variant_id))).one()
        audit.note(s, actor.email, "delivery.settle", f"delivery:{delivery_id}", published=published)
    return await posts.post(actor, post_id)


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
    while not _under_way.ending and (task := await claiming.claim(account_id)):
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
            try:
                await recording.renew(task)
            except DBAPIError:  # such as a locked database: the next beat comes before the lease ends
                logger.warning("delivery.not_renewed", delivery=task.delivery_id)

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
        await _look_up(publisher, task, min(task.intent_at, clock.now()))  # a clock put right may lie before it
    elif task.verify_since:
        await _verify(publisher, task, task.verify_since)
    else:
        await _send(publisher, task)


async def _send(publisher: Publisher, task: Task) -> None:
    """Harmless steps, intent, and the one call that makes the post visible."""
    progress = task.progress
    try:
        while True:
            async with _listening(task):
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
        async with _listening(task):
            outcome = await publisher.commit(task.grant, task.content, progress)
    except (OutcomeUnknown, BadAnswer) as error:
        return await recording.is_in_doubt(task, error)
    except OutsideError as error:
        return await recording.did_not_go_out(task, error)
    await _follow(publisher, task, outcome)


async def _follow(publisher: Publisher, task: Task, outcome: Published | Accepted) -> None:
    """Writes down what came of it; where the platform needs no time, it is asked at once for what is left."""
    if isinstance(outcome, Accepted) and not outcome.wait:
        await recording.go_on(task, outcome.progress)
        return await _settle(publisher, task, outcome.progress)
    await recording.record(task, outcome)
    if task.strikes:
        await pacing.praise(task.grant.account_id)


async def _settle(publisher: Publisher, task: Task, progress: Progress) -> None:
    """What the platform made of it; if a comment is next, that is written down before it is made."""
    try:
        async with _listening(task):
            outcome = await publisher.settle(task.grant, task.content, progress)
            if isinstance(outcome, Ready):
                progress = outcome.progress
                await recording.go_on(task, progress)
                outcome = await publisher.comment(task.grant, task.content, progress)
    except TokenRejected as error:
        return await recording.did_not_go_out(task, error, keep_intent=True)
    except OutsideError as error:
        if not error.retryable:
            return await recording.is_in_doubt(task, error)
        outcome = Accepted(progress=progress, wait=error.retry_after or timedelta(seconds=10))
    if isinstance(outcome, Dropped):
        await pacing.blame(task.grant.account_id, outcome.error)
        return await recording.did_not_go_out(task, outcome.error)
    await recording.record(task, outcome)
    if task.strikes:
        await pacing.praise(task.grant.account_id)


async def _look_up(publisher: Publisher, task: Task, since: datetime) -> None:
    """What is really there, for a commit without a known outcome."""
    try:
        async with _listening(task):
            found = await publisher.look_up(task.grant, task.content, task.progress, since)
    except TokenRejected as error:
        return await recording.did_not_go_out(task, error, keep_intent=True)
    except OutsideError as error:
        return await recording.is_in_doubt(task, error)
    match found:
        case Published() if await _is_another(task, found):
            await recording.is_in_doubt(task, OutcomeUnknown(diagnostic="looked up: another delivery's post"))
        case Published() | Accepted():
            await _follow(publisher, task, found)
        case Absent():
            if found.error:
                await pacing.blame(task.grant.account_id, found.error)
            absent = OutcomeUnknown("error.looked_up_absent", diagnostic="looked up: not there")
            await recording.did_not_go_out(task, found.error or absent)
        case Undecided():
            await recording.is_in_doubt(task, OutcomeUnknown(diagnostic="looked up: cannot tell yet"))


async def _verify(publisher: Publisher, task: Task, since: datetime) -> None:
    """Whether it went out in a gap that a restore left. Asked when whatever went out then must be in the lists."""
    async with reading() as s:
        restored = await world.restored(s)
    if restored and clock.now() < (listed := restored.at + walk.listed_within(task.content)):
        return await recording.is_in_doubt(task, OutcomeUnknown(diagnostic="restored: lists may lag"), until=listed)
    try:
        async with _listening(task):
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


@asynccontextmanager
async def _listening(task: Task) -> AsyncIterator[None]:
    """What a call says about its account, by failing or by the way, is kept for all that follow."""
    with adapters.advised() as advice:
        try:
            yield
        except OutsideError as error:
            await pacing.blame(task.grant.account_id, error)
            raise
        finally:
            if advice.rest:
                await pacing.rest(task.grant.account_id, clock.now() + advice.rest, pacing.USAGE)


async def _broke(task: Task, error: Exception) -> None:
    """A walk that met what nobody foresaw, such as a file that is gone, goes on as the row allows. If this cannot be
    written either, the row keeps its lease and is taken again when that ends."""
    key = error.key if isinstance(error, MarketingError) else None
    async with reading() as s:
        row = await s.get_one(Delivery, task.delivery_id)
    if row.intent_at:
        return await recording.is_in_doubt(task, OutcomeUnknown(diagnostic=repr(error)))
    final = isinstance(error, NotFound)
    await recording.did_not_go_out(task, PostFailed(key, diagnostic=repr(error), retryable=not final))
