"""What a machine reads when something cannot be: problem JSON (RFC 9457), in English.

`type` names the sentence and never changes; `detail` is the sentence; `errors` names fields as the caller wrote them.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from marketingos.domain.sheet import Problem
from marketingos.errors import (
    Forbidden,
    InvalidInput,
    MarketingError,
    Misconfigured,
    NotFound,
    NotSignedIn,
    OutsideError,
    OverBudget,
    Refused,
    Throttled,
)
from marketingos.text import sentence

LANGUAGE = "en"
_STATUS: tuple[tuple[type[MarketingError], HTTPStatus], ...] = (
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Refused, HTTPStatus.CONFLICT),
    (Throttled, HTTPStatus.TOO_MANY_REQUESTS),
    (OverBudget, HTTPStatus.CONFLICT),
    (Misconfigured, HTTPStatus.SERVICE_UNAVAILABLE),
    (OutsideError, HTTPStatus.BAD_GATEWAY),
)


def problem(
    error: MarketingError,
    *,
    status: HTTPStatus | None = None,
    fields: Sequence[Problem] = (),
    language: str = LANGUAGE,
) -> JSONResponse:
    """The answer for an error; `status` where the usual one does not fit, `language` where a person reads it."""
    code = status or next((code for kind, code in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
    body: dict[str, object] = {
        "type": f"urn:marketingos:problem:{error.key}",
        "title": code.phrase,
        "status": code.value,
        "detail": sentence(error.key, language, **error.values),
    }
    named = [{"field": p.name, "detail": sentence(p.key, language, **p.values)} for p in fields]
    named += [{"field": error.field, "detail": str(body["detail"])}] if error.field and not fields else []
    return JSONResponse({**body, "errors": named} if named else body, code, media_type="application/problem+json")


async def answer(_request: Request, error: Exception) -> JSONResponse:
    """For the application: any known error that a route lets through."""
    assert isinstance(error, MarketingError)
    return problem(error)


async def misread(_request: Request, error: Exception) -> JSONResponse:
    """For the application: what was sent does not have the shape that the route takes. Nothing of it is repeated."""
    assert isinstance(error, RequestValidationError)
    fields = [Problem(path=tuple(found["loc"][1:]) or ("body",), key="error.invalid") for found in error.errors()]
    return problem(InvalidInput("error.invalid"), fields=fields)
