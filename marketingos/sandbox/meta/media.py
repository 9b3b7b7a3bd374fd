"""Instagram accounts and what they published: media, stories, comments and insights."""

from typing import Any

from marketingos.sandbox import engagement
from marketingos.sandbox.meta.graph import DEFAULTS, counts_of, edge, post_node, reads, select, show_all
from marketingos.sandbox.meta.wire import (
    ABSENT,
    Call,
    FieldSpec,
    GraphError,
    Node,
    graph_time,
    invalid,
    page_of,
    within,
)
from marketingos.sandbox.rows import Comment, Post

_DAY = 86_400.0
_TYPES = {"reels": ("VIDEO", "REELS"), "stories": ("IMAGE", "STORY"), "carousel": ("CAROUSEL_ALBUM", "FEED"),
          "image": ("IMAGE", "FEED")}  # fmt: skip


@reads(
    "instagram",
    "username",
    "name",
    "followers_count",
    "follows_count",
    "media_count",
    "profile_picture_url",
    "biography",
    "website",
)
def account_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    account = node.account
    posts = call.twin.ledger.posts(account=account.id)
    values = {
        "username": account.handle,
        "name": account.name,
        "followers_count": account.followers,
        "follows_count": 180,
        "media_count": len([post for post in posts if post.kind != "stories"]),
        "biography": ABSENT,
        "profile_picture_url": f"{call.twin.public_base}/media/avatar/{account.id}",
        "website": ABSENT,
    }
    return values[spec.name]


@edge("instagram", "GET", "media")
async def list_media(call: Call, node: Node) -> dict[str, Any]:
    return await _listed(call, node, stories=False)


@edge("instagram", "GET", "stories")
async def list_stories(call: Call, node: Node) -> dict[str, Any]:
    return await _listed(call, node, stories=True)


async def _listed(call: Call, node: Node, *, stories: bool) -> dict[str, Any]:
    call.need("instagram_basic")
    seen = call.now - float(call.twin.setting("listing_lag_seconds"))
    posts = [
        post
        for post in call.twin.ledger.posts(account=node.id)
        if (post.kind == "stories") == stories and post.visible(seen) and (not stories or post.age(call.now) < _DAY)
    ]
    nodes = within(
        map(post_node, posts),
        call.params.moment("since"),
        call.params.moment("until"),
        lambda one: float(int(one.post.created_at)),
    )
    collection = page_of(call, nodes, lambda one: one)
    return collection | {"data": await show_all(call, collection["data"], call.fields(DEFAULTS["media"]))}


@edge("media", "DELETE")
async def delete_media(call: Call, node: Node) -> dict[str, Any]:
    call.need("instagram_manage_contents")
    call.twin.ledger.change_post(node.id, deleted_at=call.now)
    return {"success": True}


@reads(
    "media",
    "caption",
    "media_type",
    "media_product_type",
    "media_url",
    "thumbnail_url",
    "permalink",
    "shortcode",
    "timestamp",
    "username",
    "owner",
    "alt_text",
    "is_comment_enabled",
    "is_shared_to_feed",
    "like_count",
    "comments_count",
    "view_count",
    "saved_count",
    "shares_count",
    "reposts_count",
    "total_like_count",
    "total_comments_count",
    "total_views_count",
    "children",
)
def media_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    post = node.post
    value = _descriptive(call, post, spec).get(spec.name, ABSENT)
    return value if value is not ABSENT or spec.name not in _COUNT_FIELDS else _count(call, post, spec.name)


_COUNT_FIELDS = {
    "like_count": "likes", "view_count": "views", "saved_count": "saves", "shares_count": "shares",
    "total_like_count": "likes", "total_views_count": "views", "comments_count": "", "total_comments_count": "",
    "reposts_count": "shares",
}  # fmt: skip


def _count(call: Call, post: Post, name: str) -> int:
    if name in ("comments_count", "total_comments_count"):
        return engagement.comment_count(post, call.now, call.twin.ledger)
    number = int(getattr(counts_of(call, post), _COUNT_FIELDS[name]))
    return number // 4 if name == "reposts_count" else number


