"""Claude through Anthropic's official SDK: one structured answer for each assignment.

The two system blocks are the same for every post of a product and carry the cache marks (a prefix of at least 1,024
tokens; see platform.claude.com, prompt caching). The schema is enforced by `output_config`; `messages.parse` is not
used because it loses the usage of an answer that turns out to be cut short.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

import anthropic
import httpx2
from anthropic import APIRequest, AsyncAPIResponse
from anthropic.types import Message, MessageParam, TextBlockParam
from pydantic import SecretStr

from marketingos.adapters import http
from marketingos.domain.ports import Assignment, Manuscript, Usage
from marketingos.errors import (
    BadAnswer,
    ContentRefused,
    MarketingError,
    Misconfigured,
    NotSent,
    OutcomeUnknown,
    OutsideError,
    OverBudget,
    PermissionMissing,
    RateLimited,
    TokenRejected,
)

SILENCE = 120.0
"""Seconds that one request may take; posts are written in 20 to 60."""

PATIENCE = 300.0
"""Seconds for a request with all its retries."""

_SHORT_WAIT = timedelta(seconds=20)
"""A longer `Retry-After` is for the caller to keep; the SDK would sleep through it, however long it is."""

_UNBILLED = frozenset({408, 409, 429, 529})
"""Refusals after which the SDK may ask again by itself: nothing was written."""

_NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)

_SPENDING_ENDS = (
    anthropic.EnforcedSpendLimitReachedError,
    anthropic.ContractSpendLimitReachedError,
    anthropic.LinkedOrganizationSpendLimitReachedError,
    anthropic.LinkedOrganizationBillingUnavailableError,
    anthropic.PaymentRequiredError,
)
_OWN_LIMIT = "You have reached your specified API usage limits"
"""How the 400 begins that a workspace's own limit answers."""


