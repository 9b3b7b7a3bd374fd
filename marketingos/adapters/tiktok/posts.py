"""What TikTok is told about a post, and what a creator may post at all.

Choices are a person's and stand in `Content.options` under TikTok's own names: `privacy_level` (no default, TikTok's
rule), `disable_comment`, `disable_duet`, `disable_stitch`, `brand_content_toggle`, `brand_organic_toggle`,
`video_cover_timestamp_ms`; for photos `title`, `auto_add_music`, `photo_cover_index`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marketingos.adapters.tiktok.wire import tiktok
from marketingos.domain.delivery import Content
from marketingos.domain.platform import RULES, Platform, wire_length
from marketingos.domain.ports import Grant
from marketingos.errors import ContentRefused

PUBLIC = "PUBLIC_TO_EVERYONE"
PRIVATE = "SELF_ONLY"
PHOTO_TITLE_LIMIT = 90


async def creator(grant: Grant, content: Content) -> Mapping[str, Any]:
    """What the creator may post now: name and switched-off interactions; raises when this content is not allowed."""
    answer = await tiktok("/v2/post/publish/creator_info/query/", grant)
    data = answer.at("data")
    _check_privacy(content, data.get("privacy_level_options") or ())
    longest = data.get("max_video_post_duration_sec")
    if longest and any((a.seconds or 0) > longest for a in content.attachments):
        raise ContentRefused("error.tiktok.too_long", diagnostic=f"longer than {longest} s")
    limit = RULES[Platform.TIKTOK].text_limit
    if wire_length(Platform.TIKTOK, content.text) > limit:
        raise ContentRefused("error.tiktok.text_length", diagnostic=f"longer than {limit} UTF-16 units")
    names = ("creator_username", "comment_disabled", "duet_disabled", "stitch_disabled")
    return {name: data.get(name) for name in names}


def _check_privacy(content: Content, options: Sequence[str]) -> None:
    level = content.options.get("privacy_level")
    if level not in options:
        raise ContentRefused("error.tiktok.privacy", diagnostic=f"{level!r} is not among {options}")
    if level == PRIVATE and content.options.get("brand_content_toggle"):
        raise ContentRefused("error.tiktok.branded_private", diagnostic="branded content cannot be private")


def video_info(content: Content, allowed: Mapping[str, Any]) -> Mapping[str, Any]:
    """`post_info` of a video."""
    info = {
        "title": content.text,
        "is_aigc": content.is_ai_made,
        **_common(content),
        **_switches(content, allowed, "comment", "duet", "stitch"),
    }
    if "video_cover_timestamp_ms" in content.options:
        info["video_cover_timestamp_ms"] = int(content.options["video_cover_timestamp_ms"])
    return info


def photo_post(content: Content, allowed: Mapping[str, Any], urls: Sequence[str]) -> Mapping[str, Any]:
    """The whole body of a photo post; `urls` are the public addresses of its pictures."""
    title = str(content.options.get("title", ""))
    if wire_length(Platform.TIKTOK, title) > PHOTO_TITLE_LIMIT:
        raise ContentRefused("error.tiktok.text_length", diagnostic=f"title over {PHOTO_TITLE_LIMIT} UTF-16 units")
    return {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "is_aigc": content.is_ai_made,
        "post_info": {
            "title": title,
            "description": content.text,
            "auto_add_music": bool(content.options.get("auto_add_music")),
            **_common(content),
            **_switches(content, allowed, "comment"),
        },
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_images": list(urls),
            "photo_cover_index": int(content.options.get("photo_cover_index", 0)),
        },
    }


def _common(content: Content) -> Mapping[str, Any]:
    return {
        "privacy_level": content.options["privacy_level"],
        "brand_content_toggle": bool(content.options.get("brand_content_toggle")),
        "brand_organic_toggle": bool(content.options.get("brand_organic_toggle")),
    }


def _switches(content: Content, allowed: Mapping[str, Any], *names: str) -> Mapping[str, bool]:
    """What the creator has switched off stays off, whatever was chosen for the post."""
    chosen = content.options
    return {f"disable_{n}": bool(allowed.get(f"{n}_disabled") or chosen.get(f"disable_{n}")) for n in names}
