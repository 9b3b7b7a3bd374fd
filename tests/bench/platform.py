"""A lean platform: the posting calls of the four platforms, each answered after 200 ms, everything ready when asked.

python -m tests.bench.platform PORT

It is not strict and keeps everything in memory, so that a bench measures the product and not the sandbox.
`GET /report` answers `{"calls": n, "out": [[text, moment], …]}`: the moment, in Unix seconds, at which the request that
makes the post visible arrived.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import uvicorn

LATENCY = 0.2

Reply = tuple[int, Mapping[str, str], Any]
Handler = Callable[["Platform", str, Any], Reply]


class Platform:
    """All four platforms; what was posted, and how many calls it took."""

    def __init__(self) -> None:
        self.calls = 0
        self.out: list[tuple[str, float]] = []
        self._ids = itertools.count(10**14)
        self._texts: dict[str, str] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = await _body(receive)
        if scope["path"] == "/report":
            return await _answer(send, (200, {}, {"calls": self.calls, "out": self.out}))
        self.calls += 1
        reply = self._reply(scope, body)
        await asyncio.sleep(LATENCY)
        await _answer(send, reply)

    def _reply(self, scope: Any, body: bytes) -> Reply:
        """The first line of the table that fits; what nobody knows is not there."""
        asked = f"{scope['method']} {scope['path']}?{scope['query_string'].decode()}"
        handler = next((handle for pattern, handle in TABLE if re.search(pattern, asked)), None)
        return handler(self, asked, _read(body)) if handler else (404, {}, {"error": {"code": 803}})

    def new(self, text: str = "") -> str:
        """A fresh id that stands for this text."""
        fresh = str(next(self._ids))
        self._texts[fresh] = text
        return fresh

    def show(self, text: str) -> None:
        """The post is visible."""
        self.out.append((text, time.time()))

    def text_of(self, known: str) -> str:
        return self._texts[known]


def _page_post(platform: Platform, asked: str, body: Any) -> Reply:
    platform.show(body["message"])
    post = f"1_{platform.new()}"
    return 200, {}, {"id": post, "permalink_url": f"https://www.facebook.com/{post}"}


def _page_photo(platform: Platform, asked: str, body: Any) -> Reply:
    return 200, {}, {"id": platform.new()}


def _container(platform: Platform, asked: str, body: Any) -> Reply:
    return 200, {}, {"id": platform.new(body["caption"])}


def _container_out(platform: Platform, asked: str, body: Any) -> Reply:
    platform.show(platform.text_of(body["creation_id"]))
    return 200, {}, {"id": platform.new()}


def _quota(platform: Platform, asked: str, body: Any) -> Reply:
    usage = {"quota_usage": 0, "config": {"quota_total": 100, "quota_duration": 86400}}
    return 200, {}, {"data": [usage]}


def _node(platform: Platform, asked: str, body: Any) -> Reply:
    fields = {"status_code": "FINISHED", "status": "Finished", "permalink": "https://www.instagram.com/p/1/"}
    return 200, {}, {"id": "1", **fields}


def _creator(platform: Platform, asked: str, body: Any) -> Reply:
    limits = {"privacy_level_options": ["PUBLIC_TO_EVERYONE"], "max_video_post_duration_sec": 600}
    return _tiktok({"creator_username": "banco", **limits})


def _upload(platform: Platform, asked: str, body: Any) -> Reply:
    publish_id = platform.new(body["post_info"]["title"])
    return _tiktok({"publish_id": publish_id, "upload_url": f"{BASE}/tiktok/upload/{publish_id}"})


def _uploaded(platform: Platform, asked: str, body: Any) -> Reply:
    platform.show(platform.text_of(_last(asked)))
    return 201, {}, None


def _finished(platform: Platform, asked: str, body: Any) -> Reply:
    return _tiktok({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [platform.new()]})


def _tiktok(data: Mapping[str, Any]) -> Reply:
    return 200, {}, {"data": data, "error": {"code": "ok", "message": "", "log_id": "1"}}


def _announced(platform: Platform, asked: str, body: Any) -> Reply:
    number = platform.new()
    place = {"uploadUrl": f"{BASE}/linkedin/upload/{number}", "image": f"urn:li:image:{number}"}
    return 200, {}, {"value": place}


def _taken(platform: Platform, asked: str, body: Any) -> Reply:
    return 201, {}, None


def _usable(platform: Platform, asked: str, body: Any) -> Reply:
    return 200, {}, {"status": "AVAILABLE"}


def _organisation_post(platform: Platform, asked: str, body: Any) -> Reply:
    platform.show(body["commentary"])
    return 201, {"x-restli-id": f"urn:li:share:{platform.new()}"}, None


TABLE: tuple[tuple[str, Handler], ...] = (
    (r"^POST /meta/v[\d.]+/\d+/feed\?", _page_post),
    (r"^POST /meta/v[\d.]+/\d+/photos\?", _page_photo),
    (r"^POST /meta/v[\d.]+/\d+/media\?", _container),
    (r"^POST /meta/v[\d.]+/\d+/media_publish\?", _container_out),
    (r"^GET /meta/v[\d.]+/\d+/content_publishing_limit\?", _quota),
    (r"^GET /meta/v[\d.]+/\d+\?", _node),
    (r"^POST /tiktok/v2/post/publish/creator_info/query/", _creator),
    (r"^POST /tiktok/v2/post/publish/video/init/", _upload),
    (r"^PUT /tiktok/upload/", _uploaded),
    (r"^POST /tiktok/v2/post/publish/status/fetch/", _finished),
    (r"^POST /linkedin/rest/images\?", _announced),
    (r"^PUT /linkedin/upload/", _taken),
    (r"^GET /linkedin/rest/images/", _usable),
    (r"^POST /linkedin/rest/posts\?", _organisation_post),
)


def _last(asked: str) -> str:
    return asked.partition("?")[0].rpartition("/")[2]


def _read(body: bytes) -> Any:
    """JSON, a form, or nothing for a file."""
    try:
        return json.loads(body) if body else {}
    except ValueError:
        return {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _answer(send: Any, reply: Reply) -> None:
    status, headers, body = reply
    raw = b"" if body is None else json.dumps(body).encode()
    fields = {"content-length": str(len(raw)), "content-type": "application/json", **headers}
    pairs = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": raw})


if __name__ == "__main__":
    PORT = int(sys.argv[1])
    BASE = f"http://127.0.0.1:{PORT}"
    uvicorn.run(Platform(), host="127.0.0.1", port=PORT, log_level="warning", access_log=False, lifespan="off")
