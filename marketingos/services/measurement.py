"""Measuring: reading what platforms count, and turning readings into the figures of a period.

Readings are cumulative and appended; every figure here is a difference between readings. A post that was not read in a
span contributes nothing to it, and a span in which nothing was read is None, never zero.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from sqlalchemy import func
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import adapters, clock, log
from marketingos.db import AsyncSession, claimable, reading, session
from marketingos.domain.account import Account, AccountState
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.media import Media
from marketingos.domain.performance import Metrics, Reading, as_columns, next_reading, total
from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import Post, Variant
from marketingos.domain.product import Product
from marketingos.domain.slot import resolve
from marketingos.domain.user import Deed
from marketingos.errors import OutsideError, TokenRejected
from marketingos.services import accounts, media, products
from marketingos.services.people import require
from marketingos.services.views import (
    DayView,
    EngagementView,
    MomentView,
    PersonView,
    PlatformFigures,
    PostFigures,
    ProductView,
)
from marketingos.settings import get_settings

logger = log.get_logger(__name__)

BATCH = 400
MOMENTS = 60
"""Most points of the live chart."""

SPANS = (timedelta(hours=1), timedelta(hours=24), timedelta(days=7))
ENOUGH = 6
"""Readings in a span of the live chart that are enough to show movement."""


# -- reading -----------------------------------------------------------------------------------------------------------


async def measure_due() -> int:
    """Reads the published posts that are due, in as few calls as each platform allows; answers how many it read."""
    due = await _take_due()
    by_account: dict[int, list[Delivery]] = defaultdict(list)
    for delivery in due:
        by_account[delivery.account_id].append(delivery)
    counts = await asyncio.gather(*(_measure_account(group) for group in by_account.values()))
    return sum(counts)


async def _take_due() -> Sequence[Delivery]:
    """Moves the next reading on before the network is touched, so that no two workers read the same."""
    now = clock.now()
    async with session() as s:
        statement = (
            select(Delivery)
            .join(Account)
            .where(Delivery.status == DeliveryStatus.PUBLISHED, col(Delivery.next_reading_at) <= now)
            .where(Account.state == AccountState.ACTIVE)
            .options(selectinload(Delivery.account))  # type: ignore[arg-type]
            .order_by(col(Delivery.next_reading_at))
            .limit(BATCH)
        )
        due = (await s.exec(claimable(statement))).all()
        for delivery in due:
            delivery.next_reading_at = next_reading(delivery.published_at or now, now)
    return due


async def _measure_account(due: Sequence[Delivery]) -> int:
    """One account's posts; a refusal is noted on the account and never loses a number already read."""
    account = due[0].account
    ids = {d.external_id: d for d in due if d.external_id}
    publisher = adapters.publisher_for(account.platform, media.library())
    try:
        found = await publisher.measure(accounts.grant_of(account), list(ids))
    except TokenRejected as error:
        await _reject(account, error)
        return 0
    except OutsideError as error:
        logger.warning("measurement.failed", account=account.id, error=error.key, diagnostic=error.diagnostic)
        return 0
    return await _append({ids[key].id or 0: metrics for key, metrics in found.items() if key in ids})


async def _append(found: Mapping[int, Metrics]) -> int:
    known = {delivery_id: m for delivery_id, m in found.items() if any(n is not None for n in as_columns(m).values())}
    now = clock.now()
    async with session() as s:
        for delivery_id, metrics in known.items():
            s.add(Reading(delivery_id=delivery_id, taken_at=now, **as_columns(metrics)))
    return len(known)


async def _reject(account: Account, error: OutsideError) -> None:
    async with session() as s:
        accounts.reject_permission(await s.get_one(Account, account.id), error.key)


