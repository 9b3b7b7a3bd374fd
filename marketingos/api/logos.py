"""`POST /api/products/logo`: a picture as the bare body, from the product editor. Who asks is told by the session
cookie, which a foreign page cannot make the browser send."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Cookie, Request
from fastapi.responses import JSONResponse

from marketingos.api.problems import problem
from marketingos.errors import Forbidden, InvalidInput, MarketingError
from marketingos.services import logos, people
from marketingos.text import language_or_default

router = APIRouter(include_in_schema=False)


@router.post("/api/products/logo", status_code=201)
async def upload(
    request: Request, language: str = "", marketingos_session: Annotated[str | None, Cookie()] = None
) -> JSONResponse:
    """201 with the logo's name and address, else problem JSON whose `detail` is the sentence for the person."""
    try:
        actor = await people.signed_in(marketingos_session)
        origin = request.headers.get("origin")
        if origin and urlsplit(origin).netloc != request.headers.get("host"):
            raise Forbidden
        logo = await logos.keep(actor, await _receive(request))
    except MarketingError as error:
        return problem(error, language=language_or_default(language))
    return JSONResponse({"name": logo.name, "url": logo.url}, HTTPStatus.CREATED)


async def _receive(request: Request) -> bytes:
    taken = bytearray()
    async for part in request.stream():
        taken += part
        if len(taken) > logos.SIZE_MAX:
            raise InvalidInput("product.logo_too_large", field="logo", most=logos.SIZE_MAX // 1_000_000)
    return bytes(taken)
