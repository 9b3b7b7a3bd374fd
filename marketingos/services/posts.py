"""What people see of posts: one post in full, a window of the calendar, and the pulse that every page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from textwrap import shorten

from sqlalchemy import func
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import clock
from marketingos.db import AsyncSession, reading
from marketingos.domain.account import Account, AccountState
from marketingos.domain.check import Severity, severity
from marketingos.domain.checked import SetAside
from marketingos.domain.delivery import UNDO_WINDOW, Attempt, Delivery, DeliveryStatus, HoldReason
from marketingos.domain.pause import Scope
from marketingos.domain.performance import Reading
from marketingos.domain.platform import RULES, Format, Platform, in_order, wire_length
from marketingos.domain.post import Post, PostStatus, Variant, VariantStatus, parts_of, status_of
from marketingos.domain.product import Product
from marketingos.domain.receipt import Receipt
from marketingos.domain.requirement import Problem, requirement
from marketingos.domain.user import Deed, may
from marketingos.domain.walk import may_still_arrive
from marketingos.errors import NotFound
from marketingos.services import (
    accounts,
    checking,
    drawing,
    media,
    pauses,
    planning,
    products,
    proposals,
    rules,
    why,
)
from marketingos.services.checking import Ground
from marketingos.services.people import require
from marketingos.services.views import (
    AttemptView,
    CalendarView,
    ChipView,
    DeliveryView,
    PersonView,
    PostView,
    ProductView,
    PulseView,
    ReceiptView,
    SetAsideView,
    VariantView,
)
from marketingos.settings import get_settings

LEAD = 180
"""Characters of a post that the calendar knows."""

_ACTIVE = (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING)
_TROUBLED = (DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN, DeliveryStatus.HELD)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What is known of a post's deliveries, by their ids."""

    attempts: Mapping[int, tuple[AttemptView, ...]]
    readings: Mapping[int, Reading]
    receipts: Mapping[int, ReceiptView]
    paused: frozenset[int | None]


async def post(actor: PersonView, post_id: int) -> PostView:
    """One post in full; `NotFound` when there is none."""
    require(actor, Deed.LOOK)
    async with reading() as s:
        found = await _load(s, post_id)
        product = (await s.exec(select(Product).where(Product.id == found.product_id).options(_WITH_FACTS))).one()
        reachable = (await accounts.accounts_of(s, [found.product_id]))[found.product_id]
        deliveries = [d for v in found.variants for d in v.deliveries]
        told = _Told(
            attempts=await _attempts(s, deliveries),
            readings=await _last_readings(s, deliveries),
            receipts=await _receipts(s, deliveries),
            paused=_paused(found, await pauses.scopes(s)),
        )
        reasons = await why.of(s, found, product)
        proposed = await proposals.of(s, found.variants, product)
        drawn = await drawing.drawings_of(s, post_id)
        rule = await rules.from_post(s, _id(found))
        ground = await checking.ground_of(s, found, product)
        excused = await checking.set_aside_of(s, found.variants)
    shown = (_variant_view(v, reachable, told, ground, excused[v.id or 0]) for v in _ordered(found.variants))
    variants = tuple(replace(v, proposal=proposed.get(v.id)) for v in shown)
    status = _status(found)
    return PostView(
        id=_id(found),
        product=products.view_of(product),
        title=found.title,
        status=status,
        scheduled_at=found.scheduled_at,
        wall=datetime.fromisoformat(found.wall_time),
        timezone=found.timezone,
        origin=found.origin,
        variants=variants,
        why=reasons,
        rule=rule,
        media_error=found.media_error,
        drawings=tuple(media.view(m) for m in drawn),
        drawing_id=next((m.id for m in drawn if m.name == found.brief.drawing), None),
        is_drawing=found.drawing_until is not None and found.drawing_until > clock.now(),
        filmed=found.filmed,
        can_edit=may(actor.role, Deed.EDIT),
        can_approve=may(actor.role, Deed.APPROVE),
        undo_until=_undo_until(deliveries),
        updated_at=found.updated_at,
    )


