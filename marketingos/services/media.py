"""Media: files kept once under the hash of their bytes, and the addresses under which the world may fetch them.

An address is `/media/{signature}/{name}`: the signature is an HMAC over the file's content hash, so addresses cannot be
guessed, never expire, and say nothing that a file does not say itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from anyio import to_thread
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from marketingos import adapters, clock, vault
from marketingos.adapters import film, images, paper
from marketingos.db import AsyncSession
from marketingos.domain.delivery import Attachment
from marketingos.domain.media import PAPER_LIMIT, PICTURE_LIMIT, Film, Media, MediaKind
from marketingos.domain.ports import Library
from marketingos.domain.post import Variant, VariantMedia
from marketingos.domain.requirement import Change, Requirement, judge, requirement
from marketingos.errors import InvalidInput, NotFound
from marketingos.services.views import MediaView
from marketingos.settings import get_settings

_PURPOSE = b"marketingos.media.1"
_MIMES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "pdf": paper.MIME,
}
_EXTENSIONS = {mime: extension for extension, mime in _MIMES.items()}


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file that may be served: its name, what it is, and its size in bytes."""

    name: str
    mime: str
    size: int


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
    film: Film | None = None
    pages: int | None = None
    plain: bool = True
    marked: bool = False
    print: str = ""


async def store(s: AsyncSession, data: bytes, *, ai_generated: bool = False) -> Media:
    """Keeps a picture, video or document with its row; the same bytes are kept once.

    Raises `InvalidInput("media.unsupported")` unless it is a JPEG, PNG, WebP, MP4, MOV or PDF.
    """
    return await record(s, await keep(data), ai_generated=ai_generated)


async def keep(data: bytes | Path) -> Kept:
    """Looks at bytes, or at a file, and puts it and a small picture of it into the store. Needs no transaction."""
    seen = await to_thread.run_sync(_look, data)
    digest, size = await to_thread.run_sync(_measure, data)
    small = hashlib.sha256(seen.thumbnail).hexdigest()
    name = f"{digest}.{_EXTENSIONS[seen.mime]}"
    kept = Kept(sha256=digest, name=name, thumbnail=f"{small}.webp", size=size, seen=seen)
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
        film=kept.seen.film,
        pages=kept.seen.pages,
        plain=kept.seen.plain,
        ai_marked=kept.seen.marked,
        print=kept.seen.print,
        ai_generated=ai_generated or kept.seen.marked,
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
        pages=row.pages,
        size=row.size,
        ai_made=row.ai_generated,
    )


def views(variant: Variant) -> tuple[MediaView, ...]:
    """The files of a variant for a browser: what goes out, and what is done with what was given. Needs `pieces`."""
    asked = requirement(variant.platform, variant.format)
    like = variant.pieces[0].file if variant.pieces else None
    return tuple(_piece_view(piece, asked, like if place else None) for place, piece in enumerate(variant.pieces))


def _piece_view(piece: VariantMedia, asked: Requirement, like: Media | None) -> MediaView:
    changes = judge(piece.source, asked, like).changes
    return replace(
        view(piece.file),
        id=piece.media_id,
        alt_text=piece.alt_text,
        fit=piece.fit,
        changes=changes,
        reshaped=Change.RESHAPE in changes,
        preparing=piece.waiting,
        given_url=path_of(piece.source.name),
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
    mime = _MIMES.get(name.rpartition(".")[2])
    size = await adapters.media_store().size(name) if mime else None
    if mime is None or size is None:
        raise NotFound("media.gone")
    return StoredFile(name=name, mime=mime, size=size)


def stream(file: StoredFile, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes of a file from `start` up to, not including, `end`, a piece at a time."""
    return adapters.media_store().stream(file.name, start, end)


def library() -> Library:
    """The stored files as publishers need them."""
    return _Shelves()


class _Shelves:
    """Implements `ports.Library`."""

    async def read(self, attachment: Attachment, start: int = 0, end: int | None = None) -> bytes:
        return await adapters.media_store().open(attachment.name, start, end)

    def stream(self, attachment: Attachment) -> AsyncIterator[bytes]:
        return adapters.media_store().stream(attachment.name)

    def public_url(self, attachment: Attachment) -> str:
        return public_url(attachment.name)


def _measure(data: bytes | Path) -> tuple[str, int]:
    """SHA-256, hex, and size."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest(), len(data)
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), data.stat().st_size


def _look(data: bytes | Path) -> _Seen:
    start = _start(data)
    if paper.is_paper(start):
        return _look_at_paper(data)
    if start[4:] == b"ftyp":  # the MP4 family (ISO/IEC 14496-12, section 4.3)
        return _look_at_film(data)
    return _look_at_picture(data if isinstance(data, bytes) else _picture_in(data))


def _look_at_film(data: bytes | Path) -> _Seen:
    facts = film.probe(data)
    return _Seen(
        kind=MediaKind.VIDEO,
        mime=facts.mime,
        width=facts.width,
        height=facts.height,
        thumbnail=images.thumbnail(film.first_frame(data)),
        seconds=facts.seconds,
        film=facts.film,
    )


def _look_at_picture(data: bytes) -> _Seen:
    picture = images.probe(data)
    return _Seen(
        kind=MediaKind.IMAGE,
        mime=picture.mime,
        width=picture.width,
        height=picture.height,
        thumbnail=images.thumbnail(data),
        plain=picture.plain,
        marked=picture.marked,
        print=images.print_of(data),
    )


def _look_at_paper(data: bytes | Path) -> _Seen:
    _refuse_over(PAPER_LIMIT, len(data) if isinstance(data, bytes) else data.stat().st_size)
    facts = paper.probe(data)
    return _Seen(
        kind=MediaKind.DOCUMENT,
        mime=paper.MIME,
        width=facts.width,
        height=facts.height,
        thumbnail=images.thumbnail(paper.face(facts.pages)),
        pages=facts.pages,
    )


def _start(data: bytes | Path) -> bytes:
    """The first eight bytes, by which kinds of files are told."""
    if isinstance(data, bytes):
        return data[:8]
    with data.open("rb") as file:
        return file.read(8)


def _picture_in(path: Path) -> bytes:
    _refuse_over(PICTURE_LIMIT, path.stat().st_size)
    return path.read_bytes()


def _refuse_over(limit: int, size: int) -> None:
    if size > limit:
        raise InvalidInput("media.too_large", field="file", most=limit // 1_000_000)


def _signatures(name: str) -> list[str]:
    """128 bits over the content hash that a name begins with, by each key, the newest first."""
    keys = (hmac.digest(key, _PURPOSE, "sha256") for key in vault.signing_keys())
    digests = (hmac.digest(key, name.partition(".")[0].encode(), "sha256") for key in keys)
    return [base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=") for digest in digests]
