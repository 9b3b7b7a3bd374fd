"""Facebook Login: the consent page, code and token exchanges, what a token may do, and webhook subscriptions."""

import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from marketingos.sandbox import world
from marketingos.sandbox.consent import Consent, back_to_app, consent_page, read_consent
from marketingos.sandbox.meta.graph import edge, need_page_token, reads, show
from marketingos.sandbox.meta.wire import ABSENT, Call, FieldSpec, GraphError, Node, invalid, page_of, parse_fields
from marketingos.sandbox.rows import Account, Asset, Token
from marketingos.sandbox.twin import Twin

_CODE_LIFE = 600.0
_SHORT, _LONG = 5_400.0, 60 * 86_400.0
_DATA_ACCESS = 90 * 86_400.0
_ENDED = {
    458: "The user has not authorized application.",
    459: "The session has been invalidated because the user is in a checkpoint.",
    460: "The session has been invalidated because the user changed the password.",
    464: "Sessions for the user are not allowed because the user is not a confirmed user.",
    467: "This access token is invalid because the user logged out.",
    492: "The session has been invalidated because the user no longer has a role on the Page.",
}
_PAGE_FIELDS = {
    "feed", "mention", "name", "picture", "category", "description", "conversations", "messages", "ratings", "videos",
    "live_videos", "leadgen", "message_reads", "message_deliveries", "messaging_postbacks", "page_change_proposal",
}  # fmt: skip
_INSTAGRAM_FIELDS = {
    "comments", "mentions", "story_insights", "live_comments", "follow", "messages", "message_edit",
    "message_reactions", "messaging_optins", "messaging_postbacks", "messaging_referral", "messaging_seen", "standby",
    "share_to_story", "story_poll_response", "comment_poll_response", "onboarding_welcome_message_series",
}  # fmt: skip


# the browser's part


async def dialog(twin: Twin, request: Request) -> Response:
    """Ask the person; a GET shows the page, its form's POST decides and goes back to the app."""
    consent = await read_consent(request)
    asked = consent.asked
    app = twin.ledger.app(asked.get("client_id", ""))
    if app is None or app["platform"] != "meta" or not asked.get("redirect_uri"):
        text = "Invalid App ID" if app is None else "The redirect_uri is missing."
        return HTMLResponse(f"<h1>Error</h1><p>{text}</p>", 400)
    scopes = [scope for scope in asked.get("scope", "").replace(" ", ",").split(",") if scope]
    if not consent.decision:
        choices = [(page.id, page.name) for page in twin.ledger.accounts("facebook") if page.kind == "page"]
        return HTMLResponse(consent_page("Facebook", str(app["name"]), scopes, choices, asked))
    if consent.decision != "allow":
        said = {"error": "access_denied", "error_code": "200", "error_reason": "user_denied"}
        return back_to_app(consent, **said, error_description="Permissions error")
    return back_to_app(consent, code=_code(twin, consent, scopes))


def _code(twin: Twin, consent: Consent, scopes: list[str]) -> str:
    code = "AQ" + twin.secret("facebook-code", 180)
    facts = {
        "client_id": consent.asked["client_id"],
        "redirect_uri": consent.asked["redirect_uri"],
        "scopes": scopes or ["public_profile"],
        "grants": list(consent.accounts),
        "used": False,
    }
    person = next(one for one in world.demo_people() if one.platform == "facebook").external_id
    twin.ledger.put_asset(
        Asset(id=code, platform="facebook", kind="code", owner=person, created_at=twin.now(), facts=facts)
    )
    return code


# the server's part


async def access_token(call: Call) -> dict[str, Any]:
    """Code for a short token, short for long, or app credentials for the app's own token."""
    app = call.twin.ledger.app(call.params.text("client_id") or "")
    if app is None or app["platform"] != "meta":
        raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
    if call.params.text("client_secret") != app["secret"]:
        raise GraphError(1, "Error validating client secret.")
    kind = call.params.text("grant_type")
    if kind == "client_credentials":
        return {"access_token": f"{app['client_id']}|{app['secret']}", "token_type": "bearer"}
    if kind == "fb_exchange_token":
        return _lengthened(call, app["client_id"])
    return _redeemed(call, app["client_id"])


