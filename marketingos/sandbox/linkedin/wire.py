"""LinkedIn's wire: versions and their sunsets, Rest.li 2.0 syntax, little text, tokens, the error envelope."""

import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from marketingos.sandbox import answers
from marketingos.sandbox.rows import Token
from marketingos.sandbox.twin import Twin

SUNSETS = {
    "202510": "2026-10-15", "202511": "2026-11-16", "202601": "2027-01-15", "202602": "2027-02-15",
    "202603": "2027-03-16", "202604": "2027-04-15", "202605": "2027-05-17", "202607": "2027-07-15",
    "202608": "2027-08-16", "202609": "2027-09-15", "202610": "2027-10-15",
}  # fmt: skip
"""Day on which each version stops answering. There was no 202512; a version lives about a year."""

UNPERMITTED = "Unpermitted fields present in REQUEST_BODY: Data Processing Exception while processing fields"
RESERVED = "|{}@[]()<>#\\*_~"


class LinkedInError(Exception):
    """A refusal in LinkedIn's terms."""

    def __init__(self, status: int, code: str, message: str, service: int | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.service = status, code, message, service

    def response(self) -> Response:
        return answers.linkedin_error(self.status, self.code, self.message, self.service)


class GatewayError(LinkedInError):
    """A refusal by the content gateway, which has an envelope of its own."""

    def __init__(self, status: int, code: str, message: str, description: str) -> None:
        super().__init__(status, code, message)
        self.description = description

    def response(self) -> Response:
        inputs = [{"description": self.description, "input": {}, "code": self.code}]
        body = {
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": self.message,
            "errorDetails": {"inputErrors": inputs},
            "status": self.status,
        }
        return JSONResponse(body, self.status)


def forbidden(what: str) -> LinkedInError:
    return LinkedInError(403, "ACCESS_DENIED", f"Not enough permissions to access: {what}", 100)


def illegal(message: str, code: str = "ILLEGAL_ARGUMENT") -> LinkedInError:
    return LinkedInError(400, code, message)


@dataclass(frozen=True)
class Call:
    """One request below /rest, its version alive and its token good."""

    twin: Twin
    request: Request
    token: Token
    version: str
    query: Mapping[str, Any]
    key: str

    @property
    def now(self) -> float:
        return self.twin.now()

    def need(self, *scopes: str) -> None:
        """One of the scopes is enough."""
        if not set(scopes) & set(self.token.scopes):
            raise forbidden(f"{self.request.method} {self.request.url.path}")

    def may_act_for(self, urn: str, *, post: bool = True) -> bool:
        """Whether the token's member is this person, or holds a role on this organisation."""
        if urn.startswith("urn:li:person:"):
            return urn == self.token.subject and "w_member_social" in self.token.scopes
        scope = "w_organization_social" if post else "rw_organization_admin"
        return urn in self.token.grants and scope in self.token.scopes

    async def json(self) -> dict[str, Any]:
        try:
            body = json.loads(await self.request.body())
        except ValueError as error:
            raise illegal("Request body could not be converted to data map") from error
        if not isinstance(body, dict):
            raise illegal("Request body could not be converted to data map")
        return body


Handler = Callable[[Call], Awaitable[Response]]


def endpoint(twin: Twin, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a handler with LinkedIn's checks: version, protocol, token, query and key syntax."""

    async def answer(request: Request) -> Response:
        try:
            response = await handler(_admitted(twin, request))
        except LinkedInError as error:
            return error.response()
        response.headers["x-li-uuid"] = secrets.token_urlsafe(16)
        response.headers["x-restli-protocol-version"] = "2.0.0"
        return response

    return answer


def _admitted(twin: Twin, request: Request) -> Call:
    version = _version(twin, request)
    if request.headers.get("x-restli-protocol-version") != "2.0.0":
        raise illegal("Invalid query parameters passed to request: X-Restli-Protocol-Version 2.0.0 is required")
    token = bearer(twin, request)
    raw = request.scope["query_string"].decode("latin-1")
    return Call(twin, request, token, version, parse_query(raw), _key(request))


def _version(twin: Twin, request: Request) -> str:
    version = request.headers.get("linkedin-version")
    if version is None:
        raise illegal(
            "A version must be present. Please specify a version by adding the LinkedIn-Version header.",
            "VERSION_MISSING",
        )
    today = datetime.fromtimestamp(twin.now(), UTC).date()
    if version not in SUNSETS or SUNSETS[version] <= today.isoformat() or version > today.strftime("%Y%m"):
        raise LinkedInError(426, "NONEXISTENT_VERSION", f"Requested version {version}01 is not active")
    return version


def bearer(twin: Twin, request: Request) -> Token:
    """The token of the Authorization header; 401 with LinkedIn's code otherwise."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not text:
        raise LinkedInError(401, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token", 65604)
    token = twin.ledger.token(text)
    if token is None or token.platform != "linkedin":
        raise LinkedInError(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600)
    if token.revoked:
        raise LinkedInError(
            401, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user", 65601
        )
    if token.expired(twin.now()):
        raise LinkedInError(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65601)
    return token


def _key(request: Request) -> str:
    """The last path segment as an entity key: a URN in it must travel percent-encoded."""
    if "key" not in request.path_params:
        return ""
    raw = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0]
    if "/urn:" in raw:
        raise illegal("Syntax exception in path variables: URNs must be encoded")
    return str(request.path_params["key"])


# Rest.li 2.0


def parse_query(raw: str) -> dict[str, Any]:
    """`ids=List(urn%3Ali…,…)&range=(start:1,end:2)` as lists, dicts and text; ILLEGAL_ARGUMENT when malformed."""
    found: dict[str, Any] = {}
    for part in filter(None, raw.split("&")):
        name, _, value = part.partition("=")
        found[unquote(name)] = restli(value)
    return found


def restli(text: str) -> Any:
    """One value of the Rest.li 2.0 syntax, decoded."""
    value, rest = _value(text)
    if rest:
        raise illegal(f"Invalid query parameters passed to request: unexpected '{rest[0]}'")
    return value


def _value(text: str) -> tuple[Any, str]:
    if text.startswith("List("):
        return _list(text[5:])
    if text.startswith("("):
        return _map(text[1:])
    plain = re.match(r"[^(),:]*", text)
    end = plain.end() if plain else 0
    return unquote(text[:end]), text[end:]


def _list(text: str) -> tuple[list[Any], str]:
    items: list[Any] = []
    while not text.startswith(")"):
        item, text = _value(text)
        items.append(item)
        text = _separator(text)
    return items, text[1:]


def _map(text: str) -> tuple[dict[str, Any], str]:
    items: dict[str, Any] = {}
    while not text.startswith(")"):
        name, text = _value(text)
        if not text.startswith(":"):
            raise illegal("Invalid query parameters passed to request: expected ':'")
        items[str(name)], text = _value(text[1:])
        text = _separator(text)
    return items, text[1:]


def _separator(text: str) -> str:
    if text.startswith(","):
        return text[1:]
    if not text.startswith(")"):
        raise illegal("Invalid query parameters passed to request: expected ',' or ')'")
    return text


# little text


def little_text(source: str) -> tuple[str, str]:
    """What followers see of a commentary, and how much of the source was kept.

    An unescaped reserved character that begins no hashtag or mention ends the text, silently, as on LinkedIn.
    """
    seen: list[str] = []
    at = 0
    while at < len(source):
        step = _piece(source, at)
        if step is None:
            break
        shown, at = step
        seen.append(shown)
    return "".join(seen), source[:at]


_TEMPLATE = re.compile(r"\{hashtag\|\\?#\|([^{}|]+)\}")
_MENTION = re.compile(r"@\[([^\]]+)\]\(urn:li:(?:organization|person):[\w-]+\)")
_HASHTAG = re.compile(r"#(\w+)")


def _piece(source: str, at: int) -> tuple[str, int] | None:
    char = source[at]
    if char not in RESERVED:
        return char, at + 1
    if char == "\\" and source[at + 1 : at + 2] and source[at + 1] in RESERVED:
        return source[at + 1], at + 2
    for pattern, shown in ((_TEMPLATE, "#{}"), (_MENTION, "{}"), (_HASHTAG, "#{}")):
        if match := pattern.match(source, at):
            return shown.format(match[1]), match.end()
    return None


def tunnel(app: ASGIApp) -> ASGIApp:
    """Query tunnelling: a POST with `X-HTTP-Method-Override: GET` and the query as its form body is that GET."""

    async def through(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        form = headers.get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded")
        if headers.get(b"x-http-method-override", b"").upper() == b"GET" and form:
            query = await Request(scope, receive).body()
            scope = {**scope, "method": "GET", "query_string": query}
        await app(scope, receive, send)

    return through


def collection(elements: list[Any], start: int, count: int, total: int | None = None) -> JSONResponse:
    """Rest.li's page of elements."""
    paging: dict[str, Any] = {"start": start, "count": count, "links": []}
    if total is not None:
        paging["total"] = total
    return JSONResponse({"paging": paging, "elements": elements})


def whole(query: Mapping[str, Any], name: str, default: int) -> int:
    value = query.get(name, str(default))
    if not isinstance(value, str) or not value.isdigit():
        raise illegal(f"Invalid query parameters passed to request: {name} must be a number")
    return int(value)


def urns(query: Mapping[str, Any], name: str) -> list[str]:
    """A `List(urn%3A…)` parameter; anything else is refused."""
    value = query.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise illegal(f"Invalid query parameters passed to request: {name} must be List(…) of encoded URNs")
    return value
