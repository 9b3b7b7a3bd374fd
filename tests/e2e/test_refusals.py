"""Bad input and bad luck: a clear sentence in the person's language, and nothing that was written is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from marketingos.text import sentence
from tests.e2e.conftest import World
from tests.e2e.screen import Screen
from tests.server import EMAIL, Server, world_at


@pytest.fixture
def server(world: World) -> Server:
    """Early on a Monday, before the first slots of the week."""
    return world(POSTS_PER_CYCLE=1, **world_at(0, 6, 0, speed=2))


def write_for(server: Server, product: str) -> None:
    """One post for a product, as the command line does it."""
    done = server.run("cycle", "--product", product)
    assert done.returncode == 0, done.stderr


def test_a_wrong_login(server: Server, screen: Screen) -> None:
    """A wrong pair is one sentence under the field, the same whoever it is; what was typed stays."""
    screen.log_in(server, password="no-es-esta-clave")
    expect(screen.page.get_by_role("alert")).to_have_text("El correo o la contraseña no coinciden.")
    expect(screen.page.get_by_label("Correo")).to_have_value(EMAIL)
    screen.speak("en")
    screen.log_in(server, email="nobody@example.com", password="not-this-one")
    expect(screen.page.get_by_role("alert")).to_have_text(screen.say("login.mismatch"))
    expect(screen.page.get_by_label("Email")).to_have_value("nobody@example.com")


def test_an_over_long_caption(server: Server, screen: Screen) -> None:
    """What is too long cannot be saved, says by how much and for whom, and stays in the field to be shortened."""
    write_for(server, "ReservasPro")
    screen.log_in(server)
    screen.chip("ReservasPro").first.click()
    screen.look_at("Instagram")
    before = screen.text_of("Instagram")
    screen.start_editing()
    screen.field.fill("a" * 2_300)
    alert, save = screen.panel.get_by_role("alert"), screen.panel.get_by_role("button", name="Guardar")
    expect(alert).to_have_text(
        "Instagram admite 2.200 caracteres. Acorta el texto para poder guardarlo; lo escrito sigue aquí."
    )
    expect(screen.panel.get_by_text("sobran 100")).to_be_visible()
    expect(save).to_be_disabled()
    screen.speak("en")
    expect(alert).to_have_text(screen.say("post.too_long", platform="Instagram", limit="2,200"))
    expect(screen.field).to_have_value("a" * 2_300)

    screen.field.fill(before + " ✂️")
    screen.save()
    expect(screen.field).to_have_count(0)
    assert screen.text_of("Instagram") == before + " ✂️"


def test_a_missing_picture(server: Server, screen: Screen) -> None:
    """A post whose picture failed is there with its words, says what is missing, cannot go out, and gets its picture
    when asked again."""
    declined = {"match": {"platform": "replicate", "method": "POST"}, "action": "fail_processing", "reason": "nsfw"}
    server.post("/sandbox/control/faults", [{**declined, "times": None}])
    write_for(server, "ReservasPro")
    server.delete("/sandbox/control/faults")
    screen.log_in(server)
    screen.chip("ReservasPro").first.click()
    approve = screen.panel.get_by_role("button", name="Aprobar")
    expect(screen.panel).to_contain_text(screen.say("check.media_failed"))
    text = screen.text_of("Instagram")
    screen.speak("en")
    expect(screen.panel).to_contain_text(screen.say("check.media_failed"))
    screen.speak("es")

    screen.panel.get_by_role("button", name=screen.say("post.retry_media")).first.click()
    expect(screen.panel).not_to_contain_text(screen.say("check.media_failed"), timeout=120_000)
    expect(approve).to_be_enabled()
    assert screen.text_of("Instagram") == text


def test_an_unknown_product(server: Server, screen: Screen) -> None:
    """A product or a post that is not there is said in one sentence, at the terminal and on the page, with a way on."""
    for language in ("es", "en"):
        refused = server.run("cycle", "--product", "Peluquería Nadie", LANGUAGE=language)
        assert (refused.returncode, refused.stderr.strip()) == (1, sentence("cycle.unknown_product", language))
    screen.log_in(server)
    expect(screen.page.get_by_role("button", name=screen.say("calendar.first.write"))).to_be_visible()
    screen.page.goto(f"{server.url}/post/4711")
    expect(screen.page.get_by_role("heading", name="Esta publicación no está")).to_be_visible()
    screen.speak("en")
    expect(screen.page.get_by_role("heading", name=screen.say("post.missing"))).to_be_visible()
    screen.page.get_by_role("main").get_by_role("link", name=screen.say("post.to_calendar")).click()
    expect(screen.page).to_have_url(f"{server.url}/")


def test_a_refused_api_call(server: Server, screen: Screen) -> None:
    """Facebook refuses the permission: the post says so and what to do, and keeps its words; Instagram gets its own all
    the same."""
    expired = {"match": {"platform": "facebook"}, "action": "token_expired", "times": None}
    write_for(server, "ReservasPro")
    server.post("/sandbox/control/faults", [expired])
    screen.log_in(server)
    screen.chip("ReservasPro", time="09:30").first.click()
    text = screen.text_of("Facebook")
    screen.approve()
    screen.panel.get_by_role("button", name=screen.say("action.more")).click()
    screen.page.get_by_role("button", name=screen.say("post.publish_now")).click()
    expect(screen.panel).to_contain_text(screen.say("error.token_rejected"), timeout=60_000)
    expect(screen.panel).to_contain_text(screen.say("post.delivery.published", at=""), timeout=60_000)
    screen.speak("en")
    expect(screen.panel).to_contain_text(screen.say("error.token_rejected"))

    ledger = server.get("/sandbox/ledger", brand="ReservasPro")["posts"]
    assert [post["platform"] for post in ledger] == ["instagram"]
    screen.look_at("Facebook")
    expect(screen.panel.get_by_role("article", name="Facebook")).to_contain_text(text.split("\n")[0])
