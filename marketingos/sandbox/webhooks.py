"""Webhooks out: an outbox in the ledger, signatures as the platforms make them, retries, and their ill manners.

Deliveries are at least once and in no promised order, as outside. The pump starts with the first request, since a
mounted application has no life of its own.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from marketingos.sandbox import notices
from marketingos.sandbox.faults import due_rule
from marketingos.sandbox.notices import Notice
from marketingos.sandbox.twin import Twin

_PULSE = 0.5
_GIVE_UP = {"meta": 36 * 3_600.0, "tiktok": 72 * 3_600.0, "linkedin": 8 * 3_600.0}
_CURSOR = "webhooks:cursor"


class Webhooks:
    """ASGI middleware that wakes the pump; the pump sends to `{target}/api/webhooks/{platform}`."""

    def __init__(self, app: ASGIApp, twin: Twin, target: str) -> None:
        self._app = app
        self._twin = twin
        self._target = target.rstrip("/")
        self._pump: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        await self._app(scope, receive, send)

    async def _run(self) -> None:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:  # noqa: TID251
            while True:
                collect(self._twin)
                for parcel in self._twin.ledger.due_parcels(self._twin.now()):
                    await self._deliver(client.post, parcel)
                await asyncio.sleep(_PULSE)

    async def _deliver(self, post: Callable[..., Awaitable[httpx.Response]], parcel: dict[str, Any]) -> None:
        platform, body = parcel["platform"], parcel["body"].encode()
        headers = {"content-type": "application/json", **signature(self._twin, platform, body)}
        try:
            answer = await post(f"{self._target}/api/webhooks/{platform}", content=body, headers=headers)
            delivered = answer.is_success
        except httpx.HTTPError:
            delivered = False
        now, waited = self._twin.now(), self._twin.now() - parcel["made_at"]
        if delivered or waited > _GIVE_UP[platform]:
            self._twin.ledger.drop_parcel(parcel["id"])
        else:
            self._twin.ledger.delay_parcel(parcel["id"], now + min(3_600.0, 5.0 * 2 ** parcel["attempts"]))


def collect(twin: Twin) -> None:
    """Put what came about since the last time into the outbox, together with the moment up to which it was told."""
    now = twin.now()
    since = float(twin.ledger.setting(_CURSOR, now))
    with twin.ledger.writing():
        held: Notice | None = None
        for notice in notices.between(twin, since, now):
            held = _post(twin, notice, held)
        if held is not None:
            _parcel(twin, held)
        twin.ledger.put_setting(_CURSOR, now)


def _post(twin: Twin, notice: Notice, held: Notice | None) -> Notice | None:
    """Into the outbox it goes, unless the fault script doubles it, loses it or lets the next one overtake it."""
    rule = due_rule(twin, notice.platform, "WEBHOOK", notice.topic)
    action = rule.action if rule else ""
    if action == "webhook_reorder" and held is None:
        return notice
    for _ in range({"webhook_drop": 0, "webhook_duplicate": 2}.get(action, 1)):
        _parcel(twin, notice)
    if held is not None:
        _parcel(twin, held)
    return None


def _parcel(twin: Twin, notice: Notice) -> None:
    body = json.dumps(notice.body, ensure_ascii=notice.platform == "meta", separators=(",", ":"))
    twin.ledger.add_parcel(notice.platform, body, twin.now())


def signature(twin: Twin, platform: str, body: bytes) -> dict[str, str]:
    """The platform's signature headers over the raw body, keyed with the secret of the app that subscribed."""
    secret = str(twin.ledger.apps(platform)[0]["secret"]).encode()
    if platform == "meta":
        strong = hmac.new(secret, body, hashlib.sha256).hexdigest()
        legacy = hmac.new(secret, body, hashlib.sha1).hexdigest()
        return {"x-hub-signature-256": f"sha256={strong}", "x-hub-signature": f"sha1={legacy}"}
    if platform == "tiktok":
        moment = str(int(twin.now()))
        signed = hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
        return {"tiktok-signature": f"t={moment},s={signed}"}
    return {"x-li-signature": hmac.new(secret, b"hmacsha256=" + body, hashlib.sha256).hexdigest()}


async def shake_hands(twin: Twin, target: str, platform: str, verify_token: str = "") -> dict[str, Any]:
    """The GET with which a platform makes sure of a callback before it sends anything: Meta's and LinkedIn's."""
    challenge = secrets.token_hex(8) if platform == "meta" else "890e4665-4dfe-4ab1-b689-ed553bceeed0"
    query = (
        {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        if platform == "meta"
        else {"challengeCode": challenge}
    )
    async with httpx.AsyncClient(timeout=3, trust_env=False) as client:  # noqa: TID251
        answer = await client.get(f"{target.rstrip('/')}/api/webhooks/{platform}", params=query)
    if platform == "meta":
        return {"accepted": answer.status_code == 200 and answer.text == challenge}
    key = str(twin.ledger.apps("linkedin")[0]["secret"]).encode()
    expected = {
        "challengeCode": challenge,
        "challengeResponse": hmac.new(key, challenge.encode(), "sha256").hexdigest(),
    }
    return {"accepted": answer.status_code == 200 and answer.json() == expected}
