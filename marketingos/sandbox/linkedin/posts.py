"""LinkedIn's Posts API: one call makes a post, and its id comes in a header."""

import json
from typing import Any

from starlette.responses import JSONResponse, Response

from marketingos.sandbox.linkedin.media import status_of
from marketingos.sandbox.linkedin.wire import (
    UNPERMITTED,
    Call,
    GatewayError,
    LinkedInError,
    collection,
    forbidden,
    illegal,
    little_text,
    urns,
    whole,
)
from marketingos.sandbox.rows import Account, Asset, Medium, Post

_FIELDS = {
    "author", "commentary", "visibility", "distribution", "lifecycleState", "isReshareDisabledByAuthor", "content",
    "reshareContext", "container", "contentLandingPage", "contentCallToActionLabel",
}  # fmt: skip
_REQUIRED = ("author", "commentary", "visibility", "distribution", "lifecycleState")
_VISIBILITIES = {"PUBLIC": "public", "CONNECTIONS": "connections", "LOGGED_IN": "public", "CONTAINER": "container"}
_KINDS = {"media", "multiImage", "article", "poll"}
_COMMENTARY, _ALT, _TITLE = 3_000, 4_086, 400
_DURATIONS = {"ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS"}
_UPDATABLE = {"commentary", "contentCallToActionLabel", "contentLandingPage", "lifecycleState", "adContext"}


async def create(call: Call) -> Response:
    """201, an empty body, and the new URN in `x-restli-id`."""
    body = await call.json()
    _check_shape(body)
    author = _author(call, body)
    text, kept = _commentary(body["commentary"])
    content = body.get("content") or {}
    kind, media = _content(call, author.id, content)
    parent = (body.get("reshareContext") or {}).get("parent")
    if not text and not content and not parent:
        raise illegal("commentary must not be blank", "INVALID_VALUE_BLANK_FIELD")
    with call.twin.ledger.writing():
        fingerprint = json.dumps([body["commentary"], content, parent], sort_keys=True)
        _refuse_duplicate(call, author.id, fingerprint)
        facts = {
            "commentary": kept,
            "content": content,
            "visibility": body["visibility"],
            "fingerprint": fingerprint,
            "distribution": body["distribution"],
            "edited_at": None,
            "parent": parent,
            "no_reshare": bool(body.get("isReshareDisabledByAuthor")),
        }
        post = _put(call, author, kind, text, media, facts)
    return Response(status_code=201, headers={"x-restli-id": post.id, "location": f"/posts/{post.id}"})


def _check_shape(body: dict[str, Any]) -> None:
    if unknown := sorted(set(body) - _FIELDS):
        text = f"{UNPERMITTED} [/{unknown[0]}]"
        raise LinkedInError(403, "ACCESS_DENIED", text, 100)
    for name in _REQUIRED:
        if name not in body:
            text = f"ERROR :: /{name} :: field is required but not found and has no default value\n"
            raise LinkedInError(422, "UNPROCESSABLE_ENTITY", text)
    if not isinstance(body["commentary"], str):
        raise LinkedInError(422, "UNPROCESSABLE_ENTITY", "ERROR :: /commentary :: is not a String\n")
    distribution = body["distribution"]
    if not isinstance(distribution, dict) or distribution.get("feedDistribution") not in ("MAIN_FEED", "NONE"):
        text = "ERROR :: /distribution/feedDistribution :: field is required but not found and has no default value\n"
        raise LinkedInError(422, "UNPROCESSABLE_ENTITY", text)
    if body["visibility"] not in _VISIBILITIES:
        raise illegal("Invalid value for field visibility", "INVALID_VALUE_FOR_FIELD")
    if body["lifecycleState"] != "PUBLISHED":
        raise illegal("Only PUBLISHED can be created", "INVALID_VALUE_FOR_FIELD")


def _author(call: Call, body: dict[str, Any]) -> Account:
    urn = body["author"]
    if not isinstance(urn, str) or not urn.startswith(("urn:li:person:", "urn:li:organization:")):
        raise illegal("Invalid URN type for field author", "INVALID_URN_TYPE")
    account = call.twin.ledger.account(urn)
    if account is None or not call.may_act_for(urn):
        raise forbidden(f"posts.CREATE for {urn}")
    if urn.startswith("urn:li:organization:") and body["visibility"] == "CONNECTIONS":
        raise illegal("Organizations cannot post to CONNECTIONS", "INVALID_VALUE_FOR_FIELD")
    return account


def _commentary(source: str) -> tuple[str, str]:
    text, kept = little_text(source)
    if len(text) > _COMMENTARY:
        raise illegal(f"commentary exceeds {_COMMENTARY} characters", "FIELD_LENGTH_TOO_LONG")
    return text.rstrip(), kept


# content


