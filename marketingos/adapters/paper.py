"""What a PDF is, without drawing it: how many pages it has, and the shape of the first.

A PDF keeps its page tree in plain objects or in packed ones (ISO 32000-1, sections 7.7.3 and 7.5.7); the root of the
tree counts all pages. Where no tree can be read, as in an encrypted file, the pages are not known.
"""

from __future__ import annotations

import io
import mmap
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from marketingos.adapters import lettering
from marketingos.errors import InvalidInput

MIME = "application/pdf"
START, END = b"%PDF-", b"%%EOF"

_A4 = (595, 842)
"""Points, of 72 an inch."""

_MOST_UNPACKED = 64_000_000
_TREE = re.compile(rb"/Type\s*/Pages\b[^<>]*?/Count\s+(\d{1,7})\b|/Count\s+(\d{1,7})\b[^<>]*?/Type\s*/Pages\b")
_LEAF = re.compile(rb"/Type\s*/Page\b")
_NUMBER = rb"\s*(-?\d{1,6}(?:\.\d{1,6})?)"
_BOX = re.compile(rb"/MediaBox\s*\[" + _NUMBER * 4 + rb"\s*\]")
_PACKED = re.compile(rb"/Type\s*/ObjStm\b")
_STREAM = re.compile(rb"\bstream\r?\n")

Text = bytes | mmap.mmap


@dataclass(frozen=True, kw_only=True)
class PaperFacts:
    """A document: its first page in points, and how many pages it has, if that can be told."""

    width: int
    height: int
    pages: int | None


def is_paper(start: bytes) -> bool:
    """Whether a file that begins like this says of itself that it is a PDF."""
    return start.startswith(START)


def probe(source: Path | bytes) -> PaperFacts:
    """The facts of a PDF; `InvalidInput("media.unsupported")` when it is none, or not a whole one."""
    with _read(source) as data:
        if not is_paper(data[:8]) or data.rfind(END, max(0, len(data) - 2048)) < 0:
            raise InvalidInput("media.unsupported", field="file")
        texts = [data, *_unpacked(data)]
        box = next((found for text in texts if (found := _BOX.search(text))), None)
        width, height = _shape(box) if box else _A4
        return PaperFacts(width=width, height=height, pages=_pages(texts))


def face(pages: int | None) -> bytes:
    """A picture that stands for a document, as a PNG: a sheet with a folded corner, and how many pages there are."""
    sheet = Image.new("RGB", (352, 416), "#e8e6e1")
    draw = ImageDraw.Draw(sheet)
    draw.polygon([(76, 48), (228, 48), (276, 96), (276, 368), (76, 368)], fill="#ffffff", outline="#b9b4aa", width=3)
    draw.polygon([(228, 48), (228, 96), (276, 96)], fill="#d8d4cc", outline="#b9b4aa", width=3)
    for row, end in enumerate((244, 252, 236, 252, 204)):
        draw.line([(100, 136 + row * 26), (end, 136 + row * 26)], fill="#cfcac1", width=8)
    draw.rounded_rectangle((100, 282, 252, 344), radius=10, fill="#b3261e")
    words = f"PDF {pages}" if pages else "PDF"
    setting = lettering.set_text(words, lettering.HEAVY, width=136, height=56, largest=40, at_most=1)
    draw.text((176, 313), setting.lines[0], font=setting.font, fill="#ffffff", anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


@contextmanager
def _read(source: Path | bytes) -> Iterator[Text]:
    """The bytes, of a file without taking them into memory."""
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield mapped


def _unpacked(data: Text) -> Iterator[bytes]:
    """The texts of packed objects, as far as they are not too many."""
    left = _MOST_UNPACKED
    for packed in _PACKED.finditer(data):
        begins = _STREAM.search(data, packed.end(), packed.end() + 1000)
        ends = data.find(b"endstream", begins.end()) if begins else -1
        if begins is None or ends < 0 or left <= 0:
            continue
        try:
            text = zlib.decompressobj().decompress(data[begins.end() : ends], left)
        except zlib.error:
            continue
        left -= len(text)
        yield text


def _pages(texts: list[Text]) -> int | None:
    """What the root of the page tree counts, which is more than any of its branches; else the leaves."""
    counts = [int(found[1] or found[2]) for text in texts for found in _TREE.finditer(text)]
    leaves = sum(1 for text in texts for _ in _LEAF.finditer(text))
    return max(counts, default=0) or leaves or None


def _shape(box: re.Match[bytes]) -> tuple[int, int]:
    left, bottom, right, top = (float(side) for side in box.groups())
    width, height = round(abs(right - left)), round(abs(top - bottom))
    return (width, height) if width and height else _A4
