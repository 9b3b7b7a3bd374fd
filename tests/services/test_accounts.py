"""Accounts: who publishes on them, what waits for their permission, and how they go away again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.account import Account, AccountKind, AccountState
from marketingos.domain.audit import AuditEntry
from marketingos.domain.delivery import Delivery, DeliveryStatus, HoldReason
from marketingos.domain.permission import Health
from marketingos.domain.platform import Platform
from marketingos.domain.post import PostStatus, VariantStatus
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, InvalidInput, NotFound, Refused, TokenRejected
from marketingos.services import accounts, connections, creators, posts, publishing, review
from marketingos.services.connection_views import ConnectionView
from marketingos.services.views import PersonView
from tests.outside import Outside
from tests.services import stage
from tests.services.fake_platform import LOST, FakePlatform, accepts_then, fails_with

pytestmark = pytest.mark.usefixtures("database")
DUE = timedelta(minutes=31)
DEAD = TokenRejected(diagnostic="190")


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """The one platform that every delivery goes to."""
    fake = FakePlatform()
    monkeypatch.setattr("marketingos.adapters.publisher_for", lambda *_: fake)
    return fake


@pytest.fixture
async def laura() -> PersonView:
    return await stage.person()


async def approved(laura: PersonView) -> int:
    """A post on Facebook that is due in half an hour, approved."""
    post_id = await stage.post(await stage.product(platforms=(Platform.FACEBOOK,)), after=timedelta(minutes=30))
    await review.approve(laura, post_id)
    return post_id


async def reconnect(token: str = "another") -> None:
    await accounts.connect(
        platform=Platform.FACEBOOK,
        kind=AccountKind.PAGE,
        external_id="ReservasPro-facebook",
        name="ReservasPro",
        token=SecretStr(token),
    )


async def sweep(later: timedelta) -> None:
    with clock.frozen(clock.now() + later):
        await publishing.publish_due()


async def the_delivery() -> Delivery:
    async with db.reading() as s:
        return (await s.exec(select(Delivery))).one()


async def the_account() -> Account:
    async with db.reading() as s:
        return (await s.exec(select(Account))).one()


async def row(actor: PersonView) -> ConnectionView:
    return (await connections.overview(actor)).rows[0]


# -- a dead permission holds, a new one lets go ------------------------------------------------------------------------


async def test_a_dead_permission_holds_its_deliveries(laura: PersonView, platform: FakePlatform) -> None:
    """A refused token is nobody's failure: the post waits, the account asks for a hand, and the next post of it is held
    without another call."""
    await approved(laura)
    platform.script = [fails_with(DEAD)]
    await sweep(DUE)
    assert (await the_delivery()).hold_reason is HoldReason.PERMISSION
    assert (await the_account()).state is AccountState.NEEDS_RECONNECT
    assert platform.ledger == []


async def test_what_was_held_goes_out_after_reconnecting(laura: PersonView, platform: FakePlatform) -> None:
    """While its product still allows the delay, a held post goes out by itself once."""
    post_id = await approved(laura)
    platform.script = [fails_with(DEAD)]
    await sweep(DUE)
    with clock.frozen(clock.now() + DUE + timedelta(minutes=20)):
        await reconnect()
    await sweep(DUE + timedelta(minutes=21))
    assert len(platform.ledger) == 1
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def test_what_would_go_out_too_late_asks(laura: PersonView, platform: FakePlatform) -> None:
    """Reconnected after its product's patience, a held post waits for a person as a late one."""
    await approved(laura)
    platform.script = [fails_with(DEAD)]
    await sweep(DUE)
    with clock.frozen(clock.now() + timedelta(days=1)):
        await reconnect()
    delivery = await the_delivery()
    assert (delivery.status, delivery.hold_reason) == (DeliveryStatus.HELD, HoldReason.LATE)
    await sweep(timedelta(days=1, minutes=1))
    assert platform.ledger == []


