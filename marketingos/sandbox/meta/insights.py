"""What people did with a Page post: reactions, comments, shares, and the insights calls of post and Page."""

from datetime import UTC, datetime, timedelta
from typing import Any

from marketingos.sandbox import engagement
from marketingos.sandbox.meta.graph import DEFAULTS, counts_of, edge, need_page_token, post_node, reads, show, show_all
from marketingos.sandbox.meta.pages import need_publishing
from marketingos.sandbox.meta.wire import (
    ABSENT,
    Call,
    FieldSpec,
    GraphError,
    Node,
    graph_time,
    invalid,
    page_of,
    parse_fields,
)
from marketingos.sandbox.rows import Comment, Post

_REACTIONS = {"like": 0.76, "love": 0.15, "care": 0.02, "wow": 0.03, "haha": 0.03, "sorry": 0.006, "anger": 0.004}
_REACTION_NAMES = {"sad": "sorry", "angry": "anger"}
_POST_METRICS = (
    "post_media_view", "post_total_media_view_unique", "post_clicks", "post_clicks_by_type",
    "post_reactions_by_type_total", "post_activity_by_action_type", "post_activity_by_action_type_unique",
    "post_video_views", "post_video_avg_time_watched", "post_video_view_time",
    *(f"post_reactions_{name}_total" for name in ("like", "love", "wow", "haha", "sorry", "anger")),
)  # fmt: skip
_PAGE_METRICS = (
    "page_media_view", "page_total_media_view_unique", "page_post_engagements", "page_follows", "page_daily_follows",
    "page_daily_follows_unique", "page_daily_unfollows_unique", "page_views_total", "page_total_actions",
    "page_video_views", "page_actions_post_reactions_total",
)  # fmt: skip
_BAD_METRIC = "(#100) The value must be a valid insights metric"


def reactions(call: Call, post: Post) -> dict[str, int]:
    """Reactions by type; every count grows on its own, so their sum does too."""
    likes = counts_of(call, post).likes
    return {name: int(likes * share) for name, share in _REACTIONS.items()}


@reads("page_post", "reactions", "likes")
def reactions_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    return _people(reactions(call, node.post), "LIKE" if spec.name == "likes" else spec.arguments.get("type"), spec)


def _people(by_type: dict[str, int], kind: str | None, spec: FieldSpec) -> dict[str, Any]:
    name = (kind or "").lower()
    total = by_type.get(_REACTION_NAMES.get(name, name), 0) if kind else sum(by_type.values())
    answer: dict[str, Any] = {"data": []}
    if spec.arguments.get("summary") not in (None, "false", "0"):
        answer["summary"] = {"total_count": total}
    return answer


@edge("page_post", "GET", "reactions")
async def reactions_edge(call: Call, node: Node) -> dict[str, Any]:
    need_page_token(call, node)
    spec = FieldSpec("reactions", {"summary": call.params.text("summary") or "false"})
    return _people(reactions(call, node.post), call.params.text("type"), spec)


@reads("page_post", "comments")
async def comments_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    call.need("pages_read_engagement")
    number = engagement.comment_count(node.post, call.now, call.twin.ledger)
    limit = int(spec.arguments.get("limit", 25))
    answer: dict[str, Any] = {"data": []}
    if limit:
        written = _thread(call, node.post, spec.arguments.get("filter", "toplevel"))[:limit]
        answer["data"] = await show_all(call, written, spec.children or _default_comment())
    if spec.arguments.get("summary") not in (None, "false", "0"):
        answer["summary"] = {"order": "chronological", "total_count": number, "can_comment": True}
    return answer


def _default_comment() -> tuple[FieldSpec, ...]:
    return tuple(FieldSpec(name) for name in DEFAULTS["page_comment"])


def _thread(call: Call, post: Post, kind: str) -> list[Node]:
    comments = engagement.comments(post, call.now, call.twin.ledger)
    return [Node("page_comment", c.id, c) for c in comments if kind == "stream" or c.parent is None]


@edge("page_post", "GET", "comments")
async def list_comments(call: Call, node: Node) -> dict[str, Any]:
    need_page_token(call, node)
    call.need("pages_read_engagement", "pages_read_user_content")
    written = _thread(call, node.post, call.params.text("filter") or "toplevel")
    if call.params.text("order") == "reverse_chronological":
        written.reverse()
    collection = page_of(call, written, lambda comment: comment)
    answer = collection | {"data": await show_all(call, collection["data"], call.fields(DEFAULTS["page_comment"]))}
    if call.params.flag("summary", False):
        answer["summary"] = {"order": "chronological", "total_count": len(written), "can_comment": True}
    return answer


