"""Filling: what a cycle does. Every empty slot ahead is written, saved, and then pictured.

Each post is on its own: an error costs that post and is written down as a shortfall, what is saved stays, and a holder
of the cycle who comes after one that died finds the gaps that are left and the posts that still lack their picture.
Unique slot keys make filling a slot twice impossible. After a bad moment outside the cycle rests and goes on by itself;
what was answered or ordered before is not paid for again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from marketingos import clock, log
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.cycle import CycleRun, CycleState, Shortfall
from marketingos.domain.package import ContentPackage, Copy
from marketingos.domain.post import Alternative, Brief, Claim, FactTold, Post, Variant, VariantStatus
from marketingos.domain.product import Product
from marketingos.errors import (
    BadAnswer,
    ContentRefused,
    MarketingError,
    Misconfigured,
    OutsideError,
    OverBudget,
    PermissionMissing,
    TokenRejected,
)
from marketingos.services import ledger, picturing, planning, products, prompts, rules, writing
from marketingos.services.planning import Gap
from marketingos.services.writing import PASSING, Desk, Written
from marketingos.settings import get_settings

logger = log.get_logger(__name__)

LEASE = timedelta(minutes=2)
"""How long a cycle may be held without a sign of life, in real time."""

PENS, EASELS = 8, 8
"""How many posts are written, and how many pictured, at the same time; those that wait for the camera hold an easel."""

RESTS = (1, 2, 5, 15, 30)
"""Minutes that a cycle rests after its first, second, ... bad moment; after the last one it ends with what it has."""

BAD_MOMENTS = 3
"""So many calls in a row that fail in passing, and the rest of the shift is left for later."""

_STOPS = (OverBudget, Misconfigured, TokenRejected, PermissionMissing)
"""Errors that every further call would meet as well."""


@dataclass(kw_only=True)
class _Shift:
    """One holder's work on a cycle. `stopped` is what keeps it from starting what would fail for the same reason;
    `passing` the last error of a bad moment, after which it pays to come again; `in_a_row` counts them; on the `last`
    shift nobody comes again; one that `lost` the cycle leaves everything to who has it now."""

    cycle_id: int
    fence: int = 0
    last: bool = False
    lost: bool = False
    error_key: str | None = None
    stopped: MarketingError | None = None
    passing: OutsideError | None = None
    in_a_row: int = 0
    pens: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PENS))
    easels: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(EASELS))

    def note(self, error: Exception, **about: object) -> str:
        """Keeps and logs what went wrong; answers its key."""
        known = error if isinstance(error, MarketingError) else MarketingError()
        self.error_key = known.key
        if isinstance(error, PASSING):
            self.passing, self.in_a_row = error, self.in_a_row + 1
        if isinstance(error, _STOPS) or self.in_a_row >= BAD_MOMENTS:
            self.stopped = self.stopped or known
        diagnostic = getattr(error, "diagnostic", "")
        logger.warning("cycle.error", error=str(error), diagnostic=diagnostic, exc_info=known is not error, **about)
        return known.key


async def fill(cycle: CycleRun) -> None:
    """Carries a claimed cycle to its end, whatever happens, and records how it ended."""
    shift = _Shift(cycle_id=cycle.id or 0, fence=cycle.fence, last=cycle.rests >= len(RESTS))
    async with _alive(shift):
        try:
            await _work(shift, cycle)
        except Exception as error:
            shift.note(error, cycle=shift.cycle_id)
    await _close(shift, cycle)


async def _work(shift: _Shift, cycle: CycleRun) -> None:
    await _adopt(cycle)
    async with reading() as s:
        desks = await _desks(s, cycle)
        saved = (await s.exec(select(Post.id, Post.media_error).where(Post.cycle_id == cycle.id))).all()
    unpictured = [i or 0 for i, error in saved if error is None and await picturing.wants(i or 0)]
    failed = sum(error is not None for _, error in saved)
    await _tally(
        shift,
        planned=len(saved) + sum(len(gaps) for _, gaps in desks),
        written=len(saved),
        pictured=len(saved) - len(unpictured) - failed,
        failed=failed,
    )
    async with asyncio.TaskGroup() as easels:
        for post_id in unpictured:
            easels.create_task(_picture(shift, post_id))
        await asyncio.gather(*(_write_all(shift, easels, desk, gaps) for desk, gaps in desks))
        await _progress(shift, step="cycle.picturing")


async def _adopt(cycle: CycleRun) -> None:
    """Takes over what earlier cycles left without a picture: for a reason that may have passed (no money, no service),
    or without a word, because they broke off and are over."""
    theirs = (col(Post.cycle_id).is_not(None), col(Post.cycle_id) != cycle.id, col(Post.scheduled_at) > clock.now())
    passed = and_(col(Post.media_error).is_not(None), col(Post.media_error).not_in(picturing.LASTING))
    over = exists().where(col(CycleRun.id) == col(Post.cycle_id), col(CycleRun.finished_at).is_not(None))
    unsaid = and_(col(Post.media_error).is_(None), over, _has_variant(picturing.is_bare()))
    mine = col(Post.product_id).in_(wanted(cycle.product_id).with_only_columns(col(Product.id)).order_by(None))
    left = (*theirs, or_(passed, unsaid), _has_variant(), mine)
    async with session() as s:
        await s.exec(update(Post).where(*left).values(cycle_id=cycle.id, media_error=None))


def _has_variant(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a post has a variant like that which nobody rejected."""
    alive = (col(Variant.post_id) == col(Post.id), col(Variant.status) != VariantStatus.REJECTED)
    return exists().where(*alive, *which)


