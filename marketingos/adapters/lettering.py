"""Words set in our own faces: which face, how large, and where the lines break. Used by pictures and videos.

The faces in `fonts/` are open (SIL OFL, texts beside them), instances of the variable families at one weight each.
Pillow's built-in font has no ñ, á or ¿, so nothing here falls back to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from PIL import ImageFont

Face = Literal["Fraunces-DisplaySemiBold", "BricolageGrotesque-ExtraBold", "Inter-SemiBold", "Inter-ExtraBold"]

SERIF: Face = "Fraunces-DisplaySemiBold"
GROTESQUE: Face = "BricolageGrotesque-ExtraBold"
SANS: Face = "Inter-SemiBold"
HEAVY: Face = "Inter-ExtraBold"

_LEADING: dict[Face, float] = {SERIF: 1.08, GROTESQUE: 1.02, SANS: 1.25, HEAVY: 1.18}
_WEAK = frozenset(
    [
        "a",
        "de",
        "del",
        "el",
        "en",
        "la",
        "las",
        "lo",
        "los",
        "o",
        "para",
        "por",
        "que",
        "se",
        "si",
        "sin",
        "su",
        "tu",
        "un",
        "una",
        "y",
        "and",
        "for",
        "in",
        "of",
        "or",
        "the",
        "to",
        "with",
        "your",
    ]
)
_RULER = 200
"""Pixels at which words are measured; widths scale with the size."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Lines that fit their box: draw each with `font`, `leading` pixels apart, from its ascender."""

    lines: tuple[str, ...]
    font: ImageFont.FreeTypeFont
    leading: int

    @property
    def height(self) -> int:
        """From the first line's ascender to the last line's descender."""
        ascent, descent = self.font.getmetrics()
        return self.leading * (len(self.lines) - 1) + ascent + descent

    @property
    def width(self) -> int:
        """Of the widest line."""
        return max((round(self.font.getlength(line)) for line in self.lines), default=0)


def drawable(text: str, face: Face = SANS) -> str:
    """The text as the face can show it: composed, without emoji, blanks made single."""
    known = _letters(face)
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c if ord(c) in known else " " if c.isspace() else "" for c in composed).split())


def set_text(
    text: str, face: Face, *, width: int, height: int, largest: int, smallest: int = 12, at_most: int = 5
) -> Setting:
    """The text as large as the box allows, in lines of even length that break where one would draw breath; for a
    better break it gives up to a sixth of its size. What cannot fit even at `smallest` ends in “…”."""
    words = tuple(drawable(text, face).split())
    found: list[tuple[float, Setting]] = []
    biggest = 0
    for size in range(largest, smallest, -max(2, largest // 40)):
        if biggest and size < biggest * 5 / 6:
            break
        for cost, lines in _breaks(words, face, width * _RULER / size, at_most):
            made = Setting(lines=lines, font=font(face, size), leading=leading(face, size))
            if made.height <= height and made.width <= width:
                biggest = biggest or size
                found.append((cost + 3 * (1 - size / biggest), made))
    return min(found, key=lambda scored: scored[0])[1] if found else _squeezed(words, face, width, height, smallest)


def leading(face: Face, size: int) -> int:
    """Pixels from one line to the next."""
    return round(size * _LEADING[face])


@lru_cache(maxsize=64)
def font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """A face at a size in pixels."""
    return ImageFont.truetype(str(files(__package__) / "fonts" / f"{face}.ttf"), size)


def _breaks(words: tuple[str, ...], face: Face, width: float, at_most: int) -> list[tuple[float, tuple[str, ...]]]:
    """The best break for the fewest lines that hold the words (at the ruler's size), and for one line more."""
    found: list[tuple[float, tuple[str, ...]]] = []
    for count in range(1, at_most + 1):
        if (broken := _even(words, face, width, count)) is not None:
            found.append((broken[0] / count, broken[1]))
        if len(found) == 2:
            break
    return found


def _even(words: tuple[str, ...], face: Face, width: float, count: int) -> tuple[float, tuple[str, ...]] | None:
    """The break into exactly `count` lines that costs least: squared room left, and offences against the breath."""

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[str, ...]] | None:
        if left == 0:
            return (0.0, ()) if start == len(words) else None
        options = []
        for end in range(start + 1, len(words) - left + 2):
            line = " ".join(words[start:end])
            length = _length(line, face)
            if length > width:
                break
            if (rest := best(end, left - 1)) is not None:
                cost = (1 - length / width) ** 2 + _breathless(words[start:end], last=end == len(words))
                options.append((rest[0] + cost, (line, *rest[1])))
        return min(options, default=None)

    return best(0, count)


def _breathless(line: Sequence[str], *, last: bool) -> float:
    """How badly a line breaks: a sentence that ends inside it, or a small word left hanging at its end."""
    inside = sum(word[-1] in ".!?:;" for word in line[:-1])
    hanging = not last and line[-1].lower() in _WEAK
    return 0.6 * inside + 0.15 * hanging


def _squeezed(words: Sequence[str], face: Face, width: int, height: int, size: int) -> Setting:
    """At the smallest size: greedy lines, words that are wider than the box cut up, and an ellipsis at the end."""
    fount, lead = font(face, size), leading(face, size)
    lines = [""]
    for piece in (piece for word in words for piece in _pieces(word, fount, width)):
        longer = f"{lines[-1]} {piece}".strip()
        if fount.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(piece)
    room = max(1, (height - sum(fount.getmetrics())) // lead + 1)
    if len(lines) > room:
        lines = [*lines[: room - 1], _shortened(lines[room - 1], fount, width)]
    return Setting(lines=tuple(lines), font=fount, leading=lead)


def _pieces(word: str, fount: ImageFont.FreeTypeFont, width: int) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and fount.getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _shortened(line: str, fount: ImageFont.FreeTypeFont, width: int) -> str:
    while line and fount.getlength(line + "…") > width:
        line = line[:-1]
    return re.sub(r"\W+\Z", "", line) + "…"


@lru_cache(maxsize=4096)
def _length(text: str, face: Face) -> float:
    return font(face, _RULER).getlength(text)


@cache
def _letters(face: Face) -> frozenset[int]:
    """The code points the face draws: those whose shape differs from that of a missing one."""
    fount = font(face, 40)
    missing = bytes(fount.getmask("\uffff"))
    candidates = (
        *range(0x20, 0x7F),
        *range(0xA1, 0x17F),
        *range(0x2010, 0x2028),
        0x2039,
        0x203A,
        0x20AC,
        0x2122,
        0x2212,
        0x2190,
        0x2191,
        0x2192,
        0x2193,
    )
    return frozenset(code for code in candidates if code == 0x20 or bytes(fount.getmask(chr(code))) != missing)
