"""TikTok's Display API: the creator and the public videos, with counts that grow."""

from collections.abc import Mapping
from typing import Any

from marketingos.sandbox import engagement, world
from marketingos.sandbox.rows import Account, Post
from marketingos.sandbox.tiktok.wire import Call, TikTokError
from marketingos.sandbox.twin import Twin

_USER_FIELDS = {
    "user.info.basic": ("open_id", "union_id", "avatar_url", "avatar_url_100", "avatar_large_url", "display_name"),
    "user.info.profile": ("username", "bio_description", "profile_deep_link", "is_verified"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}
_VIDEO_FIELDS = (
    "id", "create_time", "cover_image_url", "share_url", "video_description", "duration", "height", "width", "title",
    "embed_html", "embed_link", "like_count", "comment_count", "share_count", "view_count", "is_aigc",
)  # fmt: skip


def _fields(call: Call, known: Mapping[str, str]) -> list[str]:
    """The `fields` of the query; `known` maps each field to the scope it needs."""
    names = [name for name in call.request.query_params.get("fields", "").split(",") if name]
    if not names or not set(names) <= set(known):
        raise TikTokError("invalid_params", "fields is required and may only hold known fields")
    if missing := [name for name in names if known[name] not in call.token.scopes]:
        raise TikTokError("scope_permission_missed", f"The field {missing[0]} needs a scope that was not granted.")
    return names


async def user_info(call: Call) -> dict[str, Any]:
    names = _fields(call, {name: scope for scope, names in _USER_FIELDS.items() for name in names})
    values = _user(call.twin, call.creator, call.now)
    return {"user": {name: values[name] for name in names}}


def _user(twin: Twin, creator: Account, now: float) -> dict[str, Any]:
    posts = [post for post in twin.ledger.posts(account=creator.id) if post.visible(now) and post.audience == "public"]
    avatar = f"{twin.public_base}/media/avatar/{creator.id}"
    return {
        "open_id": creator.id,
        "union_id": world.secret(f"union:{creator.id}", 32),
        "avatar_url": avatar,
        "avatar_url_100": avatar,
        "avatar_large_url": avatar,
        "display_name": creator.name,
        "username": creator.handle,
        "bio_description": "",
        "is_verified": False,
        "profile_deep_link": f"https://vm.tiktok.com/{world.secret(creator.id, 9)}/",
        "follower_count": creator.followers,
        "following_count": 48,
        "video_count": len(posts),
        "likes_count": sum(engagement.counts(post, now).likes for post in posts),
    }


def _public(call: Call) -> list[Post]:
    lag = float(call.twin.setting("listing_lag_seconds"))
    return [
        post
        for post in call.twin.ledger.posts(account=call.creator.id)
        if post.visible(call.now - lag) and post.audience == "public"
    ]


async def list_videos(call: Call) -> dict[str, Any]:
    names = _fields(call, dict.fromkeys(_VIDEO_FIELDS, "video.list"))
    count, cursor = call.body.get("max_count", 10), call.body.get("cursor")
    if not isinstance(count, int) or not 1 <= count <= 20 or not isinstance(cursor, int | None):
        raise TikTokError("invalid_params", "max_count is 1 to 20 and cursor a time in milliseconds")
    older = [p for p in _public(call) if not cursor or (p.visible_at or 0) * 1_000 < cursor]
    chosen = older[:count]
    last = int((chosen[-1].visible_at or 0) * 1_000) if chosen else cursor or 0
    return {"videos": [_video(call, post, names) for post in chosen], "cursor": last, "has_more": len(older) > count}


async def query_videos(call: Call) -> dict[str, Any]:
    names = _fields(call, dict.fromkeys(_VIDEO_FIELDS, "video.list"))
    filters = call.body.get("filters")
    ids = filters.get("video_ids") if isinstance(filters, dict) else None
    if not isinstance(ids, list) or not 1 <= len(ids) <= 20 or not all(isinstance(i, str) and i.isdigit() for i in ids):
        raise TikTokError("invalid_params", "filters.video_ids must be 1 to 20 numeric ids as text")
    return {"videos": [_video(call, post, names) for post in _public(call) if post.id in ids]}


def _video(call: Call, post: Post, names: list[str]) -> dict[str, Any]:
    seen = engagement.counts(post, call.now)
    medium = post.media[0] if post.media else None
    values = {
        "id": post.id,
        "create_time": int(post.visible_at or 0),
        "share_url": post.permalink,
        "title": post.title,
        "cover_image_url": call.twin.media_url(medium.sha256) if medium else "",
        "video_description": post.text,
        "duration": int(medium.seconds) if medium else 0,
        "height": medium.height if medium else 0,
        "width": medium.width if medium else 0,
        "embed_html": f'<blockquote cite="{post.permalink}"></blockquote>',
        "embed_link": f"https://www.tiktok.com/player/v1/{post.id}",
        "like_count": seen.likes,
        "comment_count": seen.comments,
        "share_count": seen.shares,
        "view_count": seen.views,
        "is_aigc": bool(post.facts.get("aigc")),
    }
    return {name: values[name] for name in names}
