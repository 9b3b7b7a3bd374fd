"""Asking for permission at each platform: what a consent reaches, how tokens are renewed, and every way of a no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from marketingos import adapters, clock
from marketingos.domain.account import AccountKind
from marketingos.domain.permission import Candidate, Provider, asked_of
from marketingos.domain.ports import Grant
from marketingos.errors import NotSent, OutsideError, TokenRejected
from tests.adapters.wire import NOW, Wire
from tests.conftest import Setter
from tests.outside import Outside

BACK = "https://marketing.example/oauth/callback"
DAY = timedelta(days=1)


async def granted(
    outside: Outside, provider: Provider, *, scopes: str | None = None, accounts: Any = None
) -> Mapping[str, Candidate]:
    """What a person's yes reaches, by id; `scopes` is what they left ticked."""
    authorizer = adapters.authorizer_for(provider)
    page = authorizer.consent_page(BACK, "state-1")
    if scopes is not None:
        asked = str(httpx.QueryParams({"scope": scopes}))
        page = "&".join(asked if part.startswith("scope=") else part for part in page.split("&"))
    back = await outside.consent(page, accounts=accounts)
    assert back["state"] == "state-1"
    return {c.external_id: c for c in await authorizer.redeem(back["code"], BACK)}


def grant_for(candidate: Candidate) -> Grant:
    return Grant(account_id=1, kind=candidate.kind, external_id=candidate.external_id, token=candidate.permit.token)


# -- Meta --------------------------------------------------------------------------------------------------------------


async def test_a_facebook_consent_reaches_pages_and_their_instagram_accounts(outside: Outside) -> None:
    """Every ticked Page and its Instagram account come with the Page's own token, which has no end by date but one to
    its access to data, and with the scopes that were granted."""
    page, instagram = outside.account("facebook"), outside.account("instagram")
    found = await granted(outside, Provider.META, accounts=[page.external_id])
    assert set(found) == {page.external_id, instagram.external_id}
    ours, its = found[page.external_id], found[instagram.external_id]
    assert (ours.name, ours.handle, ours.followers) == (page.name, page.handle, page.followers)
    assert its.parent_external_id == page.external_id
    assert its.permit.token == ours.permit.token
    assert ours.permit.expires_at is None
    assert ours.permit.data_access_expires_at is not None
    assert ours.permit.data_access_expires_at - clock.now() > 80 * DAY
    assert ours.obstacle is its.obstacle is None
    assert "pages_manage_posts" in ours.permit.scopes
    assert ours.permit.grantor_id


async def test_a_declined_permission_is_an_obstacle_only_where_it_is_needed(outside: Outside) -> None:
    """Without leave to publish on Pages the Page cannot be connected and its Instagram account can."""
    page, instagram = outside.account("facebook"), outside.account("instagram")
    without = ",".join(scope for scope in asked_of(Provider.META) if scope != "pages_manage_posts")
    found = await granted(outside, Provider.META, scopes=without, accounts=[page.external_id])
    assert found[page.external_id].obstacle == "connect.lacking"
    assert found[instagram.external_id].obstacle is None


async def test_pages_that_may_not_be_listed_are_said_to_be_so(outside: Outside) -> None:
    """Declining to show the Pages is told apart from having none."""
    with pytest.raises(TokenRejected, match=r"connect\.no_list"):
        await granted(outside, Provider.META, scopes="pages_manage_posts")


async def test_every_page_of_pages_is_read(wire: Wire, environment: Setter) -> None:
    """The list ends where `next` does; a Page of a business that is there twice is taken once, without a token not."""
    environment(SANDBOX="0", META_APP_ID="1", META_APP_SECRET="s")
    alive = {"data": {"is_valid": True, "expires_at": 0, "scopes": [*asked_of(Provider.META)], "user_id": "9"}}

    def page(number: int) -> dict[str, Any]:
        return {"id": f"10{number}", "name": f"P{number}", "access_token": f"page-{number}", "tasks": ["MANAGE"]}

    everything = [{"permission": scope, "status": "granted"} for scope in asked_of(Provider.META)]
    wire.on("POST", "/v25.0/oauth/access_token", {"access_token": "u", "token_type": "bearer"}, times=2)
    wire.on("GET", "/v25.0/me/permissions", {"data": everything})
    more = {"cursors": {"after": "c1"}, "next": "https://graph.facebook.com/next"}
    wire.on("GET", "me/accounts.*after=c1", {"data": [page(2)], "paging": {}})
    wire.on("GET", "me/accounts", {"data": [page(1)], "paging": more})
    wire.on("GET", "/v25.0/me/businesses", {"data": [{"id": "77"}]})
    owned = [page(2), {"id": "104", "name": "no token"}]
    wire.on("GET", "/v25.0/77/owned_pages", {"data": owned})
    wire.on("GET", "/v25.0/77/client_pages", {"data": [{**page(3), "tasks": ["ANALYZE"]}]})
    wire.on("GET", "/v25.0/debug_token", alive, times=3)
    found = await adapters.authorizer_for(Provider.META).redeem("code", BACK)
    assert [(c.external_id, c.obstacle) for c in found] == [("101", None), ("102", None), ("103", "connect.role")]