def wanted(product_id: int | None) -> SelectOfScalar[Product]:
    """The products that a cycle is for: one, or all that are active."""
    active = select(Product).where(col(Product.active), col(Product.archived_at).is_(None)).order_by(Product.name)
    return active if product_id is None else active.where(Product.id == product_id)


async def _desks(s: AsyncSession, cycle: CycleRun) -> list[tuple[Desk, tuple[Gap, ...]]]:
    """What each product's writer needs, and the gaps to fill."""
    now = clock.now()
    found = []
    for product in (await s.exec(wanted(cycle.product_id))).all():
        facts = await products.facts_of(s, product.id or 0, clock.today(product.timezone))
        desk = Desk(
            product=product,
            facts=facts,
            cycle_id=cycle.id,
            ledger=await ledger.of(s, product.id or 0, now),
            rules=await rules.active_of(s, product.id or 0),
        )
        found.append((desk, (await planning.plan(s, product, now))[: await _still_allowed(s, cycle, product)]))
    return found


async def _still_allowed(s: AsyncSession, cycle: CycleRun, product: Product) -> int:
    """How many posts a cycle may still write for a product: coming again after a rest gives it no more."""
    mine = (Post.cycle_id == cycle.id, Post.product_id == product.id, col(Post.created_at) >= cycle.created_at)
    written = (await s.exec(select(func.count()).select_from(Post).where(*mine))).one()
    return max(0, get_settings().posts_per_cycle - written)


async def _write_all(shift: _Shift, easels: asyncio.TaskGroup, desk: Desk, gaps: Sequence[Gap]) -> None:
    """The first one alone: the host's cache of the prompt can be read once its answer has begun."""
    for batch in (gaps[:1], gaps[1:]):
        await asyncio.gather(*(_write(shift, easels, desk, gap) for gap in batch))


async def _write(shift: _Shift, easels: asyncio.TaskGroup, desk: Desk, gap: Gap) -> None:
    async with shift.pens:
        if shift.lost:
            return
        try:
            if shift.stopped:
                raise shift.stopped
            post_id = await _save(desk, gap, await writing.write(desk, gap))
        except Exception as error:
            return await _fall_short(shift, gap, error)
    shift.in_a_row = 0
    if post_id is None:
        logger.info("cycle.slot_taken", slot=gap.slot_key)
        return await _progress(shift, planned=-1)
    await _progress(shift, written=1)
    easels.create_task(_picture(shift, post_id))


async def _fall_short(shift: _Shift, gap: Gap, error: Exception) -> None:
    """Writes down why a slot stays empty. Answers that led nowhere are dropped: the next cycle asks anew."""
    key = error.key if error is shift.stopped else shift.note(error, cycle=shift.cycle_id, slot=gap.slot_key)
    async with session() as s:
        await s.merge(
            Shortfall(
                cycle_id=shift.cycle_id,
                slot_key=gap.slot_key,
                product_id=gap.product_id,
                error_key=key,
                at=clock.now(),
            )
        )
        if isinstance(error, (BadAnswer, ContentRefused)):
            await writing.forget(s, gap.slot_key)
    await _progress(shift, failed=1)


async def _picture(shift: _Shift, post_id: int) -> None:
    """After a bad moment the post keeps no mark: it is still the cycle's, which comes again."""
    async with shift.easels:
        if shift.lost:
            return
        waits = isinstance(shift.stopped, PASSING) and not shift.last
        error = shift.stopped if waits else await picturing.attempt(post_id, forgiven=() if shift.last else PASSING)
    if error is None:
        shift.in_a_row = 0
        return await _progress(shift, pictured=1)
    if error is not shift.stopped:
        shift.note(error, cycle=shift.cycle_id, post=post_id)
    await _progress(shift, failed=1)


async def _save(desk: Desk, gap: Gap, written: Written) -> int | None:
    """The post with its variants, waiting for a person. None when somebody else filled the slot meanwhile."""
    now = clock.now()
    post = Post(
        product_id=gap.product_id,
        cycle_id=desk.cycle_id,
        slot_key=gap.slot_key,
        title=written.hook[:200],
        wall_time=f"{gap.wall:%Y-%m-%dT%H:%M}",
        timezone=gap.timezone,
        scheduled_at=gap.scheduled_at,
        brief=_brief(desk, gap, written),
        created_at=now,
        updated_at=now,
    )
    try:
        async with session() as s:
            s.add(post)
            await s.flush()
            s.add_all(_variant(post, desk, written, copy) for copy in written.copies)
            await s.exec(delete(Shortfall).where(col(Shortfall.slot_key) == gap.slot_key))
            await writing.hand_over(s, gap.slot_key, post)
            rules.note_use(s, post, desk.rules, written.package.rules_applied)
    except IntegrityError:
        if await _is_taken(gap):
            return None
        raise
    return post.id


