"""Claude's Messages API over HTTP: same addresses, headers, refusals, usage and cache as the real one.

The words of an answer come from `copywriter`; this module decides whether there is an answer at all and what
it is billed. Contract: contracts/ai.md section 1. SDK base_url is wherever these routes are mounted.
"""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from . import claude_rules as rules
from . import copywriter
from .claude_batches import Batches
from .claude_rules import ApiError, invalid
from .claude_usage import PromptCache, prompt_of, thinking_tokens, tokens
from .copywriter.lapses import Lapse

MAX_BODY = 32 * 1024 * 1024
Endpoint = Callable[[Request], Awaitable[Response]]
Lapses = Callable[[Mapping[str, Any]], Lapse | None]
"""How the answer to a request goes wrong, if it does."""

Bill = Callable[[str, str, str, Mapping[str, int]], None]
"""Writes down what is billed: service, model, request, and how much of each kind."""


def routes(
    *,
    clock: Callable[[], datetime],
    latency: Callable[[], float] = lambda: 0.35,
    lapses: Lapses = lambda request: None,
    bill: Bill = lambda *entry: None,
) -> list[BaseRoute]:
    """The API's routes, relative to the SDK's base_url; `latency` is the wait of one message in seconds, `lapses` makes
    the writer fail, `bill` learns of every message."""
    api = _Claude(clock, latency, lapses, bill)
    table: list[tuple[str, str, Endpoint]] = [
        ("POST", "/v1/messages", api.create_message),
        ("POST", "/v1/messages/count_tokens", api.count_tokens),
        ("GET", "/v1/models", api.list_models),
        ("GET", "/v1/models/{model_id}", api.retrieve_model),
        ("POST", "/v1/messages/batches", api.create_batch),
        ("GET", "/v1/messages/batches", api.list_batches),
        ("GET", "/v1/messages/batches/{batch_id}", api.retrieve_batch),
        ("POST", "/v1/messages/batches/{batch_id}/cancel", api.cancel_batch),
        ("GET", "/v1/messages/batches/{batch_id}/results", api.batch_results),
    ]
    return [Route(path, _answering(endpoint), methods=[method]) for method, path, endpoint in table]


def _answering(endpoint: Endpoint) -> Endpoint:
    """Authentication, the request id and the error envelope, around every endpoint."""

    async def answer(request: Request) -> Response:
        request_id = request.state.request_id = f"req_011{secrets.token_hex(10)}"
        try:
            _authenticate(request)
            response = await endpoint(request)
        except ApiError as error:
            envelope = {"type": "error", "error": {"type": error.kind, "message": error.message},
                        "request_id": request_id}  # fmt: skip
            response = JSONResponse(envelope, status_code=error.status)
        response.headers["request-id"] = request_id
        return response

    return answer


