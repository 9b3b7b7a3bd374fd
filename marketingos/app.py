"""The composition root: pages, routes, lifespan, error handler."""

import reflex as rx

from marketingos.settings import get_settings
from marketingos.ui.components.head import head
from marketingos.ui.failures import explain
from marketingos.ui.pages import login

__all__ = ["app", "login"]


app = rx.App(
    stylesheets=["/tokens.css", "/app.css", "/calendar.css", "/previews.css"],
    head_components=head(),
    html_lang=get_settings().language,
    toaster=None,
    app_wraps={},
    backend_exception_handler=explain,
)
