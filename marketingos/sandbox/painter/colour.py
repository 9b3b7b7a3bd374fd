"""Colours as a designer mixes them: in OKLCH, with roles taken from a product's palette.

OKLab matrices: Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

import math
import random
import re
from dataclasses import dataclass

RGB = tuple[int, int, int]


def parse(hex_colour: str) -> RGB:
    """#rrggbb as three bytes."""
    return int(hex_colour[1:3], 16), int(hex_colour[3:5], 16), int(hex_colour[5:7], 16)


def found(text: str) -> list[RGB]:
    """The hex colours written in a text, in order, without repeats."""
    return [parse(code) for code in dict.fromkeys(re.findall(r"#[0-9a-fA-F]{6}\b", text))]


def to_lch(colour: RGB) -> tuple[float, float, float]:
    """(lightness 0..1, chroma, hue in degrees)."""
    r, g, b = (_linear(channel / 255) for channel in colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    bb = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    return lightness, math.hypot(a, bb), math.degrees(math.atan2(bb, a)) % 360


def from_lch(lightness: float, chroma: float, hue: float) -> RGB:
    """The nearest byte colour; chroma gives way until it fits the screen."""
    for step in range(12):
        c = chroma * (1 - step / 11)
        channels = _channels(min(max(lightness, 0.0), 1.0), c, hue)
        if all(-0.002 <= value <= 1.002 for value in channels):
            break
    r, g, b = (round(255 * _gamma(min(max(value, 0.0), 1.0))) for value in channels)
    return r, g, b


def _channels(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _gamma(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def lit(colour: RGB, by: float) -> RGB:
    """Lighter (by > 0) or darker (by < 0) by that much of the lightness scale; hue kept."""
    lightness, chroma, hue = to_lch(colour)
    return from_lch(lightness + by, chroma * (1 - abs(by) * 0.45), hue)


def at_lightness(colour: RGB, lightness: float, chroma: float | None = None) -> RGB:
    """The colour's hue at a given lightness, its chroma at most `chroma`."""
    _, own, hue = to_lch(colour)
    return from_lch(lightness, own if chroma is None else min(own, chroma), hue)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """`one` with `share` of `other`."""
    r, g, b = (round(a + (z - a) * share) for a, z in zip(one, other, strict=True))
    return r, g, b


@dataclass(frozen=True, kw_only=True)
class Roles:
    """What each colour of a picture is for. `dark` tells which way the ground leans."""

    ground: RGB
    deep: RGB
    brand: RGB
    accent: RGB
    pop: RGB
    paper: RGB
    ink: RGB
    dark: bool

    @property
    def skin(self) -> tuple[RGB, RGB]:
        """Two tones of warm light on the ground."""
        return lit(self.ground, 0.07), lit(self.ground, -0.08)


def roles(palette: list[RGB], luck: random.Random) -> Roles:
    """Roles for a palette of one to five colours; the same palette has several moods, chosen by `luck`."""
    colours = palette or [from_lch(0.42, 0.11, luck.uniform(0, 360))]
    by_light = sorted(colours, key=lambda colour: to_lch(colour)[0])
    vivid = sorted(colours, key=lambda colour: -to_lch(colour)[1])
    brand = colours[0]
    accent = next((c for c in vivid if _apart(c, brand) > 0.12), _neighbour(brand))
    paper = by_light[-1] if to_lch(by_light[-1])[0] > 0.88 else at_lightness(brand, 0.955, 0.022)
    ink = at_lightness(by_light[0], min(to_lch(by_light[0])[0], 0.22), 0.05)
    pop = next((c for c in vivid if _apart(c, brand) > 0.1 and _apart(c, accent) > 0.1 and c != paper),
               _counterpart(brand))  # fmt: skip
    mood = luck.choices(("deep", "paper", "brand", "complement"), (4, 3, 2, 2 * _warm(brand)))[0]
    ground = _ground(mood, brand, accent, paper)
    return Roles(ground=ground, deep=lit(ground, -0.1 if to_lch(ground)[0] > 0.5 else -0.075), brand=brand,
                 accent=accent, pop=pop, paper=paper, ink=ink, dark=to_lch(ground)[0] < 0.6)  # fmt: skip


def _ground(mood: str, brand: RGB, accent: RGB, paper: RGB) -> RGB:
    lightness, chroma, hue = to_lch(brand)
    if mood == "paper":
        return mix(paper, accent, 0.16)
    if mood == "brand" and 0.35 < to_lch(accent)[0] < 0.9:
        return at_lightness(accent, max(to_lch(accent)[0], 0.72), 0.16)
    if mood == "complement":
        return from_lch(0.36, min(chroma, 0.055), (hue + 180 + 25) % 360)
    return from_lch(min(lightness, 0.38), chroma, hue)


def _warm(colour: RGB) -> bool:
    hue = to_lch(colour)[2]
    return hue < 100 or hue > 330


def _counterpart(colour: RGB) -> RGB:
    """Across the wheel for a warm colour; the same hue in full light for a cold one, whose opposite is mud."""
    lightness, chroma, hue = to_lch(colour)
    if _warm(colour):
        return from_lch(0.5, 0.075, (hue + 190) % 360)
    return from_lch(0.62 if lightness < 0.5 else 0.4, max(chroma, 0.13), hue)


def _neighbour(colour: RGB) -> RGB:
    lightness, chroma, hue = to_lch(colour)
    return from_lch(0.8 if lightness < 0.6 else 0.45, max(chroma, 0.11), (hue + 55) % 360)


def _apart(one: RGB, other: RGB) -> float:
    (l1, c1, h1), (l2, c2, h2) = to_lch(one), to_lch(other)
    turn = math.radians(h1 - h2)
    return math.sqrt((l1 - l2) ** 2 + c1**2 + c2**2 - 2 * c1 * c2 * math.cos(turn))
