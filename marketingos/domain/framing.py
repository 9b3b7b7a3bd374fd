"""The arithmetic of shapes: which size a picture or video gets, and what is cut off or added for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from marketingos.domain.media import Fit

NEARLY = 1.01
"""How far a ratio may be from an exact one and still count as it: whole pixels rarely meet 9:16."""


@dataclass(frozen=True)
class Span:
    """From the least to the most, both included; who is outside aims at `aim`, or else at the nearer end."""

    least: float
    most: float
    aim: float | None = None

    @classmethod
    def near(cls, value: float) -> Span:
        """So much, or as good as so much."""
        return cls(value / NEARLY, value * NEARLY, value)

    def holds(self, value: float) -> bool:
        """Whether a value lies within."""
        return self.least <= value <= self.most

    def nearest(self, value: float) -> float:
        """What a value becomes to lie within: itself if it does already."""
        if self.holds(value):
            return value
        return min(max(value, self.least), self.most) if self.aim is None else self.aim


@dataclass(frozen=True, kw_only=True)
class Frame:
    """How a file gets a shape, in px: first it is scaled to `scaled`, then laid in the middle of a sheet of `size`.
    Where it is larger than the sheet it is cut, where it is smaller room is filled."""

    size: tuple[int, int]
    scaled: tuple[int, int]


def frame(width: int, height: int, *, shape: Span | None, box: tuple[int, int], fit: Fit, step: int = 1) -> Frame:
    """The largest frame inside `box` (longer and shorter side) with a ratio of width to height that `shape` holds; what
    is seen is never enlarged. `step` is 2 for videos, whose sides are even."""
    ratio = width / height
    wanted = shape.nearest(ratio) if shape else ratio
    keeps_height = (wanted > ratio) == (fit is Fit.PAD)
    outer = (height * wanted, height) if keeps_height else (width, width / wanted)
    scale = min(1.0, box[0] / max(outer), box[1] / min(outer))
    size = _whole((outer[0] * scale, outer[1] * scale), shape, box, step)
    inner = min if fit is Fit.PAD else max
    share = min(1.0, inner(size[0] / width, size[1] / height))
    return Frame(size=size, scaled=(_stepped(width * share, step), _stepped(height * share, step)))


def _whole(size: tuple[float, float], shape: Span | None, box: tuple[int, int], step: int) -> tuple[int, int]:
    """The whole pixels nearest to a size with which the shape and the box still hold."""
    around = [
        (_floored(size[0], step) + across * step, _floored(size[1], step) + down * step)
        for across in (0, 1, -1)
        for down in (0, 1, -1)
    ]

    def off(pair: tuple[int, int]) -> tuple[bool, bool, float]:
        outside = max(pair) > box[0] or min(pair) > box[1]
        misshapen = shape is not None and not shape.holds(pair[0] / pair[1])
        return misshapen, outside, abs(pair[0] - size[0]) + abs(pair[1] - size[1])

    return min((pair for pair in around if min(pair) >= step), key=off)


def _floored(value: float, step: int) -> int:
    return max(step, math.floor(value / step + 1e-9) * step)


def _stepped(value: float, step: int) -> int:
    return max(step, round(value / step) * step)