@edge("page_post", "POST", "comments")
async def write_comment(call: Call, node: Node) -> dict[str, Any]:
    return _comment(call, node.post, parent=None)


@edge("page_comment", "POST", "comments")
async def reply(call: Call, node: Node) -> dict[str, Any]:
    post = call.twin.ledger.post(node.comment.post)
    assert post is not None
    return _comment(call, post, parent=node.comment.parent or node.id)


def _comment(call: Call, post: Post, parent: str | None) -> dict[str, Any]:
    need_publishing(call, post_node(post))
    call.need("pages_manage_engagement")
    text = call.params.text("message")
    if not text:
        raise invalid("The parameter message is required")
    page = call.twin.ledger.account(post.account)
    comment_id = f"{post.id.partition('_')[2]}_{call.twin.digits('', 15)}"
    call.twin.ledger.put_comment(
        Comment(
            id=comment_id,
            post=post.id,
            author=post.account,
            name=page.name if page else "",
            text=text,
            created_at=call.now,
            parent=parent,
        )
    )
    return {"id": comment_id}


@edge("page_comment", "POST")
async def moderate(call: Call, node: Node) -> dict[str, Any]:
    call.need("pages_manage_engagement")
    hidden = call.params.flag("is_hidden", node.comment.hidden)
    text = call.params.text("message") or node.comment.text
    call.twin.ledger.put_comment(Comment(**{**vars(node.comment), "hidden": hidden, "text": text}))
    return {"success": True}


@edge("page_comment", "DELETE")
async def delete_comment(call: Call, node: Node) -> dict[str, Any]:
    call.need("pages_manage_engagement")
    call.twin.ledger.put_comment(Comment(**{**vars(node.comment), "deleted": True}))
    return {"success": True}


@reads(
    "page_comment",
    "message",
    "created_time",
    "from",
    "like_count",
    "comment_count",
    "is_hidden",
    "can_hide",
    "can_comment",
    "permalink_url",
    "parent",
)
def comment_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    comment = node.comment
    replies = [c for c in call.twin.ledger.comments(comment.post) if c.parent == comment.id and not c.deleted]
    values = {
        "message": comment.text,
        "created_time": graph_time(comment.created_at),
        "like_count": 0,
        "from": {"name": comment.name, "id": comment.author},
        "comment_count": len(replies),
        "is_hidden": comment.hidden,
        "can_hide": True,
        "can_comment": True,
        "permalink_url": f"https://www.facebook.com/{comment.post}?comment_id={comment.id.rpartition('_')[2]}",
        "parent": {"id": comment.parent} if comment.parent else ABSENT,
    }
    return values[spec.name]


# insights


@edge("page_post", "GET", "insights")
async def post_insights(call: Call, node: Node) -> dict[str, Any]:
    need_page_token(call, node)
    call.need("read_insights", "pages_read_engagement")
    return _post_insights(call, node.post, call.params.items("metric"))


@reads("page_post", "insights")
def insights_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    call.need("read_insights")
    return _post_insights(call, node.post, spec.arguments.get("metric", "").split(","))


def _post_insights(call: Call, post: Post, names: list[str]) -> dict[str, Any]:
    if not any(names):
        raise GraphError(3001, "(#3001) No metric was specified to be fetched.", subcode=1504028)
    if not set(names) <= set(_POST_METRICS):
        raise GraphError(100, _BAD_METRIC)
    values = _post_values(call, post) if post.visible(call.now) else {}
    data = [insight(post.id, name, values[name]) for name in names if name in values]
    return {"data": data, "paging": {"previous": _period(call, post.id, -1), "next": _period(call, post.id, 1)}}


