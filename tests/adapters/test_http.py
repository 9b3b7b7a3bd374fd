"""What a failed call means for a post, over real sockets and at the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from marketingos import clock
from marketingos.adapters import http
from marketingos.adapters.http import Answer, call, redact, weighed
from marketingos.errors import BadAnswer, NotSent, OutcomeUnknown, OutsideError, RateLimited, TokenRejected
from tests.adapters.wire import NOW, Wire
from tests.conftest import Serve as ServeApp
from tests.conftest import Setter

URL = "http://platform.example/thing"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def accept(answer: Answer) -> OutsideError | None:
    return None if answer.status < 300 else answer.by_status()


async def ask(url: str = URL, **options: object) -> Answer:
    return await call("POST", url, refusal=accept, **options)  # type: ignore[arg-type]


@asynccontextmanager
async def server(serve: Serve) -> AsyncIterator[str]:
    """A real socket that does what `serve` says with each connection."""
    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/thing"
    await http.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()


async def be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def speak_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"ARGH\r\n\r\n")
    writer.close()


async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 4096\r\n\r\n{"id":')
    await writer.drain()
    writer.transport.abort()


@pytest.mark.parametrize("serve", [hang_up, be_silent, speak_nonsense, break_off])
async def test_lost_answer_of_a_committing_call_leaves_the_outcome_open(serve: Serve, environment: Setter) -> None:
    """A reset, a silence, a broken protocol and a cut body after sending are `OutcomeUnknown`."""
    environment(OUTSIDE_TIMEOUT_SECONDS="0.2")
    async with server(serve) as url:
        with pytest.raises(OutcomeUnknown):
            await ask(url, commits=True)


@pytest.mark.parametrize("serve", [hang_up, be_silent, speak_nonsense, break_off])
async def test_lost_answer_of_a_harmless_call_may_be_asked_again(serve: Serve, environment: Setter) -> None:
    """The same faults in a call that cannot make anything visible are `NotSent`, which is retryable."""
    environment(OUTSIDE_TIMEOUT_SECONDS="0.2")
    async with server(serve) as url:
        with pytest.raises(NotSent) as caught:
            await ask(url)
    assert caught.value.retryable


async def test_refused_connection_never_left() -> None:
    """Nobody listening means that even a committing call surely did not happen."""
    async with server(hang_up) as url:
        pass
    with pytest.raises(NotSent):
        await ask(url, commits=True)
    await http.close()


async def test_failed_handshake_never_left() -> None:
    """TLS that cannot be agreed upon fails before the request."""

    async def know_no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"no TLS here")
        writer.close()

    async with server(know_no_tls) as url:
        with pytest.raises(NotSent):
            await ask(url.replace("http:", "https:"), commits=True)


async def test_unknown_name_never_left(wire: Wire) -> None:
    """A name that DNS does not know comes before the request."""
    wire.on("POST", "/thing", error=httpx.ConnectError("Name or service not known"))
    with pytest.raises(NotSent):
        await ask(commits=True)


@pytest.mark.parametrize("commits", [True, False])
@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
async def test_server_fault(wire: Wire, status: int, commits: bool) -> None:
    """A 5xx leaves a committing call open and a harmless one undone."""
    wire.on("POST", "/thing", text="<html>", status=status)
    with pytest.raises(OutcomeUnknown if commits else NotSent):
        await ask(commits=commits)


@pytest.mark.parametrize(("commits", "kind"), [(True, OutcomeUnknown), (False, BadAnswer)])
async def test_success_that_makes_no_sense(wire: Wire, commits: bool, kind: type[OutsideError]) -> None:
    """A 200 without what the contract promises may well have worked."""
    wire.on("POST", "/thing", text='{"id":')
    answer = await ask(commits=commits)
    with pytest.raises(kind):
        answer.at("id")


async def test_dead_token_and_limit_are_clear_refusals(wire: Wire) -> None:
    """401 and 429 say that nothing happened, also at the commit point."""
    wire.on("POST", "/thing", status=401).on("POST", "/thing", status=429, headers={"retry-after": "120"})
    with pytest.raises(TokenRejected):
        await ask(commits=True)
    with pytest.raises(RateLimited) as caught:
        await ask(commits=True)
    assert caught.value.retry_after == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("0", timedelta()),
        ("90", timedelta(seconds=90)),
        ("Mon, 23 Nov 2026 09:45:00 GMT", timedelta(minutes=15)),
        ("Mon, 23 Nov 2026 09:00:00 GMT", timedelta()),
        ("", None),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after(header: str, span: timedelta | None) -> None:
    """Seconds and HTTP dates are read; anything else says nothing."""
    with clock.frozen(NOW):
        assert http.read_retry_after(header) == span


@given(st.text())
def test_retry_after_never_fails(header: str) -> None:
    """Whatever a server writes there is no reason to lose the answer."""
    http.read_retry_after(header)


async def test_secrets_stay_out_of_errors_and_diagnostics(wire: Wire) -> None:
    """Neither the account's token nor an upload token is in what an engineer gets to see."""
    wire.on("POST", "/thing", {"echo": "tok-en", "upload_url": "https://u.example/?upload_token=abc"}, status=500)
    with pytest.raises(OutsideError) as caught:
        await ask(f"{URL}?access_token=tok-en&x=1", token=SecretStr("tok-en"))
    seen = f"{caught.value} {caught.value!r} {caught.value.diagnostic} {caught.value.__cause__}"
    assert "tok-en" not in seen
    assert "abc" not in seen


