"""`/media/{signature}/{file}`: stored files for browsers and platforms. Public, unguessable, whole or in ranges.

Ranges as RFC 9110 section 14 has them: one range is answered with 206, several or a malformed one as if none was
asked for, one beyond the end with 416. A file never changes under its address, so its name is its strong validator.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response, StreamingResponse

from marketingos.errors import NotFound, NotSent
from marketingos.services import media

router = APIRouter()

_RANGE = re.compile(r"bytes=([0-9]{1,18})-([0-9]{0,18})", re.IGNORECASE)
_SUFFIX = re.compile(r"bytes=-([0-9]{1,18})", re.IGNORECASE)
_HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@router.head("/media/{signature}/{file}", include_in_schema=False)
@router.get("/media/{signature}/{file}", response_class=StreamingResponse, tags=["media"])
async def read(signature: str, file: str, request: Request) -> Response:
    """A file. 404 for any address that is not exactly one that we gave out; 503 while the store does not answer."""
    try:
        found = await media.open_signed(signature, file)
    except NotFound as error:
        raise HTTPException(404) from error
    except NotSent as error:
        raise HTTPException(503, headers={"Retry-After": "30"}) from error
    headers = {**_HEADERS, "ETag": f'"{found.name.partition(".")[0]}"'}
    if found.mime == "application/pdf":
        headers["Content-Disposition"] = "attachment"  # in a page without rights no viewer opens
    if _names(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    asked = request.headers.get("range", "") if _still(request.headers.get("if-range"), headers["ETag"]) else ""
    try:
        span = span_of(asked, found.size)
    except ValueError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{found.size}"})
    start, end = span or (0, found.size)
    headers["Content-Length"] = str(end - start)
    if span:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    body = _nothing() if request.method == "HEAD" or start == end else media.stream(found, start, end)
    return StreamingResponse(body, 206 if span else 200, headers, found.mime)


def span_of(header: str, size: int) -> tuple[int, int] | None:
    """What a `Range` header asks of so many bytes: the first and the one after the last. None when it asks for nothing
    that we answer in part; `ValueError` when what it asks for is not there."""
    if suffix := _SUFFIX.fullmatch(header):
        start, end = max(size - int(suffix[1]), 0), size
    elif asked := _RANGE.fullmatch(header):
        start, end = int(asked[1]), min(int(asked[2]) + 1, size) if asked[2] else size
        if asked[2] and int(asked[2]) < start:
            return None
    else:
        return None
    if start >= end:
        raise ValueError("not in the file")
    return start, end


def _names(header: str, etag: str) -> bool:
    """Whether an `If-None-Match` names this file."""
    known = {name.strip().removeprefix("W/") for name in header.split(",")}
    return etag in known or "*" in known


def _still(if_range: str | None, etag: str) -> bool:
    """Whether a range may be answered: nobody asked on condition, or of exactly this file (a date never is)."""
    return if_range is None or if_range.strip() == etag


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
