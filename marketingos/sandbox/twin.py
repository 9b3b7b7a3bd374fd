"""What every platform of the sandbox shares: the ledger, the clock, the kept media, and how long things take."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from marketingos.sandbox import world
from marketingos.sandbox.ledger import Ledger
from marketingos.sandbox.rows import Account, Token
from marketingos.sandbox.shelf import Shelf

_YEAR = 365 * 86_400.0

SETTINGS: dict[str, Any] = {
    "latency_ms": 0,
    "claude_seconds": 0.35,
    "replicate_seconds": 1.0,
    "processing_seconds": {"facebook": 2.0, "instagram": 3.0, "tiktok": 4.0, "linkedin": 1.5},
    "tiktok_moderation_seconds": 2.0,
    "listing_lag_seconds": 0.0,
    "instagram_publishing_quota": 100,
    "tiktok_posts_per_day": 15,
    "tiktok_audited": True,
    "tiktok_verified_prefixes": [],
    "facebook_duplicate_seconds": 0.0,
    "linkedin_duplicate_seconds": 600.0,
}
"""Limits and delays that real platforms do not state or vary; `POST /control/settings` changes them."""


@dataclass(frozen=True)
class Processing:
    """How the platform digests an upload: seconds until ready, and the reason it fails (None: it does not)."""

    seconds: float | None = None
    failure: str | None = None


forced_processing: ContextVar[Processing | None] = ContextVar("forced_processing", default=None)
"""Set by the fault script for the request at hand."""


class DownloadError(Exception):
    """A media URL could not be fetched: `reason` is `timeout`, `redirect`, `size` or `unreachable`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Twin:
    """The outside world at one address. Handlers ask it; it knows no platform's rules."""

    def __init__(self, data_dir: Path, public_base: str, clock: Callable[[], datetime]) -> None:
        self.ledger = Ledger(data_dir / "sandbox.db")
        self.shelf = Shelf(data_dir / "media")
        self.public_base = public_base.rstrip("/")
        self._clock = clock
        if self.ledger.account(world.demo_accounts()[0].external_id) is None:
            with self.ledger.writing():
                _populate(self.ledger, self.now())

    def now(self) -> float:
        """Unix seconds by the clock that was passed in."""
        return self._clock().timestamp()

    def setting(self, name: str) -> Any:
        return self.ledger.setting(name, SETTINGS[name])

    def bill(self, service: str, model: str, request: str, usage: Mapping[str, int]) -> None:
        """Write down what a model's work is billed: `usage` counts calls, and tokens or pictures by kind."""
        self.ledger.add_bill(self.now(), service, model, request, usage)

    def processing(self, platform: str, usual: float | None = None) -> Processing:
        """What becomes of an upload made by the call at hand: as the fault script says, else as usual."""
        forced = forced_processing.get()
        if usual is None:
            usual = float(self.setting("processing_seconds").get(platform, 0))
        if forced is None:
            return Processing(usual)
        return Processing(usual if forced.seconds is None else forced.seconds, forced.failure)

    def digits(self, prefix: str, length: int) -> str:
        """A fresh all-digit id of `length` characters: scattered like a real one, never given twice."""
        room = 10 ** (length - len(prefix))
        scattered = (self.ledger.number() * 618_033_988_749_893 + 271_828_182_845_905) % room
        return prefix + str(scattered).zfill(length - len(prefix))

    def snowflake(self, bits: int, ticks: int) -> str:
        """A time-ordered id as TikTok and LinkedIn make them: `ticks` above, `bits` scattered bits below."""
        scattered = (self.ledger.number() * 2_654_435_761 + 1_013_904_223) % (1 << bits)
        return str((ticks << bits) | scattered)

    def secret(self, purpose: str, length: int = 40) -> str:
        """A fresh unguessable-looking string for upload tokens and codes."""
        return world.secret(f"{purpose}:{self.ledger.number()}", length)

    def media_url(self, sha256: str) -> str:
        return f"{self.public_base}/media/{sha256}"

    async def download(self, url: str, *, agent: str, limit: int, redirects: bool = True) -> bytes:
        """Fetch a public URL as the platform's crawler would; raises DownloadError."""
        headers = {"user-agent": agent, "accept": "*/*"}
        try:
            async with (
                httpx.AsyncClient(timeout=20, follow_redirects=redirects, trust_env=False) as client,  # noqa: TID251
                client.stream("GET", url, headers=headers) as response,
            ):
                return await _body(response, limit)
        except httpx.TimeoutException as error:
            raise DownloadError("timeout") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DownloadError("unreachable") from error


