"""What the Messages API refuses: models that exist, parameters that are gone, schemas it cannot compile.

Sources: the model catalogue, the migration notes of API version 2026-10-21 and the structured-output limits
(contracts/ai.md 1.1-1.4). Every refusal is an `ApiError` carrying the HTTP status and the API's `error.type`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EFFORTS = ("low", "medium", "high", "xhigh", "max")
API_VERSIONS = ("2023-06-01", "2026-10-21")
MAX_OPTIONAL, MAX_UNIONS = 24, 16
STRING_FORMATS = {
    "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid",
}  # fmt: skip
REFUSED_KEYWORDS = {
    "string": ("minLength", "maxLength"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("maxItems", "uniqueItems", "contains", "prefixItems", "minContains", "maxContains"),
    "object": ("patternProperties", "minProperties", "maxProperties", "propertyNames", "dependentRequired"),
}
REFUSED_EVERYWHERE = ("oneOf", "not", "if", "then", "else", "dependentSchemas", "unevaluatedProperties")


class ApiError(Exception):
    """A refusal: HTTP `status`, `error.type` and the sentence in `error.message`."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind, self.message = status, kind, message


def invalid(message: str) -> ApiError:
    """The API's commonest refusal: 400 `invalid_request_error`."""
    return ApiError(400, "invalid_request_error", message)


@dataclass(frozen=True, kw_only=True)
class Model:
    """One entry of the catalogue; a date of retirement in the past makes it answer 404."""

    id: str
    name: str
    line: str
    released: datetime
    deprecated: datetime | None = None
    retires: datetime | None = None
    refuses: frozenset[str] = field(default_factory=frozenset)
    effort: str = "high"

    def lifecycle(self, now: datetime) -> str:
        if self.retires and now >= self.retires:
            return "retired"
        return "deprecated" if self.deprecated and now >= self.deprecated else "active"


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


_SONNET_5_5 = frozenset({"forced tools", "prefill", "thinking budget", "thinking disabled"})
MODELS = {
    model.id: model
    for model in (
        Model(id="claude-sonnet-5-5", name="Claude Sonnet 5.5", line="sonnet", released=_day("2026-09-28"),
              refuses=_SONNET_5_5),
        Model(id="claude-haiku-5-5", name="Claude Haiku 5.5", line="haiku", released=_day("2026-10-07"),
              effort="medium"),
        Model(id="claude-opus-5-5", name="Claude Opus 5.5", line="opus", released=_day("2026-09-22"),
              refuses=frozenset({"forced tools", "thinking disabled"}), effort="medium"),
        Model(id="claude-fable-5-2", name="Claude Fable 5.2", line="fable", released=_day("2026-11-09"),
              refuses=frozenset({"forced tools", "thinking disabled"})),
        Model(id="claude-sonnet-5", name="Claude Sonnet 5", line="sonnet", released=_day("2026-06-30")),
        Model(id="claude-opus-5", name="Claude Opus 5", line="opus", released=_day("2026-07-24")),
        Model(id="claude-sonnet-4-6", name="Claude Sonnet 4.6", line="sonnet", released=_day("2026-02-17")),
        Model(id="claude-haiku-4-5", name="Claude Haiku 4.5", line="haiku", released=_day("2025-10-15")),
        Model(id="claude-sonnet-4-5", name="Claude Sonnet 4.5", line="sonnet", released=_day("2025-09-29"),
              deprecated=_day("2026-08-22"), retires=_day("2026-11-30")),
        Model(id="claude-sonnet-4-20250514", name="Claude Sonnet 4", line="sonnet", released=_day("2025-05-22"),
              deprecated=_day("2026-02-19"), retires=_day("2026-06-15")),
        Model(id="claude-3-haiku-20240307", name="Claude 3 Haiku", line="haiku", released=_day("2024-03-07"),
              deprecated=_day("2026-01-05"), retires=_day("2026-04-20")),
    )
}  # fmt: skip


def find_model(model_id: object, now: datetime) -> Model:
    """The callable model of that id; 404 when it never existed or is retired at `now`."""
    if not isinstance(model_id, str) or not model_id:
        raise invalid("model: Field required")
    model = MODELS.get(model_id)
    if model is None or model.lifecycle(now) == "retired":
        raise ApiError(404, "not_found_error", f"model: {model_id}")
    return model


