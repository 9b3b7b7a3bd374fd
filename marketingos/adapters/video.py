"""The vertical video: stills in slow motion with captions on white plates, in the one profile every platform takes.

Recipe (contracts/ai.md 3.3): H.264 High yuv420p at 30 fps, no B-frames, a keyframe every two seconds, silent AAC-LC,
moov first and no edit lists (Instagram refuses them): the sound starts 1024 samples late, which the encoder's own
priming takes back. Pure functions of bytes that take seconds of CPU time: call them in a thread.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps, ImageStat

from marketingos.adapters import lettering
from marketingos.adapters.film import RATE, TIDY, X264, silence
from marketingos.errors import InvalidInput

SIZE = WIDTH, HEIGHT = 1080, 1920
FPS = 30
SHORTEST, LONGEST = 3.0, 60.0
"""Seconds: Instagram and TikTok refuse less; more belongs in another kind of production."""

_ENTRANCE, _GLIDE, _TRAVEL = 9, 45, 110
"""Frames in which a caption comes in, frames in which the picture glides to rest, and pixels that it glides."""

_KEPT_ACROSS, _CALM = 0.88, 16.0
"""How much of a feed picture's width a tall frame shows, and the spread of tones up to which its top is calm."""

_VIDEO = {**X264, "crf": "23", "maxrate": "8M", "bufsize": "16M"}


