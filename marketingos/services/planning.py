"""Planning: which slots ahead are empty, and what the post that fills each should be like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel import col, select

from marketingos.db import AsyncSession
from marketingos.domain.mix import Factors, next_factors
from marketingos.domain.platform import Platform, in_order
from marketingos.domain.post import Origin, Post
from marketingos.domain.product import Product
from marketingos.domain.slot import Slot, occurrences, resolve
from marketingos.services import accounts, products
from marketingos.services.views import FreeSlotView
from marketingos.settings import get_settings

LEAD_TIME = timedelta(minutes=45)
"""A slot nearer than this is not filled: a person still has to read what was written."""

_NEIGHBOURHOOD = timedelta(days=30)
_WALL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """An empty slot and what shall fill it. `slot_key` is the same for everybody who plans it."""

    product_id: int
    slot_key: str
    wall: datetime
    timezone: str
    scheduled_at: datetime
    platforms: tuple[Platform, ...]
    factors: Factors


@dataclass(frozen=True, kw_only=True)
class _Opening:
    """An occurrence of a slot that no post fills."""

    product: Product
    slot: Slot
    wall: datetime
    scheduled_at: datetime
    platforms: tuple[Platform, ...]

    @property
    def key(self) -> str:
        return slot_key(self.slot, self.wall)


def slot_key(slot: Slot, wall: datetime) -> str:
    """The unique name of one occurrence of a slot."""
    return f"{slot.id}:{wall:{_WALL}}"


async def plan(s: AsyncSession, product: Product, now: datetime) -> tuple[Gap, ...]:
    """The empty slots of a product within the horizon, oldest first, at most `POSTS_PER_CYCLE` and no more in a week
    than the product wants; neighbours differ."""
    settings = get_settings()
    end = now + timedelta(days=settings.horizon_days)
    openings = await _openings(s, [product], now + LEAD_TIME, end)
    openings = (await _in_pace(s, product, openings))[: settings.posts_per_cycle]
    told = await _told(s, product, now)
    gaps = []
    for opening in openings:
        turn = 1000 * (product.id or 0) + len(told)
        factors = next_factors(_nearest(told, opening.scheduled_at), turn)
        told.append((opening.scheduled_at, factors))
        gaps.append(_gap(opening, factors))
    return tuple(gaps)


async def free_slots(
    s: AsyncSession, chosen: Sequence[Product], start: datetime, end: datetime
) -> tuple[FreeSlotView, ...]:
    """The slots of these products in [start, end) that no post fills and an account could serve, oldest first."""
    return tuple(
        FreeSlotView(
            product=products.view_of(o.product), wall=o.wall, scheduled_at=o.scheduled_at, platforms=o.platforms
        )
        for o in await _openings(s, chosen, start, end)
    )


def _gap(opening: _Opening, factors: Factors) -> Gap:
    return Gap(
        product_id=opening.slot.product_id,
        slot_key=opening.key,
        wall=opening.wall,
        timezone=opening.product.timezone,
        scheduled_at=opening.scheduled_at,
        platforms=opening.platforms,
        factors=factors,
    )


async def _openings(s: AsyncSession, chosen: Sequence[Product], start: datetime, end: datetime) -> list[_Opening]:
    by_id = {product.id or 0: product for product in chosen}
    linked = {
        product_id: {account.platform for account in found}
        for product_id, found in (await accounts.accounts_of(s, list(by_id))).items()
    }
    slots = (await s.exec(select(Slot).where(col(Slot.product_id).in_(by_id)).order_by(col(Slot.id)))).all()
    taken = await _taken(s, by_id, start, end)
    found = [o for slot in slots for o in _served(by_id[slot.product_id], slot, linked, start, end)]
    free = (o for o in found if (o.slot.product_id, f"{o.wall:{_WALL}}") not in taken)
    return sorted(free, key=lambda o: (o.scheduled_at, o.slot.id))


async def _in_pace(s: AsyncSession, product: Product, openings: list[_Opening]) -> list[_Opening]:
    """Those that a week still has room for, the earliest first; weeks begin on Monday, on the product's calendar."""
    if product.posts_per_week is None or not openings:
        return openings
    first = monday(openings[0].wall)
    planned = select(Post.wall_time).where(Post.product_id == product.id, col(Post.slot_key).is_not(None))
    since = (await s.exec(planned.where(col(Post.wall_time) >= f"{first:{_WALL}}"))).all()
    weeks = Counter(monday(datetime.fromisoformat(wall)) for wall in since)
    kept = []
    for opening in openings:
        week = monday(opening.wall)
        if weeks[week] < product.posts_per_week:
            weeks[week] += 1
            kept.append(opening)
    return kept


def monday(wall: datetime) -> datetime:
    """When the week of a wall-clock time began."""
    return datetime.combine(wall.date() - timedelta(days=wall.weekday()), time())


def _served(
    product: Product, slot: Slot, linked: Mapping[int, set[Platform]], start: datetime, end: datetime
) -> Iterator[_Opening]:
    """The occurrences of a slot, with those of its platforms that have an account; none without any."""
    platforms = in_order([p for p in slot.platforms if p in linked[slot.product_id]])
    if not platforms:
        return
    for wall in occurrences(slot, product.timezone, start, end):
        instant = resolve(wall, product.timezone)
        yield _Opening(product=product, slot=slot, wall=wall, scheduled_at=instant, platforms=platforms)


async def _taken(s: AsyncSession, by_id: Mapping[int, Product], start: datetime, end: datetime) -> set[tuple[int, str]]:
    """The moments of slots that a post fills, by product: a slot that was taken away and put back is still filled."""
    within = (col(Post.scheduled_at) >= start, col(Post.scheduled_at) < end)
    filled = select(Post.product_id, Post.slot_key).where(col(Post.slot_key).is_not(None), *within)
    rows = (await s.exec(filled.where(col(Post.product_id).in_(by_id)))).all()
    return {(product_id, str(key).partition(":")[2]) for product_id, key in rows}


async def _told(s: AsyncSession, product: Product, now: datetime) -> list[tuple[datetime, Factors]]:
    """What the posts around now were made of."""
    around = (col(Post.scheduled_at) > now - _NEIGHBOURHOOD, col(Post.scheduled_at) < now + _NEIGHBOURHOOD)
    statement = select(Post).where(Post.product_id == product.id, Post.origin == Origin.AI, *around)
    rows = (await s.exec(statement.order_by(col(Post.scheduled_at)))).all()
    return [(row.scheduled_at, _factors_of(row)) for row in rows]


def _factors_of(post: Post) -> Factors:
    brief = post.brief
    return Factors(angle=brief.angle, hook_type=brief.hook_type, format=brief.format, cta_type=brief.cta_type)


def _nearest(told: Sequence[tuple[datetime, Factors]], at: datetime) -> list[Factors]:
    return [factors for _, factors in sorted(told, key=lambda entry: abs(entry[0] - at))]
