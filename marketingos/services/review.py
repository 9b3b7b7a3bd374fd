"""Review: what a person sees of posts and does to them. Approving writes the deliveries in the same transaction.

Every change locks the post's variants and deliveries first, so that a claim by the publisher and a change by a person,
or by two, cannot cross: whoever comes second sees what the first did.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import clock, db
from marketingos.db import AsyncSession, session
from marketingos.domain.account import Account
from marketingos.domain.declaration import Choices
from marketingos.domain.delivery import UNDO_WINDOW, Content, Delivery, DeliveryStatus, HoldReason
from marketingos.domain.platform import RULES, Platform, wire_length
from marketingos.domain.post import Post, RejectReason, Revision, Variant, VariantStatus
from marketingos.domain.product import Product
from marketingos.domain.slot import Slot, resolve, wall_time
from marketingos.domain.user import Deed
from marketingos.errors import InvalidInput, NotFound, Refused
from marketingos.services import accounts, audit, checking, creators, posts, rules, world
from marketingos.services.creators import Agreement
from marketingos.services.people import require
from marketingos.services.views import PersonView, PostView


async def edit_text(actor: PersonView, variant_id: int, text: str, version: int) -> PostView:
    """Saves new words; an approved variant goes back to pending and its deliveries are withdrawn.

    Raises `Refused("review.stale")` when somebody saved in between, `Refused("review.already_going")` when it is out or
    on its way, `InvalidInput` when the platform would refuse the length. Nothing is saved then.
    """
    require(actor, Deed.EDIT)
    async with session() as s:
        variant = await s.get(Variant, variant_id)
        if variant is None:
            raise NotFound()
        post = await locked(s, variant.post_id)
        variant = next(v for v in post.variants if v.id == variant_id)
        _check_text(variant.platform, text)
        if variant.version != version:
            raise Refused("review.stale")
        if text.strip() != variant.text:
            take_back(variant)
            s.add(_revision(variant, actor))
            variant.text, variant.version, variant.edited_by = text.strip(), version + 1, actor.name
            post.updated_at = clock.now()
            audit.note(s, actor.email, "variant.edit", f"post:{post.id}", platform=variant.platform.value)
    return await posts.post(actor, post.id or 0)


async def approve(
    actor: PersonView,
    post_id: int,
    platforms: Sequence[Platform] | None = None,
    *,
    tiktok: Choices | None = None,
    seen: Collection[str] | None = None,
) -> PostView:
    """Approves the pending variants (of `platforms`, or all) that nothing blocks, and queues their deliveries. `seen`
    are the faces that the person had on screen: what changed since is refused with `Refused("review.changed")`.

    A part on TikTok is approved only with a person's choices for this very post, checked against what TikTok allows
    now; who agreed to what is kept. Raises `Refused` with the first obstacle when none can be approved, or when TikTok
    would refuse the choices; `post.undo_until` of the answer says how long the approval can be taken back for certain.
    """
    require(actor, Deed.APPROVE)
    agreement = await creators.agree(post_id, tiktok) if tiktok else None
    async with session() as s:
        approval = await _approval(s, actor, post_id, agreement)
        done, obstacle = [], None
        chosen = _chosen(approval.post, platforms, VariantStatus.PENDING)
        if seen is not None and any(variant.face not in seen for variant in chosen):
            raise Refused("review.changed")
        for variant in chosen:
            try:
                _approve_variant(s, approval, variant)
                done.append(variant.platform)
            except Refused as refused:
                obstacle = refused
        if not done:
            raise obstacle or Refused("review.nothing_to_approve")
        _touch(s, actor, approval.post, "post.approve", platforms=[p.value for p in done])
    return await posts.post(actor, post_id)


async def withdraw(actor: PersonView, post_id: int, platforms: Sequence[Platform] | None = None) -> PostView:
    """Takes an approval back: certain within the undo window, possible until a worker took the delivery."""
    require(actor, Deed.APPROVE)
    async with session() as s:
        post = await locked(s, post_id)
        approved = _chosen(post, platforms, VariantStatus.APPROVED)
        chosen = [v for v in approved if not any(d.may_be_out for d in v.deliveries)]
        if not chosen:
            raise Refused("review.already_going" if approved else "review.nothing_to_withdraw")
        for variant in chosen:
            take_back(variant)
        _touch(s, actor, post, "post.withdraw")
    return await posts.post(actor, post_id)


async def reject(
    actor: PersonView,
    post_id: int,
    reason: RejectReason,
    note: str = "",
    platforms: Sequence[Platform] | None = None,
) -> PostView:
    """Rejects what is not out yet; a post that is rejected whole leaves its slot free for the next cycle."""
    require(actor, Deed.APPROVE)
    async with session() as s:
        post = await locked(s, post_id)
        standing = [v for v in _chosen(post, platforms) if v.status is not VariantStatus.REJECTED]
        chosen = [v for v in standing if not any(d.may_be_out for d in v.deliveries)]
        if not chosen:
            raise Refused("review.already_going" if standing else "review.already_rejected")
        for variant in chosen:
            take_back(variant)
            _decide(variant, actor, VariantStatus.REJECTED)
            variant.reject_reason, variant.reject_note = reason, note.strip()
        rules.learn_from(s, post, reason, note)
        if all(v.status is VariantStatus.REJECTED for v in post.variants):
            post.slot_key = None
        _touch(s, actor, post, "post.reject", reason=reason.value)
    return await posts.post(actor, post_id)


async def restore(actor: PersonView, post_id: int) -> PostView:
    """Takes a rejection back."""
    require(actor, Deed.APPROVE)
    async with session() as s:
        post = await locked(s, post_id)
        for variant in _chosen(post, None, VariantStatus.REJECTED):
            _decide(variant, actor, VariantStatus.PENDING)
            variant.reject_reason, variant.reject_note = None, ""
        await rules.unlearn(s, post)
        post.slot_key = await _key_at(s, post)
        _touch(s, actor, post, "post.restore")
    return await posts.post(actor, post_id)


async def move(actor: PersonView, post_id: int, wall: datetime) -> PostView:
    """Gives a post another wall-clock time in its own zone. Time is not content: an approved post stays approved.

    Raises `Refused`: `move.past`, or `move.out` when a part is out or on its way.
    """
    require(actor, Deed.EDIT)
    async with session() as s:
        post = await locked(s, post_id)
        product = await s.get_one(Product, post.product_id)
        instant = resolve(wall, post.timezone)
        if instant <= clock.now():
            raise Refused("move.past")
        if any(d.may_be_out for v in post.variants for d in v.deliveries):
            raise Refused("move.out")
        before = post.wall_time
        post.wall_time, post.scheduled_at = f"{wall:%Y-%m-%dT%H:%M}", instant
        post.slot_key = await _key_at(s, post)
        for delivery in (d for v in post.variants for d in v.deliveries):
            _move_delivery(delivery, post, product)
        _touch(s, actor, post, "post.move", before=before, after=post.wall_time)
    return await posts.post(actor, post_id)


async def publish_now(actor: PersonView, post_id: int) -> PostView:
    """Lets every approved part that waits go out as soon as the undo window has passed, also one that asked because it
    was late. A post that goes out whole ahead of its time is moved to this moment, and leaves its slot to another."""
    require(actor, Deed.APPROVE)
    async with session() as s:
        post = await locked(s, post_id)
        waiting = [d for v in post.variants for d in v.deliveries if d.status in _WAITING and not d.may_be_out]
        if not waiting:
            raise Refused("review.nothing_to_publish")
        product = await s.get_one(Product, post.product_id)
        now = clock.now()
        if now < post.scheduled_at and not _chosen(post, None, VariantStatus.PENDING):
            post.wall_time, post.scheduled_at = f"{wall_time(now, post.timezone):%Y-%m-%dT%H:%M}", now
            post.slot_key = await _key_at(s, post)
        for delivery in waiting:
            late = now + timedelta(minutes=product.late_after_minutes)
            delivery.requeue(delivery.content, now, now + clock.human(UNDO_WINDOW), late)
        _touch(s, actor, post, "post.publish_now")
    return await posts.post(actor, post_id)


_WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING, DeliveryStatus.HELD, DeliveryStatus.FAILED)


async def locked(s: AsyncSession, post_id: int) -> Post:
    """The post with its variants and deliveries locked; SQLite's writer holds its lock already.

    The variants too: before the first approval there is no delivery that two people could meet at.
    """
    if not db.is_sqlite():
        await s.exec(select(Variant.id).where(Variant.post_id == post_id).order_by(col(Variant.id)).with_for_update())
        mine = select(Delivery.id).join(Variant).where(Variant.post_id == post_id)
        await s.exec(mine.with_for_update(of=Delivery))
    everything = (
        selectinload(Post.variants).options(selectinload(Variant.deliveries), selectinload(Variant.pieces)),  # type: ignore[arg-type]
    )
    statement = select(Post).where(Post.id == post_id).options(*everything).execution_options(populate_existing=True)
    post = (await s.exec(statement)).first()
    if post is None:
        raise NotFound()
    return post


def _chosen(post: Post, platforms: Sequence[Platform] | None, status: VariantStatus | None = None) -> list[Variant]:
    return [
        v
        for v in post.variants
        if (platforms is None or v.platform in platforms) and (status is None or v.status is status)
    ]


@dataclass(frozen=True, kw_only=True)
class _Approval:
    """What an approval is about: the post, where it may go, and what was agreed with TikTok."""

    actor: PersonView
    post: Post
    product: Product
    reachable: Sequence[Account]
    agreement: Agreement | None
    verify_since: datetime | None


async def _approval(s: AsyncSession, actor: PersonView, post_id: int, agreement: Agreement | None) -> _Approval:
    """`Refused` when the post's time has passed or its product is archived. The product's lock comes first, as it does
    for who archives it."""
    mine = select(Product).join(Post, col(Post.product_id) == Product.id).where(Post.id == post_id)
    mine = mine.options(selectinload(Product.facts))  # type: ignore[arg-type]
    product = (await s.exec(mine.with_for_update(read=True, of=Product))).first()
    if product is None:
        raise NotFound()
    if product.archived_at is not None:
        raise Refused("product.archived")
    post = await locked(s, post_id)
    if clock.now() > _late_after(post, product):
        raise Refused("review.passed")
    return _Approval(
        actor=actor,
        post=post,
        product=product,
        reachable=(await accounts.accounts_of(s, [post.product_id]))[post.product_id],
        agreement=agreement,
        verify_since=await _gap_of(s, post),
    )


def _approve_variant(s: AsyncSession, approval: _Approval, variant: Variant) -> None:
    """One variant's approval and its deliveries; `Refused` when something blocks it."""
    targets = [a for a in approval.reachable if a.platform is variant.platform]
    obstacle = posts.obstacle(variant, targets, checking.basis_of(approval.post, approval.product))
    if obstacle:
        raise Refused(obstacle.key, **obstacle.values)
    if variant.platform is Platform.TIKTOK:
        _declare(s, approval, variant, targets)
    content = variant.content()
    _decide(variant, approval.actor, VariantStatus.APPROVED)
    variant.approved_hash = content.hash
    for account in targets:
        _queue(s, approval.post, approval.product, variant, account, content).verify_since = approval.verify_since


