"""The one way to call a platform: a configured client, and what an answer or its absence means for a post.

Whether a failed call may have made something visible decides everything after it, so every call says with `commits`
whether it can. A harmless call that fails is `NotSent`; a committing call is `NotSent` only when it surely never left
or was clearly refused, and `OutcomeUnknown` for a time-out, a cut connection, a 5xx or an answer that makes no sense.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, NamedTuple, TypedDict, Unpack
from weakref import WeakKeyDictionary

import httpx
from pydantic import SecretStr

from marketingos import __version__, clock
from marketingos.errors import (
    BadAnswer,
    ContentRefused,
    Missing,
    NotSent,
    OutcomeUnknown,
    OutsideError,
    PermissionMissing,
    RateLimited,
    TokenRejected,
)
from marketingos.settings import get_settings

EXCERPT = 1500
"""Characters of an answer's body that a diagnostic keeps."""

_KEPT = 32
"""Idle connections of one host that are kept."""

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()

_SECRET = re.compile(
    r"""((?:access_token|refresh_token|upload_token|id_token|input_token|client_secret|appsecret_proof|
    fb_exchange_token|code_verifier|upload_?url)["']?\s*[=:]\s*["']?|\b(?:Bearer|OAuth)\s+)[^"'&\s,}]+""",
    re.IGNORECASE | re.VERBOSE,
)

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class Ruling(NamedTuple):
    """What one of a platform's refusals means: our error, its sentence, and how long to wait if nobody says."""

    error: type[OutsideError]
    key: str | None = None
    pause: timedelta | None = None

    def on(self, answer: Answer) -> OutsideError:
        """The error for this answer."""
        return self.error(self.key, diagnostic=answer.diagnostic, retry_after=answer.retry_after or self.pause)


BY_STATUS: Mapping[int, Ruling] = {
    401: Ruling(TokenRejected),
    403: Ruling(PermissionMissing),
    408: Ruling(OutcomeUnknown),
    413: Ruling(ContentRefused),
    425: Ruling(NotSent),
    429: Ruling(RateLimited, pause=timedelta(minutes=1)),
}
"""What a status means when the body says nothing that its platform's contract knows."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response, read. `body` is its JSON, or None; `diagnostic` tells engineers what was asked and answered."""

    status: int
    headers: Mapping[str, str]
    body: Any
    diagnostic: str
    commits: bool

    def at(self, *path: str | int) -> Any:
        """The value at a path of the body; raises when it is not there."""
        value = self.body
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                raise self.nonsense() from None
        return value

    def get(self, name: str) -> Any:
        """A field of the body, or None."""
        return self.body.get(name) if isinstance(self.body, dict) else None

    def nonsense(self) -> OutsideError:
        """The error for an answer that lacks what its contract promises."""
        return weighed(BadAnswer(diagnostic=self.diagnostic), self.commits)

    def by_status(self) -> OutsideError:
        """The error for a refusal that only its status tells apart."""
        fallback = Ruling(OutcomeUnknown) if self.status >= 500 else Ruling(BadAnswer)
        return BY_STATUS.get(self.status, fallback).on(self)

    @property
    def retry_after(self) -> timedelta | None:
        """What `Retry-After` says, in seconds or as a date (RFC 9110 section 10.2.3)."""
        return read_retry_after(self.headers.get("retry-after", ""))


Refusal = Callable[[Answer], OutsideError | None]
"""How a platform says no: the error that an answer means, None for a yes."""


class Parts(TypedDict, total=False):
    """What a request may carry, as httpx names it."""

    headers: Mapping[str, str]
    params: Mapping[str, str]
    json: Any
    data: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes, str]]
    content: bytes | AsyncIterator[bytes]


@dataclass
class Advice:
    """What a platform says by the way: how long it would have its account rest. Nothing when it says nothing."""

    rest: timedelta = timedelta()


_advice: ContextVar[Advice | None] = ContextVar("advice", default=None)


@contextmanager
def advised() -> Iterator[Advice]:
    """Collects the advice of all calls that the code within makes."""
    advice = Advice()
    token = _advice.set(advice)
    try:
        yield advice
    finally:
        _advice.reset(token)


def advise(rest: timedelta) -> None:
    """An adapter passes on what it read in an answer."""
    if advice := _advice.get():
        advice.rest = max(advice.rest, rest)


