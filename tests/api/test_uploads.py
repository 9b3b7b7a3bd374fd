"""Uploading: only who may, only what fits, only from our own pages; what is refused says why and leaves nothing."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from sqlmodel import func, select

from marketingos import db
from marketingos.api import uploads
from marketingos.domain.media import FILM_LIMIT, Media
from marketingos.domain.platform import Platform
from marketingos.domain.user import Role
from marketingos.services import people, posts
from marketingos.text import sentence
from tests.services import stage

HOST = "https://marketing.codetix.es"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1080, 1080), "#336699").save(out, "JPEG")
    return out.getvalue()


async def signed_in(role: Role) -> httpx.AsyncClient:
    """The browser of somebody with that role."""
    person = await stage.person(role)
    session = await people.redeem_ticket(await people.open_ticket(person.email, "una-clave-larga"))
    assert session is not None
    app = FastAPI()
    app.include_router(uploads.router)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=HOST, cookies={people.COOKIE: session[0]}
    )  # fmt: skip


@pytest.fixture
async def browser(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """Laura's browser."""
    async with await signed_in(Role.EDITOR) as client:
        yield client


@pytest.fixture
async def address(database: str) -> str:
    """Where a post's files go."""
    platforms = (Platform.INSTAGRAM, Platform.TIKTOK)
    post = await stage.post(await stage.product(platforms=platforms), platforms=platforms)
    return f"/api/posts/{post}/media?platforms=instagram&platforms=tiktok&replace=true"


async def files() -> int:
    async with db.reading() as s:
        return (await s.exec(select(func.count()).select_from(Media))).one()


async def test_a_picture_is_taken_for_every_platform_named(browser: httpx.AsyncClient, address: str) -> None:
    """201; the post has it on both platforms, in the place of what was there."""
    answer = await browser.post(address, content=picture())
    assert (answer.status_code, answer.json()["leftOut"]) == (201, [])
    view = await posts.post(await stage.person(), int(address.split("/")[3]))
    assert {m.id for v in view.variants for m in v.media} == {answer.json()["mediaId"]}


async def test_a_pdf_is_called_by_its_files_name(browser: httpx.AsyncClient) -> None:
    """On LinkedIn; the platforms that take none say so in the person's language."""
    platforms = (Platform.INSTAGRAM, Platform.LINKEDIN)
    post = await stage.post(await stage.product(platforms=platforms), platforms=platforms)
    address = f"/api/posts/{post}/media?platforms=instagram&platforms=linkedin&replace=true"
    guide = b"%PDF-1.4\n2 0 obj<</Type /Pages /Count 3>>endobj\n%%EOF"
    answer = await browser.post(f"{address}&name=Gu%C3%ADa%202027.pdf&language=es", content=guide)
    assert answer.status_code == 201
    assert {left["why"] for left in answer.json()["leftOut"]} == {sentence("media.paper_not_here", "es")}
    view = await posts.post(await stage.person(), post)
    assert [v.title for v in view.variants if v.media and v.media[0].pages == 3] == ["Guía 2027"]


async def test_who_is_not_logged_in_is_refused(browser: httpx.AsyncClient, address: str) -> None:
    """401, whatever is sent along."""
    browser.cookies.clear()
    assert (await browser.post(address, content=picture())).status_code == 401


async def test_who_may_only_look_is_refused(address: str) -> None:
    """403 before anything is received."""
    before = await files()
    async with await signed_in(Role.VIEWER) as viewer:
        assert (await viewer.post(address, content=picture())).status_code == 403
    assert await files() == before


async def test_another_site_s_page_is_refused(browser: httpx.AsyncClient, address: str) -> None:
    """403 for an origin that is not ours; ours is fine."""
    strange = await browser.post(address, content=picture(), headers={"Origin": "https://elsewhere.example"})
    ours = await browser.post(address, content=picture(), headers={"Origin": HOST})
    assert (strange.status_code, ours.status_code) == (403, 201)


@pytest.mark.parametrize("language", ["es", "en"])
async def test_what_is_no_picture_says_so(browser: httpx.AsyncClient, address: str, language: str) -> None:
    """422 as problem JSON with a sentence in the person's language; nothing is kept."""
    before = await files()
    answer = await browser.post(f"{address}&language={language}", content=b"<svg onload=alert(1)>")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("JPEG, PNG o WebP" if language == "es" else "JPEG, PNG or WebP") in answer.json()["detail"]
    assert await files() == before


async def test_what_is_too_large_is_refused_while_it_comes(
    browser: httpx.AsyncClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """413 by what was announced, and by what really came when nothing was."""
    monkeypatch.setattr(uploads, "FILM_LIMIT", 1_000_000)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < FILM_LIMIT:
            sent += 100_000
            yield bytes(100_000)

    announced = await browser.post(address, content=bytes(1_000_001))
    unannounced = await browser.post(address, content=endless())
    assert (announced.status_code, unannounced.status_code) == (413, 413)
    assert "1 MB" in announced.json()["detail"]


@pytest.mark.parametrize("path", ["/api/posts/999/media?platforms=instagram", "/api/posts/x/media?platforms=instagram"])
async def test_a_post_that_is_not_there(browser: httpx.AsyncClient, path: str) -> None:
    """404, or 422 for what is no number."""
    assert (await browser.post(path, content=picture())).status_code in (404, 422)


async def test_a_platform_that_is_none(browser: httpx.AsyncClient, address: str) -> None:
    """422 for an invented platform, and for none."""
    for query in ("?platforms=myspace", ""):
        assert (await browser.post(address.partition("?")[0] + query, content=picture())).status_code == 422
