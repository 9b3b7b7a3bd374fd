"""The Graph API's grammar: versions, parameters in four encodings, fields with modifiers, errors, cursors."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request

from marketingos.sandbox.rows import Account, Asset, Comment, Post, Token
from marketingos.sandbox.twin import Twin

VERSIONS = {
    "v17.0": "2025-09-12", "v18.0": "2026-01-26", "v19.0": "2026-05-21", "v20.0": "2026-09-24",
    "v21.0": "2027-01-21", "v22.0": "2027-05-20", "v23.0": "2027-10-08", "v24.0": "2028-02-18",
    "v25.0": "2028-07-29", "v26.0": "9999-12-31",
}  # fmt: skip
"""Last day of each version (changelog/versions, 2026). A dead one is served as the oldest alive."""

_NESTED_LIMIT = 25
"""Lists that nest insights must be this short, or Graph gives up."""

ABSENT = object()
"""A field that has nothing to say: its key is left out of the answer."""


class GraphError(Exception):
    """A refusal in Meta's terms; the dispatcher turns it into the envelope."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        status: int = 400,
        kind: str = "OAuthException",
        title: str | None = None,
        text: str | None = None,
        transient: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.status = code, message, subcode, status
        self.kind, self.title, self.text, self.transient = kind, title, text, transient


def invalid(message: str, subcode: int | None = None) -> GraphError:
    """The everyday refusal: code 100, a parameter is wrong."""
    return GraphError(100, f"(#100) {message}", subcode=subcode)


