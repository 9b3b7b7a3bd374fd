"""What a machine calls, as one FastAPI application that Reflex carries (`api_transformer`)."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from marketingos import __version__
from marketingos.api import auth, autosaas, health, logos, media, oauth, problems, uploads
from marketingos.errors import MarketingError


def create_api() -> FastAPI:
    """The application with every router."""
    api = FastAPI(
        title="MarketingOS", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None
    )
    for module in (auth, autosaas, health, logos, media, oauth, uploads):
        api.include_router(module.router)
    api.add_exception_handler(MarketingError, problems.answer)
    api.add_exception_handler(RequestValidationError, problems.misread)
    return api
