"""A person's own picture: given to one platform, cropped, approved, and on that platform to the byte."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import World
from tests.e2e.screen import Screen
from tests.server import world_at


def test_an_own_picture_goes_out_as_it_was_shown(world: World, screen: Screen, tmp_path: Path) -> None:
    """What is no picture is refused in words; a wide PNG becomes the JPEG that the preview shows, and that very file is
    published, on the platform it was given to and on no other."""
    server = world(POSTS_PER_CYCLE=1, **world_at(1, 17, 5, speed=2))
    screen.log_in(server)
    screen.run_first_cycle()
    screen.chip("ReservasPro", time="18:30").first.click()
    painted = screen.media_address("LinkedIn")
    screen.look_at("Instagram")
    files = screen.panel.get_by_role("group").filter(has_text=screen.say("post.media.title"))
    files.locator("summary").click()
    files.get_by_label(screen.say("post.media.everywhere")).uncheck()

    field = files.locator("input[type=file]").first
    field.set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"<html>"})
    expect(screen.toast).to_contain_text("JPEG, PNG")
    field.set_input_files(_wide(tmp_path))
    expect(screen.toast).to_contain_text(screen.say("post.media.came"))
    filled = screen.media_address("Instagram")
    files.get_by_role("button", name=screen.say("post.media.crop")).click()
    expect(screen.panel.locator(".pv-media")).not_to_have_attribute("src", httpx.URL(filled).path)

    shown = httpx.get(screen.media_address("Instagram")).raise_for_status().content
    picture = Image.open(io.BytesIO(shown))
    assert (picture.format, round(picture.width / picture.height, 2)) == ("JPEG", 1.91)
    assert screen.media_address("LinkedIn") == painted
    screen.approve(tiktok="PUBLIC_TO_EVERYONE")
    screen.panel.get_by_role("button", name=screen.say("action.more")).click()
    screen.page.get_by_role("button", name=screen.say("post.publish_now")).click()
    expect(screen.badge("PUBLISHED")).to_be_visible(timeout=150_000)
    ledger = server.get("/sandbox/ledger", brand="ReservasPro")["posts"]
    told = {post["platform"]: post["media"][0]["sha256"] for post in ledger}
    assert told["instagram"] == hashlib.sha256(shown).hexdigest()
    assert told["linkedin"] == hashlib.sha256(httpx.get(painted).content).hexdigest()


def _wide(folder: Path) -> Path:
    file = folder / "counter.png"
    picture = Image.new("RGB", (2400, 800), "#6B1F2A")
    picture.paste("#E3B567", (1000, 200, 1400, 600))
    picture.save(file)
    return file
