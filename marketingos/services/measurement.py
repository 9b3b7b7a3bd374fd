"""Measuring: reading what platforms count, and turning readings into the figures of a period.

Readings are cumulative and appended; every figure here is a difference between readings. A post that was not read in a
span contributes nothing to it, and a span in which nothing was read is None, never zero.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import sqlalchemy as sql
from sqlalchemy import func
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import adapters, clock, log
from marketingos.db import AsyncSession, claimable, reading, session
from marketingos.domain.account import Account, AccountState
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.media import Media
from marketingos.domain.performance import Metrics, Reading, as_columns, next_reading
from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import Post, Variant, VariantMedia
from marketingos.domain.product import Product
from marketingos.domain.slot import resolve
from marketingos.domain.track import COUNTS, Counts, Track, summed
from marketingos.domain.user import Deed
from marketingos.errors import OutsideError
from marketingos.services import accounts, media, permissions, products
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
RETRY = timedelta(minutes=5)
"""When a reading that failed is tried again."""

ENOUGH = 6
"""Readings in a span of the live chart that are enough to show movement."""


# -- reading -----------------------------------------------------------------------------------------------------------


async def measure_due() -> int:
    """Reads the published posts that are due, in as few calls as each platform allows; answers how many it read."""
    due = await _take_due()
    by_account: dict[int, list[Delivery]] = defaultdict(list)
    for delivery in due:
        by_account[delivery.account_id].append(delivery)
    counts = await asyncio.gather(*(_measure_alone(group) for group in by_account.values()))
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
        due = (await s.exec(claimable(statement, of=Delivery))).all()
        for delivery in due:
            delivery.next_reading_at = next_reading(delivery.published_at or now, now)
    return due


async def _measure_alone(due: Sequence[Delivery]) -> int:
    """One account's posts; whatever goes wrong with them is its own trouble, and no other account's."""
    try:
        return await _measure_account(due)
    except Exception:
        logger.exception("measurement.broke", account=due[0].account_id)
        return 0


async def _measure_account(due: Sequence[Delivery]) -> int:
    """One account's posts; a refusal is noted on the account and never loses a number already read."""
    account = due[0].account
    ids = {d.external_id: d for d in due if d.external_id}
    publisher = permissions.kept(adapters.publisher_for(account.platform, media.library()))
    try:
        found = await publisher.measure(accounts.grant_of(account), list(ids))
    except OutsideError as error:
        logger.warning("measurement.failed", account=account.id, error=error.key, diagnostic=error.diagnostic)
        await _ask_again_soon(due)
        return 0
    return await _append({ids[key].id or 0: metrics for key, metrics in found.items() if key in ids})


async def _ask_again_soon(due: Sequence[Delivery]) -> None:
    """A reading that failed is not lost: it is tried again before the ladder's next rung."""
    soon = clock.now() + RETRY
    async with session() as s:
        for row in (await s.exec(select(Delivery).where(col(Delivery.id).in_([d.id for d in due])))).all():
            row.next_reading_at = min(row.next_reading_at or soon, soon)


async def _append(found: Mapping[int, Metrics]) -> int:
    known = {delivery_id: m for delivery_id, m in found.items() if any(n is not None for n in as_columns(m).values())}
    now = clock.now()
    async with session() as s:
        for delivery_id, metrics in known.items():
            s.add(Reading(delivery_id=delivery_id, taken_at=now, **as_columns(metrics)))
    return len(known)


# -- figures -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Outing:
    """A published delivery with its readings."""

    track: Track
    platform: Platform
    permalink: str | None
    post_id: int
    title: str
    product_id: int

    def is_in(self, start: datetime, end: datetime) -> bool:
        """Whether it went out in [start, end)."""
        return start <= self.track.published_at < end


