"""LinkedIn's numbers: share and member statistics, social metadata, followers, comments, organisations and roles."""

from typing import Any

from starlette.responses import JSONResponse, Response

from marketingos.sandbox import engagement
from marketingos.sandbox.linkedin.posts import find
from marketingos.sandbox.linkedin.wire import (
    Call,
    LinkedInError,
    collection,
    forbidden,
    illegal,
    little_text,
    urns,
    whole,
)
from marketingos.sandbox.rows import Comment, Post

_YEAR = 365 * 86_400.0
_REACTIONS = {"LIKE": 0.72, "PRAISE": 0.1, "EMPATHY": 0.08, "INTEREST": 0.06, "APPRECIATION": 0.04}
_FEED_SCOPES = ("r_organization_social_feed", "w_organization_social_feed", "w_member_social_feed")
_METRICS = {
    "IMPRESSION": "views", "MEMBERS_REACHED": "reach", "RESHARE": "shares", "REACTION": "likes", "COMMENT": "comments",
    "POST_SAVE": "saves", "POST_SEND": "shares", "LINK_CLICKS": "clicks", "FOLLOWER_GAINED_FROM_CONTENT": "follows",
    "PREMIUM_CTA_CLICKS": "", "PROFILE_VIEW_FROM_CONTENT": "clicks",
}  # fmt: skip
_SINCE_202604 = {"POST_SAVE", "POST_SEND", "LINK_CLICKS", "FOLLOWER_GAINED_FROM_CONTENT", "PREMIUM_CTA_CLICKS",
                 "PROFILE_VIEW_FROM_CONTENT"}  # fmt: skip
_NOT_DAILY = {"MEMBERS_REACHED", "LINK_CLICKS", "FOLLOWER_GAINED_FROM_CONTENT", "PROFILE_VIEW_FROM_CONTENT"}
_OLD_METRIC = "com.linkedin.adsexternalapi.memberanalytics.v1.CreatorPostAnalyticsMetricTypeV1"
_NUMBERS = ("views", "reach", "likes", "comments", "shares", "saves", "clicks", "follows")


def _organization(call: Call, name: str) -> str:
    urn = call.query.get(name)
    if not isinstance(urn, str) or not urn.startswith("urn:li:organization:"):
        raise illegal(f"Invalid query parameters passed to request: {name}")
    if not call.may_act_for(urn, post=False):
        raise forbidden(f"{call.request.url.path} for {urn}")
    return urn


async def share_statistics(call: Call) -> Response:
    """Totals of an organisation, or of named posts; a post that nobody has met yet is left out."""
    organization = _organization(call, "organizationalEntity")
    if call.query.get("q") != "organizationalEntity":
        raise illegal("Invalid query parameters passed to request: q")
    span = _span(call)
    elements = []
    for name, family in (("shares", "share"), ("ugcPosts", "ugcPost")):
        for urn in urns(call.query, name) if name in call.query else []:
            if not urn.startswith(f"urn:li:{family}:"):
                raise illegal(f"Invalid query parameters passed to request: {urn} in {name}", "INVALID_URN_TYPE")
            elements += _of_post(call, organization, family, urn, span)
    if "shares" not in call.query and "ugcPosts" not in call.query:
        posts = call.twin.ledger.posts(account=organization)
        elements = [{"organizationalEntity": organization, "totalShareStatistics": _totals(posts, span)}]
    return collection(elements, 0, 10)


def _span(call: Call) -> tuple[float, float]:
    intervals = call.query.get("timeIntervals")
    if intervals is None:
        return max(0, call.now - _YEAR), call.now
    try:
        limits = intervals["timeRange"]
        return int(limits["start"]) / 1_000, min(int(limits["end"]) / 1_000, call.now)
    except (KeyError, TypeError, ValueError) as error:
        raise illegal("Invalid query parameters passed to request: timeIntervals") from error


def _of_post(call: Call, organization: str, family: str, urn: str, span: tuple[float, float]) -> list[dict[str, Any]]:
    post = call.twin.ledger.post(urn)
    if post is None or post.account != organization or post.deleted_at is not None:
        return []
    totals = _totals([post], span)
    if not totals["impressionCount"]:
        return []
    return [{"organizationalEntity": organization, family: urn, "totalShareStatistics": totals}]


