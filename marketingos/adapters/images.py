"""Pictures made fit to publish: looked at, converted to the JPEG every platform takes, composed, made small.

Pure functions of bytes. Rules: contracts/ai.md 3.1 and 3.2: baseline JPEG, sRGB, 4:2:0, under 4 MB, at most 1440 px
wide, no EXIF. All of them take CPU time: call them in a thread.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from marketingos.adapters import poster
from marketingos.errors import InvalidInput

MOST_PIXELS = 50_000_000
"""A bigger picture is refused before it is unpacked."""

HEAVIEST = 4_000_000
"""Bytes; Instagram takes 8 MB, LinkedIn 5."""

_MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
RGB = tuple[int, int, int]


@dataclass(frozen=True)
class ImageFacts:
    """What a picture is: pixels as it is meant to be seen (turned upright), and its kind."""

    width: int
    height: int
    mime: str


def probe(data: bytes) -> ImageFacts:
    """The facts of a JPEG, PNG or WebP; `InvalidInput("media.unsupported")` for anything else or too large."""
    picture, mime = _opened(data)
    return ImageFacts(picture.width, picture.height, mime)


def to_jpeg(
    data: bytes,
    *,
    max_width: int = 1440,
    aspect: tuple[float, float] | None = None,
    background: str = "#ffffff",
) -> bytes:
    """The picture as a JPEG that every platform takes. `aspect` is the narrowest and the widest ratio (width over
    height) allowed, such as (0.8, 1.91); what is outside is cropped to the nearer one, keeping the middle."""
    picture = _flattened(_opened(data)[0], background)
    if aspect is not None:
        picture = _cropped(picture, *aspect)
    if picture.width > max_width:
        height = max(1, round(picture.height * max_width / picture.width))
        picture = picture.resize((max_width, height), Image.Resampling.LANCZOS)
    return _encoded(picture)


def compose_post(
    picture: bytes,
    *,
    headline: str,
    brand: str,
    palette: tuple[str, ...],
    size: tuple[int, int] = (1080, 1350),
    style: int | None = None,
) -> bytes:
    """The post's picture as a JPEG of that size: the headline set on it in the brand's colours, the brand at its foot.

    `style` chooses one of `poster.STYLES` layouts (any number, taken modulo); without it the headline does.
    """
    ground = _flattened(_opened(picture)[0], "#ffffff")
    return _encoded(poster.composed(ground, headline=headline, brand=brand, palette=palette, size=size, style=style))


def thumbnail(data: bytes, size: tuple[int, int] = (176, 208)) -> bytes:
    """A WebP of exactly that size for the calendar, under 8 kB, cropped around the middle."""
    small = ImageOps.fit(_flattened(_opened(data)[0], "#ffffff"), size, Image.Resampling.LANCZOS)
    for quality in (78, 64, 50, 36, 20, 5):
        out = io.BytesIO()
        small.save(out, "WEBP", quality=quality, method=4)
        if out.tell() < 8_000:
            break
    return out.getvalue()


def _opened(data: bytes) -> tuple[Image.Image, str]:
    """The picture turned upright, and its mime type."""
    try:
        with Image.open(io.BytesIO(data), formats=list(_MIMES)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            return ImageOps.exif_transpose(picture), _MIMES[picture.format or ""]
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("media.unsupported", field="file") from error


def _flattened(picture: Image.Image, background: str) -> Image.Image:
    """sRGB without transparency, on the background's colour."""
    picture = _in_srgb(picture)
    if picture.mode == "P" or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if picture.mode in ("RGBA", "LA", "PA"):
        sheet = Image.new("RGBA", picture.size, background)
        picture = Image.alpha_composite(sheet, picture.convert("RGBA"))
    return picture.convert("RGB")


def _in_srgb(picture: Image.Image) -> Image.Image:
    """The picture's own colour profile, if it has one, translated to sRGB."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a broken profile: the numbers are shown as they are, as browsers do
    return turned or picture


def _cropped(picture: Image.Image, narrowest: float, widest: float) -> Image.Image:
    ratio = picture.width / picture.height
    wanted = min(max(ratio, narrowest), widest)
    if wanted == ratio:
        return picture
    if wanted > ratio:  # too tall: whole pixels may not fall below the narrowest ratio
        return ImageOps.fit(picture, (picture.width, max(1, int(picture.width / wanted))))
    return ImageOps.fit(picture, (max(1, int(picture.height * wanted)), picture.height))


def _encoded(picture: Image.Image) -> bytes:
    """A baseline JPEG under the limit, with no metadata of the original."""
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    for quality in range(90, 40, -8):
        out = io.BytesIO()
        clean.save(out, "JPEG", quality=quality, optimize=True, progressive=False, subsampling="4:2:0")
        if out.tell() < HEAVIEST:
            break
    return out.getvalue()