async def test_what_may_be_out_is_looked_for_after_reconnecting(laura: PersonView, platform: FakePlatform) -> None:
    """A permission that dies while a lost answer is being looked up does not make the post go out twice."""
    post_id = await approved(laura)
    platform.script = [accepts_then(LOST)]
    await sweep(DUE)
    looked_up, platform.look_up = platform.look_up, _refused  # type: ignore[method-assign]
    await sweep(DUE + timedelta(minutes=1))
    assert (await the_delivery()).hold_reason is HoldReason.PERMISSION
    platform.look_up = looked_up  # type: ignore[method-assign]
    with clock.frozen(clock.now() + DUE + timedelta(minutes=2)):
        await reconnect()
    assert (await the_delivery()).status is DeliveryStatus.UNKNOWN
    await sweep(DUE + timedelta(minutes=3))
    assert len(platform.ledger) == 1
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def test_what_was_accepted_is_asked_about_after_reconnecting(laura: PersonView, platform: FakePlatform) -> None:
    """A permission that dies while the platform works on an accepted post does not make it go out twice."""
    post_id = await approved(laura)
    platform.accepts = True
    settled, platform.settle = platform.settle, _refused  # type: ignore[method-assign]
    await sweep(DUE)
    await sweep(DUE + timedelta(minutes=1))
    assert (await the_delivery()).hold_reason is HoldReason.PERMISSION
    platform.settle = settled  # type: ignore[method-assign]
    await reconnect()
    await sweep(DUE + timedelta(minutes=3))
    assert len(platform.ledger) == 1
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def test_an_answer_to_the_old_token_says_nothing_of_the_new_one(
    laura: PersonView, platform: FakePlatform
) -> None:
    """A refusal that arrives after somebody reconnected neither marks the account nor holds the post."""

    async def reconnected_meanwhile(*_: object) -> object:
        platform.commit = sent  # type: ignore[method-assign]
        await reconnect("fresh")
        raise DEAD

    await approved(laura)
    sent, platform.commit = platform.commit, reconnected_meanwhile  # type: ignore[method-assign,assignment]
    await sweep(DUE)
    assert (await the_account()).state is AccountState.ACTIVE
    assert len(platform.ledger) == 1


async def _refused(*_: object) -> object:
    raise DEAD


# -- what a person sees ------------------------------------------------------------------------------------------------


async def test_the_page_shows_what_would_not_go_out(laura: PersonView) -> None:
    """Everything scheduled within sixty days is on the axis; what is due after the permission's end is marked."""
    product_id = await stage.product(platforms=(Platform.FACEBOOK,))
    for days in (1, 10, 20, 70):
        await review.approve(laura, await stage.post(product_id, after=timedelta(days=days)))
    async with db.session() as s:
        (await s.exec(select(Account))).one().token_expires_at = clock.now() + timedelta(days=12)
    shown = await row(laura)
    assert (len(shown.due), len(shown.lost)) == (3, 1)
    assert [due.at for due in shown.lost_posts] == list(shown.lost)
    assert (await posts.post(laura, shown.lost_posts[0].post_id)).title == shown.lost_posts[0].title
    assert shown.health is Health.ENDING
    assert [product.name for product in shown.products] == ["ReservasPro"]
    before = await connections.revision()
    await review.approve(laura, await stage.post(product_id, after=timedelta(days=3)))
    assert await connections.revision() != before


async def test_no_view_shows_a_token(laura: PersonView) -> None:
    """Neither token nor ciphertext is in anything that goes to a browser."""
    await stage.product()
    account = (await accounts.list_accounts())[0]
    async with db.reading() as s:
        sealed = [a.sealed_token for a in (await s.exec(select(Account))).all()]
    shown = repr(await connections.overview(laura)) + repr(account)
    assert "token-ReservasPro" not in shown
    assert not any(cipher in shown for cipher in sealed)


async def test_only_administrators_change_accounts() -> None:
    """An approver sees the accounts, chooses a TikTok audience, and neither links nor removes."""
    product_id = await stage.product(platforms=(Platform.TIKTOK,))
    approver = await stage.person(Role.APPROVER)
    shown = await connections.overview(approver)
    assert (shown.can_connect, shown.can_choose) == (False, True)
    account_id = shown.rows[0].account.id
    with pytest.raises(Forbidden):
        await accounts.set_products(approver, account_id, [product_id])
    with pytest.raises(Forbidden):
        await accounts.remove(approver, account_id)


