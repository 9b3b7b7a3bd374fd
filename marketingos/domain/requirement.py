"""What each platform asks of the files of a post, and whether a file meets it: as it is, after a conversion that loses
nothing a person would miss, or not at all.

Figures: Instagram, developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media;
Facebook, .../graph-api/reference/page/photos and .../video-api/guides/reels-publishing; TikTok, developers.tiktok.com/
doc/content-posting-api-media-transfer-guide; LinkedIn, learn.microsoft.com/linkedin/marketing/community-management/
shares/{images-api,videos-api,documents-api}. Where a page and production disagree the smaller figure stands here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from marketingos.domain.framing import NEARLY, Frame, Span, frame
from marketingos.domain.media import Film, Fit, Media, MediaKind
from marketingos.domain.platform import Format, Platform

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
MP4, MOV = "video/mp4", "video/quicktime"


class Change(StrEnum):
    """A conversion, from the lightest to the heaviest."""

    REMUX = "remux"
    JPEG = "jpeg"
    LIGHTER = "lighter"
    SMALLER = "smaller"
    RESHAPE = "reshape"
    SDR = "sdr"
    ENCODE = "encode"


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What is asked of a picture. `box` is the most pixels of its longer and its shorter side."""

    mimes: tuple[str, ...] = (JPEG, PNG)
    most_bytes: int
    aspect: Span | None = None
    least_width: int = 1
    box: tuple[int, int]


_USUAL_RATES = Span(23, 60)
_MOST_SAMPLES = 48_000
"""A second of sound; it is mono or stereo."""


@dataclass(frozen=True, kw_only=True)
class Films:
    """What is asked of a video. `box` is the most, `least` the fewest pixels of its longer and its shorter side;
    `strict` files have their index first and no edit list."""

    mimes: tuple[str, ...] = (MP4, MOV)
    vcodecs: tuple[str, ...] = ("h264",)
    most_bytes: int
    least_bytes: int = 0
    most_bitrate: int = 25_000_000
    seconds: Span
    fps: Span = _USUAL_RATES
    aspect: Span | None = None
    box: tuple[int, int] = (1920, 1920)
    least: tuple[int, int] = (1, 1)
    strict: bool = False


@dataclass(frozen=True, kw_only=True)
class Papers:
    """What is asked of a document, which nothing converts."""

    most_bytes: int
    most_pages: int


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What a format on a platform takes: kinds of files and how many. `alike` says that all get the shape of the first;
    `mixed` that pictures and videos may stand side by side."""

    pictures: Pictures | None = None
    films: Films | None = None
    papers: Papers | None = None
    most: int = 1
    alike: bool = False
    mixed: bool = False


_INSTAGRAM_JPEG = Pictures(
    mimes=(JPEG,), most_bytes=8_000_000, aspect=Span(0.8, 1.91), least_width=320, box=(1440, 1440)
)
_INSTAGRAM_FILM = Films(
    vcodecs=("h264", "hevc"), most_bytes=300_000_000, seconds=Span(3, 900), aspect=Span(0.01, 10), strict=True
)
_FACEBOOK_PHOTO = Pictures(most_bytes=4_000_000, box=(2048, 2048))
_FACEBOOK_REEL = Films(
    most_bytes=1_000_000_000, seconds=Span(3, 90), fps=Span(24, 60), aspect=Span.near(9 / 16), least=(960, 540)
)
_TALL = Span.near(9 / 16)

REQUIREMENTS: Mapping[tuple[Platform, Format], Requirement] = MappingProxyType(
    {
        (Platform.INSTAGRAM, Format.IMAGE): Requirement(
            pictures=_INSTAGRAM_JPEG, films=_INSTAGRAM_FILM, most=10, alike=True, mixed=True
        ),
        (Platform.INSTAGRAM, Format.REEL): Requirement(films=_INSTAGRAM_FILM),
        (Platform.INSTAGRAM, Format.STORY): Requirement(
            pictures=Pictures(mimes=(JPEG,), most_bytes=8_000_000, aspect=_TALL, least_width=320, box=(1920, 1440)),
            films=Films(vcodecs=("h264", "hevc"), most_bytes=100_000_000, seconds=Span(3, 60), strict=True),
        ),
        (Platform.FACEBOOK, Format.IMAGE): Requirement(pictures=_FACEBOOK_PHOTO, most=10),
        (Platform.FACEBOOK, Format.VIDEO): Requirement(
            films=Films(
                most_bytes=2_000_000_000, seconds=Span(1, 14_400), aspect=Span(9 / 16 / NEARLY, 16 / 9 * NEARLY)
            )
        ),
        (Platform.FACEBOOK, Format.REEL): Requirement(films=_FACEBOOK_REEL),
        (Platform.FACEBOOK, Format.STORY): Requirement(
            pictures=Pictures(most_bytes=4_000_000, aspect=_TALL, box=(2048, 2048)), films=_FACEBOOK_REEL
        ),
        (Platform.LINKEDIN, Format.IMAGE): Requirement(
            pictures=Pictures(most_bytes=5_000_000, box=(6000, 6000)), most=20
        ),
        (Platform.LINKEDIN, Format.VIDEO): Requirement(
            films=Films(
                mimes=(MP4,),
                most_bytes=500_000_000,
                least_bytes=75_000,
                seconds=Span(3, 1800),
                fps=Span(10, 60),
                aspect=Span(1 / 2.4, 2.4),
                box=(4096, 2304),
            )
        ),
        (Platform.LINKEDIN, Format.DOCUMENT): Requirement(papers=Papers(most_bytes=100_000_000, most_pages=300)),
        (Platform.TIKTOK, Format.VIDEO): Requirement(
            films=Films(
                vcodecs=("h264", "hevc"),
                most_bytes=4_000_000_000,
                seconds=Span(3, 600),
                box=(4096, 4096),
                least=(360, 360),
            )
        ),
        (Platform.TIKTOK, Format.IMAGE): Requirement(
            pictures=Pictures(mimes=(JPEG, WEBP), most_bytes=20_000_000, box=(1920, 1080)), most=35
        ),
    }
)
"""By platform and format. A format that is missing takes no file."""

_NOTHING = Requirement(most=0)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What no conversion mends: the key of its sentence, and the values in it."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How a file stands to a requirement: it fits when there is neither a problem nor a change to make."""

    changes: tuple[Change, ...] = ()
    problem: Problem | None = None

    @property
    def fits(self) -> bool:
        """Whether it may go out as it is."""
        return not self.changes and self.problem is None


