"""Claude and Replicate for tests of services, and rows made with few words."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy.orm import selectinload
from sqlmodel import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketingos import db
from marketingos.domain.platform import Platform
from marketingos.domain.post import Post, Variant
from marketingos.domain.user import Role
from marketingos.services import accounts, products
from marketingos.services.views import PersonView
from tests.services.stage import KINDS, picture_bytes

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""08:00 in Madrid."""

Answer = Callable[[Any], Response | None]

HOOKS = (
    "¿Todavía pierdes clientes por no contestar?", "El sillón vacío que nadie te paga", "Reservan mientras cortas",
    "Tu barbería, abierta cuando duermes", "La llamada tenía nombre", "Sábado: unos hablan y otros esperan",
    "La libreta manda en la agenda", "¿Quién viene hoy a las siete?", "Menos WhatsApp, más clases llenas",
    "Quedan plazas y nadie lo sabe", "El trimestre, sin sustos", "Enviada, cobrada, olvidada", "Aquel tique de abril",
    "Verifactu sin palabras raras", "Lista de espera dormida", "Cobra antes sin pedir perdón",
)  # fmt: skip
PICTURE = picture_bytes(MONDAY)
_SAMPLE = Path(__file__).parent.parent / "domain" / "package.json"


def _open() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Studio:
    """Passes requests on to the twin, unless `instead` has an answer for a path that ends so."""

    app: ASGIApp | None = None
    base: str = ""
    instead: dict[str, Answer] = field(default_factory=dict)
    asked: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    open: asyncio.Event = field(default_factory=_open)
    """Clear it, and questions wait for their answer until it is set again."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        body = json.loads(raw) if raw else None
        end = request.url.path.rpartition("/")[2]
        if request.method == "POST":
            self.asked[end].append(body)
            await self.open.wait()
        scripted = self.instead.get(end)
        answer = scripted(body) if scripted and request.method == "POST" else None
        assert self.app is not None
        await (answer or self.app)(scope, _replayed(raw, receive), send)

    def writes(self, *changes: Mapping[str, Any] | Response) -> None:
        """Claude's next answers: good packages with these changes, or whole answers; after them good ones. No two of
        them open alike."""
        script = iter(changes)

        def answer(_: Any) -> Response:
            change = next(script, {})
            return change if isinstance(change, Response) else message(json.dumps(self.package(**change)))

        self.instead["messages"] = answer

    def package(self, **changes: Any) -> dict[str, Any]:
        """A good package with an opening of its own; `instagram={"body": …}` changes a field of a part."""
        made = json.loads(_SAMPLE.read_text("utf-8"))
        hook = HOOKS[self.texts % len(HOOKS)]
        made["instagram"]["hook"] = made["facebook"]["hook"] = made["linkedin"]["hook"] = hook
        for part, words in (("instagram", "body"), ("facebook", "body"), ("linkedin", "body"), ("tiktok", "caption")):
            made[part][words] = f"{made[part][words]} {story(self.texts, part)}"
        for name, value in changes.items():
            made[name] = {**made[name], **value} if isinstance(value, dict) else value
        return dict(made)

    def draws(self, *answers: Response) -> None:
        """Replicate's next answers; after them a picture at once, without painting."""
        script = iter(answers)

        def answer(_: Any) -> Response:
            return next(script, None) or JSONResponse(
                {"id": f"p{self.pictures}", "model": "m", "version": "hidden", "status": "succeeded", "input": {},
                 "error": None, "output": f"{self.base}/picture.jpg", "logs": "", "metrics": {}, "urls": {},
                 "created_at": None, "started_at": None, "completed_at": None}, 201
            )  # fmt: skip

        self.instead["predictions"] = answer

    @property
    def texts(self) -> int:
        """How often Claude was asked."""
        return len(self.asked["messages"])

    @property
    def pictures(self) -> int:
        """How often Replicate was asked."""
        return len(self.asked["predictions"])


def story(number: int, part: str) -> str:
    """Words that no other number or part shares, so that two posts are never taken for the same."""
    digests = (hashlib.sha256(f"{number} {part} {place}".encode()).hexdigest() for place in range(30))
    return " ".join(digest[:7].translate(_LETTERS) for digest in digests)


_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def _replayed(raw: bytes, receive: Receive) -> Receive:
    """The body again, and after it what the client really does."""
    pending: list[Message] = [{"type": "http.request", "body": raw, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


def message(text: str, stop_reason: str = "end_turn") -> JSONResponse:
    """An answer of Claude."""
    return JSONResponse(
        {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5",
         "content": [{"type": "text", "text": text}] if text else [], "stop_reason": stop_reason, "stop_sequence": None,
         "usage": {"input_tokens": 1000, "output_tokens": 1000}}
    )  # fmt: skip


def api_error(status: int, kind: str = "api_error", text: str = "no") -> JSONResponse:
    """A refusal of Claude that is not to be tried again by the SDK."""
    error = {"type": "error", "error": {"type": kind, "message": text}}
    return JSONResponse(error, status, headers={"x-should-retry": "false"})


async def demo(*names: str, platforms: Sequence[Platform] = tuple(Platform)) -> dict[str, int]:
    """The demo products, active if named (all without names), with an account on each platform; ids by name."""
    made = await products.seed_demo()
    for product in made:
        for platform in platforms:
            await accounts.connect(
                platform=platform,
                kind=KINDS[platform],
                external_id=f"{product.name}-{platform.value}",
                name=product.name,
                token=SecretStr("token"),
                products=(product.name,),
            )
    async with db.session() as s:
        for row in (await s.exec(select(products.Product))).all():
            row.active = not names or row.name in names
    return {product.name: product.id for product in made}


async def posts() -> list[Post]:
    """Every post with variants and media, by time."""
    parts = selectinload(Post.variants).selectinload(Variant.pieces)  # type: ignore[arg-type]
    async with db.reading() as s:
        return list((await s.exec(select(Post).options(parts).order_by(Post.scheduled_at))).all())  # type: ignore[arg-type]


def person(role: Role = Role.ADMIN) -> PersonView:
    """Somebody with that role."""
    return PersonView(id=1, name="Laura", email="laura@codetix.es", role=role)
