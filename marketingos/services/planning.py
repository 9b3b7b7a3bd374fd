"""Planning: which slots ahead are empty, what the post that fills each should be like, and which suits a post best.

On a national holiday a slot is filled all the same, with a post written for that day: a silent account looks closed,
and an ordinary Monday post on Christmas Day looks absent-minded. The post says so, and a person may still reject it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from marketingos import clock
from marketingos.db import AsyncSession, reading
from marketingos.domain.cycle import Shortfall
from marketingos.domain.holiday import country_of, holiday_on, holidays_after
from marketingos.domain.mix import Factors, next_factors
from marketingos.domain.platform import Platform, in_order
from marketingos.domain.post import Origin, Post
from marketingos.domain.product import Product
from marketingos.domain.slot import Slot, occurrences, resolve
from marketingos.domain.user import Deed
from marketingos.errors import NotFound
from marketingos.services import accounts, learning, products
from marketingos.services.people import require
from marketingos.services.views import FreeSlotView, PersonView
from marketingos.settings import get_settings

LEAD_TIME = timedelta(minutes=45)
"""A slot nearer than this is not filled: a person still has to read what was written."""

_NEIGHBOURHOOD = timedelta(days=30)
_WALL = "%Y-%m-%dT%H:%M"

_A_DAY = timedelta(days=1)

_FORESIGHT = 6
"""Days after a post in which a holiday is worth knowing of."""

_SEARCH, _SOONEST = timedelta(days=21), timedelta(minutes=10)
"""How far ahead, and how near, a slot is looked for when a post that is already there wants one."""

_WORTH_WAITING = {"platform": timedelta(days=3), "holiday": timedelta(days=2), "angle": timedelta(days=1)}
"""How much later a slot may be to be better, for each of the post's platforms that it serves more, for not lying on a
holiday, and for not standing next to a post with the same angle."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """An empty slot and what shall fill it. `slot_key` is the same for everybody who plans it; `holiday` is what its
    day celebrates, and `soon` the holidays of the days after."""

    product_id: int
    slot_key: str
    wall: datetime
    timezone: str
    scheduled_at: datetime
    platforms: tuple[Platform, ...]
    factors: Factors
    holiday: str = ""
    soon: tuple[tuple[date, str], ...] = ()


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
    than the product wants; each differs in every factor from the posts before and after it, and from what was asked in
    vain for the same slot."""
    settings = get_settings()
    end = now + timedelta(days=settings.horizon_days)
    openings = await _openings(s, [product], now + LEAD_TIME, end)
    openings = (await _in_pace(s, product, openings))[: settings.posts_per_cycle]
    told, learned = await _told(s, product, now), await learning.learned(s, product)
    in_vain = await _in_vain(s, [opening.key for opening in openings])
    gaps = []
    for opening in openings:
        turn = 1000 * (product.id or 0) + len(told) + 100 * in_vain[opening.key]
        factors = next_factors(_neighbours(told, opening.scheduled_at), turn, learned)
        told.append((opening.scheduled_at, factors))
        gaps.append(_gap(opening, factors))
    return tuple(gaps)


async def best_slot(
    actor: PersonView, product_id: int, platforms: Sequence[Platform] = (), *, angle: str = ""
) -> FreeSlotView | None:
    """The next good slot for a post of these platforms that is already there: the soonest, unless one that suits it
    better comes little later. None when none is free within three weeks. Raises `NotFound`."""
    require(actor, Deed.LOOK)
    now = clock.now()
    async with reading() as s:
        product = await s.get(Product, product_id)
        if product is None:
            raise NotFound()
        free = await _openings(s, [product], now + _SOONEST, now + _SEARCH)
        told = await _told(s, product, now)
    best = min(free, key=lambda o: o.scheduled_at + _drawback(o, platforms, told, angle), default=None)
    return _view(best) if best else None


