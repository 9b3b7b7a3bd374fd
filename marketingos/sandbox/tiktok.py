"""TikTok at HTTP level: Login Kit, Content Posting and Display API, and the upload host, all below `/tiktok`.

Every path ends in a slash, as TikTok's do; without it there is nothing.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from marketingos.sandbox import answers, engagement, tiktok_posts, world
from marketingos.sandbox.consent import consent_page
from marketingos.sandbox.ledger import Account, Asset, Post, Token
from marketingos.sandbox.tiktok_wire import Call, Handler, TikTokError, endpoint
from marketingos.sandbox.twin import Twin

_ACCESS, _REFRESH = 7_200.0, 15_552_000.0
_CODE_LIFE = 600.0
_USER_FIELDS = {
    "user.info.basic": ("open_id", "union_id", "avatar_url", "avatar_url_100", "avatar_large_url", "display_name"),
    "user.info.profile": ("username", "bio_description", "profile_deep_link", "is_verified"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}
_VIDEO_FIELDS = (
    "id", "create_time", "cover_image_url", "share_url", "video_description", "duration", "height", "width", "title",
    "embed_html", "embed_link", "like_count", "comment_count", "share_count", "view_count", "is_aigc",
)  # fmt: skip


def routes(twin: Twin) -> list[BaseRoute]:
    """Every route of TikTok; mount them under `/tiktok`."""

    async def authorize(request: Request) -> Response:
        return await _authorize(twin, request)

    async def token(request: Request) -> Response:
        return await _token(twin, request)

    async def revoke(request: Request) -> Response:
        return await _revoke(twin, request)

    async def upload(request: Request) -> Response:
        return await tiktok_posts.put_chunk(twin, request)

    def api(path: str, handler: Handler, scopes: tuple[str, ...], per_minute: int, method: str = "POST") -> Route:
        return Route(path, endpoint(twin, handler, scopes=scopes, per_minute=per_minute), methods=[method])

    publish, inbox = ("video.publish",), ("video.upload",)
    return [
        Route("/v2/auth/authorize/", authorize, methods=["GET", "POST"]),
        Route("/v2/oauth/token/", token, methods=["POST"]),
        Route("/v2/oauth/revoke/", revoke, methods=["POST"]),
        Route("/video/", upload, methods=["PUT"]),
        api("/v2/post/publish/creator_info/query/", tiktok_posts.creator_info, publish, 20),
        api("/v2/post/publish/video/init/", tiktok_posts.init_video, publish, 6),
        api("/v2/post/publish/inbox/video/init/", tiktok_posts.init_inbox, inbox, 6),
        api("/v2/post/publish/content/init/", tiktok_posts.init_content, publish + inbox, 6),
        api("/v2/post/publish/status/fetch/", tiktok_posts.fetch_status, publish + inbox, 30),
        api("/v2/post/publish/cancel/", tiktok_posts.cancel, publish + inbox, 30),
        api("/v2/user/info/", user_info, ("user.info.basic",), 600, "GET"),
        api("/v2/video/list/", list_videos, ("video.list",), 600),
        api("/v2/video/query/", query_videos, ("video.list",), 600),
    ]


# Login Kit


async def _authorize(twin: Twin, request: Request) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()} if request.method == "POST" else {}
    asked = {**request.query_params, **form}
    app = twin.ledger.app(asked.get("client_key", ""))
    redirect = asked.get("redirect_uri", "")
    if app is None or app["platform"] != "tiktok" or asked.get("response_type") != "code" or not redirect:
        return HTMLResponse("<h1>Something went wrong</h1><p>client_key, redirect_uri or response_type</p>", 400)
    scopes = [scope for scope in asked.get("scope", "").split(",") if scope]
    if request.method == "GET":
        creators = [(creator.id, f"@{creator.handle}") for creator in twin.ledger.accounts("tiktok")]
        return HTMLResponse(consent_page("TikTok", str(app["name"]), scopes, creators, dict(request.query_params)))
    state = asked.get("state", "")
    if asked.get("decision") != "allow":
        denied = {"error": "access_denied", "error_description": "User cancelled the authorization", "state": state}
        return RedirectResponse(f"{redirect}?{urlencode(denied, quote_via=quote)}", 302)
    facts = {"client_id": asked["client_key"], "redirect_uri": redirect, "scopes": scopes, "used": False,
             "challenge": asked.get("code_challenge")}  # fmt: skip
    code = twin.secret("tiktok-code", 56) + "*0!6421.e1"
    owner = asked.get("account") or twin.ledger.accounts("tiktok")[0].id
    twin.ledger.put_asset(Asset(id=code, platform="tiktok", kind="code", owner=owner, created_at=twin.now(),
                                facts=facts))  # fmt: skip
    granted = {"code": code, "scopes": ",".join(scopes), "state": state}
    return RedirectResponse(f"{redirect}?{urlencode(granted, quote_via=quote)}", 302)


async def _token(twin: Twin, request: Request) -> Response:
    """Both grants. A refused grant comes with HTTP 200, as observed: the status says nothing here."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return _oauth_error("invalid_request", "Only `application/x-www-form-urlencoded` is accepted.", 400)
    app = twin.ledger.app(form.get("client_key", ""))
    if app is None or app["platform"] != "tiktok" or app["secret"] != form.get("client_secret"):
        return _oauth_error("invalid_client", "Client key or secret is incorrect.", 401)
    if form.get("grant_type") == "authorization_code":
        return _redeem(twin, form)
    if form.get("grant_type") == "refresh_token":
        return _refresh(twin, form)
    return _oauth_error("unsupported_grant_type", "The grant type is not supported.", 400)


