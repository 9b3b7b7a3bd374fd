"""Keeping permissions alive: one renewal for all, the new pair stored before it is used, and what happens when not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from marketingos import adapters, clock, db
from marketingos.domain.account import Account, AccountKind, AccountState
from marketingos.domain.declaration import Choices
from marketingos.domain.delivery import Delivery, DeliveryStatus, HoldReason
from marketingos.domain.permission import Permit, Provider
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Grant
from marketingos.errors import NotSent, TokenRejected
from marketingos.services import accounts, permissions, publishing, review, upkeep
from marketingos.services.views import PersonView
from tests.outside import Outside
from tests.services import stage
from tests.services.fake_platform import FakePlatform, fails_with

pytestmark = pytest.mark.usefixtures("database")
BACK = "https://marketing.example/oauth/tiktok/callback"
HOUR = timedelta(hours=1)
TOKEN = r"/v2/oauth/token/"


@pytest.fixture
async def laura() -> PersonView:
    return await stage.person()


async def creator(outside: Outside) -> int:
    """A TikTok creator, freshly connected: a token for two hours, a refresh token that works once."""
    authorizer = adapters.authorizer_for(Provider.TIKTOK)
    back = await outside.consent(authorizer.consent_page(BACK, "s"))
    [found] = await authorizer.redeem(back["code"], BACK)
    view = await accounts.connect(
        platform=Platform.TIKTOK,
        kind=AccountKind.CREATOR,
        external_id=found.external_id,
        name=found.name,
        token=found.permit.token,
        refresh_token=found.permit.refresh_token,
        expires_at=found.permit.expires_at,
        refresh_expires_at=found.permit.refresh_expires_at,
        scopes=found.permit.scopes,
    )
    await outside.http.delete(f"{outside.base}/control/calls")
    return view.id


async def page(expires_in: timedelta | None) -> int:
    """A Page whose token nothing can renew."""
    view = await accounts.connect(
        platform=Platform.FACEBOOK,
        kind=AccountKind.PAGE,
        external_id="1",
        name="ReservasPro",
        token=SecretStr("page-token"),
        expires_at=clock.now() + expires_in if expires_in else None,
    )
    return view.id


async def the_account() -> Account:
    async with db.reading() as s:
        return (await s.exec(select(Account))).one()


async def the_grant() -> Grant:
    return accounts.grant_of(await the_account())


async def tiktok_takes(token: SecretStr) -> bool:
    """Whether TikTok accepts a token."""
    account = await the_account()
    grant = Grant(account_id=0, kind=account.kind, external_id=account.external_id, token=token)
    try:
        await adapters.creator_of(grant)
    except TokenRejected:
        return False
    return True


# -- before it ends ----------------------------------------------------------------------------------------------------


async def test_a_token_with_time_left_is_used_as_it_is(outside: Outside) -> None:
    """No call is made for a token that is good for the next minutes, or that has no end."""
    grant = await permissions.fresh_grant(await creator(outside))
    assert grant == await the_grant()
    assert await outside.calls("/v2/oauth/token/") == 0


async def test_a_token_about_to_end_is_renewed_before_it_is_used(outside: Outside) -> None:
    """The new pair is in the vault when the grant is handed out, with the ends that TikTok said."""
    account_id = await creator(outside)
    before = await the_grant()
    with outside.later(2 * HOUR - timedelta(minutes=4)) as now:
        grant = await permissions.fresh_grant(account_id)
        account = await the_account()
        assert await tiktok_takes(grant.token)
    assert grant.token != before.token
    assert grant == accounts.grant_of(account)
    assert account.token_expires_at is not None
    assert HOUR < account.token_expires_at - now <= 2 * HOUR
    assert account.renewing_until is None


async def test_many_at_once_are_one_call(outside: Outside) -> None:
    """However many need it at the same moment, TikTok is asked once and all get the same new token."""
    account_id = await creator(outside)
    with outside.later(3 * HOUR):
        grants = await asyncio.gather(*(permissions.fresh_grant(account_id) for _ in range(20)))
    assert len({grant.token for grant in grants}) == 1
    assert await outside.calls("/v2/oauth/token/") == 1
    assert (await the_account()).state is AccountState.ACTIVE


async def test_a_slow_renewal_is_waited_for(outside: Outside) -> None:
    """Who comes while another renews gets what that one brings."""
    account_id = await creator(outside)
    await outside.control("settings", {"latency_ms": 1000})
    with outside.later(3 * HOUR):
        first = asyncio.create_task(permissions.fresh_grant(account_id))
        await asyncio.sleep(0.3)
        second = await permissions.fresh_grant(account_id)
        assert (await first).token == second.token
    assert await outside.calls("/v2/oauth/token/") == 1


async def test_a_caller_that_is_cut_off_does_not_lose_the_new_pair(outside: Outside) -> None:
    """Whoever asked for the renewal may be cancelled: what TikTok answers is stored all the same."""
    account_id = await creator(outside)
    await outside.control("settings", {"latency_ms": 500})
    with outside.later(3 * HOUR):
        asking = asyncio.create_task(permissions.fresh_grant(account_id))
        await asyncio.sleep(0.2)
        asking.cancel()
        grant = await permissions.fresh_grant(account_id)
        assert await tiktok_takes(grant.token)
    assert await outside.calls("/v2/oauth/token/") == 1


async def test_a_database_that_is_locked_for_a_moment_does_not_lose_the_new_pair(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Storing is tried again: under strict rotation there is no other copy."""
    account_id, stored, falls = await creator(outside), permissions._store, iter((True, True))

    async def locked(renewal: permissions.Renewal, permit: Permit) -> Grant:
        if next(falls, False):
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return await stored(renewal, permit)

    monkeypatch.setattr(permissions, "_store", locked)
    with outside.later(3 * HOUR):
        assert await tiktok_takes((await permissions.fresh_grant(account_id)).token)


