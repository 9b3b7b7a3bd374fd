"""LinkedIn's sign-in: consent page, code and refresh grants, introspection, revocation, and who the member is."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from marketingos.sandbox import world
from marketingos.sandbox.consent import Consent, back_to_app, consent_page, read_consent
from marketingos.sandbox.linkedin.wire import LinkedInError, bearer, forbidden
from marketingos.sandbox.rows import Account, Asset, Token
from marketingos.sandbox.twin import Twin

_ACCESS, _REFRESH = 60 * 86_400.0, 365 * 86_400.0
_CODE_LIFE = 1_800.0


def routes(twin: Twin) -> list[BaseRoute]:
    """Below www.linkedin.com/oauth/v2 and api.linkedin.com/v2."""

    async def authorization(request: Request) -> Response:
        return await _authorization(twin, request)

    async def access_token(request: Request) -> Response:
        return await _access_token(twin, request)

    async def introspect(request: Request) -> Response:
        return await _introspect(twin, request)

    async def revoke(request: Request) -> Response:
        return await _revoke(twin, request)

    async def userinfo(request: Request) -> Response:
        return _identity(twin, request, _userinfo)

    async def me(request: Request) -> Response:
        return _identity(twin, request, _me)

    return [
        Route("/oauth/v2/authorization", authorization, methods=["GET", "POST"]),
        Route("/oauth/v2/accessToken", access_token, methods=["POST"]),
        Route("/oauth/v2/introspectToken", introspect, methods=["POST"]),
        Route("/oauth/v2/revoke", revoke, methods=["POST"]),
        Route("/v2/userinfo", userinfo, methods=["GET"]),
        Route("/v2/me", me, methods=["GET"]),
    ]


async def _authorization(twin: Twin, request: Request) -> Response:
    consent = await read_consent(request)
    asked = consent.asked
    app, scopes = twin.ledger.app(asked.get("client_id", "")), asked.get("scope", "").split()
    known = app is not None and app["platform"] == "linkedin" and asked.get("redirect_uri")
    if app is None or not known or asked.get("response_type") != "code":
        return HTMLResponse("<h1>Bummer, something went wrong.</h1>", 400)
    if not scopes or not set(scopes) <= set(app["scopes"]):
        text = "Scope is not authorized for your application"
        return back_to_app(consent, error="unauthorized_scope_error", error_description=text)
    if not consent.decision:
        owned = [(a.id, a.name) for a in twin.ledger.accounts("linkedin") if a.kind == "organization"]
        choices = owned if "w_organization_social" in scopes else []
        return HTMLResponse(consent_page("LinkedIn", str(app["name"]), scopes, choices, asked))
    if consent.decision != "allow":
        text = "The user cancelled the authorization"
        return back_to_app(consent, error="user_cancelled_authorize", error_description=text)
    return back_to_app(consent, code=_code(twin, app, consent, scopes))


def _code(twin: Twin, app: dict[str, Any], consent: Consent, scopes: list[str]) -> str:
    code = "AQ" + twin.secret("linkedin-code", 110)
    facts = {
        "client_id": app["client_id"],
        "redirect_uri": consent.asked["redirect_uri"],
        "scopes": scopes,
        "used": False,
        "grants": list(consent.accounts),
    }
    owner = _person(app["scopes"])
    twin.ledger.put_asset(
        Asset(id=code, platform="linkedin", kind="code", owner=owner, created_at=twin.now(), facts=facts)
    )
    return code


def _person(scopes: list[str]) -> str:
    """The one who signs in, as this app knows them: person ids differ from app to app."""
    if "rw_organization_admin" in scopes:
        return next(one.external_id for one in world.demo_people() if one.platform == "linkedin")
    return next(one.external_id for one in world.demo_accounts() if one.kind == "member")


async def _access_token(twin: Twin, request: Request) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return _oauth_error("invalid_request", "A required parameter is missing or malformed")
    app = twin.ledger.app(form.get("client_id", ""))
    if app is None or app["platform"] != "linkedin" or app["secret"] != form.get("client_secret"):
        return _oauth_error("invalid_client", "Client authentication failed", 401)
    if form.get("grant_type") == "authorization_code":
        return _redeem(twin, app, form)
    if form.get("grant_type") == "refresh_token":
        return _refresh(twin, form)
    return _oauth_error("unsupported_grant_type", "The grant type is not supported")


def _oauth_error(code: str, text: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": code, "error_description": text}, status)


def _redeem(twin: Twin, app: dict[str, Any], form: Mapping[str, str]) -> Response:
    code = twin.ledger.asset(form.get("code", ""))
    if code is None or code.kind != "code" or code.facts["client_id"] != form["client_id"] or code.facts["used"]:
        return _oauth_error("invalid_grant", "Unable to retrieve access token: authorization code not found")
    if twin.now() - code.created_at > _CODE_LIFE:
        return _oauth_error("invalid_grant", "Unable to retrieve access token: authorization code expired")
    if code.facts["redirect_uri"] != form.get("redirect_uri"):
        return _oauth_error("invalid_redirect_uri", "The redirect_uri does not match")
    twin.ledger.change_asset(code.id, used=True)
    until = twin.now() + _REFRESH if "rw_organization_admin" in app["scopes"] else None
    grants = tuple(code.facts["grants"]) or (code.owner,)
    return _issue(twin, code.owner, form["client_id"], tuple(code.facts["scopes"]), grants, None, until)


def _refresh(twin: Twin, form: Mapping[str, str]) -> Response:
    """A new access token; the refresh token stays the same and its end does not move."""
    old = twin.ledger.token_of_refresh(form.get("refresh_token", ""))
    if old is None or old.app != form["client_id"] or old.revoked or (old.refresh_expires_at or 0) <= twin.now():
        return _oauth_error(
            "invalid_grant", "The provided authorization grant or refresh token is invalid, expired or revoked."
        )
    with twin.ledger.writing():
        twin.ledger.put_token(Token(**{**vars(old), "refresh": None}))
        return _issue(twin, old.subject, old.app, old.scopes, old.grants, old.refresh, old.refresh_expires_at)


def _issue(
    twin: Twin,
    person: str,
    app: str,
    scopes: tuple[str, ...],
    grants: tuple[str, ...],
    refresh: str | None,
    until: float | None,
) -> Response:
    now, seed = twin.now(), twin.secret("linkedin-token")
    refresh = refresh or (world.linkedin_token(f"refresh:{seed}") if until else None)
    token = Token(
        token=world.linkedin_token(seed),
        platform="linkedin",
        kind="member",
        subject=person,
        app=app,
        grants=grants,
        scopes=scopes,
        issued_at=now,
        expires_at=now + _ACCESS,
        refresh=refresh,
        refresh_expires_at=until,
    )
    twin.ledger.put_token(token)
    answer: dict[str, Any] = {
        "access_token": token.token,
        "expires_in": int(_ACCESS),
        "scope": ",".join(scopes),
        "token_type": "Bearer",
    }
    if refresh and until:
        answer |= {"refresh_token": refresh, "refresh_token_expires_in": int(until - now)}
    return JSONResponse(answer)


async def _introspect(twin: Twin, request: Request) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    app, token = twin.ledger.app(form.get("client_id", "")), twin.ledger.token(form.get("token", ""))
    if app is None or app["secret"] != form.get("client_secret"):
        return _oauth_error("invalid_client", "Client authentication failed", 401)
    if token is None or token.app != form["client_id"]:
        return JSONResponse({"active": False})
    active = token.state == "active" and not token.expired(twin.now())
    status = "active" if active else "revoked" if token.revoked else "expired"
    return JSONResponse(
        {
            "active": active,
            "client_id": token.app,
            "authorized_at": int(token.issued_at),
            "auth_type": "3L",
            "created_at": int(token.issued_at),
            "status": status,
            "expires_at": int(token.expires_at or 0),
            "scope": ",".join(token.scopes),
        }
    )


async def _revoke(twin: Twin, request: Request) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    app, token = twin.ledger.app(form.get("client_id", "")), twin.ledger.token(form.get("token", ""))
    if app is None or app["secret"] != form.get("client_secret"):
        return _oauth_error("invalid_client", "Client authentication failed", 401)
    if token is not None and token.app == form["client_id"]:
        twin.ledger.put_token(Token(**{**vars(token), "state": "revoked"}))
    return Response(status_code=200)


def _identity(twin: Twin, request: Request, describe: Any) -> Response:
    try:
        token = bearer(twin, request)
        account = twin.ledger.account(token.subject)
        if account is None:
            raise forbidden(request.url.path)
        return JSONResponse(describe(token, account))
    except LinkedInError as error:
        return error.response()


def _userinfo(token: Token, account: Account) -> dict[str, Any]:
    if not {"openid", "profile"} <= set(token.scopes):
        raise forbidden("userinfo.GET.NO_VERSION")
    given, _, family = account.name.partition(" ")
    answer: dict[str, Any] = {
        "sub": account.id.rpartition(":")[2],
        "name": account.name,
        "given_name": given,
        "family_name": family,
        "locale": {"country": "ES", "language": "es"},
    }
    if "email" in token.scopes:
        answer |= {"email": f"{account.handle}@example.com", "email_verified": True}
    return answer


def _me(token: Token, account: Account) -> dict[str, Any]:
    if "r_basicprofile" not in token.scopes:
        raise forbidden("me.GET.NO_VERSION")
    given, _, family = account.name.partition(" ")
    return {
        "id": account.id.rpartition(":")[2],
        "localizedFirstName": given,
        "localizedLastName": family,
        "vanityName": account.handle,
    }
