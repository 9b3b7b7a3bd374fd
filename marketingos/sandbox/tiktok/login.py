"""TikTok's Login Kit: consent page, code and refresh grants with strict rotation, revocation."""

import hashlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from marketingos.sandbox import answers, world
from marketingos.sandbox.consent import Consent, back_to_app, consent_page, read_consent
from marketingos.sandbox.rows import Asset, Token
from marketingos.sandbox.twin import Twin

_ACCESS, _REFRESH = 7_200.0, 15_552_000.0
_CODE_LIFE = 600.0


async def authorize(twin: Twin, request: Request) -> Response:
    """The consent page, and the way back with a code or a no."""
    consent = await read_consent(request)
    asked = consent.asked
    app, scopes = twin.ledger.app(asked.get("client_key", "")), [s for s in asked.get("scope", "").split(",") if s]
    known = app is not None and app["platform"] == "tiktok" and asked.get("redirect_uri")
    if app is None or not known or asked.get("response_type") != "code":
        return HTMLResponse("<h1>Something went wrong</h1><p>client_key, redirect_uri or response_type</p>", 400)
    if not consent.decision:
        creators = [(creator.id, f"@{creator.handle}") for creator in twin.ledger.accounts("tiktok")]
        return HTMLResponse(consent_page("TikTok", str(app["name"]), scopes, creators, asked, single=True))
    if consent.decision != "allow":
        text = "User cancelled the authorization"
        return back_to_app(consent, error="access_denied", error_description=text)
    return back_to_app(consent, code=_code(twin, consent, scopes), scopes=",".join(scopes))


def _code(twin: Twin, consent: Consent, scopes: list[str]) -> str:
    code = twin.secret("tiktok-code", 56) + "*0!6421.e1"
    facts = {
        "client_id": consent.asked["client_key"],
        "redirect_uri": consent.asked["redirect_uri"],
        "scopes": scopes,
        "used": False,
        "challenge": consent.asked.get("code_challenge"),
    }
    owner = consent.accounts[0] if consent.accounts else twin.ledger.accounts("tiktok")[0].id
    twin.ledger.put_asset(
        Asset(id=code, platform="tiktok", kind="code", owner=owner, created_at=twin.now(), facts=facts)
    )
    return code


async def token(twin: Twin, request: Request) -> Response:
    """Both grants. A refused grant comes with HTTP 200, as observed: the status says nothing here."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return _oauth_error("invalid_request", "Only `application/x-www-form-urlencoded` is accepted.", 400)
    app = twin.ledger.app(form.get("client_key", ""))
    if app is None or app["platform"] != "tiktok" or app["secret"] != form.get("client_secret"):
        return _oauth_error("invalid_client", "Client key or secret is incorrect.", 401)
    if form.get("grant_type") == "authorization_code":
        return _redeem(twin, form)
    if form.get("grant_type") == "refresh_token":
        return _refresh(twin, form)
    return _oauth_error("unsupported_grant_type", "The grant type is not supported.", 400)


def _oauth_error(code: str, text: str, status: int) -> JSONResponse:
    return JSONResponse({"error": code, "error_description": text, "log_id": answers.log_id()}, status)


def _redeem(twin: Twin, form: Mapping[str, str]) -> Response:
    code = twin.ledger.asset(form.get("code", ""))
    facts = code.facts if code else {}
    good = (
        code is not None
        and code.kind == "code"
        and facts["client_id"] == form["client_key"]
        and not facts["used"]
        and facts["redirect_uri"] == form.get("redirect_uri")
        and twin.now() - code.created_at <= _CODE_LIFE
        and _proves(facts["challenge"], form.get("code_verifier"))
    )
    if not good or code is None:
        return _oauth_error("invalid_grant", "Authorization code is expired.", 200)
    twin.ledger.change_asset(code.id, used=True)
    return _issue(twin, code.owner, form["client_key"], tuple(facts["scopes"]), twin.now() + _REFRESH)


def _proves(challenge: str | None, verifier: str | None) -> bool:
    """PKCE as TikTok has it: the challenge is the hex SHA-256 of the verifier."""
    return challenge is None or hashlib.sha256((verifier or "").encode()).hexdigest() == challenge


def _refresh(twin: Twin, form: Mapping[str, str]) -> Response:
    """Strict rotation: the new pair replaces the old, whose refresh token is dead from this moment."""
    old = twin.ledger.token_of_refresh(form.get("refresh_token", ""))
    dead = old is None or old.app != form["client_key"] or old.revoked
    if dead or old is None or (old.refresh_expires_at or 0) <= twin.now():
        return _oauth_error("invalid_grant", "Refresh token is invalid or expired.", 200)
    with twin.ledger.writing():
        twin.ledger.put_token(Token(**{**vars(old), "refresh": None, "state": "expired"}))
        return _issue(twin, old.subject, old.app, old.scopes, old.refresh_expires_at or 0)


def _issue(twin: Twin, open_id: str, app: str, scopes: tuple[str, ...], refresh_until: float) -> Response:
    now = twin.now()
    seed = twin.secret("tiktok-token")
    token = Token(
        token=world.tiktok_token(seed),
        platform="tiktok",
        kind="creator",
        subject=open_id,
        app=app,
        grants=(open_id,),
        scopes=scopes,
        issued_at=now,
        expires_at=now + _ACCESS,
        refresh=world.tiktok_refresh_token(seed),
        refresh_expires_at=refresh_until,
    )
    twin.ledger.put_token(token)
    return JSONResponse(
        {
            "access_token": token.token,
            "expires_in": int(_ACCESS),
            "open_id": open_id,
            "refresh_token": token.refresh,
            "refresh_expires_in": int(refresh_until - now),
            "scope": ",".join(scopes),
            "token_type": "Bearer",
        }
    )


async def revoke(twin: Twin, request: Request) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    app = twin.ledger.app(form.get("client_key", ""))
    if app is None or app["secret"] != form.get("client_secret"):
        return _oauth_error("invalid_client", "Client key or secret is incorrect.", 401)
    token = twin.ledger.token(form.get("token", ""))
    if token is None or token.app != form["client_key"]:
        return _oauth_error("invalid_request", "The token is not valid.", 400)
    twin.ledger.put_token(Token(**{**vars(token), "state": "revoked", "refresh": None}))
    note_removal(twin, token.subject, reason=5)
    return Response(status_code=200)


def note_removal(twin: Twin, open_id: str, *, reason: int) -> None:
    """Remember that an authorisation ended, for the webhook that tells of it (1: by the person, 5: by the app)."""
    removal = f"removal:{twin.ledger.number()}"
    facts = {"reason": reason}
    twin.ledger.put_asset(
        Asset(id=removal, platform="tiktok", kind="removal", owner=open_id, created_at=twin.now(), facts=facts)
    )
