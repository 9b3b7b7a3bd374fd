"""A video larger than one would like to have in memory goes out in spans, whole and in order."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from marketingos import clock
from marketingos.adapters import http
from marketingos.adapters.linkedin.uploads import Kind, advance
from marketingos.adapters.meta.page_video import upload
from marketingos.adapters.tiktok import chunks
from marketingos.adapters.tiktok.publisher import TikTok
from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Attachment, Content
from marketingos.domain.platform import Format, Platform
from tests.adapters.wire import NOW, content, grant, plain

SIZE = 150_000_000
MOST = 20_000_000
"""Bytes: TikTok's last piece may take that much."""

FILM = Attachment(
    sha256="0" * 64, name="0.mp4", mime="video/mp4", size=SIZE, width=1080, height=1920, seconds=60
)  # fmt: skip


def span_of(start: int, end: int) -> bytes:
    """The bytes of the film between two offsets, made when they are asked for."""
    block = b"%015d " % 7
    return (block * ((end - start) // 16 + 2))[start % 16 :][: end - start]


@dataclass
class Archive:
    """A library whose one file is made up as it is read; it refuses to hand out much at once."""

    spans: list[int] = field(default_factory=list)

    async def read(self, attachment: Attachment, start: int = 0, end: int | None = None) -> bytes:
        stop = min(SIZE, SIZE if end is None else end)
        assert stop - start <= MOST, "too much at once"
        self.spans.append(stop - start)
        return span_of(start, stop)

    async def stream(self, attachment: Attachment) -> AsyncIterator[bytes]:
        for start in range(0, SIZE, 1_048_576):
            yield await self.read(attachment, start, min(start + 1_048_576, SIZE))

    def public_url(self, attachment: Attachment) -> str:
        return ""


@dataclass
class Drain(httpx.AsyncBaseTransport):
    """Takes uploads, remembers their digest and never their bytes."""

    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    taken: int = 0
    chunked: bool = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.chunked = self.chunked or "transfer-encoding" in request.headers
        assert isinstance(request.stream, httpx.AsyncByteStream)
        async for part in request.stream:
            self.digest.update(part)
            self.taken += len(part)
        return httpx.Response(201, headers={"etag": f"part-{self.taken}"}, json={"success": True})


@pytest.fixture
def drain(monkeypatch: pytest.MonkeyPatch) -> Drain:
    made = Drain()
    client = httpx.AsyncClient(transport=made)
    monkeypatch.setattr(http, "client", lambda: client)
    return made


def expected() -> str:
    whole = hashlib.sha256()
    for start in range(0, SIZE, 10_000_000):
        whole.update(span_of(start, min(start + 10_000_000, SIZE)))
    return whole.hexdigest()


async def test_tiktok_gets_it_in_pieces(drain: Drain) -> None:
    """Each piece is read for itself; together they are the file."""
    archive, pieces = Archive(), chunks.plan(SIZE)
    film = content(Platform.TIKTOK, "", FILM, format=Format.VIDEO)
    for index in range(pieces.count):
        await TikTok(archive)._put(film, {"upload_url": "https://upload.example.com/x"}, pieces, index)
    assert (drain.taken, drain.digest.hexdigest()) == (SIZE, expected())


async def test_linkedin_gets_it_in_parts(drain: Drain) -> None:
    """Each part of the instructions is read for itself."""
    archive, size = Archive(), 4_194_304
    parts = [
        [f"https://upload.example.com/{n}", n * size, min((n + 1) * size, SIZE) - 1] for n in range(-(-SIZE // size))
    ]
    progress = {"urn": "urn:li:video:1", "at": NOW.isoformat(), "parts": parts, "token": "", "etags": []}
    with clock.frozen(NOW):
        for _ in parts:
            step = await advance(grant(AccountKind.ORGANIZATION, "1"), archive, FILM, Kind.VIDEO, progress)
            assert step.upload is not None
            progress = dict(plain(step.upload))
    assert (drain.taken, drain.digest.hexdigest()) == (SIZE, expected())
    assert len(progress["etags"]) == len(parts)


async def test_a_document_streams_with_its_length(drain: Drain) -> None:
    """It goes up in one piece that is never in memory."""
    archive, parts = Archive(), [["https://upload.example.com/1", 0, SIZE - 1]]
    progress = {"urn": "urn:li:document:1", "at": NOW.isoformat(), "parts": parts, "token": "", "etags": []}
    with clock.frozen(NOW):
        await advance(grant(AccountKind.ORGANIZATION, "1"), archive, FILM, Kind.DOCUMENT, progress)
    assert (drain.taken, drain.digest.hexdigest()) == (SIZE, expected())
    assert not drain.chunked
    assert max(archive.spans) <= 1_048_576


async def test_a_reel_streams_with_its_length(drain: Drain) -> None:
    """The one call that takes the whole file gets it as a stream whose length is told beforehand."""
    archive = Archive()
    reel: Content = content(Platform.FACEBOOK, "", FILM, format=Format.REEL)
    await upload(grant(AccountKind.PAGE, "1"), archive, reel, {"upload_url": "https://upload.example.com/x"})
    assert (drain.taken, drain.digest.hexdigest()) == (SIZE, expected())
    assert not drain.chunked
    assert max(archive.spans) <= 1_048_576