def _descriptive(call: Call, post: Post, spec: FieldSpec) -> dict[str, Any]:
    account = call.twin.ledger.account(post.account)
    first = post.media[0] if post.media else None
    url = call.twin.media_url(first.sha256) if first else ABSENT
    kind, product = _TYPES[post.kind]
    moving = first is not None and first.kind == "video"
    return {
        "caption": post.text or ABSENT,
        "media_type": "VIDEO" if moving and kind == "IMAGE" else kind,
        "media_product_type": product,
        "media_url": ABSENT if post.kind == "carousel" else url,
        "thumbnail_url": url if moving else ABSENT,
        "permalink": post.permalink,
        "shortcode": post.facts["shortcode"],
        "timestamp": graph_time(post.created_at),
        "username": account.handle if account else ABSENT,
        "owner": {"id": post.account},
        "alt_text": (first.alt if first else "") or ABSENT,
        "is_comment_enabled": True,
        "is_shared_to_feed": True if post.kind == "reels" else ABSENT,
        "children": _children(call, post, spec),
    }


def _children(call: Call, post: Post, spec: FieldSpec) -> Any:
    ids = post.facts.get("children", [])
    parts = (
        [
            {
                "id": child,
                "media_type": medium.kind.upper(),
                "media_url": call.twin.media_url(medium.sha256),
                "timestamp": graph_time(post.created_at),
                "alt_text": medium.alt,
            }
            for child, medium in zip(ids, post.media, strict=True)
        ]
        if ids
        else []
    )
    wanted = (FieldSpec("id"), *spec.children)
    return {"data": select(parts, wanted)} if parts else ABSENT


# comments


@edge("media", "POST", "comments")
async def write_comment(call: Call, node: Node) -> dict[str, Any]:
    comment = _comment(call, node.post, None)
    if call.params.text("fields"):
        raise GraphError(20, "(#20) An unknown error occurred while reading the comment.", subcode=1772107)
    return {"id": comment.id}


@edge("media_comment", "POST", "replies")
async def reply(call: Call, node: Node) -> dict[str, Any]:
    post = call.twin.ledger.post(node.comment.post)
    assert post is not None
    return {"id": _comment(call, post, node.comment.parent or node.id).id}


def _comment(call: Call, post: Post, parent: str | None) -> Comment:
    call.need("instagram_basic", "instagram_manage_comments")
    text = call.params.text("message")
    if not text:
        raise invalid("The parameter message is required")
    account = call.twin.ledger.account(post.account)
    comment = Comment(
        id=call.twin.digits("179", 17),
        post=post.id,
        author=post.account,
        name=account.handle if account else "",
        text=text,
        created_at=call.now,
        parent=parent,
    )
    call.twin.ledger.put_comment(comment)
    return comment


@edge("media", "GET", "comments")
async def list_comments(call: Call, node: Node) -> dict[str, Any]:
    call.need("instagram_basic", "instagram_manage_comments")
    written = engagement.comments(node.post, call.now, call.twin.ledger)
    top = [Node("media_comment", c.id, c) for c in reversed(written) if c.parent is None]
    collection = page_of(call, top, lambda one: one)
    return collection | {"data": await show_all(call, collection["data"], call.fields(DEFAULTS["media_comment"]))}


@edge("media_comment", "POST")
async def hide_comment(call: Call, node: Node) -> dict[str, Any]:
    call.need("instagram_manage_comments")
    hidden = call.params.flag("hide", node.comment.hidden)
    call.twin.ledger.put_comment(Comment(**{**vars(node.comment), "hidden": hidden}))
    return {"success": True}


@edge("media_comment", "DELETE")
async def delete_comment(call: Call, node: Node) -> dict[str, Any]:
    call.need("instagram_manage_comments")
    call.twin.ledger.put_comment(Comment(**{**vars(node.comment), "deleted": True}))
    return {"success": True}


@reads(
    "media_comment", "text", "timestamp", "username", "from", "like_count", "hidden", "parent_id", "media", "replies"
)
def comment_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    comment = node.comment
    handle = comment.name.lower().replace(" ", ".")
    answers = [
        {"id": c.id, "text": c.text, "timestamp": graph_time(c.created_at)}
        for c in call.twin.ledger.comments(comment.post)
        if c.parent == comment.id and not c.deleted
    ]
    values = {
        "text": comment.text,
        "timestamp": graph_time(comment.created_at),
        "username": handle,
        "like_count": 0,
        "from": {"id": comment.author, "username": handle},
        "hidden": comment.hidden,
        "parent_id": comment.parent or ABSENT,
        "media": {"id": comment.post},
        "replies": {"data": answers} if answers else ABSENT,
    }
    return values[spec.name]
