"""The composition root: pages, routes, lifespan, error handler."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
from fastapi import FastAPI

from marketingos import adapters, clock, db, jobs, log, memory
from marketingos.api import create_api
from marketingos.api.caching import keep_assets
from marketingos.settings import get_settings
from marketingos.ui.components.head import head
from marketingos.ui.failures import explain
from marketingos.ui.pages import accounts, analytics, calendar, login, post, products

__all__ = ["accounts", "analytics", "app", "calendar", "login", "post", "products"]


def routes() -> FastAPI:
    """The API, and in the sandbox world the twin of the outside beside it."""
    api, settings = create_api(), get_settings()
    if settings.is_sandbox and not settings.sandbox_url:
        from marketingos.sandbox import create_app

        base = f"http://127.0.0.1:{settings.port}/sandbox"
        api.mount("/sandbox", create_app(data_dir=settings.data_dir / "sandbox", public_base=base, clock=clock.now))
    return api


@asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """The sweeps run for as long as the server does; then every connection is closed."""
    log.configure()
    memory.settle()
    try:
        async with jobs.scheduler():
            yield
    finally:
        await adapters.close()
        await db.dispose()


app = rx.App(
    stylesheets=[
        "/tokens.css",
        "/app.css",
        "/accounts.css",
        "/calendar.css",
        "/post.css",
        "/previews.css",
        "/products.css",
        "/writing.css",
    ],
    head_components=head(),
    html_lang=get_settings().language,
    toaster=None,
    app_wraps={},
    backend_exception_handler=explain,
    api_transformer=[routes(), keep_assets],
)
app.register_lifespan_task(lifespan)
