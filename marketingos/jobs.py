"""What the clock calls. The database is the queue; this is only the metronome: every sweep claims rows, so a restart
loses nothing and any number of processes may run it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from marketingos import clock, log, memory
from marketingos.services import (
    claiming,
    drafting,
    fitting,
    generation,
    health,
    linking,
    measurement,
    publishing,
    receipts,
    rules,
    upkeep,
    world,
)
from marketingos.settings import Settings, get_settings

logger = log.get_logger(__name__)

TICK = timedelta(seconds=1)

GRACE = timedelta(seconds=8)
"""For posts under way when the server ends: container hosts wait ten seconds before they kill."""

EARLY = timedelta(milliseconds=5)
"""A timer may ring so much before its moment, when nothing is due yet and the next tick is a second away."""


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A function and how often it is called, in real time. `overlap` is how many runs may be under way at once."""

    name: str
    run: Callable[[], Awaitable[object]]
    every: timedelta
    overlap: int = 1


def sweeps(settings: Settings) -> tuple[Sweep, ...]:
    """The table. Publishing is begun and not waited for, so that a slow platform delays nobody."""
    return (
        Sweep(name="publish.tick", run=publish_on_time, every=TICK, overlap=4),
        Sweep(
            name="publish.sweep",
            run=publishing.begin_due,
            every=timedelta(minutes=settings.publish_every_minutes),
        ),
        Sweep(name="cycle", run=orchestrate, every=timedelta(seconds=1)),
        Sweep(name="fit", run=fitting.fit_waiting, every=timedelta(seconds=5)),
        Sweep(name="rules", run=rules.propose_due, every=timedelta(seconds=5)),
        Sweep(name="links", run=linking.open_links, every=timedelta(minutes=1)),
        Sweep(name="measure", run=measurement.measure_due, every=timedelta(seconds=settings.measure_every_seconds)),
        Sweep(name="sketches", run=drafting.draw_due, every=timedelta(seconds=5)),
        Sweep(name="receipts", run=receipts.read_back_due, every=timedelta(seconds=15)),
        Sweep(name="permissions", run=upkeep.keep, every=timedelta(minutes=1)),
        Sweep(name="heartbeat", run=beat, every=health.HEARTBEAT_EVERY),
    )


async def publish_on_time() -> None:
    """Begins what is due now, and what falls due before the next tick in its very moment."""
    due = await claiming.next_due()
    if due is None:
        return
    pause = clock.real_seconds(due - clock.now())
    if pause < TICK.total_seconds():
        await asyncio.sleep(max(pause, 0.0) + EARLY.total_seconds())
        await publishing.begin_due()


async def orchestrate() -> None:
    """Opens the window of a scheduled cycle when its time has come, and runs what is queued."""
    now = clock.now()
    if generation.window_start(now) > await world.born():
        await generation.open_window(now)
    if await generation.run_cycles():
        memory.give_back()


async def beat() -> None:
    """The scheduler's sign of life."""
    await health.beat(health.SCHEDULER)


@asynccontextmanager
async def scheduler() -> AsyncIterator[None]:
    """Runs the sweeps for as long as the server lives; `SCHEDULER=external` leaves them to the commands."""
    settings = get_settings()
    if settings.scheduler == "external":
        yield
        return
    metronome = AsyncIOScheduler(timezone="UTC")
    for sweep in sweeps(settings):
        metronome.add_job(
            _guarded(sweep),
            "interval",
            seconds=sweep.every.total_seconds(),
            id=sweep.name,
            max_instances=sweep.overlap,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=clock.wall_clock(),
        )
    metronome.start()
    logger.info("scheduler.started", sweeps=len(sweeps(settings)))
    try:
        yield
    finally:
        metronome.shutdown(wait=False)
        await publishing.end(GRACE)


def _guarded(sweep: Sweep) -> Callable[[], Awaitable[None]]:
    """A sweep that fails is logged and tried again at its next turn; it never takes the others down."""

    async def run() -> None:
        try:
            await sweep.run()
        except Exception:
            logger.exception("sweep.failed", sweep=sweep.name)

    return run
