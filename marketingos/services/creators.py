"""TikTok creators: what each may post at this moment, and a person's standing choice of who sees it."""

from __future__ import annotations

from sqlmodel import select

from marketingos import adapters, clock
from marketingos.db import reading, session
from marketingos.domain.account import Account
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Creator
from marketingos.domain.user import Deed
from marketingos.errors import InvalidInput, NotFound
from marketingos.services import accounts, audit, permissions
from marketingos.services.people import require
from marketingos.services.views import PersonView


async def creator(actor: PersonView, account_id: int) -> Creator:
    """What TikTok allows a creator at this moment: asked for whenever somebody is to choose from it."""
    require(actor, Deed.APPROVE)
    async with reading() as s:
        found = await s.exec(select(Account).where(Account.id == account_id, Account.platform == Platform.TIKTOK))
        if found.first() is None:
            raise NotFound()
    return await permissions.acting(await permissions.fresh_grant(account_id), adapters.creator_of)


async def choose_audience(actor: PersonView, account_id: int, level: str) -> None:
    """A person's standing choice of who sees this creator's posts; it is kept who chose it and when.

    `InvalidInput` when TikTok does not offer the level now.
    """
    if level not in (await creator(actor, account_id)).audiences:
        raise InvalidInput("account.audience_unknown", field="privacy_level")
    async with session() as s:
        account = await accounts.locked(s, account_id)
        choice = {"privacy_level": level, "privacy_by": actor.name, "privacy_at": clock.now().isoformat()}
        account.options = {**account.options, **choice}
        audit.note(s, actor.email, "account.audience", f"account:{account_id}", level=level)
