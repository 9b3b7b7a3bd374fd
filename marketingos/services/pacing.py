"""Rests: an account that its platform limits, or that fails again and again, sends nothing new for a while.

They stand on the account's row, so that every replica keeps them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from marketingos import clock, log
from marketingos.db import AsyncSession, session
from marketingos.domain.account import Account
from marketingos.domain.delivery import Attempt, Delivery, DeliveryStatus
from marketingos.domain.pace import PACES, open_for
from marketingos.errors import OutsideError, PostFailed, RateLimited
from marketingos.services import accounts

logger = log.get_logger(__name__)

_A_MINUTE = timedelta(minutes=1)

LIMIT, USAGE, PACE, CIRCUIT = "rest.limit", "rest.usage", "rest.pace", "rest.circuit"


async def admits(s: AsyncSession, account: Account, delivery: Delivery, now: datetime) -> bool:
    """Whether its platform's pace lets an account begin another post now; if not, the account rests until it does."""
    pace = PACES.get(account.kind)
    if pace is None or delivery.status not in (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING):
        return True
    begun = await _begun_since(s, account, now - pace.span, pace.posts)
    if len(begun) < pace.posts:
        return True
    account.rest(begun[-1] + pace.span, PACE)
    return False


async def _begun_since(s: AsyncSession, account: Account, since: datetime, most: int) -> Sequence[datetime]:
    """When the account's last tries began, the newest first."""
    tries = select(Attempt.started_at).join(Delivery).where(Delivery.account_id == account.id)
    newest = tries.where(Attempt.started_at > since).order_by(col(Attempt.started_at).desc()).limit(most)
    return (await s.exec(newest)).all()


async def rest(account_id: int, until: datetime, reason: str) -> None:
    """Lets an account rest until then."""
    async with session() as s:
        account = await accounts.locked(s, account_id)
        account.rest(until, reason)
    logger.info("account.rests", account=account_id, until=account.resting_until, reason=account.rest_reason)


async def blame(account_id: int, error: OutsideError) -> None:
    """What a failed call says of its account: a limit gives it a rest, and so do failures in a row that say nothing
    about what was sent."""
    if isinstance(error, RateLimited):
        return await rest(account_id, clock.now() + (error.retry_after or _A_MINUTE), LIMIT)
    if not error.retryable or isinstance(error, PostFailed):
        return None
    async with session() as s:
        account = await accounts.locked(s, account_id)
        account.strikes += 1
        if pause := open_for(account.strikes, random.random()):
            account.rest(clock.now() + pause, CIRCUIT)
            logger.warning("account.circuit_open", account=account_id, strikes=account.strikes, pause=str(pause))


async def praise(account_id: int) -> None:
    """It works again."""
    async with session() as s:
        (await accounts.locked(s, account_id)).recover()
