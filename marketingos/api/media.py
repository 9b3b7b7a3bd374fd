"""`/media/{signature}/{file}`: stored files for browsers and platforms. Public, unguessable, whole or in ranges."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from marketingos.errors import NotFound
from marketingos.services import media

router = APIRouter()

_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@router.api_route("/media/{signature}/{file}", methods=["GET", "HEAD"], response_class=FileResponse, tags=["media"])
async def read(signature: str, file: str) -> FileResponse:
    """A file. 404 for any address that is not exactly one that we gave out."""
    try:
        found = await media.open_signed(signature, file)
    except NotFound as error:
        raise HTTPException(404) from error
    return FileResponse(found.path, media_type=found.mime, headers=_HEADERS)
