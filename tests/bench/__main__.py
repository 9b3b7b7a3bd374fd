"""Measures the product as people meet it: the production server, a real browser. Prints figures and asserts nothing.

python -m tests.bench [--skip-build]     `--skip-build` leaves out the build from nothing
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.bench import processes
from tests.chromium import FLAGS, executable
from tests.e2e.screen import Screen
from tests.server import ROOT, Server

LOADS = 7
APPROVALS = 8
IDLE_SECONDS = 20
LEFT_OUT = (".git", ".venv", ".web", ".states", "data", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")

_LARGEST_PAINT = """
new Promise((done) => {
  new PerformanceObserver((list) => { window.lastPaint = list.getEntries().at(-1).startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done(window.lastPaint), 2500);
})"""

# From the press to the frame in which the badge has changed.
_WATCH_APPROVAL = """
() => {
  const status = () => document.querySelector(".post-panel .badge")?.dataset.s;
  const before = status();
  document.addEventListener("click", () => { window.pressed = performance.now(); }, { capture: true, once: true });
  window.repainted = new Promise((done) => {
    const look = () => (status() !== before ? done(performance.now() - window.pressed) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  });
}"""


def main() -> None:
    chromium = executable()
    told("Machine", f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        if "--skip-build" not in sys.argv:
            told(
                "Nothing to first page (npm install and build included)", f"{build_from_nothing(folder):.1f} s", "120 s"
            )
        Server(folder / "pages").run("build")
        server = Server(folder / "world", POSTS_PER_CYCLE=4)
        told("Warm start to first page", f"{started(server):.1f} s")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
                measure(server, browser)
        finally:
            server.stop()


def told(name: str, figure: str, target: str = "") -> None:
    """One line of the report."""
    print(f"{name:<56} {figure:>22}{f'   (target {target})' if target else ''}", flush=True)


def build_from_nothing(folder: Path) -> float:
    """Seconds until a copy without `.web` serves its first page."""
    copy = folder / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    server = Server(folder / "cold", root=copy)
    try:
        return started(server)
    finally:
        server.stop()


def started(server: Server) -> float:
    """Seconds from the command until the log-in page has been answered."""
    begun = time.perf_counter()
    server.start()
    server.fetch("/login")
    return time.perf_counter() - begun


def measure(server: Server, browser: Browser) -> None:
    """Everything that needs a running server."""
    at_rest(server, "Memory at rest, nobody there")
    server.run("cycle")
    with visitor(browser) as context:
        screen = Screen(context.new_page())
        screen.log_in(server)
        screen.chip("ReservasPro").first.wait_for(timeout=60_000)
        cookies = context.cookies()
        report_weight(server, browser, cookies)
        for path in ("/login", "/", "/analytics"):
            paints = [largest_paint(server, browser, path, cookies if path != "/login" else ()) for _ in range(LOADS)]
            told(f"Largest contentful paint of {path}", spread(paints, "ms"), "1 s")
        told("Approve, from the press to the repaint", spread(list(approvals(screen)), "ms"))
    at_rest(server, "Memory at rest, after all that")


def at_rest(server: Server, name: str) -> None:
    time.sleep(IDLE_SECONDS)
    assert server.process is not None
    memory, count = processes.memory_of(server.process.pid)
    told(f"{name} ({count} process{'es' if count > 1 else ''})", f"{memory / 2**20:.0f} MB", "250 MB")


def report_weight(server: Server, browser: Browser, cookies: Sequence[object]) -> None:
    """All bytes that a first visit to the calendar transfers."""
    with visitor(browser, cookies) as context:
        page = context.new_page()
        kinds, network = {}, context.new_cdp_session(page)
        sizes: dict[str, int] = {}
        network.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
        network.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
        network.send("Network.enable")
        page.goto(f"{server.url}/", wait_until="networkidle")
        page.wait_for_timeout(1500)
    by_kind: dict[str, int] = {}
    for request, size in sizes.items():
        kind = kinds.get(request, "Other")
        by_kind[kind] = by_kind.get(kind, 0) + int(size)
    code = sum(size for kind, size in by_kind.items() if kind not in ("Image", "Media"))
    told("Calendar, first visit: page, code, styles, font", f"{code / 1000:.0f} kB", "350 kB")
    told("Calendar, first visit: everything", f"{sum(by_kind.values()) / 1000:.0f} kB")
    parts = sorted(by_kind.items(), key=lambda entry: -entry[1])
    print("    " + ", ".join(f"{kind} {size / 1000:.0f} kB" for kind, size in parts))


def largest_paint(server: Server, browser: Browser, path: str, cookies: Sequence[object]) -> float:
    """Milliseconds to the largest contentful paint of a first visit."""
    with visitor(browser, cookies) as context:
        page = context.new_page()
        page.goto(f"{server.url}{path}")
        return float(page.evaluate(_LARGEST_PAINT))


def approvals(screen: Screen) -> Iterator[float]:
    """Milliseconds from pressing Approve to the frame that shows it, post after post; TikTok asks more than a press."""
    chips = screen.chip("", status="PENDING_APPROVAL")
    measured = skipped = 0
    while measured < APPROVALS and skipped < chips.count():
        chips.nth(skipped).click()
        screen.badge("PENDING_APPROVAL").wait_for()
        if (
            screen.panel.get_by_role("group", name=screen.say("post.platforms"))
            .get_by_role("button", name="TikTok")
            .count()
        ):
            skipped += 1
            continue
        measured += 1
        yield approval(screen.page, screen)


def approval(page: Page, screen: Screen) -> float:
    page.evaluate(_WATCH_APPROVAL)
    screen.panel.get_by_role("button", name=screen.say("post.approve")).first.click()
    return float(page.evaluate("window.repainted"))


@contextmanager
def visitor(browser: Browser, cookies: Sequence[object] = ()) -> Iterator[BrowserContext]:
    """A browser that has never been here, logged in if it is given cookies."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="es-ES")
    if cookies:
        context.add_cookies(list(cookies))  # type: ignore[arg-type]
    yield context
    context.close()


def spread(values: Sequence[float], unit: str) -> str:
    """`540 ms (510 to 690)`: the median and the ends."""
    return f"{statistics.median(values):.0f} {unit} ({min(values):.0f} to {max(values):.0f})"


if __name__ == "__main__":
    main()