async def _body(response: httpx.Response, limit: int) -> bytes:
    if response.is_redirect:
        raise DownloadError("redirect")
    if response.status_code != 200:
        raise DownloadError("unreachable")
    data = bytearray()
    async for piece in response.aiter_bytes():
        data += piece
        if len(data) > limit:
            raise DownloadError("size")
    return bytes(data)


def _populate(ledger: Ledger, now: float) -> None:
    for app in world.demo_apps():
        ledger.put_app(app.client_id, app.platform, app.client_secret, app.name, app.scopes)
    for account in world.demo_accounts():
        settle(ledger, account, now)
    for person in world.demo_people():
        _settle_person(ledger, person, now)


def settle(ledger: Ledger, account: world.DemoAccount, now: float) -> None:
    """Open an account on its platform, with its token."""
    facts: dict[str, Any] = {"private": False} if account.platform == "tiktok" else {}
    ledger.put_account(
        Account(
            id=account.external_id,
            platform=account.platform,
            kind=account.kind,
            brand=account.brand,
            name=account.name,
            handle=account.handle,
            parent=account.parent_external_id,
            followers=account.followers,
            facts=facts,
        )
    )
    if account.platform != "instagram":
        ledger.put_token(_token_of(ledger, account, now))


def _token_of(ledger: Ledger, account: world.DemoAccount, now: float) -> Token:
    person = {person.platform: person for person in world.demo_people()}
    subject, kind, grants = account.external_id, account.kind, (account.external_id,)
    if account.kind == "organization":
        subject, kind = person["linkedin"].external_id, "member"
    return Token(
        token=account.access_token,
        platform=account.platform,
        kind=kind,
        subject=subject,
        grants=grants,
        app=app_for(ledger, account.platform, account.scopes),
        scopes=account.scopes,
        issued_at=now,
        expires_at=None if account.kind == "page" else now + _YEAR,
        refresh=account.refresh_token,
        refresh_expires_at=now + _YEAR,
    )


def _settle_person(ledger: Ledger, person: world.DemoPerson, now: float) -> None:
    ledger.put_account(
        Account(
            id=person.external_id,
            platform=person.platform,
            kind="user" if person.platform == "facebook" else "administrator",
            brand="",
            name=person.name,
            handle="marta-ibanez",
        )
    )
    kinds = {"facebook": ("page", world.META_SCOPES), "linkedin": ("organization", world.ORGANIZATION_SCOPES)}
    kind, scopes = kinds[person.platform]
    grants = tuple(a.external_id for a in world.demo_accounts() if a.kind == kind)
    ledger.put_token(
        Token(
            token=person.access_token,
            platform=person.platform,
            kind="user" if kind == "page" else "member",
            subject=person.external_id,
            grants=grants,
            scopes=scopes,
            issued_at=now,
            expires_at=now + _YEAR,
            app=app_for(ledger, person.platform, scopes),
        )
    )


def app_for(ledger: Ledger, platform: str, scopes: tuple[str, ...]) -> str:
    """The client id of the registered app of this platform whose products cover the scopes."""
    name = "meta" if platform in ("facebook", "instagram") else platform
    apps = ledger.apps(name)
    return next((str(app["client_id"]) for app in apps if set(scopes) <= set(app["scopes"])), "")