async def test_a_page_token_is_looked_into(outside: Outside) -> None:
    """A living token says its scopes, its ends and whose account it is; one of another account is refused."""
    found = await granted(outside, Provider.META)
    page, other = (found[outside.account("facebook", brand=b).external_id] for b in ("ReservasPro", "PulsoFit"))
    authorizer = adapters.authorizer_for(Provider.META)
    seen = await authorizer.inspect(grant_for(page))
    assert seen.dated
    assert seen.expires_at is None
    assert "pages_manage_posts" in (seen.scopes or ())
    await outside.control("tokens", {"token": page.permit.token.get_secret_value(), "action": "revoke"})
    with pytest.raises(TokenRejected):
        await authorizer.inspect(grant_for(page))
    assert await authorizer.inspect(grant_for(other))


async def test_a_token_from_elsewhere_brings_the_page_and_its_instagram_account(outside: Outside) -> None:
    """A Page's token at hand, or a person's, is enough to find both; a person's is changed into the Page's own."""
    page = outside.account("facebook")
    found = await adapters.page_with(page.external_id, SecretStr(page.access_token))
    assert [c.kind for c in found] == [AccountKind.PAGE, AccountKind.INSTAGRAM]
    assert found[0].permit.token.get_secret_value() == page.access_token
    person = next(iter(outside.twin.ledger.tokens_of("10230617845529031")))
    found = await adapters.page_with(page.external_id, SecretStr(person.token))
    assert found[0].permit.token.get_secret_value() != person.token


# -- TikTok ------------------------------------------------------------------------------------------------------------


async def test_a_tiktok_consent_reaches_its_creator_with_the_lifetimes_of_the_answer(outside: Outside) -> None:
    """Both tokens come with the ends that TikTok said; nothing is sent that web apps do not have."""
    creator = outside.account("tiktok")
    page = adapters.authorizer_for(Provider.TIKTOK).consent_page(BACK, "s")
    assert "code_challenge" not in page
    [found] = (await granted(outside, Provider.TIKTOK, accounts=creator.external_id)).values()
    assert (found.external_id, found.handle, found.name) == (creator.external_id, creator.handle, creator.name)
    assert found.permit.expires_at is not None
    assert timedelta(hours=1) < found.permit.expires_at - clock.now() <= timedelta(hours=2)
    assert found.permit.refresh_expires_at is not None
    assert found.permit.refresh_expires_at - clock.now() > 179 * DAY


async def test_what_a_creator_unticked_is_missing(outside: Outside) -> None:
    """Without leave to publish there is an obstacle; without leave to count there is none."""
    [less] = (await granted(outside, Provider.TIKTOK, scopes="user.info.basic,video.publish")).values()
    assert less.obstacle is None
    assert less.followers is None
    [none] = (await granted(outside, Provider.TIKTOK, scopes="user.info.basic,video.list")).values()
    assert none.obstacle == "connect.lacking"


async def test_tiktok_refresh_tokens_work_once(outside: Outside) -> None:
    """A renewal answers a new pair, and the old refresh token is refused from then on, with HTTP 200."""
    authorizer = adapters.authorizer_for(Provider.TIKTOK)
    [found] = (await granted(outside, Provider.TIKTOK)).values()
    first = found.permit.refresh_token
    assert first
    fresh = await authorizer.renew(first)
    assert fresh.token != found.permit.token
    assert fresh.refresh_token not in (None, first)
    with pytest.raises(TokenRejected):
        await authorizer.renew(first)


