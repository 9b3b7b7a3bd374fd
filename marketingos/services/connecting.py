"""Connecting accounts by OAuth: a person in the browser says yes on the platform's own page.

A dance begins with a state that is good once, for minutes, and only for the log-in session that began it. What comes
back is tried before it replaces anything: a reconnection that fails leaves the old permission as it was.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic import SecretStr, TypeAdapter
from sqlmodel import col, select

from marketingos import adapters, clock, log, vault
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.account import Account, AccountState
from marketingos.domain.consent import OFFER_LIFETIME, STATE_LIFETIME, Consent
from marketingos.domain.permission import PROVIDERS, Candidate, Provider, lacking
from marketingos.domain.product import Product
from marketingos.domain.user import Deed
from marketingos.errors import Forbidden, NotFound, OutsideError, Refused
from marketingos.services import accounts, people
from marketingos.services.connection_views import ConsentView, OfferView
from marketingos.services.people import require
from marketingos.services.views import AccountView, PersonView
from marketingos.settings import get_settings

logger = log.get_logger(__name__)

_DENIED = {"access_denied", "user_cancelled_login", "user_cancelled_authorize"}
_ONE_ACCOUNT = (Provider.TIKTOK, Provider.LINKEDIN_MEMBER)
_CANDIDATES = TypeAdapter(tuple[Candidate, ...])


# -- the dance ---------------------------------------------------------------------------------------------------------


async def begin(session_token: str | None, provider: Provider, *, origin: str, account_id: int | None = None) -> str:
    """The consent page to send this browser to. `origin` is where it reaches us; `account_id` is for reconnecting.

    Raises `NotSignedIn`, `Forbidden`, `NotFound`, `Refused("connect.not_configured")`.
    """
    actor = await people.signed_in(session_token)
    require(actor, Deed.ADMINISTER)
    authorizer = adapters.authorizer_for(provider)
    if not authorizer.configured:
        raise Refused("connect.not_configured")
    state, now = secrets.token_urlsafe(32), clock.now()
    redirect_uri = f"{origin}/oauth/{provider.value}/callback"
    async with session() as s:
        if account_id is not None:
            await _reconnectable(s, account_id, provider)
        consent = Consent(
            provider=provider,
            user_id=actor.id,
            session_hash=_digest(session_token or ""),
            state_hash=_digest(state),
            redirect_uri=redirect_uri,
            account_id=account_id,
            created_at=now,
            expires_at=now + clock.human(STATE_LIFETIME),
        )
        s.add(consent)
    return get_settings().seen_by_browsers(authorizer.consent_page(redirect_uri, state), origin)


async def finish(
    session_token: str | None, provider: Provider, *, state: str, code: str | None, error: str | None
) -> int:
    """Takes what a consent page sent back and connects what needs no choice; answers the consent's id, whose outcome a
    page shows. `Refused("connect.state_void")` when this browser began nothing of the kind."""
    actor = await people.signed_in(session_token)
    consent = await _redeem_state(session_token, provider, state)
    try:
        if error or not code:
            raise Refused("connect.denied" if error in _DENIED else "connect.app_refused")
        found = await adapters.authorizer_for(provider).redeem(code, consent.redirect_uri)
        await _take(actor, consent, found)
    except (OutsideError, Refused, NotFound) as problem:
        diagnostic = getattr(problem, "diagnostic", error or "")
        logger.warning("connect.failed", provider=provider.value, error=problem.key, diagnostic=diagnostic)
        await _conclude(consent, problem=problem.key, details=problem.values)
    return consent.id or 0


async def outcome(actor: PersonView, consent_id: int) -> ConsentView:
    """What came of a consent, and the accounts to choose from if there are any. Only for who gave it."""
    require(actor, Deed.ADMINISTER)
    consent = await _mine(actor, consent_id)
    offers = _unpack(consent.sealed_offers) if consent.expires_at > clock.now() else ()
    async with reading() as s:
        known = {(a.platform, a.external_id) for a in (await s.exec(accounts.connected())).all()}
    return ConsentView(
        id=consent_id,
        provider=consent.provider,
        problem=consent.problem,
        details=consent.details,
        offers=tuple(_offer(c, known=(c.platform, c.external_id) in known) for c in offers),
    )


async def accept(actor: PersonView, consent_id: int, chosen: Sequence[str]) -> tuple[AccountView, ...]:
    """Connects the chosen of the offered accounts, by their keys, and forgets the others."""
    require(actor, Deed.ADMINISTER)
    consent = await _mine(actor, consent_id)
    if consent.sealed_offers is None or consent.expires_at <= clock.now():
        raise Refused("connect.offer_over")
    wanted = [c for c in _unpack(consent.sealed_offers) if _key(c) in chosen and c.obstacle is None]
    views = tuple([await connect_candidate(c, actor.email) for c in wanted])
    await _connected(consent, views)
    return views


async def _take(actor: PersonView, consent: Consent, found: Sequence[Candidate]) -> None:
    """Connects at once what the person came for; several accounts are offered for choosing."""
    if not found:
        raise Refused(f"connect.none.{consent.provider.value}")
    if consent.account_id is not None:
        return await _reconnect(actor, consent, found)
    if consent.provider in _ONE_ACCOUNT:
        return await _connected(consent, [await connect_candidate(_usable(found[0]), actor.email)])
    if all(c.obstacle for c in found):
        _usable(found[0])
    await _conclude(consent, offers=found)


async def _reconnect(actor: PersonView, consent: Consent, found: Sequence[Candidate]) -> None:
    """Renews the account that was asked for, and every other connected one that the same consent reaches."""
    async with reading() as s:
        rows = (await s.exec(accounts.connected())).all()
    known = {(a.platform, a.external_id): a for a in rows}
    asked = next((a for a in rows if a.id == consent.account_id), None)
    if asked is None:
        raise NotFound()
    reached = {(c.platform, c.external_id): c for c in found}
    mine = reached.get((asked.platform, asked.external_id))
    if mine is None:
        raise Refused("connect.not_reached", name=asked.name)
    _usable(mine)
    again = [c for key, c in reached.items() if key in known and c.obstacle is None]
    views = [await connect_candidate(c, actor.email) for c in again]
    await _connected(consent, views)


def _usable(candidate: Candidate) -> Candidate:
    """The candidate, if it can be connected."""
    if candidate.obstacle:
        missing = list(lacking(candidate.kind, candidate.permit.scopes))
        raise Refused(candidate.obstacle, name=candidate.name, missing=missing)
    return candidate


# -- pieces ------------------------------------------------------------------------------------------------------------


async def connect_candidate(candidate: Candidate, actor: str) -> AccountView:
    """Connects what a permission reaches; a new account gets the products that it is plainly for."""
    permit = candidate.permit
    return await accounts.connect(
        platform=candidate.platform,
        kind=candidate.kind,
        external_id=candidate.external_id,
        name=candidate.name,
        handle=candidate.handle,
        followers=candidate.followers,
        parent_external_id=candidate.parent_external_id,
        token=permit.token,
        refresh_token=permit.refresh_token,
        expires_at=permit.expires_at,
        refresh_expires_at=permit.refresh_expires_at,
        data_access_expires_at=permit.data_access_expires_at,
        scopes=permit.scopes,
        grantor_id=permit.grantor_id,
        products=await _namesakes(candidate),
        actor=actor,
    )


async def _namesakes(candidate: Candidate) -> Sequence[str]:
    """The products that a new account is plainly for: of the same name, or the only one there is."""
    async with reading() as s:
        at = (Account.platform == candidate.platform, Account.external_id == candidate.external_id)
        known = (await s.exec(select(Account.id).where(*at, Account.state != AccountState.REMOVED))).first()
        names = (await s.exec(select(Product.name).where(col(Product.archived_at).is_(None)))).all()
    if known is not None:
        return ()
    alike = [n for n in names if _plain(n) in (_plain(candidate.name), _plain(candidate.handle))]
    return alike or (names if len(names) == 1 else ())


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


async def _reconnectable(s: AsyncSession, account_id: int, provider: Provider) -> None:
    account = await accounts.locked(s, account_id)
    if PROVIDERS[account.kind] is not provider:
        raise NotFound()


async def _redeem_state(session_token: str | None, provider: Provider, state: str) -> Consent:
    """The dance that a state belongs to; the state is void from now on."""
    async with session() as s:
        begun = select(Consent).where(Consent.state_hash == _digest(state)).with_for_update()
        consent = (await s.exec(begun)).first()
        ours = consent is not None and secrets.compare_digest(consent.session_hash, _digest(session_token or ""))
        if consent is None or not ours or consent.provider is not provider or consent.expires_at <= clock.now():
            raise Refused("connect.state_void")
        consent.state_hash = None
    return consent


async def _connected(consent: Consent, views: Sequence[AccountView]) -> None:
    await _conclude(consent, details={"names": ", ".join(dict.fromkeys(v.name for v in views)), "n": len(views)})


async def _conclude(
    consent: Consent,
    *,
    problem: str | None = None,
    offers: Sequence[Candidate] = (),
    details: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    async with session() as s:
        row = await s.get_one(Consent, consent.id)
        row.problem, row.details = problem, dict(details)
        row.sealed_offers = _pack(offers) if offers else None
        row.expires_at = clock.now() + clock.human(OFFER_LIFETIME)


async def _mine(actor: PersonView, consent_id: int) -> Consent:
    async with reading() as s:
        consent = await s.get(Consent, consent_id)
    if consent is None:
        raise NotFound()
    if consent.user_id != actor.id:
        raise Forbidden()
    return consent


def _offer(candidate: Candidate, *, known: bool) -> OfferView:
    return OfferView(
        key=_key(candidate),
        platform=candidate.platform,
        kind=candidate.kind,
        name=candidate.name,
        handle=candidate.handle,
        followers=candidate.followers,
        connected=known,
        obstacle=candidate.obstacle,
        missing=lacking(candidate.kind, candidate.permit.scopes) if candidate.obstacle == "connect.lacking" else (),
    )


def _key(candidate: Candidate) -> str:
    return f"{candidate.platform.value}:{candidate.external_id}"


def _pack(candidates: Sequence[Candidate]) -> str:
    """Candidates with their tokens as one ciphertext."""

    def plain(value: Any) -> Any:
        return value.get_secret_value() if isinstance(value, SecretStr) else value.isoformat()

    rows = [dataclasses.asdict(c) for c in candidates]
    return vault.seal(SecretStr(json.dumps(rows, default=plain)))


def _unpack(sealed: str | None) -> tuple[Candidate, ...]:
    return _CANDIDATES.validate_json(vault.unseal(sealed).get_secret_value()) if sealed else ()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
