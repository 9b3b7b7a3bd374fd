"""The consent dance over HTTP, as a browser dances it: real routes, real cookies, the platforms on a real socket."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import structlog

from marketingos import clock, log
from marketingos.api import create_api
from marketingos.domain.permission import Provider
from marketingos.domain.user import Role
from marketingos.errors import MarketingError
from marketingos.services import accounts, connecting, connections, people, permissions, upkeep
from marketingos.settings import get_settings
from tests.conftest import Serve, Setter
from tests.outside import Outside
from tests.services import stage

HOUR = timedelta(hours=1)


@dataclass
class Browser:
    """A browser at our address, logged in as somebody. Redirects are followed by hand."""

    base: str
    http: httpx.AsyncClient
    outside: Outside

    async def go(self, path: str) -> str:
        """The address that a path sends the browser to."""
        answer = await self.http.get(path if path.startswith("http") else f"{self.base}{path}")
        assert answer.status_code == 303, answer.text
        assert answer.headers["referrer-policy"] == "no-referrer"
        return str(answer.headers["location"])

    async def connect(self, provider: str, decision: str = "allow", query: str = "") -> str:
        """Goes through the whole dance; where the browser ends up."""
        back = await self.outside.answer(await self.go(f"/oauth/{provider}/start{query}"), decision)
        return await self.go(back)


@pytest.fixture
async def browser(database: str, outside: Outside, serve: Serve, environment: Setter) -> AsyncIterator[Browser]:
    """Laura's browser: she administrates."""
    base = await serve(create_api())
    async with httpx.AsyncClient(trust_env=False) as http:
        laura = await stage.person(Role.ADMIN)
        redeemed = await people.redeem_ticket(await people.open_ticket(laura.email, "una-clave-larga"))
        assert redeemed
        http.cookies.set(people.COOKIE, redeemed[0])
        yield Browser(base, http, outside)


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    """A file with all that is logged, as in production."""
    log.configure()
    file = tmp_path / "log"
    with file.open("w") as stream:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(stream), cache_logger_on_first_use=False)
        yield file
    structlog.reset_defaults()


@pytest.mark.parametrize("provider", [*Provider, "facebook", "instagram"])
async def test_the_whole_dance_ends_on_the_accounts_page(browser: Browser, provider: str) -> None:
    """Off to the platform, a yes, and back: the page is told which outcome to show. Both of Meta's platforms have one
    dance."""
    end = await browser.connect(provider)
    assert end == "/accounts?consent=1"
    [laura] = await people.list_users()
    outcome = await connecting.outcome(laura, 1)
    assert outcome.problem is None
    assert outcome.offers or await accounts.list_accounts()


async def test_the_redirect_address_is_the_same_everywhere(browser: Browser, environment: Setter) -> None:
    """What the platform is asked to come back to is our public address, absolute, without a query, whatever host the
    request named."""
    consent_page = await browser.go("/oauth/tiktok/start")
    [ours] = parse_qs(urlsplit(consent_page).query)["redirect_uri"]
    assert ours == f"{browser.base}/oauth/tiktok/callback"
    environment(PUBLIC_URL="https://marketing.codetix.es/")
    consent_page = await browser.go("/oauth/tiktok/start")
    [public] = parse_qs(urlsplit(consent_page).query)["redirect_uri"]
    assert public == "https://marketing.codetix.es/oauth/tiktok/callback"


async def test_a_no_comes_back_as_a_sentence(browser: Browser) -> None:
    """The page is told that the person said no."""
    await browser.connect("meta", decision="deny")
    [laura] = await people.list_users()
    assert (await connecting.outcome(laura, 1)).problem == "connect.denied"


