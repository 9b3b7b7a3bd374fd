"""TikTok's upload host: chunks in order, and the last of them brings the post into being."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from marketingos.sandbox.rows import Asset
from marketingos.sandbox.tiktok.fate import commit, video_fault
from marketingos.sandbox.twin import Twin

_MIMES = {"video/mp4", "video/quicktime", "video/webm"}


async def put_chunk(twin: Twin, request: Request) -> Response:
    """One chunk. 206: more is expected; 201: all is in, and from here on the post comes into being."""
    handle = twin.ledger.asset("upload:" + request.query_params.get("upload_id", ""))
    task = twin.ledger.asset(handle.facts["publish_id"]) if handle else None
    if task is None or task.facts["secret"] != request.query_params.get("upload_token"):
        return Response(status_code=404)
    if twin.now() > task.facts["url_until"]:
        return Response(status_code=403)
    data = await request.body()
    first = _range_start(request, task, len(data))
    if first is None:
        return Response(status_code=400)
    if first + len(data) < task.facts["size"]:
        return _store(twin, task, first, data)
    return await _complete(twin, task, first, data)


def _range_start(request: Request, task: Asset, length: int) -> int | None:
    """The first byte of a well-formed chunk, or None when a header or the length is wrong."""
    if request.headers.get("content-type", "").partition(";")[0] not in _MIMES:
        return None
    span = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", request.headers.get("content-range", ""))
    if span is None or int(request.headers.get("content-length", -1)) != length:
        return None
    first, last, total = (int(part) for part in span.groups())
    facts = task.facts
    index = first // facts["chunk"]
    end = facts["size"] if index >= facts["count"] - 1 else (index + 1) * facts["chunk"]
    start = min(index, facts["count"] - 1) * facts["chunk"]
    exact = total == facts["size"] and last - first + 1 == length and (first, last + 1) == (start, end)
    return first if exact else None


def _progress(facts: dict[str, Any], status: int) -> Response:
    span = f"bytes 0-{facts['received']}/{facts['size']}"
    return Response(status_code=status, headers={"content-range": span})


def _store(twin: Twin, task: Asset, first: int, data: bytes) -> Response:
    with twin.ledger.writing():
        current = twin.ledger.asset(task.id)
        if current is None or current.facts["received"] != first:
            return _progress(current.facts if current else task.facts, 416)
        _write(twin, task, first, data)
        facts = twin.ledger.change_asset(task.id, received=first + len(data)).facts
    return _progress(facts, 206)


def _write(twin: Twin, task: Asset, first: int, data: bytes) -> None:
    part = twin.shelf.parts(task.id)
    part.touch()
    with part.open("r+b") as file:
        file.seek(first)
        file.write(data)
        file.truncate()


async def _complete(twin: Twin, task: Asset, first: int, data: bytes) -> Response:
    if task.facts["received"] != first:
        return _progress(task.facts, 416)
    part = twin.shelf.parts(task.id)
    medium = await twin.shelf.keep((part.read_bytes()[:first] if first else b"") + data)
    creator = twin.ledger.account(task.owner)
    assert creator is not None
    with twin.ledger.writing():
        current = twin.ledger.asset(task.id)
        if current is None or current.facts["received"] != first:
            return _progress(current.facts if current else task.facts, 416)
        facts = twin.ledger.change_asset(task.id, received=task.facts["size"]).facts
        commit(twin, creator, task, (medium,), video_fault((medium,), creator))
    part.unlink(missing_ok=True)
    return _progress(facts, 201)