def _totals(posts: list[Post], span: tuple[float, float]) -> dict[str, Any]:
    number = dict.fromkeys(_NUMBERS, 0)
    for post in posts:
        before, after = engagement.counts(post, span[0]), engagement.counts(post, span[1])
        for name in _NUMBERS:
            number[name] += getattr(after, name) - getattr(before, name)
    touched = number["clicks"] + number["likes"] + number["comments"] + number["shares"]
    return {
        "impressionCount": number["views"],
        "uniqueImpressionsCount": number["reach"],
        "clickCount": number["clicks"],
        "likeCount": number["likes"],
        "commentCount": number["comments"],
        "shareCount": number["shares"],
        "engagement": touched / number["views"] if number["views"] else 0.0,
    }


async def social_metadata(call: Call) -> Response:
    call.need(*_FEED_SCOPES)
    return JSONResponse(_metadata(call, find(call, call.key)))


async def social_metadata_batch(call: Call) -> Response:
    call.need(*_FEED_SCOPES)
    results, errors = {}, {}
    for urn in urns(call.query, "ids"):
        try:
            results[urn] = _metadata(call, find(call, urn))
        except LinkedInError as error:
            errors[urn] = {"status": error.status, "message": error.message}
    return JSONResponse({"results": results, "errors": errors, "statuses": dict.fromkeys(results, 200)})


def _metadata(call: Call, post: Post) -> dict[str, Any]:
    likes = engagement.counts(post, call.now).likes
    by_type = {name: int(likes * share) for name, share in _REACTIONS.items()}
    number = engagement.comment_count(post, call.now, call.twin.ledger)
    return {
        "entity": post.id,
        "commentsState": "OPEN",
        "reactionSummaries": {name: {"reactionType": name, "count": n} for name, n in by_type.items() if n},
        "commentSummary": {"count": number, "topLevelCount": number},
    }


# comments


async def comment(call: Call) -> Response:
    post = find(call, call.key)
    body = await call.json()
    actor, text = body.get("actor"), (body.get("message") or {}).get("text")
    if not actor or not text or "object" not in body:
        raise LinkedInError(422, "UNPROCESSABLE_ENTITY", "ERROR :: /actor, /object and /message/text are required\n")
    if not isinstance(text, str) or len(text := little_text(text)[0]) > 1_250:
        raise illegal("message text exceeds 1250 characters", "FIELD_LENGTH_TOO_LONG")
    call.need("w_organization_social_feed" if "organization" in actor else "w_member_social_feed")
    account = call.twin.ledger.account(actor)
    if account is None or actor not in (call.token.subject, *call.token.grants):
        raise forbidden(f"socialActions.comments for {actor}")
    number = call.twin.snowflake(22, int(call.now * 1_000))
    urn = f"urn:li:comment:({post.facts['activity']},{number})"
    written = Comment(
        id=urn,
        post=post.id,
        author=actor,
        name=account.name,
        text=text,
        created_at=call.now,
        parent=body.get("parentComment"),
    )
    call.twin.ledger.put_comment(written)
    return JSONResponse(_comment(written, post), 201, headers={"x-restli-id": number})


async def comments(call: Call) -> Response:
    call.need(*_FEED_SCOPES)
    post = find(call, call.key)
    start, count = whole(call.query, "start", 0), whole(call.query, "count", 10)
    written = engagement.comments(post, call.now, call.twin.ledger)
    chosen = [_comment(one, post) for one in written[start : start + count]]
    return collection(chosen, start, count, len(written))


async def delete_comment(call: Call) -> Response:
    number = call.request.path_params["comment"]
    post = find(call, call.key)
    for one in engagement.comments(post, call.now, call.twin.ledger):
        if one.id.endswith(f",{number})"):
            call.twin.ledger.put_comment(Comment(**{**vars(one), "deleted": True}))
    return Response(status_code=204)


def _comment(one: Comment, post: Post) -> dict[str, Any]:
    actor = one.author if one.author.startswith("urn:") else f"urn:li:person:{one.author}"
    moment = int(one.created_at * 1_000)
    return {
        "$URN": one.id,
        "commentUrn": one.id,
        "id": one.id.rpartition(",")[2].rstrip(")"),
        "actor": actor,
        "object": post.facts["activity"],
        "message": {"text": one.text, "attributes": []},
        "created": {"actor": actor, "time": moment},
        "lastModified": {"actor": actor, "time": moment},
    }


# members


