"""Slips of the hand: a double click, a key that is held down, the back button in the middle of a sentence."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import World
from tests.e2e.screen import Screen
from tests.server import world_at


def test_a_slip_of_the_hand_loses_and_decides_nothing(world: World, screen: Screen) -> None:
    """Words survive the back button and another page; a double click confirms once; a held key approves once and leaves
    its undo."""
    server = world(POSTS_PER_CYCLE=1, **world_at(0, 6, 0, speed=2))
    done = server.run("cycle", "--product", "ReservasPro")
    assert done.returncode == 0, done.stderr
    screen.log_in(server)
    page = screen.page
    chip = screen.chip("ReservasPro").first
    chip.hover()
    expect(page.get_by_role("tooltip")).to_contain_text("ReservasPro")
    chip.click()
    screen.start_editing()
    screen.field.fill("A medias")
    expect(screen.panel.locator(".counter-words b")).to_have_text("8")
    page.go_back()
    question = page.get_by_role("dialog", name=screen.say("post.discard_title"))
    question.get_by_role("button", name=screen.say("post.keep_writing")).click()
    expect(screen.field).to_have_value("A medias")
    page.get_by_role("link", name=screen.say("rail.products")).first.click()
    expect(page.locator(".product-row")).to_have_count(3)

    page.get_by_role("switch").click()
    page.get_by_role("dialog").get_by_role("button", name=screen.say("products.rest.do")).dblclick()
    expect(screen.toast).to_be_visible()
    expect(page.get_by_role("switch")).not_to_be_checked()

    page.get_by_role("link", name=screen.say("rail.calendar")).first.click()
    expect(screen.field).to_have_value("A medias")
    question.get_by_role("button", name=screen.say("post.discard"), exact=True).click()
    expect(screen.panel).to_have_count(0)
    chip.click()
    expect(screen.badge("PENDING_APPROVAL")).to_be_visible()
    for _ in range(4):
        page.keyboard.down("a")
    expect(screen.badge("APPROVED")).to_be_visible()
    screen.toast.get_by_role("button", name=screen.say("action.undo")).click()
    expect(screen.badge("PENDING_APPROVAL")).to_be_visible()
