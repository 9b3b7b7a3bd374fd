"""Measures publishing: a burst over many accounts, and the delay of a single post. Prints figures, asserts nothing.

python -m tests.bench.publishing [burst | single]

Burst: 1,000 deliveries due in one second, 5 on each of 200 accounts of the four platforms (Facebook text and photo,
Instagram image, TikTok video of one piece, LinkedIn organisation text and image, in equal parts), against a platform in
another process that answers every call in 200 ms and is ready at the first poll. One server process, SQLite. A post is
out when the request that makes it visible arrives.
"""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from sqlalchemy.orm import selectinload
from sqlmodel import col, func, select

from marketingos import adapters, db
from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.platform import Format, Platform
from marketingos.services import accounts, media
from tests.adapters.wire import published
from tests.bench.platform import LATENCY
from tests.sandbox.conftest import free_port, picture, video
from tests.server import ROOT, Server
from tests.staging import Draft, connect, schedule, within

EACH = 5
PATIENCE = 240
SINGLES = 100
SAMPLE = 5
"""So many posts of each kind are really sent one after the other; the naive sender's time is reckoned from them."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of post; `calls` is how many requests it takes until it is out."""

    platform: Platform
    format: Format
    calls: int
    files: Sequence[bytes] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


PICTURE = picture()
KINDS = (
    Kind(platform=Platform.FACEBOOK, format=Format.TEXT, calls=1),
    Kind(platform=Platform.FACEBOOK, format=Format.IMAGE, calls=2, files=(PICTURE,)),
    Kind(platform=Platform.INSTAGRAM, format=Format.IMAGE, calls=3, files=(PICTURE,)),
    Kind(
        platform=Platform.TIKTOK,
        format=Format.VIDEO,
        calls=3,
        files=(video(),),
        options={"privacy_level": "PUBLIC_TO_EVERYONE"},
    ),
    Kind(platform=Platform.LINKEDIN, format=Format.TEXT, calls=1),
    Kind(platform=Platform.LINKEDIN, format=Format.IMAGE, calls=4, files=(PICTURE,)),
)
ACCOUNTS = {Platform.FACEBOOK: 67, Platform.INSTAGRAM: 33, Platform.TIKTOK: 33, Platform.LINKEDIN: 67}
"""Facebook and LinkedIn have two kinds each, so twice the accounts."""

_SHAPES = {
    Platform.FACEBOOK: (AccountKind.PAGE, "1000{:011d}"),
    Platform.INSTAGRAM: (AccountKind.INSTAGRAM, "1784{:013d}"),
    Platform.TIKTOK: (AccountKind.CREATOR, "-000bench{:03d}"),
    Platform.LINKEDIN: (AccountKind.ORGANIZATION, "urn:li:organization:{:d}"),
}


