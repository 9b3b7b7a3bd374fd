"""TikTok's envelope, tokens and per-minute limits, shared by posting and display calls."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from marketingos.sandbox import answers
from marketingos.sandbox.rows import Account, Token
from marketingos.sandbox.twin import Twin

_WINDOW = 60.0


class TikTokError(Exception):
    """A refusal: `code` as the error catalogue names it."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


@dataclass(frozen=True)
class Call:
    """An authorised call: the token, its creator, and the JSON body."""

    twin: Twin
    request: Request
    token: Token
    creator: Account
    body: dict[str, Any]

    @property
    def now(self) -> float:
        return self.twin.now()


Handler = Callable[[Call], Awaitable[Mapping[str, Any]]]


def endpoint(
    twin: Twin, handler: Handler, *, scopes: Collection[str], per_minute: int
) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a handler: token with one of `scopes`, `per_minute` calls a token, the answer in the envelope."""

    async def answer(request: Request) -> Response:
        try:
            call = await _authorised(twin, request, scopes)
            bucket = f"tiktok:{request.scope['route'].path}:{call.token.token}"
            if twin.ledger.hit(bucket, call.now, _WINDOW) > per_minute:
                raise TikTokError("rate_limit_exceeded", "The API rate limit was exceeded.", 429)
            data = await handler(call)
        except TikTokError as error:
            return answers.tiktok_error(error.status, error.code, error.message)
        return JSONResponse({"data": data, "error": {"code": "ok", "message": "", "log_id": answers.log_id()}})

    return answer


async def _authorised(twin: Twin, request: Request, scopes: Collection[str]) -> Call:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    token = twin.ledger.token(text) if scheme == "Bearer" else None
    creator = twin.ledger.account(token.subject) if token else None
    dead = token is None or token.platform != "tiktok" or token.state != "active" or token.expired(twin.now())
    if dead or token is None or creator is None:
        text = "The access token is invalid or not found in the request."
        raise TikTokError("access_token_invalid", text, 401)
    if not set(scopes) & set(token.scopes):
        text = f"The user did not authorize the scope required for completing this request: {', '.join(scopes)}"
        raise TikTokError("scope_not_authorized", text, 401)
    return Call(twin, request, token, creator, await _body(request))


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body() if request.method == "POST" else b""
    if not raw:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise TikTokError("invalid_params", "The content type must be application/json.")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise TikTokError("invalid_params", "The request body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise TikTokError("invalid_params", "The request body must be an object.")
    return body


def utf16(text: str) -> int:
    """Length as TikTok counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def section(body: Mapping[str, Any], name: str, known: Mapping[str, type]) -> dict[str, Any]:
    """An object of the body whose keys are all known and of their type; invalid_param otherwise."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise TikTokError("invalid_param", f"{name} is required")
    for key, item in value.items():
        if key not in known:
            raise TikTokError("invalid_param", f"{name}.{key} is not a known field")
        kind = known[key]
        if not isinstance(item, kind) or (kind is int and isinstance(item, bool)):
            raise TikTokError("invalid_param", f"{name}.{key} must be of type {kind.__name__}")
    return value
