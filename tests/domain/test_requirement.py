"""What platforms ask of files: each file fits, fits after a conversion, or is refused for one thing that is said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.framing import frame
from marketingos.domain.media import Film, Fit, Media, MediaKind
from marketingos.domain.platform import RULES, Format, Platform
from marketingos.domain.requirement import REQUIREMENTS, Change, format_for, judge, judge_count, requirement, shape_of

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
OURS = Film(fps=30, vcodec="h264", acodec="aac")
BRIGHT = Film(fps=30, vcodec="hevc", pixels="yuv420p10le", hdr=True)


def picture(width: int = 1080, height: int = 1350, **facts: Any) -> Media:
    facts = {"mime": "image/jpeg", "size": 900_000, **facts}
    return Media(sha256="0", kind=MediaKind.IMAGE, name="0.jpg", width=width, height=height, created_at=AT, **facts)


def paper(**facts: Any) -> Media:
    facts = {"mime": "application/pdf", "size": 900_000, "pages": 12, **facts}
    return Media(sha256="0", kind=MediaKind.DOCUMENT, name="0.pdf", width=595, height=842, created_at=AT, **facts)


def film(width: int = 1080, height: int = 1920, *, seconds: float = 12, made: Film = OURS, **facts: Any) -> Media:
    facts = {"mime": "video/mp4", "size": 9_000_000, **facts}
    return Media(
        sha256="0", kind=MediaKind.VIDEO, name="0.mp4", width=width, height=height, seconds=seconds, film=made,
        created_at=AT, **facts
    )  # fmt: skip


@pytest.mark.parametrize("platform", Platform)
def test_what_the_cycle_makes_goes_everywhere(platform: Platform) -> None:
    """The picture of 4:5 and the vertical video fit every usual format of every platform."""
    for format in RULES[platform].formats:
        asked = requirement(platform, format)
        if asked.pictures and format is not Format.STORY:
            assert judge(picture(), asked).fits
        if asked.films:
            assert judge(film(), asked).fits


@pytest.mark.parametrize(
    ("platform", "format", "file", "changes"),
    [
        (Platform.INSTAGRAM, Format.IMAGE, picture(mime="image/png"), {Change.JPEG}),
        (Platform.INSTAGRAM, Format.IMAGE, picture(plain=False), {Change.JPEG}),
        (Platform.INSTAGRAM, Format.IMAGE, picture(3024, 4032), {Change.SMALLER, Change.RESHAPE}),
        (Platform.INSTAGRAM, Format.IMAGE, picture(1000, 500), {Change.RESHAPE}),
        (Platform.INSTAGRAM, Format.IMAGE, picture(size=9_000_000), {Change.LIGHTER}),
        (Platform.FACEBOOK, Format.IMAGE, picture(mime="image/png"), set()),
        (Platform.FACEBOOK, Format.IMAGE, picture(mime="image/webp"), {Change.JPEG}),
        (Platform.LINKEDIN, Format.IMAGE, picture(size=5_100_000), {Change.LIGHTER}),
        (Platform.TIKTOK, Format.IMAGE, picture(mime="image/png"), {Change.JPEG}),
        (Platform.TIKTOK, Format.IMAGE, picture(1440, 1440), {Change.SMALLER}),
        (Platform.INSTAGRAM, Format.REEL, film(made=OURS.model_copy(update={"edits": True})), {Change.REMUX}),
        (Platform.INSTAGRAM, Format.REEL, film(made=OURS.model_copy(update={"faststart": False})), {Change.REMUX}),
        (Platform.INSTAGRAM, Format.REEL, film(made=OURS.model_copy(update={"vcodec": "hevc"})), set()),
        (Platform.INSTAGRAM, Format.REEL, film(made=OURS.model_copy(update={"fps": 120})), {Change.ENCODE}),
        (Platform.INSTAGRAM, Format.STORY, film(size=120_000_000, seconds=50), {Change.LIGHTER}),
        (Platform.FACEBOOK, Format.REEL, film(1920, 1080), {Change.RESHAPE}),
        (Platform.FACEBOOK, Format.VIDEO, film(made=OURS.model_copy(update={"vcodec": "hevc"})), {Change.ENCODE}),
        (Platform.LINKEDIN, Format.VIDEO, film(mime="video/quicktime"), {Change.REMUX}),
        (Platform.LINKEDIN, Format.DOCUMENT, paper(pages=300), set()),
        (Platform.LINKEDIN, Format.DOCUMENT, paper(pages=None), set()),
        (Platform.INSTAGRAM, Format.REEL, film(made=BRIGHT), set()),
        (Platform.FACEBOOK, Format.VIDEO, film(made=BRIGHT), {Change.SDR, Change.ENCODE}),
        (Platform.INSTAGRAM, Format.REEL, film(made=OURS.model_copy(update={"arate": 96_000})), {Change.ENCODE}),
        (Platform.INSTAGRAM, Format.REEL, film(made=OURS.model_copy(update={"channels": 6})), {Change.ENCODE}),
        (Platform.TIKTOK, Format.VIDEO, film(made=OURS.model_copy(update={"edits": True})), set()),
    ],
)
def test_what_a_conversion_mends(platform: Platform, format: Format, file: Media, changes: set[Change]) -> None:
    """What is wrong but loses nothing when it is mended is named by the conversion."""
    verdict = judge(file, requirement(platform, format))
    assert verdict.problem is None
    assert set(verdict.changes) == changes


@pytest.mark.parametrize(
    ("platform", "format", "file", "key", "value"),
    [
        (Platform.INSTAGRAM, Format.REEL, film(seconds=2), "media.too_short", "3 s"),
        (Platform.INSTAGRAM, Format.REEL, film(seconds=901), "media.too_long", "15 min"),
        (Platform.INSTAGRAM, Format.STORY, film(seconds=61), "media.too_long", "1 min"),
        (Platform.FACEBOOK, Format.REEL, film(seconds=95), "media.too_long", "90 s"),
        (Platform.FACEBOOK, Format.REEL, film(360, 640), "media.too_small", 540),
        (Platform.INSTAGRAM, Format.IMAGE, picture(200, 200), "media.too_small", 320),
        (Platform.LINKEDIN, Format.VIDEO, film(size=70_000), "media.too_light", 75),
        (Platform.TIKTOK, Format.VIDEO, picture(), "media.not_here", None),
        (Platform.LINKEDIN, Format.TEXT, picture(), "media.not_here", None),
        (Platform.LINKEDIN, Format.DOCUMENT, paper(pages=301), "media.too_many_pages", 301),
        (Platform.LINKEDIN, Format.DOCUMENT, paper(size=100_000_001), "media.too_large", 100),
        (Platform.LINKEDIN, Format.IMAGE, paper(), "media.paper_not_here", None),
        (Platform.INSTAGRAM, Format.IMAGE, paper(), "media.paper_not_here", None),
        (Platform.LINKEDIN, Format.DOCUMENT, picture(), "media.not_here", None),
    ],
)
def test_what_nothing_mends_is_refused(platform: Platform, format: Format, file: Media, key: str, value: Any) -> None:
    """One sentence says what is wrong, with the figure that is asked for."""
    problem = judge(file, requirement(platform, format)).problem
    assert problem is not None
    assert problem.key == key
    assert value is None or value in problem.values.values()


@given(
    st.sampled_from(sorted(key for key, asked in REQUIREMENTS.items() if asked.pictures)),
    st.integers(320, 8000),
    st.integers(320, 8000),
    st.sampled_from(["image/jpeg", "image/png", "image/webp"]),
    st.sampled_from(Fit),
    st.booleans(),
)
def test_a_converted_picture_fits(
    where: tuple[Platform, Format], width: int, height: int, mime: str, fit: Fit, first: bool
) -> None:
    """A JPEG in the frame that the requirement asks for is one that it takes, alone or beside a first one."""
    asked = REQUIREMENTS[where]
    assert asked.pictures is not None
    file, like = picture(width, height, mime=mime, size=12_000_000), None if first else picture(1080, 1080)
    if judge(file, asked, like).problem:
        return
    made = frame(width, height, shape=shape_of(file, asked, like), box=asked.pictures.box, fit=fit)
    if made.size[0] >= asked.pictures.least_width:
        assert judge(picture(*made.size), asked, like).fits


@given(
    st.sampled_from(sorted(key for key, asked in REQUIREMENTS.items() if asked.films)),
    st.integers(360, 4096),
    st.integers(360, 4096),
    st.sampled_from(Fit),
)
def test_a_converted_video_fits(where: tuple[Platform, Format], width: int, height: int, fit: Fit) -> None:
    """So does a video in its frame, unless the frame became smaller than the platform takes."""
    asked = REQUIREMENTS[where]
    assert asked.films is not None
    file = film(width, height)
    made = frame(width, height, shape=shape_of(file, asked), box=asked.films.box, fit=fit, step=2)
    verdict = judge(film(*made.size), asked)
    assert verdict.fits or (verdict.problem is not None and verdict.problem.key == "media.too_small")


def test_how_many_and_what_beside_what() -> None:
    """Counts and mixtures are the format's: Instagram mixes, LinkedIn does not, a reel is one."""
    both = [picture(), film()]
    assert judge_count(both, requirement(Platform.INSTAGRAM, Format.IMAGE)) is None
    many = judge_count([picture()] * 11, requirement(Platform.INSTAGRAM, Format.IMAGE))
    assert many is not None
    assert (many.key, many.values["most"]) == ("media.too_many", 10)
    assert judge_count([picture()] * 20, requirement(Platform.LINKEDIN, Format.IMAGE)) is None
    mixed = judge_count(both, requirement(Platform.FACEBOOK, Format.IMAGE))
    assert mixed is not None
    assert mixed.key == "media.mixed"