def main() -> None:
    told("Machine", f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with TemporaryDirectory(prefix="bench-") as scratch:
        if "single" not in sys.argv:
            measure_burst(Path(scratch) / "burst")
        if "burst" not in sys.argv:
            measure_single(Path(scratch) / "single")


def told(name: str, figure: str, target: str = "") -> None:
    """One line of the report."""
    print(f"{name:<60} {figure:>18}{f'   (target {target})' if target else ''}", flush=True)


# -- the burst ---------------------------------------------------------------------------------------------------------


def measure_burst(folder: Path) -> None:
    with world(folder) as (server, platform):
        naive = within(server, one_after_the_other())
        due = datetime.now(UTC) + timedelta(seconds=15)
        drafts = burst(due)
        within(server, schedule(drafts))
        calls = platform.report()["calls"]
        with server:
            recorded = watched(server, len(drafts))
        out = platform.out()
    late = sorted(moment - due.timestamp() for text, moment in out if text.startswith("Ráfaga"))
    count = len({text for text, _ in out if text.startswith("Ráfaga")})
    told(f"Burst of {len(drafts)} on {sum(ACCOUNTS.values())} accounts: all out after", _seconds(late), "20 s")
    told("  out, and out more than once", f"{count}, {len(late) - count}")
    told("  half of them out after", f"{late[len(late) // 2]:.1f} s" if late else "never")
    told("  all recorded as published after", f"{(recorded - due).total_seconds():.1f} s" if recorded else "never")
    told("  calls", f"{platform.calls - calls}")
    told("  a naive sequential sender would take", f"{naive * len(drafts):.0f} s")
    told("  the limit: calls of the busiest account in a row", f"{busiest(drafts) * LATENCY:.1f} s")


def _seconds(late: Sequence[float]) -> str:
    return f"{late[-1]:.1f} s" if late else "never"


def burst(due: datetime) -> list[Draft]:
    """Five posts on each account, the kinds of a platform in turn, due within one second."""
    kinds = {name: itertools.cycle([k for k in KINDS if k.platform is name]) for name in ACCOUNTS}
    places = [(name, account) for name in ACCOUNTS for account in accounts_of(name) for _ in range(EACH)]
    step = timedelta(seconds=1) / len(places)
    return [
        draft(next(kinds[name]), account, f"Ráfaga {n}", due + n * step) for n, (name, account) in enumerate(places)
    ]


def draft(kind: Kind, account: str, text: str, due: datetime) -> Draft:
    return Draft(
        account=account,
        platform=kind.platform,
        format=kind.format,
        text=text,
        due=due,
        files=kind.files,
        options=kind.options,
    )


def accounts_of(platform: Platform) -> list[str]:
    shape = _SHAPES[platform][1]
    return [shape.format(n + 1) for n in range(ACCOUNTS[platform])]


def busiest(drafts: Sequence[Draft]) -> int:
    """The calls that one account needs, if they must come one after the other."""
    calls = {(kind.platform, kind.format): kind.calls for kind in KINDS}
    totals: Counter[str] = Counter()
    for each in drafts:
        totals[each.account] += calls[each.platform, each.format]
    return max(totals.values())


async def one_after_the_other() -> float:
    """Seconds that a post takes in the mean when a sender sends one, waits until it is out, and sends the next."""
    never = datetime.now(UTC) + timedelta(days=365)
    drafts = [
        draft(kind, accounts_of(kind.platform)[0], f"Muestra {n}", never) for kind in KINDS for n in range(SAMPLE)
    ]
    await schedule(drafts)
    async with db.reading() as s:
        rows = (await s.exec(select(Delivery).options(selectinload(Delivery.account)))).all()  # type: ignore[arg-type]
    begun = time.perf_counter()
    for row in rows:
        publisher = adapters.publisher_for(row.content.platform, media.library())
        await published(publisher, accounts.grant_of(row.account), row.content)
    return (time.perf_counter() - begun) / len(rows)


def watched(server: Server, count: int) -> datetime | None:
    """Waits until so many are recorded as published; answers when the last one was, None when patience ended."""
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience:
        time.sleep(1)
        done, last = within(server, _recorded())
        if done == count:
            return last
    return None


async def _recorded() -> tuple[int, datetime | None]:
    asked = select(func.count(), func.max(Delivery.published_at))
    async with db.reading() as s:
        return (await s.exec(asked.where(col(Delivery.status) == DeliveryStatus.PUBLISHED))).one()


# -- a single post -----------------------------------------------------------------------------------------------------


def measure_single(folder: Path) -> None:
    """Texts for Facebook at random moments, about one in two seconds: how long after its moment each one arrives."""
    with world(folder) as (server, platform):
        begin, pages = datetime.now(UTC) + timedelta(seconds=15), itertools.cycle(accounts_of(Platform.FACEBOOK))
        dues = [begin + timedelta(seconds=2 * n + random.random()) for n in range(SINGLES)]
        drafts = [draft(KINDS[0], next(pages), f"Sola {n}", due) for n, due in enumerate(dues)]
        within(server, schedule(drafts))
        with server:
            time.sleep(max(0.0, (dues[-1] - datetime.now(UTC)).total_seconds()) + 3)
        arrived = dict(platform.out())
    late = sorted(arrived[d.text] - d.due.timestamp() for d in drafts if d.text in arrived)
    told(f"A single due post, {len(late)} of {SINGLES}: p50", f"{_quantile(late, 0.5):.3f} s")
    told("  p99", f"{_quantile(late, 0.99):.3f} s", "0.5 s")
    told("  the slowest", f"{late[-1]:.3f} s", "1 s")


def _quantile(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


# -- the world ---------------------------------------------------------------------------------------------------------


class LeanPlatform:
    """The platform's process."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.calls = 0

    def report(self) -> Any:
        return httpx.get(f"{self.url}/report", timeout=30, trust_env=False).raise_for_status().json()

    def out(self) -> list[tuple[str, float]]:
        """Every visible post, as its text and the moment at which it became visible; counts the calls so far."""
        report = self.report()
        self.calls = report["calls"]
        return [(text, moment) for text, moment in report["out"]]

    @contextmanager
    def running(self) -> Iterator[None]:
        command = [sys.executable, "-m", "tests.bench.platform", str(self.port)]
        process = subprocess.Popen(command, cwd=ROOT)
        try:
            self._wait()
            yield
        finally:
            process.kill()
            process.wait()

    def _wait(self) -> None:
        for _ in range(200):
            try:
                self.report()
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError("the platform did not start")


@contextmanager
def world(folder: Path) -> Iterator[tuple[Server, LeanPlatform]]:
    """A platform that runs, and a server with all accounts that does not yet."""
    platform = LeanPlatform()
    server = Server(
        folder, words=("run", "--backend-only"), SANDBOX_URL=platform.url, MEASURE_EVERY_SECONDS=3600, LOG_FORMAT="json"
    )
    with platform.running():
        server.run("migrate").check_returncode()
        within(server, _connect_all())
        yield server, platform


async def _connect_all() -> None:
    for platform, (kind, _) in _SHAPES.items():
        for external_id in accounts_of(platform):
            await connect(platform, kind, external_id, f"token-{external_id}")


if __name__ == "__main__":
    main()