def _content(call: Call, author: str, content: dict[str, Any]) -> tuple[str, tuple[Medium, ...]]:
    if not content:
        return "text", ()
    if not isinstance(content, dict) or len(content) != 1 or not set(content) <= _KINDS:
        raise LinkedInError(
            422, "UNPROCESSABLE_ENTITY", "ERROR :: /content :: exactly one kind of content is allowed\n"
        )
    kind, value = next(iter(content.items()))
    readers = {"media": _one, "multiImage": _many, "article": _article, "poll": _poll}
    if not isinstance(value, dict):
        raise LinkedInError(422, "UNPROCESSABLE_ENTITY", f"ERROR :: /content/{kind} :: is not an object\n")
    return readers[kind](call, author, value)


def _one(call: Call, author: str, value: dict[str, Any]) -> tuple[str, tuple[Medium, ...]]:
    asset = _available(call, author, value.get("id"), ("image", "video", "document"))
    if asset.kind == "document" and not value.get("title"):
        text = "ERROR :: /content/media/title :: field is required for documents\n"
        raise LinkedInError(422, "UNPROCESSABLE_ENTITY", text)
    return asset.kind, (_medium(asset, value),)


def _many(call: Call, author: str, value: dict[str, Any]) -> tuple[str, tuple[Medium, ...]]:
    images = value.get("images")
    if not isinstance(images, list) or not 2 <= len(images) <= 20:
        raise illegal("multiImage needs 2 to 20 images", "INVALID_VALUE_FOR_FIELD")
    return "images", tuple(_medium(_available(call, author, one.get("id"), ("image",)), one) for one in images)


def _article(call: Call, author: str, value: dict[str, Any]) -> tuple[str, tuple[Medium, ...]]:
    if not str(value.get("source", "")).startswith(("http://", "https://")) or not value.get("title"):
        raise LinkedInError(422, "UNPROCESSABLE_ENTITY", "ERROR :: /content/article :: source and title are required\n")
    if len(value["title"]) > _TITLE:
        raise illegal("article title is too long", "FIELD_LENGTH_TOO_LONG")
    if "thumbnail" not in value:
        return "article", ()
    return "article", (_medium(_available(call, author, value["thumbnail"], ("image",)), {}),)


def _poll(call: Call, author: str, value: dict[str, Any]) -> tuple[str, tuple[Medium, ...]]:
    options = value.get("options")
    good = (
        isinstance(options, list)
        and 2 <= len(options) <= 4
        and 0 < len(str(value.get("question", ""))) <= 140
        and all(0 < len(str(option.get("text", ""))) <= 30 for option in options)
        and (value.get("settings") or {}).get("duration") in _DURATIONS
    )
    if not good:
        raise illegal("Invalid poll", "INVALID_VALUE_FOR_FIELD")
    return "poll", ()


def _available(call: Call, author: str, urn: Any, kinds: tuple[str, ...]) -> Asset:
    """The uploaded asset, processed and owned by the author."""
    if not isinstance(urn, str) or not urn.startswith(tuple(f"urn:li:{kind}:" for kind in kinds)):
        raise illegal(f"Invalid URN type for media: {urn}", "INVALID_URN_TYPE")
    asset = call.twin.ledger.asset(urn)
    if asset is None:
        raise illegal(f"Invalid URN id for media: {urn}", "INVALID_URN_ID")
    if asset.owner != author:
        raise LinkedInError(403, "ACCESS_DENIED", f"{urn} is not owned by {author}", 100)
    state = status_of(asset, call.now)
    if state in ("WAITING_UPLOAD", "PROCESSING"):
        raise illegal(f"Media asset {urn} is waiting for upload or being processed", "MEDIA_ASSET_WAITING_UPLOAD")
    if state == "PROCESSING_FAILED":
        raise illegal(f"Media asset {urn} failed to process", "MEDIA_ASSET_PROCESSING_FAILED")
    return asset


def _medium(asset: Asset, value: dict[str, Any]) -> Medium:
    alt = value.get("altText") or ""
    if len(alt) > _ALT:
        raise illegal("altText is too long", "FIELD_LENGTH_TOO_LONG")
    return Medium.load({**asset.facts["medium"], "alt": alt})


def _put(call: Call, author: Account, kind: str, text: str, media: tuple[Medium, ...], facts: dict[str, Any]) -> Post:
    ticks = int(call.now * 1_000)
    activity = f"urn:li:activity:{call.twin.snowflake(22, ticks)}"
    family = "ugcPost" if kind in ("video", "images") else "share"
    urn = f"urn:li:{family}:{call.twin.snowflake(22, ticks)}"
    audience = _VISIBILITIES[facts["visibility"]]
    if facts["distribution"]["feedDistribution"] == "NONE":
        audience = "dark"
    value: dict[str, Any] = next(iter(facts["content"].values()), {})
    post = Post(
        id=urn,
        platform="linkedin",
        account=author.id,
        kind=kind,
        text=text,
        title=str(value.get("title") or ""),
        created_at=call.now,
        visible_at=call.now,
        audience=audience,
        media=media,
        followers=author.followers,
        permalink=f"https://www.linkedin.com/feed/update/{urn}/",
        facts={**facts, "activity": activity},
    )
    call.twin.ledger.add_post(post)
    return post


