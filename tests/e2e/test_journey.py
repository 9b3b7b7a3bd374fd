"""The main job, end to end: a cycle, a person's words, approval, publication, and what followers do with it."""

from __future__ import annotations

import hashlib
import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import World
from tests.e2e.screen import PLATFORMS, Screen
from tests.server import world_at

CAPTION = "Tu agenda llena mientras cortas. ✂️\n\nReservas a cualquier hora, sin soltar la tijera. #barberia"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_from_a_cycle_to_its_engagement(database: str, world: World, screen: Screen) -> None:
    """A person runs a cycle, sees three products' posts, edits one, approves it, sees it published without reloading;
    exactly its text and media are on each platform once, and its engagement grows before the person's eyes."""
    # Tuesday, just after five: the slot that serves all four platforms comes at 18:30, in 85 seconds.
    server = world(database=database, POSTS_PER_CYCLE=1, **world_at(1, 17, 5, speed=60))
    screen.log_in(server)
    screen.run_first_cycle()
    for product in ("ReservasPro", "PulsoFit", "FacturaClara"):
        expect(screen.chip(product).first).to_be_visible()

    screen.chip("ReservasPro", time="18:30").first.click()
    screen.write("Instagram", CAPTION)
    texts = {"Instagram": CAPTION} | {name: screen.text_of(name) for name in PLATFORMS if name != "Instagram"}
    files = {name: _digest(screen.media_address(name)) for name in PLATFORMS}
    screen.page.evaluate("window.notReloaded = true")
    screen.approve(tiktok="PUBLIC_TO_EVERYONE")
    expect(screen.badge("PUBLISHED")).to_be_visible(timeout=150_000)
    assert screen.page.evaluate("window.notReloaded")

    ledger = server.get("/sandbox/ledger", brand="ReservasPro")["posts"]
    told = {post["platform"]: (post["text"], [m["sha256"] for m in post["media"]]) for post in ledger}
    assert len(ledger) == len(PLATFORMS)
    assert told == {name.lower(): (texts[name], [files[name]]) for name in PLATFORMS}

    _see_engagement_grow(screen)


def _digest(address: str) -> str:
    """SHA-256 of the file behind a public address."""
    return hashlib.sha256(httpx.get(address).raise_for_status().content).hexdigest()


def _see_engagement_grow(screen: Screen) -> None:
    """In the analytics page, without touching it."""
    page = screen.page
    page.get_by_role("link", name=screen.say("rail.analytics")).first.click()
    live = page.get_by_test_id("live")
    expect(live.get_by_test_id("live-gained")).to_contain_text(re.compile(r"\+\d"), timeout=60_000)
    line = live.locator(".chart-line").first
    expect(line).to_be_visible(timeout=60_000)
    figure, drawn = live.get_by_test_id("live-gained").inner_text(), line.get_attribute("d")
    expect(live.get_by_test_id("live-gained")).not_to_have_text(figure, timeout=60_000)
    expect(line).not_to_have_attribute("d", str(drawn), timeout=60_000)
    assert _number(live.get_by_test_id("live-gained").inner_text()) > _number(figure)
    for name in PLATFORMS:
        expect(page.get_by_test_id("platforms")).to_contain_text(name)


def _number(figure: str) -> int:
    return int(re.sub(r"\D", "", figure))
