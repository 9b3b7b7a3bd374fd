"""The levers for tests and benchmarks: fault script, the writer's lapses, further accounts, dead tokens, settings,
counts of calls, and what the models bill."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from marketingos.sandbox import world
from marketingos.sandbox.claude_script import Script
from marketingos.sandbox.faults import Rule
from marketingos.sandbox.rows import Account, Token
from marketingos.sandbox.tiktok.login import note_removal
from marketingos.sandbox.twin import SETTINGS, Twin, settle
from marketingos.sandbox.webhooks import shake_hands

_KINDS = {"facebook": "page", "instagram": "instagram", "tiktok": "creator", "linkedin": "organization"}
_SCOPES: dict[str, tuple[str, ...]] = {
    "page": world.META_SCOPES, "instagram": world.META_SCOPES, "creator": world.TIKTOK_SCOPES,
    "organization": world.ORGANIZATION_SCOPES, "member": world.MEMBER_SCOPES,
}  # fmt: skip
_TRAITS = ("private", "audited", "comment_disabled", "duet_disabled", "stitch_disabled", "max_video_seconds")


def routes(twin: Twin, webhook_target: str | None = None) -> list[BaseRoute]:
    """Everything below `/control`."""

    def handshake(twin: Twin, body: Any) -> Awaitable[dict[str, Any]]:
        target = str(body.get("target") or webhook_target)
        return shake_hands(twin, target, body["platform"], body.get("verify_token", ""))

    def lever(act: Callable[[Twin, Any], Any]) -> Callable[[Request], Awaitable[Response]]:
        async def pulled(request: Request) -> Response:
            try:
                body = await request.json() if await request.body() else {}
                answer = act(twin, body)
                return JSONResponse(await answer if isinstance(answer, Awaitable) else answer)
            except (ValueError, KeyError, TypeError) as error:
                return JSONResponse({"detail": str(error)}, 400)

        return pulled

    table: list[tuple[str, str, Callable[[Twin, Any], Any]]] = [
        ("faults", "POST", load_faults),
        ("faults", "GET", lambda twin, body: {"rules": twin.ledger.rules()}),
        ("faults", "DELETE", clear_faults),
        ("writer", "POST", load_lapses),
        ("writer", "GET", lambda twin, body: {"rules": Script(twin.ledger).rules()}),
        ("writer", "DELETE", clear_lapses),
        ("accounts", "POST", open_accounts),
        ("accounts", "GET", lambda twin, body: {"accounts": [vars(account) for account in twin.ledger.accounts()]}),
        ("tokens", "POST", change_token),
        ("settings", "POST", change_settings),
        ("settings", "GET", lambda twin, body: {name: twin.setting(name) for name in SETTINGS}),
        ("handshakes", "POST", handshake),
        ("calls", "GET", count_calls),
        ("calls", "DELETE", clear_calls),
        ("bills", "GET", lambda twin, body: {"bills": twin.ledger.bills()}),
    ]
    return [Route(f"/{name}", lever(act), methods=[method]) for name, method, act in table]


def load_faults(twin: Twin, body: Any) -> dict[str, Any]:
    """Add rules to the script: a list, or `{"rules": […]}`. All are read before the first is added."""
    raw = body.get("rules", []) if isinstance(body, dict) else body
    for one in raw:
        Rule.parse(one)
    return {"rules": [twin.ledger.add_rule(one) for one in raw]}


def clear_faults(twin: Twin, body: Any) -> dict[str, Any]:
    twin.ledger.clear_rules()
    return {"rules": []}


def load_lapses(twin: Twin, body: Any) -> dict[str, Any]:
    """Add rules to the writer's script (see claude_script): a list, or `{"rules": […]}`."""
    return {"rules": Script(twin.ledger).load(body.get("rules", []) if isinstance(body, dict) else body)}


def clear_lapses(twin: Twin, body: Any) -> dict[str, Any]:
    Script(twin.ledger).clear()
    return {"rules": []}


def open_accounts(twin: Twin, body: Any) -> dict[str, Any]:
    """Open accounts, or change the traits of one that exists.

    Each: `platform`, and optionally `kind`, `name`, `handle`, `brand`, `followers`, `scopes`, `external_id`,
    `parent_external_id`, `count` (that many alike), and TikTok's traits (`private`, `audited`, …).
    """
    wanted = body if isinstance(body, list) else [body]
    with twin.ledger.writing():
        made = [account for one in wanted for _ in range(int(one.get("count", 1))) for account in _open(twin, one)]
    return {"accounts": made}


