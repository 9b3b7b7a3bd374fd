"""The brand on a picture: a headline that can be read on whatever lies under it, and the name at the foot.

Contrast is measured, not hoped for: the ground under the words is sampled and, where it falls short, shaded in its
own tone until it no longer does (WCAG 2.2: 4.5 for the headline's ink, 3 for the accent of large type).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageOps, ImageStat

from marketingos.adapters import lettering
from marketingos.adapters.lettering import GROTESQUE, SANS, SERIF, Face, Setting

RGB = tuple[int, int, int]
Box = tuple[int, int, int, int]

INK_CONTRAST, ACCENT_CONTRAST = 4.5, 3.0
WHITE, BLACK = (255, 255, 255), (22, 18, 20)


@dataclass(frozen=True, kw_only=True)
class Style:
    """A layout: which face, where the lines hang, and what they stand on."""

    face: Face
    centred: bool = False
    plate: bool = False
    strips: bool = False


STYLES = (
    Style(face=SERIF),
    Style(face=GROTESQUE),
    Style(face=SERIF, centred=True),
    Style(face=GROTESQUE, plate=True),
    Style(face=GROTESQUE, strips=True),
    Style(face=SERIF, plate=True, centred=True),
)


def composed(
    picture: Image.Image,
    *,
    headline: str,
    brand: str,
    palette: Sequence[str],
    size: tuple[int, int],
    style: int | None = None,
    logo: Image.Image | None = None,
) -> Image.Image:
    """The poster, RGB, of that size. The picture is cropped to it, keeping its lower middle. The brand signs with its
    logo (RGBA), else with its name."""
    sheet = ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=(0.5, 0.62))
    colours = [_parsed(code) for code in palette] or [BLACK]
    chosen = STYLES[(zlib.crc32(headline.encode()) if style is None else style) % len(STYLES)]
    poster = _Poster(sheet, colours, chosen)
    if lettering.drawable(headline, chosen.face):
        poster.set_headline(headline)
    if logo is not None and logo.getbbox():
        poster.stamp(logo)
    elif lettering.drawable(brand, SANS):
        poster.sign(brand)
    return sheet


@dataclass(frozen=True)
class _Poster:
    sheet: Image.Image
    colours: Sequence[RGB]
    style: Style

    def set_headline(self, headline: str) -> None:
        """Draws the headline in the upper part (the left half of a wide sheet)."""
        left, top, right, bottom = self._room()
        setting = lettering.set_text(
            headline, self.style.face, width=right - left, height=bottom - top,
            largest=round(self._unit * (0.118 if self.style.face == SERIF else 0.108)), smallest=10, at_most=4,
        )  # fmt: skip
        x = (left + right - setting.width) // 2 if self.style.centred else left
        area = (x, top, x + setting.width, top + setting.height)
        if self.style.strips:
            self._on_strips(setting, left, top)
        else:
            ink, accent = self._on_plate(area) if self.style.plate else self._on_picture(area)
            self._lines(setting, (left, top, right, bottom), ink, accent)

    def sign(self, brand: str) -> None:
        """The brand's name, small, at the lower left; on a label of its own where the picture is too lively."""
        width, height = self.sheet.size
        margin = round(self._unit * 0.066)
        setting = lettering.set_text(
            brand, SERIF if self.style.face == SERIF else SANS, width=width - 2 * margin, height=height // 8,
            largest=max(12, round(self._unit * 0.037)), smallest=8, at_most=1,
        )  # fmt: skip
        top = height - margin - setting.height
        tones = _tones(self.sheet, (margin, top, margin + setting.width, top + setting.height))
        ink = max((self._paper, self._ink), key=lambda c: _worst(c, tones))
        colour = self._accent(ink, tones) or ink
        if min(_contrast(ink, tone) for tone in tones) < INK_CONTRAST:
            colour = self._label((margin, top, margin + setting.width, top + setting.height))
        ImageDraw.Draw(self.sheet).text((margin, top), setting.lines[0], font=setting.font, fill=colour)

    def stamp(self, logo: Image.Image) -> None:
        """The brand's logo, small, at the lower left; one that is not opaque gets a plate that it stands out from."""
        margin, pad = round(self._unit * 0.066), round(self._unit * 0.02)
        room = (max(1, round(self._unit * 0.3)), max(1, round(self._unit * 0.085)))
        mark = ImageOps.contain(logo.crop(logo.getbbox()), room, Image.Resampling.LANCZOS)
        left, top = margin, self.sheet.size[1] - margin - mark.height
        cover = mark.getchannel("A")
        if logo.getchannel("A").getextrema() != (255, 255):
            red, green, blue = ImageStat.Stat(mark.convert("RGB"), mask=cover.point(lambda v: 255 * (v > 96))).mean
            tone = (round(red), round(green), round(blue))
            plate = max((self._paper, self._ink), key=lambda colour: _contrast(colour, tone))
            box = (left - pad, top - pad, left + mark.width + pad, top + mark.height + pad)
            ImageDraw.Draw(self.sheet).rounded_rectangle(box, radius=pad, fill=plate)
        self.sheet.paste(mark, (left, top), cover)

    def _label(self, area: Box) -> RGB:
        """A small plate in the brand's darkest colour; answers the ink for it."""
        pad = round(self._unit * 0.018)
        box = (area[0] - pad, area[1] - pad // 2, area[2] + pad, area[3] + pad // 2)
        ImageDraw.Draw(self.sheet).rounded_rectangle(box, radius=pad, fill=self._ink)
        return self._paper

    @property
    def _unit(self) -> int:
        return min(self.sheet.size[0], round(self.sheet.size[1] * 0.9))

    def _room(self) -> Box:
        """Where words may stand."""
        width, height = self.sheet.size
        margin = round(self._unit * 0.078)
        if width > height * 1.3:
            return margin, margin, round(width * 0.56), round(height * 0.8)
        return margin, round(margin * 1.05), width - margin, round(height * 0.4)

    def _lines(self, setting: Setting, room: Box, ink: RGB, accent: RGB | None) -> None:
        """The lines, the last of them (or the last word of a single one) in the accent."""
        draw = ImageDraw.Draw(self.sheet)
        for row, line in enumerate(setting.lines):
            y = room[1] + row * setting.leading
            x = float(room[0])
            if self.style.centred:
                x = (room[0] + room[2] - setting.font.getlength(line)) / 2
            plain, marked = _split(line, last=row == len(setting.lines) - 1, alone=len(setting.lines) == 1)
            draw.text((x, y), plain, font=setting.font, fill=ink)
            draw.text((x + setting.font.getlength(plain), y), marked, font=setting.font, fill=accent or ink)

    def _on_picture(self, area: Box) -> tuple[RGB, RGB | None]:
        """Ink and accent for words straight on the picture; shades the ground where it is too lively for them."""
        tones = _tones(self.sheet, area)
        light, dark = self._paper, self._ink
        ink = light if _worst(light, tones) >= _worst(dark, tones) else dark
        if _worst(ink, tones) < INK_CONTRAST:
            self._shade(area, ink)
            tones = _tones(self.sheet, area)
        return ink, self._accent(ink, tones)

    def _shade(self, area: Box, ink: RGB) -> None:
        """Lays the ground's own tone over it, fading away from the words, until the ink can be read."""
        mean = _mean(self.sheet, area)
        tone = _mixed(mean, BLACK if _luminance(ink) > 0.4 else WHITE, 0.72)
        before = self.sheet.copy()
        for strength in (0.35, 0.5, 0.65, 0.8, 0.92, 1.0):
            veil = _veil(self.sheet.size, area, strength)
            self.sheet.paste(Image.composite(Image.new("RGB", self.sheet.size, tone), before, veil))
            if _worst(ink, _tones(self.sheet, area)) >= INK_CONTRAST:
                return

    def _on_plate(self, area: Box) -> tuple[RGB, RGB | None]:
        """A panel in one of the brand's colours from the top edge to below the words."""
        width, height = self.sheet.size
        pad = round(self._unit * 0.06)
        ground = max(self.colours, key=lambda c: abs(_luminance(c) - _luminance(_mean(self.sheet, area))))
        right = width if width <= height * 1.3 else max(area[2] + pad, round(width * 0.5))
        foot = height if width > height * 1.3 else area[3] + pad
        draw = ImageDraw.Draw(self.sheet, "RGBA")
        draw.rectangle((0, foot, right, foot + round(self._unit * 0.012)), fill=(0, 0, 0, 38))
        draw.rectangle((0, 0, right, foot), fill=ground)
        ink = max((self._paper, self._ink), key=lambda c: _contrast(c, ground))
        return ink, self._accent(ink, [ground])

    def _on_strips(self, setting: Setting, left: int, top: int) -> None:
        """Each line on its own strip, the last one in the accent."""
        draw = ImageDraw.Draw(self.sheet)
        pad = round(setting.font.size * 0.2)
        paper, ink = self._paper, self._ink
        beneath = _mean(self.sheet, (left, top, left + setting.width, top + setting.height))
        usual = max((paper, ink), key=lambda c: _contrast(c, beneath))
        for row, line in enumerate(setting.lines):
            last = row == len(setting.lines) - 1
            ground = self._vivid if last and len(setting.lines) > 1 else usual
            y = top + row * (setting.leading + pad // 2)
            ends = setting.font.getbbox(line)
            box = (left - pad, y - pad // 4 + round(setting.font.size * 0.1), left + ends[2] + pad, y + setting.leading)
            draw.rounded_rectangle(box, radius=round(setting.font.size * 0.12), fill=ground)
            on = max((ink, paper), key=lambda c: _contrast(c, ground))
            draw.text((left, y), line, font=setting.font, fill=on)

    def _accent(self, ink: RGB, tones: Sequence[RGB]) -> RGB | None:
        """The most vivid brand colour that can be read here and is not the ink's twin; nudged if it is close to it."""
        for colour in sorted(self.colours, key=_vividness, reverse=True):
            for share in (0.0, 0.25, 0.45):
                tried = _mixed(colour, ink, share)
                if _worst(tried, tones) >= ACCENT_CONTRAST and _distance(tried, ink) > 60:
                    return tried
        return None

    @property
    def _paper(self) -> RGB:
        lightest = max(self.colours, key=_luminance)
        return lightest if _luminance(lightest) > 0.72 else _mixed(lightest, WHITE, 0.9)

    @property
    def _ink(self) -> RGB:
        darkest = min(self.colours, key=_luminance)
        return darkest if _luminance(darkest) < 0.02 else _mixed(darkest, BLACK, 0.8)

    @property
    def _vivid(self) -> RGB:
        return max(self.colours, key=_vividness)


def _split(line: str, *, last: bool, alone: bool) -> tuple[str, str]:
    """The part of a line in plain ink, and the part in the accent."""
    if not last:
        return line, ""
    head, space, tail = line.rpartition(" ")
    return (head + space, tail) if alone else ("", line)


def _tones(sheet: Image.Image, area: Box) -> list[RGB]:
    """The ground's colours under an area, in a coarse grid."""
    grid = sheet.crop(_within(area, sheet.size)).resize((16, 10), Image.Resampling.BOX)
    return [_rgb(grid.getpixel((x, y))) for y in range(grid.height) for x in range(grid.width)]


def _mean(sheet: Image.Image, area: Box) -> RGB:
    return _rgb(sheet.crop(_within(area, sheet.size)).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))


def _within(area: Box, size: tuple[int, int]) -> Box:
    left, top = min(max(0, area[0]), size[0] - 1), min(max(0, area[1]), size[1] - 1)
    return left, top, max(left + 1, min(area[2], size[0])), max(top + 1, min(area[3], size[1]))


def _rgb(pixel: object) -> RGB:
    assert isinstance(pixel, tuple)
    return pixel[0], pixel[1], pixel[2]


def _veil(size: tuple[int, int], area: Box, strength: float) -> Image.Image:
    """A mask that is full from the top edge to the area's foot and fades out below it."""
    width, height = size
    column = Image.new("L", (1, height))
    fade = max(1.0, height * 0.16)
    for y in range(height):
        beyond = (y - area[3]) / fade
        share = min(1.0, max(0.0, 1.0 - beyond))
        column.putpixel((0, y), round(255 * strength * share * share * (3 - 2 * share)))
    return column.resize((width, height))


def _worst(ink: RGB, tones: Sequence[RGB]) -> float:
    """The contrast that nine tenths of the ground reach."""
    ratios = sorted(_contrast(ink, tone) for tone in tones)
    return ratios[len(ratios) // 10]


def _contrast(one: RGB, other: RGB) -> float:
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: RGB) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    r, g, b = (c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _vividness(colour: RGB) -> float:
    return (max(colour) - min(colour)) * (0.4 + max(colour) / 255)


def _distance(one: RGB, other: RGB) -> float:
    return float(sum(abs(a - b) for a, b in zip(one, other, strict=True)))


def _mixed(one: RGB, other: RGB, share: float) -> RGB:
    r, g, b = (round(a + (z - a) * share) for a, z in zip(one, other, strict=True))
    return r, g, b


def _parsed(code: str) -> RGB:
    bare = code.lstrip("#")
    return int(bare[0:2], 16), int(bare[2:4], 16), int(bare[4:6], 16)
