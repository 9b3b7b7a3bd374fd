"""LinkedIn's three-legged OAuth for its two apps: one for organisations, one for members.

Wire: learn.microsoft.com/linkedin/shared/authentication/{authorization-code-flow,programmatic-refresh-tokens,
token-introspection}, .../marketing/community-management/organizations/organization-access-control (202609). A member's
id differs from app to app. Batches are off in the development tier, so organisations are read one by one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from marketingos import clock
from marketingos.adapters.http import Answer, Ruling, call
from marketingos.adapters.linkedin.wire import encode, linkedin, query, refusal
from marketingos.domain.account import AccountKind
from marketingos.domain.permission import Candidate, Inspection, Permit, Provider, asked_of, end_of, lacking
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Grant
from marketingos.errors import NotSent, OutsideError, PermissionMissing, TokenRejected
from marketingos.settings import get_settings

_MAY_POST = {"ADMINISTRATOR", "CONTENT_ADMIN", "CONTENT_ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER"}
_PAGE = 100
_REFRESH_LIFE = timedelta(days=365)
_PLAUSIBLE = timedelta(days=60)
"""A refresh token outlives an access token. LinkedIn's own sample shows 525600 seconds, which is a year in minutes."""

_APP_REFUSED = Ruling(NotSent, "connect.app_refused")
_OAUTH: Mapping[str, Ruling] = {
    "invalid_grant": Ruling(TokenRejected),
    "temporarily_unavailable": Ruling(NotSent),
    "server_error": Ruling(NotSent),
}


