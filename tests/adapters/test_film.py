"""Videos that people bring: put in order without touching a frame where that is enough, else encoded anew."""

from __future__ import annotations

import array
import io
import itertools
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageDraw

from marketingos.adapters import film
from marketingos.domain.framing import Span, frame
from marketingos.domain.media import Fit
from marketingos.errors import InvalidInput

RED = (200, 40, 40)


def shot(
    path: Path,
    *,
    size: tuple[int, int] = (320, 180),
    fps: int = 25,
    seconds: float = 2,
    codec: str = "libx264",
    sound: bool = True,
    turned: int = 0,
    container: str = "mp4",
    **encoder: str,
) -> Path:
    """A grey film with a red left quarter and a tone, such as a camera or an editor would write it."""
    with av.open(path, "w", format=container) as made:
        picture = made.add_stream(codec, rate=fps, options={"bf": "2", **encoder} if codec == "libx264" else encoder)
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        if turned:
            picture.set_display_rotation(turned)
        tone = made.add_stream("aac", rate=44_100, layout="mono") if sound else None
        still = Image.new("RGB", size, "#808080")
        ImageDraw.Draw(still).rectangle((0, 0, size[0] // 4, size[1]), fill=RED)
        for number in range(round(fps * seconds)):
            shown: Any = av.VideoFrame.from_image(still)
            shown.pts, shown.time_base = number, Fraction(1, fps)
            made.mux(picture.encode(shown))
        made.mux(picture.encode(None))
        for at in range(0, round(44_100 * seconds) if tone else 0, 1024):
            wave = array.array("f", (math.sin(n / 8) * 0.3 for n in range(at, at + 1024)))
            heard = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            heard.planes[0].update(wave.tobytes())
            heard.sample_rate, heard.pts, heard.time_base = 44_100, at, Fraction(1, 44_100)
            made.mux(tone.encode(heard))  # type: ignore[union-attr]
        if tone:
            made.mux(tone.encode(None))
    return path


def starts(path: Path) -> list[float]:
    with av.open(path) as container:
        return [float((s.start_time or 0) * (s.time_base or 0)) for s in container.streams]


def cover(path: Path) -> Image.Image:
    return Image.open(io.BytesIO(film.first_frame(path))).convert("RGB")


def is_red(colour: Any) -> bool:
    return bool(colour[0] > 150 and colour[1] < 90)


@pytest.mark.parametrize("facts", [{}, {"sound": False}, {"bf": "0"}, {"turned": 90}, {"container": "mov"}])
def test_a_file_is_put_in_order_without_touching_a_frame(facts: dict[str, Any], tmp_path: Path) -> None:
    """No edit list, the index first, the same codec and length, picture and sound from zero, turned as it was."""
    source = shot(tmp_path / "camera.mp4", **facts)
    before = film.probe(source)
    assert before.film.edits or before.mime == "video/quicktime"
    assert film.remux(source, tmp_path / "tidy.mp4")
    after = film.probe(tmp_path / "tidy.mp4")
    assert (after.film.edits, after.film.faststart, after.mime) == (False, True, "video/mp4")
    assert (after.width, after.height, after.turned) == (before.width, before.height, before.turned)
    assert after.film.fps == pytest.approx(before.film.fps)
    assert after.seconds == pytest.approx(before.seconds, abs=0.05)
    assert starts(tmp_path / "tidy.mp4") == pytest.approx([0.0] * len(starts(tmp_path / "tidy.mp4")), abs=0.03)


@pytest.mark.parametrize(
    "facts",
    [{}, {"codec": "mpeg4"}, {"sound": False}, {"fps": 12}, {"fps": 100, "seconds": 1}, {"size": (322, 242)}],
)
@pytest.mark.parametrize("fit", Fit)
def test_what_is_encoded_anew_is_what_every_platform_takes(facts: dict[str, Any], fit: Fit, tmp_path: Path) -> None:
    """H.264 with AAC in the frame asked for, frames in a usual beat, tidy, as long as it was."""
    source = shot(tmp_path / "camera.mp4", **facts)
    before = film.probe(source)
    wanted = frame(before.width, before.height, shape=Span.near(9 / 16), box=(1920, 1080), fit=fit, step=2)
    film.encode(source, tmp_path / "made.mp4", wanted, most_bytes=10_000_000)
    after = film.probe(tmp_path / "made.mp4")
    assert (after.width, after.height) == wanted.size
    assert (after.film.vcodec, after.film.acodec, after.film.pixels) == ("h264", "aac", "yuv420p")
    assert (after.film.edits, after.film.faststart) == (False, True)
    assert 24 <= after.film.fps <= 60
    assert after.seconds == pytest.approx(before.seconds, abs=0.15)
    assert starts(tmp_path / "made.mp4") == pytest.approx([0.0, 0.0], abs=0.001)


def test_filling_shows_the_whole_frame_and_cropping_its_middle(tmp_path: Path) -> None:
    """The red left quarter is seen when room is filled, and gone when the sides are cut."""
    source = shot(tmp_path / "camera.mp4", size=(640, 180), seconds=1)
    for fit in Fit:
        wanted = frame(640, 180, shape=Span.near(1.0), box=(1920, 1080), fit=fit, step=2)
        film.encode(source, tmp_path / f"{fit}.mp4", wanted, most_bytes=10_000_000)
    assert is_red(cover(tmp_path / "pad.mp4").getpixel((20, 320)))
    assert not is_red(cover(tmp_path / "crop.mp4").getpixel((10, 90)))


@pytest.mark.parametrize("turned", [90, -90, 180])
def test_a_turned_film_stays_upright(turned: int, tmp_path: Path) -> None:
    """What a telephone marks as turned is turned in the pixels once they are encoded anew."""
    source = shot(tmp_path / "telephone.mp4", turned=turned, seconds=1)
    seen = film.probe(source)
    wanted = frame(seen.width, seen.height, shape=None, box=(1920, 1920), fit=Fit.PAD, step=2)
    film.encode(source, tmp_path / "made.mp4", wanted, most_bytes=10_000_000)
    assert film.probe(tmp_path / "made.mp4").turned == 0
    was, now = cover(source), cover(tmp_path / "made.mp4")
    assert was.size == now.size
    corners = [(8, 8), (was.width - 8, 8), (8, was.height - 8), (was.width - 8, was.height - 8)]
    assert [is_red(was.getpixel(at)) for at in corners] == [is_red(now.getpixel(at)) for at in corners]


def test_a_film_that_must_be_light_is(tmp_path: Path) -> None:
    """The weight that is asked for is kept."""
    source = shot(tmp_path / "camera.mp4", size=(640, 360), seconds=4)
    wanted = frame(640, 360, shape=None, box=(1920, 1920), fit=Fit.PAD, step=2)
    film.encode(source, tmp_path / "light.mp4", wanted, most_bytes=200_000)
    assert (tmp_path / "light.mp4").stat().st_size <= 200_000


def bright(path: Path, *, transfer: int, size: tuple[int, int] = (320, 180)) -> Path:
    """A film in HDR: a grey ramp from black to the brightest, ten bits, BT.2020."""
    with av.open(path, "w", format="mp4") as made:
        picture: Any = made.add_stream("libx265", rate=25, options={"x265-params": "log-level=none"})
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p10le"
        picture.codec_context.colorspace, picture.codec_context.color_range = 9, 1
        picture.codec_context.color_trc, picture.codec_context.color_primaries = transfer, 9
        for number in range(10):
            shown: Any = av.VideoFrame(*size, "yuv420p10le")
            for place, plane in enumerate(shown.planes):
                across = plane.width
                row = [64 + 876 * n // (across - 1) if not place else 512 for n in range(across)]
                line = array.array("H", row + [0] * (plane.line_size // 2 - across)).tobytes()
                plane.update(line * plane.height)
            shown.pts, shown.time_base = number, Fraction(1, 25)
            shown.colorspace, shown.color_range, shown.color_trc, shown.color_primaries = 9, 1, transfer, 9
            made.mux(picture.encode(shown))
        made.mux(picture.encode(None))
    return path


@pytest.mark.parametrize(("transfer", "place", "most"), [(16, 1, 28), (18, 5, 150)])
def test_a_film_in_hdr_becomes_one_for_every_screen(transfer: int, place: int, most: int, tmp_path: Path) -> None:
    """Dark stays dark, bright stays bright, between them nothing that differed becomes the same; and it is not the
    same numbers, which on other screens would look grey (34 and 157 in those places)."""
    source = bright(tmp_path / "telephone.mp4", transfer=transfer)
    assert film.probe(source).film.hdr
    wanted = frame(320, 180, shape=None, box=(1920, 1920), fit=Fit.PAD, step=2)
    film.encode(source, tmp_path / "made.mp4", wanted, most_bytes=10_000_000)
    after = film.probe(tmp_path / "made.mp4").film
    assert (after.vcodec, after.pixels, after.hdr) == ("h264", "yuv420p", False)
    seen = cover(tmp_path / "made.mp4").convert("L")
    tones = [seen.getpixel((x, 90)) for x in range(8, 320, 38)]
    assert tones[0] < 20
    assert tones[-1] > 220
    assert all(later > earlier + 4 for earlier, later in itertools.pairwise(tones))
    assert tones[place] < most


def test_a_frame_that_fills_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes may unpack to a picture of any size."""
    monkeypatch.setattr(film, "MOST_PIXELS", 100_000)
    assert film.probe(shot(tmp_path / "small.mp4"))
    with pytest.raises(InvalidInput):
        film.probe(shot(tmp_path / "large.mp4", size=(640, 360)))


def test_a_film_that_breaks_off_is_refused(tmp_path: Path) -> None:
    """Half a file is no video; nothing but our own error comes out."""
    whole = shot(tmp_path / "camera.mp4").read_bytes()
    half = tmp_path / "half.mp4"
    half.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidInput):
        film.probe(half)
