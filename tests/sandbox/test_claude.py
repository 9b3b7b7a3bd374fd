"""The sandbox's Claude, spoken to by the real SDK through its own ASGI application."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import anthropic
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.routing import Mount

from marketingos.sandbox import claude, claude_rules

SYSTEM = """Eres redactora.
<product>
name: ReservasPro
description: Reservas online para barberías
audience: Dueños de barberías de 1 a 5 sillones
website: https://reservaspro.es
language: es
banned: revolucionario | milagro
hashtags: #barberia #reservasonline #barberiaespaña
ctas: Prueba gratis 14 días | Pide una demo
palette: #7a1f2b, #f2c777, #f7efe3
</product>
<facts>
F1: Los clientes reservan solos, 24 horas al día.
F2: Recordatorio automático por WhatsApp el día antes.
F3: Prueba gratis de 14 días, sin tarjeta.
</facts>"""
BRIEF = """<brief>
platforms: instagram, facebook, linkedin, tiktok
slot: 2026-11-24T18:30
hook_type: question
cta_type: trial
</brief>"""


class Variant(BaseModel):
    hook: str
    body: str
    cta: str
    hashtags: list[str]


class Claim(BaseModel):
    text: str
    fact_ids: list[str]


class Package(BaseModel):
    language: str
    hook_type: str
    claims: list[Claim]
    instagram: Variant
    facebook: Variant
    linkedin: Variant


class World:
    """A client on a clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 17, 42, tzinfo=UTC)
        app = Starlette(routes=[Mount("/claude", routes=claude.routes(clock=lambda: self.now, latency=lambda: 0))])
        transport = httpx2.ASGITransport(app=app)
        self.client = anthropic.AsyncAnthropic(
            api_key="sk-test", base_url="http://sandbox/claude", max_retries=0,
            http_client=httpx2.AsyncClient(transport=transport),
        )  # fmt: skip

    async def write(self, **more: Any) -> anthropic.types.Message:
        schema = anthropic.transform_schema(Package)
        asked: dict[str, Any] = {
            "model": "claude-sonnet-5-5", "max_tokens": 6000, "system": SYSTEM,
            "messages": [{"role": "user", "content": BRIEF}],
            "output_config": {"format": {"type": "json_schema", "schema": schema}, "effort": "medium"},
        }  # fmt: skip
        message: anthropic.types.Message = await self.client.messages.create(**(asked | more))
        return message


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.client.close()


def text_of(message: anthropic.types.Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


async def test_answer_obeys_the_schema_and_speaks_of_the_product(world: World) -> None:
    """A structured request gets JSON of its schema, in the product's language, claiming only listed facts."""
    message = await world.write()
    package = Package.model_validate_json(text_of(message))
    assert package.language == "es"
    assert package.hook_type == "question"
    assert "ReservasPro" in package.facebook.body
    assert {fact for claim in package.claims for fact in claim.fact_ids} <= {"F1", "F2", "F3"}
    assert 3 <= len(package.instagram.hashtags) <= 5
    assert message.stop_reason == "end_turn"
    assert message._request_id


async def test_the_same_request_gets_the_same_words(world: World) -> None:
    """Nothing is drawn at random, so a demo can be repeated."""
    assert text_of(await world.write()) == text_of(await world.write())


async def test_recent_hooks_are_not_repeated(world: World) -> None:
    """A hook listed as recent is never proposed again, however often one asks."""
    said: list[str] = []
    for _ in range(12):
        turn = BRIEF + "\n<recent_hooks>\n" + "\n".join(f"- {hook}" for hook in said) + "\n</recent_hooks>"
        package = Package.model_validate_json(text_of(await world.write(messages=[{"role": "user", "content": turn}])))
        assert package.instagram.hook.rstrip() not in said
        said.append(package.instagram.hook)


async def test_prompt_cache_writes_then_reads_then_lapses(world: World) -> None:
    """A long marked prefix is written once, read within its five minutes, and written anew after them."""
    system = [
        {"type": "text", "text": SYSTEM + "\n" + "Regla de la casa. " * 250, "cache_control": {"type": "ephemeral"}}
    ]
    first = (await world.write(system=system)).usage
    second = (await world.write(system=system, messages=[{"role": "user", "content": BRIEF + " "}])).usage
    world.now += timedelta(minutes=6)
    third = (await world.write(system=system)).usage
    assert first.cache_creation_input_tokens == second.cache_read_input_tokens == third.cache_creation_input_tokens
    assert first.cache_creation_input_tokens > 1024
    assert first.cache_read_input_tokens == third.cache_read_input_tokens == 0
    assert first.output_tokens_details is not None
    assert first.output_tokens > first.output_tokens_details.thinking_tokens > 0


async def test_a_short_prefix_is_silently_not_cached(world: World) -> None:
    """Under the minimum there is neither a write nor a read."""
    system = [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}]
    usage = (await world.write(system=system)).usage
    assert usage.cache_creation_input_tokens == usage.cache_read_input_tokens == 0