def _drawback(
    opening: _Opening, platforms: Sequence[Platform], told: Sequence[tuple[datetime, Factors]], angle: str
) -> timedelta:
    """How much later another slot may be and still be better."""
    missed = len(set(platforms) - set(opening.platforms))
    beside = {f.angle for f in _neighbours(told, opening.scheduled_at)[:2]}
    return (
        missed * _WORTH_WAITING["platform"]
        + bool(_holiday(opening)) * _WORTH_WAITING["holiday"]
        + (angle in beside) * _WORTH_WAITING["angle"]
    )


async def free_slots(
    s: AsyncSession, chosen: Sequence[Product], start: datetime, end: datetime
) -> tuple[FreeSlotView, ...]:
    """The slots of these products in [start, end) that no post fills and an account could serve, oldest first."""
    return tuple(_view(opening) for opening in await _openings(s, chosen, start, end))


def _view(opening: _Opening) -> FreeSlotView:
    return FreeSlotView(
        product=products.view_of(opening.product),
        wall=opening.wall,
        scheduled_at=opening.scheduled_at,
        platforms=opening.platforms,
    )


def _gap(opening: _Opening, factors: Factors) -> Gap:
    product = opening.product
    return Gap(
        product_id=opening.slot.product_id,
        slot_key=opening.key,
        wall=opening.wall,
        timezone=product.timezone,
        scheduled_at=opening.scheduled_at,
        platforms=opening.platforms,
        factors=factors,
        holiday=_holiday(opening),
        soon=holidays_after(opening.wall.date(), _country(product), product.language, _FORESIGHT),
    )


def _holiday(opening: _Opening) -> str:
    return holiday_on(opening.wall.date(), _country(opening.product), opening.product.language)


def _country(product: Product) -> str:
    return product.country or country_of(product.timezone)


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
    """The moments of slots that a post fills, by product: a slot that was taken away and put back is still filled. Its
    product may have moved to another zone since; a day more on both sides covers that."""
    within = (col(Post.scheduled_at) >= start - _A_DAY, col(Post.scheduled_at) < end + _A_DAY)
    filled = select(Post.product_id, Post.slot_key).where(col(Post.slot_key).is_not(None), *within)
    rows = (await s.exec(filled.where(col(Post.product_id).in_(by_id)))).all()
    return {(product_id, str(key).partition(":")[2]) for product_id, key in rows}


async def _in_vain(s: AsyncSession, keys: Sequence[str]) -> Counter[str]:
    """How many cycles already failed to fill each slot."""
    counted = select(Shortfall.slot_key, func.count()).where(col(Shortfall.slot_key).in_(keys))
    return Counter(dict((await s.exec(counted.group_by(col(Shortfall.slot_key)))).all()))


async def _told(s: AsyncSession, product: Product, now: datetime) -> list[tuple[datetime, Factors]]:
    """What the posts around now were made of."""
    around = (col(Post.scheduled_at) > now - _NEIGHBOURHOOD, col(Post.scheduled_at) < now + _NEIGHBOURHOOD)
    statement = select(Post).where(Post.product_id == product.id, Post.origin == Origin.AI, *around)
    rows = (await s.exec(statement.order_by(col(Post.scheduled_at)))).all()
    return [(row.scheduled_at, _factors_of(row)) for row in rows]


def _factors_of(post: Post) -> Factors:
    brief = post.brief
    return Factors(angle=brief.angle, hook_type=brief.hook_type, format=brief.format, cta_type=brief.cta_type)


def _neighbours(told: Sequence[tuple[datetime, Factors]], at: datetime) -> list[Factors]:
    """The post before and the post after first, then the others by how near they are."""
    by_distance = sorted(told, key=lambda entry: abs(entry[0] - at))
    before = next((entry for entry in by_distance if entry[0] <= at), None)
    after = next((entry for entry in by_distance if entry[0] > at), None)
    beside = [entry for entry in by_distance if entry in (before, after)]
    return [factors for _, factors in (*beside, *(entry for entry in by_distance if entry not in beside))]