@pytest.mark.parametrize(
    ("platform", "kinds", "current", "becomes"),
    [
        (Platform.INSTAGRAM, [MediaKind.VIDEO], Format.IMAGE, Format.REEL),
        (Platform.INSTAGRAM, [MediaKind.VIDEO, MediaKind.IMAGE], Format.REEL, Format.IMAGE),
        (Platform.INSTAGRAM, [MediaKind.VIDEO], Format.STORY, Format.STORY),
        (Platform.FACEBOOK, [MediaKind.VIDEO], Format.IMAGE, Format.VIDEO),
        (Platform.FACEBOOK, [MediaKind.IMAGE], Format.TEXT, Format.IMAGE),
        (Platform.LINKEDIN, [MediaKind.IMAGE] * 3, Format.VIDEO, Format.IMAGE),
        (Platform.TIKTOK, [MediaKind.IMAGE], Format.VIDEO, Format.IMAGE),
        (Platform.TIKTOK, [MediaKind.VIDEO], Format.VIDEO, Format.VIDEO),
    ],
)
def test_files_choose_the_format(platform: Platform, kinds: list[MediaKind], current: Format, becomes: Format) -> None:
    """The format follows from what is attached, and stays as it is where it can."""
    assert format_for(platform, kinds, current, RULES[platform].formats) is becomes
