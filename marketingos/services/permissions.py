"""Keeping permissions alive: renewed before a token ends, and once more when a platform refuses one.

One renewal is one call, whatever the number of processes: a lease on the account's row lets one of them through, and
the others wait for what it brings. TikTok's refresh tokens rotate strictly, so the new pair is stored before anybody
uses it. No transaction is open over the network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from marketingos import adapters, clock, log
from marketingos.db import reading, session
from marketingos.domain.account import Account, AccountKind, AccountState
from marketingos.domain.delivery import Content
from marketingos.domain.performance import Metrics
from marketingos.domain.permission import PROVIDERS, Permit
from marketingos.domain.ports import (
    Absent,
    Accepted,
    Dropped,
    Grant,
    Progress,
    Published,
    Publisher,
    Ready,
    Shown,
    Undecided,
    Working,
)
from marketingos.errors import AccountBlocked, NotFound, NotSent, OutsideError, PermissionMissing, TokenRejected
from marketingos.services import accounts, audit

logger = log.get_logger(__name__)

MARGIN = timedelta(minutes=5)
"""A token that ends within this is renewed before it is used."""

LEASE = timedelta(minutes=2)
"""How long one process has for a renewal before another may try."""

PATIENCE = 45.0
PAUSE = 0.1
"""Seconds for which, and in which steps, the others wait for a renewal."""

STORE_PAUSES = (0.1, 0.5, 2.0, 5.0)
"""A new pair that cannot be stored is lost, and with it the account: the database gets several chances."""

Answer = TypeVar("Answer")

_under_way: set[asyncio.Task[Grant]] = set()


class NotRenewed(NotSent):
    """A token cannot be renewed just now. It says nothing of what was done with the old one."""


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """The right, held by this process alone, to renew an account's token."""

    account_id: int
    kind: AccountKind
    refresh_token: SecretStr


# -- using a permission ------------------------------------------------------------------------------------------------


async def fresh(grant: Grant) -> Grant:
    """The grant, renewed first when its token is about to end. A renewal that fails matters once the token has ended.

    Raises `TokenRejected` when the permission is over, `NotRenewed` when it cannot be renewed just now.
    """
    if grant.expires_at is None or grant.expires_at - clock.now() > clock.human(MARGIN):
        return grant
    try:
        return await renewed(grant)
    except OutsideError as error:
        if clock.now() >= grant.expires_at:
            if isinstance(error, TokenRejected):
                await reject(grant, error)
            raise
        return grant


async def fresh_grant(account_id: int) -> Grant:
    """The right to act for an account, its token good for the next minutes."""
    async with reading() as s:
        account = await s.get(Account, account_id)
    if account is None or account.state is AccountState.REMOVED:
        raise NotFound()
    return await fresh(accounts.grant_of(account))


async def acting(grant: Grant, deed: Callable[[Grant], Awaitable[Answer]]) -> Answer:
    """Does something as the account: with a fresh token, and once more with a new one when the platform refuses it.

    A refused token means that nothing happened, so the same may be done again. When the new token is refused as well,
    or there is none to be had, the account waits for a person and `TokenRejected` is raised.
    """
    grant = await fresh(grant)
    try:
        return await deed(grant)
    except TokenRejected as refused:
        grant = await _instead(grant, refused)
    try:
        return await deed(grant)
    except TokenRejected as refused:
        await reject(grant, refused)
        raise


async def _instead(grant: Grant, refused: TokenRejected) -> Grant:
    """Another token in the place of a refused one."""
    try:
        return await renewed(grant)
    except TokenRejected:
        await reject(grant, refused)
        raise refused from None


