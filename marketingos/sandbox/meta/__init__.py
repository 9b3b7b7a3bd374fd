"""Meta Graph at HTTP level: one door for graph, graph-video and rupload; versions, tokens, batches, many ids.

Paths below `/meta` are exactly Graph's: `/v25.0/{page}/feed`, `/v25.0/dialog/oauth`, `/video-upload/v25.0/{video}`.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from marketingos.sandbox import answers
from marketingos.sandbox.meta import (
    insights,
    instagram,
    media,
    media_insights,
    oauth,
    pages,
    posts,
    stories,
    upload,
    videos,
)
from marketingos.sandbox.meta.graph import dispatch
from marketingos.sandbox.meta.wire import Call, GraphError, Params, read_params, served_version
from marketingos.sandbox.rows import Token
from marketingos.sandbox.twin import Twin

FILLED_BY = (insights, instagram, media, media_insights, oauth, pages, posts, stories, videos)
"""Imported for the fields and edges they register."""

_BATCH = _IDS = 50
_VERSION = re.compile(r"^(v\d+\.\d+)(?:/|$)")
_PLAIN: dict[str, Callable[[Call], Awaitable[Any]]] = {
    "oauth/access_token": oauth.access_token,
    "debug_token": oauth.debug_token,
}


def routes(twin: Twin) -> list[BaseRoute]:
    """Every route of Graph; mount them under `/meta`."""

    async def graph(request: Request) -> Response:
        return await _graph(twin, request)

    async def rupload(request: Request) -> Response:
        try:
            return JSONResponse(await upload.receive(twin, request))
        except GraphError as error:
            return _refusal(error)

    async def session(request: Request) -> Response:
        try:
            return JSONResponse(await upload.continue_session(twin, request))
        except GraphError as error:
            return _refusal(error)

    async def dialog(request: Request) -> Response:
        return await oauth.dialog(twin, request)

    return [
        Route("/video-upload/{version}/{target}", rupload, methods=["POST", "GET"]),
        Route("/ig-api-upload/{version}/{target}", rupload, methods=["POST", "GET"]),
        Route("/{version}/upload:{session}", session, methods=["POST", "GET"]),
        Route("/{version}/dialog/oauth", dialog, methods=["GET", "POST"]),
        Route("/dialog/oauth", dialog, methods=["GET", "POST"]),
        Route("/{path:path}", graph, methods=["GET", "POST", "DELETE"]),
    ]


async def _graph(twin: Twin, request: Request) -> Response:
    path = str(request.path_params["path"]).strip("/")
    version = served_version(None, twin.now())
    try:
        named = _VERSION.match(path)
        version = served_version(named[1] if named else None, twin.now())
        path = path[named.end() :] if named else path
        params = await read_params(request)
        call = Call(twin, version, request.method, path, params, None)
        call = _signed(call, _token_text(request, params))
        response: Response = JSONResponse(await _run(call), headers=_usage(call))
    except GraphError as error:
        response = _refusal(error)
    response.headers["facebook-api-version"] = version
    response.headers["x-fb-request-id"] = secrets.token_urlsafe(12)
    return response


def _refusal(error: GraphError) -> JSONResponse:
    return answers.graph_error(
        error.status,
        error.code,
        error.message,
        subcode=error.subcode,
        kind=error.kind,
        title=error.title,
        text=error.text,
        transient=error.transient,
    )


async def _run(call: Call) -> Any:
    if call.path in _PLAIN:
        return await _PLAIN[call.path](call)
    if not call.path:
        return await (_batch(call) if call.method == "POST" else _many(call))
    node_id, _, name = call.path.partition("/")
    if name == "uploads" and call.method == "POST":
        return upload.open_session(call, node_id)
    if call.token is None and node_id == "me":
        message = "An active access token must be used to query information about the current user."
        raise GraphError(2500, message)
    if node_id in ("dialog", "oauth") or "/" in name:
        raise GraphError(2500, f"Unknown path components: /{name or node_id}")
    return await dispatch(call, node_id, name)


# tokens


def _token_text(request: Request, params: Params) -> str | None:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "oauth") and text:
        return text.strip()
    return params.text("access_token")


def _signed(call: Call, text: str | None) -> Call:
    """The call with its token recognised; a dead or unknown token is code 190."""
    if text is None or call.path in _PLAIN:
        return call
    token = oauth.resolve_token(call.twin, text)
    proof = call.params.text("appsecret_proof")
    if proof is not None:
        _check_proof(call.twin, token, proof)
    return Call(call.twin, call.version, call.method, call.path, call.params, token)


def _check_proof(twin: Twin, token: Token, proof: str) -> None:
    app = twin.ledger.app(token.app)
    expected = hmac.new(str(app["secret"] if app else "").encode(), token.token.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, proof):
        message = "Invalid appsecret_proof provided in the API argument"
        raise GraphError(100, message, kind="GraphMethodException")


def _usage(call: Call) -> dict[str, str]:
    """Usage of the account's quota in percent, once it has been called a few times."""
    if call.token is None or call.token.kind == "app":
        return {}
    node = call.path.partition("/")[0].partition("_")[0]
    kind = "instagram" if re.fullmatch(r"1[78]\d{15}", node) else "pages"
    owner = node if node in call.token.grants else call.token.subject
    used = call.twin.ledger.hit(f"graph:{owner}", call.now, 3_600)
    percent = min(99, used * 100 // 4_800)
    usage = {
        "type": kind,
        "call_count": percent,
        "total_cputime": percent // 2,
        "total_time": percent // 2,
        "estimated_time_to_regain_access": 0,
    }
    if call.token.kind == "page":
        return {"x-business-use-case-usage": json.dumps({owner: [usage]})}
    return {"x-app-usage": json.dumps(dict.fromkeys(("call_count", "total_time", "total_cputime"), percent))}


# many at once


async def _many(call: Call) -> Any:
    """`GET /?ids=a,b&fields=…`: an object keyed by id, all readable with the one token or none at all."""
    ids = call.params.items("ids")
    if not ids:
        raise GraphError(100, "(#100) The parameter ids is required")
    if len(ids) > _IDS:
        raise GraphError(100, f"(#100) Too many IDs. Maximum: {_IDS}. Provided: {len(ids)}.")
    return {node_id: await dispatch(call, node_id, "") for node_id in map(str, ids)}


async def _batch(call: Call) -> list[Any]:
    items = call.params.items("batch")
    if not items:
        raise GraphError(100, "(#100) The parameter batch is required")
    if len(items) > _BATCH:
        raise GraphError(100, f"(#100) Too many requests in batch message. Maximum batch size is {_BATCH}")
    headers = call.params.flag("include_headers", True)
    return [await _batched(call, item, headers=headers) for item in items]


async def _batched(call: Call, item: dict[str, Any], *, headers: bool) -> dict[str, Any]:
    parts = urlsplit(str(item.get("relative_url", "")))
    values = dict(parse_qsl(parts.query, keep_blank_values=True)) | dict(parse_qsl(str(item.get("body", ""))))
    path = _VERSION.sub("", parts.path.strip("/"))
    inner = Call(call.twin, call.version, str(item.get("method", "GET")).upper(), path, Params(values), call.token)
    code, body = 200, ""
    try:
        text = item.get("access_token") or values.get("access_token")
        body = json.dumps(await _run(_signed(inner, text) if text else inner))
    except GraphError as error:
        refusal = _refusal(error)
        code, body = refusal.status_code, bytes(refusal.body).decode()
    answer: dict[str, Any] = {"code": code, "body": body}
    if headers:
        answer["headers"] = [{"name": "Content-Type", "value": "application/json"}]
    return answer