def _redeemed(call: Call, client_id: str) -> dict[str, Any]:
    code = call.twin.ledger.asset(call.params.text("code") or "")
    if code is None or code.kind != "code" or code.facts["client_id"] != client_id:
        raise GraphError(100, "Invalid verification code format.")
    if code.facts["redirect_uri"] != call.params.text("redirect_uri"):
        text = "Error validating verification code. Please make sure your redirect_uri is identical to the one you used"
        raise GraphError(100, f"{text} in the OAuth dialog request", subcode=36008)
    if code.facts["used"]:
        raise GraphError(100, "This authorization code has been used.", subcode=36009)
    if call.now - code.created_at > _CODE_LIFE:
        raise GraphError(100, "This authorization code has expired.", subcode=36007)
    call.twin.ledger.change_asset(code.id, used=True)
    return _issue(call, client_id, code.owner, code.facts["grants"], code.facts["scopes"], _SHORT)


def _lengthened(call: Call, client_id: str) -> dict[str, Any]:
    short = call.twin.ledger.token(call.params.text("fb_exchange_token") or "")
    if short is None or short.app != client_id or short.kind != "user":
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    if short.expired(call.now) or short.revoked:
        raise GraphError(190, "Error validating access token: Session has expired.", subcode=463)
    return _issue(call, client_id, short.subject, short.grants, short.scopes, _LONG)


def _issue(call: Call, client_id: str, person: str, grants: Any, scopes: Any, life: float) -> dict[str, Any]:
    text = world.meta_token(call.twin.secret("user-token"))
    call.twin.ledger.put_token(
        Token(
            token=text,
            platform="facebook",
            kind="user",
            subject=person,
            app=client_id,
            grants=tuple(grants),
            scopes=tuple(scopes),
            issued_at=call.now,
            expires_at=call.now + life,
        )
    )
    return {"access_token": text, "token_type": "bearer", "expires_in": int(life)}


def resolve_token(twin: Twin, text: str) -> Token:
    app_id, bar, secret = text.partition("|")
    if bar:
        app = twin.ledger.app(app_id)
        if app is None or not hmac.compare_digest(app["secret"], secret):
            raise GraphError(190, "Invalid OAuth access token signature.")
        return Token(token=text, platform="facebook", kind="app", subject=app_id, app=app_id)
    token = twin.ledger.token(text)
    if token is None or token.platform != "facebook":
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    if token.revoked:
        subcode = int(token.state.partition(":")[2] or 458)
        raise GraphError(190, f"Error validating access token: {_ENDED.get(subcode, _ENDED[467])}", subcode=subcode)
    if token.expired(twin.now()):
        raise GraphError(190, "Error validating access token: Session has expired.", subcode=463, status=401)
    return token


async def debug_token(call: Call) -> dict[str, Any]:
    resolve_token(call.twin, call.params.text("access_token") or "")
    token = call.twin.ledger.token(call.params.text("input_token") or "")
    if token is None or token.platform != "facebook":
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    return {"data": _described(call, token)}


def _described(call: Call, token: Token) -> dict[str, Any]:
    app, page = call.twin.ledger.app(token.app), token.kind == "page"
    person = next(one for one in world.demo_people() if one.platform == "facebook").external_id
    valid = token.state == "active" and not token.expired(call.now)
    data: dict[str, Any] = {
        "app_id": token.app,
        "type": token.kind.upper(),
        "application": app["name"] if app else "",
        "data_access_expires_at": int(token.issued_at + _DATA_ACCESS),
        "expires_at": int(token.expires_at or 0),
        "is_valid": valid,
        "issued_at": int(token.issued_at),
        "scopes": list(token.scopes),
        "granular_scopes": [_granular(scope, token) for scope in token.scopes],
        "user_id": person if page else token.subject,
    }
    if page:
        data["profile_id"] = token.subject
    if not valid:
        subcode = int(token.state.partition(":")[2] or 458) if token.revoked else 463
        data["error"] = {
            "code": 190,
            "message": "Error validating access token: Session has expired",
            "subcode": subcode,
        }
    return data


def _granular(scope: str, token: Token) -> dict[str, Any]:
    return {"scope": scope, "target_ids": list(token.grants)} if scope.startswith("pages_") else {"scope": scope}


# who may do what


@reads("user", "name", "email")
def user_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    return node.account.name if spec.name == "name" else ABSENT