async def calendar(
    actor: PersonView,
    *,
    start: datetime,
    end: datetime,
    product_id: int | None = None,
    platform: Platform | None = None,
) -> CalendarView:
    """The posts and free slots whose instants lie in [start, end), and how many there are of each status."""
    require(actor, Deed.LOOK)
    async with reading() as s:
        statement = select(Post).where(col(Post.scheduled_at) >= start, col(Post.scheduled_at) < end)
        if product_id is not None:
            statement = statement.where(Post.product_id == product_id)
        found = (await s.exec(statement.order_by(col(Post.scheduled_at)).options(*_WITH_PARTS))).all()
        rows = (await s.exec(select(Product).where(col(Product.archived_at).is_(None)).order_by(Product.name))).all()
        chosen = [p for p in rows if p.active and product_id in (None, p.id)]
        free = await planning.free_slots(s, chosen, max(start, clock.now()), end)
        moved = await revision_in(s)
    views = {p.id: products.view_of(p) for p in rows}
    shown = [p for p in found if platform is None or any(v.platform is platform for v in p.variants)]
    chips = tuple(_chip(p, views[p.product_id]) for p in shown if p.product_id in views)
    return CalendarView(
        chips=chips,
        free_slots=tuple(f for f in free if platform is None or platform in f.platforms),
        counts=dict(Counter(c.status.value for c in chips)),
        products=tuple(views.values()),
        revision=moved,
    )


async def pulse(actor: PersonView) -> PulseView:
    """What goes out next and what waits for a person."""
    require(actor, Deed.LOOK)
    async with reading() as s:
        going = select(func.min(Delivery.not_before)).join(Variant).join(Post)
        next_due = (await s.exec(going.where(col(Delivery.status).in_(_ACTIVE), ~pauses.stopped()))).one()
        waiting = select(func.count(func.distinct(Variant.post_id))).join(Post).join(Product)
        waiting = waiting.where(col(Product.archived_at).is_(None))
        waiting = waiting.where(Variant.status == VariantStatus.PENDING, col(Post.scheduled_at) > clock.now())
        to_approve = (await s.exec(waiting)).one()
        troubled = select(func.count()).select_from(Delivery).where(col(Delivery.status).in_(_TROUBLED))
        return PulseView(
            revision=await revision_in(s),
            next_due_at=next_due,
            to_approve=to_approve,
            troubled=(await s.exec(troubled)).one(),
            sandbox=get_settings().is_sandbox,
        )


async def revision() -> str:
    """A word that changes whenever any post, variant or delivery does, or something is paused or resumed."""
    async with reading() as s:
        return await revision_in(s)


async def revision_in(s: AsyncSession) -> str:
    """The same, for who reads something else as well."""
    asked = select(func.count(col(Post.moves)), func.sum(Post.moves), pauses.changes())
    count, moves, stops = (await s.exec(asked)).one()
    return f"{count}.{moves or 0}.{stops}" if count else ""


def obstacle(variant: Variant, targets: Sequence[Account], ground: Ground) -> Problem | None:
    """Why a variant cannot be approved; None when it can."""
    if not targets:
        return Problem(key="check.no_account")
    if not any(a.state is AccountState.ACTIVE for a in targets):
        return Problem(key="check.account_needs_reconnect")
    found = checking.findings_of(variant, ground)
    key = next((f.key for f in found if severity(f.key) is Severity.BLOCKS), None)
    return Problem(key=key, values=checking.details_of(variant, found).get(key, {})) if key else None


_PARTS = selectinload(Post.variants).options(  # type: ignore[arg-type]
    selectinload(Variant.deliveries).options(selectinload(Delivery.account)),  # type: ignore[arg-type]
    selectinload(Variant.pieces),  # type: ignore[arg-type]
)
_WITH_PARTS = (_PARTS,)
_WITH_FACTS = selectinload(Product.facts)  # type: ignore[arg-type]


async def _load(s: AsyncSession, post_id: int) -> Post:
    found = (await s.exec(select(Post).where(Post.id == post_id).options(*_WITH_PARTS))).first()
    if found is None:
        raise NotFound()
    return found