async def test_too_few_tokens_truncate_and_say_so(world: World) -> None:
    """An answer that does not fit stops with max_tokens and broken JSON, and is billed."""
    message = await world.write(max_tokens=200)
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens <= 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(text_of(message))


@pytest.mark.parametrize(
    ("more", "refusal", "word"),
    [
        ({"model": "claude-sonnet-4-20250514"}, anthropic.NotFoundError, "claude-sonnet-4-20250514"),
        ({"model": "claude-haiku-3"}, anthropic.NotFoundError, "claude-haiku-3"),
        ({"extra_body": {"temperature": 0.7}}, anthropic.BadRequestError, "temperature"),
        ({"tools": [{"name": "t", "input_schema": {"type": "object"}}], "tool_choice": {"type": "any"}},
         anthropic.BadRequestError, "tool_choice"),
        ({"thinking": {"type": "disabled"}}, anthropic.BadRequestError, "thinking"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{"}]},
         anthropic.BadRequestError, "prefill"),
        ({"messages": []}, anthropic.BadRequestError, "messages"),
        ({"extra_headers": {"anthropic-version": "1999-01-01"}}, anthropic.BadRequestError, "anthropic-version"),
        ({"extra_headers": {"Authorization": "Bearer "}}, anthropic.AuthenticationError, "bearer"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_refusals(world: World, more: dict[str, Any], refusal: type[Exception], word: str) -> None:
    """What the real API refuses is refused with the same status, type and a sentence that names the culprit."""
    with pytest.raises(refusal, match=word):
        await world.write(**more)


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        ({"type": "object", "properties": {}}, "additionalProperties"),
        ({"type": "string", "maxLength": 3}, "maxLength"),
        ({"type": "integer", "minimum": 1}, "minimum"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, "minItems"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 2}, "maxItems"),
        ({"type": "string", "format": "phone"}, "format"),
        ({"oneOf": [{"type": "string"}]}, "oneOf"),
        ({"$ref": "https://example.org/x.json"}, "External"),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/a"}}}}, "Circular"),
        ({"type": "object", "additionalProperties": False,
          "properties": {f"p{n}": {"type": "string"} for n in range(25)}}, "optional"),
    ],
)  # fmt: skip
def test_schemas_that_do_not_compile(schema: dict[str, Any], word: str) -> None:
    """Each documented limit of structured outputs is a refusal that names it."""
    with pytest.raises(claude_rules.ApiError, match=word):
        claude_rules.check_schema(schema)


_LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer"},
        {"type": "boolean"},
        {"type": "number"},
        {"enum": ["alpha", "beta"]},
        {"const": 3},
        {"anyOf": [{"type": "null"}, {"type": "string"}]},
    ]
)
_NAMES = st.sampled_from(
    ["hook", "text", "hashtags", "risk", "image", "zeta", "claims", "scenes", "instagram", "level"]
)


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": fields, "required": list(fields)}


