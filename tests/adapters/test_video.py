"""Videos: what is made is what every platform takes, and what is told of one is true."""

import io
from itertools import pairwise

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from marketingos.adapters import film as files
from marketingos.adapters import video
from marketingos.domain.media import Film
from marketingos.errors import InvalidInput


def still(colour: str = "#6B1F2A", size: tuple[int, int] = (216, 270)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def film() -> bytes:
    return video.make_vertical([still(), still("#E3B567")], ["Son las 20:47.", "¿Y el móvil? No para."],
                               palette=("#6B1F2A",), seconds_each=1.6)  # fmt: skip


def test_the_profile_is_the_one_every_platform_takes(film: bytes) -> None:
    """1080 x 1920 at 30 fps, H.264 with AAC, moov first, no edit list, as long as its scenes."""
    facts = files.probe(film)
    assert (facts.width, facts.height, facts.mime) == (1080, 1920, "video/mp4")
    sound = {"acodec": "aac", "arate": 48_000, "channels": 2}
    assert facts.film == Film(fps=30, vcodec="h264", pixels="yuv420p", edits=False, faststart=True, **sound)
    assert facts.seconds == pytest.approx(3.2, abs=0.05)


def test_sound_is_silent_stereo_that_starts_with_the_picture(film: bytes) -> None:
    """Both streams start at zero; the sound is 48 kHz stereo and perfectly quiet; the picture is High yuv420p."""
    with av.open(io.BytesIO(film)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert picture.start_time == sound.start_time == 0
        assert (sound.rate, sound.layout.name) == (48_000, "stereo")
        assert (picture.codec_context.profile, picture.codec_context.pix_fmt) == ("High", "yuv420p")
        assert not any(any(bytes(plane)) for frame in container.decode(audio=0) for plane in frame.planes)


def test_frames_are_evenly_spaced_and_keyframes_near(film: bytes) -> None:
    """No frame is stretched, and there is a keyframe at least every two seconds."""
    with av.open(io.BytesIO(film)) as container:
        packets = [p for p in container.demux(video=0) if p.pts is not None]
        times = sorted(float(p.pts * p.time_base) for p in packets if p.pts is not None)
        assert all(b - a == pytest.approx(1 / 30, abs=1e-4) for a, b in pairwise(times))
        keys = [float(p.pts * p.time_base) for p in packets if p.is_keyframe and p.pts is not None]
        assert all(b - a <= 2.01 for a, b in zip(keys, [*keys[1:], times[-1]], strict=True))


def test_the_cover_shows_the_first_caption(film: bytes) -> None:
    """The first frame is a JPEG with the first still's colour and white plates in the safe upper part."""
    cover = Image.open(io.BytesIO(files.first_frame(film)))
    assert cover.size == (1080, 1920)
    plates = cover.crop((340, 290, 740, 420)).convert("L")
    assert plates.getextrema()[1] > 245
    red, green, blue = cover.getpixel((540, 900))
    assert (red, green, blue) == pytest.approx((0x6B, 0x1F, 0x2A), abs=6)


def test_a_feed_picture_keeps_its_sides(film: bytes) -> None:
    """A 4:5 picture with a calm top is shown nearly whole: marks near its left and right edge are still there."""
    picture = Image.new("RGB", (1080, 1350), "#F6EBDD")
    for x in (80, 940):
        picture.paste("#0000ff", (x, 800, x + 60, 1000))
    out = io.BytesIO()
    picture.save(out, "PNG")
    frame = Image.open(io.BytesIO(files.first_frame(video.make_vertical([out.getvalue()], [""], seconds_each=3))))
    for half in ((0, 600, 540, 1900), (540, 600, 1080, 1900)):
        assert frame.crop(half).convert("RGB").getextrema()[0][0] < 60


def test_captions_stay_clear_of_the_platform_s_own_signs(film: bytes) -> None:
    """Nothing white lies in the top 12 %, the bottom 25 % or the right 12 %."""
    cover = Image.open(io.BytesIO(files.first_frame(film))).convert("L")
    for area in ((0, 0, 1080, 230), (0, 1440, 1080, 1920), (950, 0, 1080, 1920)):
        assert cover.crop(area).getextrema()[1] < 120


def test_progress_rises_to_one() -> None:
    """Who waits is told the share done, from nothing to all of it."""
    told: list[float] = []
    video.make_vertical([still()], ["Hola"], seconds_each=3, progress=told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    sizes=st.lists(st.tuples(st.integers(1, 700), st.integers(1, 700)), min_size=1, max_size=3),
    captions=st.lists(st.text(max_size=46), max_size=4),
    seconds=st.floats(0.1, 1.2),
)
def test_any_stills_and_captions_make_a_valid_video(
    sizes: list[tuple[int, int]], captions: list[str], seconds: float
) -> None:
    """Odd sizes, empty captions and lengths too short still make at least three seconds in the profile."""
    facts = files.probe(video.make_vertical([still(size=size) for size in sizes], captions, seconds_each=seconds))
    assert (facts.width, facts.height) == video.SIZE
    assert facts.seconds >= video.SHORTEST - 0.01


@pytest.mark.parametrize("data", [b"", b"\0\0\0\x18ftypmp42", still()])
def test_what_is_no_video_is_refused(data: bytes) -> None:
    """Anything but an MP4 with a picture in it is an InvalidInput."""
    with pytest.raises(InvalidInput):
        files.probe(data)
    with pytest.raises(InvalidInput):
        files.first_frame(data)


def test_stills_that_are_none_are_refused() -> None:
    """A broken still is an InvalidInput about the stills; so is none at all."""
    for stills in ([], [b"no picture"]):
        with pytest.raises(InvalidInput):
            video.make_vertical(stills, ["Hola"])
