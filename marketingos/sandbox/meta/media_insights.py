"""Instagram insights: of a post by its kind, and of the account."""

from typing import Any

from marketingos.sandbox import engagement
from marketingos.sandbox.meta.graph import counts_of, edge, reads
from marketingos.sandbox.meta.insights import insight
from marketingos.sandbox.meta.wire import Call, FieldSpec, GraphError, Node, graph_time, invalid
from marketingos.sandbox.rows import Post

_DAY = 86_400.0
_FEED_METRICS = (
    "views", "reach", "likes", "comments", "shares", "saved", "reposts", "total_interactions", "follows",
    "profile_visits", "profile_activity", "total_likes", "total_comments", "total_views",
)  # fmt: skip
_REEL_METRICS = (
    "views", "reach", "likes", "comments", "shares", "saved", "reposts", "total_interactions",
    "ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate", "crossposted_views",
    "facebook_views", "total_likes", "total_comments", "total_views",
)  # fmt: skip
_STORY_METRICS = (
    "views", "reach", "replies", "navigation", "shares", "follows", "profile_visits", "profile_activity",
    "total_interactions", "link_clicks",
)  # fmt: skip
_ACCOUNT_METRICS = {
    "views": "views", "reach": "reach", "accounts_engaged": "likes", "likes": "likes", "comments": "comments",
    "shares": "shares", "saves": "saves", "replies": "comments", "follows_and_unfollows": "follows",
    "profile_links_taps": "clicks", "reposts": "", "total_interactions": "",
}  # fmt: skip


@edge("media", "GET", "insights")
async def media_insights(call: Call, node: Node) -> dict[str, Any]:
    return _insights(call, node.post, call.params.items("metric"))


@reads("media", "insights")
def insights_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    return _insights(call, node.post, spec.arguments.get("metric", "").split(","))


def _insights(call: Call, post: Post, names: list[str]) -> dict[str, Any]:
    call.need("instagram_basic", "instagram_manage_insights")
    known = {"reels": _REEL_METRICS, "stories": _STORY_METRICS}.get(post.kind, _FEED_METRICS)
    for index, name in enumerate(names):
        if name not in known:
            raise invalid(f"metric[{index}] must be one of the following values: {', '.join(known)}")
    seen = counts_of(call, post)
    if post.kind == "stories" and (seen.views < 5 or post.age(call.now) >= _DAY):
        raise GraphError(10, "(#10) Not enough viewers for the media to show insights")
    if not seen.views:
        return {"data": []}
    values = _values(post, seen)
    return {"data": [insight(post.id, name, values[name]) for name in names if name in values]}


def _values(post: Post, seen: engagement.Counts) -> dict[str, Any]:
    watched = int(min(post.media[0].seconds, 3 + post.media[0].seconds * 0.35) * 1_000) if post.media else 0
    touched = seen.likes + seen.comments + seen.shares + seen.saves
    return {
        "views": seen.views,
        "reach": seen.reach,
        "likes": seen.likes,
        "comments": seen.comments,
        "shares": seen.shares,
        "saved": seen.saves,
        "reposts": seen.shares // 4,
        "total_interactions": touched,
        "follows": seen.follows,
        "profile_visits": seen.clicks,
        "profile_activity": seen.clicks // 3,
        "total_likes": seen.likes,
        "total_comments": seen.comments,
        "total_views": seen.views,
        "ig_reels_avg_watch_time": watched,
        "ig_reels_video_view_total_time": watched * seen.views,
        "reels_skip_rate": 38.5,
        "crossposted_views": seen.views,
        "facebook_views": 0,
        "replies": seen.comments,
        "navigation": seen.views,
        "link_clicks": seen.clicks,
    }


@edge("instagram", "GET", "insights")
async def account_insights(call: Call, node: Node) -> dict[str, Any]:
    call.need("instagram_basic", "instagram_manage_insights")
    names = call.params.items("metric")
    if not names or not set(names) <= {*_ACCOUNT_METRICS, "follower_count"}:
        raise invalid(f"metric[0] must be one of the following values: {', '.join(_ACCOUNT_METRICS)}")
    total = call.params.text("metric_type") == "total_value"
    if not total and not set(names) <= {"reach", "follower_count"}:
        raise invalid("The following metrics should be specified with parameter metric_type=total_value")
    until = call.params.moment("until") or call.now
    since = call.params.moment("since") or until - _DAY
    return {"data": [_account_insight(call, node, name, (since, until), total=total) for name in names]}


def _account_insight(call: Call, node: Node, name: str, span: tuple[float, float], *, total: bool) -> dict[str, Any]:
    value = node.account.followers if name == "follower_count" else _account_value(call, node, name, *span)
    answer = insight(node.id, name, value, "day")
    if not total:
        return answer | {"values": [{"value": value, "end_time": graph_time(span[1])}]}
    del answer["values"]
    return answer | {"total_value": {"value": value}}


def _account_value(call: Call, node: Node, name: str, since: float, until: float) -> int:
    kinds = {"total_interactions": ("likes", "comments", "shares", "saves")}.get(name, (_ACCOUNT_METRICS[name],))
    posts = call.twin.ledger.posts(account=node.id)
    return sum(
        getattr(engagement.counts(post, until), kind) - getattr(engagement.counts(post, since), kind)
        for post in posts
        for kind in kinds
        if kind
    )