# -- when it fails -----------------------------------------------------------------------------------------------------


async def test_a_platform_that_is_ill_costs_nothing_while_the_token_lives(outside: Outside) -> None:
    """A renewal that fails is of no account before the token's end; after it the post is tried again later, and the
    account is not given up."""
    account_id = await creator(outside)
    await outside.fault("status", TOKEN, times=None, status=503)
    with outside.later(2 * HOUR - timedelta(minutes=4)):
        assert await permissions.fresh_grant(account_id) == await the_grant()
    with outside.later(HOUR), pytest.raises(NotSent):
        await permissions.fresh_grant(account_id)
    account = await the_account()
    assert account.state is AccountState.ACTIVE
    assert account.sealed_refresh_token


async def test_a_refused_renewal_ends_the_permission_with_its_token(outside: Outside) -> None:
    """A refresh token that TikTok does not take any more is dropped; the token works until its end, and then a person
    has to reconnect."""
    account_id = await creator(outside)
    await outside.control("tokens", {"token": (await the_grant()).token.get_secret_value(), "action": "expire"})
    async with db.session() as s:
        (await s.exec(select(Account))).one().sealed_refresh_token = accounts.vault.seal(SecretStr("rft.void"))
    with outside.later(2 * HOUR - timedelta(minutes=4)):
        assert await permissions.fresh_grant(account_id) == await the_grant()
    assert (await the_account()).sealed_refresh_token is None
    assert (await the_account()).state is AccountState.ACTIVE
    with outside.later(HOUR), pytest.raises(TokenRejected):
        await permissions.fresh_grant(account_id)
    assert (await the_account()).state is AccountState.NEEDS_RECONNECT


async def test_reconnecting_wins_over_a_renewal_under_way(outside: Outside) -> None:
    """A person's new permission is not written over by what an old refresh token brings."""
    account_id = await creator(outside)
    await outside.control("settings", {"latency_ms": 600})
    with outside.later(3 * HOUR):
        asking = asyncio.create_task(permissions.fresh_grant(account_id))
        await asyncio.sleep(0.2)
        account = await the_account()
        await accounts.connect(
            platform=Platform.TIKTOK,
            kind=AccountKind.CREATOR,
            external_id=account.external_id,
            name="new",
            token=SecretStr("act.new"),
            refresh_token=SecretStr("rft.new"),
        )
        assert (await asking).token.get_secret_value() == "act.new"
    assert (await the_grant()).token.get_secret_value() == "act.new"


async def test_what_nothing_renews_works_until_its_end(laura: PersonView) -> None:
    """A token without renewal is used to its last minute and then asks for a person."""
    account_id = await page(HOUR)
    with clock.frozen(clock.now() + HOUR - timedelta(minutes=1)):
        assert (await permissions.fresh_grant(account_id)).token.get_secret_value() == "page-token"
    with clock.frozen(clock.now() + HOUR), pytest.raises(TokenRejected):
        await permissions.fresh_grant(account_id)
    account = await the_account()
    assert (account.state, account.state_reason) == (AccountState.NEEDS_RECONNECT, "permission.ended")


# -- while publishing --------------------------------------------------------------------------------------------------


