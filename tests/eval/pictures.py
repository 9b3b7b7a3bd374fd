"""The pictures of the set: what the sandbox's painter paints, then changed as a case says (see README.md)."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import cos, radians, sin
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from marketingos.sandbox.painter import paint

SIZE = (1080, 1350)

Picture = Image.Image


def painted(picture: Mapping[str, Any]) -> Picture:
    """The picture of a case, with its changes in their order."""
    made = _original(picture["prompt"], picture.get("seed"))
    for change in picture.get("changes", ()):
        ((name, value),) = change.items()
        made = _CHANGES[name](made, value)
    return made


@lru_cache(maxsize=64)
def _original(prompt: str, seed: int | None) -> Picture:
    return paint(prompt, *SIZE, seed=seed)


def _crop(picture: Picture, share: float) -> Picture:
    return _middle(picture, picture.width * share, picture.height * share)


def _middle(picture: Picture, width: float, height: float) -> Picture:
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    box = tuple(round(side) for side in (left, top, left + width, top + height))
    return picture.crop(box).resize(picture.size, Image.Resampling.LANCZOS)  # type: ignore[arg-type]


def _saved(picture: Picture, quality: int) -> Picture:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def _rotate(picture: Picture, degrees: float) -> Picture:
    """Turned, and enlarged until no corner is empty."""
    turn = radians(abs(degrees))
    width, height = picture.size
    grow = cos(turn) + sin(turn) * max(width / height, height / width)
    return _middle(picture.rotate(degrees, Image.Resampling.BICUBIC), width / grow, height / grow)


def _noise(picture: Picture, sigma: float) -> Picture:
    grain = np.random.default_rng(7).normal(0, sigma, (picture.height, picture.width, 3))
    return Image.fromarray((np.asarray(picture) + grain).clip(0, 255).astype("uint8"))


def _border(picture: Picture, share: float) -> Picture:
    side = round(picture.width * share)
    framed = Image.new("RGB", picture.size, "white")
    framed.paste(picture.resize((picture.width - 2 * side, picture.height - 2 * side)), (side, side))
    return framed


def _band(picture: Picture, band: Mapping[str, Any]) -> Picture:
    banded = picture.copy()
    pen = ImageDraw.Draw(banded)
    deep = round(picture.height * band["height"])
    pen.rectangle((0, 0, picture.width, deep), fill=band["colour"])
    pen.text((60, deep / 2), band["text"], fill="white", font_size=56, anchor="lm")
    return banded


_CHANGES: Mapping[str, Callable[[Picture, Any], Picture]] = {
    "crop": _crop,
    "resize": lambda picture, size: picture.resize(tuple(size), Image.Resampling.LANCZOS),
    "quality": _saved,
    "brightness": lambda picture, by: ImageEnhance.Brightness(picture).enhance(by),
    "contrast": lambda picture, by: ImageEnhance.Contrast(picture).enhance(by),
    "colour": lambda picture, by: ImageEnhance.Color(picture).enhance(by),
    "mirror": lambda picture, on: ImageOps.mirror(picture) if on else picture,
    "rotate": _rotate,
    "grey": lambda picture, on: picture.convert("L").convert("RGB") if on else picture,
    "noise": _noise,
    "border": _border,
    "band": _band,
}
