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
from marketingos.adapters.sniffer import Sniffed, sniff
from marketingos.db import reading, session
from marketingos.domain.delivery import Attachment
from marketingos.domain.media import Media
from marketingos.domain.ports import Library
from marketingos.errors import NotFound
from marketingos.services.views import MediaView
from marketingos.settings import get_settings

_PURPOSE = b"marketingos.media.1"
_MIMES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "mp4": "video/mp4"}


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file that may be served: where it lies and what it is."""

    path: Path
    mime: str


async def store(data: bytes, *, ai_generated: bool = False) -> Media:
    """Keeps a picture or video; the same bytes are kept once. `InvalidInput("media.unsupported")` for anything else."""
    digest = hashlib.sha256(data).hexdigest()
    if known := await _find(digest):
        return known
    seen = await to_thread.run_sync(sniff, data)
    row = Media(
        sha256=digest,
        kind=seen.kind,
        mime=seen.mime,
        name=f"{digest}.{seen.extension}",
        thumbnail=await _keep_thumbnail(seen),
        size=len(data),
        width=seen.width,
        height=seen.height,
        seconds=seen.seconds,
        ai_generated=ai_generated,
        created_at=clock.now(),
    )
    await adapters.media_store().put(row.name, data)
    try:
        async with session() as s:
            s.add(row)
    except IntegrityError:
        if known := await _find(digest):
            return known
        raise
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
    return f"/media/{_signature(name)}/{name}"


def public_url(name: str) -> str:
    """The address of a file for somebody outside."""
    return f"{get_settings().base_url}{path_of(name)}"


async def open_signed(signature: str, name: str) -> StoredFile:
    """The file behind an address; `NotFound`, and nothing else, for whatever is wrong with it."""
    if not hmac.compare_digest(signature.encode(), _signature(name).encode()):
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


async def _find(digest: str) -> Media | None:
    async with reading() as s:
        row = (await s.exec(select(Media).where(Media.sha256 == digest))).first()
    return row if row and await adapters.media_store().exists(row.name) else None


async def _keep_thumbnail(seen: Sniffed) -> str:
    name = f"{hashlib.sha256(seen.thumbnail).hexdigest()}.jpg"
    await adapters.media_store().put(name, seen.thumbnail)
    return name


def _signature(name: str) -> str:
    """128 bits over the content hash that a name begins with."""
    key = hmac.digest(vault.signing_key(), _PURPOSE, "sha256")
    digest = hmac.digest(key, name.partition(".")[0].encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
