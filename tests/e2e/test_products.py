"""A product by hand, as a person makes one: described, given a week, activated, exported."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, expect

from marketingos.services import sheets
from tests.e2e.conftest import World
from tests.e2e.screen import Screen


def button(screen: Screen, key: str, within: Locator | None = None, **values: object) -> Locator:
    return (within or screen.page).get_by_role("button", name=screen.say(key, **values), exact=True)  # type: ignore[union-attr]


def text(screen: Screen, name: str) -> Locator:
    return screen.page.locator(f"#p-{name}")


def test_a_product_by_hand(world: World, screen: Screen, tmp_path: Path) -> None:
    """What is wrong is said at its field; once saved it has a week, becomes active after its consequences were shown,
    and its export says what was typed."""
    server = world()
    screen.log_in(server)
    screen.page.get_by_role("link", name=screen.say("rail.products")).first.click()
    expect(screen.page.locator(".product-row")).to_have_count(3)

    button(screen, "products.new").first.click()
    expect(text(screen, "name")).to_have_value("")
    text(screen, "website").fill("no es un sitio")
    text(screen, "name").fill("AulaPlus")
    screen.page.keyboard.press("Control+s")
    expect(screen.page.get_by_role("alert")).to_have_text(screen.say("sheet.bad_site"))
    text(screen, "website").fill("aulaplus.es")
    tone = text(screen, "tone")
    tone.fill("cercano")
    tone.press("Enter")
    button(screen, "products.fact").click()
    screen.page.get_by_label(screen.say("products.fact.claim")).fill("Prueba de 14 días gratis")
    add_slot(screen, "lunes", "09:30")
    button(screen, "products.create").first.click()
    expect(screen.toast).to_contain_text(screen.say("products.saved", name="AulaPlus"))

    move_slot(screen, "lunes 09:30", to="viernes")
    button(screen, "action.save").first.click()
    expect(screen.toast).to_contain_text(screen.say("products.saved", name="AulaPlus"))

    screen.page.get_by_role("switch").click()
    question = screen.page.get_by_role("dialog")
    expect(question).to_contain_text(screen.say("products.lacks_accounts"))
    button(screen, "products.activate.do", question).click()
    expect(screen.toast).to_contain_text(screen.say("products.activated", name="AulaPlus"))
    expect(screen.page.get_by_role("switch")).to_be_checked()

    screen.page.reload()
    expect(text(screen, "name")).to_have_value("AulaPlus")
    button(screen, "action.more").click()
    with screen.page.expect_download() as download:
        button(screen, "products.export").click()
    file = tmp_path / "export.yaml"
    download.value.save_as(file)
    [document] = sheets.read(file.read_text("utf-8"))
    assert document.sheet
    assert (document.sheet.website, document.sheet.voice.tone) == ("https://aulaplus.es", "cercano")
    assert [fact.claim for fact in document.sheet.facts] == ["Prueba de 14 días gratis"]
    assert [(slot.weekday.value, f"{slot.time:%H:%M}") for slot in document.sheet.slots] == [("friday", "09:30")]


def add_slot(screen: Screen, day: str, time: str) -> None:
    button(screen, "products.slot.add_on", day=day).click()
    question = screen.page.get_by_role("dialog")
    question.get_by_label(screen.say("products.slot.time")).fill(time)
    button(screen, "products.slot.add", question).click()
    expect(question).to_have_count(0)


def move_slot(screen: Screen, slot: str, *, to: str) -> None:
    screen.page.get_by_role("button", name=slot).click()
    question = screen.page.get_by_role("dialog")
    question.get_by_label(screen.say("products.slot.day")).select_option(label=to)
    button(screen, "products.slot.keep", question).click()
    expect(screen.page.get_by_role("button", name=f"{to} 09:30")).to_be_visible()