def _declare(s: AsyncSession, approval: _Approval, variant: Variant, targets: Sequence[Account]) -> None:
    """The person's choices become part of what is approved; an account that they were not asked about is asked for."""
    agreement = approval.agreement
    if agreement is None or {a.id for a in targets} != agreement.creators.keys():
        raise Refused("review.choose_privacy")
    variant.options = {**variant.options, **agreement.choices.options}
    creators.declare(s, approval.actor, variant, variant.content(), agreement)


async def _gap_of(s: AsyncSession, post: Post) -> datetime | None:
    """Since when a post may have gone out without this database knowing of it."""
    restored = await world.restored(s)
    return restored.since if restored and post.created_at <= restored.since else None


def _queue(
    s: AsyncSession, post: Post, product: Product, variant: Variant, account: Account, content: Content
) -> Delivery:
    """The one delivery of this variant to this account: a new row, or the one that was withdrawn."""
    now = clock.now()
    not_before = max(post.scheduled_at, now + clock.human(UNDO_WINDOW))
    late_after = max(_late_after(post, product), not_before)
    known = next((d for d in variant.deliveries if d.account_id == account.id), None)
    if known:
        known.requeue(content, post.scheduled_at, not_before, late_after)
        return known
    delivery = Delivery(
        variant_id=variant.id or 0,
        account_id=account.id or 0,
        content=content,
        content_hash=content.hash,
        due_at=post.scheduled_at,
        not_before=not_before,
        late_after=late_after,
        created_at=now,
    )
    s.add(delivery)
    return delivery