def _status(found: Post) -> PostStatus:
    return status_of(parts_of(found.variants), found.scheduled_at, clock.now())


def _ordered(variants: Sequence[Variant]) -> list[Variant]:
    return sorted(variants, key=lambda v: list(Platform).index(v.platform))


def _chip(found: Post, product: ProductView) -> ChipView:
    pictures = [m for v in _ordered(found.variants) if v.format is not Format.VIDEO for m in v.media]
    pictures += [m for v in found.variants for m in v.media]
    status = _status(found)
    return ChipView(
        id=_id(found),
        product=product,
        title=found.title,
        status=status,
        scheduled_at=found.scheduled_at,
        wall=datetime.fromisoformat(found.wall_time),
        timezone=found.timezone,
        platforms=in_order([v.platform for v in found.variants]),
        thumbnail_url=media.view(pictures[0]).thumbnail_url if pictures else "",
        lead=shorten(next((v.text for v in _ordered(found.variants)), ""), LEAD, placeholder="…"),
        cause=_cause(found, status),
        movable=not any(d.may_be_out for v in found.variants for d in v.deliveries),
    )


def _cause(found: Post, status: PostStatus) -> str | None:
    """The second line of a chip that asks for a hand."""
    deliveries = [d for v in found.variants for d in v.deliveries]
    held = next((d.hold_reason for d in deliveries if d.status is DeliveryStatus.HELD), None)
    if held:
        return f"hold.{held.value}"
    if status in (PostStatus.FAILED, PostStatus.PARTIAL):
        return next((d.error_key for d in deliveries if d.status is DeliveryStatus.FAILED), None)
    if status in (PostStatus.UNKNOWN, PostStatus.EXPIRED):
        return f"cause.{status.value.lower()}"
    return "cause.no_picture" if found.media_error else None


def _variant_view(
    variant: Variant,
    reachable: Sequence[Account],
    told: _Told,
    ground: Ground,
    excused: Mapping[str, SetAside],
) -> VariantView:
    limits = RULES[variant.platform]
    targets = [a for a in reachable if a.platform is variant.platform]
    blocked = [] if targets else ["check.no_account"]
    found = checking.findings_of(variant, ground)
    return VariantView(
        id=variant.id or 0,
        platform=variant.platform,
        format=variant.format,
        status=variant.status,
        text=variant.text,
        length=wire_length(variant.platform, variant.text),
        limit=limits.text_limit,
        cut=limits.cut,
        version=variant.version,
        title=str(variant.options.get("title", "")),
        media=media.views(variant),
        most_media=requirement(variant.platform, variant.format).most,
        alt_text=variant.alt_text,
        link_url=variant.link_url,
        first_comment=variant.first_comment,
        findings=(*blocked, *(f.key for f in found if f.key not in excused)),
        set_aside=tuple(
            SetAsideView(key=f.key, reason=excused[f.key].reason, by=excused[f.key].by, at=excused[f.key].at)
            for f in found
            if f.key in excused
        ),
        details=checking.details_of(variant, found),
        edited_by=variant.edited_by,
        account=accounts.view(targets[0]) if targets else None,
        deliveries=tuple(_delivery_view(d, told) for d in variant.deliveries if _is_shown(d)),
        reject_reason=variant.reject_reason,
        reject_note=variant.reject_note,
        privacy=str(variant.options.get("privacy_level", "")) if variant.status is VariantStatus.APPROVED else "",
        face=variant.face,
    )


def _paused(found: Post, scopes: pauses.Standing) -> frozenset[int | None]:
    """The deliveries that a pause stops, or will when their time comes."""
    waiting = [
        (d.id, Scope(product_id=found.product_id, platform=v.platform, account_id=d.account_id))
        for v in found.variants
        for d in v.deliveries
        if d.status in _ACTIVE or d.hold_reason is HoldReason.PAUSED
    ]
    return frozenset(key for key, place in waiting if any(scope.covers(place) for scope in scopes))


def _is_shown(delivery: Delivery) -> bool:
    return delivery.status is not DeliveryStatus.CANCELLED


