"""How long a browser may keep what the pages are made of.

Files under `/assets/` carry a hash of their content in their name, so they never change; everything else that is a
page is asked for again each time (a 304 when it has not changed). No other site may put a page of ours in a frame: a
press on it would not be meant for us.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


def keep_assets(app: ASGIApp) -> ASGIApp:
    """The same app, whose files say how long they hold; an answer that says so itself is left alone."""

    async def kept(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await app(scope, receive, send)

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                _mark(scope["path"], message)
            await send(message)

        await app(scope, receive, say)

    return kept


def _mark(path: str, message: Message) -> None:
    headers = MutableHeaders(scope=message)
    if headers.get("content-type", "").startswith("text/html"):
        headers.setdefault("content-security-policy", "frame-ancestors 'none'")
    if "cache-control" in headers or message["status"] not in (200, 206, 304):
        return
    if path.startswith("/assets/"):
        headers["cache-control"] = FOREVER
    elif headers.get("content-type", "").startswith("text/html") or "etag" in headers:
        headers["cache-control"] = ASK_AGAIN