def _oauth_error(code: str, text: str, status: int) -> JSONResponse:
    return JSONResponse({"error": code, "error_description": text, "log_id": answers.log_id()}, status)


def _redeem(twin: Twin, form: Mapping[str, str]) -> Response:
    code = twin.ledger.asset(form.get("code", ""))
    facts = code.facts if code else {}
    good = (
        code is not None and code.kind == "code" and facts["client_id"] == form["client_key"] and not facts["used"]
        and facts["redirect_uri"] == form.get("redirect_uri") and twin.now() - code.created_at <= _CODE_LIFE
        and _proves(facts["challenge"], form.get("code_verifier"))
    )  # fmt: skip
    if not good or code is None:
        return _oauth_error("invalid_grant", "Authorization code is expired.", 200)
    twin.ledger.change_asset(code.id, used=True)
    return _issue(twin, code.owner, form["client_key"], tuple(facts["scopes"]), twin.now() + _REFRESH)


def _proves(challenge: str | None, verifier: str | None) -> bool:
    """PKCE as TikTok has it: the challenge is the hex SHA-256 of the verifier."""
    return challenge is None or hashlib.sha256((verifier or "").encode()).hexdigest() == challenge


def _refresh(twin: Twin, form: Mapping[str, str]) -> Response:
    """Strict rotation: the new pair replaces the old, whose refresh token is dead from this moment."""
    old = twin.ledger.token_of_refresh(form.get("refresh_token", ""))
    dead = old is None or old.app != form["client_key"] or old.state == "revoked"
    if dead or old is None or (old.refresh_expires_at or 0) <= twin.now():
        return _oauth_error("invalid_grant", "Refresh token is invalid or expired.", 200)
    with twin.ledger.writing():
        twin.ledger.put_token(Token(**{**vars(old), "refresh": None, "state": "expired"}))
        return _issue(twin, old.subject, old.app, old.scopes, old.refresh_expires_at or 0)


def _issue(twin: Twin, open_id: str, app: str, scopes: tuple[str, ...], refresh_until: float) -> Response:
    now = twin.now()
    seed = twin.secret("tiktok-token")
    token = Token(
        token=world.tiktok_token(seed), platform="tiktok", kind="creator", subject=open_id, app=app, grants=(open_id,),
        scopes=scopes, issued_at=now, expires_at=now + _ACCESS, refresh=world.tiktok_refresh_token(seed),
        refresh_expires_at=refresh_until,
    )  # fmt: skip
    twin.ledger.put_token(token)
    return JSONResponse({
        "access_token": token.token, "expires_in": int(_ACCESS), "open_id": open_id, "refresh_token": token.refresh,
        "refresh_expires_in": int(refresh_until - now), "scope": ",".join(scopes), "token_type": "Bearer",
    })  # fmt: skip


async def _revoke(twin: Twin, request: Request) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    app = twin.ledger.app(form.get("client_key", ""))
    if app is None or app["secret"] != form.get("client_secret"):
        return _oauth_error("invalid_client", "Client key or secret is incorrect.", 401)
    token = twin.ledger.token(form.get("token", ""))
    if token is None or token.app != form["client_key"]:
        return _oauth_error("invalid_request", "The token is not valid.", 400)
    twin.ledger.put_token(Token(**{**vars(token), "state": "revoked", "refresh": None}))
    return Response(status_code=200)


# Display API


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
        "open_id": creator.id, "union_id": world.secret(f"union:{creator.id}", 32), "avatar_url": avatar,
        "avatar_url_100": avatar, "avatar_large_url": avatar, "display_name": creator.name,
        "username": creator.handle, "bio_description": "", "is_verified": False,
        "profile_deep_link": f"https://vm.tiktok.com/{world.secret(creator.id, 9)}/",
        "follower_count": creator.followers, "following_count": 48, "video_count": len(posts),
        "likes_count": sum(engagement.counts(post, now).likes for post in posts),
    }  # fmt: skip


def _public(call: Call) -> list[Post]:
    lag = float(call.twin.setting("listing_lag_seconds"))
    return [post for post in call.twin.ledger.posts(account=call.creator.id)
            if post.visible(call.now - lag) and post.audience == "public"]  # fmt: skip


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
        "id": post.id, "create_time": int(post.visible_at or 0), "share_url": post.permalink, "title": post.title,
        "cover_image_url": call.twin.media_url(medium.sha256) if medium else "", "video_description": post.text,
        "duration": int(medium.seconds) if medium else 0, "height": medium.height if medium else 0,
        "width": medium.width if medium else 0, "embed_html": f'<blockquote cite="{post.permalink}"></blockquote>',
        "embed_link": f"https://www.tiktok.com/player/v1/{post.id}", "like_count": seen.likes,
        "comment_count": seen.comments, "share_count": seen.shares, "view_count": seen.views,
        "is_aigc": bool(post.facts.get("aigc")),
    }  # fmt: skip
    return {name: values[name] for name in names}