def requirement(platform: Platform, format: Format) -> Requirement:
    """What the format takes there."""
    return REQUIREMENTS.get((platform, format), _NOTHING)


def format_for(platform: Platform, kinds: Sequence[MediaKind], current: Format, offered: Sequence[Format]) -> Format:
    """The format in which files of these kinds can go out: the current one if it can, else the first that is offered.

    One video alone is a reel or a video, never a carousel of one.
    """

    def takes(format: Format) -> bool:
        asked = requirement(platform, format)
        rules = {
            MediaKind.IMAGE: asked.pictures,
            MediaKind.VIDEO: asked.films,
            MediaKind.DOCUMENT: asked.papers,
        }
        here = {kind for kind, rule in rules.items() if rule}
        alone = len(kinds) == 1 and kinds[0] is MediaKind.VIDEO and asked.mixed
        return set(kinds) <= here and not alone and (asked.mixed or len(set(kinds)) <= 1)

    return next((format for format in (current, *offered) if takes(format)), current)


def judge(file: Media, asked: Requirement, like: Media | None = None) -> Verdict:
    """Whether a file meets a requirement. `like` is the first of several that shall all have one shape."""
    if file.kind is MediaKind.DOCUMENT:
        return _judge_paper(file, asked.papers) if asked.papers else _PAPER_NOT_HERE
    if file.kind is MediaKind.IMAGE:
        return _judge_picture(file, asked.pictures, shape_of(file, asked, like)) if asked.pictures else _NOT_HERE
    return _judge_film(file, asked.films, shape_of(file, asked, like)) if asked.films else _NOT_HERE


def shape_of(file: Media, asked: Requirement, like: Media | None = None) -> Span | None:
    """The ratios of width to height that a file may have."""
    rules = asked.pictures if file.kind is MediaKind.IMAGE else asked.films
    if asked.alike and like is not None:
        first = like.width / like.height
        bounds = asked.pictures.aspect if asked.pictures else None
        return Span.near(bounds.nearest(first) if bounds else first)
    return rules.aspect if rules else None


def framed(file: Media, asked: Requirement, like: Media | None, fit: Fit) -> Frame:
    """The frame that a file gets when it is converted."""
    film = file.kind is MediaKind.VIDEO
    rules = asked.films if film else asked.pictures
    box = rules.box if rules else (file.width, file.height)
    shape = shape_of(file, asked, like)
    return frame(file.width, file.height, shape=shape, box=box, fit=fit, step=2 if film else 1)