def _objects(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(_NAMES, children, max_size=5).map(_object)


_SCHEMAS = st.recursive(
    _LEAVES, lambda c: _objects(c) | c.map(lambda item: {"type": "array", "items": item}), max_leaves=12
)


@settings(deadline=None)
@given(_SCHEMAS)
def test_any_schema_is_obeyed(schema: dict[str, Any]) -> None:
    """Whatever shape is asked for, the answer has it."""
    from marketingos.sandbox import copywriter

    request = {"system": SYSTEM, "messages": [{"role": "user", "content": BRIEF}],
               "output_config": {"format": {"type": "json_schema", "schema": schema}}}  # fmt: skip
    assert _fits(json.loads(copywriter.answer(request)), schema)


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    if "const" in schema:
        return bool(value == schema["const"])
    if "enum" in schema:
        return value in schema["enum"]
    if "anyOf" in schema:
        return any(_fits(value, option) for option in schema["anyOf"])
    kinds: dict[str, Callable[[Any], bool]] = {
        "string": lambda v: isinstance(v, str), "integer": lambda v: isinstance(v, int),
        "boolean": lambda v: isinstance(v, bool), "number": lambda v: isinstance(v, int | float),
        "null": lambda v: v is None,
        "array": lambda v: isinstance(v, list) and all(_fits(item, schema["items"]) for item in v),
        "object": lambda v: set(v) == set(schema["properties"])
        and all(_fits(v[name], child) for name, child in schema["properties"].items()),
    }  # fmt: skip
    return kinds[schema["type"]](value)


async def test_models_tell_their_lifecycle(world: World) -> None:
    """The health check reads whether a model is active, deprecated or retired."""
    assert (await world.client.models.retrieve("claude-sonnet-5-5")).lifecycle == "active"
    assert (await world.client.models.retrieve("claude-sonnet-4-5")).lifecycle == "deprecated"
    with pytest.raises(anthropic.NotFoundError):
        await world.client.models.retrieve("claude-haiku-3")
    assert [model.id async for model in world.client.models.list(limit=1)]


async def test_count_tokens_is_what_is_billed(world: World) -> None:
    """Counting answers the same figure that the message is billed for."""
    asked: dict[str, Any] = {"model": "claude-haiku-5-5", "messages": [{"role": "user", "content": BRIEF}]}
    counted = await world.client.messages.count_tokens(**asked)
    billed = await world.client.messages.create(**asked, max_tokens=4000)
    assert counted.input_tokens == billed.usage.input_tokens


async def test_batch_ends_and_gives_each_result(world: World) -> None:
    """A batch accepts bad parameters, ends later, and reports good and bad requests by custom_id."""
    good = {"model": "claude-haiku-5-5", "max_tokens": 3000, "messages": [{"role": "user", "content": BRIEF}]}
    batch = await world.client.messages.batches.create(
        requests=[{"custom_id": "a", "params": good}, {"custom_id": "b", "params": good | {"max_tokens": 0}}]  # type: ignore[typeddict-item]
    )
    assert batch.processing_status == "in_progress"
    world.now += timedelta(minutes=1)
    assert (await world.client.messages.batches.retrieve(batch.id)).processing_status == "ended"
    found = {line.custom_id: line.result async for line in await world.client.messages.batches.results(batch.id)}
    assert found["a"].type == "succeeded"
    assert found["a"].message.usage.service_tier == "batch"
    assert found["b"].type == "errored"
    assert found["b"].error.error.type == "invalid_request_error"


@pytest.mark.parametrize(
    ("instruction", "holds"),
    [
        ("más corto", lambda old, new: len(new) < 0.85 * len(old)),
        ("otro gancho", lambda old, new: new.split("\n")[0] not in old and new.split("\n")[2] in old),
        ("más formal", lambda old, new: "!" not in new and "💈" not in new),
    ],
)  # fmt: skip
async def test_rewrites_do_what_was_asked(world: World, instruction: str, holds: Callable[[str, str], bool]) -> None:
    """A rewrite changes what the instruction names and keeps the hashtags."""
    old = (
        "¿Todavía pierdes clientes por no contestar? 💈\n\n"
        "Estás a media tijera, suena el móvil y ese hueco se lo lleva otro. Nadie llama dos veces. ¡Y mañana igual!\n\n"
        "Prueba gratis 14 días. Enlace en la bio.\n\n#barberia"
    )
    turn = (f"<rewrite>\nplatform: instagram\ninstruction: {instruction}\n"
            f"<current_text>{old}</current_text>\n</rewrite>")  # fmt: skip
    schema = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"],
              "additionalProperties": False}  # fmt: skip
    message = await world.write(
        messages=[{"role": "user", "content": turn}],
        output_config={"format": {"type": "json_schema", "schema": schema}},
    )
    new = json.loads(text_of(message))["text"]
    assert holds(old, new)
    assert new.endswith("#barberia")
