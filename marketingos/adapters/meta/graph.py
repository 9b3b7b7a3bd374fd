"""Meta's Graph API as Facebook Pages and Instagram use it: addresses, the proof of our app, insights.

Wire: developers.facebook.com/docs/graph-api (v25.0). Ids are strings, times read `2026-08-07T12:34:56+0000`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Unpack
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from marketingos import log
from marketingos.adapters.http import Answer, Parts, advise, call
from marketingos.adapters.meta.refusals import UnknownMetric, refusal
from marketingos.adapters.meta.usage import rest_after
from marketingos.domain.performance import Metrics
from marketingos.domain.ports import Grant
from marketingos.errors import OutsideError, PermissionMissing, RateLimited, TokenRejected
from marketingos.settings import GRAPH_HOST, get_settings

logger = log.get_logger(__name__)

AT_ONCE = 8
"""How many objects of one account are read at the same time."""

LIST_PAGES = 5
"""Pages of a list that are read to reach its end."""

VIDEO_HOST = "https://graph-video.facebook.com"

_ENDS_READING = (RateLimited, TokenRejected)

_MEMORY = 10_000
_unknown_metrics: dict[str, frozenset[str]] = {}
"""Metrics that an object turned out not to have: retired ones, or those of another kind of post."""


async def graph(
    method: str, path: str, grant: Grant, *, commits: bool = False, host: str = "", **parts: Unpack[Parts]
) -> Answer:
    """Calls `{host}/{version}/{path}` as the account. Nested values travel as JSON bodies."""
    settings = get_settings()
    parts["params"] = {**parts.get("params", {}), **_proof(grant.token)}
    url = f"{host or settings.meta_graph_url}/{settings.meta_graph_version}/{path}"
    answer = await call(method, url, refusal=_heard, commits=commits, token=grant.token, **parts)
    served = answer.headers.get("facebook-api-version", settings.meta_graph_version)
    if served != settings.meta_graph_version:
        logger.warning("meta.other_version", asked=settings.meta_graph_version, served=served)
    return answer


def _heard(answer: Answer) -> OutsideError | None:
    """What an answer means, after what its headers say of the limits was passed on."""
    advise(rest_after(answer.headers))
    return refusal(answer)


def video_host() -> str:
    """Where Page videos are uploaded: Meta's own host for them, unless another base is set."""
    settings = get_settings()
    return settings.meta_video_url or (VIDEO_HOST if settings.meta_graph_url == GRAPH_HOST else settings.meta_graph_url)


def appsecret_proof(token: str, secret: str) -> str:
    """Hex HMAC-SHA256 of the token under the app's secret; see .../guides/secure-requests."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def _proof(token: SecretStr) -> Mapping[str, str]:
    secret = get_settings().meta_app_secret.get_secret_value()
    return {"appsecret_proof": appsecret_proof(token.get_secret_value(), secret)} if secret else {}


def graph_time(text: str) -> datetime:
    """A moment as the Graph API writes it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")


async def listed(grant: Grant, edge: str, params: Mapping[str, str]) -> tuple[list[Mapping[str, Any]], bool]:
    """The rows of one of the account's lists, the newest first, and whether these are all that were asked for. A list
    ends where `next` does, however short its pages are."""
    rows: list[Mapping[str, Any]] = []
    for _ in range(LIST_PAGES):
        answer = await graph("GET", f"{grant.external_id}/{edge}", grant, params=params)
        rows += answer.at("data")
        further = (answer.get("paging") or {}).get("next")
        if not further:
            return rows, True
        if not (place := _place(str(further))):
            break
        params = {**params, **place}
    return rows, False


def _place(address: str) -> Mapping[str, str]:
    """Where the next page begins, as its address says it. The token in there is not for us to carry about."""
    asked = parse_qsl(urlsplit(address).query)
    return {name: value for name, value in asked if name not in ("access_token", "appsecret_proof")}


async def insights(grant: Grant, object_id: str, names: Iterable[str]) -> Mapping[str, int]:
    """The asked metrics that this object has. One bad name fails a whole call: then each is asked by itself."""
    wanted = [name for name in names if name not in _unknown_metrics.get(object_id, ())]
    if not wanted:
        return {}
    try:
        answer = await graph("GET", f"{object_id}/insights", grant, params={"metric": ",".join(wanted)})
    except UnknownMetric:
        if len(wanted) == 1:
            _forget(object_id, wanted[0])
            return {}
        parts = [await insights(grant, object_id, [name]) for name in wanted]
        return {name: value for part in parts for name, value in part.items()}
    return {row["name"]: value for row in answer.at("data") if isinstance(value := _value(row), int)}


def _forget(object_id: str, metric: str) -> None:
    """Does not ask this object for this metric again while the process lives."""
    logger.info("meta.no_such_metric", object=object_id, metric=metric)
    if len(_unknown_metrics) >= _MEMORY:
        _unknown_metrics.clear()
    _unknown_metrics[object_id] = _unknown_metrics.get(object_id, frozenset()) | {metric}


def _value(row: Mapping[str, object]) -> object:
    """The number of an insight, which stands in `values` or, with a breakdown, in `total_value`."""
    total = row.get("total_value")
    if isinstance(total, dict):
        return total.get("value")
    values = row.get("values")
    return values[0].get("value") if isinstance(values, list) and values else None


async def read_each(ids: Sequence[str], read: Callable[[str], Awaitable[Metrics]]) -> Mapping[str, Metrics]:
    """Reads objects a few at a time. One that cannot be read is left out; a limit or a dead permission ends the
    reading, and is raised only when nothing was read before it."""
    found: dict[str, Metrics] = {}
    for start in range(0, len(ids), AT_ONCE):
        batch = ids[start : start + AT_ONCE]
        results = await asyncio.gather(*(_attempt(read, name) for name in batch))
        found |= {name: result for name, result in zip(batch, results, strict=True) if isinstance(result, Metrics)}
        ended = next((result for result in results if isinstance(result, _ENDS_READING)), None)
        if ended and not found:
            raise ended
        if ended:
            break
    return found


async def _attempt(read: Callable[[str], Awaitable[Metrics]], name: str) -> Metrics | OutsideError:
    try:
        return await read(name)
    except OutsideError as error:
        logger.info("meta.not_read", object=name, error=error.key, diagnostic=error.diagnostic)
        return error


async def tolerant(question: Awaitable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """A part of a reading that it can do without, such as one that the permission does not cover."""
    try:
        return await question
    except PermissionMissing as error:
        logger.info("meta.part_not_read", error=error.key, diagnostic=error.diagnostic)
        return {}