async def member_analytics(call: Call) -> Response:
    """One metric a call; `metricType` is a plain string from 202605 on, a one-key object before."""
    call.need("r_member_postAnalytics")
    metric, aggregation = call.query.get("queryType"), call.query.get("aggregation")
    unknown = metric not in _METRICS or (metric in _SINCE_202604 and call.version < "202604")
    if unknown or aggregation not in ("TOTAL", "DAILY") or (aggregation == "DAILY" and metric in _NOT_DAILY):
        raise illegal("Invalid query parameters passed to request: queryType or aggregation")
    posts = _analysed(call)
    kind = _METRICS[str(metric)]
    number = sum(getattr(engagement.counts(post, call.now), kind) for post in posts) if kind else 0
    named: Any = metric if call.version >= "202605" else {_OLD_METRIC: metric}
    return collection([{"count": number, "metricType": named}], 0, 10, 1)


def _analysed(call: Call) -> list[Post]:
    if call.query.get("q") == "me":
        return call.twin.ledger.posts(account=call.token.subject)
    entity = call.query.get("entity")
    if call.query.get("q") != "entity" or not isinstance(entity, dict) or not set(entity) <= {"share", "ugc"}:
        raise illegal("Invalid query parameters passed to request: entity")
    post = find(call, str(next(iter(entity.values()), "")))
    if post.account != call.token.subject:
        raise forbidden("memberCreatorPostAnalytics")
    return [post]


async def member_followers(call: Call) -> Response:
    call.need("r_member_profileAnalytics")
    account = call.twin.ledger.account(call.token.subject)
    return collection([{"memberFollowersCount": account.followers if account else 0}], 0, 10)


# organisations


async def acls(call: Call) -> Response:
    call.need("rw_organization_admin")
    if call.query.get("q") != "roleAssignee":
        raise illegal("Invalid query parameters passed to request: q")
    start, count = whole(call.query, "start", 0), whole(call.query, "count", 10)
    rows = [
        {"organization": urn, "roleAssignee": call.token.subject, "role": "ADMINISTRATOR", "state": "APPROVED"}
        for urn in call.token.grants
        if urn.startswith("urn:li:organization:")
    ]
    return collection(rows[start : start + count], start, count, len(rows))


async def organization(call: Call) -> Response:
    return JSONResponse(_organization_facts(call, f"urn:li:organization:{call.key}"))


async def organizations(call: Call) -> Response:
    if call.query.get("q") == "vanityName":
        named = [
            a
            for a in call.twin.ledger.accounts("linkedin")
            if a.kind == "organization" and a.handle == call.query.get("vanityName")
        ]
        return collection([_organization_facts(call, one.id) for one in named], 0, 10)
    ids = urns(call.query, "ids")
    return JSONResponse({"results": {one: _organization_facts(call, f"urn:li:organization:{one}") for one in ids}})


def _organization_facts(call: Call, urn: str) -> dict[str, Any]:
    account = call.twin.ledger.account(urn)
    if account is None:
        raise LinkedInError(404, "RESOURCE_NOT_FOUND", f"Could not find entity {urn}")
    return {
        "id": int(urn.rpartition(":")[2]),
        "localizedName": account.name,
        "vanityName": account.handle,
        "localizedWebsite": f"https://{account.handle}.es",
    }


async def network_size(call: Call) -> Response:
    if call.query.get("edgeType") not in ("COMPANY_FOLLOWED_BY_MEMBER", "CompanyFollowedByMember"):
        raise illegal("Invalid query parameters passed to request: edgeType")
    account = call.twin.ledger.account(call.key)
    if account is None:
        raise LinkedInError(404, "RESOURCE_NOT_FOUND", f"Could not find entity {call.key}")
    return JSONResponse({"firstDegreeSize": account.followers})


async def follower_statistics(call: Call) -> Response:
    urn = _organization(call, "organizationalEntity")
    gained = sum(engagement.counts(post, call.now).follows for post in call.twin.ledger.posts(account=urn))
    gains = {"organicFollowerGain": gained, "paidFollowerGain": 0}
    return collection([{"organizationalEntity": urn, "followerGains": gains}], 0, 10)


async def page_statistics(call: Call) -> Response:
    urn = _organization(call, "organization")
    views = sum(engagement.counts(post, call.now).clicks for post in call.twin.ledger.posts(account=urn))
    totals = {"views": {"allPageViews": {"pageViews": views}}}
    return collection([{"organization": urn, "totalPageStatistics": totals}], 0, 10)
