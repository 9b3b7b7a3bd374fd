"""Connected accounts: what they are, which products publish on them, and what is known of their permissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import ColumnElement, update
from sqlmodel import col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from marketingos import adapters, clock, log, vault
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.account import Account, AccountKind, AccountState, ProductAccount
from marketingos.domain.delivery import NEEDS_RECONNECTION, Delivery, DeliveryStatus
from marketingos.domain.permission import PROVIDERS, Permit
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Grant
from marketingos.domain.product import Product
from marketingos.domain.user import Deed
from marketingos.errors import NotFound, OutsideError
from marketingos.services import audit, withdrawal
from marketingos.services.people import require
from marketingos.services.views import AccountView, PersonView

logger = log.get_logger(__name__)


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
    refresh_expires_at: datetime | None = None,
    data_access_expires_at: datetime | None = None,
    grantor_id: str | None = None,
    actor: str = audit.SYSTEM,
) -> AccountView:
    """Connects an account, or renews the permission of one that is connected, and links it to products by name.

    The token is taken as good: who calls this has tried it. What waited for this permission goes on.
    """
    permit = Permit(
        token=token,
        expires_at=expires_at,
        refresh_token=refresh_token,
        refresh_expires_at=refresh_expires_at,
        data_access_expires_at=data_access_expires_at,
        scopes=tuple(scopes),
        grantor_id=grantor_id,
    )
    async with session() as s:
        now = clock.now()
        account = await _known(s, platform, external_id) or Account(
            platform=platform, kind=kind, external_id=external_id, name=name, sealed_token="", connected_at=now
        )
        account.name, account.handle, account.kind = name, handle or account.handle, kind
        account.followers = followers if followers is not None else account.followers
        account.parent_external_id = parent_external_id or account.parent_external_id
        account.options = {**account.options, **(options or {})}
        account.connected_at, account.connected_by = now, actor
        take_permit(account, permit)
        s.add(account)
        await s.flush()
        await _link(s, _id(account), products)
        await release(s, account)
        audit.note(s, actor, "account.connect", f"account:{account.id}", platform=platform.value)
    return view(account)


def take_permit(account: Account, permit: Permit) -> None:
    """Puts a new permission in the place of the old one. A refresh token that stays the same keeps its end."""
    stays = permit.refresh_token is not None and permit.refresh_token == refresh_token_of(account)
    if not (stays and account.refresh_expires_at):
        account.refresh_expires_at = permit.refresh_expires_at
    account.sealed_token = vault.seal(permit.token)
    account.sealed_refresh_token = vault.seal(permit.refresh_token) if permit.refresh_token else None
    account.token_expires_at = permit.expires_at
    account.data_access_expires_at = permit.data_access_expires_at
    account.scopes = permit.scopes or account.scopes
    account.grantor_id = permit.grantor_id or account.grantor_id
    account.renewed_at = account.checked_at = clock.now()
    account.renewing_until = None
    account.state, account.state_reason = AccountState.ACTIVE, None


async def release(s: AsyncSession, account: Account) -> None:
    """Lets go on what was held for want of this account's permission."""
    held = (Delivery.account_id == account.id, col(Delivery.hold_reason).in_(NEEDS_RECONNECTION))
    rows = (await s.exec(select(Delivery).where(Delivery.status == DeliveryStatus.HELD, *held).with_for_update())).all()
    for delivery in rows:
        delivery.release(clock.now())
    await withdrawal.tell(s, rows)


async def list_accounts() -> tuple[AccountView, ...]:
    """Every connected account, by platform and name."""
    async with reading() as s:
        rows = (await s.exec(connected())).all()
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


async def set_products(actor: PersonView, account_id: int, product_ids: Sequence[int]) -> None:
    """Which products publish on an account from now on; what is approved already keeps its way."""
    require(actor, Deed.ADMINISTER)
    async with session() as s:
        await locked(s, account_id)
        known = (await s.exec(select(Product.id).where(col(Product.id).in_(product_ids)))).all()
        await _count_saves(s, account_id, known)
        await s.exec(delete(ProductAccount).where(col(ProductAccount.account_id) == account_id))
        for product_id in known:
            s.add(ProductAccount(product_id=product_id or 0, account_id=account_id))
        audit.note(s, actor.email, "account.products", f"account:{account_id}", products=list(known))


