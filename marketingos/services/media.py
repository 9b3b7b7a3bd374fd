"""Media: files kept once under the hash of their bytes, and the addresses under which the world may fetch them.

An address is `/media/{signature}/{name}`: the signature is an HMAC over the file's content hash, so addresses cannot be
guessed, never expire, and say nothing that a file does not say itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from marketingos import adapters, clock, vault
from marketingos.adapters import images, video
from marketingos.db import AsyncSession
from marketingos.domain.delivery import Attachment
from marketingos.domain.media import Media, MediaKind
from marketingos.domain.ports import Library
from marketingos.errors import NotFound
from marketingos.services.views import MediaView
from marketingos.settings import get_settings

_PURPOSE = b"marketingos.media.1"
_MIMES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "mp4": "video/mp4"}
_EXTENSIONS = {mime: extension for extension, mime in _MIMES.items()}


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file that may be served: where it lies and what it is."""

    path: Path
    mime: str


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that lies in the store and has no row yet."""

    sha256: str
    name: str
    thumbnail: str
    size: int
    seen: _Seen


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What a file is, told by its bytes and never by its name. `thumbnail` is a small WebP of it."""

    kind: MediaKind
    mime: str
    width: int
    height: int
    thumbnail: bytes
    seconds: float | None = None


async def store(s: AsyncSession, data: bytes, *, ai_generated: bool = False) -> Media:
    """Keeps a picture or video with its row; the same bytes are kept once.

    Raises `InvalidInput("media.unsupported")` unless it is a JPEG, PNG, WebP or MP4.
    """
    return await record(s, await keep(data), ai_generated=ai_generated)


async def keep(data: bytes) -> Kept:
    """Looks at a file and puts it, and a small picture of it, into the store. Needs no transaction."""
    seen = await to_thread.run_sync(_look, data)
    digest, small = (hashlib.sha256(content).hexdigest() for content in (data, seen.thumbnail))
    name = f"{digest}.{_EXTENSIONS[seen.mime]}"
    kept = Kept(sha256=digest, name=name, thumbnail=f"{small}.webp", size=len(data), seen=seen)
    await adapters.media_store().put(kept.name, data)
    await adapters.media_store().put(kept.thumbnail, seen.thumbnail)
    return kept


async def record(s: AsyncSession, kept: Kept, *, ai_generated: bool = False) -> Media:
    """The row of a file that is in the store: the one that is there, or a new one."""
    same = select(Media).where(Media.sha256 == kept.sha256)
    if known := (await s.exec(same)).first():
        return known
    row = Media(
        sha256=kept.sha256,
        kind=kept.seen.kind,
        mime=kept.seen.mime,
        name=kept.name,
        thumbnail=kept.thumbnail,
        size=kept.size,
        width=kept.seen.width,
        height=kept.seen.height,
        seconds=kept.seen.seconds,
        ai_generated=ai_generated,
        created_at=clock.now(),
    )
    try:
        async with s.begin_nested():
            s.add(row)
    except IntegrityError:
        return (await s.exec(same)).one()
    return row


def view(row: Media) -> MediaView:
    """The file for a browser, with addresses on this host."""
    return MediaView(
        id=row.id or 0,
        kind=row.kind,
        url=path_of(row.name),
        thumbnail_url=path_of(row.thumbnail or row.name),
        width=row.width,
        height=row.height,
        seconds=row.seconds,
    )


def path_of(name: str) -> str:
    """The address of a file on this host."""
    return f"/media/{_signatures(name)[0]}/{name}"


def public_url(name: str) -> str:
    """The address of a file for somebody outside."""
    return f"{get_settings().base_url}{path_of(name)}"


async def open_signed(signature: str, name: str) -> StoredFile:
    """The file behind an address; `NotFound`, and nothing else, for whatever is wrong with it.

    Addresses that were given out under an older key still hold: a platform may be fetching one while keys are rotated.
    """
    if not any(hmac.compare_digest(signature.encode(), good.encode()) for good in _signatures(name)):
        raise NotFound("media.gone")
    store = adapters.media_store()
    mime = _MIMES.get(name.rpartition(".")[2])
    if mime is None or not await store.exists(name):
        raise NotFound("media.gone")
    return StoredFile(path=store.path(name), mime=mime)


def library() -> Library:
    """The stored files as publishers need them."""
    return _Shelves()


class _Shelves:
    """Implements `ports.Library`."""

    async def read(self, attachment: Attachment) -> bytes:
        return await adapters.media_store().open(attachment.name)

    def public_url(self, attachment: Attachment) -> str:
        return public_url(attachment.name)


def _look(data: bytes) -> _Seen:
    if data[4:8] != b"ftyp":
        picture = images.probe(data)
        return _Seen(
            kind=MediaKind.IMAGE,
            mime=picture.mime,
            width=picture.width,
            height=picture.height,
            thumbnail=images.thumbnail(data),
        )
    film = video.probe(data)
    return _Seen(
        kind=MediaKind.VIDEO,
        mime="video/mp4",
        width=film.width,
        height=film.height,
        thumbnail=images.thumbnail(video.first_frame(data)),
        seconds=film.seconds,
    )


def _signatures(name: str) -> list[str]:
    """128 bits over the content hash that a name begins with, by each key, the newest first."""
    keys = (hmac.digest(key, _PURPOSE, "sha256") for key in vault.signing_keys())
    digests = (hmac.digest(key, name.partition(".")[0].encode(), "sha256") for key in keys)
    return [base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=") for digest in digests]
