"""Pictures made fit to publish: looked at, converted to the JPEG every platform takes, composed, made small.

Pure functions of bytes. Rules: contracts/ai.md 3.1 and 3.2: baseline JPEG, sRGB, 4:2:0, under 4 MB, at most 1440 px
wide, no EXIF. All of them take CPU time: call them in a thread.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageFilter, ImageOps

from marketingos.adapters import poster
from marketingos.domain.check.picture import ACROSS, DOWN, pack
from marketingos.domain.framing import Frame
from marketingos.errors import InvalidInput

MOST_PIXELS = 50_000_000
"""A bigger picture is refused before it is unpacked."""

HEAVIEST = 4_000_000
"""Bytes; Instagram takes 8 MB, LinkedIn 5."""

_MIMES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_OPENED_AS = ("JPEG", "PNG", "WEBP")
_ORIENTATION, _PLACE = 0x0112, 0x8825
"""EXIF tags: how the picture is to be turned, and where it was taken."""
RGB = tuple[int, int, int]


@dataclass(frozen=True)
class ImageFacts:
    """What a picture is: pixels as it is meant to be seen (turned upright), its kind, and whether it looks alike
    everywhere and tells nothing but itself: 8 bits, sRGB, opaque, upright, one picture, no place. A `marked` one says
    that a model made it."""

    width: int
    height: int
    mime: str
    plain: bool = True
    marked: bool = False


def probe(data: bytes) -> ImageFacts:
    """The facts of a JPEG, PNG or WebP; `InvalidInput("media.unsupported")` for anything else, for a moving picture and
    for one that is too large."""
    with _pictured(data) as picture:
        upright = ImageOps.exif_transpose(picture)
        return ImageFacts(
            upright.width, upright.height, _MIMES[picture.format or ""], _is_plain(picture), _is_marked(picture)
        )


def fitted(data: bytes, frame: Frame, *, most_bytes: int = HEAVIEST, background: str = "#ffffff") -> bytes:
    """The picture in that frame as a JPEG that every platform takes, at most so heavy. Room that it does not fill shows
    the picture itself, out of focus; what was transparent gets the background's colour."""
    with _pictured(data) as picture:
        upright, marked = _flattened(ImageOps.exif_transpose(picture), background), _is_marked(picture)
    sheet = _laid(upright, frame)
    for _ in range(8):
        made = _encoded(sheet, most_bytes, marked=marked)
        if len(made) <= most_bytes:
            break
        smaller = (max(1, round(sheet.width * 0.8)), max(1, round(sheet.height * 0.8)))
        sheet = sheet.resize(smaller, Image.Resampling.LANCZOS)
    return made


def compose_post(
    picture: bytes,
    *,
    headline: str,
    brand: str,
    palette: tuple[str, ...],
    size: tuple[int, int] = (1080, 1350),
    style: int | None = None,
    by_model: bool = False,
    logo: bytes | None = None,
) -> bytes:
    """The post's picture as a JPEG of that size: the headline set on it in the brand's colours, the brand at its foot,
    by its logo where it has one, else by name.

    `style` chooses one of `poster.STYLES` layouts (any number, taken modulo); without it the headline does.
    With `by_model` the file owns up to the model that painted it.
    """
    ground, mark = _flattened(_opened(picture), "#ffffff"), _logo(logo)
    made = poster.composed(ground, headline=headline, brand=brand, palette=palette, size=size, style=style, logo=mark)
    return _encoded(made, marked=by_model)


def _logo(data: bytes | None) -> Image.Image | None:
    """A logo with what is transparent in it; None for none, and for one that cannot be read."""
    try:
        return _in_srgb(_opened(data)).convert("RGBA") if data else None
    except InvalidInput:
        return None


def print_of(data: bytes) -> str:
    """What the picture is recognised by, however it was saved: see `domain.check.picture`."""
    cells = _flattened(_opened(data), "#ffffff").convert("L").resize((ACROSS, DOWN), Image.Resampling.BOX)
    return pack(cells.tobytes())


def thumbnail(data: bytes, size: tuple[int, int] = (176, 208)) -> bytes:
    """A WebP of exactly that size for the calendar, under 8 kB, cropped around the middle."""
    small = ImageOps.fit(_flattened(_opened(data), "#ffffff"), size, Image.Resampling.LANCZOS)
    for quality in (78, 64, 50, 36, 20, 5):
        out = io.BytesIO()
        small.save(out, "WEBP", quality=quality, method=4)
        if out.tell() < 8_000:
            break
    return out.getvalue()


@contextmanager
def _pictured(data: bytes) -> Iterator[Image.Image]:
    """The picture as it lies in the file; whatever is wrong with it is `InvalidInput`."""
    try:
        with Image.open(io.BytesIO(data), formats=list(_OPENED_AS)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            if getattr(picture, "is_animated", False) and picture.format != "MPO":
                raise ValueError("a moving picture")
            picture.load()
            yield picture
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("media.unsupported", field="file") from error


def _opened(data: bytes) -> Image.Image:
    """The picture turned upright."""
    with _pictured(data) as picture:
        return ImageOps.exif_transpose(picture)


def _is_plain(picture: Image.Image) -> bool:
    if picture.format == "MPO" or picture.mode not in ("RGB", "L", "P") or "transparency" in picture.info:
        return False
    exif = picture.getexif()
    if exif.get(_ORIENTATION, 1) != 1 or exif.get_ifd(_PLACE):
        return False
    profile = picture.info.get("icc_profile")
    return not profile or b"sRGB" in profile or "sRGB".encode("utf-16-be") in profile


def _laid(picture: Image.Image, frame: Frame) -> Image.Image:
    """The picture scaled, then cut to the frame or laid on its own blurred self."""
    (width, height), (across, down) = frame.size, frame.scaled
    scaled = picture if picture.size == frame.scaled else picture.resize(frame.scaled, Image.Resampling.LANCZOS)
    left, top = (across - width) // 2, (down - height) // 2
    if across >= width and down >= height:
        return scaled.crop((left, top, left + width, top + height))
    ground = ImageOps.fit(picture, (max(1, width // 8), max(1, height // 8)), Image.Resampling.BILINEAR)
    sheet = ground.filter(ImageFilter.GaussianBlur(6)).resize(frame.size, Image.Resampling.BICUBIC)
    sheet.paste(scaled, (-left, -top))
    return sheet


def _flattened(picture: Image.Image, background: str) -> Image.Image:
    """sRGB without transparency, on the background's colour."""
    picture = _in_srgb(picture)
    if picture.mode.startswith("I"):  # sixteen bits of grey, which would be cut to eight instead of scaled
        picture = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
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


_SOURCE = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's word for what a model made; Meta reads it and labels the post (iptc.org, "Digital Source Type")."""

_MARK = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" Iptc4xmpExt:DigitalSourceType="'
    + _SOURCE
    + b'"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def _is_marked(picture: Image.Image) -> bool:
    """Whether the file says that a model made it, wholly or in part."""
    told = picture.info.get("xmp", b"")
    return b"rainedAlgorithmicMedia" in (told.encode() if isinstance(told, str) else told)


def _encoded(picture: Image.Image, most_bytes: int = HEAVIEST, *, marked: bool = False) -> bytes:
    """A baseline JPEG under the limit if that can be without spoiling it. Of metadata it has the model's mark alone."""
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    mark = {"xmp": _MARK} if marked else {}
    for quality in range(90, 50, -8):
        out = io.BytesIO()
        clean.save(out, "JPEG", quality=quality, optimize=True, progressive=False, subsampling="4:2:0", **mark)
        if out.tell() <= most_bytes:
            break
    return out.getvalue()
