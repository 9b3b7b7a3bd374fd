"""`/media` serves stored files whole and in ranges, and nothing but them."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from marketingos import db
from marketingos.api import media as route
from marketingos.services import media
from tests.bucket import KEYS
from tests.conftest import Setter


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


@pytest.fixture(params=["folder", "bucket"])
async def address(database: str, environment: Setter, request: pytest.FixtureRequest) -> str:
    """Where the picture is, kept in either kind of store."""
    if request.param == "bucket":
        endpoint = request.getfixturevalue("s3_server")
        environment(MEDIA_STORE=f"s3://media/{uuid4().hex}", AWS_ENDPOINT_URL=endpoint, **KEYS)
    async with db.session() as s:
        return media.path_of((await media.store(s, picture())).name)


async def test_a_document_is_to_be_saved(browser: httpx.AsyncClient, database: str) -> None:
    """What may hold programs is never opened on our own address."""
    async with db.session() as s:
        paper = await media.store(s, b"%PDF-1.4\n1 0 obj<</Type /Page>>endobj\n%%EOF")
    answer = await browser.get(media.path_of(paper.name))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == "attachment"


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
    ("asked", "first", "last"),
    [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=5-999999", 5, None)],
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
    """416 with the size that there is, as RFC 9110 wants; HEAD says the same."""
    for ask in (browser.get, browser.head):
        answer = await ask(address, headers={"Range": "bytes=999999-"})
        assert answer.status_code == 416
        assert answer.headers["content-range"] == f"bytes */{len(picture())}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=5-2", "bytes=-", "lines=0-1", "bytes=a-b", "bytes=٣-٤"])
async def test_a_range_that_makes_no_sense_is_not_heard(browser: httpx.AsyncClient, address: str, asked: str) -> None:
    """Several ranges, or none that can be read: the whole file."""
    answer = await browser.get(address, headers={"Range": asked.encode()})
    assert (answer.status_code, answer.content) == (200, picture())


async def test_the_head_of_a_part(browser: httpx.AsyncClient, address: str) -> None:
    """HEAD with a range tells how long the part would be, and sends nothing."""
    answer = await browser.head(address, headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (206, "10", b"")


async def test_a_part_on_condition(browser: httpx.AsyncClient, address: str) -> None:
    """If-Range with this file's tag gives the part; with another tag, or a date, the whole file."""
    tag = (await browser.head(address)).headers["etag"]
    assert not tag.startswith("W/")
    for condition, status in ((tag, 206), ('"other"', 200), (f"W/{tag}", 200), ("Mon, 23 Nov 2026 09:00:00 GMT", 200)):
        answer = await browser.get(address, headers={"Range": "bytes=0-9", "If-Range": condition})
        assert answer.status_code == status
        assert answer.content == (picture()[:10] if status == 206 else picture())


async def test_what_the_browser_has_is_not_sent_again(browser: httpx.AsyncClient, address: str) -> None:
    """304 without a body for the tag that it got."""
    tag = (await browser.get(address)).headers["etag"]
    answer = await browser.get(address, headers={"If-None-Match": f'"x", W/{tag}'})
    assert (answer.status_code, answer.content) == (304, b"")


@given(st.integers(1, 10_000), st.integers(0, 12_000), st.integers(0, 12_000))
def test_every_span_lies_in_the_file(size: int, first: int, last: int) -> None:
    """Whatever is asked for is answered with bytes that are there and were asked for, or refused."""
    for header in (f"bytes={first}-{last}", f"bytes={first}-", f"bytes=-{last}"):
        try:
            span = route.span_of(header, size)
        except ValueError:
            assert first >= size or (header.startswith("bytes=-") and last == 0)
            continue
        assert span is None or 0 <= span[0] < span[1] <= size
        if span and not header.startswith("bytes=-"):
            assert span[0] == first


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