async def engagement(actor: PersonView, *, days: int = 30, product_id: int | None = None) -> EngagementView:
    """The figures of the last `days` days in the organisation's zone, today included, and of as many before them."""
    require(actor, Deed.LOOK)
    zone = get_settings().timezone
    today = clock.today(zone)
    first, before = today - timedelta(days=days - 1), today - timedelta(days=2 * days - 1)
    edges, edges_before = _edges(first, days, zone), _edges(before, days, zone)
    start_before = edges_before[0]
    async with reading() as s:
        outings = await _outings(s, start_before - timedelta(days=30), product_id)
        failed = await _failed(s, edges[0], edges[-1], product_id)
        rows = (await s.exec(select(Product).order_by(Product.name))).all()
        inside = [o for o in outings if o.is_in(edges[0], edges[-1])]
        pictures = await _thumbnails(s, {o.post_id for o in inside})
    catalogue = {p.id or 0: products.view_of(p) for p in rows}
    return EngagementView(
        start=first,
        end=today,
        published=len(inside),
        published_before=sum(o.is_in(start_before, edges[0]) for o in outings),
        failed=failed,
        totals=_gained(outings, edges[0], edges[-1]),
        totals_before=_gained(outings, start_before, edges[0]),
        days=tuple(_days(outings, first, edges, edges_before)),
        moments=tuple(_moments([o.track for o in inside], clock.now())),
        platforms=tuple(_platforms(outings, start_before, edges[0], edges[-1])),
        posts=tuple(_figures(o, catalogue, pictures) for o in sorted(inside, key=_weight, reverse=True)),
        products=tuple(p for p in catalogue.values() if p.active),
        measured_at=_last_read(outings),
        revision=await revision(),
    )


async def revision() -> str:
    """A word that changes whenever a reading arrives."""
    async with reading() as s:
        return str((await s.exec(select(func.max(Reading.id)))).one() or 0)


async def _outings(s: AsyncSession, since: datetime, product_id: int | None) -> list[Outing]:
    """What went out since, and all that was read of it. Columns, not rows: there are thousands of readings."""
    out = (
        sql.select(
            col(Delivery.id), col(Delivery.published_at), col(Delivery.permalink), col(Variant.platform),
            col(Post.id), col(Post.title), col(Post.product_id),
        )
        .join(Variant, col(Delivery.variant_id) == col(Variant.id))
        .join(Post, col(Variant.post_id) == col(Post.id))
        .where(col(Delivery.status) == DeliveryStatus.PUBLISHED, col(Delivery.published_at) >= since)
    )  # fmt: skip
    if product_id is not None:
        out = out.where(col(Post.product_id) == product_id)
    rows = (await s.exec(out)).all()  # type: ignore[call-overload]
    readings = await _readings(s, out.with_only_columns(col(Delivery.id)))
    return [
        Outing(
            track=Track(published_at=at, times=tuple(readings[delivery]), counts=tuple(readings[delivery].values())),
            platform=platform,
            permalink=permalink,
            post_id=post,
            title=title,
            product_id=product,
        )
        for delivery, at, permalink, platform, post, title, product in rows
    ]


async def _readings(s: AsyncSession, deliveries: sql.Select[tuple[int | None]]) -> dict[int, dict[datetime, Counts]]:
    """The counts of each delivery by the time they were taken, oldest first."""
    numbers = [getattr(Reading, name) for name in COUNTS]
    chosen = sql.select(col(Reading.delivery_id), col(Reading.taken_at), *numbers)
    chosen = chosen.where(col(Reading.delivery_id).in_(deliveries)).order_by(col(Reading.taken_at))
    rows = (await s.exec(chosen)).all()  # type: ignore[call-overload]
    found: dict[int, dict[datetime, Counts]] = defaultdict(dict)
    for delivery, taken_at, *counts in rows:
        found[delivery][taken_at] = tuple(counts)
    return found


async def _failed(s: AsyncSession, start: datetime, end: datetime, product_id: int | None) -> int:
    statement = select(func.count()).select_from(Delivery).join(Variant).join(Post)
    statement = statement.where(
        Delivery.status == DeliveryStatus.FAILED, Delivery.due_at >= start, Delivery.due_at < end
    )
    if product_id is not None:
        statement = statement.where(Post.product_id == product_id)
    return (await s.exec(statement)).one()


