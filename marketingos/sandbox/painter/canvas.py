"""A surface to paint on: outlines, gradients, soft shadows, glows and grain, drawn at twice the size.

Coordinates are units of a thousandth of the picture's shorter side. `at` gives a view with its own origin,
scale, turn and mirror, so that a scene can be written once around (0, 0).
"""

import functools
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Self

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .colour import RGB
from .shapes import Point, stroke

OVERSAMPLING = 2
_SOFT = 8


@dataclass(frozen=True)
class Linear:
    """A gradient across an outline's bounding box; angle 0 runs to the right, 90 downwards."""

    start: RGB
    end: RGB
    angle: float = 90.0


@dataclass(frozen=True)
class Radial:
    """A gradient from a focus (fractions of the bounding box) outwards."""

    centre: RGB
    edge: RGB
    x: float = 0.35
    y: float = 0.3
    reach: float = 1.0


Paint = RGB | Linear | Radial


@dataclass(frozen=True)
class Canvas:
    """One view on the surface. Views share the image."""

    image: Image.Image
    unit: float
    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    angle: float = 0.0
    mirror: bool = False

    @classmethod
    def new(cls, width: int, height: int, ground: RGB) -> Self:
        """A surface for a picture of that many pixels."""
        size = (width * OVERSAMPLING, height * OVERSAMPLING)
        return cls(Image.new("RGB", size, ground), min(size) / 1000)

    @property
    def w(self) -> float:
        return self.image.width / self.unit

    @property
    def h(self) -> float:
        return self.image.height / self.unit

    def at(self, x: float, y: float, *, scale: float = 1.0, turn: float = 0.0, mirror: bool = False) -> Self:
        """A view whose origin is (x, y) of this one."""
        px, py = self._place((x, y))
        flipped = self.mirror != mirror
        return replace(self, dx=px / self.unit, dy=py / self.unit, scale=self.scale * scale,
                       angle=self.angle + (-turn if self.mirror else turn), mirror=flipped)  # fmt: skip

    def level(self, y: float) -> float:
        """The height in the whole picture, in its units, of this view's (0, y)."""
        return self._place((0, y))[1] / self.unit

    def fill(self, outline: Sequence[Point], paint: Paint, opacity: float = 1.0) -> None:
        """Paints an outline."""
        points = [self._place(point) for point in outline]
        if opacity >= 1.0 and not isinstance(paint, Linear | Radial):
            ImageDraw.Draw(self.image).polygon(points, fill=paint)
            return
        bounds = _bounds(points, self.image.size)
        if bounds is None:
            return
        mask = _mask([points], bounds, round(255 * opacity))
        self.image.paste(_painted(paint, bounds), bounds[:2], mask)

    def line(self, points: Sequence[Point], width: float, paint: RGB, opacity: float = 1.0) -> None:
        """A line with round ends."""
        parts = [[self._place(point) for point in part] for part in stroke(points, width)]
        if opacity >= 1.0:
            draw = ImageDraw.Draw(self.image)
            for part in parts:
                draw.polygon(part, fill=paint)
            return
        bounds = _bounds([point for part in parts for point in part], self.image.size)
        if bounds is not None:
            self.image.paste(paint, bounds, _mask(parts, bounds, round(255 * opacity)))

    def shadow(
        self,
        outline: Sequence[Point],
        *,
        blur: float = 24,
        dx: float = 0,
        dy: float = 18,
        opacity: float = 0.35,
        colour: RGB = (10, 6, 8),
    ) -> None:
        """A soft shadow of the outline, to be painted before it; offsets are in the picture, not the view."""
        shift, spread = self.unit, blur * self.unit * self.scale
        points = [(x + dx * shift, y + dy * shift) for x, y in map(self._place, outline)]
        bounds = _bounds(points, self.image.size, margin=spread * 2)
        if bounds is None:
            return
        left, top, right, bottom = bounds
        small = (max(1, (right - left) // _SOFT), max(1, (bottom - top) // _SOFT))
        mask = Image.new("L", small, 0)
        shrunk = [((x - left) / _SOFT, (y - top) / _SOFT) for x, y in points]
        ImageDraw.Draw(mask).polygon(shrunk, fill=round(255 * opacity))
        mask = mask.filter(ImageFilter.GaussianBlur(spread / _SOFT)).resize((right - left, bottom - top))
        self.image.paste(colour, bounds, mask)

    def glow(self, x: float, y: float, r: float, colour: RGB, opacity: float = 0.5) -> None:
        """Light that fades out from a point."""
        cx, cy = self._place((x, y))
        reach = r * self.unit * self.scale
        box = (round(cx - reach), round(cy - reach), round(cx + reach), round(cy + reach))
        mask = _falloff().resize((box[2] - box[0], box[3] - box[1])).point([round(v * opacity) for v in range(256)])
        self.image.paste(colour, box[:2], mask)

    @contextmanager
    def clipped(self, outline: Sequence[Point]) -> Iterator[None]:
        """Whatever is painted meanwhile stays inside the outline."""
        points = [self._place(point) for point in outline]
        bounds = _bounds(points, self.image.size)
        outside = self.image.copy()
        yield
        inside = self.image.copy()
        self.image.paste(outside)
        if bounds is not None:
            self.image.paste(inside.crop(bounds), bounds[:2], _mask([points], bounds, 255))

    def finished(self, luck: random.Random, *, grain: float = 0.05, vignette: float = 0.18) -> Image.Image:
        """The picture at its true size, with grain and slightly darker corners."""
        picture = self.image.reduce(OVERSAMPLING)
        if vignette:
            shade = _vignette().resize(picture.size).point([round(255 - (255 - v) * vignette) for v in range(256)])
            picture = ImageChops.multiply(picture, Image.merge("RGB", (shade,) * 3))
        return ImageChops.overlay(picture, _grain(picture.size, luck, grain))

    def _place(self, point: Point) -> Point:
        x, y = point
        x = -x if self.mirror else x
        c, s = _turn(self.angle)
        return ((self.dx + (x * c - y * s) * self.scale) * self.unit,
                (self.dy + (x * s + y * c) * self.scale) * self.unit)  # fmt: skip


@functools.lru_cache(maxsize=256)
def _turn(degrees: float) -> tuple[float, float]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


Bounds = tuple[int, int, int, int]


def _bounds(points: Iterable[Point], size: tuple[int, int], margin: float = 1.0) -> Bounds | None:
    listed = list(points)
    left = max(0, math.floor(min(x for x, _ in listed) - margin))
    top = max(0, math.floor(min(y for _, y in listed) - margin))
    right = min(size[0], math.ceil(max(x for x, _ in listed) + margin))
    bottom = min(size[1], math.ceil(max(y for _, y in listed) + margin))
    return (left, top, right, bottom) if right > left and bottom > top else None


def _mask(parts: Sequence[Sequence[Point]], bounds: Bounds, value: int) -> Image.Image:
    left, top, right, bottom = bounds
    mask = Image.new("L", (right - left, bottom - top), 0)
    draw = ImageDraw.Draw(mask)
    for part in parts:
        draw.polygon([(x - left, y - top) for x, y in part], fill=value)
    return mask


def _painted(paint: Paint, bounds: Bounds) -> Image.Image:
    size = (bounds[2] - bounds[0], bounds[3] - bounds[1])
    if isinstance(paint, Linear):
        return _ramp(paint.start, paint.end, paint.angle).resize(size, Image.Resampling.BICUBIC)
    if isinstance(paint, Radial):
        return _radiance(paint).resize(size, Image.Resampling.BICUBIC)
    return Image.new("RGB", size, paint)


@functools.lru_cache(maxsize=128)
def _ramp(start: RGB, end: RGB, angle: float) -> Image.Image:
    """A 64x64 gradient: enough for a smooth one once stretched, as grain breaks up the bands."""
    c, s = _turn(angle)
    span = abs(c) + abs(s)
    data = bytearray()
    for row in range(64):
        for column in range(64):
            t = ((column / 63 - 0.5) * c + (row / 63 - 0.5) * s) / span + 0.5
            data += bytes(round(a + (z - a) * t) for a, z in zip(start, end, strict=True))
    return Image.frombytes("RGB", (64, 64), bytes(data))


@functools.lru_cache(maxsize=128)
def _radiance(paint: Radial) -> Image.Image:
    data = bytearray()
    for row in range(64):
        for column in range(64):
            t = min(1.0, math.hypot(column / 63 - paint.x, row / 63 - paint.y) / paint.reach)
            t = t * t * (3 - 2 * t)
            data += bytes(round(a + (z - a) * t) for a, z in zip(paint.centre, paint.edge, strict=True))
    return Image.frombytes("RGB", (64, 64), bytes(data))


@functools.cache
def _falloff() -> Image.Image:
    """White in the middle, a smooth fall to black at the rim; 128 px."""
    data = bytearray()
    for row in range(128):
        for column in range(128):
            t = max(0.0, 1 - math.hypot(column - 63.5, row - 63.5) / 63.5)
            data.append(round(255 * t * t * (3 - 2 * t)))
    return Image.frombytes("L", (128, 128), bytes(data))


@functools.cache
def _vignette() -> Image.Image:
    data = bytearray()
    for row in range(64):
        for column in range(64):
            t = min(1.0, math.hypot(column / 63 - 0.5, row / 63 - 0.42) / 0.78)
            data.append(round(255 * (1 - t**3)))
    return Image.frombytes("L", (64, 64), bytes(data))


@functools.lru_cache(maxsize=1)
def _noise() -> Image.Image:
    luck = random.Random(7)
    return Image.frombytes("L", (640, 640), bytes(min(255, max(0, round(luck.gauss(128, 46)))) for _ in range(409_600)))


def _grain(size: tuple[int, int], luck: random.Random, strength: float) -> Image.Image:
    tile = _noise().point([round(128 + (value - 128) * strength * 2) for value in range(256)])
    sheet = Image.new("L", size)
    left, top = luck.randrange(640), luck.randrange(640)
    for y in range(-top, size[1], 640):
        for x in range(-left, size[0], 640):
            sheet.paste(tile, (x, y))
    return Image.merge("RGB", (sheet,) * 3)