def _open(twin: Twin, one: Mapping[str, Any]) -> list[dict[str, Any]]:
    known = twin.ledger.account(str(one.get("external_id", "")))
    if known is not None:
        return [_changed(twin, known, one)]
    account = _account(twin, one)
    opened = [account]
    if account.platform == "instagram" and twin.ledger.account(account.parent_external_id or "") is None:
        page = _account(
            twin,
            {
                **one,
                "platform": "facebook",
                "kind": "page",
                "handle": account.handle,
                "external_id": account.parent_external_id,
            },
        )
        account = world.DemoAccount(**{**vars(account), "access_token": page.access_token})
        opened = [page, account]
    for new in opened:
        settle(twin.ledger, new, twin.now())
    traits = {name: one[name] for name in _TRAITS if name in one}
    if traits:
        _changed(twin, twin.ledger.account(account.external_id), traits)
    return [vars(new) for new in opened]


def _changed(twin: Twin, account: Account | None, one: Mapping[str, Any]) -> dict[str, Any]:
    if account is None:
        raise KeyError("no such account")
    traits = {name: one[name] for name in _TRAITS if name in one}
    fresh = {name: one[name] for name in ("name", "followers") if name in one}
    changed = Account(**{**vars(account), **fresh, "facts": {**account.facts, **traits}})
    twin.ledger.put_account(changed)
    return vars(changed)


def _account(twin: Twin, one: Mapping[str, Any]) -> world.DemoAccount:
    platform = one["platform"]
    kind = one.get("kind", _KINDS[platform])
    external_id = one.get("external_id") or _fresh_id(twin, kind)
    parent = one.get("parent_external_id") or (twin.digits("10", 15) if kind == "instagram" else None)
    page = twin.ledger.tokens_of(parent) if parent else []
    name = one.get("name", f"Cuenta {twin.ledger.number()}")
    return world.DemoAccount(
        brand=one.get("brand", name),
        platform=platform,
        kind=kind,
        external_id=external_id,
        name=name,
        handle=one.get("handle", name.lower().replace(" ", "")),
        access_token=page[0].token if page else _fresh_token(kind, external_id),
        refresh_token=world.tiktok_refresh_token(external_id)
        if kind == "creator"
        else world.linkedin_token(f"refresh:{external_id}")
        if kind == "organization"
        else None,
        scopes=tuple(one.get("scopes", _SCOPES[kind])),
        parent_external_id=parent,
        followers=int(one.get("followers", 1_500)),
    )


def _fresh_id(twin: Twin, kind: str) -> str:
    number = twin.digits("10", 15)
    return {
        "page": number,
        "instagram": f"1784{number[2:]}",
        "creator": "-000" + world.secret(f"open_id:{number}", 32),
        "organization": f"urn:li:organization:{number[-9:]}",
        "member": f"urn:li:person:{world.secret(number, 10)}",
    }[kind]


def _fresh_token(kind: str, external_id: str) -> str:
    if kind == "creator":
        return world.tiktok_token(external_id)
    maker = world.meta_token if kind in ("page", "instagram") else world.linkedin_token
    return maker(external_id)


def change_token(twin: Twin, body: Any) -> dict[str, Any]:
    """End or revive the tokens of an account, or one token.

    `{"token": … | "account": …, "action": "expire" | "revoke" | "restore", "scopes"?: […], "subcode"?: 460}`; the
    subcode says why Meta revoked it (458 to 492), 458 when it is left out.
    """
    one, action = twin.ledger.token(str(body.get("token"))), body.get("action", "restore")
    tokens = _tokens_for(twin, str(body["account"])) if "account" in body else [one] if one else []
    states = {"expire": "expired", "revoke": "revoked", "restore": "active"}
    if not tokens or action not in states:
        raise KeyError("no such token, or no such action")
    state = f"revoked:{int(body['subcode'])}" if "subcode" in body else states[action]
    for token in tokens:
        scopes = tuple(body.get("scopes", token.scopes))
        twin.ledger.put_token(Token(**{**vars(token), "state": state, "scopes": scopes}))
        if state == "revoked" and token.platform == "tiktok":
            note_removal(twin, token.subject, reason=1)
    return {"changed": len(tokens)}


def _tokens_for(twin: Twin, account_id: str) -> list[Token]:
    account = twin.ledger.account(account_id)
    owner = account.parent if account and account.parent else account_id
    return twin.ledger.tokens_of(owner) or twin.ledger.tokens_granted(owner)


def change_settings(twin: Twin, body: Any) -> dict[str, Any]:
    """Change limits and delays by name (see `twin.SETTINGS`); `processing_seconds` is merged platform by platform."""
    if unknown := set(body) - set(SETTINGS):
        raise ValueError(f"unknown settings {sorted(unknown)}; there are {sorted(SETTINGS)}")
    for name, value in body.items():
        merged = {**twin.setting(name), **value} if isinstance(value, dict) else value
        twin.ledger.put_setting(name, merged)
    return {name: twin.setting(name) for name in SETTINGS}


def count_calls(twin: Twin, body: Any) -> dict[str, Any]:
    calls = twin.ledger.calls()
    return {"calls": calls, "total": sum(call["count"] for call in calls)}


def clear_calls(twin: Twin, body: Any) -> dict[str, Any]:
    twin.ledger.clear_calls()
    return {"calls": [], "total": 0}
