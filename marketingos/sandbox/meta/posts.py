"""Reading a Page: its own fields, its posts one by one and in lists, the photos behind them."""

from typing import Any

from marketingos.sandbox.meta.graph import counts_of, edge, need_page_token, post_node, reads, select, show
from marketingos.sandbox.meta.wire import ABSENT, Call, FieldSpec, Node, graph_time, page_of, within
from marketingos.sandbox.rows import Post


async def _listed(call: Call, page: Node, *, published: bool | None, scheduled: bool = False) -> dict[str, Any]:
    need_page_token(call, page)
    call.need("pages_read_engagement")
    now, lag = call.now, float(call.twin.setting("listing_lag_seconds"))
    posts = [
        post
        for post in call.twin.ledger.posts(account=page.id)
        if (published is None or post.visible(now - lag) == published)
        and (not scheduled or (post.visible_at or 0) > now)
    ]
    nodes = within(map(post_node, posts), call.params.moment("since"), call.params.moment("until"), _moment)
    specs = call.fields(("id", "created_time", "message"))
    collection = page_of(call, nodes, lambda node: node)
    return collection | {"data": [await show(call, node, specs) for node in collection["data"]]}


def _moment(node: Node) -> float:
    post = node.post
    return float(int(post.visible_at if post.visible_at is not None else post.created_at))


@edge("page", "GET", "published_posts")
async def published_posts(call: Call, page: Node) -> dict[str, Any]:
    return await _listed(call, page, published=True)


@edge("page", "GET", "posts")
async def posts(call: Call, page: Node) -> dict[str, Any]:
    return await _listed(call, page, published=True)


@edge("page", "GET", "feed")
async def feed(call: Call, page: Node) -> dict[str, Any]:
    return await _listed(call, page, published=None)


@edge("page", "GET", "scheduled_posts")
async def scheduled_posts(call: Call, page: Node) -> dict[str, Any]:
    return await _listed(call, page, published=False, scheduled=True)


@reads("page", "name", "username", "fan_count", "followers_count", "link", "about", "category", "tasks", "picture")
def page_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    page = node.account
    values = {
        "name": page.name,
        "username": page.handle,
        "fan_count": page.followers,
        "followers_count": page.followers,
        "link": f"https://www.facebook.com/{page.handle}",
        "category": "Software",
        "about": ABSENT,
        "tasks": ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"],
        "picture": {
            "data": {
                "height": 50,
                "width": 50,
                "is_silhouette": False,
                "url": f"{call.twin.public_base}/media/avatar/{page.id}",
            }
        },
    }
    return values[spec.name]


@reads(
    "page_post",
    "message",
    "created_time",
    "updated_time",
    "permalink_url",
    "is_published",
    "is_hidden",
    "status_type",
    "full_picture",
    "scheduled_publish_time",
    "promotable_id",
    "from",
    "shares",
)
def post_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    post = node.post
    return _POST_FIELDS[spec.name](call, post)


def _from(call: Call, post: Post) -> Any:
    page = call.twin.ledger.account(post.account)
    return {"name": page.name if page else "", "id": post.account}


def _shares(call: Call, post: Post) -> Any:
    number = counts_of(call, post).shares
    return {"count": number} if number else ABSENT


def _picture(call: Call, post: Post) -> Any:
    picture = next((medium for medium in post.media if medium.kind == "image"), None)
    return call.twin.media_url(picture.sha256) if picture else ABSENT


_STATUS_TYPES = {"text": "mobile_status_update", "link": "shared_story", "video": "added_video", "reel": "added_video"}
_POST_FIELDS: dict[str, Any] = {
    "message": lambda call, post: post.text or ABSENT,
    "created_time": lambda call, post: graph_time(post.visible_at if post.visible(call.now) else post.created_at),
    "updated_time": lambda call, post: graph_time(post.visible_at if post.visible(call.now) else post.created_at),
    "permalink_url": lambda call, post: post.permalink,
    "is_published": lambda call, post: post.visible(call.now),
    "is_hidden": lambda call, post: bool(post.facts.get("hidden")),
    "status_type": lambda call, post: _STATUS_TYPES.get(post.kind, "added_photos"),
    "full_picture": _picture,
    "scheduled_publish_time": lambda call, post: (
        ABSENT if post.visible_at is None or post.visible(call.now) else post.visible_at
    ),
    "promotable_id": lambda call, post: post.id,
    "from": _from,
    "shares": _shares,
}


@reads("page_post", "attachments")
def attachments(call: Call, node: Node, spec: FieldSpec) -> Any:
    post = node.post
    parts = [_attached(call, post, index) for index in range(len(post.media))]
    if post.kind == "link":
        parts = [{"media_type": "link", "type": "share", "url": post.facts["link"]}]
    if len(parts) > 1:
        parts = [
            {
                "media_type": "album",
                "type": "album",
                "url": post.permalink,
                "target": {"id": post.id},
                "subattachments": {"data": parts},
            }
        ]
    return select({"data": parts}, spec.children) if parts else ABSENT


def _attached(call: Call, post: Post, index: int) -> dict[str, Any]:
    medium = post.media[index]
    target = post.facts["photos"][index] if "photos" in post.facts else post.facts.get("video", "")
    kind = "photo" if medium.kind == "image" else "video"
    image = {"src": call.twin.media_url(medium.sha256), "height": medium.height, "width": medium.width}
    return {
        "media_type": kind,
        "type": kind if kind == "photo" else "video_inline",
        "url": post.permalink,
        "target": {"id": target, "url": post.permalink},
        "media": {"image": image},
        "description": medium.alt,
    }


@reads("photo", "created_time", "name", "images", "link", "page_story_id", "alt_text")
def photo_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    photo, medium = node.asset, node.asset.facts["medium"]
    values = {
        "created_time": graph_time(photo.created_at),
        "name": ABSENT,
        "alt_text": photo.facts["alt"] or ABSENT,
        "link": f"https://www.facebook.com/photo.php?fbid={photo.id}",
        "images": [
            {"height": medium["height"], "width": medium["width"], "source": call.twin.media_url(medium["sha256"])}
        ],
        "page_story_id": photo.facts["post"] or ABSENT,
    }
    return values[spec.name]