def _delivery_view(delivery: Delivery, told: _Told) -> DeliveryView:
    read = told.readings.get(delivery.id or 0)
    trying = delivery.status is DeliveryStatus.RETRYING
    rests = _is_kept_back(delivery)
    return DeliveryView(
        id=delivery.id or 0,
        account=accounts.view(delivery.account),
        status=delivery.status,
        due_at=delivery.due_at,
        next_try_at=delivery.not_before if trying else None,
        permalink=delivery.permalink,
        published_at=delivery.published_at,
        hold_reason=delivery.hold_reason,
        paused=delivery.id in told.paused,
        resting_until=delivery.account.resting_until if rests else None,
        rest_reason=delivery.account.rest_reason if rests else None,
        error_key=delivery.error_key,
        unconfirmed=_is_doubtful(delivery) and not may_still_arrive(delivery.intent_at, clock.now()),
        undo_until=_undo_until([delivery]),
        note_key=delivery.note_key,
        receipt=told.receipts.get(delivery.id or 0),
        attempts=told.attempts.get(delivery.id or 0, ()),
        metrics=read.metrics if read else None,
        measured_at=read.taken_at if read else None,
    )


def _is_doubtful(delivery: Delivery) -> bool:
    """Whether nobody knows that it is out; held, its permission died before it could be looked up."""
    held = delivery.status is DeliveryStatus.HELD and delivery.may_be_out
    return held or delivery.status is DeliveryStatus.UNKNOWN


def _is_kept_back(delivery: Delivery) -> bool:
    """Whether its account rests when it would go out."""
    until = delivery.account.resting_until if delivery.account.rests(clock.now()) else None
    return until is not None and delivery.status in _ACTIVE and delivery.not_before < until


def _undo_until(deliveries: Sequence[Delivery]) -> datetime | None:
    """Until when taking an approval back is certain, while that lies ahead."""
    queued = [d for d in deliveries if d.status is DeliveryStatus.QUEUED and d.hold_reason is not HoldReason.PAUSED]
    ends = [d.not_before for d in queued if clock.now() < d.not_before]
    soonest = min(ends, default=None)
    window = timedelta(seconds=UNDO_WINDOW.total_seconds())
    return min(soonest, clock.now() + clock.human(window)) if soonest else None


async def _attempts(s: AsyncSession, deliveries: Sequence[Delivery]) -> dict[int, tuple[AttemptView, ...]]:
    ids = [d.id for d in deliveries]
    rows = (await s.exec(select(Attempt).where(col(Attempt.delivery_id).in_(ids)).order_by(col(Attempt.id)))).all()
    found: dict[int, tuple[AttemptView, ...]] = {}
    for row in rows:
        shown = AttemptView(
            number=row.number,
            started_at=row.started_at,
            outcome=row.outcome.value if row.outcome else None,
            error_key=row.error_key,
        )
        found[row.delivery_id] = (*found.get(row.delivery_id, ()), shown)
    return found


async def _last_readings(s: AsyncSession, deliveries: Sequence[Delivery]) -> dict[int, Reading]:
    ids = [d.id for d in deliveries]
    newest = select(func.max(Reading.id)).where(col(Reading.delivery_id).in_(ids)).group_by(col(Reading.delivery_id))
    rows = (await s.exec(select(Reading).where(col(Reading.id).in_(newest)))).all()
    return {row.delivery_id: row for row in rows}


async def _receipts(s: AsyncSession, deliveries: Sequence[Delivery]) -> dict[int, ReceiptView]:
    ids = [d.id for d in deliveries if d.status is DeliveryStatus.PUBLISHED]
    rows = (await s.exec(select(Receipt).where(col(Receipt.delivery_id).in_(ids)))).all() if ids else ()
    return {row.delivery_id: _receipt_view(row) for row in rows}


def _receipt_view(row: Receipt) -> ReceiptView:
    return ReceiptView(
        verdict=row.verdict,
        approved_hash=row.approved_hash,
        external_id=row.external_id,
        sent_text=row.sent.text,
        live_text=row.live_text,
        files=len(row.sent.files),
        read_at=row.read_at,
    )


def _id(found: Post) -> int:
    assert found.id is not None
    return found.id
