"""Looking after permissions: the sweep that renews what ends soon, and the look that asks a platform how one is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, delete, or_

from marketingos import adapters, clock, log
from marketingos.db import reading, session
from marketingos.domain.account import Account, AccountState
from marketingos.domain.consent import Consent
from marketingos.domain.permission import PROVIDERS, Inspection, renew_from
from marketingos.domain.ports import Grant
from marketingos.domain.user import Deed
from marketingos.errors import MarketingError, NotFound, TokenRejected
from marketingos.services import accounts, audit, connections, permissions
from marketingos.services.connection_views import ConnectionView
from marketingos.services.people import require
from marketingos.services.views import PersonView

logger = log.get_logger(__name__)

LOOK_EVERY = timedelta(hours=24)
AT_ONCE = 8
"""Accounts that are asked about at the same time, and looked into in one sweep."""


async def keep() -> int:
    """The sweep: renews what ends soon, marks what has ended, looks into what was not looked into for a day, forgets
    consents that nobody finished. Answers how many accounts it had to do with."""
    now = clock.now()
    async with session() as s:
        await s.exec(delete(Consent).where(col(Consent.expires_at) <= now))
    async with reading() as s:
        active = (await s.exec(accounts.connected().where(Account.state == AccountState.ACTIVE))).all()
        stale = or_(col(Account.checked_at).is_(None), col(Account.checked_at) <= now - LOOK_EVERY)
        # By lot, so that accounts of a platform that does not answer never keep the others waiting.
        unseen = (
            await s.exec(accounts.connected().where(stale).order_by(None).order_by(func.random()).limit(AT_ONCE))
        ).all()
    ending = [account for account in active if _wants_renewal(account, now)]
    await _each(ending, lambda account: _renew_or_end(accounts.grant_of(account), now))
    await _each(unseen, look_into)
    return len({account.id for account in (*ending, *unseen)})


async def _renew_or_end(grant: Grant, now: datetime) -> None:
    """Renews a token ahead of its end, or marks one that has ended for good."""
    try:
        await permissions.renewed(grant)
    except TokenRejected as error:
        if grant.expires_at and grant.expires_at <= now:
            await permissions.reject(grant, error)


async def check(actor: PersonView, account_id: int) -> None:
    """Asks the platform now how an account's permission is. `TokenRejected` when it is dead."""
    require(actor, Deed.EDIT)
    async with reading() as s:
        account = await s.get(Account, account_id)
    if account is None or account.state is AccountState.REMOVED:
        raise NotFound()
    await look_into(account)


async def check_all() -> tuple[ConnectionView, ...]:
    """Asks every platform about every account, and answers how they are afterwards."""
    async with reading() as s:
        rows = (await s.exec(accounts.connected())).all()
    await _each(rows, look_into)
    return await connections.every()


async def look_into(account: Account) -> None:
    """What the platform says of a permission, into the row. A rejected one that lives after all goes on."""
    authorizer = adapters.authorizer_for(PROVIDERS[account.kind])
    grant = accounts.grant_of(account)
    alive = account.state is AccountState.ACTIVE
    try:
        seen = await (permissions.acting(grant, authorizer.inspect) if alive else authorizer.inspect(grant))
    except TokenRejected:
        await _note_look(grant.account_id)
        raise
    await _note_look(grant.account_id, seen)


async def _note_look(account_id: int, seen: Inspection | None = None) -> None:
    async with session() as s:
        account = await accounts.locked(s, account_id)
        account.checked_at = clock.now()
        if seen is None:
            return
        account.handle = seen.handle or account.handle
        account.followers = seen.followers if seen.followers is not None else account.followers
        account.scopes = seen.scopes or account.scopes
        account.grantor_id = seen.grantor_id or account.grantor_id
        if seen.dated:
            account.token_expires_at = seen.expires_at
            account.data_access_expires_at = seen.data_access_expires_at
        if account.state is AccountState.NEEDS_RECONNECT:
            account.state, account.state_reason = AccountState.ACTIVE, None
            await accounts.release(s, account)
            audit.note(s, audit.SYSTEM, "account.revived", f"account:{account.id}")


async def _each(rows: Sequence[Account], deed: Callable[[Account], Awaitable[None]]) -> None:
    """A few at a time; what fails for one account is logged and comes up again at the next sweep."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(account: Account) -> None:
        async with room:
            try:
                await deed(account)
            except MarketingError as error:
                logger.warning("upkeep.failed", account=account.id, error=error.key)

    await asyncio.gather(*(one(account) for account in rows))


def _wants_renewal(account: Account, now: datetime) -> bool:
    if account.token_expires_at is None:
        return False
    if account.sealed_refresh_token is None:
        return account.token_expires_at <= now
    return renew_from(account.renewed_at or account.connected_at, account.token_expires_at) <= now
