"""What a file is, told by its bytes and never by its name: kind, size in pixels, length, and a small picture of it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import av
from av.error import FFmpegError
from PIL import Image, ImageOps

from marketingos.domain.media import MediaKind
from marketingos.errors import InvalidInput

THUMBNAIL = (480, 600)
"""Pixels that a small picture fits into: sharp at twice the largest place it is shown in."""

MOST_PIXELS = 50_000_000

_PICTURES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}


@dataclass(frozen=True, kw_only=True)
class Sniffed:
    """A picture or video, looked at. `thumbnail` is a JPEG; `seconds` is None for a picture."""

    kind: MediaKind
    mime: str
    extension: str
    width: int
    height: int
    thumbnail: bytes
    seconds: float | None = None


def sniff(data: bytes) -> Sniffed:
    """Looks at a file; `InvalidInput("media.unsupported")` unless it is a JPEG, PNG, WebP or MP4. Takes CPU time."""
    try:
        return _video(data) if data[4:8] == b"ftyp" else _picture(data)
    except (Image.DecompressionBombError, FFmpegError, OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("media.unsupported", field="file") from error


def _picture(data: bytes) -> Sniffed:
    with Image.open(io.BytesIO(data), formats=list(_PICTURES)) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        mime, extension = _PICTURES[picture.format or ""]
        upright = ImageOps.exif_transpose(picture)
        return Sniffed(
            kind=MediaKind.IMAGE,
            mime=mime,
            extension=extension,
            width=upright.width,
            height=upright.height,
            thumbnail=_thumbnail(upright),
        )


def _video(data: bytes) -> Sniffed:
    with av.open(io.BytesIO(data), mode="r", format="mp4") as container:
        frame = next(container.decode(video=0), None) if container.streams.video else None
        if frame is None or not container.duration:
            raise ValueError("no moving picture")
        return Sniffed(
            kind=MediaKind.VIDEO,
            mime="video/mp4",
            extension="mp4",
            width=frame.width,
            height=frame.height,
            thumbnail=_thumbnail(frame.to_image()),  # type: ignore[no-untyped-call]
            seconds=container.duration / av.time_base,
        )


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.convert("RGB")
    small.thumbnail(THUMBNAIL, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue()
