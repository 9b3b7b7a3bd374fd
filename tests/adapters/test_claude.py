"""Claude's adapter speaks the contract over a real socket and turns every failure into an error with a sentence."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from anyio import to_thread
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount

from marketingos.adapters.claude import Claude
from marketingos.domain.package import ContentPackage, schema
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Assignment, Manuscript
from marketingos.errors import (
    ContentRefused,
    MarketingError,
    Misconfigured,
    NotSent,
    OutcomeUnknown,
    OverBudget,
    PermissionMissing,
    RateLimited,
    TokenRejected,
)
from marketingos.sandbox import claude as twin
from marketingos.text import catalogue
from tests.adapters.script import Script
from tests.conftest import Serve

ASSIGNMENT = Assignment(
    rules="Write well. " * 400,
    book="<product>\nname: ReservasPro\nlanguage: es\ndescription: barbería\n</product>\n"
    "<facts>\nF1: Reserva 24 h\n</facts>",
    brief="<brief>\nplatforms: instagram, tiktok\nslot: 2026-11-24T18:30\nhook_type: question\n</brief>",
    platforms=(Platform.INSTAGRAM, Platform.TIKTOK),
)


def claude(base: str, *, key: str = "sk-test", retries: int = 0) -> Claude:
    """The adapter against a server of the test."""
    return Claude(api_key=SecretStr(key), base_url=base, model="claude-sonnet-5-5", retries=retries)


def answer(text: str = "{}", stop_reason: str = "end_turn", **usage: int) -> JSONResponse:
    """A message as the Messages API gives it."""
    content = [{"type": "text", "text": text}] if text else []
    return JSONResponse(
        {
            "id": "msg_01", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5", "content": content,
            "stop_reason": stop_reason, "stop_sequence": None,
            "usage": {
                "input_tokens": 11, "output_tokens": 7, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 3
            }
            | usage,
        },
        headers={"request-id": "req_1"},
    )  # fmt: skip


def problem(status: int, kind: str, message: str = "no", *, details: Any = None, **headers: str) -> JSONResponse:
    """An error as the API gives it."""
    error = {"type": kind, "message": message} | ({"details": details} if details else {})
    return JSONResponse({"type": "error", "error": error, "request_id": "req_9"}, status, headers=headers)


async def ask(base: str, **more: Any) -> Manuscript:
    return await claude(base, **more).write(ASSIGNMENT, schema())


async def test_it_writes_a_package_that_obeys_the_schema(serve: Serve) -> None:
    """Against the strict twin an assignment becomes valid JSON, and its cost is known."""
    routes = twin.routes(clock=lambda: datetime(2026, 11, 23, 9, tzinfo=UTC), latency=lambda: 0)
    base = await serve(Starlette(routes=[Mount("/claude", routes=routes)]))
    writer = claude(f"{base}/claude")
    first = await writer.write(ASSIGNMENT, schema())
    second = await writer.write(ASSIGNMENT, schema())
    await writer.close()
    assert first.stop_reason == "end_turn"
    assert ContentPackage.model_validate_json(first.text).instagram.hook
    assert first.usage.output_tokens > 0
    assert first.usage.cache_write_tokens > 0
    assert second.usage.cache_read_tokens == first.usage.cache_write_tokens


async def test_the_request_follows_the_contract(serve: Serve) -> None:
    """Both system blocks are marked for the cache, schema and effort go in `output_config`, nothing is sampled."""
    script = Script([answer()])
    manuscript = await ask(await serve(script))
    sent = script.heard[0]
    assert sent.path == "/v1/messages"
    assert sent.headers["authorization"] == "Bearer sk-test"
    assert [block["cache_control"] for block in sent.body["system"]] == [{"type": "ephemeral"}] * 2
    assert sent.body["output_config"]["effort"] == "medium"
    assert sent.body["output_config"]["format"]["schema"]["additionalProperties"] is False
    assert sent.body["messages"] == [{"role": "user", "content": ASSIGNMENT.brief}]
    assert not {"temperature", "top_p", "tools", "stream"} & set(sent.body)
    usage = manuscript.usage
    assert (usage.input_tokens, usage.cache_read_tokens, usage.cache_write_tokens, usage.output_tokens) == (11, 5, 3, 7)
    assert usage.request_id == "req_1"


async def test_a_repair_is_a_conversation(serve: Serve) -> None:
    """To have an answer mended, the draft and the findings follow the brief."""
    script = Script([answer()])
    mended = Assignment(**{**vars(ASSIGNMENT), "draft": '{"a": 1}', "findings": "too long"})
    await claude(await serve(script)).write(mended, schema())
    turns = [(turn["role"], turn["content"]) for turn in script.heard[0].body["messages"]]
    assert turns == [("user", ASSIGNMENT.brief), ("assistant", '{"a": 1}'), ("user", "too long")]


@pytest.mark.parametrize("reason", ["max_tokens", "refusal"])
async def test_an_answer_that_is_not_one_still_tells_its_cost(serve: Serve, reason: str) -> None:
    """A cut or refused answer comes back with its stop reason and usage, so that it can be booked."""
    manuscript = await ask(await serve(Script([answer("" if reason == "refusal" else '{"lang', reason)])))
    assert manuscript.stop_reason == reason
    assert manuscript.usage.output_tokens == 7


SPENT = "You have reached your specified API usage limits. You will regain access on 2026-12-01."


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (problem(400, "invalid_request_error", SPENT), OverBudget),
        (problem(429, "rate_limit_error", details={"error_code": "enforced_spend_limit_reached"}), OverBudget),
        (problem(402, "billing_error"), OverBudget),
        (problem(401, "authentication_error"), TokenRejected),
        (problem(403, "permission_error"), PermissionMissing),
        (problem(404, "not_found_error", "model: claude-sonnet-5-5"), Misconfigured),
        (problem(400, "invalid_request_error", "schema"), ContentRefused),
        (problem(413, "request_too_large"), ContentRefused),
        (problem(429, "rate_limit_error"), RateLimited),
        (problem(529, "overloaded_error"), NotSent),
        (problem(500, "api_error"), OutcomeUnknown),
        (Response("<html>gateway</html>", 504), OutcomeUnknown),
    ],
)  # fmt: skip
async def test_every_refusal_has_its_error_and_sentence(
    serve: Serve, line: Response, expected: type[MarketingError]
) -> None:
    """Whatever the API answers becomes one of our errors, with a sentence in both languages."""
    with pytest.raises(MarketingError) as caught:
        await ask(await serve(Script([line])))
    assert type(caught.value) is expected
    assert caught.value.key in catalogue("es")
    assert caught.value.key in catalogue("en")


async def test_a_limit_says_when_to_come_back(serve: Serve) -> None:
    """`Retry-After` travels with the error."""
    with pytest.raises(RateLimited) as caught:
        await ask(await serve(Script([problem(429, "rate_limit_error", **{"retry-after": "17"})])))
    assert caught.value.retry_after == timedelta(seconds=17)


async def test_a_hiccup_is_tried_again(serve: Serve) -> None:
    """An overloaded moment costs a retry, not the post."""
    script = Script([problem(529, "overloaded_error", **{"retry-after-ms": "1"}), answer('{"ok": 1}')])
    manuscript = await ask(await serve(script), retries=2)
    assert json.loads(manuscript.text) == {"ok": 1}
    assert len(script.heard) == 2


@pytest.mark.parametrize(
    "line",
    [
        problem(500, "api_error", **{"x-should-retry": "true"}),
        Response('{"id": "msg_01", "type": "mess', media_type="application/json"),
        Response("{}", headers={"content-length": "4096"}, media_type="application/json"),
    ],
)
async def test_what_may_have_been_billed_is_asked_once(serve: Serve, line: Response) -> None:
    """After a server error, half an answer or a cut connection nobody knows what it cost: the caller decides."""
    script = Script([line])
    with pytest.raises(OutcomeUnknown):
        await ask(await serve(script), retries=2)
    assert len(script.heard) == 1


async def test_a_long_wait_is_not_slept_through(serve: Serve) -> None:
    """A `Retry-After` of minutes goes to the caller at once."""
    script = Script([problem(429, "rate_limit_error", **{"retry-after": "90"})])
    with pytest.raises(RateLimited) as caught:
        await ask(await serve(script), retries=2)
    assert caught.value.retry_after == timedelta(seconds=90)
    assert len(script.heard) == 1


async def test_nobody_listening_is_not_sent() -> None:
    """A refused connection surely cost nothing."""
    with pytest.raises(NotSent):
        await ask("http://127.0.0.1:9")


async def test_without_a_key_nothing_is_asked(serve: Serve) -> None:
    """A missing key is named before any request leaves."""
    script = Script([answer()])
    with pytest.raises(Misconfigured):
        await ask(await serve(script), key="")
    assert script.heard == []


async def test_one_adapter_serves_several_event_loops(serve: Serve) -> None:
    """A process that runs one loop after the other (the commands do) keeps working."""
    base = await serve(Script([answer("{}")]))
    writer = claude(base)

    async def once() -> str:
        try:
            return (await writer.write(ASSIGNMENT, schema())).text
        finally:
            await writer.close()

    assert [await to_thread.run_sync(lambda: asyncio.run(once())) for _ in range(2)] == ["{}", "{}"]
