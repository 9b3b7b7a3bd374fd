"""Facebook Login: the dialog, codes and tokens, and which Pages and Instagram accounts a person lets us act for.

Wire: developers.facebook.com/docs/facebook-login/guides/{advanced/manual-flow,access-tokens}, .../graph-api/reference/
debug_token (v25.0). Secrets travel in bodies and headers, save for `debug_token`, which takes them in its query only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from marketingos.adapters.http import Answer, Ruling, call
from marketingos.adapters.meta.graph import appsecret_proof
from marketingos.adapters.meta.refusals import refusal
from marketingos.domain.account import AccountKind
from marketingos.domain.permission import Candidate, Inspection, Permit, Provider, asked_of, lacking
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Grant
from marketingos.errors import ContentRefused, NotSent, OutsideError, TokenRejected
from marketingos.settings import get_settings

_INSTAGRAM = "instagram_business_account{id,username,name,followers_count}"
_PAGE = f"id,name,username,followers_count,tasks,access_token,{_INSTAGRAM}"
_SEEN = "id,name,username,followers_count"
_MAY_POST = {"CREATE_CONTENT", "MANAGE"}
_APP_REFUSED = Ruling(NotSent, "connect.app_refused")
_CODE_VOID = Ruling(TokenRejected, "connect.code_void")


class MetaLogin:
    """Implements `ports.Authorizer` for Pages and for Instagram accounts that belong to a Page."""

    provider = Provider.META

    @property
    def configured(self) -> bool:
        settings = get_settings()
        return bool(settings.meta_app_id and settings.meta_app_secret.get_secret_value())

    def consent_page(self, redirect_uri: str, state: str) -> str:
        settings = get_settings()
        asked = {
            "client_id": settings.meta_app_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "response_type": "code",
            "scope": ",".join(asked_of(Provider.META)),
            # Without it Facebook does not ask again for what was once declined.
            "auth_type": "rerequest",
        }
        return f"{settings.meta_dialog_url}/{settings.meta_graph_version}/dialog/oauth?{urlencode(asked)}"

    async def redeem(self, code: str, redirect_uri: str) -> Sequence[Candidate]:
        short = await _exchange({"code": code, "redirect_uri": redirect_uri})
        person = await _exchange({"grant_type": "fb_exchange_token", "fb_exchange_token": short.get_secret_value()})
        scopes = await _granted(person)
        if "pages_show_list" not in scopes:
            raise TokenRejected("connect.no_list", diagnostic=f"granted: {sorted(scopes)}")
        found = await asyncio.gather(*[_on(page) async for page in _pages(person, scopes)])
        return [candidate for both in found for candidate in both]

    async def renew(self, refresh_token: SecretStr) -> Permit:
        raise TokenRejected(diagnostic="Meta has no refresh tokens")

    async def inspect(self, grant: Grant) -> Inspection:
        """The account is read with its token; with our app's secret, so is the token itself. A Page is asked for as
        `me`: anybody's token may read another Page."""
        node = "me" if grant.kind is AccountKind.PAGE else grant.external_id
        seen = await _get(node, grant.token, fields=_SEEN)
        if str(seen.at("id")) != grant.external_id:
            raise TokenRejected("connect.other_account", diagnostic=seen.diagnostic)
        told = await _debug(grant.token) if self.configured else Inspection()
        handle = str(seen.get("username") or "")
        return replace(told, name=str(seen.get("name") or handle), handle=handle, followers=seen.get("followers_count"))

    async def revoke(self, grant: Grant) -> None:
        """Meta takes back a person's whole consent or nothing, and other accounts may live by it."""


async def page_with(page_id: str, token: SecretStr) -> Sequence[Candidate]:
    """A Page and its Instagram account from a token that was made elsewhere, a person's or the Page's own."""
    page = await _get(page_id, token, fields=_PAGE.replace("tasks,", ""))
    own = page.get("access_token") or token.get_secret_value()
    return await _on({**page.body, "access_token": own})


# -- tokens ------------------------------------------------------------------------------------------------------------


async def _exchange(fields: Mapping[str, str]) -> SecretStr:
    """A token for a code, or a long-lived one for a short one."""
    settings = get_settings()
    url = f"{settings.meta_graph_url}/{settings.meta_graph_version}/oauth/access_token"
    secret = settings.meta_app_secret.get_secret_value()
    form = {"client_id": settings.meta_app_id, "client_secret": secret, **fields}
    return SecretStr(str((await call("POST", url, refusal=_no_exchange, data=form)).at("access_token")))


