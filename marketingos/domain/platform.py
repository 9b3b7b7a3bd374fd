"""The four platforms and their limits, as the wire counts them.

Figures: Instagram, developers.facebook.com/docs/instagram-platform/content-publishing; Facebook, the Page feed
reference (63,206 is what publishing tools observe); TikTok, developers.tiktok.com/doc/content-posting-api-reference-
direct-post; LinkedIn, learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Platform(StrEnum):
    """In the order in which they are shown everywhere."""

    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"
    LINKEDIN = "linkedin"
    TIKTOK = "tiktok"


class Format(StrEnum):
    """What kind of post a variant is. An `IMAGE` may have several pictures: a carousel, an album, a slide show."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    REEL = "reel"
    STORY = "story"
    DOCUMENT = "document"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a platform accepts. Lengths are in `wire_length` units; `cut` is where its feed folds the text;
    `image_limit` is how many pictures one post may have. The first of `formats` is the usual one."""

    text_limit: int
    cut: int
    hashtag_limit: int
    needs_media: bool
    image_limit: int
    formats: tuple[Format, ...]


RULES: dict[Platform, Rules] = {
    Platform.INSTAGRAM: Rules(
        text_limit=2200,
        cut=125,
        hashtag_limit=5,
        needs_media=True,
        image_limit=10,
        formats=(Format.IMAGE, Format.REEL, Format.STORY),
    ),
    Platform.FACEBOOK: Rules(
        text_limit=63206,
        cut=240,
        hashtag_limit=5,
        needs_media=False,
        image_limit=10,
        formats=(Format.IMAGE, Format.TEXT, Format.VIDEO, Format.REEL, Format.STORY),
    ),
    Platform.LINKEDIN: Rules(
        text_limit=3000,
        cut=210,
        hashtag_limit=5,
        needs_media=False,
        image_limit=20,
        formats=(Format.IMAGE, Format.TEXT, Format.VIDEO, Format.DOCUMENT),
    ),
    Platform.TIKTOK: Rules(
        text_limit=2200,
        cut=100,
        hashtag_limit=5,
        needs_media=True,
        image_limit=35,
        formats=(Format.VIDEO, Format.IMAGE),
    ),
}

_ADDRESS = re.compile(r"https?://\S+")
_HASHTAGS = re.compile(r"(?<![\w&/])(?:#\w{1,100})+")


def wire_length(platform: Platform, text: str) -> int:
    """How long a text is for the platform: TikTok counts UTF-16 code units, the others characters."""
    if platform is Platform.TIKTOK:
        return len(text.encode("utf-16-le")) // 2
    return len(text)


def hashtags_in(text: str) -> tuple[str, ...]:
    """The hashtags of a text, without `#`, in order. Digits alone are none; they need no blanks between them."""
    runs = _HASHTAGS.findall(_ADDRESS.sub(" ", text))
    return tuple(tag for run in runs for tag in run[1:].split("#") if not tag.isdigit())


def without_hashtags(text: str) -> str:
    """What a text says besides its hashtags."""
    return _HASHTAGS.sub(" ", text).strip()


def in_order(platforms: set[Platform] | tuple[Platform, ...] | list[Platform]) -> tuple[Platform, ...]:
    """The platforms once each, in the order in which they are shown."""
    return tuple(p for p in Platform if p in set(platforms))
