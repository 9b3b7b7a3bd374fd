"""Measures cycles: ten products at once against one call after the other, and the making of videos. Prints figures,
asserts nothing.

python -m tests.bench.cycles [cycle | video]

Both ways write the same slots in the same run, against a sandbox in another process whose texts take 4 s and pictures
3 s, a fifth of what the real ones take. Calls are equal but for repairs. One process with SQLite, as a small
installation has it.
"""

from __future__ import annotations

import asyncio
import io
import os
import resource
import sys
import time
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from sqlmodel import func, select

from marketingos import db
from marketingos.adapters import images, video
from marketingos.domain.cycle import CycleState, Spend
from marketingos.domain.post import Post
from marketingos.sandbox import painter
from marketingos.services import filling, generation
from tests.bench.publishing import told
from tests.faults.paying import stock
from tests.faults.world import World

PRODUCTS, POSTS = 10, 3
SECONDS = {"claude_seconds": 4.0, "replicate_seconds": 3.0}
CAPTIONS = ("La agenda se llena sola", "Tú cortas, ella responde", "Pruébalo 14 días gratis")
PALETTE = ("#6B1F2A", "#F4EFE3", "#F2785C")


def main() -> None:
    told("Machine", f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if "video" not in sys.argv:
        measure_cycles()
    if "cycle" not in sys.argv:
        measure_video()


@dataclass(frozen=True, kw_only=True)
class Run:
    """One cycle, as it went. Times in seconds, `cpu` that of this process with all its threads."""

    posts: int
    wall: float
    first: float
    cpu: float
    calls: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)


def measure_cycles() -> None:
    """The same work twice, each in a world of its own."""
    with TemporaryDirectory(prefix="bench-") as scratch:
        with patch.object(filling, "_Shift", _Alone):
            alone = measured(Path(scratch) / "alone")
        together = measured(Path(scratch) / "together")
    told(f"A cycle of {together.posts} posts for {PRODUCTS} products", f"{together.wall:.1f} s")
    told("  the same, one call after the other", f"{alone.wall:.1f} s")
    told("  so many times as fast", f"{alone.wall / together.wall:.1f}", "4")
    told("  calls, and alone", f"{calls(together)}, {calls(alone)}")
    told("  first text after", f"{together.first:.1f} s")
    told("  own CPU time", f"{together.cpu:.1f} s")
    for kind, count in together.tokens.items():
        told(f"  {kind} (alone)", f"{count} ({alone.tokens[kind]})")


def calls(run: Run) -> str:
    return "+".join(str(count) for _, count in sorted(run.calls.items()))


@dataclass(kw_only=True)
class _Alone(filling._Shift):
    """A shift that makes one call at a time: who writes or pictures waits until nobody else does."""

    def __post_init__(self) -> None:
        self.pens = self.easels = asyncio.Semaphore(1)


def measured(folder: Path) -> Run:
    settings = {"POSTS_PER_CYCLE": POSTS, "AI_BUDGET_DAY": 500, "AI_BUDGET_MONTH": 500}
    with World(folder, **settings) as world:
        world.run("migrate")
        world.control("settings", SECONDS)
        with redirect_stdout(io.StringIO()):
            return world.do(_cycle())


async def _cycle() -> Run:
    await stock(PRODUCTS)
    await generation.request_from_terminal()
    begun, cpu = time.perf_counter(), _cpu()
    watch = asyncio.create_task(_first_text(begun))
    await generation.run_cycles()
    wall, spent = time.perf_counter() - begun, _cpu() - cpu
    view = await generation.latest_cycle()
    assert view is not None
    if view.state is CycleState.WAITING:
        raise RuntimeError(f"the cycle rests: {view.error_key}")
    calls, tokens = await _costs()
    return Run(posts=view.written, wall=wall, first=await watch, cpu=spent, calls=calls, tokens=tokens)


async def _first_text(begun: float) -> float:
    """Seconds until the first post could be read."""
    while True:
        async with db.reading() as s:
            if (await s.exec(select(func.count()).select_from(Post))).one():
                return time.perf_counter() - begun
        await asyncio.sleep(0.05)


async def _costs() -> tuple[Counter[str], Counter[str]]:
    calls: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    async with db.reading() as s:
        for row in (await s.exec(select(Spend))).all():
            calls[row.purpose] += 1
            for name in ("input_tokens", "cache_write_tokens", "cache_read_tokens", "output_tokens"):
                tokens[name.replace("_", " ")] += getattr(row, name)
    return calls, tokens


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure_video() -> None:
    """A vertical video from one picture, and the picture with its headline."""
    drawing = _drawing()
    begun, cpu = time.perf_counter(), _cpu()
    images.compose_post(drawing, headline=CAPTIONS[0], brand="ReservasPro", palette=PALETTE)
    told("A picture with headline and brand", f"{time.perf_counter() - begun:.2f} s")
    begun, cpu = time.perf_counter(), _cpu()
    film = video.make_vertical([drawing], CAPTIONS, palette=PALETTE, seconds_each=3.0)
    length, wall, used = 3.0 * len(CAPTIONS), time.perf_counter() - begun, _cpu() - cpu
    told(f"A vertical video of {length:.0f} s, {len(film) / 1e6:.1f} MB: made in", f"{wall:.1f} s")
    told("  seconds of video for each second of making", f"{length / wall:.2f}")
    told("  CPU time for each second of video", f"{used / length:.2f} s")


def _drawing() -> bytes:
    out = io.BytesIO()
    painter.paint(f"a barber chair {' '.join(PALETTE)}", 896, 1152, seed=1).save(out, "JPEG", quality=92)
    return out.getvalue()


if __name__ == "__main__":
    main()
