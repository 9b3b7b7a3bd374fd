"""A platform faked at the wire, and the walk of a publication over it.

`Wire` answers requests from a script and keeps them, so that a test compares what was really sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
from pydantic import SecretStr

from marketingos import clock
from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Attachment, Content
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import Accepted, Dropped, Grant, Progress, Published, Publisher, Ready, Working

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TOKEN = "secret-token-of-the-account"
JPEG = b"\xff\xd8\xff" + b"picture" * 10


@dataclass
class Rule:
    """One line of the script: which request it is for, and what it answers (an exception is raised instead)."""

    method: str
    path: str
    answer: httpx.Response | Exception
    times: int = 1


@dataclass
class Wire:
    """Answers by the first rule that fits and is not used up; a request without a rule fails the test."""

    rules: list[Rule] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def on(
        self,
        method: str,
        path: str,
        body: Any = None,
        status: int = 200,
        *,
        headers: Mapping[str, str] | None = None,
        text: str | None = None,
        error: Exception | None = None,
        times: int = 1,
    ) -> Wire:
        """Adds a rule; `path` is a regular expression over path and query. No body at all when it is None."""
        content = text if text is not None else "" if body is None else json.dumps(body)
        self.rules.append(Rule(method, path, error or httpx.Response(status, headers=headers, text=content), times))
        return self

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        target = request.url.raw_path.decode()
        for rule in self.rules:
            if rule.times and rule.method == request.method and re.search(rule.path, target):
                rule.times -= 1
                if isinstance(rule.answer, Exception):
                    raise rule.answer
                return httpx.Response(
                    rule.answer.status_code, headers=rule.answer.headers, content=rule.answer.content, request=request
                )
        raise AssertionError(f"nobody answers {request.method} {target}")

    @property
    def asked(self) -> list[str]:
        """Method and path of every request, without its query."""
        return [f"{r.method} {r.url.raw_path.decode().partition('?')[0]}" for r in self.requests]

    def json(self, index: int = -1) -> Any:
        """The JSON body of a request."""
        return json.loads(self.requests[index].content)

    def query(self, index: int = -1) -> dict[str, str]:
        """The query of a request, decoded."""
        parsed = parse_qs(self.requests[index].url.query.decode(), keep_blank_values=True)
        return {name: values[0] for name, values in parsed.items()}


@dataclass
class Shelf:
    """A library of files in memory; `largest` is the longest span that was read at once."""

    files: dict[str, bytes] = field(default_factory=dict)
    base: str = "https://media.example.com"
    largest: int = 0

    async def read(self, attachment: Attachment, start: int = 0, end: int | None = None) -> bytes:
        self.largest = max(self.largest, len(self.files[attachment.name][start:end]))
        return self.files[attachment.name][start:end]

    async def stream(self, attachment: Attachment) -> AsyncIterator[bytes]:
        data = self.files[attachment.name]
        for start in range(0, len(data), 1000):
            yield data[start : start + 1000]

    def public_url(self, attachment: Attachment) -> str:
        return f"{self.base}/{attachment.name}"

    def add(self, name: str, data: bytes = JPEG, mime: str = "image/jpeg", **facts: Any) -> Attachment:
        """Puts a file on the shelf and answers it as an attachment."""
        self.files[name] = data
        facts = {"width": 1080, "height": 1350, "sha256": "0" * 64, **facts}
        return Attachment(name=name, mime=mime, size=len(data), **facts)


def grant(kind: AccountKind, external_id: str, token: str = TOKEN) -> Grant:
    return Grant(account_id=1, kind=kind, external_id=external_id, token=SecretStr(token))


def content(
    platform: Platform, text: str = "", *attachments: Attachment, format: Format | None = None, **more: Any
) -> Content:
    """What goes out; the format follows from the attachments when it is not given."""
    kind = format or (Format.IMAGE if attachments else Format.TEXT)
    return Content(platform=platform, format=kind, text=text, attachments=attachments, **more)


def plain(progress: Progress) -> Progress:
    """The progress after a round trip through JSON, as the delivery's row keeps it."""
    return json.loads(json.dumps(dict(progress)))  # type: ignore[no-any-return]


async def prepared(publisher: Publisher, who: Grant, what: Content, progress: Progress | None = None) -> Progress:
    """Walks until `Ready`, without waiting; every step's progress goes through JSON."""
    progress = progress or {}
    for _ in range(100):
        step: Working | Ready = await publisher.prepare(who, what, progress)
        progress = plain(step.progress)
        if isinstance(step, Ready):
            return progress
    raise AssertionError("the walk does not end")


async def settled(publisher: Publisher, who: Grant, what: Content, outcome: Published | Accepted) -> Published:
    """Asks until the post has its id and its comment, waiting as long as it is told; raises why when the platform gives
    it up."""
    found: Published | Accepted | Dropped | Ready = outcome
    now = clock.now()
    for _ in range(100):
        if isinstance(found, Published):
            return found
        if isinstance(found, Dropped):
            raise found.error
        now += found.wait if isinstance(found, Accepted) else timedelta()
        step = publisher.comment if isinstance(found, Ready) else publisher.settle
        with clock.frozen(now):
            found = await step(who, what, plain(found.progress))
    raise AssertionError("the post never gets its id")


async def published(publisher: Publisher, who: Grant, what: Content) -> Published:
    """The whole walk."""
    progress = await prepared(publisher, who, what)
    return await settled(publisher, who, what, await publisher.commit(who, what, progress))