def take_back(variant: Variant) -> None:
    """Back to pending; `Refused` when a part is out or on its way."""
    if any(d.may_be_out for d in variant.deliveries):
        raise Refused("review.already_going")
    for delivery in variant.deliveries:
        delivery.status, delivery.hold_reason = DeliveryStatus.CANCELLED, None
    variant.status, variant.approved_hash = VariantStatus.PENDING, None
    variant.decided_by = variant.decided_at = None


def _decide(variant: Variant, actor: PersonView, status: VariantStatus) -> None:
    variant.status, variant.decided_by, variant.decided_at = status, actor.email, clock.now()


def _move_delivery(delivery: Delivery, post: Post, product: Product) -> None:
    if delivery.status not in _WAITING:
        return
    if delivery.hold_reason is HoldReason.LATE:
        delivery.status, delivery.hold_reason = DeliveryStatus.QUEUED, None
    delivery.due_at = delivery.not_before = post.scheduled_at
    delivery.late_after = _late_after(post, product)


def _late_after(post: Post, product: Product) -> datetime:
    return post.scheduled_at + timedelta(minutes=product.late_after_minutes)


async def _key_at(s: AsyncSession, post: Post) -> str | None:
    """The key of the product's slot at the post's time, when no other post fills it."""
    wall = datetime.fromisoformat(post.wall_time)
    at = select(Slot).where(
        Slot.product_id == post.product_id, Slot.weekday == wall.weekday(), Slot.local_time == wall.time()
    )
    slot = (await s.exec(at)).first()
    if slot is None:
        return None
    key = f"{slot.id}:{post.wall_time}"
    taken = select(Post.id).where(Post.slot_key == key, col(Post.id) != post.id)
    return None if (await s.exec(taken)).first() else key


def _check_text(platform: Platform, text: str) -> None:
    if not text.strip():
        raise InvalidInput("check.empty", field="text")
    over = wire_length(platform, text.strip()) - RULES[platform].text_limit
    if over > 0:
        raise InvalidInput("check.too_long", field="text", over=over)


def _revision(variant: Variant, actor: PersonView) -> Revision:
    return Revision(
        variant_id=variant.id or 0, version=variant.version, text=variant.text, author=actor.name, at=clock.now()
    )


def _touch(s: AsyncSession, actor: PersonView, post: Post, action: str, **detail: object) -> None:
    post.updated_at = clock.now()
    audit.note(s, actor.email, action, f"post:{post.id}", **detail)
