"""Accounts by a token that was made elsewhere: from a file at the command line, or from the environment."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from pydantic import SecretStr

from marketingos import adapters, log
from marketingos.db import reading, session
from marketingos.domain.account import AccountKind
from marketingos.domain.audit import Mark
from marketingos.domain.permission import PROVIDERS, Inspection
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Grant
from marketingos.errors import OutsideError, PermissionMissing, TokenRejected
from marketingos.services import accounts, audit, connecting
from marketingos.services.views import AccountView
from marketingos.settings import get_settings

logger = log.get_logger(__name__)

_ADOPTED = "meta_access_token"


async def connect_token(
    *,
    platform: Platform,
    external_id: str,
    name: str,
    token: SecretStr,
    refresh_token: SecretStr | None = None,
    expires_at: datetime | None = None,
    products: Sequence[str] = (),
) -> tuple[AccountView, OutsideError | None]:
    """Connects an account by a token at hand. It is tried first: `TokenRejected` leaves everything as it was.

    A platform that cannot be asked now does not stop it; that error is answered beside the account.
    """
    kind, external_id = _kind(platform, external_id)
    grant = Grant(account_id=0, kind=kind, external_id=external_id, token=token, expires_at=expires_at)
    seen, untried = Inspection(), None
    try:
        seen = await adapters.authorizer_for(PROVIDERS[kind]).inspect(grant)
    except TokenRejected:
        raise
    except PermissionMissing:
        logger.info("connect.not_readable", platform=platform.value)
    except OutsideError as error:
        untried = error
    connected = await accounts.connect(
        platform=platform,
        kind=kind,
        external_id=external_id,
        name=name or seen.name or external_id,
        handle=seen.handle,
        followers=seen.followers,
        token=token,
        refresh_token=refresh_token,
        expires_at=expires_at or seen.expires_at,
        data_access_expires_at=seen.data_access_expires_at,
        scopes=seen.scopes or (),
        grantor_id=seen.grantor_id,
        products=products,
    )
    return connected, untried


async def adopt_page() -> tuple[AccountView, ...]:
    """Moves `META_PAGE_ID` and `META_ACCESS_TOKEN` into the vault, with the Page's Instagram account if it has one.

    Each token is taken in once: afterwards what people connect wins. A platform that refuses or cannot be asked is
    logged and asked again at the next start.
    """
    settings = get_settings()
    token = settings.meta_access_token
    if not (settings.meta_page_id and token.get_secret_value()):
        return ()
    async with reading() as s:
        mark = await s.get(Mark, _ADOPTED)
    if mark and mark.value == _print(token):
        return ()
    try:
        found = await adapters.page_with(settings.meta_page_id, token)
    except OutsideError as error:
        logger.error("connect.page_not_adopted", error=error.key, diagnostic=error.diagnostic)
        return ()
    views = tuple([await connecting.connect_candidate(c, audit.SYSTEM) for c in found if c.obstacle is None])
    async with session() as s:
        await s.merge(Mark(name=_ADOPTED, value=_print(token)))
    logger.info("connect.page_adopted", accounts=[v.name for v in views])
    return views


def _kind(platform: Platform, external_id: str) -> tuple[AccountKind, str]:
    """What posts there, and its id as the platform writes it: LinkedIn's are URNs, a bare number is an organisation."""
    if platform is Platform.LINKEDIN:
        if external_id.startswith("urn:li:person:"):
            return AccountKind.MEMBER, external_id
        return AccountKind.ORGANIZATION, f"urn:li:organization:{external_id.removeprefix('urn:li:organization:')}"
    kinds = {
        Platform.FACEBOOK: AccountKind.PAGE,
        Platform.INSTAGRAM: AccountKind.INSTAGRAM,
        Platform.TIKTOK: AccountKind.CREATOR,
    }
    return kinds[platform], external_id


def _print(token: SecretStr) -> str:
    """Tells tokens apart without keeping them."""
    return hashlib.sha256(token.get_secret_value().encode()).hexdigest()