@pytest.mark.parametrize("life", [None, "soon", -1, "3600"])
async def test_a_new_pair_is_kept_whatever_is_said_of_its_life(wire: Wire, life: Any) -> None:
    """Under strict rotation the pair in a strange answer is the only one there is; a missing refresh token means that
    the old one goes on."""
    wire.on("POST", "/v2/oauth/token/", {"access_token": "act.2", "expires_in": life, "scope": "a,b"})
    permit = await adapters.authorizer_for(Provider.TIKTOK).renew(SecretStr("rft.1"))
    assert permit.token.get_secret_value() == "act.2"
    assert permit.refresh_token == SecretStr("rft.1")
    assert (permit.expires_at is not None) is (life == "3600")


async def test_what_a_creator_may_choose_from(outside: Outside) -> None:
    """The audiences are TikTok's at this moment, a private account's others than a public one's."""
    creator = outside.account("tiktok")
    grant = Grant(
        account_id=1,
        kind=AccountKind.CREATOR,
        external_id=creator.external_id,
        token=SecretStr(creator.access_token),
    )
    assert (await adapters.creator_of(grant)).audiences[0] == "PUBLIC_TO_EVERYONE"
    await outside.control("accounts", {"platform": "tiktok", "external_id": creator.external_id, "private": True})
    assert (await adapters.creator_of(grant)).audiences[0] == "FOLLOWER_OF_CREATOR"


# -- LinkedIn ----------------------------------------------------------------------------------------------------------


async def test_a_linkedin_consent_reaches_the_organisations_that_a_member_runs(outside: Outside) -> None:
    """Each organisation comes with its name, its followers and the member's token, which can be renewed for a year."""
    organization = outside.account("linkedin")
    found = await granted(outside, Provider.LINKEDIN, accounts=[organization.external_id])
    ours = found[organization.external_id]
    assert (ours.name, ours.followers) == (organization.name, organization.followers)
    assert ours.permit.refresh_expires_at is not None
    assert ours.permit.refresh_expires_at - clock.now() > 360 * DAY
    fresh = await adapters.authorizer_for(Provider.LINKEDIN).renew(ours.permit.refresh_token or SecretStr(""))
    assert fresh.token != ours.permit.token
    assert fresh.refresh_token == ours.permit.refresh_token


async def test_members_are_asked_by_the_other_app(outside: Outside) -> None:
    """A member's consent is for another client and other scopes, and has no refresh token."""
    pages = [adapters.authorizer_for(p).consent_page(BACK, "s") for p in (Provider.LINKEDIN, Provider.LINKEDIN_MEMBER)]
    clients = {httpx.URL(page).params["client_id"] for page in pages}
    assert len(clients) == 2
    [member] = (await granted(outside, Provider.LINKEDIN_MEMBER)).values()
    assert member.kind is AccountKind.MEMBER
    assert member.external_id == outside.account("linkedin", "member").external_id
    assert member.permit.refresh_token is None
    seen = await adapters.authorizer_for(Provider.LINKEDIN_MEMBER).inspect(grant_for(member))
    assert seen.expires_at is not None
    assert 59 * DAY < seen.expires_at - clock.now() <= 60 * DAY


async def test_a_role_without_the_right_to_post_is_no_account(wire: Wire, environment: Setter) -> None:
    """Only organisations on which the member may post are offered, each once, however many roles they hold."""
    environment(SANDBOX="0", LINKEDIN_CLIENT_ID="c", LINKEDIN_CLIENT_SECRET="s")
    rows = [
        {"organization": "urn:li:organization:1", "role": "ANALYST", "state": "APPROVED"},
        {"organizationTarget": "urn:li:organization:2", "role": "CONTENT_ADMINISTRATOR", "state": "APPROVED"},
        {"organizationTarget": "urn:li:organization:2", "role": "ADMINISTRATOR", "state": "APPROVED"},
    ]
    answer = {"access_token": "a", "expires_in": 5184000, "scope": " ".join(asked_of(Provider.LINKEDIN))}
    wire.on("POST", "/oauth/v2/accessToken", answer)
    wire.on("GET", "/rest/organizationAcls", {"elements": rows})
    wire.on("GET", "/rest/organizations/2", {"localizedName": "Dos"})
    wire.on("GET", "/rest/networkSizes", {"status": 403, "code": "ACCESS_DENIED"}, 403)
    found = await adapters.authorizer_for(Provider.LINKEDIN).redeem("code", BACK)
    assert [(c.external_id, c.name, c.followers) for c in found] == [("urn:li:organization:2", "Dos", None)]


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(("seconds", "days"), [(31_536_000, 365), (525_600, 365), (None, 365), (17_280_000, 200)])
async def test_an_implausible_life_of_a_refresh_token_is_taken_for_a_year(
    wire: Wire, environment: Setter, seconds: int | None, days: int
) -> None:
    """LinkedIn's own sample gives a year in minutes where seconds are meant."""
    environment(SANDBOX="0", LINKEDIN_CLIENT_ID="c", LINKEDIN_CLIENT_SECRET="s")
    answer = {"access_token": "a", "expires_in": 5184000, "scope": "a,b c", "refresh_token": "r"}
    answer |= {} if seconds is None else {"refresh_token_expires_in": seconds}
    wire.on("POST", "/oauth/v2/accessToken", answer)
    permit = await adapters.authorizer_for(Provider.LINKEDIN).renew(SecretStr("r"))
    assert permit.scopes == ("a", "b", "c")
    assert permit.refresh_expires_at == NOW + timedelta(days=days)