async def test_products_are_linked_and_unlinked(laura: PersonView) -> None:
    """Which products publish on an account is what was last said; unknown ones are left out."""
    await stage.product("ReservasPro", platforms=(Platform.FACEBOOK,))
    other = await stage.product("PulsoFit", platforms=())
    account_id = (await row(laura)).account.id
    await accounts.set_products(laura, account_id, [other, 4711])
    assert [product.name for product in (await row(laura)).products] == ["PulsoFit"]
    await accounts.set_products(laura, account_id, [])
    assert (await row(laura)).products == ()
    with pytest.raises(NotFound):
        await accounts.set_products(laura, 4711, [other])


# -- TikTok's audience -------------------------------------------------------------------------------------------------


async def creator(outside: Outside) -> int:
    demo = outside.account("tiktok")
    view = await accounts.connect(
        platform=Platform.TIKTOK,
        kind=AccountKind.CREATOR,
        external_id=demo.external_id,
        name=demo.name,
        token=SecretStr(demo.access_token),
    )
    return view.id


async def test_nobody_has_chosen_an_audience_until_a_person_does(laura: PersonView, outside: Outside) -> None:
    """There is no default; the choice is kept with who made it and when, and every choice leaves a trace."""
    account_id = await creator(outside)
    assert (await row(laura)).audience == ""
    await creators.choose_audience(laura, account_id, "SELF_ONLY")
    shown = await row(laura)
    assert (shown.audience, shown.audience_by) == ("SELF_ONLY", laura.name)
    assert isinstance(shown.audience_at, datetime)
    async with db.reading() as s:
        trace = (await s.exec(select(AuditEntry).where(AuditEntry.action == "account.audience"))).one()
    assert (trace.actor, trace.detail) == (laura.email, {"level": "SELF_ONLY"})


async def test_only_what_tiktok_offers_now_can_be_chosen(laura: PersonView, outside: Outside) -> None:
    """The options are asked for at the moment of choosing; an audience that is not among them is refused."""
    account_id = await creator(outside)
    assert "PUBLIC_TO_EVERYONE" in (await creators.creator(laura, account_id)).audiences
    with pytest.raises(InvalidInput):
        await creators.choose_audience(laura, account_id, "FOLLOWER_OF_CREATOR")
    assert (await row(laura)).audience == ""


# -- going away --------------------------------------------------------------------------------------------------------


async def test_a_removed_account_leaves_its_history(laura: PersonView, platform: FakePlatform) -> None:
    """Its tokens are gone, what waited is up for approval again, and what it published can still be read."""
    post_id = await approved(laura)
    await sweep(DUE)
    waiting = await stage.post(1, after=timedelta(days=1), text="La siguiente")
    await review.approve(laura, waiting)
    await accounts.remove(laura, (await the_account()).id or 0)
    account = await the_account()
    assert (account.sealed_token, account.sealed_refresh_token) == ("", None)
    assert account.state is AccountState.REMOVED
    assert (await connections.overview(laura)).rows == ()
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED
    assert (await posts.post(laura, waiting)).variants[0].status is VariantStatus.PENDING
    await sweep(timedelta(days=2))
    assert len(platform.ledger) == 1


async def test_an_account_is_not_removed_while_a_post_may_be_on_its_way(
    laura: PersonView, platform: FakePlatform
) -> None:
    """What may be visible has to be settled before the permission to look for it goes away."""
    await approved(laura)
    platform.script = [accepts_then(LOST)]
    await sweep(DUE)
    with pytest.raises(Refused, match=r"account\.busy"):
        await accounts.remove(laura, (await the_account()).id or 0)
    assert (await the_account()).state is AccountState.ACTIVE


async def test_a_removed_account_can_be_connected_again(laura: PersonView) -> None:
    """The same account takes its old place, with its history."""
    await stage.product(platforms=(Platform.FACEBOOK,))
    before = (await the_account()).id
    await accounts.remove(laura, before or 0)
    await reconnect()
    assert (await the_account()).id == before
    assert (await row(laura)).health is Health.WORKING


async def test_a_permission_is_given_back_when_nobody_else_lives_by_it(laura: PersonView, outside: Outside) -> None:
    """Removing a TikTok creator ends the token at TikTok as well."""
    account_id = await creator(outside)
    await accounts.remove(laura, account_id)
    token = outside.twin.ledger.token(outside.account("tiktok").access_token)
    assert token.state == "revoked"
