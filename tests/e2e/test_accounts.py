"""Connecting accounts as a person does: off to the platform's page, back, choose; and what a no, a check and a removal
look like."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import World
from tests.e2e.screen import Screen


@pytest.fixture
def accounts(world: World, screen: Screen) -> Screen:
    """The accounts page of a new sandbox world, where the demo accounts are connected."""
    server = world()
    screen.log_in(server)
    screen.page.get_by_role("link", name=screen.say("rail.accounts")).first.click()
    expect(rows(screen)).to_have_count(12)
    return screen


def rows(screen: Screen) -> Locator:
    return screen.page.get_by_role("listitem")


def press(screen: Screen, key: str, *, role: str = "button", **values: object) -> None:
    screen.page.get_by_role(role, name=screen.say(key, **values), exact=True).first.click()  # type: ignore[arg-type]


def test_connecting_and_choosing(accounts: Screen) -> None:
    """A yes at Facebook is followed by a choice; what is chosen is connected and says until when."""
    press(accounts, "accounts.connect")
    press(accounts, "accounts.connect.meta", role="link")
    expect(accounts.page.get_by_text("Pruebas")).to_be_visible()
    accounts.page.get_by_role("button", name="Continuar").click()
    choice = accounts.page.get_by_role("dialog", name=accounts.say("accounts.offer.title"))
    expect(choice.get_by_role("checkbox")).to_have_count(6)
    choice.get_by_role("checkbox").first.click()
    choice.get_by_role("button", name=accounts.say("accounts.offer.do", n=5)).click()
    expect(accounts.toast).to_contain_text("Conectadas")
    expect(accounts.page).to_have_url(accounts.page.url.partition("?")[0])
    expect(rows(accounts)).to_have_count(12)


def test_a_no_changes_nothing(accounts: Screen) -> None:
    """Saying no at LinkedIn comes back with one sentence."""
    press(accounts, "accounts.connect")
    press(accounts, "accounts.connect.linkedin", role="link")
    accounts.page.get_by_role("button", name="Cancelar").click()
    expect(accounts.toast).to_contain_text(accounts.say("connect.denied"))
    expect(rows(accounts)).to_have_count(12)


def test_a_member_is_connected_checked_and_removed(accounts: Screen) -> None:
    """One account needs no choice; its permission can be tried and given back."""
    press(accounts, "accounts.connect")
    press(accounts, "accounts.connect.linkedin-member", role="link")
    accounts.page.get_by_role("button", name="Continuar").click()
    member = rows(accounts).filter(has_text="Marta Ibáñez")
    expect(member).to_contain_text(accounts.say("accounts.kind.member"))
    member.get_by_role("button", name=accounts.say("accounts.check"), exact=True).first.click()
    expect(accounts.toast).to_contain_text(accounts.say("accounts.check.good", name="Marta Ibáñez"))
    member.get_by_role("button", name=accounts.say("accounts.more", name="Marta Ibáñez")).click()
    member.get_by_role("button", name=accounts.say("accounts.remove")).click()
    accounts.page.get_by_role("dialog").get_by_role("button", name=accounts.say("accounts.remove.do")).click()
    expect(member).to_have_count(0)


def test_who_sees_it_is_picked_by_a_person(accounts: Screen) -> None:
    """TikTok's question opens with nothing picked, and saving waits until something is."""
    creator = rows(accounts).filter(has_text="@reservaspro")
    creator.get_by_role("button", name=accounts.say("accounts.more", name="@reservaspro")).click()
    creator.get_by_role("button", name=accounts.say("accounts.audience")).click()
    question = accounts.page.get_by_role("dialog")
    save = question.get_by_role("button", name=accounts.say("accounts.save"))
    expect(save).to_be_disabled()
    expect(question.get_by_role("radio", checked=True)).to_have_count(0)
    question.get_by_text(accounts.say("post.privacy.SELF_ONLY"), exact=True).click()
    save.click()
    expect(creator).to_contain_text(accounts.say("accounts.audience.short", who=accounts.say("post.privacy.SELF_ONLY")))