def model_info(model: Model, now: datetime) -> dict[str, Any]:
    """The Models API's view of a model."""
    return {
        "type": "model", "id": model.id, "display_name": model.name, "line": model.line,
        "created_at": _rfc3339(model.released), "lifecycle": model.lifecycle(now),
        "deprecated_at": _rfc3339(model.deprecated), "retires_at": _rfc3339(model.retires),
        "max_input_tokens": 1_000_000, "max_tokens": 128_000, "capabilities": _capabilities(model),
    }  # fmt: skip


def _rfc3339(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _capabilities(model: Model) -> dict[str, Any]:
    def can(supported: bool = True) -> dict[str, bool]:
        return {"supported": supported}

    thinking = {
        "adaptive": can(), "between_tools": can(model.id == "claude-sonnet-5-5"),
        "disabled": can("thinking disabled" not in model.refuses),
        "enabled": can("thinking budget" not in model.refuses),
    }  # fmt: skip
    return {
        "batch": can(), "citations": can(), "code_execution": can(), "image_input": can(), "pdf_input": can(),
        "structured_outputs": can(), "context_management": can(),
        "effort": {"supported": True} | {effort: can() for effort in EFFORTS},
        "server_tools": {"supported": True, "code_execution": can(), "web_search": can()},
        "thinking": {"supported": True, "types": thinking},
    }  # fmt: skip


def check_request(body: Mapping[str, Any], now: datetime, *, counting: bool = False) -> Model:
    """The model of a Messages request that the API would accept; `counting` drops the need of max_tokens."""
    model = find_model(body.get("model"), now)
    if not counting:
        _check_max_tokens(body.get("max_tokens"))
    for gone in ("temperature", "top_p", "top_k"):
        if gone in body:
            raise invalid(f"{gone}: Sampling parameters are not supported in this API version.")
    _check_messages(body.get("messages"), model)
    _check_thinking(body.get("thinking"), model)
    if _mapping(body.get("tool_choice")).get("type") in ("any", "tool") and "forced tools" in model.refuses:
        raise invalid("tool_choice: Forced tool use is not supported on this model. Use `auto` or `none`.")
    _check_output_config(body)
    return model


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _check_max_tokens(value: object) -> None:
    if value is None:
        raise invalid("max_tokens: Field required")
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid("max_tokens: Input should be a valid integer")
    if value < 1:
        raise invalid("max_tokens: Input should be greater than or equal to 1")
    if value > 128_000:
        raise invalid(f"max_tokens: {value} > 128000, which is the maximum allowed number of output tokens")


def _check_messages(messages: object, model: Model) -> None:
    if not isinstance(messages, list):
        raise invalid("messages: Field required")
    if not messages:
        raise invalid("messages: at least one message is required")
    for index, message in enumerate(messages):
        if _mapping(message).get("role") not in ("user", "assistant"):
            raise invalid(f"messages.{index}.role: Input should be 'user' or 'assistant'")
        _check_content(message.get("content"), index)
    if messages[0]["role"] != "user":
        raise invalid('messages: first message must use the "user" role')
    if messages[-1]["role"] == "assistant" and "prefill" in model.refuses:
        raise invalid("This model does not support assistant message prefill. "
                      "The conversation must end with a user message.")  # fmt: skip


def _check_content(content: object, index: int) -> None:
    if isinstance(content, str):
        if not content.strip():
            raise invalid(f"messages.{index}: user messages must have non-empty content")
    elif not isinstance(content, list) or not content:
        raise invalid(f"messages.{index}.content: Input should be a valid list")
    elif any(b.get("type") == "text" and not str(b.get("text", "")).strip() for b in content):
        raise invalid("messages: text content blocks must be non-empty")


def _check_thinking(thinking: object, model: Model) -> None:
    kind = _mapping(thinking).get("type")
    if kind is None:
        return
    if kind not in ("adaptive", "enabled", "disabled", "between_tools"):
        raise invalid("thinking.type: Input should be 'adaptive', 'between_tools', 'disabled' or 'enabled'")
    refused = {"enabled": "thinking budget", "disabled": "thinking disabled"}.get(kind)
    if refused in model.refuses or (kind == "between_tools" and model.id != "claude-sonnet-5-5"):
        raise invalid(f"thinking.type: `{kind}` is not supported on this model.")


def _check_output_config(body: Mapping[str, Any]) -> None:
    config = _mapping(body.get("output_config"))
    if "output_format" in body:
        raise invalid("output_format: This field is deprecated. Use `output_config.format` instead.")
    if config.get("effort") not in (None, *EFFORTS):
        raise invalid("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
    wanted = config.get("format")
    if wanted is None:
        return
    if _mapping(wanted).get("type") != "json_schema":
        raise invalid("output_config.format.type: Input should be 'json_schema'")
    if not isinstance(wanted.get("schema"), Mapping):
        raise invalid("output_config.format.schema: Field required")
    check_schema(wanted["schema"])


def check_schema(schema: Mapping[str, Any]) -> None:
    """Refuses what the grammar compiler refuses; returns nothing when the schema would compile."""
    optional = unions = 0
    for path, node in _nodes(schema, "schema"):
        _check_node(node, path)
        if node.get("type") == "object":
            properties = _mapping(node.get("properties"))
            optional += len(set(properties) - set(node.get("required", ())))
        unions += "anyOf" in node or isinstance(node.get("type"), list)
    if optional > MAX_OPTIONAL:
        raise _bad("schema", f"too many optional parameters ({optional}); the limit is {MAX_OPTIONAL}")
    if unions > MAX_UNIONS:
        raise _bad("schema", f"too many parameters with union types ({unions}); the limit is {MAX_UNIONS}")
    _check_references(schema)


def _bad(path: str, message: str) -> ApiError:
    return invalid(f"output_config.format.{path}: {message}")


def _nodes(node: object, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(node, Mapping):
        raise _bad(path, "Input should be a valid schema object")
    yield path, node
    for holder in ("properties", "$defs", "definitions"):
        for name, child in _mapping(node.get(holder)).items():
            yield from _nodes(child, f"{path}.{holder}.{name}")
    for holder in ("anyOf", "allOf"):
        for index, child in enumerate(node.get(holder, ())):
            yield from _nodes(child, f"{path}.{holder}.{index}")
    if "items" in node:
        yield from _nodes(node["items"], f"{path}.items")


def _check_node(node: Mapping[str, Any], path: str) -> None:
    kind = node.get("type")
    for keyword in (*REFUSED_EVERYWHERE, *REFUSED_KEYWORDS.get(kind if isinstance(kind, str) else "", ())):
        if keyword in node:
            raise _bad(path, f"For '{kind}' type, property '{keyword}' is not supported")
    if kind == "object" and node.get("additionalProperties") is not False:
        raise _bad(path, "For 'object' type, 'additionalProperties' must be explicitly set to false")
    if kind == "array" and node.get("minItems", 0) not in (0, 1):
        raise _bad(path, "For 'array' type, 'minItems' values other than 0 or 1 are not supported")
    if kind == "string" and node.get("format", "uuid") not in STRING_FORMATS:
        raise _bad(path, f"For 'string' type, format '{node['format']}' is not supported")
    if any(isinstance(value, dict | list) for value in node.get("enum", ())):
        raise _bad(path, "Complex types within enums are not supported")
    if not {"type", "enum", "const", "anyOf", "allOf", "$ref"} & set(node):
        raise _bad(path, "Schema type is required")


def _check_references(schema: Mapping[str, Any]) -> None:
    """Refuses outside references, dangling ones and cycles."""
    definitions = {**_mapping(schema.get("definitions")), **_mapping(schema.get("$defs"))}
    uses: dict[str, set[str]] = {}
    for name, node in {"": {k: v for k, v in schema.items() if k not in ("$defs", "definitions")},
                       **definitions}.items():  # fmt: skip
        uses[name] = {_target(child["$ref"]) for _, child in _nodes(node, "schema") if "$ref" in child}
        if missing := uses[name] - set(definitions):
            raise _bad("schema", f"Reference '{sorted(missing)[0]}' cannot be resolved")
    for name in definitions:
        reached, frontier = set[str](), uses[name]
        while frontier:
            reached |= frontier
            frontier = set().union(*(uses[n] for n in frontier)) - reached
        if name in reached:
            raise _bad("schema", f"Circular reference detected in schema definitions: '{name}'")


def _target(reference: object) -> str:
    for prefix in ("#/$defs/", "#/definitions/"):
        if isinstance(reference, str) and reference.startswith(prefix):
            return reference.removeprefix(prefix)
    raise _bad("schema", f"External reference '{reference}' is not supported")