async def test_who_is_not_logged_in_goes_to_the_log_in(browser: Browser) -> None:
    """Neither end of the dance does anything for a stranger."""
    browser.http.cookies.clear()
    assert await browser.go("/oauth/meta/start") == "/login?next=/accounts"
    assert await browser.go("/oauth/meta/callback?state=x&code=y") == "/login?next=/accounts"


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/oauth/meta/callback?state=made-up&code=x", "connect.state_void"),
        ("/oauth/meta/callback", "connect.state_void"),
        ("/oauth/myspace/start", "error.not_found"),
        ("/oauth/meta/start?account=4711", "error.not_found"),
    ],
)
async def test_what_cannot_be_is_a_sentence_too(browser: Browser, path: str, problem: str) -> None:
    """A bookmarked, forged or impossible address ends on the page with a reason, never on an error page."""
    assert await browser.go(path) == f"/accounts?problem={problem}"


async def test_an_approver_is_sent_nowhere(browser: Browser) -> None:
    """Only administrators connect accounts."""
    approver = await stage.person(Role.APPROVER)
    redeemed = await people.redeem_ticket(await people.open_ticket(approver.email, "una-clave-larga"))
    assert redeemed
    browser.http.cookies.clear()
    browser.http.cookies.set(people.COOKIE, redeemed[0])
    assert await browser.go("/oauth/meta/start") == "/accounts?problem=error.forbidden"


async def test_nothing_shows_a_secret(
    browser: Browser,
    database: str,
    outside: Outside,
    logs: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Through every dance, a renewal, a reconnection, failures on the way and a removal: no token, code, state, cookie
    or secret of our apps is in a log, an error, an address we answer, what pages show, or the bytes of the database."""
    caplog.set_level(logging.INFO)
    said: list[str] = []
    [laura] = await people.list_users()

    for provider in Provider:
        end = await browser.connect(provider.value)
        consent = int(end.removeprefix("/accounts?consent="))
        outcome = await connecting.outcome(laura, consent)
        said += [end, repr(outcome)]
        if outcome.offers:
            await connecting.accept(laura, consent, [offer.key for offer in outcome.offers])
    said.append(await browser.connect("linkedin", decision="deny"))
    tiktok = next(a for a in await accounts.list_accounts() if a.platform == "tiktok")
    said.append(await browser.connect("tiktok", query=f"?account={tiktok.id}"))
    await outside.fault("status", "/v2/oauth/token/", status=500)
    with outside.later(2 * HOUR), pytest.raises(MarketingError) as failed:
        await permissions.fresh_grant(tiktok.id)
    said += [repr(failed.value), str(failed.value), failed.value.diagnostic]
    await permissions.fresh_grant(tiktok.id)
    said.append(repr(await upkeep.check_all()))
    said.append(repr(await connections.overview(laura)))
    said.append(repr(await accounts.list_accounts()))
    with clock.frozen(clock.now() + HOUR):
        await upkeep.keep()
    await accounts.remove(laura, tiktok.id)

    out, err = capfd.readouterr()
    everything = "".join([*said, out, err, caplog.text, logs.read_text()])
    stored = _bytes_of(Path(get_settings().database_url.removeprefix("sqlite:///"))) if database == "sqlite" else b""
    secrets = _secrets(browser, outside)
    assert len(secrets) > 20
    assert "permission.renewed" in everything
    assert not [secret for secret in secrets if secret in everything or secret.encode() in stored]


def _secrets(browser: Browser, outside: Outside) -> set[str]:
    """Everything that must never be seen in clear: what the platforms gave out, and what we sent them."""
    ledger = outside.twin.ledger
    owners = [account.id for account in ledger.accounts()]
    tokens = [token for owner in owners for token in (*ledger.tokens_of(owner), *ledger.tokens_granted(owner))]
    codes = [asset.id for owner in owners for asset in ledger.assets(owner, "code", 0)]
    settings = get_settings()
    ours = [
        settings.meta_app_secret,
        settings.tiktok_client_secret,
        settings.linkedin_client_secret,
        settings.linkedin_member_client_secret,
    ]
    found = {token.token for token in tokens} | {token.refresh for token in tokens if token.refresh} | set(codes)
    return found | {secret.get_secret_value() for secret in ours} | {browser.http.cookies[people.COOKIE]}


def _bytes_of(file: Path) -> bytes:
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
