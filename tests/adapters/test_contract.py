"""Every request of every kind of post is one that its platform's documents describe: host, path, how the parameters
travel, which there are, and where the token stands."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from marketingos import adapters, clock
from marketingos.adapters import http
from marketingos.adapters.meta import graph
from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Content
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Grant, Progress, Publisher, Ready
from tests.adapters import samples
from tests.adapters.contract import CALLS, Call, told_in
from tests.adapters.test_in_sandbox import KINDS, Kind
from tests.adapters.wire import NOW, TOKEN, Shelf, content, grant, plain, settled
from tests.conftest import Setter

PAGE, URN = "104823915627341", "urn:li:share:7000000000000000002"
WHO = {
    Platform.FACEBOOK: grant(AccountKind.PAGE, PAGE),
    Platform.INSTAGRAM: grant(AccountKind.INSTAGRAM, "178414"),
    Platform.TIKTOK: grant(AccountKind.CREATOR, "-000abc"),
    Platform.LINKEDIN: grant(AccountKind.ORGANIZATION, "urn:li:organization:12345678"),
}
MEMBER = grant(AccountKind.MEMBER, "urn:li:person:8hQ2vLmZ3x")
IDS = {
    Platform.FACEBOOK: f"{PAGE}_9",
    Platform.INSTAGRAM: "1801",
    Platform.TIKTOK: "7400000000000000001",
    Platform.LINKEDIN: URN,
}
EVERYTHING = {
    "title": "Un título",
    "thumb_offset": 900,
    "video_cover_timestamp_ms": 900,
    "auto_add_music": True,
    "link_title": "t",
    "link_description": "d",
}
"""All options that a post may have; each platform takes its own."""


@dataclass
class Register:
    """A platform that answers with its documents' samples, and holds every request against its contract."""

    made: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    ids: Any = field(default_factory=lambda: itertools.count(179001))

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        sent, told = told_in(request)
        meant = [call for call in CALLS if call.is_meant(request, told)]
        if not meant:
            raise AssertionError(f"no contract has {request.method} {request.url}")
        call, wrong = min(((c, _wrong(c, request, sent, told)) for c in meant), key=lambda pair: len(pair[1]))
        self.made.add(call.name)
        self.faults += [f"{call.name}: {fault}" for fault in wrong]
        return self._answer(call.name, told)

    def _answer(self, name: str, told: Mapping[str, Any]) -> httpx.Response:
        if name == "new post":
            return httpx.Response(201, headers={"x-restli-id": URN})
        if name in ("chunk", "upload"):
            return httpx.Response(201, headers={"etag": '"e"'})
        if name in ("photo", "container"):
            return httpx.Response(200, json={"id": str(next(self.ids))})
        if name == "video start":
            return httpx.Response(200, json={**_VIDEO, "start_offset": "0", "end_offset": told["file_size"]})
        return httpx.Response(200, json=_ANSWERS.get(name, {"data": []}))


def _wrong(call: Call, request: httpx.Request, sent: str, told: Mapping[str, Any]) -> list[str]:
    other = [f"travels as {sent!r}"] if sent != call.sent else []
    return other + call.wrong(request, told, TOKEN)


