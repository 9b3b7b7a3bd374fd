"""Connected accounts and their permissions. Clear tokens exist only inside a `Grant`, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlmodel import col, select

from marketingos import clock, vault
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.account import Account, AccountKind, AccountState, ProductAccount
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Grant
from marketingos.domain.product import Product
from marketingos.services import audit
from marketingos.services.views import AccountView


async def connect(
    *,
    platform: Platform,
    kind: AccountKind,
    external_id: str,
    name: str,
    token: SecretStr,
    handle: str = "",
    refresh_token: SecretStr | None = None,
    expires_at: datetime | None = None,
    scopes: Sequence[str] = (),
    parent_external_id: str | None = None,
    followers: int | None = None,
    options: Mapping[str, Any] | None = None,
    products: Sequence[str] = (),
) -> AccountView:
    """Connects an account, or renews the permission of one that is connected, and links it to products by name."""
    async with session() as s:
        known = select(Account).where(Account.platform == platform, Account.external_id == external_id)
        account = (await s.exec(known)).first() or Account(
            platform=platform, kind=kind, external_id=external_id, name=name, sealed_token="", connected_at=clock.now()
        )
        account.name, account.handle, account.kind = name, handle or account.handle, kind
        account.followers = followers if followers is not None else account.followers
        account.parent_external_id = parent_external_id or account.parent_external_id
        account.options = {**account.options, **(options or {})}
        account.scopes = tuple(scopes) or account.scopes
        account.sealed_token = vault.seal(token)
        account.sealed_refresh_token = vault.seal(refresh_token) if refresh_token else account.sealed_refresh_token
        account.token_expires_at = expires_at
        account.state, account.state_reason = AccountState.ACTIVE, None
        s.add(account)
        await s.flush()
        await _link(s, _id(account), products)
        audit.note(s, audit.SYSTEM, "account.connect", f"account:{account.id}", platform=platform.value)
    return view(account)


async def list_accounts() -> tuple[AccountView, ...]:
    """Every connected account, by platform and name."""
    async with reading() as s:
        rows = (await s.exec(select(Account).order_by(col(Account.platform), col(Account.name)))).all()
    return tuple(view(row) for row in rows)


async def accounts_of(s: AsyncSession, product_ids: Sequence[int]) -> Mapping[int, tuple[Account, ...]]:
    """The accounts that products publish on, by product id."""
    statement = (
        select(ProductAccount.product_id, Account)
        .join(Account, col(ProductAccount.account_id) == Account.id)
        .where(col(ProductAccount.product_id).in_(product_ids))
        .order_by(col(Account.id))
    )
    found: dict[int, tuple[Account, ...]] = dict.fromkeys(product_ids, ())
    for product_id, account in (await s.exec(statement)).all():
        found[product_id] += (account,)
    return found


def secret(clear: str) -> SecretStr:
    """A clear token, wrapped so that no log or repr shows it."""
    return SecretStr(clear)


def grant_of(account: Account) -> Grant:
    """The right to act for an account, its token opened."""
    return Grant(
        account_id=_id(account),
        kind=account.kind,
        external_id=account.external_id,
        token=vault.unseal(account.sealed_token),
        handle=account.handle,
        parent_external_id=account.parent_external_id,
        options=dict(account.options),
    )


def reject_permission(account: Account, reason: str) -> None:
    """The platform refused the account's token: it waits for a person to reconnect."""
    account.state, account.state_reason = AccountState.NEEDS_RECONNECT, reason


def view(account: Account) -> AccountView:
    """The account without its secrets."""
    return AccountView(
        id=_id(account),
        platform=account.platform,
        name=account.name,
        handle=account.handle,
        followers=account.followers,
        working=account.state is AccountState.ACTIVE,
        privacy=str(account.options.get("privacy_level", "")),
    )


async def _link(s: AsyncSession, account_id: int, products: Sequence[str]) -> None:
    rows = (await s.exec(select(Product.id).where(col(Product.name).in_(products)))).all() if products else []
    for product_id in rows:
        await s.merge(ProductAccount(product_id=product_id or 0, account_id=account_id))


def _id(account: Account) -> int:
    assert account.id is not None
    return account.id
