"""`/media` serves stored files whole and in ranges, and nothing but them."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from marketingos import db
from marketingos.api import media as route
from marketingos.services import media


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (216, 270), "#6B1F2A").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """Somebody outside, without a cookie."""
    app = FastAPI()
    app.include_router(route.router)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://marketing.codetix.es") as client:
        yield client


@pytest.fixture
async def address(database: str) -> str:
    """Where the picture is."""
    async with db.session() as s:
        return media.path_of((await media.store(s, picture())).name)


async def test_a_file_is_served_whole(browser: httpx.AsyncClient, address: str) -> None:
    """200 with type and length, no redirect and no cookie, kept for long, never sniffed."""
    answer = await browser.get(address)
    assert answer.status_code == 200
    assert answer.content == picture()
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == str(len(picture()))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["accept-ranges"] == "bytes"
    assert "set-cookie" not in answer.headers


async def test_its_head_can_be_asked(browser: httpx.AsyncClient, address: str) -> None:
    """HEAD answers the same headers and no body."""
    answer = await browser.head(address)
    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(picture()))
    assert answer.content == b""


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-50", -50, None)]
)
async def test_parts_can_be_asked(
    browser: httpx.AsyncClient, address: str, asked: str, first: int, last: int | None
) -> None:
    """206 with exactly the bytes of the range."""
    answer = await browser.get(address, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == picture()[first : None if last is None else last + 1]
    assert answer.headers["content-range"].endswith(f"/{len(picture())}")


async def test_a_range_beyond_the_end_is_refused(browser: httpx.AsyncClient, address: str) -> None:
    """416, as RFC 9110 wants."""
    assert (await browser.get(address, headers={"Range": "bytes=999999-"})).status_code == 416


@pytest.mark.parametrize(
    "spoil", [lambda p: p[:-5] + ".png", lambda p: p.replace("/media/", "/media/x"), lambda p: p + "x"]
)
async def test_any_other_address_is_not_found(browser: httpx.AsyncClient, address: str, spoil) -> None:  # type: ignore[no-untyped-def]
    """404 for a changed signature, name or extension."""
    answer = await browser.get(spoil(address))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path", ["/media/x/..%2f..%2fetc%2fpasswd", "/media/ñ/ñ.jpg", "/media/x/y", "/media/x/%00.jpg"]
)
async def test_made_up_addresses_are_not_found(browser: httpx.AsyncClient, database: str, path: str) -> None:
    """404, never an error and never a file of the system."""
    assert (await browser.get(path)).status_code == 404


async def test_only_reading_is_possible(browser: httpx.AsyncClient, address: str) -> None:
    """405 for anything that would change something."""
    assert (await browser.put(address, content=b"x")).status_code == 405
