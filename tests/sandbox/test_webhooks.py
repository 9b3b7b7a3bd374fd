"""Webhooks out: signed as the real ones, at least once, ill-mannered on demand."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote

import pytest

from marketingos.sandbox.world import demo_apps
from tests.sandbox.conftest import HandClock, Sandbox, free_port, running, serve, video

SECRETS = {app.platform: app.client_secret for app in reversed(demo_apps())}


class Receiver:
    """The product's end: keeps what it got, checks signatures, may refuse for a while."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive()).get("body", b"")
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        answer = b""
        if scope["method"] == "GET":
            answer = self._shake(parse_qs(scope["query_string"].decode()))
        else:
            self.got.append((scope["path"].rpartition("/")[2], headers, body))
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": answer})

    def _shake(self, query: dict[str, list[str]]) -> bytes:
        if "hub.challenge" in query:
            return query["hub.challenge"][0].encode() if query["hub.verify_token"] == ["mine"] else b"no"
        code = query["challengeCode"][0]
        signed = hmac.new(SECRETS["linkedin"].encode(), code.encode(), "sha256").hexdigest()
        return json.dumps({"challengeCode": code, "challengeResponse": signed}).encode()

    def wait(self, sandbox: Sandbox, number: int) -> list[tuple[str, dict[str, str], bytes]]:
        import threading

        for _ in range(100):
            if len(self.got) >= number:
                break
            sandbox.http.get("/control/settings")
            threading.Event().wait(0.1)
        return self.got


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def world(tmp_path: Any, receiver: Receiver) -> Iterator[Sandbox]:
    with serve(receiver, free_port()) as target, running(tmp_path, HandClock(), target) as sandbox:
        sandbox.http.get("/control/settings")
        yield sandbox


def subscribe(sandbox: Sandbox) -> dict[str, str]:
    page = sandbox.account("facebook")
    auth = {"authorization": f"Bearer {page.access_token}"}
    done = sandbox.http.post(f"/meta/v25.0/{page.external_id}/subscribed_apps?subscribed_fields=feed", headers=auth)
    assert done.json() == {"success": True}
    return auth


def post(sandbox: Sandbox, message: str, brand: str = "ReservasPro") -> str:
    page = sandbox.account("facebook", brand=brand)
    made = sandbox.http.post(
        f"/meta/v25.0/{page.external_id}/feed",
        json={"message": message},
        headers={"authorization": f"Bearer {page.access_token}"},
    )
    sandbox.clock.forward(1)
    return str(made.json()["id"])


def messages(got: list[tuple[str, dict[str, str], bytes]]) -> list[str]:
    return [json.loads(body)["entry"][0]["changes"][0]["value"]["message"] for _, _, body in got]