# -- figures -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Track:
    """One published delivery with its readings, oldest first."""

    delivery: Delivery
    variant: Variant
    post: Post
    readings: tuple[Reading, ...]

    def at(self, instant: datetime) -> Metrics | None:
        """What was last known at an instant; None before the first reading."""
        index = bisect_right(self.readings, instant, key=lambda r: r.taken_at)
        return self.readings[index - 1].metrics if index else None

    def gained(self, start: datetime, end: datetime) -> Metrics | None:
        """What was gained in [start, end); None when nothing was read by its end."""
        after = self.at(end)
        if after is None:
            return None
        before = self.at(start)
        if before is None:
            return after if (self.delivery.published_at or end) >= start else None
        return _difference(after, before)


async def engagement(actor: PersonView, *, days: int = 30, product_id: int | None = None) -> EngagementView:
    """The figures of the last `days` days in the organisation's zone, today included, and of as many before them."""
    require(actor, Deed.LOOK)
    zone = get_settings().timezone
    today = clock.today(zone)
    first, before = today - timedelta(days=days - 1), today - timedelta(days=2 * days - 1)
    edges, edges_before = _edges(first, days, zone), _edges(before, days, zone)
    start_before = edges_before[0]
    async with reading() as s:
        tracks = await _tracks(s, start_before - timedelta(days=30), product_id)
        failed = await _failed(s, edges[0], edges[-1], product_id)
        catalogue = {
            p.id or 0: products.view_of(p) for p in (await s.exec(select(Product).order_by(Product.name))).all()
        }
        pictures = await _thumbnails(s, [t.post.id or 0 for t in tracks if _is_in(t, edges[0], edges[-1])])
    inside = [t for t in tracks if _is_in(t, edges[0], edges[-1])]
    return EngagementView(
        start=first,
        end=today,
        published=len(inside),
        published_before=sum(_is_in(t, start_before, edges[0]) for t in tracks),
        failed=failed,
        totals=_gained(tracks, edges[0], edges[-1]),
        totals_before=_gained(tracks, start_before, edges[0]),
        days=tuple(_days(tracks, first, edges, edges_before)),
        moments=tuple(_moments(inside, clock.now())),
        platforms=tuple(_platforms(tracks, start_before, edges[0], edges[-1])),
        posts=tuple(_figures(t, catalogue, pictures) for t in sorted(inside, key=_weight, reverse=True)),
        products=tuple(p for p in catalogue.values() if p.active),
        measured_at=max((t.readings[-1].taken_at for t in tracks if t.readings), default=None),
        revision=await revision(),
    )


async def revision() -> str:
    """A word that changes whenever a reading arrives."""
    async with reading() as s:
        return str((await s.exec(select(func.max(Reading.id)))).one() or 0)


async def _tracks(s: AsyncSession, since: datetime, product_id: int | None) -> list[Track]:
    statement = (
        select(Delivery, Variant, Post)
        .join(Variant, col(Delivery.variant_id) == Variant.id)
        .join(Post, col(Variant.post_id) == Post.id)
        .where(Delivery.status == DeliveryStatus.PUBLISHED, col(Delivery.published_at) >= since)
    )
    if product_id is not None:
        statement = statement.where(Post.product_id == product_id)
    rows = (await s.exec(statement)).all()
    ids = [delivery.id for delivery, _, _ in rows]
    read = await s.exec(select(Reading).where(col(Reading.delivery_id).in_(ids)).order_by(col(Reading.taken_at)))
    readings: dict[int, list[Reading]] = defaultdict(list)
    for row in read.all():
        readings[row.delivery_id].append(row)
    return [Track(delivery=d, variant=v, post=p, readings=tuple(readings[d.id or 0])) for d, v, p in rows]


async def _failed(s: AsyncSession, start: datetime, end: datetime, product_id: int | None) -> int:
    statement = select(func.count()).select_from(Delivery).join(Variant).join(Post)
    statement = statement.where(
        Delivery.status == DeliveryStatus.FAILED, Delivery.due_at >= start, Delivery.due_at < end
    )
    if product_id is not None:
        statement = statement.where(Post.product_id == product_id)
    return (await s.exec(statement)).one()