class Claude:
    """A `Writer`. The SDK's client belongs to one event loop, so each loop gets its own."""

    def __init__(self, *, api_key: SecretStr, base_url: str, model: str, retries: int = 2) -> None:
        self._api_key, self._base_url, self._model, self._retries = api_key, base_url, model, retries
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, anthropic.AsyncAnthropic] = WeakKeyDictionary()

    async def write(self, assignment: Assignment, schema: Mapping[str, Any]) -> Manuscript:
        """Asks once, and again only where the try before surely cost nothing. `OutcomeUnknown` when an answer was lost
        that may have been billed, `OverBudget` when the account's own limit is reached, `Misconfigured` when the model
        is gone."""
        if not self._api_key.get_secret_value():
            raise Misconfigured("error.claude_not_configured")
        try:
            async with asyncio.timeout(PATIENCE):
                message = await self._ask(assignment, schema)
        except TimeoutError as error:
            raise OutcomeUnknown("error.claude_busy", diagnostic=f"no answer within {PATIENCE:.0f} s") from error
        except anthropic.AnthropicError as error:
            raise _meaning(error) from error
        except ValueError as error:
            # A body that breaks off in the middle: the SDK lets the JSON decoder's own error through.
            raise OutcomeUnknown("error.claude_busy", diagnostic=f"unreadable answer: {error}") from error
        return Manuscript(
            text="".join(block.text for block in message.content if block.type == "text"),
            stop_reason=message.stop_reason or "",
            usage=_usage(message, assignment.purpose),
        )

    async def close(self) -> None:
        """Closes the running event loop's client; call once at shutdown."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    async def _ask(self, assignment: Assignment, schema: Mapping[str, Any]) -> Message:
        wanted = anthropic.transform_schema(dict(schema))
        return await self._client().messages.create(
            model=self._model,
            max_tokens=assignment.room,
            system=[_kept(assignment.rules), _kept(assignment.book)],
            messages=_turns(assignment),
            output_config={"effort": "medium", "format": {"type": "json_schema", "schema": wanted}},
        )

    def _client(self) -> anthropic.AsyncAnthropic:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = anthropic.AsyncAnthropic(
                api_key=self._api_key.get_secret_value(),
                base_url=self._base_url,
                timeout=SILENCE,
                max_retries=self._retries,
                middleware=[_again_only_if_unbilled],
            )
        return self._clients[loop]


async def _again_only_if_unbilled(
    request: APIRequest, send: Callable[[APIRequest], Awaitable[AsyncAPIResponse[Any]]]
) -> AsyncAPIResponse[Any]:
    """Around each try: keeps the SDK from repeating one that may have been billed. No key makes two tries one."""
    try:
        answer = await send(request)
    except anthropic.APIConnectionError as error:
        if isinstance(error.__cause__, _NEVER_LEFT):
            raise
        raise _meaning(error) from None  # the SDK looks for something to repeat in the cause
    wait = http.read_retry_after(answer.headers.get("retry-after", "")) or timedelta()
    if answer.status_code not in _UNBILLED or wait > _SHORT_WAIT:
        answer.http_response.headers["x-should-retry"] = "false"
    return answer


def _kept(text: str) -> TextBlockParam:
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}


def _turns(assignment: Assignment) -> list[MessageParam]:
    """The brief alone, or the conversation so far when a draft is to be mended."""
    asked: MessageParam = {"role": "user", "content": assignment.brief}
    if not assignment.findings:
        return [asked]
    draft: MessageParam = {"role": "assistant", "content": assignment.draft or "{}"}
    return [asked, draft, {"role": "user", "content": assignment.findings}]


def _usage(message: Message, purpose: str) -> Usage:
    used = message.usage
    return Usage(
        provider="anthropic",
        model=message.model,
        purpose=purpose,
        input_tokens=used.input_tokens,
        cache_read_tokens=used.cache_read_input_tokens or 0,
        cache_write_tokens=used.cache_creation_input_tokens or 0,
        output_tokens=used.output_tokens,
        request_id=message._request_id or message.id,
    )


def _meaning(error: anthropic.AnthropicError) -> MarketingError:
    """Our error for the SDK's. See platform.claude.com, API errors."""
    if isinstance(error, _SPENDING_ENDS) or (isinstance(error, anthropic.BadRequestError) and _OWN_LIMIT in str(error)):
        return OverBudget("error.claude_spend_limit")
    if isinstance(error, anthropic.NotFoundError):
        return Misconfigured("error.claude_model")
    if isinstance(error, anthropic.APIStatusError):
        return _by_status(error)
    diagnostic = f"{type(error).__name__}: {error.__cause__ or error}"
    if isinstance(error, anthropic.APIConnectionError):
        if isinstance(error.__cause__, _NEVER_LEFT):
            return NotSent("error.claude_unreachable", diagnostic=diagnostic)
        return OutcomeUnknown("error.claude_busy", diagnostic=diagnostic)
    return BadAnswer(diagnostic=diagnostic)


_KINDS: tuple[tuple[type[anthropic.APIStatusError], type[OutsideError], str], ...] = (
    (anthropic.AuthenticationError, TokenRejected, "error.claude_key"),
    (anthropic.PermissionDeniedError, PermissionMissing, "error.claude_key"),
    (anthropic.RateLimitError, RateLimited, "error.claude_busy"),
    (anthropic.OverloadedError, NotSent, "error.claude_busy"),
    (anthropic.InternalServerError, OutcomeUnknown, "error.claude_busy"),
    (anthropic.APIStatusError, ContentRefused, "error.claude_refused"),
)


def _by_status(error: anthropic.APIStatusError) -> OutsideError:
    ours, key = next((ours, key) for theirs, ours, key in _KINDS if isinstance(error, theirs))
    return ours(
        key,
        diagnostic=f"{error.status_code} {error.request_id} {error}"[: http.EXCERPT],
        retry_after=http.read_retry_after(error.response.headers.get("retry-after", "")),
    )
