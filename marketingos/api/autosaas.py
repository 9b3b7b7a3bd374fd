"""`POST /api/autosaas/webhook`: Auto-SaaS Builder registers a product."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from marketingos.api.problems import problem
from marketingos.errors import Forbidden, InvalidInput
from marketingos.services import autosaas

router = APIRouter(tags=["autosaas"])

SIZE_MAX = 64_000


class NewProduct(BaseModel):
    """The message."""

    name: str = Field(max_length=80)
    description: str
    targetAudience: str  # noqa: N815  (the other system's name)
    usp: str
    website: str | None = None
    externalId: str | None = Field(None, max_length=120)  # noqa: N815


_DESCRIBED = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": NewProduct.model_json_schema()}}}
}


@router.post("/api/autosaas/webhook", status_code=202, openapi_extra=_DESCRIBED)
async def register(request: Request, x_autosaas_signature: Annotated[str, Header()] = "") -> JSONResponse:
    """202 with the product, the same one however often the message comes; its first template follows by itself."""
    try:
        body = await _body(request)
        done = await autosaas.register(body, x_autosaas_signature)
    except Forbidden as error:
        return problem(error, status=HTTPStatus.UNAUTHORIZED)
    if done.problems:
        return problem(InvalidInput("autosaas.invalid"), fields=done.problems)
    told = {"success": True, "productId": done.product_id, "created": done.created, "active": done.active}
    return JSONResponse(told, HTTPStatus.ACCEPTED)


async def _body(request: Request) -> bytes:
    """The raw bytes, as they were signed; no more than any product needs."""
    taken = bytearray()
    async for part in request.stream():
        taken += part
        if len(taken) > SIZE_MAX:
            raise InvalidInput("autosaas.too_large", limit=SIZE_MAX // 1000)
    return bytes(taken)