_VIDEO = {"video_id": "555", "upload_session_id": "777"}
_OPENED = {"video_id": "555", "upload_url": "https://rupload.facebook.com/video-upload/v25.0/555"}
_UPLOAD = "https://www.linkedin.com/dms-uploads/example"
_NODE = {
    "id": "1",
    "status_code": "FINISHED",
    "status": {"video_status": "ready"},
    "published": True,
    "post_id": f"{PAGE}_9",
    "permalink_url": "https://www.facebook.com/9",
}
_ANSWERS: Mapping[str, Any] = {
    "feed": {"id": f"{PAGE}_9", "permalink_url": "https://www.facebook.com/9"},
    "video transfer": {"start_offset": "9", "end_offset": "9"},
    "video finish": {"success": True},
    "video_reels start": _OPENED,
    "video_stories start": _OPENED,
    "reel finish": {"success": True},
    "video story finish": {"success": True, "post_id": "42"},
    "photo story": {"success": True, "post_id": "42"},
    "video bytes": {"success": True},
    "publish": {"id": "1801"},
    "quota": {"data": [{"quota_usage": 2, "config": {"quota_total": 50, "quota_duration": 86400}}]},
    "comment": {"id": "7"},
    **dict.fromkeys(("post", "video", "made container", "made media"), _NODE),
    "creator": samples.TIKTOK_CREATOR,
    "video init": samples.TIKTOK_VIDEO_OPENED,
    "videos init": {
        "value": {
            "video": "urn:li:video:V",
            "uploadToken": "",
            "uploadInstructions": [{"uploadUrl": f"{_UPLOAD}?part=1", "firstByte": 0, "lastByte": 9}],
        }
    },
    "photo init": {"data": {"publish_id": "p_pub_url~v2.1"}, "error": samples.TIKTOK_OK},
    "status": {
        "data": {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7400000000000000001]},
        "error": samples.TIKTOK_OK,
    },
    "list": {"data": {"videos": [], "has_more": False, "cursor": 0}, "error": samples.TIKTOK_OK},
    "query": {"data": {"videos": []}, "error": samples.TIKTOK_OK},
    "images init": {"value": {"uploadUrl": _UPLOAD, "image": "urn:li:image:I"}},
    "documents init": {"value": {"uploadUrl": _UPLOAD, "document": "urn:li:document:D"}},
    "upload state": {"status": "AVAILABLE"},
    "finder": {"elements": []},
    "comments below": {"elements": []},
    "one post": {"id": URN, "commentary": "", "createdAt": 1763800000000, "lifecycleState": "PUBLISHED"},
    "share statistics": {"elements": []},
    "social metadata": {"results": {}},
}


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch, environment: Setter) -> Register:
    """All calls go there, at the platforms' own addresses."""
    environment(SANDBOX="0")
    graph._unknown_metrics.clear()
    made = Register()
    client = httpx.AsyncClient(transport=httpx.MockTransport(made))
    monkeypatch.setattr(http, "client", lambda: client)
    return made


async def walked(kind: Kind, shelf: Shelf) -> None:
    """The whole life of a post: sent, settled, looked up as if its answer had been lost, found by its words alone, read
    back, measured."""
    who = MEMBER if kind.account == "member" else WHO[kind.platform]
    options = {**EVERYTHING, **kind.options}
    what = content(kind.platform, "Hoy (sí) #Barbería", *kind.files(shelf), format=kind.format, options=options)
    what = what.model_copy(update=kind.more)
    publisher = adapters.publisher_for(kind.platform, shelf)
    progress = await _ready(publisher, who, what)
    with clock.frozen(NOW + timedelta(hours=1)):
        await settled(publisher, who, what, await publisher.commit(who, what, progress))
        await publisher.look_up(who, what, progress, NOW)
        await publisher.find(who, what, NOW)
        await publisher.read_back(who, what, IDS[kind.platform])
        await publisher.measure(who, [IDS[kind.platform]])


async def _ready(publisher: Publisher, who: Grant, what: Content) -> Progress:
    progress: Progress = {}
    for step in range(40):
        with clock.frozen(NOW + timedelta(seconds=30 * step)):
            found = await publisher.prepare(who, what, progress)
        progress = plain(found.progress)
        if isinstance(found, Ready):
            return progress
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
async def test_every_request_is_one_of_the_contract(kind: Kind, register: Register, shelf: Shelf) -> None:
    """Nothing is sent that the documents do not know, and nothing that they demand is left out."""
    await walked(kind, shelf)
    assert register.faults == []
    assert register.made


async def test_every_call_of_the_contract_is_made(register: Register, shelf: Shelf) -> None:
    """No part of the contract is checked by nobody."""
    for kind in KINDS.values():
        await walked(kind, shelf)
    assert {call.name for call in CALLS} - register.made == set()
