"""The webhook and the logo upload as another system and a browser meet them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from marketingos import clock, db
from marketingos.api import create_api
from marketingos.domain.user import Role
from marketingos.services import people, products
from tests.conftest import Serve, Setter
from tests.services import stage

AULA = {"name": "AulaPlus", "description": "Academias", "targetAudience": "Directores", "usp": "Rápida"}
SECRET = "un-secreto-largo"


@pytest.fixture
async def http(sqlite_url: str, serve: Serve, environment: Setter) -> AsyncIterator[httpx.AsyncClient]:
    environment(DATABASE_URL=sqlite_url, AUTOSAAS_SECRET=SECRET)
    base = await serve(create_api())
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        yield client
    await db.dispose()


async def send(http: httpx.AsyncClient, body: bytes, *, secret: str = SECRET) -> httpx.Response:
    at = int(clock.wall_clock().timestamp())
    code = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-AutoSaaS-Signature": f"t={at},v1={code}", "Content-Type": "application/json"}
    return await http.post("/api/autosaas/webhook", content=body, headers=headers)


async def test_a_product_is_taken_once(http: httpx.AsyncClient) -> None:
    """202 each time, the same product, and only the first time created."""
    body = json.dumps(AULA).encode()
    first, again = await send(http, body), await send(http, body)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == {"success": True, "productId": 1, "created": True, "active": False}
    assert again.json() == {**first.json(), "created": False}


@pytest.mark.parametrize(
    ("body", "secret", "status", "kind"),
    [
        (json.dumps(AULA).encode(), "otro", 401, "autosaas.bad_signature"),
        (b"no json", SECRET, 422, "autosaas.not_json"),
        (json.dumps({**AULA, "usp": ""}).encode(), SECRET, 422, "autosaas.invalid"),
        (b" " * 70_000, SECRET, 422, "autosaas.too_large"),
    ],
)
async def test_a_refusal_is_problem_json(
    http: httpx.AsyncClient, body: bytes, secret: str, status: int, kind: str
) -> None:
    """RFC 9457: a type that never changes, a sentence, and the fields by the sender's names."""
    answer = await send(http, body, secret=secret)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["type"], told["status"]) == (f"urn:marketingos:problem:{kind}", status)
    assert told["detail"].endswith(".")
    if kind == "autosaas.invalid":
        assert told["errors"] == [{"field": "usp", "detail": "This is missing."}]
    assert await products.list_products() == ()


async def test_without_a_secret_the_door_is_shut(http: httpx.AsyncClient, environment: Setter) -> None:
    """503, and it says which setting is missing."""
    environment(AUTOSAAS_SECRET="")
    answer = await send(http, b"{}", secret="")
    assert (answer.status_code, "AUTOSAAS_SECRET" in answer.text) == (503, True)


async def test_the_message_is_described(http: httpx.AsyncClient) -> None:
    """OpenAPI names its fields."""
    described = (await http.get("/api/openapi.json")).json()["paths"]["/api/autosaas/webhook"]["post"]
    fields = described["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert {"name", "targetAudience", "externalId"} <= fields.keys()


async def log_in(http: httpx.AsyncClient, role: Role) -> None:
    who = await stage.person(role)
    redeemed = await people.redeem_ticket(await people.open_ticket(who.email, "una-clave-larga"))
    assert redeemed
    http.cookies.set(people.COOKIE, redeemed[0])


async def test_a_logo_is_kept_and_can_be_seen(http: httpx.AsyncClient) -> None:
    """The answer names it for the template and says where it is shown."""
    await log_in(http, Role.EDITOR)
    answer = await http.post("/api/products/logo", content=stage.picture_bytes(clock.now()))
    assert answer.status_code == 201
    assert answer.json()["name"].endswith(".jpg")
    assert (await http.get(answer.json()["url"])).status_code == 200


@pytest.mark.parametrize(
    ("role", "content", "origin", "status"),
    [
        (None, b"x", None, 401),
        (Role.VIEWER, b"x", None, 403),
        (Role.EDITOR, b"x", "https://malo.com", 403),
        (Role.EDITOR, b"no picture", None, 422),
        (Role.EDITOR, b"x" * 5_000_001, None, 422),
    ],
)
async def test_what_is_no_logo_is_refused(
    http: httpx.AsyncClient, role: Role | None, content: bytes, origin: str | None, status: int
) -> None:
    """Strangers, viewers, foreign pages, other files and large ones, each with a sentence in the person's language."""
    if role:
        await log_in(http, role)
    headers = {"origin": origin} if origin else {}
    answer = await http.post("/api/products/logo?language=es", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["detail"].endswith(".")
