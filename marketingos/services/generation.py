"""Cycles: asking for them, opening the scheduled ones, and having them run. What a cycle does is in `filling`.

A cycle is a row; whoever claims it runs it and says again and again that he is alive. One who dies leaves a lease that
runs out, and the next one goes on with what is still empty. So does a cycle that rested after a bad moment outside.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from marketingos import clock, log
from marketingos.db import AsyncSession, claimable, one_at_a_time, reading, session
from marketingos.domain.cycle import CycleRun, CycleState
from marketingos.domain.post import Post
from marketingos.domain.product import Product
from marketingos.domain.user import Deed
from marketingos.errors import NotFound, Refused
from marketingos.services import audit, filling, picturing, planning, spending
from marketingos.services.people import require
from marketingos.services.spending import Forecast
from marketingos.services.views import CycleView, PersonView
from marketingos.settings import get_settings

logger = log.get_logger(__name__)

TERMINAL = "terminal"
_BRUSH = timedelta(minutes=10)
"""How long a try to make a picture counts as under way."""


async def request_cycle(actor: PersonView, product_id: int | None = None) -> CycleView:
    """Queues a cycle for one product or for all; `run_cycles` runs it.

    Raises `Refused` when one is queued or under way for the same product, or the product is inactive; `NotFound`.
    """
    require(actor, Deed.GENERATE)
    return await _request(actor.email, product_id)


async def forecast(actor: PersonView, product_id: int | None = None) -> Forecast:
    """What a cycle that began now would write, for one product or for all, and what it would cost."""
    require(actor, Deed.GENERATE)
    now = clock.now()
    async with reading() as s:
        rows = (await s.exec(filling.wanted(product_id))).all()
        gaps = {row.id or 0: len(await planning.plan(s, row, now)) for row in rows}
        return await spending.forecast(s, gaps, now)


async def request_from_terminal(product: str | None = None) -> CycleView:
    """The same for a command, which names the product."""
    if product is None:
        return await _request(TERMINAL, None)
    async with reading() as s:
        found = (await s.exec(select(Product.id).where(Product.name == product))).first()
    if found is None:
        raise NotFound("cycle.unknown_product")
    return await _request(TERMINAL, found)


async def open_window(now: datetime) -> None:
    """Queues the scheduled cycle of the window that `now` lies in, once, whoever else does the same."""
    window = f"scheduled:{window_start(now):%Y-%m-%dT%H}"
    async with reading() as s:
        if (await s.exec(select(CycleRun.id).where(CycleRun.window == window))).first() is not None:
            return
    try:
        async with session() as s:
            s.add(_queued(window, audit.SYSTEM, None))
    except IntegrityError:
        logger.info("cycle.window_taken", window=window)


def window_start(now: datetime) -> datetime:
    """When the window of `CYCLE_HOURS` that `now` lies in began; windows are counted from midnight UTC of 1970."""
    span = get_settings().cycle_hours * 3600
    return datetime.fromtimestamp(now.timestamp() // span * span, UTC)


async def run_cycles() -> int:
    """Runs every cycle that is queued or was left by somebody who died; answers how many."""
    done = 0
    while (cycle := await _claim()) is not None:
        await filling.fill(cycle)
        done += 1
    return done


async def latest_cycle() -> CycleView | None:
    """The cycle that was asked for last, running or over."""
    async with reading() as s:
        newest = select(CycleRun).order_by(col(CycleRun.id).desc()).limit(1)
        cycle = (await s.exec(newest)).first()
        return await _view(s, cycle) if cycle else None


async def retry_media(actor: PersonView, post_id: int) -> None:
    """Makes the picture or video that a post lacks. Raises `Refused` when it lacks none or another try is under way,
    and what the making raises; the post then says why it still has none."""
    require(actor, Deed.GENERATE)
    if not await picturing.wants(post_id):
        raise Refused("media.nothing_to_retry")
    await _take_brush(actor, post_id)
    error = await picturing.attempt(post_id)
    if error is not None:
        raise error


async def _request(asked_by: str, product_id: int | None) -> CycleView:
    window = f"manual:{product_id or 'all'}:{clock.now():%Y-%m-%dT%H:%M}"
    try:
        async with session() as s:
            await _refuse_if_busy(s, product_id)
            cycle = _queued(window, asked_by, product_id)
            s.add(cycle)
            await s.flush()
            audit.note(s, asked_by, "cycle.request", f"cycle:{cycle.id}", product=product_id)
            return await _view(s, cycle)
    except IntegrityError as error:
        raise Refused("cycle.already_running") from error


async def _refuse_if_busy(s: AsyncSession, product_id: int | None) -> None:
    product = await s.get(Product, product_id) if product_id is not None else None
    if product_id is not None and (product is None or product.archived_at is not None):
        raise NotFound("cycle.unknown_product")
    if product is not None and not product.active:
        raise Refused("cycle.product_inactive")
    going = (CycleState.QUEUED, CycleState.RUNNING, CycleState.WAITING)
    busy = select(CycleRun.id).where(col(CycleRun.state).in_(going))
    if product_id is not None:
        busy = busy.where(or_(col(CycleRun.product_id).is_(None), col(CycleRun.product_id) == product_id))
    if (await s.exec(busy)).first() is not None:
        raise Refused("cycle.already_running")


def _queued(window: str, asked_by: str, product_id: int | None) -> CycleRun:
    now = clock.now()
    return CycleRun(
        window=window, asked_by=asked_by, product_id=product_id, step="cycle.queued", created_at=now, updated_at=now
    )


def _waiting(now: datetime) -> ColumnElement[bool]:
    abandoned = and_(col(CycleRun.state) == CycleState.RUNNING, col(CycleRun.lease_until) <= now)
    rested = and_(col(CycleRun.state) == CycleState.WAITING, col(CycleRun.resume_at) <= now)
    return or_(col(CycleRun.state) == CycleState.QUEUED, abandoned, rested)


def _undisturbed(now: datetime) -> ColumnElement[bool]:
    """Nobody is at work on the same product: two at a slot would both pay for it."""
    other = aliased(CycleRun)
    same = or_(
        col(other.product_id).is_(None),
        col(CycleRun.product_id).is_(None),
        col(other.product_id) == col(CycleRun.product_id),
    )
    alive = and_(col(other.state) == CycleState.RUNNING, col(other.lease_until) > now)
    return ~exists().where(alive, same, col(other.id) != col(CycleRun.id))


async def _claim() -> CycleRun | None:
    """Takes the oldest cycle that waits and is in nobody's way; None when there is none. Asking costs no write."""
    now = clock.now()
    oldest = select(CycleRun).where(_waiting(now), _undisturbed(now)).order_by(col(CycleRun.id)).limit(1)
    async with reading() as s:
        if (await s.exec(oldest)).first() is None:
            return None
    async with session() as s:
        await one_at_a_time(s, "cycles")
        cycle = (await s.exec(claimable(oldest))).first()
        if cycle is not None:
            cycle.state, cycle.step = CycleState.RUNNING, "cycle.planning"
            cycle.started_at = cycle.started_at or now
            cycle.updated_at, cycle.lease_until = now, now + clock.human(filling.LEASE)
            cycle.fence, cycle.resume_at = cycle.fence + 1, None
        return cycle


async def _take_brush(actor: PersonView, post_id: int) -> None:
    """Marks the post so that a second click does not pay a second time; a mark that is old was left by the dead. A post
    without any mark is still the cycle's to picture."""
    now = clock.now()
    free = or_(col(Post.media_error) != picturing.UNDER_WAY, col(Post.updated_at) < now - clock.human(_BRUSH))
    free = and_(col(Post.media_error).is_not(None), free)
    mark = update(Post).where(col(Post.id) == post_id, free).values(media_error=picturing.UNDER_WAY, updated_at=now)
    async with session() as s:
        if (await s.exec(mark)).rowcount == 0:
            raise Refused("media.under_way")
        audit.note(s, actor.email, "post.retry_media", f"post:{post_id}")


async def _view(s: AsyncSession, cycle: CycleRun) -> CycleView:
    product = await s.get(Product, cycle.product_id) if cycle.product_id is not None else None
    return CycleView(
        id=cycle.id or 0,
        state=cycle.state,
        planned=cycle.planned,
        written=cycle.written,
        pictured=cycle.pictured,
        failed=cycle.failed,
        step=cycle.step,
        product_name=product.name if product else None,
        error_key=cycle.error_key,
        finished_at=cycle.finished_at,
    )