class Kept:
    """A publisher whose token is kept good over all its calls for one account."""

    def __init__(self, publisher: Publisher) -> None:
        self.platform = publisher.platform
        self._publisher = publisher
        self._newest: Grant | None = None

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        return await self._allowed(grant, lambda g: self._publisher.prepare(g, content, progress))

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        return await self._allowed(grant, lambda g: self._publisher.commit(g, content, progress))

    async def settle(
        self, grant: Grant, content: Content, progress: Progress
    ) -> Published | Accepted | Dropped | Ready:
        return await self._acting(grant, lambda g: self._publisher.settle(g, content, progress))

    async def comment(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        return await self._acting(grant, lambda g: self._publisher.comment(g, content, progress))

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided:
        return await self._acting(grant, lambda g: self._publisher.look_up(g, content, progress, since))

    async def find(self, grant: Grant, content: Content, since: datetime) -> Published | Absent | Undecided:
        return await self._acting(grant, lambda g: self._publisher.find(g, content, since))

    async def read_back(self, grant: Grant, content: Content, external_id: str) -> Shown:
        return await self._acting(grant, lambda g: self._publisher.read_back(g, content, external_id))

    def wire_text(self, content: Content) -> str:
        return self._publisher.wire_text(content)

    async def measure(self, grant: Grant, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        return await self._acting(grant, lambda g: self._publisher.measure(g, external_ids))

    async def _allowed(self, grant: Grant, deed: Callable[[Grant], Awaitable[Answer]]) -> Answer:
        """To publish, where a refusal of the account itself means that it waits for a person."""
        try:
            return await self._acting(grant, deed)
        except (PermissionMissing, AccountBlocked) as error:
            await reject(self._newest or grant, error)
            raise

    async def _acting(self, grant: Grant, deed: Callable[[Grant], Awaitable[Answer]]) -> Answer:
        async def remembered(newest: Grant) -> Answer:
            self._newest = newest
            return await deed(newest)

        return await acting(self._newest or grant, remembered)


def kept(publisher: Publisher) -> Publisher:
    """The publisher with its token kept good. One for each walk: it remembers the newest token of its account."""
    return Kept(publisher)


# -- renewing ----------------------------------------------------------------------------------------------------------


async def renewed(grant: Grant) -> Grant:
    """The account's grant with another token than this one: made now, or by who was faster.

    `TokenRejected` when there is none to be had, `NotRenewed` when it cannot be had now.
    """
    for _ in range(int(PATIENCE / PAUSE)):
        claim = await _claim(grant)
        if isinstance(claim, Grant):
            return claim
        if isinstance(claim, Renewal):
            return await _uncut(_renew(claim))
        await asyncio.sleep(PAUSE)
    raise NotRenewed("permission.being_renewed")


async def _uncut(renewal: Coroutine[Any, Any, Grant]) -> Grant:
    """A caller that is cut off must not take the only copy of a new pair with it."""
    task = asyncio.ensure_future(renewal)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return await asyncio.shield(task)


async def _claim(grant: Grant) -> Grant | Renewal | None:
    """The new token if there is one already, else the right to renew it; None while somebody else does."""
    async with session() as s:
        account, now = await accounts.locked(s, grant.account_id), clock.now()
        if account.state is not AccountState.ACTIVE:
            raise TokenRejected(account.state_reason)
        current = accounts.grant_of(account)
        if current.token != grant.token:
            return current
        refresh_token = accounts.refresh_token_of(account)
        if refresh_token is None:
            raise TokenRejected("permission.ended" if _is_over(account, now) else None)
        if account.renewing_until and account.renewing_until > now:
            return None
        account.renewing_until = now + clock.human(LEASE)
        return Renewal(account_id=grant.account_id, kind=account.kind, refresh_token=refresh_token)


async def _renew(renewal: Renewal) -> Grant:
    """The one call, and what came of it into the row."""
    try:
        permit = await adapters.authorizer_for(PROVIDERS[renewal.kind]).renew(renewal.refresh_token)
    except OutsideError as error:
        await _give_up(renewal, error)
        if isinstance(error, TokenRejected):
            raise
        raise NotRenewed(error.key, diagnostic=error.diagnostic, retry_after=error.retry_after) from error
    for pause in STORE_PAUSES:
        try:
            return await _store(renewal, permit)
        except DBAPIError:
            logger.exception("permission.not_stored", account=renewal.account_id)
            await asyncio.sleep(pause)
    return await _store(renewal, permit)


async def _store(renewal: Renewal, permit: Permit) -> Grant:
    async with session() as s:
        account = await accounts.locked(s, renewal.account_id)
        if accounts.refresh_token_of(account) in (renewal.refresh_token, None):
            accounts.take_permit(account, permit)
            await accounts.release(s, account)
        # Else a person has reconnected meanwhile, and theirs is the newer permission.
        logger.info("permission.renewed", account=account.id, until=account.token_expires_at)
        return accounts.grant_of(account)


async def _give_up(renewal: Renewal, error: OutsideError) -> None:
    """A refresh token that was refused is of no use any more; the token itself may live on until its end."""
    async with session() as s:
        account = await accounts.locked(s, renewal.account_id)
        account.renewing_until = None
        if isinstance(error, TokenRejected) and accounts.refresh_token_of(account) == renewal.refresh_token:
            account.sealed_refresh_token = account.refresh_expires_at = None
            audit.note(s, audit.SYSTEM, "account.not_renewed", f"account:{account.id}")
    logger.warning("permission.not_renewed", account=account.id, error=error.key, diagnostic=error.diagnostic)


async def reject(grant: Grant, error: OutsideError) -> None:
    """The account waits for a person, unless its token is another one by now."""
    async with session() as s:
        account = await accounts.locked(s, grant.account_id)
        if account.state is AccountState.ACTIVE and accounts.grant_of(account).token == grant.token:
            accounts.reject_permission(account, error.key)
            audit.note(s, audit.SYSTEM, "account.rejected", f"account:{account.id}", error=error.key)
    logger.warning("permission.rejected", account=account.id, error=error.key, diagnostic=error.diagnostic)


def _is_over(account: Account, now: datetime) -> bool:
    return account.token_expires_at is not None and account.token_expires_at <= now