async def _is_taken(gap: Gap) -> bool:
    async with reading() as s:
        return (await s.exec(select(Post.id).where(Post.slot_key == gap.slot_key))).first() is not None


def _variant(post: Post, desk: Desk, written: Written, copy: Copy) -> Variant:
    return Variant(
        post_id=post.id or 0,
        platform=copy.platform,
        format=copy.format,
        text=copy.text,
        alt_text=written.package.image.alt_text,
        link_url=copy.link_url,
        first_comment=copy.first_comment,
    )


def _brief(desk: Desk, gap: Gap, written: Written) -> Brief:
    answer = written.package
    return Brief(
        angle=gap.factors.angle,
        hook_type=answer.hook_type,
        format=gap.factors.format,
        hook=written.hook,
        cta_type=answer.cta_type,
        pillar=answer.pillar,
        pain=answer.audience_pain,
        holiday=gap.holiday,
        rationale=answer.rationale,
        image_prompt=prompts.picture(desk.product, answer.image.prompt_en, answer.image.avoid),
        headline=answer.image.headline_overlay,
        scenes=tuple(scene.on_screen_text for scene in answer.tiktok.scenes),
        claims=tuple(Claim(text=claim.text, facts=tuple(claim.fact_ids)) for claim in answer.claims),
        facts=_facts_told(desk, answer),
        alternatives=tuple(Alternative(hook=o.hook, why_not=o.why_not) for o in answer.alternatives),
        model=written.model,
        prompt_version=prompts.version(),
        risk=answer.risk.level,
        risk_reasons=tuple(answer.risk.reasons),
    )


def _facts_told(desk: Desk, answer: ContentPackage) -> tuple[FactTold, ...]:
    """The facts behind the claims, in the order of the sheet."""
    told = {code for claim in answer.claims for code in claim.fact_ids}
    return tuple(FactTold(code=fact.code, claim=fact.claim) for fact in desk.facts if fact.code in told)


@asynccontextmanager
async def _alive(shift: _Shift) -> AsyncIterator[None]:
    """Renews the lease for as long as the work goes on."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            try:
                await _progress(shift)
            except Exception:
                logger.exception("cycle.sign_of_life_failed", cycle=shift.cycle_id)

    heart = asyncio.create_task(renew())
    try:
        yield
    finally:
        heart.cancel()
        with suppress(asyncio.CancelledError):
            await heart


async def _progress(shift: _Shift, *, step: str | None = None, **counted: int) -> None:
    """Adds to the counts, which the browser shows, and says that somebody is at it."""
    values: dict[str, object] = {name: getattr(CycleRun, name) + more for name, more in counted.items()}
    await _update(shift, **values, **({"step": step} if step else {}), lease_until=clock.now() + clock.human(LEASE))


async def _tally(shift: _Shift, **counts: int) -> None:
    """What the cycle begins with, or goes on from."""
    await _update(shift, step="cycle.writing", **counts)


async def _close(shift: _Shift, cycle: CycleRun) -> None:
    """It rests after a bad moment, or is over."""
    values: dict[str, object] = {"error_key": shift.error_key, "lease_until": None}
    if shift.passing and not shift.last:
        pause = max(timedelta(minutes=RESTS[cycle.rests]), shift.passing.retry_after or timedelta())
        values |= {"state": CycleState.WAITING, "step": "cycle.waiting", "rests": cycle.rests + 1}
        values |= {"resume_at": clock.now() + pause}
    else:
        fruitless = shift.error_key is not None and not await _has_posts(shift.cycle_id)
        values |= {"state": CycleState.FAILED if fruitless else CycleState.DONE, "step": "cycle.done"}
        values |= {"finished_at": clock.now()}
    await _update(shift, **values)
    logger.info("cycle.ended", cycle=shift.cycle_id, error=shift.error_key, state=str(values["state"]))


async def _has_posts(cycle_id: int) -> bool:
    async with reading() as s:
        return (await s.exec(select(Post.id).where(Post.cycle_id == cycle_id).limit(1))).first() is not None


async def _update(shift: _Shift, **values: object) -> None:
    """Writes on the cycle while it is still this holder's; one who was given up for dead starts nothing more."""
    mine = (col(CycleRun.id) == shift.cycle_id, col(CycleRun.fence) == shift.fence)
    async with session() as s:
        written = await s.exec(update(CycleRun).where(*mine).values(updated_at=clock.now(), **values))
    if written.rowcount == 0:
        logger.warning("cycle.lost", cycle=shift.cycle_id, fence=shift.fence)
        shift.lost = True
