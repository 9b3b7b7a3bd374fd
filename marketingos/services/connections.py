"""The accounts page: every account with its permission, what is scheduled on it, and what would not go out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_
from sqlmodel import col, select

from marketingos import adapters, clock
from marketingos.db import AsyncSession, reading
from marketingos.domain.account import Account, ProductAccount
from marketingos.domain.audit import AuditEntry
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.pause import EVERYTHING, Scope
from marketingos.domain.permission import PROVIDERS, Provider, ends_at, granted, health_of, would_not_go_out
from marketingos.domain.platform import Platform
from marketingos.domain.post import Post, Variant
from marketingos.domain.product import Product
from marketingos.domain.user import Deed, may
from marketingos.services import accounts, creators, pauses, posts, products
from marketingos.services.connection_views import ConnectionsView, ConnectionView, DueView
from marketingos.services.people import require
from marketingos.services.views import AccountView, PersonView, ProductView

HORIZON: Final = timedelta(days=60)
"""How far ahead the page looks."""

_SCHEDULED = (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING, DeliveryStatus.HELD, DeliveryStatus.SENDING)


async def overview(actor: PersonView) -> ConnectionsView:
    """Every connected account, in the order of platforms and by name, with the next sixty days."""
    require(actor, Deed.LOOK)
    now = clock.now()
    async with reading() as s:
        rows = await _rows(s, now)
        catalogue = await _products(s)
        moved = await _revision(s)
    return ConnectionsView(
        rows=rows,
        products=tuple(catalogue.values()),
        configured=tuple(p for p in Provider if adapters.authorizer_for(p).configured),
        now=now,
        until=now + HORIZON,
        can_connect=may(actor.role, Deed.ADMINISTER),
        can_choose=may(actor.role, Deed.APPROVE),
        revision=moved,
    )


async def every() -> tuple[ConnectionView, ...]:
    """The same accounts for who needs no page."""
    async with reading() as s:
        return await _rows(s, clock.now())


async def revision() -> str:
    """A word that changes whenever an account or what is scheduled does."""
    async with reading() as s:
        return await _revision(s)


async def _revision(s: AsyncSession) -> str:
    about = or_(col(AuditEntry.action).startswith("account."), col(AuditEntry.action).startswith("pause."))
    deeds = select(func.max(AuditEntry.id)).where(about)
    looked = select(func.max(Account.checked_at), func.max(Account.resting_until), func.count(col(Account.id)))
    return f"{(await s.exec(deeds)).one()} {tuple((await s.exec(looked)).one())} {await posts.revision_in(s)}"


async def _rows(s: AsyncSession, now: datetime) -> tuple[ConnectionView, ...]:
    rows = (await s.exec(accounts.connected())).all()
    due, links, catalogue = await _due(s, now), await _links(s), await _products(s)
    creative = [a.id or 0 for a in rows if a.platform is Platform.TIKTOK]
    private_only = await creators.private_only(s, creative)
    own, scopes = await pauses.of_accounts(s), await pauses.scopes(s)
    ordered = sorted(rows, key=lambda a: list(Platform).index(a.platform))
    uses = {a.id: tuple(catalogue[p] for p in links[a.id or 0] if p in catalogue) for a in ordered}
    views = (_row(a, uses[a.id], due[a.id or 0], a.id in private_only, now) for a in ordered)
    return tuple(replace(v, pause_id=own.get(v.account.id), paused=_is_paused(v.account, scopes)) for v in views)


def _is_paused(account: AccountView, scopes: pauses.Standing) -> bool:
    """Whether it is stopped whole, though not everything is."""
    whole = Scope(platform=account.platform, account_id=account.id)
    return any(scope != EVERYTHING and scope.covers(whole) for scope in scopes)


async def _due(s: AsyncSession, now: datetime) -> Mapping[int, list[DueView]]:
    """By account, what is scheduled on it, the next first."""
    statement = (
        select(Delivery.account_id, Delivery.due_at, Post.id, Post.title)
        .join(Variant, col(Variant.id) == Delivery.variant_id)
        .join(Post, col(Post.id) == Variant.post_id)
        .where(col(Delivery.status).in_(_SCHEDULED), Delivery.due_at <= now + HORIZON)
        .order_by(col(Delivery.due_at))
    )
    found: dict[int, list[DueView]] = defaultdict(list)
    for account_id, due_at, post_id, title in (await s.exec(statement)).all():
        found[account_id].append(DueView(post_id=post_id or 0, title=title, at=max(due_at, now)))
    return found


async def _links(s: AsyncSession) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for link in (await s.exec(select(ProductAccount).order_by(col(ProductAccount.product_id)))).all():
        found[link.account_id].append(link.product_id)
    return found


async def _products(s: AsyncSession) -> dict[int, ProductView]:
    rows = await s.exec(select(Product).where(col(Product.archived_at).is_(None)).order_by(Product.name))
    return {row.id or 0: products.view_of(row) for row in rows.all()}


def _row(
    account: Account, uses: tuple[ProductView, ...], due: Sequence[DueView], private_only: bool, now: datetime
) -> ConnectionView:
    given, missing = granted(account.kind, account.scopes)
    chosen = account.options.get("privacy_at")
    moments = [view.at for view in due]
    lost = would_not_go_out(account, moments)
    return ConnectionView(
        account=accounts.view(account),
        external_id=account.external_id,
        kind=account.kind,
        provider=PROVIDERS[account.kind],
        products=uses,
        health=health_of(account, now),
        reason=account.state_reason,
        ends_at=ends_at(account),
        renews=account.sealed_refresh_token is not None,
        granted=given,
        missing=missing if account.scopes else (),
        connected_at=account.connected_at,
        connected_by=account.connected_by,
        checked_at=account.checked_at,
        due=tuple(moments),
        lost=lost,
        lost_posts=tuple(view for view in due if view.at in lost),
        audience=str(account.options.get("privacy_level", "")),
        audience_by=str(account.options.get("privacy_by", "")),
        audience_at=datetime.fromisoformat(chosen) if chosen else None,
        private_only=private_only,
        resting_until=account.resting_until if account.rests(now) else None,
        rest_reason=account.rest_reason if account.rests(now) else None,
    )
