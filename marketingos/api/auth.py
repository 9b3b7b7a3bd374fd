"""Logging in and out: the only routes that set the session cookie."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Cookie, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from marketingos.domain.address import local_path
from marketingos.errors import MarketingError
from marketingos.services import people
from marketingos.settings import get_settings
from marketingos.text import sentence

router = APIRouter(include_in_schema=False)


@router.get("/auth/ticket")
async def redeem(ticket: str, next: str = "/") -> Response:
    """Turns a single-use ticket into the HttpOnly cookie and goes on to `next`, which stays on this site."""
    session = await people.redeem_ticket(ticket)
    if session is None:
        return RedirectResponse("/login?void=1", status_code=303)
    token, seconds = session
    answer = RedirectResponse(local_path(next), status_code=303)
    answer.set_cookie(
        people.COOKIE,
        token,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=get_settings().base_url.startswith("https://"),
        path="/",
    )
    return answer


@router.post("/auth/logout")
@router.get("/auth/logout")
async def leave(marketingos_session: Annotated[str | None, Cookie()] = None) -> Response:
    """Ends the session on the server and in the browser."""
    await people.sign_out(marketingos_session)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(people.COOKIE, path="/")
    return answer


@router.get("/setup", response_class=HTMLResponse)
async def set_up_form(secret: str) -> str:
    """The form behind the one-time link that a new installation prints."""
    return _form(secret, "")


@router.post("/setup")
async def set_up(
    secret: Annotated[str, Form()],
    email: Annotated[str, Form()],
    name: Annotated[str, Form()],
    password: Annotated[str, Form()],
) -> Response:
    """Makes the first person and logs them in."""
    try:
        ticket = await people.set_up(secret, email, name, password)
    except MarketingError as error:
        words = sentence(error.key, get_settings().language, **error.values)
        return HTMLResponse(_form(secret, words), status_code=422)
    return RedirectResponse(f"/auth/ticket?ticket={ticket}", status_code=303)


def _form(secret: str, problem: str) -> str:
    language = get_settings().language

    def say(key: str) -> str:
        return escape(sentence(key, language))

    fields = "".join(
        f'<label>{say(f"setup.{name}")}<input name="{name}" type="{kind}" required autocomplete="{hint}"></label>'
        for name, kind, hint in (
            ("name", "text", "name"),
            ("email", "email", "username"),
            ("password", "password", "new-password"),
        )
    )
    return f"""<!doctype html><html lang="{language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>MarketingOS</title>
<link rel="stylesheet" href="/tokens.css"><link rel="stylesheet" href="/setup.css">
<main><img src="/logo.svg" width="40" height="40" alt=""><h1>{say("setup.title")}</h1>
<form method="post" action="/setup"><input type="hidden" name="secret" value="{escape(secret, quote=True)}">
{fields}<p role="alert">{escape(problem)}</p><button>{say("setup.submit")}</button></form></main></html>"""
