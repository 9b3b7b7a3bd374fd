"""What anybody may see of the sandbox: the ledger as JSON, the media files, the avatars."""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from marketingos.sandbox import engagement
from marketingos.sandbox.rows import Medium, Post
from marketingos.sandbox.shelf import probe
from marketingos.sandbox.twin import Twin

_HUES = {"ReservasPro": 212, "PulsoFit": 152, "FacturaClara": 28}


def routes(twin: Twin) -> list[BaseRoute]:
    """`/ledger` and `/media/…`."""

    async def ledger(request: Request) -> Response:
        try:
            posts = published(twin, request.query_params)
        except ValueError as error:
            return JSONResponse({"detail": str(error)}, 400)
        return JSONResponse({"posts": [described(twin, post) for post in posts]})

    async def media(request: Request) -> Response:
        path = twin.shelf.path(request.path_params["sha256"])
        if path is None:
            return Response(status_code=404)
        mime = twin.ledger.setting(f"mime:{path.name}", None) or _remembered_mime(twin, path.name, path.read_bytes())
        return FileResponse(path, media_type=mime, headers={"cache-control": "public, max-age=31536000, immutable"})

    async def avatar(request: Request) -> Response:
        return Response(_avatar(twin, request.path_params["account"]), media_type="image/svg+xml")

    return [
        Route("/ledger", ledger),
        Route("/media/avatar/{account}", avatar),
        Route("/media/{sha256}", media),
    ]


def published(twin: Twin, wanted: Mapping[str, str]) -> list[Post]:
    """Live posts, newest first, by `platform`, `account`, `brand`, `audience`, `since` (Unix seconds or ISO 8601).

    `pending=1` adds what is accepted and still being processed or scheduled. ValueError for a bad `since`.
    """
    now, since = twin.now(), _moment(wanted.get("since"))
    brands = {a.id: a.brand for a in twin.ledger.accounts()}
    account = wanted.get("account")
    posts = twin.ledger.posts(platform=wanted.get("platform") or None, since=since)
    return [
        post
        for post in posts
        if (post.visible(now) or (wanted.get("pending") == "1" and post.visible_at is not None))
        and (not account or account in (post.account, post.account.rpartition(":")[2]))
        and wanted.get("brand") in (None, "", brands.get(post.account))
        and wanted.get("audience") in (None, "", post.audience)
    ]


def _moment(text: str | None) -> float:
    if not text:
        return 0.0
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def described(twin: Twin, post: Post) -> dict[str, Any]:
    """One post as followers see it, with its counts now and what its own account commented below it."""
    account, now = twin.ledger.account(post.account), twin.now()
    own = [c for c in twin.ledger.comments(post.id) if c.author == post.account and not c.deleted]
    return {
        "id": post.id,
        "platform": post.platform,
        "kind": post.kind,
        "account": post.account,
        "account_name": account.name if account else "",
        "brand": account.brand if account else "",
        "text": post.text,
        "title": post.title,
        "link": post.facts.get("link"),
        "audience": post.audience,
        "visible": post.visible(now),
        "created_at": _iso(post.visible_at or post.created_at),
        "permalink": post.permalink,
        "media": [_medium(twin, medium) for medium in post.media],
        "comments": [{"id": c.id, "text": c.text, "created_at": _iso(c.created_at), "parent": c.parent} for c in own],
        "counts": vars(engagement.counts(post, now)),
    }


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def _medium(twin: Twin, medium: Medium) -> dict[str, Any]:
    return {
        "kind": medium.kind,
        "sha256": medium.sha256,
        "bytes": medium.size,
        "mime": medium.mime,
        "width": medium.width,
        "height": medium.height,
        "seconds": medium.seconds,
        "alt": medium.alt,
        "url": twin.media_url(medium.sha256),
    }


def _remembered_mime(twin: Twin, sha256: str, data: bytes) -> str:
    mime = probe(data, sha256).mime
    twin.ledger.put_setting(f"mime:{sha256}", mime)
    return mime


def _avatar(twin: Twin, account_id: str) -> str:
    account = twin.ledger.account(account_id)
    name = account.name if account else "?"
    initials = "".join(letter for letter in name if letter.isupper())[:2] or name[:1].upper()
    hue = _HUES.get(account.brand if account else "", sum(map(ord, name)) % 360)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><defs><linearGradient id="g" x2="1" y2="1">'
        f'<stop stop-color="hsl({hue} 70% 46%)"/><stop offset="1" stop-color="hsl({(hue + 24) % 360} 72% 34%)"/>'
        '</linearGradient></defs><rect width="96" height="96" fill="url(#g)"/><text x="48" y="50" fill="#fff" '
        'font-family="system-ui,sans-serif" font-weight="700" font-size="38" text-anchor="middle" '
        f'dominant-baseline="central">{escape(initials)}</text></svg>'
    )