async def test_secrets_stay_out_when_the_connection_fails(wire: Wire) -> None:
    """A transport error that repeats the address does not tell the token either."""
    wire.on("POST", "/thing", error=httpx.ReadError("reset reading http://h/?upload_token=abc with tok-en"))
    with pytest.raises(OutsideError) as caught:
        await ask(token=SecretStr("tok-en"))
    assert "abc" not in caught.value.diagnostic
    assert "tok-en" not in caught.value.diagnostic


SECRETS = st.text(st.characters(categories=["L", "N"], max_codepoint=127), min_size=8)


@given(SECRETS, st.sampled_from(["access_token", "upload_token", "client_secret", "appsecret_proof", "refresh_token"]))
def test_redaction_finds_a_secret_by_its_name(secret: str, name: str) -> None:
    """In a query, in JSON and in a form the value is gone and the rest stays."""
    marked = f"<<{secret}>>".strip("<>") + "Z9"
    for text in (f"https://h/p?a=1&{name}={marked}&b=2", f'{{"{name}": "{marked}", "b": 2}}', f"{name}={marked}"):
        assert marked not in redact(text)
        assert name in redact(text)


@given(st.sampled_from([NotSent, RateLimited, TokenRejected, OutcomeUnknown, BadAnswer]), st.booleans())
def test_only_doubt_depends_on_what_a_call_can_do(kind: type[OutsideError], commits: bool) -> None:
    """A harmless call is never in doubt; a committing one never ends with an answer that merely makes no sense."""
    error = weighed(kind("error.some", diagnostic="d", retry_after=timedelta(seconds=3)), commits)
    assert isinstance(error, OutcomeUnknown) <= commits
    assert not (commits and isinstance(error, BadAnswer))
    assert (error.key, error.diagnostic, error.retry_after) == ("error.some", "d", timedelta(seconds=3))


@given(SECRETS)
def test_redaction_finds_a_token_by_its_scheme(secret: str) -> None:
    """A header that found its way into a text says no more than that there was one."""
    for scheme in ("Bearer", "OAuth"):
        assert f"{secret}Z9" not in redact(f"Authorization: {scheme} {secret}Z9 was sent")


async def test_one_client_for_a_running_loop() -> None:
    """The client is made once, ignores the environment's proxies, and is made anew after it was closed."""
    first = http.client()
    assert http.client() is first
    assert not first.trust_env
    assert not first.follow_redirects
    await http.close()
    assert first.is_closed
    assert http.client() is not first
    await http.close()


async def test_token_travels_in_the_header_alone(wire: Wire) -> None:
    """Query strings land in logs, so the token is never in one."""
    wire.on("POST", "/thing", {})
    await ask(token=SecretStr("tok-en"))
    request = wire.requests[0]
    assert request.headers["authorization"] == "Bearer tok-en"
    assert "tok-en" not in str(request.url)


async def test_an_idle_connection_is_used_again(serve: ServeApp) -> None:
    """Requests one after the other share a connection, requests at once do not wait for each other."""
    peers: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        peers.append(scope["client"][1])
        await asyncio.sleep(0.05)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    base = await serve(app)
    for _ in range(3):
        await http.call("GET", base, refusal=lambda answer: None)
    assert len(set(peers)) == 1
    await asyncio.gather(*(http.call("GET", base, refusal=lambda answer: None) for _ in range(40)))
    assert len(set(peers)) == 40
    await http.close()


async def test_a_cut_request_leaves_its_connection_usable(serve: ServeApp) -> None:
    """Who stops waiting does not take a connection with it, nor does the next one get the wrong answer."""
    waits = iter((5.0, 0.0))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        wait = next(waits)
        await asyncio.sleep(wait)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(wait).encode()})

    base = await serve(app)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await http.call("GET", base, refusal=lambda answer: None)
    assert (await http.call("GET", base, refusal=lambda answer: None)).body == 0.0
    await http.close()