async def remove(actor: PersonView, account_id: int) -> None:
    """Disconnects an account: its permission is given back and forgotten, what waited for it goes back to approval, and
    what it published stays on record. `Refused` while a post is on its way."""
    require(actor, Deed.ADMINISTER)
    async with session() as s:
        account = await locked(s, account_id)
        await withdrawal.withdraw(s, col(Delivery.account_id) == account_id, busy="account.busy")
        grant = grant_of(account) if await _is_alone(s, account) else None
        authorizer = adapters.authorizer_for(PROVIDERS[account.kind])
        _forget(account)
        await s.exec(delete(ProductAccount).where(col(ProductAccount.account_id) == account_id))
        audit.note(s, actor.email, "account.remove", f"account:{account_id}", platform=account.platform.value)
    if grant and authorizer.configured:
        try:
            await authorizer.revoke(grant)
        except OutsideError as error:
            logger.warning("account.not_revoked", account=account_id, error=error.key, diagnostic=error.diagnostic)


def connected(*order: ColumnElement[Any]) -> SelectOfScalar[Account]:
    """Selects the connected accounts, by platform and name or in another order."""
    usual = (col(Account.platform), col(Account.name), col(Account.id))
    return select(Account).where(Account.state != AccountState.REMOVED).order_by(*(order or usual))


async def locked(s: AsyncSession, account_id: int) -> Account:
    """A connected account, locked against everybody else; `NotFound` when there is none."""
    statement = select(Account).where(Account.id == account_id, Account.state != AccountState.REMOVED)
    account = (await s.exec(statement.with_for_update(key_share=True))).first()
    if account is None:
        raise NotFound()
    return account


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
        expires_at=account.token_expires_at,
    )


def refresh_token_of(account: Account) -> SecretStr | None:
    """What renews the account's token, opened; None when only a person can."""
    return vault.unseal(account.sealed_refresh_token) if account.sealed_refresh_token else None


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


# -- disconnecting -----------------------------------------------------------------------------------------------------


def _forget(account: Account) -> None:
    account.sealed_token, account.sealed_refresh_token = "", None
    account.token_expires_at = account.refresh_expires_at = account.data_access_expires_at = None
    account.scopes, account.grantor_id = (), None
    account.state, account.state_reason = AccountState.REMOVED, None


async def _is_alone(s: AsyncSession, account: Account) -> bool:
    """Whether no other account lives by the same consent. TikTok's is for one creator; another provider's may be for
    many, and giving it back would end them all."""
    if account.kind is AccountKind.CREATOR:
        return True
    provider = PROVIDERS[account.kind]
    return not any(o.id != account.id and PROVIDERS[o.kind] is provider for o in (await s.exec(connected())).all())


# -- pieces ------------------------------------------------------------------------------------------------------------


async def _known(s: AsyncSession, platform: Platform, external_id: str) -> Account | None:
    statement = select(Account).where(Account.platform == platform, Account.external_id == external_id)
    return (await s.exec(statement.with_for_update(key_share=True))).first()


async def _count_saves(s: AsyncSession, account_id: int, product_ids: Sequence[int | None]) -> None:
    """Links are part of a product's sheet: who has it open meanwhile must not undo the change unseen."""
    linked = select(ProductAccount.product_id).where(ProductAccount.account_id == account_id)
    touched = set((await s.exec(linked)).all()) ^ set(product_ids)
    await s.exec(update(Product).where(col(Product.id).in_(touched)).values(version=Product.version + 1))


async def _link(s: AsyncSession, account_id: int, products: Sequence[str]) -> None:
    rows = (await s.exec(select(Product.id).where(col(Product.name).in_(products)))).all() if products else []
    for product_id in rows:
        await s.merge(ProductAccount(product_id=product_id or 0, account_id=account_id))


def _id(account: Account) -> int:
    assert account.id is not None
    return account.id