async def _thumbnails(s: AsyncSession, post_ids: Collection[int]) -> dict[int, Media]:
    """A picture of each post; the still of a video where it has nothing else."""
    chosen = (
        sql.select(col(Variant.post_id), col(Variant.format), Media)
        .join(VariantMedia, col(VariantMedia.media_id) == col(Media.id))
        .join(Variant, col(VariantMedia.variant_id) == col(Variant.id))
        .where(col(Variant.post_id).in_(post_ids))
        .order_by(col(VariantMedia.position).desc(), col(Variant.id).desc())
    )
    found = (await s.exec(chosen)).all()  # type: ignore[call-overload]
    return {post: picture for post, _, picture in sorted(found, key=lambda row: row[1] is not Format.VIDEO)}


def _gained(outings: Iterable[Outing], start: datetime, end: datetime) -> Metrics:
    return summed(o.track.gained(start, end) for o in outings)


def _last_read(outings: Iterable[Outing]) -> datetime | None:
    return max((o.track.times[-1] for o in outings if o.track.times), default=None)


def _edges(first: date, days: int, zone: str) -> list[datetime]:
    """The midnights that bound `days` days from `first` on."""
    return [resolve(datetime.combine(first + timedelta(days=n), time()), zone) for n in range(days + 1)]


def _days(
    outings: Sequence[Outing], first: date, edges: Sequence[datetime], edges_before: Sequence[datetime]
) -> Iterable[DayView]:
    spans = zip(pairwise(edges), pairwise(edges_before), strict=True)
    for n, ((start, end), (start_before, end_before)) in enumerate(spans):
        yield DayView(
            day=first + timedelta(days=n),
            metrics=_gained(outings, start, end),
            before=_gained(outings, start_before, end_before),
            posts=sum(o.is_in(start, end) for o in outings),
        )


def _moments(tracks: Sequence[Track], now: datetime) -> Iterable[MomentView]:
    """Total engagement known over time, in at most `MOMENTS` points: over the shortest of `SPANS` in which enough was
    read to show movement, else since the first post went out, when there was none."""
    instants = sorted({at for track in tracks for at in track.times})
    if not instants:
        return
    born = min(track.published_at for track in tracks)
    start = next((now - span for span in SPANS if len(instants) - bisect_right(instants, now - span) >= ENOUGH), born)
    recent = [max(start, born), *instants[bisect_right(instants, start) :]]
    step = -(-len(recent) // MOMENTS)
    for instant in recent[::-1][::step][::-1]:
        known = summed(track.at(instant) for track in tracks).engagement
        if known is not None or instant == born:
            yield MomentView(at=instant, engagement=known or 0)


def _platforms(
    outings: Sequence[Outing], start_before: datetime, start: datetime, end: datetime
) -> Iterable[PlatformFigures]:
    for platform in Platform:
        mine = [o for o in outings if o.platform is platform]
        yield PlatformFigures(
            platform=platform,
            posts=sum(o.is_in(start, end) for o in mine),
            metrics=_gained(mine, start, end),
            before=_gained(mine, start_before, start),
            measured_at=_last_read(mine),
        )


def _weight(outing: Outing) -> int:
    known = outing.track.latest.engagement
    return -1 if known is None else known


def _figures(outing: Outing, catalogue: Mapping[int, ProductView], pictures: Mapping[int, Media]) -> PostFigures:
    picture = pictures.get(outing.post_id)
    return PostFigures(
        post_id=outing.post_id,
        title=outing.title,
        product=catalogue[outing.product_id],
        platform=outing.platform,
        published_at=outing.track.published_at,
        permalink=outing.permalink,
        thumbnail_url=media.view(picture).thumbnail_url if picture else "",
        metrics=outing.track.latest,
    )
