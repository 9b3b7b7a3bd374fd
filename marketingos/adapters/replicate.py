"""Pictures and films by Replicate's official SDK (1.x), which is used around its faults.

`models.predictions.async_create` is the one call that sends `Prefer: wait`; waiting for the end is our own loop with a
deadline, because the SDK's has none and does not know the status `aborted`; files are fetched with a plain client,
because the SDK's sends the token to whatever host serves them. Files live for one hour (replicate.com/docs,
predictions), so they are fetched at once.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import httpx
from anyio import to_thread
from PIL import Image, UnidentifiedImageError
from pydantic import SecretStr
from pydantic.v1 import ValidationError
from replicate.client import Client
from replicate.exceptions import ReplicateError

from marketingos import clock
from marketingos.adapters import http
from marketingos.domain.ports import Illustration, Usage
from marketingos.errors import (
    BadAnswer,
    ContentRefused,
    MarketingError,
    Misconfigured,
    NotSent,
    OutcomeUnknown,
    OverBudget,
    RateLimited,
    TokenRejected,
)

PATIENCE = 180.0
"""Seconds from the request to the finished picture; models take 3 to 30."""

FILM_PATIENCE = 900.0
"""The same for a film; models take one to ten minutes."""

SIZE_LIMIT = 60 * 1024 * 1024
"""Bytes of the largest file that is fetched."""

_WAIT = 30
_POLL = 1.0
_TRIES = 3
_SLACK = timedelta(minutes=1)
"""How far Replicate's clock may be behind ours."""

_FORMATS = frozenset({"JPEG", "PNG", "WEBP"})
_DELIVERY = "replicate.delivery"