async def test_a_token_that_dies_on_the_way_is_renewed_once_and_the_post_goes_out_once(
    laura: PersonView, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal means that nothing happened: with a new token the same step is done again, and nobody notices."""
    await creator(outside)
    fake = FakePlatform(Platform.TIKTOK, script=[fails_with(TokenRejected(diagnostic="access_token_invalid"))])
    monkeypatch.setattr("marketingos.adapters.publisher_for", lambda *_: fake)
    await _publish(laura)
    assert len(fake.ledger) == 1
    assert await outside.calls("/v2/oauth/token/") == 1
    assert (await _delivery()).status is DeliveryStatus.PUBLISHED


async def test_a_new_token_that_is_refused_as_well_holds_the_post(
    laura: PersonView, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once is enough: the account then waits for a person, and its post with it."""
    await creator(outside)
    fake = FakePlatform(Platform.TIKTOK, script=[fails_with(TokenRejected(diagnostic="x"))] * 2)
    monkeypatch.setattr("marketingos.adapters.publisher_for", lambda *_: fake)
    await _publish(laura)
    assert fake.ledger == []
    assert await outside.calls("/v2/oauth/token/") == 1
    assert (await _delivery()).hold_reason is HoldReason.PERMISSION
    assert (await the_account()).state is AccountState.NEEDS_RECONNECT


async def test_a_token_that_linkedin_takes_for_expired_is_replaced_on_the_wire(
    laura: PersonView, outside: Outside
) -> None:
    """The whole way with the real adapter: refused at the visible call, renewed, and posted once."""
    demo = outside.account("linkedin")
    product_id = await stage.product(platforms=())
    await accounts.connect(
        platform=Platform.LINKEDIN,
        kind=AccountKind.ORGANIZATION,
        external_id=demo.external_id,
        name=demo.name,
        token=SecretStr(demo.access_token),
        refresh_token=SecretStr(demo.refresh_token or ""),
        products=("ReservasPro",),
    )
    await outside.fault("token_expired", "/rest/posts")
    at = timedelta(minutes=30)
    post_id = await stage.post(product_id, after=at, platforms=(Platform.LINKEDIN,), with_picture=False)
    await review.approve(laura, post_id)
    with outside.later(timedelta(minutes=31)):
        await publishing.publish_due()
    assert (await _delivery()).status is DeliveryStatus.PUBLISHED
    assert len((await outside.http.get(f"{outside.base}/ledger")).json()["posts"]) == 1
    assert await outside.calls("/linkedin/oauth/v2/accessToken") == 1
    assert (await the_grant()).token.get_secret_value() != demo.access_token


async def _publish(laura: PersonView) -> None:
    """A TikTok post that is due in half an hour, approved and sent."""
    product_id = await stage.product(platforms=())
    await accounts.set_products(laura, (await the_account()).id or 0, [product_id])
    post_id = await stage.post(product_id, after=timedelta(minutes=30), platforms=(Platform.TIKTOK,))
    await review.approve(laura, post_id, tiktok=Choices(privacy_level="SELF_ONLY"))
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        await publishing.publish_due()


async def _delivery() -> Delivery:
    async with db.reading() as s:
        return (await s.exec(select(Delivery))).one()


# -- looking after them ------------------------------------------------------------------------------------------------


async def test_the_sweep_renews_ahead_and_no_sooner(outside: Outside) -> None:
    """In the last quarter of its life a token is renewed although nobody uses it."""
    await creator(outside)
    with outside.later(HOUR):
        await upkeep.keep()
    assert await outside.calls("/v2/oauth/token/") == 0
    with outside.later(timedelta(minutes=35)):
        await asyncio.gather(upkeep.keep(), upkeep.keep())
    assert await outside.calls("/v2/oauth/token/") == 1


async def test_the_sweep_marks_what_has_ended(laura: PersonView) -> None:
    """A token that ended asks for a person before a post needs it."""
    await page(HOUR)
    with clock.frozen(clock.now() + 2 * HOUR):
        await upkeep.keep()
    assert (await the_account()).state is AccountState.NEEDS_RECONNECT


async def test_a_look_learns_what_the_platform_knows(laura: PersonView, outside: Outside) -> None:
    """A pasted token's scopes, ends and followers are known after a look; a rejected one that lives goes on."""
    demo = outside.account("facebook")
    view = await accounts.connect(
        platform=Platform.FACEBOOK,
        kind=AccountKind.PAGE,
        external_id=demo.external_id,
        name="Mi página",
        token=SecretStr(demo.access_token),
    )
    async with db.session() as s:
        accounts.reject_permission((await s.exec(select(Account))).one(), "error.meta.identify")
    await upkeep.check(laura, view.id)
    account = await the_account()
    assert account.state is AccountState.ACTIVE
    assert account.name == "Mi página"
    assert account.followers == demo.followers
    assert "pages_manage_posts" in account.scopes
    assert account.data_access_expires_at is not None


async def test_a_look_at_a_dead_permission_says_so(laura: PersonView, outside: Outside) -> None:
    """A permission that was withdrawn on the platform is found out without a post being lost to it."""
    demo = outside.account("facebook")
    view = await accounts.connect(
        platform=Platform.FACEBOOK,
        kind=AccountKind.PAGE,
        external_id=demo.external_id,
        name=demo.name,
        token=SecretStr(demo.access_token),
    )
    await outside.control("tokens", {"token": demo.access_token, "action": "revoke"})
    with pytest.raises(TokenRejected):
        await upkeep.check(laura, view.id)
    assert (await the_account()).state is AccountState.NEEDS_RECONNECT
    assert len(await upkeep.check_all()) == 1
