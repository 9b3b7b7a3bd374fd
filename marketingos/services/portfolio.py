"""The products page: every product with what it plans, waits for and spends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from marketingos import clock
from marketingos.db import AsyncSession, reading
from marketingos.domain.account import ProductAccount
from marketingos.domain.audit import AuditEntry
from marketingos.domain.cycle import Spend
from marketingos.domain.platform import Platform, in_order
from marketingos.domain.post import Post, Variant, VariantStatus
from marketingos.domain.product import Product, Sketch
from marketingos.domain.slot import Slot
from marketingos.domain.user import Deed, may
from marketingos.services import accounts, autosaas, posts, products, spending
from marketingos.services.people import require
from marketingos.services.views import AccountView, PersonView, ProductView

_STANDING = (VariantStatus.PENDING, VariantStatus.APPROVED)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A product as the list shows it. `per_week` is how many posts its slots and its pace allow; `spent` and `cap` are
    euro of this month (no cap of its own: None). `drawing` says that its first template is on its way, `sketch_error`
    why it is not."""

    product: ProductView
    archived: bool
    from_autosaas: bool
    created_at: datetime
    platforms: tuple[Platform, ...]
    per_week: int
    to_approve: int
    next_at: datetime | None
    spent: float
    cap: float | None
    drawing: bool = False
    sketch_error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """The page. `accounts` are all that are connected; `can_administer` covers money, accounts and what is active."""

    holdings: tuple[Holding, ...]
    accounts: tuple[tuple[AccountView, str], ...]
    can_edit: bool
    can_administer: bool
    can_generate: bool
    revision: str


async def overview(actor: PersonView) -> Portfolio:
    """Every product by name, the archived ones too."""
    require(actor, Deed.LOOK)
    async with reading() as s:
        rows = (await s.exec(select(Product).order_by(Product.name))).all()
        connected = (await s.exec(accounts.connected())).all()
        return Portfolio(
            holdings=await _holdings(s, rows),
            accounts=tuple((accounts.view(row), row.external_id) for row in connected),
            can_edit=may(actor.role, Deed.EDIT),
            can_administer=may(actor.role, Deed.ADMINISTER),
            can_generate=may(actor.role, Deed.GENERATE),
            revision=await _revision(s),
        )


async def revision() -> str:
    """Changes whenever a product, its links, its posts or its first template did."""
    async with reading() as s:
        return await _revision(s)


async def _revision(s: AsyncSession) -> str:
    counted = select(func.count(col(Product.id)), func.sum(Product.version))
    wished = select(func.count(col(Sketch.product_id)), func.sum(Sketch.tries))
    linked = select(func.count()).select_from(ProductAccount)
    told = [*(await s.exec(counted)).one(), *(await s.exec(wished)).one(), (await s.exec(linked)).one()]
    return f"{'-'.join(str(part or 0) for part in told)} {await posts.revision_in(s)}"


async def _holdings(s: AsyncSession, rows: Sequence[Product]) -> tuple[Holding, ...]:
    ids = [row.id or 0 for row in rows]
    linked = await accounts.accounts_of(s, ids)
    slots = dict((await s.exec(select(Slot.product_id, func.count()).group_by(col(Slot.product_id)))).all())
    waiting, ahead, spent = await _waiting(s), await _next(s), await _spent(s)
    added = select(AuditEntry.subject).where(AuditEntry.actor == autosaas.ACTOR, AuditEntry.action == "product.add")
    registered = set((await s.exec(added)).all())
    sketches = {row.product_id: row for row in (await s.exec(select(Sketch))).all()}
    found = []
    for row, mine in zip(rows, ids, strict=True):
        sketch, count = sketches.get(mine), slots.get(mine, 0)
        found.append(
            Holding(
                product=products.view_of(row),
                archived=row.archived_at is not None,
                from_autosaas=f"product:{mine}" in registered,
                created_at=row.created_at,
                platforms=in_order([account.platform for account in linked[mine]]),
                per_week=min(count, row.posts_per_week) if row.posts_per_week else count,
                to_approve=waiting.get(mine, 0),
                next_at=ahead.get(mine),
                spent=spent.get(mine, 0.0),
                cap=row.ai_budget_month,
                drawing=sketch is not None and sketch.error_key is None,
                sketch_error=sketch.error_key if sketch else None,
            )
        )
    return tuple(found)


async def _waiting(s: AsyncSession) -> Mapping[int, int]:
    """How many posts of each product wait for a person."""
    counted = select(Post.product_id, func.count(func.distinct(Post.id))).join(Variant)
    counted = counted.where(Variant.status == VariantStatus.PENDING, col(Post.scheduled_at) > clock.now())
    return dict((await s.exec(counted.group_by(col(Post.product_id)))).all())


async def _next(s: AsyncSession) -> Mapping[int, datetime]:
    """When the next post of each product is planned."""
    first = select(Post.product_id, func.min(Post.scheduled_at)).join(Variant)
    first = first.where(col(Variant.status).in_(_STANDING), col(Post.scheduled_at) > clock.now())
    return dict((await s.exec(first.group_by(col(Post.product_id)))).all())


async def _spent(s: AsyncSession) -> Mapping[int | None, float]:
    """The euro that each product cost since the organisation's month began."""
    month = col(Spend.at) >= spending.month_of(clock.now())
    summed = select(Spend.product_id, func.sum(Spend.euro)).where(month)
    return dict((await s.exec(summed.group_by(col(Spend.product_id)))).all())