def _authenticate(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not (scheme.lower() == "bearer" and token.strip()) and not request.headers.get("x-api-key"):
        raise ApiError(401, "authentication_error", "Invalid bearer token")
    version = request.headers.get("anthropic-version")
    if version is None:
        raise invalid("anthropic-version: header is required")
    if version not in rules.API_VERSIONS:
        raise invalid(f'anthropic-version: "{version}" is not a valid version')


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if len(raw) > MAX_BODY:
        raise ApiError(413, "request_too_large", "Request exceeds the maximum size")
    try:
        body = json.loads(raw)
    except ValueError:
        raise invalid("The request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise invalid("Input should be a valid dictionary")
    return body


@dataclass
class _Claude:
    clock: Callable[[], datetime]
    latency: Callable[[], float]
    lapses: Lapses
    bill: Bill
    caches: dict[str, PromptCache] = field(default_factory=dict)
    batches: Batches = field(init=False)

    def __post_init__(self) -> None:
        self.batches = Batches(self.clock, self._message)

    async def create_message(self, request: Request) -> Response:
        body = await _body(request)
        if body.get("stream"):
            raise invalid("stream: Streaming is not available on this endpoint.")
        message = self._message(body, request.headers.get("authorization", ""))
        self.bill("claude", message["model"], request.state.request_id, _billed(message["usage"]))
        await asyncio.sleep(self.latency())
        return JSONResponse(message)

    async def count_tokens(self, request: Request) -> Response:
        body = await _body(request)
        rules.check_request(body, self.clock(), counting=True)
        return JSONResponse({"input_tokens": prompt_of(body).total})

    async def list_models(self, request: Request) -> Response:
        now = self.clock()
        wanted = request.query_params.getlist("lifecycle") or request.query_params.getlist("lifecycle[]")
        found = [rules.model_info(model, now) for model in rules.MODELS.values()]
        found = [info for info in found if not wanted or info["lifecycle"] in wanted]
        return JSONResponse(_page(found, request))

    async def retrieve_model(self, request: Request) -> Response:
        model = rules.MODELS.get(request.path_params["model_id"])
        if model is None:
            raise ApiError(404, "not_found_error", f"model: {request.path_params['model_id']}")
        return JSONResponse(rules.model_info(model, self.clock()))

    async def create_batch(self, request: Request) -> Response:
        return JSONResponse(self.batches.create(await _body(request)))

    async def list_batches(self, request: Request) -> Response:
        return JSONResponse(_page(self.batches.newest(_mount(request)), request))

    async def retrieve_batch(self, request: Request) -> Response:
        return JSONResponse(self.batches.retrieve(request.path_params["batch_id"], _mount(request)))

    async def cancel_batch(self, request: Request) -> Response:
        return JSONResponse(self.batches.cancel(request.path_params["batch_id"], _mount(request)))

    async def batch_results(self, request: Request) -> Response:
        lines = self.batches.results(request.path_params["batch_id"])
        return Response("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines),
                        media_type="application/x-jsonl")  # fmt: skip

    def _message(self, body: Mapping[str, Any], credential: str, tier: str = "standard") -> dict[str, Any]:
        """A finished message, or an ApiError. Billing happens whether or not the answer fits max_tokens."""
        now = self.clock()
        model = rules.check_request(body, now)
        lapse = self.lapses(body)
        output = body.get("output_config") or {}
        thought = thinking_tokens(output.get("effort") or model.effort)
        end = _ended(copywriter.answer(body, lapse), body["max_tokens"] - thought, lapse)
        thought = min(thought, body["max_tokens"])
        cache = self.caches.setdefault(credential, PromptCache())
        usage = cache.bill(prompt_of(body), now) | {
            "output_tokens": body["max_tokens"] if end.reason == "max_tokens" else thought + tokens(end.text),
            "output_tokens_details": {"thinking_tokens": thought},
            "service_tier": tier, "inference_geo": "global",
        }  # fmt: skip
        return {
            "id": f"msg_01{secrets.token_hex(11)}", "type": "message", "role": "assistant", "model": model.id,
            "content": _content(end, thought), "stop_reason": end.reason, "stop_sequence": None,
            "stop_details": end.details, "usage": usage,
        }  # fmt: skip


def _billed(usage: Mapping[str, Any]) -> dict[str, int]:
    """The message and its tokens, by the names of the answer's `usage`."""
    kinds = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
    return {"calls": 1, **{kind: usage[kind] for kind in kinds}}


def _mount(request: Request) -> str:
    """The SDK's base_url as the caller wrote it: what `results_url` is built on."""
    return str(request.url).partition("/v1/")[0]


def _page(found: list[dict[str, Any]], request: Request) -> dict[str, Any]:
    """A list's page: `limit` entries after `after_id`."""
    ids = [entry["id"] for entry in found]
    after = request.query_params.get("after_id")
    rest = found[ids.index(after) + 1 :] if after in ids else found
    page = rest[: int(request.query_params.get("limit", 20))]
    return {"data": page, "has_more": len(rest) > len(page),
            "first_id": page[0]["id"] if page else None, "last_id": page[-1]["id"] if page else None}  # fmt: skip


@dataclass(frozen=True)
class _End:
    """How an answer ended: what was said, the stop reason, and a refusal's details."""

    text: str
    reason: str = "end_turn"
    details: Mapping[str, Any] | None = None


def _ended(text: str, room: int, lapse: Lapse | None) -> _End:
    """The answer as far as it comes: whole, cut where the tokens run out, or declined (contracts/ai.md 1.4)."""
    kind = lapse.kind if lapse else ""
    if kind == "refusal":
        return _End("I can't help with this request.", "refusal", _refusal(None))
    if kind == "silent_refusal":
        return _End("", "refusal", _refusal("general_harms"))
    if kind == "truncated":
        return _End(text[: len(text) * 3 // 5], "max_tokens")
    return _End(text) if tokens(text) <= room else _End(text[: max(room, 0) * 31 // 10], "max_tokens")


def _refusal(category: str | None) -> dict[str, Any]:
    return {"type": "refusal", "category": category, "explanation": None}


def _content(end: _End, thought: int) -> list[dict[str, Any]]:
    """The blocks of an answer: thinking first; nothing at all when it was declined without a word."""
    thinking = {"type": "thinking", "thinking": "", "signature": secrets.token_urlsafe(48)}
    spoken = {"type": "text", "text": end.text, "citations": None}
    silent = end.reason == "refusal" and not end.text
    return [*([thinking] if thought and not silent else []), *([spoken] if end.text else [])]