class Replicate:
    """An `Illustrator`; of films, when it is told how many `seconds` they last. The SDK's client belongs to one event
    loop, so each loop gets its own."""

    def __init__(
        self, *, token: SecretStr, base_url: str, model: str, seconds: int | None = None, patience: float | None = None
    ) -> None:
        self._token, self._base_url, self._model, self._seconds = token, base_url, model, seconds
        self._patience = patience or (FILM_PATIENCE if seconds else PATIENCE)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Client] = WeakKeyDictionary()
        self._accepted: frozenset[str] | None = None
        self._begun: dict[str, Any] = {}
        """Predictions as their creation answered, for whoever fetches them in the same process."""

    async def order(self, prompt: str, aspect: str) -> str:
        """Asks for one picture; the prediction's id. `ContentRefused` when the input is refused, `OutcomeUnknown` when
        it may have been created all the same and cannot be found."""
        if not self._token.get_secret_value():
            raise Misconfigured("error.replicate_not_configured")
        inputs = await self._told(prompt, aspect)
        async with self._within_patience():
            try:
                prediction = await self._start(inputs)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                raise NotSent("error.replicate_unreachable", diagnostic=f"{type(error).__name__}: {error}") from error
        self._begun[prediction.id] = prediction
        return str(prediction.id)

    async def fetch(self, order: str) -> Illustration:
        """The picture of a prediction. `ContentRefused`, `NotSent` (it failed, and is not billed) or `BadAnswer` (it
        may be billed) when there will be none; after any other error the same order may be fetched again."""
        async with self._within_patience():
            data = await self._download(_address(await self._finished(await self._found(order))))
        purpose = "film" if self._seconds else "picture"
        used = Usage(
            provider="replicate", model=self._model, purpose=purpose, units=self._seconds or 1, request_id=order
        )
        return Illustration(data=data, usage=used)

    @asynccontextmanager
    async def _within_patience(self) -> AsyncIterator[None]:
        """The SDK's errors as ours, and an end to all waiting."""
        try:
            async with asyncio.timeout(self._patience):
                yield
        except TimeoutError as error:
            raise OutcomeUnknown("error.replicate_slow", diagnostic=f"not done in {self._patience:.0f} s") from error
        except ReplicateError as error:
            raise _meaning(error) from error
        except ValidationError as error:
            raise _unreadable(error) from error
        except json.JSONDecodeError as error:
            diagnostic = f"unreadable answer: {error}"
            raise OutcomeUnknown("error.replicate_unreachable", diagnostic=diagnostic) from error
        except httpx.HTTPError as error:
            diagnostic = f"{type(error).__name__}: {error}"
            raise OutcomeUnknown("error.replicate_unreachable", diagnostic=diagnostic) from error

    async def close(self) -> None:
        """Closes the running event loop's client; call once at shutdown. The SDK has no public way."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client._async_client.aclose()

    def _client(self) -> Client:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = Client(
                api_token=self._token.get_secret_value(),
                base_url=self._base_url,
                headers={"Cancel-After": f"{int(self._patience // 60) + 1}m"},
            )
        return self._clients[loop]

    async def _told(self, prompt: str, aspect: str) -> Mapping[str, object]:
        """The inputs of an order that is not made yet: whatever goes wrong here cost nothing."""
        try:
            async with self._within_patience():
                return await self._inputs(prompt, aspect)
        except OutcomeUnknown as error:
            raise http.weighed(error, commits=False) from error

    async def _inputs(self, prompt: str, aspect: str) -> Mapping[str, object]:
        """What we would like to say, less what this model does not listen to."""
        if self._accepted is None:
            self._accepted = await self._input_names()
        wishes: dict[str, object] = {"prompt": prompt, "aspect_ratio": aspect}
        if self._seconds:
            wishes |= {"duration": self._seconds, "resolution": "720p", "generate_audio": False}
        else:
            wishes |= {"output_format": "jpg", "output_quality": 92}
        return {name: value for name, value in wishes.items() if not self._accepted or name in self._accepted}

    async def _input_names(self) -> frozenset[str]:
        """The inputs that the model's published schema names; none when it publishes no schema."""
        found = await self._client().models.async_get(self._model)
        schema: Any = (found.latest_version.openapi_schema if found.latest_version else None) or {}
        inputs = schema.get("components", {}).get("schemas", {}).get("Input", {})
        return frozenset(inputs.get("properties", {}))

    async def _start(self, inputs: Mapping[str, object]) -> Any:
        """Asks for the picture. Nothing identifies the request: after a lost answer it is looked for, not repeated."""
        owner, _, name = self._model.partition("/")
        create = self._client().models.predictions.async_create
        begun = clock.now()
        for attempt in range(_TRIES):
            try:
                return await create(model=(owner, name), input=dict(inputs), wait=_WAIT)
            except ReplicateError as error:
                if error.status == 429 and attempt < _TRIES - 1 and _pause(error) <= _WAIT:
                    await asyncio.sleep(_pause(error))
                elif (error.status or 0) < 500:
                    raise
                else:
                    return await self._begun_since(begun, inputs, error)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                raise
            except (httpx.TransportError, json.JSONDecodeError) as error:
                return await self._begun_since(begun, inputs, error)
        raise AssertionError("the loop answers or raises")

    async def _begun_since(self, begun: datetime, inputs: Mapping[str, object], error: Exception) -> Any:
        """The prediction with these inputs that was created since then, though nobody told us; else the error."""
        try:
            for one in await self._newest():
                same = (one["model"], one["input"].get("prompt")) == (self._model, inputs["prompt"])
                if same and datetime.fromisoformat(one["created_at"]) >= begun - _SLACK:
                    return await self._client().predictions.async_get(one["id"])
        except (ReplicateError, httpx.HTTPError, ValueError, KeyError, TypeError):
            raise error from None
        raise error

    async def _newest(self) -> list[Any]:
        """The last hundred predictions, newest first; see replicate.com/docs, predictions.list. The SDK's own list
        cannot be read when one of them is `aborted`."""
        page = await self._client()._async_request("GET", "/v1/predictions")
        return list(page.json()["results"])

    async def _found(self, order: str) -> Any:
        """What is known of a prediction. Replicate forgets it an hour after its end: it was billed, and is lost."""
        if order in self._begun:
            return self._begun.pop(order)
        try:
            return await self._client().predictions.async_get(order)
        except ReplicateError as error:
            if error.status == 404:
                raise BadAnswer("error.replicate_failed", diagnostic=f"{order} is not known any more") from error
            raise

    async def _finished(self, prediction: Any) -> Any:
        """Waits for the end."""
        while prediction.status in ("starting", "processing"):
            await asyncio.sleep(_POLL)
            prediction = await self._client().predictions.async_get(prediction.id)
        if prediction.status == "succeeded":
            return prediction
        diagnostic = f"{prediction.id} {prediction.status}: {prediction.error}"
        if prediction.status == "failed" and re.search("nsfw|safety|sensitive|flagged", str(prediction.error), re.I):
            raise ContentRefused("error.replicate_refused", diagnostic=diagnostic)
        if prediction.status == "failed":
            raise NotSent("error.replicate_failed", diagnostic=diagnostic)
        raise BadAnswer("error.replicate_failed", diagnostic=diagnostic)  # canceled after its start: billed

    async def _download(self, address: str) -> bytes:
        """The file; the picture is paid for, so a hiccup or a broken file is met with patience."""
        if not self._is_trusted(address):
            raise BadAnswer("error.replicate_failed", diagnostic=f"a file on an unknown host: {address}")
        for attempt in range(_TRIES):
            try:
                data = await _file_at(address)
                await to_thread.run_sync(_check_film if self._seconds else _check_picture, data)
                return data
            except (httpx.HTTPError, BadAnswer):
                if attempt == _TRIES - 1:
                    raise
                await asyncio.sleep(_POLL * (attempt + 1))
        raise AssertionError("the loop answers or raises")

    def _is_trusted(self, address: str) -> bool:
        """Replicate's own hosts over https, and the host of the configured base."""
        parts, base = urlsplit(address), urlsplit(self._base_url)
        if (parts.scheme, parts.netloc) == (base.scheme, base.netloc):
            return True
        return parts.scheme == "https" and f".{parts.hostname}".endswith(f".{_DELIVERY}")


