"""The cord: anybody on any page can stop what is about to go out, sees who did and why, and lets it go on."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import World
from tests.e2e.screen import Screen
from tests.server import world_at


def test_pausing_holds_what_is_due_until_somebody_resumes(world: World, screen: Screen) -> None:
    """With everything paused a post that is sent now waits; the banner says why on each page; resumed, it goes out."""
    server = world(POSTS_PER_CYCLE=1, **world_at(0, 6, 0, speed=2))
    done = server.run("cycle", "--product", "ReservasPro")
    assert done.returncode == 0, done.stderr
    screen.log_in(server)
    screen.chip("ReservasPro", time="09:30").first.click()
    screen.approve()

    page = screen.page
    page.get_by_role("button", name=screen.say("pause.line")).click()
    page.get_by_role("button", name=screen.say("pause.everything")).click()
    question = page.get_by_role("dialog", name=screen.say("pause.title"))
    question.get_by_label(screen.say("pause.reason")).fill("Precio equivocado")
    question.get_by_role("button", name=screen.say("pause.do_everything")).click()
    banner = page.get_by_role("status").filter(has_text="Precio equivocado")
    expect(banner).to_contain_text(screen.say("pause.waiting", n=1))

    screen.panel.get_by_role("button", name=screen.say("action.more")).click()
    page.get_by_role("button", name=screen.say("post.publish_now")).click()
    expect(screen.badge("HELD")).to_be_visible(timeout=60_000)
    assert server.get("/sandbox/ledger", brand="ReservasPro")["posts"] == []

    page.get_by_role("link", name=screen.say("rail.accounts")).first.click()
    expect(page.get_by_role("heading", name=screen.say("accounts.title"))).to_be_visible()
    screen.speak("en")
    expect(banner).to_contain_text(screen.say("pause.waiting", n=1))
    banner.get_by_role("button", name=screen.say("pause.resume")).click()
    expect(banner).to_have_count(0)
    page.go_back()
    expect(screen.badge("PUBLISHED")).to_be_visible(timeout=60_000)
    assert len(server.get("/sandbox/ledger", brand="ReservasPro")["posts"]) == 2
