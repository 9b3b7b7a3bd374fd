"""A scripted HTTP counterpart on a real socket, for adapters whose SDK brings its own client."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


@dataclass
class Heard:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class Script:
    """Answers the next line of its script; the last line is repeated. Keeps what it heard."""

    lines: Sequence[Response]
    heard: list[Heard] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        body = json.loads(raw) if raw else None
        self.heard.append(Heard(request.method, request.url.path, dict(request.headers), body))
        line = self.lines[min(len(self.heard), len(self.lines)) - 1]
        await line(scope, receive, send)
