"""The errors any call may meet, in each service's own envelope: a server fault, a throttle, a dead token."""

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

_GRAPH = ("facebook", "instagram", "meta")


def graph_error(
    status: int,
    code: int,
    message: str,
    *,
    subcode: int | None = None,
    kind: str = "OAuthException",
    transient: bool | None = None,
    title: str | None = None,
    text: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Meta's envelope, with keys that have no value left out as Meta leaves them out."""
    error: dict[str, Any] = {"message": message, "type": kind, "code": code}
    optional = {
        "error_subcode": subcode,
        "is_transient": transient,
        "error_user_title": title,
        "error_user_msg": text,
    }
    error |= {name: value for name, value in optional.items() if value is not None}
    error["fbtrace_id"] = "A" + secrets.token_urlsafe(17)[:22]
    return JSONResponse({"error": error}, status, headers=dict(headers or {}))


def tiktok_error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    error = {"code": code, "message": message, "log_id": log_id()}
    return JSONResponse({"data": {}, "error": error}, status, headers=dict(headers or {}))


def log_id() -> str:
    """TikTok's request id: digits and upper-case hex, 34 characters."""
    return "2026" + secrets.token_hex(15).upper()


def linkedin_error(
    status: int, code: str, message: str, service: int | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    error: dict[str, Any] = {"status": status, "code": code, "message": message}
    if service is not None:
        error["serviceErrorCode"] = service
    return JSONResponse(error, status, headers={"x-li-uuid": secrets.token_urlsafe(16), **(headers or {})})


def server_error(platform: str) -> Response:
    """What the service says when it fell over; whether the work was done is not to be read from it."""
    if platform in _GRAPH:
        return graph_error(500, 2, "An unexpected error has occurred. Please retry your request later.", transient=True)
    if platform == "tiktok":
        return tiktok_error(500, "internal_error", "Something went wrong. Please try again later.")
    if platform == "linkedin":
        return HTMLResponse("<html><head><title>500</title></head><body>Internal Server Error</body></html>", 500)
    return _model_error(platform, 500, "api_error", "Internal server error", {})


def throttled(platform: str, retry_after: int | None, account: str) -> Response:
    """The service's limit. Meta tells the wait in minutes in its usage header; the others, if at all, in seconds."""
    headers = {"retry-after": str(retry_after)} if retry_after is not None else {}
    if platform in _GRAPH:
        return _graph_throttled(platform, retry_after, account, headers)
    if platform == "tiktok":
        return tiktok_error(429, "rate_limit_exceeded", "The API rate limit was exceeded.", headers)
    if platform == "linkedin":
        return linkedin_error(
            429, "TOO_MANY_REQUESTS", "Resource level throttle limit for calls is reached", 101, headers
        )
    return _model_error(platform, 429, "rate_limit_error", "Rate limit exceeded.", headers)


def _graph_throttled(platform: str, wait: int | None, account: str, headers: dict[str, str]) -> Response:
    kind, code = ("instagram", 80002) if platform == "instagram" else ("pages", 80001)
    minutes = max(1, round((wait or 60) / 60))
    usage = (
        f'{{"{account}":[{{"type":"{kind}","call_count":100,"total_cputime":12,"total_time":18,'
        f'"estimated_time_to_regain_access":{minutes}}}]}}'
    )
    message = f"(#{code}) There have been too many calls from this account. Wait a bit and try again."
    return graph_error(400, code, message, headers={**headers, "x-business-use-case-usage": usage})


def token_expired(platform: str) -> Response:
    """The access token is past its end; a refresh or a new consent is needed."""
    if platform in _GRAPH:
        message = "Error validating access token: Session has expired. The session has been invalidated by time."
        return graph_error(401, 190, message, subcode=463)
    if platform == "tiktok":
        text = "The access token is invalid or not found in the request."
        return tiktok_error(401, "access_token_invalid", text)
    if platform == "linkedin":
        text = "The token used in the request has expired"
        return linkedin_error(401, "EXPIRED_ACCESS_TOKEN", text, 65601)
    return _model_error(platform, 401, "authentication_error", "invalid x-api-key", {})


def _model_error(platform: str, status: int, kind: str, message: str, headers: dict[str, str]) -> Response:
    if platform == "claude":
        body: dict[str, Any] = {
            "type": "error",
            "error": {"type": kind, "message": message},
            "request_id": "req_011" + secrets.token_hex(10),
        }
    else:
        body = {"title": kind, "detail": message, "status": status}
    return JSONResponse(body, status, headers=headers)