def _post_values(call: Call, post: Post) -> dict[str, Any]:
    """Metric values; a metric that has no sense for the post (video on a photo) is not among them."""
    seen, by_type = counts_of(call, post), reactions(call, post)
    actions = {"like": sum(by_type.values()), "comment": seen.comments, "share": seen.shares}
    links = int(seen.clicks * 0.6)
    values: dict[str, Any] = {
        "post_media_view": seen.views,
        "post_total_media_view_unique": seen.reach,
        "post_clicks": seen.clicks,
        "post_clicks_by_type": _present({"link clicks": links, "other clicks": seen.clicks - links}),
        "post_reactions_by_type_total": _present({name: by_type[name] for name in by_type if name != "care"}),
        "post_activity_by_action_type": _present(actions),
        "post_activity_by_action_type_unique": _present(actions),
        **{f"post_reactions_{name}_total": by_type[name] for name in by_type},
    }
    if any(medium.kind == "video" for medium in post.media):
        watched = int(min(post.media[0].seconds, 4 + post.media[0].seconds * 0.3) * 1_000)
        plays = int(seen.views * 0.62)
        values |= {
            "post_video_views": plays,
            "post_video_avg_time_watched": watched,
            "post_video_view_time": plays * watched,
        }
    return values


def _present(values: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in values.items() if value}


def insight(node_id: str, name: str, value: Any, period: str = "lifetime") -> dict[str, Any]:
    """One InsightsResult with a single value."""
    title = name.replace("_", " ").capitalize()
    return {
        "name": name,
        "period": period,
        "values": [{"value": value}],
        "title": title,
        "description": f"{title} of this object.",
        "id": f"{node_id}/insights/{name}/{period}",
    }


def _period(call: Call, node_id: str, direction: int) -> str:
    moment = int(call.now) + direction * 86_400
    token = call.actor.token
    return f"{call.twin.public_base}/meta/{call.version}/{node_id}/insights?access_token={token}&since={moment}"


@edge("page", "GET", "insights")
async def page_insights(call: Call, node: Node) -> dict[str, Any]:
    need_page_token(call, node)
    call.need("read_insights", "pages_read_engagement")
    names = call.params.items("metric")
    if not names:
        raise GraphError(3001, "(#3001) No metric was specified to be fetched.", subcode=1504028)
    if not set(names) <= set(_PAGE_METRICS):
        raise GraphError(100, _BAD_METRIC)
    if node.account.followers < 100:
        raise GraphError(100, "(#100) Insights need a Page with 100 likes or more", subcode=2874008)
    period = call.params.text("period") or "day"
    data = [_page_insight(call, node, name, period) for name in names]
    return {"data": data, "paging": {"previous": _period(call, node.id, -1), "next": _period(call, node.id, 1)}}


def _page_insight(call: Call, node: Node, name: str, period: str) -> dict[str, Any]:
    until = call.params.moment("until") or call.now
    since = call.params.moment("since") or until - 2 * 86_400
    if until - since > 90 * 86_400 + 1:
        raise invalid("There cannot be more than 90 days (7776000 seconds) between since and until")
    span = {"day": 1, "week": 7, "days_28": 28}.get(period)
    ends = (
        [until]
        if span is None
        else [_midnight(since) + day * 86_400 for day in range(1, 91) if _midnight(since) + day * 86_400 <= until]
    )
    values = [
        {
            "value": _page_value(call, node, name, since if span is None else end - span * 86_400, end),
            "end_time": graph_time(end),
        }
        for end in ends
    ]
    return insight(node.id, name, 0, period) | {"values": values}


def _midnight(moment: float) -> float:
    """07:00 UTC of that day: Pacific midnight in summer, at which Meta's days end."""
    day = datetime.fromtimestamp(moment, UTC).replace(hour=7, minute=0, second=0, microsecond=0)
    return (day if day.timestamp() <= moment else day - timedelta(days=1)).timestamp()


def _page_value(call: Call, node: Node, name: str, since: float, until: float) -> int:
    def gathered(kind: str) -> int:
        posts = call.twin.ledger.posts(account=node.id)
        return sum(
            getattr(engagement.counts(p, until), kind) - getattr(engagement.counts(p, since), kind) for p in posts
        )

    if name == "page_follows":
        return node.account.followers
    kinds = {
        "page_media_view": "views",
        "page_total_media_view_unique": "reach",
        "page_views_total": "clicks",
        "page_daily_follows": "follows",
        "page_daily_follows_unique": "follows",
        "page_total_actions": "clicks",
        "page_actions_post_reactions_total": "likes",
    }
    if name == "page_post_engagements":
        return sum(gathered(kind) for kind in ("likes", "comments", "shares", "clicks"))
    return gathered(kinds[name]) if name in kinds else 0


async def nested(call: Call, node: Node, spec: FieldSpec) -> dict[str, Any]:
    """Show a node as a sub-object of another."""
    return await show(call, node, spec.children or parse_fields("id"))