async def call(
    method: str,
    url: str,
    *,
    refusal: Refusal,
    commits: bool = False,
    token: SecretStr | None = None,
    scheme: str = "Bearer",
    **parts: Unpack[Parts],
) -> Answer:
    """Makes one request. `commits` says whether it can make something visible; a query in `url` is sent as it is."""
    secret = token.get_secret_value() if token else ""
    if secret:
        parts["headers"] = {**parts.get("headers", {}), "Authorization": f"{scheme} {secret}"}
    asked = f"{method} {url.partition('?')[0]}"
    try:
        response = await client().request(method, url, **parts)
    except (httpx.RequestError, httpx.InvalidURL) as error:
        diagnostic = redact(f"{asked} -> {type(error).__name__}: {error}", secret)
        raise _lost(error, diagnostic, commits) from None
    answer = Answer(
        status=response.status_code,
        headers=response.headers,
        body=_json(response),
        diagnostic=redact(f"{asked} -> {response.status_code} {response.text[:EXCERPT]}", secret),
        commits=commits,
    )
    if no := refusal(answer):
        raise weighed(no, commits)
    return answer


def client() -> httpx.AsyncClient:
    """The client of the running event loop. The environment's proxies are not used; redirects are not followed."""
    loop = asyncio.get_running_loop()
    found = _clients.get(loop)
    if found is None or found.is_closed:
        seconds = get_settings().outside_timeout_seconds
        found = _clients[loop] = httpx.AsyncClient(
            timeout=httpx.Timeout(seconds, connect=min(seconds, 10.0)),
            transport=_Lanes(),
            headers={"User-Agent": f"MarketingOS/{__version__}"},
            trust_env=False,
        )
    return found


class _Lanes(httpx.AsyncBaseTransport):
    """Connections that are each a pool of one: the library's pool looks through all of its connections at every
    request, which with a hundred at once costs more than the requests (measured: 4.6 ms of work a call against 1.2 ms).
    An idle lane is used before a new one is made, the one used last first."""

    def __init__(self) -> None:
        self._trust = httpx.create_ssl_context(trust_env=False)
        self._idle: dict[bytes, list[httpx.AsyncHTTPTransport]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        idle = self._idle.setdefault(request.url.netloc, [])
        lane = idle.pop() if idle else self._lane()
        try:
            response = await lane.handle_async_request(request)
        except BaseException:
            await self._give_back(idle, lane)
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Leased(response.stream, partial(self._give_back, idle, lane))
        return response

    def _lane(self) -> httpx.AsyncHTTPTransport:
        # Kept for less long than servers do, so that a request rarely meets a connection that is being closed.
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=4.0)
        return httpx.AsyncHTTPTransport(verify=self._trust, limits=limits, trust_env=False)

    async def _give_back(self, idle: list[httpx.AsyncHTTPTransport], lane: httpx.AsyncHTTPTransport) -> None:
        if len(idle) < _KEPT:
            idle.append(lane)
        else:
            await lane.aclose()

    async def aclose(self) -> None:
        for idle in self._idle.values():
            while idle:
                await idle.pop().aclose()


class _Leased(httpx.AsyncByteStream):
    """An answer on its way; once it is read or dropped, its lane is free again."""

    def __init__(self, stream: httpx.AsyncByteStream, give_back: Callable[[], Awaitable[None]]) -> None:
        self._stream = stream
        self._give_back: Callable[[], Awaitable[None]] | None = give_back

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        give_back, self._give_back = self._give_back, None
        try:
            await self._stream.aclose()
        finally:
            if give_back:
                await give_back()


@asynccontextmanager
async def replaced(other: httpx.AsyncClient) -> AsyncIterator[None]:
    """Another client for the running event loop, as long as it lasts: for who brings the answers along."""
    loop, before = asyncio.get_running_loop(), client()
    _clients[loop] = other
    try:
        yield
    finally:
        _clients[loop] = before
        await other.aclose()


async def close() -> None:
    """Closes the running event loop's client; call once at shutdown."""
    found = _clients.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.aclose()


def weighed(error: OutsideError, commits: bool) -> OutsideError:
    """The same error for what the call could do: a harmless call leaves no doubt, a committing one leaves it easily."""
    kind: type[OutsideError]
    if isinstance(error, BadAnswer | Missing) and commits:
        kind = OutcomeUnknown
    elif isinstance(error, OutcomeUnknown) and not commits:
        kind = NotSent
    else:
        return error
    key = error.key if error.key != type(error).key else None
    return kind(key, diagnostic=error.diagnostic, retry_after=error.retry_after)


def _lost(error: Exception, diagnostic: str, commits: bool) -> OutsideError:
    harmless = not commits or isinstance(error, _NEVER_LEFT)
    return NotSent(diagnostic=diagnostic) if harmless else OutcomeUnknown(diagnostic=diagnostic)


def redact(text: str, *secrets: str) -> str:
    """A text without these secrets and without the values of fields that hold one."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return _SECRET.sub(r"\1***", text)


def read_retry_after(value: str) -> timedelta | None:
    """`Retry-After` as a span from now, None when it says nothing that can be read."""
    if re.fullmatch(r"\d{1,9}", value.strip()):
        return timedelta(seconds=int(value))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(moment - clock.now(), timedelta())


def _json(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except ValueError:
        return None