def _no_exchange(answer: Answer) -> OutsideError | None:
    """A refused exchange is about the code, unless it names our app: then an engineer is wanted, not the person."""
    error = answer.get("error")
    if isinstance(error, dict) and (error.get("code") == 101 or "client secret" in str(error.get("message"))):
        return _final(_APP_REFUSED.on(answer))
    refused = refusal(answer)
    return _CODE_VOID.on(answer) if isinstance(refused, ContentRefused | TokenRejected) else refused


def _final(error: OutsideError) -> OutsideError:
    error.retryable = False
    return error


async def _granted(person: SecretStr) -> set[str]:
    rows = (await _get("me/permissions", person)).at("data")
    return {str(row["permission"]) for row in rows if row.get("status") == "granted"}


async def _debug(token: SecretStr) -> Inspection:
    """What Meta knows of a token. A moment of 0 means never."""
    settings = get_settings()
    app = f"{settings.meta_app_id}|{settings.meta_app_secret.get_secret_value()}"
    url = f"{settings.meta_graph_url}/{settings.meta_graph_version}/debug_token"
    params = {"input_token": token.get_secret_value(), "access_token": app}
    data = (await call("GET", url, refusal=refusal, params=params)).at("data")
    if not data.get("is_valid"):
        raise TokenRejected(diagnostic=f"debug_token: {data.get('error')}")
    return Inspection(
        scopes=tuple(map(str, data.get("scopes") or ())),
        dated=True,
        expires_at=_moment(data.get("expires_at")),
        data_access_expires_at=_moment(data.get("data_access_expires_at")),
        grantor_id=str(data["user_id"]) if data.get("user_id") else None,
    )


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and seconds else None


# -- accounts ----------------------------------------------------------------------------------------------------------


async def _pages(person: SecretStr, scopes: set[str]) -> AsyncIterator[Mapping[str, Any]]:
    """The Pages of a person, those of their businesses included, each once."""
    edges = ["me/accounts"]
    if "business_management" in scopes:
        edges += [f"{row['id']}/{kind}" async for row in _all("me/businesses", person, "id") for kind in _OWNED]
    seen: set[str] = set()
    for edge in edges:
        async for page in _all(edge, person, _PAGE):
            if page.get("access_token") and page["id"] not in seen:
                seen.add(page["id"])
                yield page


_OWNED = ("owned_pages", "client_pages")


async def _all(edge: str, token: SecretStr, fields: str) -> AsyncIterator[Mapping[str, Any]]:
    """Every row of an edge: it ends where `next` does, not where a page of it is short."""
    after: dict[str, str] = {}
    while True:
        answer = await _get(edge, token, fields=fields, limit="100", **after)
        for row in answer.at("data"):
            yield row
        paging = answer.get("paging") or {}
        if "next" not in paging:
            return
        after = {"after": str(paging["cursors"]["after"])}


async def _on(page: Mapping[str, Any]) -> Sequence[Candidate]:
    """A Page and its Instagram account, with the Page's token, which is for both."""
    token = SecretStr(str(page["access_token"]))
    told = await _debug(token) if MetaLogin().configured else Inspection()
    permit = Permit(
        token=token,
        expires_at=told.expires_at,
        data_access_expires_at=told.data_access_expires_at,
        scopes=told.scopes or (),
        grantor_id=told.grantor_id,
    )
    allowed = "tasks" not in page or bool(_MAY_POST & set(page["tasks"]))
    found = [_candidate(Platform.FACEBOOK, AccountKind.PAGE, page, permit, allowed)]
    if linked := page.get("instagram_business_account"):
        instagram = _candidate(Platform.INSTAGRAM, AccountKind.INSTAGRAM, linked, permit, allowed)
        found.append(replace(instagram, parent_external_id=str(page["id"])))
    return found


def _candidate(
    platform: Platform, kind: AccountKind, row: Mapping[str, Any], permit: Permit, allowed: bool
) -> Candidate:
    handle = str(row.get("username") or "")
    short = permit.scopes and lacking(kind, permit.scopes)
    return Candidate(
        platform=platform,
        kind=kind,
        external_id=str(row["id"]),
        name=str(row.get("name") or handle),
        handle=handle,
        followers=row.get("followers_count"),
        permit=permit,
        obstacle="connect.role" if not allowed else "connect.lacking" if short else None,
    )


async def _get(path: str, token: SecretStr, **params: str) -> Answer:
    settings = get_settings()
    if secret := settings.meta_app_secret.get_secret_value():
        params["appsecret_proof"] = appsecret_proof(token.get_secret_value(), secret)
    url = f"{settings.meta_graph_url}/{settings.meta_graph_version}/{path}"
    return await call("GET", url, refusal=refusal, token=token, params=params)
