"""The fault script: rules that make a service behave badly, applied around every handler as ASGI middleware.

A rule, as posted to /control/faults::

    {"match": {"platform": "facebook", "method": "POST", "path_regex": "/feed$", "nth": 1, "account": "1048…"},
     "action": "accept_then_hang", "times": 1}

Every key of `match` is optional. `platform` is facebook, instagram, meta (both), tiktok, linkedin, claude or
replicate; `nth` counts the calls that match (1: from the first); `times` is how many of them are hit (null: all).

=====================  ==========================================================================================
accept_then_hang       the effect happens, then nothing is answered (`seconds`, default 600, then cut)
accept_then_500        the effect happens, the answer is a server error (`status`)
accept_then_reset      the effect happens, the connection is cut
reset_before_accept    the connection is cut and nothing happens
hang_before_accept     nothing happens and nothing is answered
status                 nothing happens (unless `accept` is true); answers `status`, `body`, `headers`
throttle               nothing happens; the service's own limit error (`retry_after` seconds)
token_expired          nothing happens; the service's own expired-token error (never on the sign-in paths)
slow_processing        what this call submits takes `seconds` to process
fail_processing        what this call submits fails in processing (`reason`: the service's own code)
malformed              the effect happens (unless `accept` is false), the answer breaks off in the middle, status 200
webhook_duplicate      the next notification is sent twice
webhook_reorder        the next notification is sent after the one that follows it
webhook_drop           the next notification is never sent
=====================  ==========================================================================================
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import anyio
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketingos.sandbox import answers
from marketingos.sandbox.twin import Processing, Twin, forced_processing

PLATFORMS = ("facebook", "instagram", "meta", "tiktok", "linkedin", "claude", "replicate")
ACTIONS = (
    "accept_then_hang", "accept_then_500", "accept_then_reset", "reset_before_accept", "hang_before_accept",
    "status", "throttle", "token_expired", "slow_processing", "fail_processing", "malformed",
    "webhook_duplicate", "webhook_reorder", "webhook_drop",
)  # fmt: skip
_SIGN_IN = re.compile(r"oauth|/auth/|debug_token")
_INSTAGRAM_NODE = re.compile(r"/1[78]\d{15}(/|$)")


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which calls a rule is about; an absent key matches all."""

    platform: str | None = None
    method: str | None = None
    path_regex: str | None = None
    account: str | None = None
    nth: int = 1


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line of the fault script."""

    action: str
    match: Match = Match()
    times: int | None = 1
    seconds: float | None = None
    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: int | None = None
    reason: str = ""
    accept: bool | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Rule":
        """Read one rule of a script; ValueError says what is wrong with it."""
        match = _known(Match, raw.get("match") or {})
        rule = cls(**{**_known(cls, raw), "match": Match(**match)})
        if rule.action not in ACTIONS:
            raise ValueError(f"unknown action {rule.action!r}")
        if rule.match.platform is not None and rule.match.platform not in PLATFORMS:
            raise ValueError(f"unknown platform {rule.match.platform!r}")
        try:
            re.compile(rule.match.path_regex or "")
        except re.error as error:
            raise ValueError(f"path_regex: {error}") from error
        return rule


def _known(shape: type[Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(raw) - {item.name for item in fields(shape)}
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)} in {shape.__name__.lower()}")
    return dict(raw)


class ConnectionCut(Exception):
    """Raised after a response has begun, so that the server closes the socket without finishing it."""


def platform_of(path: str) -> str | None:
    """The service a path (below the sandbox's base) belongs to; None for the wall, the ledger and control."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    if first == "meta":
        return "instagram" if _INSTAGRAM_NODE.search(path) else "facebook"
    return first if first in ("tiktok", "linkedin", "claude", "replicate") else None


class Faults:
    """Counts every call to a service and lets the first rule that is due spoil it."""

    def __init__(self, app: ASGIApp, twin: Twin) -> None:
        self._app = app
        self._twin = twin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _path(scope) if scope["type"] == "http" else ""
        platform = platform_of(path)
        if platform is None:
            await self._app(scope, receive, send)
            return
        self._twin.ledger.count_call(scope["method"], path)
        await anyio.sleep(self._twin.setting("latency_ms") / 1_000)
        rule = due_rule(self._twin, platform, scope["method"], path, self._account(scope, path))
        if rule is None:
            await self._app(scope, receive, send)
        else:
            await _Spoiled(self._app, platform, rule).run(scope, receive, send)

    def _account(self, scope: Scope, path: str) -> str:
        """The account a call is about: of the node or the upload in its address, or what its token stands for."""
        if owner := self._owner(path, str(scope.get("query_string", b""), "latin-1")):
            return owner
        text = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1").partition(" ")[2]
        token = self._twin.ledger.token(text) if text else None
        return " ".join((token.subject, *token.grants)) if token else ""

    def _owner(self, path: str, query: str) -> str | None:
        """Whose a Graph node, a LinkedIn upload or a TikTok upload is."""
        ledger = self._twin.ledger
        if upload := re.search(r"upload_id=([^&]+)", query):
            asset = ledger.asset(f"upload:{upload[1]}")
        elif upload := re.search(r"/dms-uploads/(\w+)/([^/]+)$", path):
            asset = ledger.asset(f"urn:li:{upload[1]}:{upload[2]}")
        elif node := re.search(r"/(\d{15,17})(?:_\d+)?(?:/|$)", path):
            asset, post = ledger.asset(node[1]), ledger.post(node[1])
            return asset.owner if asset else post.account if post else node[1]
        else:
            return None
        return asset.owner if asset else None


def due_rule(twin: Twin, platform: str, method: str, path: str, account: str = "") -> Rule | None:
    """The first rule that hits this call, counted as used; webhooks ask with method `WEBHOOK`."""
    for row in twin.ledger.rules():
        if (row.get("match") or {}).get("account") not in (None, *account.split()):
            continue
        rule = Rule.parse({name: row[name] for name in row if name not in ("id", "seen", "done")})
        if not _matches(rule, platform, method, path):
            continue
        due = row["seen"] + 1 >= rule.match.nth and (rule.times is None or row["done"] < rule.times)
        twin.ledger.count_rule(row["id"], done=due)
        if due:
            return rule
    return None


def _matches(rule: Rule, platform: str, method: str, path: str) -> bool:
    match = rule.match
    wanted = ("facebook", "instagram", "meta") if match.platform == "meta" else (match.platform,)
    return (
        (match.platform is None or platform in wanted)
        and rule.action.startswith("webhook_") == (method == "WEBHOOK")
        and not (rule.action == "token_expired" and _SIGN_IN.search(path))
        and (match.method is None or match.method.upper() == method)
        and (match.path_regex is None or re.search(match.path_regex, path) is not None)
    )


class _Spoiled:
    """One call under one rule."""

    def __init__(self, app: ASGIApp, platform: str, rule: Rule) -> None:
        self._app = app
        self._platform = platform
        self._rule = rule

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        play: Callable[[Scope, Receive, Send], Awaitable[None]] = getattr(self, f"_{self._rule.action}")
        await play(scope, receive, send)

    async def _accept(self, scope: Scope, receive: Receive) -> list[Message]:
        """Let the real effect happen and keep the answer back."""
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self._app(scope, receive, keep)
        return kept

    async def _accept_then_hang(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._accept(scope, receive)
        await self._hang_before_accept(scope, receive, send)

    async def _hang_before_accept(self, scope: Scope, receive: Receive, send: Send) -> None:
        with anyio.move_on_after(600 if self._rule.seconds is None else self._rule.seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
        await _cut(send)

    async def _accept_then_500(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._accept(scope, receive)
        answer = answers.server_error(self._platform)
        answer.status_code = self._rule.status
        await answer(scope, receive, send)

    async def _accept_then_reset(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._accept(scope, receive)
        await _cut(send)

    async def _reset_before_accept(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _cut(send)

    async def _status(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._rule.accept:
            await self._accept(scope, receive)
        await _answer(self._rule)(scope, receive, send)

    async def _throttle(self, scope: Scope, receive: Receive, send: Send) -> None:
        node = re.search(r"/(\d{15,17})", _path(scope))
        answer = answers.throttled(self._platform, self._rule.retry_after, node[1] if node else "")
        await answer(scope, receive, send)

    async def _token_expired(self, scope: Scope, receive: Receive, send: Send) -> None:
        await answers.token_expired(self._platform)(scope, receive, send)

    async def _slow_processing(self, scope: Scope, receive: Receive, send: Send) -> None:
        seconds = 30.0 if self._rule.seconds is None else self._rule.seconds
        await self._processed(Processing(seconds), scope, receive, send)

    async def _fail_processing(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._processed(Processing(self._rule.seconds, self._rule.reason or "internal"), scope, receive, send)

    async def _processed(self, forced: Processing, scope: Scope, receive: Receive, send: Send) -> None:
        mark = forced_processing.set(forced)
        try:
            await self._app(scope, receive, send)
        finally:
            forced_processing.reset(mark)

    async def _malformed(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept = [] if self._rule.accept is False else await self._accept(scope, receive)
        whole = b"".join(m.get("body", b"") for m in kept if m["type"] == "http.response.body")
        broken = whole[: max(1, len(whole) // 2)] or b'{"id":'
        await Response(broken, 200, media_type="application/json")(scope, receive, send)


async def _cut(send: Send) -> None:
    """Promise a long body and break off: granian and uvicorn close the socket, the client reads a broken answer."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": True})
    raise ConnectionCut


def _answer(rule: Rule) -> Response:
    if isinstance(rule.body, str):
        return PlainTextResponse(rule.body, rule.status, headers=rule.headers)
    return JSONResponse({} if rule.body is None else rule.body, rule.status, headers=rule.headers)


def _path(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