class LinkedInLogin:
    """Implements `ports.Authorizer`: for the organisations that a member runs, or for the member."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    @property
    def configured(self) -> bool:
        client_id, secret = self._app
        return bool(client_id and secret.get_secret_value())

    @property
    def _app(self) -> tuple[str, SecretStr]:
        settings = get_settings()
        if self.provider is Provider.LINKEDIN:
            return settings.linkedin_client_id, settings.linkedin_client_secret
        return settings.linkedin_member_client_id, settings.linkedin_member_client_secret

    def consent_page(self, redirect_uri: str, state: str) -> str:
        asked = {
            "response_type": "code",
            "client_id": self._app[0],
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": " ".join(asked_of(self.provider)),
        }
        return f"{get_settings().linkedin_oauth_url}/oauth/v2/authorization?{urlencode(asked, quote_via=quote)}"

    async def redeem(self, code: str, redirect_uri: str) -> Sequence[Candidate]:
        try:
            answer = await self._oauth(
                "accessToken", grant_type="authorization_code", code=code, redirect_uri=redirect_uri
            )
        except TokenRejected as error:
            raise TokenRejected("connect.code_void", diagnostic=error.diagnostic) from None
        permit = _permit(answer)
        if self.provider is Provider.LINKEDIN_MEMBER:
            return [await _member(permit)]
        return await _organizations(permit)

    async def renew(self, refresh_token: SecretStr) -> Permit:
        """A new access token. The refresh token lives on, and its end does not move."""
        secret = refresh_token.get_secret_value()
        return _permit(await self._oauth("accessToken", grant_type="refresh_token", refresh_token=secret), secret)

    async def inspect(self, grant: Grant) -> Inspection:
        told = await self._introspect(grant.token) if self.configured else Inspection()
        seen = await (_seen_member(grant) if grant.kind is AccountKind.MEMBER else _seen_organization(grant))
        return Inspection(
            name=seen[0],
            handle=seen[1],
            followers=seen[2],
            scopes=told.scopes,
            dated=told.dated,
            expires_at=told.expires_at,
        )

    async def _introspect(self, token: SecretStr) -> Inspection:
        answer = await self._oauth("introspectToken", token=token.get_secret_value())
        if not answer.get("active"):
            raise TokenRejected(diagnostic=f"introspectToken: {answer.get('status')}")
        seconds = answer.get("expires_at")
        expires_at = datetime.fromtimestamp(int(seconds), UTC) if seconds else None
        return Inspection(scopes=_scopes(answer), dated=True, expires_at=expires_at)

    async def revoke(self, grant: Grant) -> None:
        await self._oauth("revoke", token=grant.token.get_secret_value())

    async def _oauth(self, name: str, **fields: str) -> Answer:
        client_id, secret = self._app
        form = {"client_id": client_id, "client_secret": secret.get_secret_value(), **fields}
        url = f"{get_settings().linkedin_oauth_url}/oauth/v2/{name}"
        return await call("POST", url, refusal=_oauth_refusal, data=form)


def _oauth_refusal(answer: Answer) -> OutsideError | None:
    """RFC 6749 in a body; a word that is not about the grant is about our app."""
    if answer.status < 300:
        return None
    word = answer.get("error")
    if not isinstance(word, str) or answer.status >= 500:
        return answer.by_status()
    error = _OAUTH.get(word, _APP_REFUSED).on(answer)
    error.retryable = word in _OAUTH and isinstance(error, NotSent)
    return error


def _permit(answer: Answer, sent: str = "") -> Permit:
    """Without a new refresh token the one that was `sent` goes on."""
    now, refresh = clock.now(), str(answer.get("refresh_token") or sent)
    told = end_of(answer.get("refresh_token_expires_in"), now)
    end = told if told and told - now > _PLAUSIBLE else now + _REFRESH_LIFE
    return Permit(
        token=SecretStr(str(answer.at("access_token"))),
        expires_at=end_of(answer.get("expires_in"), now),
        refresh_token=SecretStr(refresh) if refresh else None,
        refresh_expires_at=end if refresh else None,
        scopes=_scopes(answer),
    )


def _scopes(answer: Answer) -> tuple[str, ...]:
    """Written with commas or with spaces."""
    return tuple(filter(None, re.split(r"[,\s]+", str(answer.get("scope") or ""))))


# -- accounts ----------------------------------------------------------------------------------------------------------


async def _member(permit: Permit) -> Candidate:
    short = lacking(AccountKind.MEMBER, permit.scopes)
    person = (await _userinfo(permit.token)).body if {"openid", "profile"} <= set(permit.scopes) else {}
    return Candidate(
        platform=Platform.LINKEDIN,
        kind=AccountKind.MEMBER,
        external_id=f"urn:li:person:{person.get('sub', '')}",
        name=str(person.get("name") or "LinkedIn"),
        permit=permit,
        obstacle="connect.lacking" if short else None,
    )


async def _organizations(permit: Permit) -> Sequence[Candidate]:
    """The organisations on which the member may post."""
    if "rw_organization_admin" not in permit.scopes:
        raise TokenRejected("connect.no_list", diagnostic=f"granted: {permit.scopes}")
    roles: dict[str, set[str]] = {}
    grant = _grant(permit.token)
    for row in await _acls(grant):
        urn = str(row.get("organization") or row.get("organizationTarget"))
        roles.setdefault(urn, set()).add(str(row.get("role")))
    posting = [urn for urn, held in roles.items() if held & _MAY_POST]
    return await asyncio.gather(*(_organization(grant, urn, permit) for urn in posting))


async def _acls(grant: Grant) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = []
    while True:
        asked = query(q="roleAssignee", state="APPROVED", start=len(rows), count=_PAGE)
        found = (await linkedin("GET", f"/rest/organizationAcls?{asked}", grant)).at("elements")
        rows += found
        if len(found) < _PAGE:
            return rows


async def _organization(grant: Grant, urn: str, permit: Permit) -> Candidate:
    name, handle, followers = await _facts(grant, urn)
    return Candidate(
        platform=Platform.LINKEDIN,
        kind=AccountKind.ORGANIZATION,
        external_id=urn,
        name=name,
        handle=handle,
        followers=followers,
        permit=permit,
        obstacle="connect.lacking" if lacking(AccountKind.ORGANIZATION, permit.scopes) else None,
    )


async def _facts(grant: Grant, urn: str) -> tuple[str, str, int | None]:
    """Name, vanity name and followers of an organisation."""
    row = await linkedin("GET", f"/rest/organizations/{urn.rpartition(':')[2]}", grant)
    name = str(row.get("localizedName") or urn)
    try:
        size = f"/rest/networkSizes/{encode(urn)}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
        followers = (await linkedin("GET", size, grant)).get("firstDegreeSize")
    except OutsideError:
        followers = None
    return name, str(row.get("vanityName") or ""), followers


async def _seen_organization(grant: Grant) -> tuple[str, str, int | None]:
    return await _facts(grant, grant.external_id)


async def _seen_member(grant: Grant) -> tuple[str, str, int | None]:
    """A member's token may lack the scopes for reading who it is; that it may not says that it lives."""
    try:
        person = await _userinfo(grant.token)
    except PermissionMissing:
        return "", "", None
    if f"urn:li:person:{person.at('sub')}" != grant.external_id:
        raise TokenRejected("connect.other_account", diagnostic=f"sub is {person.get('sub')}")
    return str(person.get("name") or ""), "", None


async def _userinfo(token: SecretStr) -> Answer:
    """Unversioned, unlike everything below /rest."""
    return await call("GET", f"{get_settings().linkedin_api_url}/v2/userinfo", refusal=refusal, token=token)


def _grant(token: SecretStr) -> Grant:
    """A token that no account has yet."""
    return Grant(account_id=0, kind=AccountKind.ORGANIZATION, external_id="", token=token)