def judge_count(files: Sequence[Media], asked: Requirement) -> Problem | None:
    """What is wrong with how many files there are, and with which beside which."""
    if len({file.kind for file in files}) > 1 and not asked.mixed:
        return Problem(key="media.mixed")
    if len(files) > asked.most:
        return Problem(key="media.too_many", values={"most": asked.most, "n": len(files) - asked.most})
    return None


def judge_all(files: Sequence[Media], asked: Requirement) -> list[Verdict]:
    """How each file of a post stands; where all are to be alike, the first one gives the shape."""
    return [judge(file, asked, files[0] if place else None) for place, file in enumerate(files)]


_NOT_HERE = Verdict(problem=Problem(key="media.not_here"))
_PAPER_NOT_HERE = Verdict(problem=Problem(key="media.paper_not_here"))


def _judge_paper(file: Media, asked: Papers) -> Verdict:
    if file.size > asked.most_bytes:
        return _refused("media.too_large", most=asked.most_bytes // 1_000_000)
    if (file.pages or 0) > asked.most_pages:
        return _refused("media.too_many_pages", pages=file.pages, most=asked.most_pages)
    return Verdict()


def _judge_picture(file: Media, asked: Pictures, shape: Span | None) -> Verdict:
    if file.width < asked.least_width:
        return _refused("media.too_small", width=file.width, height=file.height, least=asked.least_width)
    changes = {
        Change.JPEG: file.mime not in asked.mimes or not file.plain,
        Change.LIGHTER: file.size > asked.most_bytes,
        Change.SMALLER: not is_inside(file.width, file.height, asked.box),
        Change.RESHAPE: shape is not None and not shape.holds(file.width / file.height),
    }
    return Verdict(changes=_made(changes))


def _judge_film(file: Media, asked: Films, shape: Span | None) -> Verdict:
    seconds, film = file.seconds or 0.0, file.film or Film(fps=30, vcodec="h264", acodec="aac")
    if not asked.seconds.holds(round(seconds, 1)):
        least, most = asked.seconds.least, asked.seconds.most
        key = "media.too_short" if seconds < least else "media.too_long"
        return _refused(key, length=spell(seconds), least=spell(least), most=spell(most))
    if not is_inside(*asked.least, (max(file.width, file.height), min(file.width, file.height))):
        return _refused("media.too_small", width=file.width, height=file.height, least=asked.least[1])
    if file.size < asked.least_bytes:
        return _refused("media.too_light", least=asked.least_bytes // 1000)
    changes = {
        Change.REMUX: file.mime not in asked.mimes or (asked.strict and (film.edits or not film.faststart)),
        Change.LIGHTER: file.size > asked.most_bytes or file.size * 8 / max(seconds, 0.1) > asked.most_bitrate,
        Change.SMALLER: not is_inside(file.width, file.height, asked.box),
        Change.RESHAPE: shape is not None and not shape.holds(file.width / file.height),
        Change.ENCODE: _must_be_encoded(film, asked),
    }
    anew = bool(set(_made(changes)) - {Change.REMUX})
    made = _made({**changes, Change.SDR: anew and film.hdr})
    if seconds * LEAST_BITRATE / 8 > asked.most_bytes:
        return _refused("media.too_heavy", most=asked.most_bytes // 1_000_000)
    if anew and seconds > MOST_ENCODED:
        return _refused("media.too_long_to_convert", most=spell(MOST_ENCODED))
    return Verdict(changes=made)


def spell(seconds: float) -> str:
    """A length as both languages write it: `45 s`, `15 min`, `4 h`."""
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:g} {unit}"
    return f"{round(seconds)} s"


MOST_ENCODED = 900
"""Seconds of a video that is encoded anew here; more would keep a processor busy for too long."""

LEAST_BITRATE = 1_000_000
"""Bits a second below which a re-encoded video would look spoilt."""


def _must_be_encoded(film: Film, asked: Films) -> bool:
    sound = film.acodec not in ("", "aac") or film.arate > _MOST_SAMPLES or film.channels > 2
    return film.vcodec not in asked.vcodecs or sound or "420" not in film.pixels or not asked.fps.holds(film.fps)


def is_inside(width: int, height: int, box: tuple[int, int]) -> bool:
    """Whether a file is no larger than a box, lying or standing."""
    return max(width, height) <= box[0] and min(width, height) <= box[1]


def _made(changes: Mapping[Change, bool]) -> tuple[Change, ...]:
    return tuple(change for change in Change if changes.get(change))


def _refused(key: str, **values: object) -> Verdict:
    return Verdict(problem=Problem(key=key, values=values))