async def _thumbnails(s: AsyncSession, post_ids: Sequence[int]) -> dict[int, Media]:
    statement = select(Variant).where(col(Variant.post_id).in_(post_ids)).options(selectinload(Variant.media))  # type: ignore[arg-type]
    variants = (await s.exec(statement)).all()
    ordered = sorted(variants, key=lambda v: v.format is not Format.VIDEO)
    return {v.post_id: v.media[0] for v in ordered if v.media}


def _is_in(track: Track, start: datetime, end: datetime) -> bool:
    return start <= (track.delivery.published_at or end) < end


def _difference(after: Metrics, before: Metrics) -> Metrics:
    """Gains; a platform that corrects a count downwards does not make a negative day."""
    old = as_columns(before)
    gains = {n: None if v is None else max(v - (old[n] or 0), 0) for n, v in as_columns(after).items()}
    return replace(after, **gains)


def _gained(tracks: Iterable[Track], start: datetime, end: datetime) -> Metrics:
    return total(m for t in tracks if (m := t.gained(start, end)))


def _edges(first: date, days: int, zone: str) -> list[datetime]:
    """The midnights that bound `days` days from `first` on."""
    return [resolve(datetime.combine(first + timedelta(days=n), time()), zone) for n in range(days + 1)]


def _days(
    tracks: Sequence[Track], first: date, edges: Sequence[datetime], edges_before: Sequence[datetime]
) -> Iterable[DayView]:
    spans = zip(pairwise(edges), pairwise(edges_before), strict=True)
    for n, ((start, end), (start_before, end_before)) in enumerate(spans):
        yield DayView(
            day=first + timedelta(days=n),
            metrics=_gained(tracks, start, end),
            before=_gained(tracks, start_before, end_before),
            posts=sum(_is_in(t, start, end) for t in tracks),
        )


def _moments(tracks: Sequence[Track], now: datetime) -> Iterable[MomentView]:
    """Total engagement known over time, in at most `MOMENTS` points: over the shortest of `SPANS` in which enough was
    read to show movement, else since the first reading."""
    instants = sorted({r.taken_at for t in tracks for r in t.readings})
    for span in SPANS:
        recent = [i for i in instants if i > now - span]
        if len(recent) >= ENOUGH:
            # What was known when the span began is where its curve starts.
            instants = [now - span, *recent] if instants[0] < recent[0] else recent
            break
    step = max(-(-len(instants) // MOMENTS), 1)
    for instant in instants[::-1][::step][::-1]:
        known = total(m for t in tracks if (m := t.at(instant)))
        if known.engagement is not None:
            yield MomentView(at=instant, engagement=known.engagement)


def _platforms(
    tracks: Sequence[Track], start_before: datetime, start: datetime, end: datetime
) -> Iterable[PlatformFigures]:
    for platform in Platform:
        mine = [t for t in tracks if t.variant.platform is platform]
        yield PlatformFigures(
            platform=platform,
            posts=sum(_is_in(t, start, end) for t in mine),
            metrics=_gained(mine, start, end),
            before=_gained(mine, start_before, start),
            measured_at=max((t.readings[-1].taken_at for t in mine if t.readings), default=None),
        )


def _weight(track: Track) -> int:
    return (track.readings[-1].metrics.engagement or 0) if track.readings else -1


def _figures(track: Track, catalogue: Mapping[int, ProductView], pictures: Mapping[int, Media]) -> PostFigures:
    metrics = track.readings[-1].metrics if track.readings else Metrics()
    picture = pictures.get(track.post.id or 0)
    return PostFigures(
        post_id=track.post.id or 0,
        title=track.post.title,
        product=catalogue[track.post.product_id],
        platform=track.variant.platform,
        published_at=track.delivery.published_at or track.delivery.due_at,
        permalink=track.delivery.permalink,
        thumbnail_url=media.view(picture).thumbnail_url if picture else "",
        metrics=metrics,
    )
