"""Connecting accounts in the browser: off to a platform's consent page, and back.

A platform's answer is a plain navigation: `SameSite=Lax` lets the session cookie come along, and the state in it is
good only for that session. What came of it is shown by the accounts page.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Cookie, Request
from fastapi.responses import RedirectResponse, Response

from marketingos.domain.permission import Provider
from marketingos.errors import MarketingError, NotFound, NotSignedIn
from marketingos.services import connecting
from marketingos.settings import get_settings

router = APIRouter(include_in_schema=False)

PAGE = "/accounts"
_ALIASES = {"facebook": Provider.META, "instagram": Provider.META}


@router.get("/oauth/{provider}/start")
async def start(
    provider: str,
    request: Request,
    account: int | None = None,
    marketingos_session: Annotated[str | None, Cookie()] = None,
) -> Response:
    """Sends the browser to the consent page; `account` is the one to reconnect."""
    try:
        address = await connecting.begin(
            marketingos_session, _provider(provider), origin=_origin(request), account_id=account
        )
    except NotSignedIn:
        return _go(f"/login?next={quote(PAGE)}")
    except MarketingError as problem:
        return _go(f"{PAGE}?problem={problem.key}")
    return _go(address)


@router.get("/oauth/{provider}/callback")
async def callback(
    provider: str,
    state: str = "",
    code: str | None = None,
    error: str | None = None,
    marketingos_session: Annotated[str | None, Cookie()] = None,
) -> Response:
    """Takes the platform's answer: a code, or why there is none."""
    try:
        consent = await connecting.finish(marketingos_session, _provider(provider), state=state, code=code, error=error)
    except NotSignedIn:
        return _go(f"/login?next={quote(PAGE)}")
    except MarketingError as problem:
        return _go(f"{PAGE}?problem={problem.key}")
    return _go(f"{PAGE}?consent={consent}")


def _provider(name: str) -> Provider:
    try:
        return _ALIASES.get(name) or Provider(name)
    except ValueError:
        raise NotFound from None


def _origin(request: Request) -> str:
    """Where this browser reaches us: what is configured, or on one's own machine the address that is being used."""
    return get_settings().public_url.rstrip("/") or str(request.base_url).rstrip("/")


def _go(address: str) -> Response:
    """Nobody else is told the address that was left, which carries a state or a code."""
    return RedirectResponse(
        address, status_code=303, headers={"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    )
