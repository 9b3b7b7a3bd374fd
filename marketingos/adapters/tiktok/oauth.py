"""TikTok's Login Kit: the authorize page, codes, rotating tokens, and what a creator may post at all.

Wire: developers.tiktok.com/doc/{oauth-get-a-user-access-token,oauth-refresh-a-user-access-token} (November 2026),
.../tiktok-api-v2-get-user-info, .../content-posting-api-reference-query-creator-info. The token endpoint speaks plain
OAuth without the envelope, and its HTTP status says nothing: a refused grant was seen with 200.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from marketingos import clock
from marketingos.adapters.http import Answer, Ruling, call
from marketingos.adapters.tiktok.wire import refusal, tiktok
from marketingos.domain.account import AccountKind
from marketingos.domain.permission import Candidate, Inspection, Permit, Provider, asked_of, end_of, lacking
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Creator, Grant
from marketingos.errors import NotSent, OutsideError, PermissionMissing, TokenRejected
from marketingos.settings import get_settings

_FIELDS = {
    "user.info.basic": ("open_id", "display_name"),
    "user.info.profile": ("username",),
    "user.info.stats": ("follower_count",),
}
"""One field beyond the granted scopes fails the whole call."""

_APP_REFUSED = Ruling(NotSent, "connect.app_refused")
_LATER = Ruling(NotSent)
_OAUTH: Mapping[str, Ruling] = {
    "access_denied": Ruling(TokenRejected),
    "invalid_grant": Ruling(TokenRejected),
    "server_error": _LATER,
    "temporarily_unavailable": _LATER,
}
"""What the token endpoint's words mean; any other is about our app."""


class TikTokLogin:
    """Implements `ports.Authorizer` for creators. On the web TikTok takes no PKCE."""

    provider = Provider.TIKTOK

    @property
    def configured(self) -> bool:
        settings = get_settings()
        return bool(settings.tiktok_client_key and settings.tiktok_client_secret.get_secret_value())

    def consent_page(self, redirect_uri: str, state: str) -> str:
        settings = get_settings()
        asked = {
            "client_key": settings.tiktok_client_key,
            "response_type": "code",
            "scope": ",".join(asked_of(Provider.TIKTOK)),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{settings.tiktok_auth_url}/v2/auth/authorize/?{urlencode(asked)}"

    async def redeem(self, code: str, redirect_uri: str) -> Sequence[Candidate]:
        try:
            answer = await _oauth("token", grant_type="authorization_code", code=code, redirect_uri=redirect_uri)
        except TokenRejected as error:
            raise TokenRejected("connect.code_void", diagnostic=error.diagnostic) from None
        permit = _permit(answer)
        if short := lacking(AccountKind.CREATOR, permit.scopes):
            # Not worth a look at the account, which may need the very scope that is missing.
            return [_candidate(str(answer.at("open_id")), {}, permit, short)]
        user = await _user(permit.token, permit.scopes)
        return [_candidate(str(answer.at("open_id")), user, permit, short)]

    async def renew(self, refresh_token: SecretStr) -> Permit:
        """The answer replaces both tokens: the refresh token that was sent is dead from this moment on."""
        secret = refresh_token.get_secret_value()
        return _permit(await _oauth("token", grant_type="refresh_token", refresh_token=secret), secret)

    async def inspect(self, grant: Grant) -> Inspection:
        user = await _known(grant.token)
        if str(user.get("open_id")) != grant.external_id:
            raise TokenRejected("connect.other_account", diagnostic=f"open_id is {user.get('open_id')}")
        return Inspection(
            name=str(user.get("display_name") or ""),
            handle=str(user.get("username") or ""),
            followers=user.get("follower_count"),
            grantor_id=grant.external_id,
        )

    async def revoke(self, grant: Grant) -> None:
        await _oauth("revoke", token=grant.token.get_secret_value())


async def creator_of(grant: Grant) -> Creator:
    """What the creator may post at this moment; raises when nothing."""
    data = (await tiktok("/v2/post/publish/creator_info/query/", grant)).at("data")
    return Creator(
        nickname=str(data.get("creator_nickname") or ""),
        username=str(data.get("creator_username") or ""),
        audiences=tuple(map(str, data.get("privacy_level_options") or ())),
        comments_off=bool(data.get("comment_disabled")),
        duets_off=bool(data.get("duet_disabled")),
        stitches_off=bool(data.get("stitch_disabled")),
        longest_seconds=data.get("max_video_post_duration_sec"),
    )


async def _oauth(name: str, **fields: str) -> Answer:
    settings = get_settings()
    secret = settings.tiktok_client_secret.get_secret_value()
    form = {"client_key": settings.tiktok_client_key, "client_secret": secret, **fields}
    return await call("POST", f"{settings.tiktok_api_url}/v2/oauth/{name}/", refusal=_oauth_refusal, data=form)


def _oauth_refusal(answer: Answer) -> OutsideError | None:
    word = answer.get("error")
    if isinstance(word, str) and word:
        error = _OAUTH.get(word, _APP_REFUSED).on(answer)
        error.retryable = _OAUTH.get(word) is _LATER
        return error
    return None if answer.status < 300 else answer.by_status()


def _permit(answer: Answer, sent: str = "") -> Permit:
    """Lifetimes are what this answer says: TikTok has changed them before. Without a new refresh token the one that was
    `sent` goes on."""
    now, refresh = clock.now(), str(answer.get("refresh_token") or sent)
    return Permit(
        token=SecretStr(str(answer.at("access_token"))),
        expires_at=end_of(answer.get("expires_in"), now),
        refresh_token=SecretStr(refresh) if refresh else None,
        refresh_expires_at=end_of(answer.get("refresh_expires_in"), now),
        scopes=tuple(filter(None, str(answer.get("scope") or "").split(","))),
        grantor_id=str(answer.get("open_id") or "") or None,
    )


def _candidate(open_id: str, user: Mapping[str, Any], permit: Permit, short: Sequence[str]) -> Candidate:
    handle = str(user.get("username") or "")
    return Candidate(
        platform=Platform.TIKTOK,
        kind=AccountKind.CREATOR,
        external_id=open_id,
        name=str(user.get("display_name") or handle or "TikTok"),
        handle=handle,
        followers=user.get("follower_count"),
        permit=permit,
        obstacle="connect.lacking" if short else None,
    )


async def _known(token: SecretStr) -> Mapping[str, Any]:
    """As much of the user as an unknown set of scopes allows."""
    try:
        return await _user(token, _FIELDS)
    except PermissionMissing:
        return await _user(token, ("user.info.basic",))


async def _user(token: SecretStr, scopes: Iterable[str]) -> Mapping[str, Any]:
    fields = ",".join(field for scope in scopes for field in _FIELDS.get(scope, ()))
    url = f"{get_settings().tiktok_api_url}/v2/user/info/"
    answer = await call("GET", url, refusal=refusal, token=token, params={"fields": fields})
    user: Mapping[str, Any] = answer.at("data", "user")
    return user