# -- every way of a no -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", list(Provider))
async def test_a_code_works_once(outside: Outside, provider: Provider) -> None:
    """A code that was used, or made up, is void; that is the person's to begin again, not an engineer's to mend."""
    authorizer = adapters.authorizer_for(provider)
    code = (await outside.consent(authorizer.consent_page(BACK, "s")))["code"]
    await authorizer.redeem(code, BACK)
    for void in (code, "made-up"):
        with pytest.raises(TokenRejected, match=r"connect\.code_void"):
            await authorizer.redeem(void, BACK)


@pytest.mark.parametrize("provider", list(Provider))
async def test_an_app_that_is_not_known_is_an_engineers_matter(
    outside: Outside, environment: Setter, provider: Provider
) -> None:
    """A wrong secret never looks like a void code or a dead permission, and is not tried again."""
    code = (await outside.consent(adapters.authorizer_for(provider).consent_page(BACK, "s")))["code"]
    names = ("META_APP_SECRET", "TIKTOK_CLIENT_SECRET", "LINKEDIN_CLIENT_SECRET", "LINKEDIN_MEMBER_CLIENT_SECRET")
    environment(**dict.fromkeys(names, "wrong"))
    with pytest.raises(NotSent, match=r"connect\.app_refused") as caught:
        await adapters.authorizer_for(provider).redeem(code, BACK)
    assert not caught.value.retryable


@pytest.mark.parametrize("provider", list(Provider))
async def test_without_an_app_nobody_is_asked(environment: Setter, provider: Provider) -> None:
    """Whether an app's id and secret are set is known before anybody is sent anywhere."""
    assert adapters.authorizer_for(provider).configured
    environment(SANDBOX="0")
    assert not adapters.authorizer_for(provider).configured


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("provider", [Provider.TIKTOK, Provider.LINKEDIN])
async def test_a_platform_that_is_ill_does_not_end_a_permission(wire: Wire, provider: Provider, status: int) -> None:
    """A renewal that fails on their side may be tried again."""
    for path in ("/v2/oauth/token/", "/oauth/v2/accessToken"):
        wire.on("POST", path, text="<html>oops</html>", status=status)
    with pytest.raises(OutsideError) as caught:
        await adapters.authorizer_for(provider).renew(SecretStr("r"))
    assert not isinstance(caught.value, TokenRejected)
    assert caught.value.retryable


async def test_no_diagnostic_shows_a_secret(wire: Wire, environment: Setter) -> None:
    """What engineers read of a failed exchange holds neither token, code nor secret of our app."""
    environment(SANDBOX="0", META_APP_ID="1", META_APP_SECRET="app-secret")
    body = {"access_token": "clear-token", "refresh_token": "clear-refresh"}
    wire.on("POST", "/v25.0/oauth/access_token", body, times=2)
    wire.on("GET", "/v25.0/me/permissions", {"error": {"code": 190, "error_subcode": 460, "message": "x"}}, 400)
    wire.on("POST", "/v2/oauth/token/", {"refresh_token": "clear-refresh", "scope": "user.info.basic"})
    for provider in (Provider.META, Provider.TIKTOK):
        with pytest.raises(OutsideError) as caught:
            await adapters.authorizer_for(provider).redeem("clear-code", BACK)
        for secret in ("clear-token", "clear-refresh", "clear-code", "app-secret"):
            assert secret not in caught.value.diagnostic
            assert secret not in repr(caught.value)