def _refuse_duplicate(call: Call, author: str, fingerprint: str) -> None:
    window = float(call.twin.setting("linkedin_duplicate_seconds"))
    for post in call.twin.ledger.posts(account=author, since=call.now - window):
        if post.facts["fingerprint"] == fingerprint:
            text = "com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of "
            raise GatewayError(422, "DUPLICATE_POST", text + post.id, "Duplicate post is detected")


# reading, changing, deleting


def find(call: Call, urn: str) -> Post:
    post = call.twin.ledger.post(urn)
    if post is None or post.platform != "linkedin" or post.deleted_at is not None:
        raise LinkedInError(404, "RESOURCE_NOT_FOUND", f"Could not find entity {urn}")
    return post


def _need_read(call: Call, author: str) -> None:
    """Organisations' posts can be read by their administrators; members' posts by nobody (a closed permission)."""
    if not author.startswith("urn:li:organization:") or author not in call.token.grants:
        raise forbidden(f"posts.GET for {author}")
    call.need("r_organization_social")


def represented(post: Post) -> dict[str, Any]:
    """The post as the API gives it back."""
    facts, created = post.facts, int(post.created_at * 1_000)
    answer: dict[str, Any] = {
        "id": post.id,
        "author": post.account,
        "commentary": facts["commentary"],
        "visibility": facts["visibility"],
        "lifecycleState": "PUBLISHED",
        "createdAt": created,
        "publishedAt": created,
        "lastModifiedAt": int((facts["edited_at"] or post.created_at) * 1_000),
        "distribution": facts["distribution"],
        "isReshareDisabledByAuthor": facts["no_reshare"],
    }
    if facts["content"]:
        answer["content"] = facts["content"]
    return answer


async def get(call: Call) -> Response:
    post = find(call, call.key)
    _need_read(call, post.account)
    return JSONResponse(represented(post))


async def search(call: Call) -> Response:
    """GET /rest/posts: the batch by `ids`, or the finder `q=author`."""
    if "ids" in call.query:
        return _batch(call, urns(call.query, "ids"))
    author = call.query.get("author")
    if call.query.get("q") != "author" or not isinstance(author, str):
        raise illegal("Invalid query parameters passed to request")
    _need_read(call, author)
    start, count = whole(call.query, "start", 0), whole(call.query, "count", 10)
    if count > 100:
        raise illegal("count must be at most 100")
    seen = call.now - float(call.twin.setting("listing_lag_seconds"))
    posts = [post for post in call.twin.ledger.posts(account=author) if post.visible(seen)]
    if call.query.get("sortBy", "LAST_MODIFIED") not in ("LAST_MODIFIED", "CREATED"):
        raise illegal("Invalid query parameters passed to request: sortBy")
    if call.query.get("sortBy") != "CREATED":
        posts.sort(key=lambda post: post.facts["edited_at"] or post.created_at, reverse=True)
    return collection([represented(post) for post in posts[start : start + count]], start, count)


def _batch(call: Call, ids: list[str]) -> Response:
    results: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for urn in ids:
        try:
            post = find(call, urn)
            _need_read(call, post.account)
            results[urn] = represented(post)
        except LinkedInError as error:
            errors[urn] = {"status": error.status, "message": error.message}
    statuses = {**dict.fromkeys(results, 200), **{urn: errors[urn]["status"] for urn in errors}}
    return JSONResponse({"results": results, "statuses": statuses, "errors": errors})


async def update(call: Call) -> Response:
    """POST with `X-RestLi-Method: PARTIAL_UPDATE` and `{"patch": {"$set": {…}}}`."""
    if call.request.headers.get("x-restli-method", "").upper() != "PARTIAL_UPDATE":
        raise illegal("X-RestLi-Method: PARTIAL_UPDATE is required")
    post = find(call, call.key)
    if not call.may_act_for(post.account):
        raise forbidden("posts.PARTIAL_UPDATE")
    changes = (await call.json()).get("patch", {}).get("$set", {})
    if not changes or not set(changes) <= _UPDATABLE:
        raise LinkedInError(403, "ACCESS_DENIED", "Unpermitted fields present in REQUEST_BODY", 100)
    text, kept = _commentary(str(changes.get("commentary", post.facts["commentary"])))
    facts = {**post.facts, "commentary": kept, "edited_at": call.now}
    call.twin.ledger.change_post(post.id, text=text, facts=facts)
    return Response(status_code=204)


async def delete(call: Call) -> Response:
    """Deleting is idempotent."""
    post = call.twin.ledger.post(call.key)
    if post is not None and not call.may_act_for(post.account):
        raise forbidden("posts.DELETE")
    if post is not None and post.deleted_at is None:
        call.twin.ledger.change_post(post.id, deleted_at=call.now)
    return Response(status_code=204)