def unknown_object(node_id: str, verb: str = "get") -> GraphError:
    """Meta does not say whether an object is missing or merely not ours to see."""
    message = (
        f"Unsupported {verb} request. Object with ID '{node_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    return GraphError(100, message, subcode=33, kind="GraphMethodException")


def served_version(named: str | None, now: float) -> str:
    """The version that answers: the named one while it lives, else the oldest alive."""
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    alive = [version for version, last in VERSIONS.items() if last > today]
    if named is not None and named not in VERSIONS:
        number = float(named[1:])
        if number > float(alive[-1][1:]):
            raise GraphError(2500, f"Unknown path components: /{named}")
    return named if named in alive else alive[0]


def graph_time(moment: float) -> str:
    """`2026-08-07T12:34:56+0000`, as Graph writes times."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def read_time(text: str) -> float:
    """Unix seconds, or ISO 8601; ValueError otherwise."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    moment = datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@dataclass(frozen=True)
class Params:
    """The parameters of a call, whichever of query, form, multipart or JSON they came in."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value) if isinstance(value, dict | list | bool) else str(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self.values.get(name)
        if value is None:
            return default
        if str(value).lower() not in ("true", "false", "1", "0"):
            raise invalid(f"Param {name} must be a boolean")
        return str(value).lower() in ("true", "1")

    def whole(self, name: str) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d+", value):
            raise invalid(f"Param {name} must be an integer")
        return int(value)

    def moment(self, name: str) -> float | None:
        value = self.text(name)
        try:
            return None if value is None else read_time(value)
        except ValueError as error:
            raise invalid(f"Param {name} must be a valid date/time or timestamp") from error

    def items(self, name: str) -> list[Any]:
        """A list given as JSON, as `name[0]`, `name[1]`, …, or as text with commas."""
        value = self.values.get(name)
        if value is None:
            keys = sorted((key for key in self.values if re.fullmatch(rf"{name}\[\d+\]", key)), key=_position)
            return [_decoded(self.values[key]) for key in keys]
        decoded = _decoded(value)
        if isinstance(decoded, list):
            return [_decoded(item) for item in decoded]
        return [item for item in str(decoded).split(",") if item]


def _position(key: str) -> int:
    return int(key[key.index("[") + 1 : -1])


def _decoded(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in "{[":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


async def read_params(request: Request) -> Params:
    """Query, then body on top of it. A JSON body that does not parse is refused as Graph refuses it."""
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json":
        values |= await _json_body(request)
    elif kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return await _form(request, values)
    return Params(values)


async def _json_body(request: Request) -> dict[str, Any]:
    body = await request.body()
    try:
        values = json.loads(body or b"{}")
    except ValueError as error:
        raise invalid("The request body is not valid JSON") from error
    if not isinstance(values, dict):
        raise invalid("The request body must be a JSON object")
    return values


async def _form(request: Request, values: dict[str, Any]) -> Params:
    files: dict[str, bytes] = {}
    async with request.form(max_part_size=64 * 1024 * 1024) as form:
        for name, part in form.multi_items():
            if isinstance(part, UploadFile):
                files[name] = await part.read()
            else:
                values[name] = part
    return Params(values, files)


@dataclass(frozen=True)
class FieldSpec:
    """One requested field: `comments.limit(0).summary(true){message}`."""

    name: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    children: tuple["FieldSpec", ...] = ()

    @property
    def label(self) -> str:
        return self.arguments.get("as", self.name)


def parse_fields(text: str) -> tuple[FieldSpec, ...]:
    """Read a `fields` expression; GraphError 2500 on a syntax error."""
    specs, rest = _spec_list(text.replace(" ", ""))
    if rest:
        raise GraphError(2500, f"Syntax error \"Expected end of string instead of '{rest[0]}'.\" in fields")
    return specs


def _spec_list(text: str) -> tuple[tuple[FieldSpec, ...], str]:
    specs: list[FieldSpec] = []
    while text and text[0] != "}":
        spec, text = _spec(text)
        specs.append(spec)
        if not text.startswith(","):
            break
        text = text[1:]
    return tuple(specs), text


def _spec(text: str) -> tuple[FieldSpec, str]:
    name = re.match(r"\w+", text)
    if not name:
        raise GraphError(2500, 'Syntax error "Expected name." at character 0 in fields')
    text, arguments = text[name.end() :], {}
    while modifier := re.match(r"\.(\w+)\(([^()]*)\)", text):
        arguments[modifier[1]] = modifier[2].strip("'\"")
        text = text[modifier.end() :]
    if not text.startswith("{"):
        return FieldSpec(name[0], arguments), text
    children, text = _spec_list(text[1:])
    if not text.startswith("}"):
        raise GraphError(2500, "Syntax error \"Expected '}'\" in fields")
    return FieldSpec(name[0], arguments, children), text[1:]


Row = Account | Asset | Post | Comment


@dataclass(frozen=True)
class Node:
    """An object of the graph: what it is, its id, and the row behind it."""

    kind: str
    id: str
    row: Row

    @property
    def account(self) -> Account:
        assert isinstance(self.row, Account)
        return self.row

    @property
    def asset(self) -> Asset:
        assert isinstance(self.row, Asset)
        return self.row

    @property
    def post(self) -> Post:
        assert isinstance(self.row, Post)
        return self.row

    @property
    def comment(self) -> Comment:
        assert isinstance(self.row, Comment)
        return self.row


@dataclass(frozen=True)
class Call:
    """One request to the graph, decoded."""

    twin: Twin
    version: str
    method: str
    path: str
    params: Params
    token: Token | None

    @property
    def now(self) -> float:
        return self.twin.now()

    @property
    def actor(self) -> Token:
        if self.token is None:
            raise GraphError(104, "An access token is required to request this resource.", status=401)
        return self.token

    def need(self, *scopes: str) -> None:
        """The token must carry every scope."""
        missing = [scope for scope in scopes if scope not in self.actor.scopes]
        if missing:
            raise GraphError(
                10,
                f"(#10) This endpoint requires the '{missing[0]}' permission or the "
                "'Page Public Content Access' feature.",
                status=403,
            )

    def fields(self, default: Sequence[str]) -> tuple[FieldSpec, ...]:
        text = self.params.text("fields")
        return parse_fields(text) if text else tuple(FieldSpec(name) for name in default)


def page_of(call: Call, nodes: Sequence[Node], render: Callable[[Node], Any], default: int = 25) -> dict[str, Any]:
    """A collection in Graph's shape: cut by `limit` and `after`, with cursors and a `next` link while there is more."""
    limit = call.params.whole("limit")
    limit = default if limit is None else limit
    if limit > 100:
        raise invalid(f"Tried to fetch {limit} items; the limit is 100")
    if limit > _NESTED_LIMIT and "insights" in (call.params.text("fields") or ""):
        raise GraphError(1, "Please reduce the amount of data you're asking for, then retry your request", status=500)
    after = call.params.text("after")
    start = next((i + 1 for i, node in enumerate(nodes) if after and cursor(node.id) == after), 0)
    chosen = nodes[start : start + limit]
    answer: dict[str, Any] = {"data": [render(node) for node in chosen]}
    if chosen:
        cursors = {"before": cursor(chosen[0].id), "after": cursor(chosen[-1].id)}
        answer["paging"] = {"cursors": cursors}
        if start + limit < len(nodes):
            answer["paging"]["next"] = _next_link(call, cursors["after"], limit)
    return answer


def cursor(node_id: str) -> str:
    return base64.urlsafe_b64encode(f"c:{node_id}".encode()).decode().rstrip("=")


def _next_link(call: Call, after: str, limit: int) -> str:
    kept = {name: call.params.text(name) or "" for name in call.params.values if name not in ("after", "limit")}
    kept |= {"access_token": call.actor.token, "limit": str(limit), "after": after}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in kept.items())
    return f"{call.twin.public_base}/meta/{call.version}/{call.path}?{query}"


def within(
    nodes: Iterable[Node], since: float | None, until: float | None, moment: Callable[[Node], float]
) -> list[Node]:
    """Time paging as Graph's collections do it; bounds included."""
    low, high = since or 0.0, until if until is not None else float("inf")
    return [node for node in nodes if low <= moment(node) <= high]