@edge("user", "GET", "permissions")
async def permissions(call: Call, node: Node) -> dict[str, Any]:
    return {"data": [{"permission": scope, "status": "granted"} for scope in call.actor.scopes]}


@edge("user", "GET", "accounts")
async def accounts(call: Call, node: Node) -> dict[str, Any]:
    """The Pages this consent covers, each with its own token."""
    call.need("pages_show_list")
    pages = [account for grant in call.actor.grants if (account := call.twin.ledger.account(grant))]
    nodes = [Node("page", page.id, page) for page in pages]
    specs = call.fields(("access_token", "category", "name", "id", "tasks"))
    collection = page_of(call, nodes, lambda node: node)
    return collection | {"data": [await show(call, page, specs) for page in collection["data"]]}


@reads("page", "access_token")
def page_token(call: Call, node: Node, spec: FieldSpec) -> Any:
    """A Page token never ends by date when it comes from a long-lived user token, and dies with it otherwise."""
    actor, ledger = call.actor, call.twin.ledger
    if actor.kind == "page":
        return actor.token
    until = actor.expires_at if actor.expires_at and actor.expires_at - actor.issued_at <= _SHORT else None
    for known in ledger.tokens_of(node.id):
        same = known.kind == "page" and known.scopes == actor.scopes and known.expires_at == until
        if same and known.state == "active":
            return known.token
    text = world.meta_token(call.twin.secret("page-token"))
    ledger.put_token(
        Token(
            token=text,
            platform="facebook",
            kind="page",
            subject=node.id,
            app=actor.app,
            grants=(node.id,),
            scopes=actor.scopes,
            issued_at=call.now,
            expires_at=until,
        )
    )
    return text


@reads("page", "instagram_business_account", "connected_instagram_account")
async def linked_instagram(call: Call, node: Node, spec: FieldSpec) -> Any:
    linked = call.twin.ledger.accounts("instagram", node.id)
    if not linked:
        return ABSENT
    return await show(call, Node("instagram", linked[0].id, linked[0]), spec.children or parse_fields("id"))


@edge("user", "GET", "businesses")
async def businesses(call: Call, node: Node) -> dict[str, Any]:
    call.need("business_management")
    return {"data": []}


# webhook subscriptions


def _subscription(call: Call, account: Account) -> list[str]:
    stored = call.twin.ledger.setting(f"subscribed:{account.id}", [])
    return [str(name) for name in stored]


async def _subscribe(call: Call, node: Node, known: set[str]) -> dict[str, Any]:
    names = [str(name) for name in call.params.items("subscribed_fields")]
    if not names:
        raise invalid("The parameter subscribed_fields is required")
    for index, name in enumerate(names):
        if name not in known:
            raise invalid(f"Param subscribed_fields[{index}] must be one of {{{', '.join(sorted(known)).upper()}}}")
    call.twin.ledger.put_setting(f"subscribed:{node.id}", names)
    return {"success": True}


@edge("page", "POST", "subscribed_apps")
async def subscribe_page(call: Call, node: Node) -> dict[str, Any]:
    need_page_token(call, node)
    call.need("pages_manage_metadata")
    return await _subscribe(call, node, _PAGE_FIELDS)


@edge("instagram", "POST", "subscribed_apps")
async def subscribe_instagram(call: Call, node: Node) -> dict[str, Any]:
    call.need("instagram_basic")
    return await _subscribe(call, node, _INSTAGRAM_FIELDS)


@edge("page", "GET", "subscribed_apps")
@edge("instagram", "GET", "subscribed_apps")
async def subscriptions(call: Call, node: Node) -> dict[str, Any]:
    names, app = _subscription(call, node.account), call.twin.ledger.app(call.actor.app)
    if not names:
        return {"data": []}
    return {
        "data": [
            {
                "id": call.actor.app,
                "name": app["name"] if app else "",
                "category": "Business",
                "link": "https://www.facebook.com/",
                "subscribed_fields": names,
            }
        ]
    }


@edge("page", "DELETE", "subscribed_apps")
@edge("instagram", "DELETE", "subscribed_apps")
async def unsubscribe(call: Call, node: Node) -> dict[str, Any]:
    call.twin.ledger.put_setting(f"subscribed:{node.id}", [])
    return {"success": True}
