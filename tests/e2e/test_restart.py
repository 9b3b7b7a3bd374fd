"""A server that dies is a pause, not a loss: what was approved goes out once when it comes back."""

from __future__ import annotations

from collections import Counter

from playwright.sync_api import expect

from tests.e2e.conftest import World
from tests.e2e.screen import PLATFORMS, Screen
from tests.server import world_at


def test_killed_between_approval_and_publication(world: World, screen: Screen) -> None:
    """After `kill -9` and a new start the calendar, the words, the approval and the log-in are there, the page finds
    its server again by itself, and the post goes out once on each platform."""
    server = world(POSTS_PER_CYCLE=1, **world_at(1, 17, 5, speed=60))
    screen.log_in(server)
    screen.run_first_cycle()
    chips = screen.page.locator(".chip").count()
    screen.chip("ReservasPro", time="18:30").first.click()
    text = screen.text_of("LinkedIn")
    screen.approve(tiktok="PUBLIC_TO_EVERYONE")
    expect(screen.badge("APPROVED")).to_be_visible()

    assert server.get("/sandbox/ledger", brand="ReservasPro", pending=1)["posts"] == []
    server.kill()
    server.start()
    expect(screen.badge("PUBLISHED")).to_be_visible(timeout=180_000)

    ledger = server.get("/sandbox/ledger", brand="ReservasPro")["posts"]
    assert Counter(post["platform"] for post in ledger) == Counter(name.lower() for name in PLATFORMS)
    assert next(post["text"] for post in ledger if post["platform"] == "linkedin") == text
    screen.page.reload()
    expect(screen.page.locator(".chip")).to_have_count(chips)