def make_vertical(
    stills: Sequence[bytes],
    captions: Sequence[str],
    *,
    palette: Sequence[str] = (),
    seconds_each: float | Sequence[float] = 2.6,
    progress: Callable[[float], None] | None = None,
) -> bytes:
    """An MP4 of 1080 x 1920: one scene a caption, each over a still (they are used in turn, closer every time).

    `seconds_each` is the length of every scene, or one length a scene; together at least 3 s and at most 60 s, to which
    they are stretched or cut. `progress` is called with the share done, 0 to 1. Raises `InvalidInput` for bad stills.
    """
    if not stills:
        raise InvalidInput("media.unsupported", field="stills")
    grounds = [_opened(still) for still in stills]
    told = list(captions) or [""] * len(stills)
    lengths = _frame_counts(seconds_each, len(told))
    scenes = [_Scene(grounds[n % len(grounds)], told[n], lengths[n], turn=n, again=n // len(grounds))
              for n in range(len(told))]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:  # faststart reads the finished file again, by its name
        path = Path(folder) / "video.mp4"
        _encode(path, scenes, palette, progress or (lambda share: None))
        return path.read_bytes()


def _frame_counts(seconds_each: float | Sequence[float], scenes: int) -> list[int]:
    given = (
        [float(seconds_each)] * scenes if isinstance(seconds_each, int | float) else [float(s) for s in seconds_each]
    )
    given = [max(0.5, given[n % len(given)]) if given else 2.6 for n in range(scenes)]
    total = sum(given)
    scale = min(max(total, SHORTEST), LONGEST) / total
    counts = [max(1, round(seconds * scale * FPS)) for seconds in given]
    counts[-1] += max(0, round(SHORTEST * FPS) - sum(counts))  # rounding may have eaten a frame
    return counts


@dataclass(frozen=True)
class _Scene:
    """One caption over one still for so many frames. `again` counts how often the still was seen before."""

    still: Image.Image
    caption: str
    frames: int
    turn: int
    again: int

    def ground(self) -> Image.Image:
        """The still, taller than the frame by the way it will travel; closer each time it comes again."""
        closer = 1.0 + 0.16 * (self.again % 4)
        width, height = round(WIDTH * closer), round(HEIGHT * closer) + _TRAVEL
        whole = ImageOps.fit(_tall(self.still), (width, height), Image.Resampling.BICUBIC, centering=(0.5, 0.6))
        left = round((width - WIDTH) * (0.5 + 0.22 * (self.turn % 3 - 1)))
        top = round((height - _TRAVEL - HEIGHT) * 0.62)
        return whole.crop((left, top, left + WIDTH, top + HEIGHT + _TRAVEL))

    def offset(self, number: int) -> int:
        """How far down the ground the frame lies: it glides in and comes to rest. Even, for the halved chroma."""
        left_to_go = (1 - min(1.0, number / _GLIDE)) ** 3
        way = _TRAVEL * (left_to_go if self.turn % 2 else 1 - left_to_go)
        return round(way / 2) * 2

    def entered(self, number: int) -> float:
        """How far the caption has come in. The first one is there at once: that frame is the cover."""
        share = 1.0 if self.turn == 0 else min(1.0, (number + 1) / _ENTRANCE)
        return 1 - (1 - share) ** 3


def _tall(still: Image.Image) -> Image.Image:
    """A feed picture made tall without losing its sides: its calm upper part is mirrored upwards, its foot, blurred,
    downwards into the dark where the platform writes. One that is lively at the top, or too wide, stays as it is."""
    width = round(WIDTH / _KEPT_ACROSS)
    height = round(width * still.height / still.width)
    above = round((HEIGHT - height) * 0.72)
    below = HEIGHT - height - above
    if not 0 < above <= height * 0.25 or max(ImageStat.Stat(_upper(still)).stddev) > _CALM:
        return still
    across = still.resize((width, height), Image.Resampling.BICUBIC)
    sheet = Image.new("RGB", (width, HEIGHT))
    sheet.paste(ImageOps.flip(across.crop((0, 0, width, above))), (0, 0))
    sheet.paste(across, (0, above))
    foot = ImageOps.flip(across.crop((0, height - below, width, height))).reduce(8).filter(ImageFilter.GaussianBlur(5))
    sheet.paste(ImageEnhance.Brightness(foot.resize((width, below))).enhance(0.6), (0, above + height))
    dusk = Image.linear_gradient("L").resize((width, round(HEIGHT * 0.3))).point([round(v * 0.7) for v in range(256)])
    sheet.paste("#0b0708", (0, HEIGHT - dusk.height), dusk)
    return sheet.crop(((width - WIDTH) // 2, 0, (width + WIDTH) // 2, HEIGHT))


def _upper(still: Image.Image) -> Image.Image:
    """The part that would be mirrored, small enough that grain does not count as life."""
    return still.crop((0, 0, still.width, max(1, still.height // 5))).resize((32, 12), Image.Resampling.BOX)


Planes = tuple[Image.Image, Image.Image, Image.Image]


def _encode(path: Path, scenes: Sequence[_Scene], palette: Sequence[str], progress: Callable[[float], None]) -> None:
    count = sum(scene.frames for scene in scenes)
    with av.open(path, "w", format="mp4", options=TIDY) as container:
        film = container.add_stream("libx264", rate=FPS, options=_VIDEO)
        film.width, film.height, film.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        film.time_base = Fraction(1, FPS)
        film.codec_context.colorspace, film.codec_context.color_range = Colorspace.ITU709, ColorRange.MPEG
        sound = container.add_stream("aac", rate=RATE, layout="stereo")
        sound.bit_rate = 128_000
        for number, frame in enumerate(_frames(scenes, tuple(palette))):
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(film.encode(frame))
            if number % 15 == 0:
                progress(number / count)
        container.mux(film.encode(None))
        for quiet in silence(round(count * RATE / FPS)):
            container.mux(sound.encode(quiet))
        container.mux(sound.encode(None))
    progress(1.0)


def _frames(scenes: Sequence[_Scene], palette: tuple[str, ...]) -> Iterator[av.VideoFrame]:
    """Every frame in order; a frame that equals the one before is given again.

    Grounds and captions are turned into YUV once and cut and pasted there: converting every frame costs more than
    encoding it.
    """
    for scene in scenes:
        ground = _planes(scene.ground())
        caption = _caption(scene.caption, palette)
        seen, frame = None, None
        for number in range(scene.frames):
            state = (scene.offset(number), scene.entered(number) if caption else 1.0)
            if frame is None or state != seen:
                frame, seen = _frame(ground, caption, *state), state
            yield frame


def _frame(ground: Planes, caption: _Caption | None, offset: int, entered: float) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
    for number, (plane, sheet) in enumerate(zip(frame.planes, ground, strict=True)):
        half = 2 if number else 1
        view = sheet.crop((0, offset // half, sheet.width, (offset + HEIGHT) // half))
        if caption is not None:
            rise = round(24 * (1 - entered)) * 2
            mask = caption.masks[number]
            shown = mask if entered == 1.0 else mask.point([round(v * entered) for v in range(256)])
            view.paste(caption.planes[number], (0, (caption.top + rise) // half), shown)
        if view.width != plane.line_size:
            view = ImageOps.pad(view, (plane.line_size, view.height), centering=(0, 0))
        plane.update(view.tobytes())
    return frame


def _planes(picture: Image.Image) -> Planes:
    """Luma and the two halved chroma planes, BT.709, as greyscale pictures. Both sides must be even."""
    rgb: av.VideoFrame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
    yuv = rgb.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
    cut = [Image.frombytes("L", (plane.line_size, plane.height), bytes(plane)).crop((0, 0, plane.width, plane.height))
           for plane in yuv.planes]  # fmt: skip
    return cut[0], cut[1], cut[2]


@dataclass(frozen=True)
class _Caption:
    """The plates of a caption in YUV, a mask for each plane, and the height they hang at."""

    planes: Planes
    masks: Planes
    top: int


@lru_cache(maxsize=16)
def _caption(text: str, palette: tuple[str, ...]) -> _Caption | None:
    """White plates with dark words, a line each, under the platform's own bar; None without words."""
    setting = lettering.set_text(text, lettering.HEAVY, width=780, height=420, largest=78, smallest=30, at_most=4)
    if not any(setting.lines):
        return None
    step, pad = round(setting.leading * 1.2), round(setting.font.size * 0.42)
    size = (WIDTH, (step * len(setting.lines) + 2 * pad + 40) // 2 * 2)
    plates, mask = Image.new("RGB", size, "#ffffff"), Image.new("L", size, 0)
    draw, cut = ImageDraw.Draw(plates), ImageDraw.Draw(mask)
    for row, line in enumerate(setting.lines):
        half = setting.font.getlength(line) / 2 + pad
        top = 20 + row * step
        cut.rounded_rectangle((WIDTH / 2 - half, top, WIDTH / 2 + half, top + step - 8), radius=16, fill=255)
        draw.text((WIDTH / 2, top + (step - 8) / 2), line, font=setting.font, fill=_dark(palette), anchor="mm")
    shadow = mask.filter(ImageFilter.GaussianBlur(14)).point([round(v * 0.3) for v in range(256)])
    sheet = Image.composite(plates, Image.new("RGB", size, "#0b0708"), mask)
    whole = Image.composite(mask, shadow, mask)
    small = whole.reduce(2)
    return _Caption(_planes(sheet), (whole, small, small), round(HEIGHT * 0.155) // 2 * 2)


def _dark(palette: Sequence[str]) -> tuple[int, int, int]:
    """Near black, with a breath of the brand."""
    if not palette:
        return 22, 18, 20
    r, g, b = (int(palette[0].lstrip("#")[n : n + 2], 16) for n in (0, 2, 4))
    return 16 + r // 16, 14 + g // 16, 16 + b // 16


def _opened(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as picture:
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("media.unsupported", field="stills") from error