def test_a_pages_own_post_is_announced_and_signed(world: Sandbox, receiver: Receiver) -> None:
    """Only subscribed Pages; the signature fits the raw body, whose accents are escaped."""
    subscribe(world)
    post(world, "Nadie lo oye", brand="PulsoFit")
    made = post(world, "¡Mañana abrimos!")
    [(platform, headers, body)] = receiver.wait(world, 1)
    assert platform == "meta"
    assert "\\u00f1" in body.decode("ascii")
    signed = hmac.new(SECRETS["meta"].encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={signed}"
    value = json.loads(body)["entry"][0]["changes"][0]["value"]
    assert (value["item"], value["verb"], value["post_id"]) == ("status", "add", made)


def test_a_refused_delivery_comes_again(world: Sandbox, receiver: Receiver) -> None:
    """Until it is answered 2xx, with growing pauses."""
    subscribe(world)
    receiver.status = 500
    post(world, "Insisto")
    receiver.wait(world, 1)
    receiver.status = 200
    world.clock.forward(10)
    got = receiver.wait(world, 2)
    assert messages(got)[:2] == ["Insisto", "Insisto"]


def test_duplicates_and_overtaking_are_in_the_script(world: Sandbox, receiver: Receiver) -> None:
    """One notice arrives twice, another after the one that follows it, a third never."""
    subscribe(world)
    world.control("faults", [{"action": "webhook_duplicate", "match": {"platform": "meta"}}])
    post(world, "Doble")
    assert messages(receiver.wait(world, 2)) == ["Doble", "Doble"]
    receiver.got.clear()
    world.control("faults", [{"action": "webhook_drop"}])
    post(world, "Perdido")
    post(world, "Llega")
    assert messages(receiver.wait(world, 1))[-1] == "Llega"


def test_tiktok_tells_the_fate_of_an_upload(world: Sandbox, receiver: Receiver) -> None:
    """post.publish.complete, then publicly_available with the post id, content as JSON text, signed with t."""
    creator, data = world.account("tiktok"), video()
    auth = {"authorization": f"Bearer {creator.access_token}"}
    body = {
        "post_info": {"privacy_level": "PUBLIC_TO_EVERYONE"},
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": len(data),
            "chunk_size": len(data),
            "total_chunk_count": 1,
        },
    }
    made = world.http.post("/tiktok/v2/post/publish/video/init/", json=body, headers=auth).json()["data"]
    span = f"bytes 0-{len(data) - 1}/{len(data)}"
    world.http.put(made["upload_url"], content=data, headers={"content-type": "video/mp4", "content-range": span})
    world.clock.forward(30)
    got = receiver.wait(world, 2)
    bodies = [json.loads(raw) for _, _, raw in got]
    assert [one["event"] for one in bodies] == ["post.publish.complete", "post.publish.publicly_available"]
    assert bodies[0]["user_openid"] == creator.external_id
    assert json.loads(bodies[1]["content"])["post_id"] == world.ledger()[0]["id"]
    moment, _, signature = got[0][1]["tiktok-signature"].partition(",s=")
    signed = hmac.new(SECRETS["tiktok"].encode(), moment[2:].encode() + b"." + got[0][2], hashlib.sha256).hexdigest()
    assert signature == signed


def test_linkedin_tells_of_comments_on_subscribed_organisations(world: Sandbox, receiver: Receiver) -> None:
    """After the subscription, reactions and comments come signed with the prefix in the signed text only."""
    company = world.account("linkedin", kind="organization")
    headers = {
        "authorization": f"Bearer {company.access_token}",
        "linkedin-version": "202609",
        "x-restli-protocol-version": "2.0.0",
    }
    parts = {
        "developerApplication": "urn:li:developerApplication:1",
        "user": "urn:li:person:1",
        "entity": company.external_id,
        "eventType": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS",
    }
    key = "(" + ",".join(f"{name}:{quote(value, safe='')}" for name, value in parts.items()) + ")"
    url = f"{world.base}/linkedin/rest/eventSubscriptions/{key}"
    assert world.http.put(url, json={"webhook": "https://x.es/hook"}, headers=headers).status_code == 204
    body = {
        "author": company.external_id,
        "commentary": "Hola",
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED"},
        "lifecycleState": "PUBLISHED",
    }
    urn = world.http.post("/linkedin/rest/posts", json=body, headers=headers).headers["x-restli-id"]
    world.clock.forward(5 * 86_400)
    _, sent, raw = receiver.wait(world, 1)[0]
    assert sent["x-li-signature"] == hmac.new(SECRETS["linkedin"].encode(), b"hmacsha256=" + raw, "sha256").hexdigest()
    [one] = json.loads(raw)["notifications"]
    assert (one["decoratedSourcePost"]["entity"], one["organizationalEntity"]) == (urn, company.external_id)


def test_handshakes_are_shaken(world: Sandbox, receiver: Receiver) -> None:
    """Meta's hub challenge with the right verify token, LinkedIn's signed challenge."""
    assert world.control("handshakes", {"platform": "meta", "verify_token": "mine"}) == {"accepted": True}
    assert world.control("handshakes", {"platform": "meta", "verify_token": "other"}) == {"accepted": False}
    assert world.control("handshakes", {"platform": "linkedin"}) == {"accepted": True}


def test_tiktok_tells_when_a_person_disconnects(world: Sandbox, receiver: Receiver) -> None:
    """authorization.removed with reason 1, for that creator."""
    creator = world.account("tiktok")
    world.control("tokens", {"token": creator.access_token, "action": "revoke"})
    world.clock.forward(1)
    [(_, _, raw)] = receiver.wait(world, 1)
    told = json.loads(raw)
    assert (told["event"], told["user_openid"]) == ("authorization.removed", creator.external_id)
    assert json.loads(told["content"]) == {"reason": 1}