def _address(prediction: Any) -> str:
    """Models answer one address or a list of them."""
    output = prediction.output
    first = output[0] if isinstance(output, list) and output else output
    if not isinstance(first, str):
        raise BadAnswer("error.replicate_failed", diagnostic=f"{prediction.id} succeeded without a file")
    return first


async def _file_at(address: str) -> bytes:
    async with http.client().stream("GET", address) as response:
        if response.status_code in (404, 410):
            raise BadAnswer("error.replicate_failed", diagnostic=f"{response.status_code} for {address}")
        response.raise_for_status()
        data = bytearray()
        async for piece in response.aiter_bytes():
            data += piece
            if len(data) > SIZE_LIMIT:
                raise BadAnswer("error.replicate_failed", diagnostic=f"more than {SIZE_LIMIT} bytes at {address}")
    return bytes(data)


def _check_film(data: bytes) -> None:
    """The container's first box; what is in it is judged when it is kept."""
    if data[4:8] != b"ftyp":
        raise BadAnswer("error.replicate_failed", diagnostic="not an MP4")


def _check_picture(data: bytes) -> None:
    """What a file is, is what is in it, to its end, whatever its name and header say."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            known = picture.format in _FORMATS
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadAnswer("error.replicate_failed", diagnostic=f"not a picture: {error}") from error
    if not known:
        raise BadAnswer("error.replicate_failed", diagnostic=f"a picture of an unwanted kind: {picture.format}")


_RESET = re.compile(r"resets in ~?(\d+)\s*s")


def _pause(error: ReplicateError) -> float:
    """Seconds after which a limit is over."""
    told = _RESET.search(error.detail or "")
    return float(told[1]) if told else 30.0


def _unreadable(error: ValidationError) -> MarketingError:
    """The SDK does not know the status `aborted`: never started, not billed. See replicate.com/docs, predictions."""
    if any(told.get("ctx", {}).get("given") == "aborted" for told in error.errors()):
        return NotSent("error.replicate_aborted", diagnostic=str(error))
    return OutcomeUnknown("error.replicate_unreachable", diagnostic=str(error))


def _meaning(error: ReplicateError) -> MarketingError:
    """Our error for a problem document. See replicate.com/docs, HTTP API."""
    diagnostic = f"{error.status} {error.title}: {error.detail}"
    match error.status:
        case 401 | 403:
            return TokenRejected("error.replicate_key", diagnostic=diagnostic)
        case 402:
            return OverBudget("error.replicate_credit")
        case 404:
            return Misconfigured("error.replicate_model")
        case 422 | 400:
            return ContentRefused("error.replicate_refused", diagnostic=diagnostic)
        case 429:
            return RateLimited(
                "error.replicate_busy", diagnostic=diagnostic, retry_after=timedelta(seconds=_pause(error))
            )
        case _:
            return OutcomeUnknown("error.replicate_unreachable", diagnostic=diagnostic)
