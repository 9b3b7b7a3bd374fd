"""Media as the platforms receive them: bytes kept by their SHA-256, and a probe that says what they are.

Probing decodes pictures (Pillow) and reads containers (PyAV), so it runs in a thread.
"""

import hashlib
import io
import re
from pathlib import Path

import anyio.to_thread
import av
from av.error import FFmpegError
from PIL import Image, UnidentifiedImageError

from marketingos.sandbox.rows import Medium

_OFFICE = {b"word/": "docx", b"ppt/": "pptx"}
_MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "office": "application/msword",
}


class Shelf:
    """A folder of files named by content. Keeping the same bytes twice keeps one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def keep(self, data: bytes) -> Medium:
        """Store and probe. What cannot be recognised is kept with kind `unknown`: refusing is the caller's."""
        return await anyio.to_thread.run_sync(self._keep, data)

    def path(self, sha256: str) -> Path | None:
        """The file of a content hash, or None when nothing like it was ever kept."""
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            return None
        path = self._folder / sha256
        return path if path.is_file() else None

    def parts(self, name: str) -> Path:
        """Where the received part of a resumable upload lies until it is whole."""
        folder = self._folder / "parts"
        folder.mkdir(exist_ok=True)
        return folder / hashlib.sha256(name.encode()).hexdigest()

    def _keep(self, data: bytes) -> Medium:
        digest = hashlib.sha256(data).hexdigest()
        path = self._folder / digest
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.write_bytes(data)
            fresh.replace(path)
        return probe(data, digest)


def probe(data: bytes, digest: str) -> Medium:
    """What the bytes are: image, video, document or unknown, with the sizes that platforms' rules speak of."""
    return (
        _picture(data, digest)
        or _document(data, digest)
        or _video(data, digest)
        or Medium(kind="unknown", sha256=digest, size=len(data), format="", mime="application/octet-stream")
    )


def _picture(data: bytes, digest: str) -> Medium | None:
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            kind = image.format or ""
            return Medium(
                kind="image",
                sha256=digest,
                size=len(data),
                format=kind.lower(),
                mime=Image.MIME.get(kind, "image/*"),
                width=image.width,
                height=image.height,
            )
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _document(data: bytes, digest: str) -> Medium | None:
    if data.startswith(b"%PDF"):
        kind = "pdf"
    elif data.startswith(b"PK\x03\x04"):
        kind = next((name for mark, name in _OFFICE.items() if mark in data), "")
    else:
        kind = "office" if data.startswith(b"\xd0\xcf\x11\xe0") else ""
    if not kind:
        return None
    pages = len(re.findall(rb"/Type\s*/Page[^s]", data)) if kind == "pdf" else 0
    return Medium(kind="document", sha256=digest, size=len(data), format=kind, mime=_MIMES[kind], pages=pages)


def _video(data: bytes, digest: str) -> Medium | None:
    try:
        with av.open(io.BytesIO(data), "r") as container:
            stream = container.streams.video[0]
            names = container.format.name.split(",")
            kind = "webm" if "webm" in names else "mp4" if "mp4" in names else names[0]
            seconds = float(container.duration or 0) / 1_000_000
            return Medium(
                kind="video",
                sha256=digest,
                size=len(data),
                format=kind,
                mime=f"video/{kind}",
                width=stream.width,
                height=stream.height,
                seconds=round(seconds, 3),
                fps=float(stream.average_rate or 0),
                codec=stream.codec_context.name,
            )
    except (FFmpegError, IndexError, ValueError):
        return None
