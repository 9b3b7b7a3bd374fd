"""Connecting by consent: what a person's yes connects, what their no changes, and who may come back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from marketingos import clock, db, vault
from marketingos.domain.account import Account
from marketingos.domain.consent import OFFER_LIFETIME, STATE_LIFETIME, Consent
from marketingos.domain.permission import Provider
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, NotFound, NotSignedIn, Refused
from marketingos.services import accounts, connecting, connections, people, sealing, upkeep
from marketingos.services.connection_views import ConsentView
from marketingos.services.views import PersonView
from tests.conftest import Setter
from tests.outside import Outside
from tests.services import stage

pytestmark = pytest.mark.usefixtures("database")
ORIGIN = "https://marketing.example"


@pytest.fixture
async def laura() -> PersonView:
    return await stage.person()


async def log_in(person: PersonView) -> str:
    """A session cookie of this person."""
    redeemed = await people.redeem_ticket(await people.open_ticket(person.email, "una-clave-larga"))
    assert redeemed
    return redeemed[0]


async def dance(
    outside: Outside,
    laura: PersonView,
    provider: Provider,
    *,
    decision: str = "allow",
    account_id: int | None = None,
    reach: Any = None,
    session: str | None = None,
) -> ConsentView:
    """A person goes to the consent page, answers, and comes back: the outcome."""
    session = session or await log_in(laura)
    page = await connecting.begin(session, provider, origin=ORIGIN, account_id=account_id)
    back = await outside.consent(page, decision, accounts=reach)
    return await connecting.outcome(laura, await come_back(session, provider, back))


async def come_back(session: str | None, provider: Provider, back: dict[str, str]) -> int:
    return await connecting.finish(
        session, provider, state=back.get("state", ""), code=back.get("code"), error=back.get("error")
    )


async def rows() -> list[Account]:
    async with db.reading() as s:
        return list((await s.exec(select(Account).order_by(Account.id))).all())  # type: ignore[arg-type]


# -- a yes -------------------------------------------------------------------------------------------------------------


async def test_facebook_offers_and_connects_what_is_chosen(laura: PersonView, outside: Outside) -> None:
    """Nothing is connected before a person chose; then exactly the chosen, and the rest is forgotten."""
    outcome = await dance(outside, laura, Provider.META)
    assert outcome.problem is None
    assert len(outcome.offers) == 6
    assert await rows() == []
    page, instagram = (outside.account(p) for p in ("facebook", "instagram"))
    keys = [f"facebook:{page.external_id}", f"instagram:{instagram.external_id}"]
    connected = await connecting.accept(laura, outcome.id, keys)
    assert {c.name for c in connected} == {"ReservasPro"}
    found = await rows()
    assert [a.external_id for a in found] == [page.external_id, instagram.external_id]
    assert found[1].parent_external_id == page.external_id
    assert all(a.connected_by == laura.email and a.grantor_id for a in found)
    assert (await connecting.outcome(laura, outcome.id)).offers == ()
    with pytest.raises(Refused, match=r"connect\.offer_over"):
        await connecting.accept(laura, outcome.id, keys)


@pytest.mark.parametrize("provider", [Provider.TIKTOK, Provider.LINKEDIN_MEMBER])
async def test_one_account_needs_no_choice(laura: PersonView, outside: Outside, provider: Provider) -> None:
    """A creator or a member is connected on the way back."""
    outcome = await dance(outside, laura, provider)
    assert (outcome.problem, outcome.offers) == (None, ())
    [account] = await rows()
    assert outcome.details["names"] == account.name


async def test_linkedin_offers_the_organisations(laura: PersonView, outside: Outside) -> None:
    """Each organisation that the member runs can be connected, and renews itself for a year."""
    outcome = await dance(outside, laura, Provider.LINKEDIN)
    assert len(outcome.offers) == 3
    await connecting.accept(laura, outcome.id, [outcome.offers[0].key])
    [shown] = (await connections.overview(laura)).rows
    assert shown.renews
    assert shown.ends_at is not None
    assert shown.ends_at - clock.now() > timedelta(days=360)


async def test_a_new_account_gets_the_product_it_is_plainly_for(laura: PersonView, outside: Outside) -> None:
    """A page called as a product publishes for it; with several other products nothing is guessed."""
    for name in ("PulsoFit", "Reservas Pro", "Otro"):
        await stage.product(name, platforms=())
    outcome = await dance(outside, laura, Provider.META)
    await connecting.accept(laura, outcome.id, [o.key for o in outcome.offers if o.platform == "facebook"])
    shown = {r.account.name: [p.name for p in r.products] for r in (await connections.overview(laura)).rows}
    assert shown == {"FacturaClara": [], "PulsoFit": ["PulsoFit"], "ReservasPro": ["Reservas Pro"]}


# -- reconnecting ------------------------------------------------------------------------------------------------------


async def test_reconnecting_renews_every_account_that_the_consent_reaches(laura: PersonView, outside: Outside) -> None:
    """A Page's Instagram account lives by the same consent and is renewed with it; nothing new is connected."""
    outcome = await dance(outside, laura, Provider.META)
    mine = [o.key for o in outcome.offers if o.name == "ReservasPro"]
    await connecting.accept(laura, outcome.id, mine)
    async with db.session() as s:
        for account in (await s.exec(select(Account))).all():
            accounts.reject_permission(account, "error.token_rejected")
    again = await dance(outside, laura, Provider.META, account_id=(await rows())[0].id)
    assert again.problem is None
    assert len(await rows()) == 2
    assert {a.state.value for a in await rows()} == {"active"}


async def test_a_consent_that_does_not_reach_the_account_changes_nothing(laura: PersonView, outside: Outside) -> None:
    """Reconnecting with other pages ticked keeps the old permission and says which account is missing."""
    outcome = await dance(outside, laura, Provider.META)
    await connecting.accept(laura, outcome.id, [o.key for o in outcome.offers if o.name == "PulsoFit"])
    before = [a.sealed_token for a in await rows()]
    other = outside.account("facebook").external_id
    again = await dance(outside, laura, Provider.META, account_id=(await rows())[0].id, reach=[other])
    assert (again.problem, again.details["name"]) == ("connect.not_reached", "PulsoFit")
    assert [a.sealed_token for a in await rows()] == before


# -- a no --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", list(Provider))
async def test_a_no_changes_nothing(laura: PersonView, outside: Outside, provider: Provider) -> None:
    """Denying is a sentence, not an error, whatever the platform calls it."""
    outcome = await dance(outside, laura, provider, decision="deny")
    assert outcome.problem == "connect.denied"
    assert await rows() == []


async def test_nothing_ticked_is_nothing_to_connect(laura: PersonView, outside: Outside) -> None:
    """A consent that reaches no page says so."""
    assert (await dance(outside, laura, Provider.META, reach=[])).problem == "connect.none.meta"


async def test_an_app_that_may_not_ask_is_an_engineers_matter(laura: PersonView, outside: Outside) -> None:
    """A scope that our app does not have is told apart from a person's no."""
    session = await log_in(laura)
    page = await connecting.begin(session, Provider.LINKEDIN, origin=ORIGIN)
    back = await outside.consent(page.replace("w_organization_social", "w_ads"))
    outcome = await connecting.outcome(laura, await come_back(session, Provider.LINKEDIN, back))
    assert outcome.problem == "connect.app_refused"


async def test_what_was_unticked_is_named(laura: PersonView, outside: Outside) -> None:
    """When publishing was not allowed the person is told what is missing, and no account is connected."""
    session = await log_in(laura)
    page = await connecting.begin(session, Provider.TIKTOK, origin=ORIGIN)
    back = await outside.consent(page.replace("video.publish", "video.list"))
    outcome = await connecting.outcome(laura, await come_back(session, Provider.TIKTOK, back))
    assert outcome.problem == "connect.lacking"
    assert outcome.details["missing"] == ["video.publish"]
    assert await rows() == []


# -- who may come back -------------------------------------------------------------------------------------------------


async def test_a_state_works_once(laura: PersonView, outside: Outside) -> None:
    """Coming back a second time with the same state is refused, and does not spend the code."""
    session = await log_in(laura)
    back = await outside.consent(await connecting.begin(session, Provider.TIKTOK, origin=ORIGIN))
    await come_back(session, Provider.TIKTOK, back)
    with pytest.raises(Refused, match=r"connect\.state_void"):
        await come_back(session, Provider.TIKTOK, back)


async def test_a_state_is_for_the_browser_that_began(laura: PersonView, outside: Outside) -> None:
    """The same person in another session, or another person, cannot finish it; the one who began still can."""
    session = await log_in(laura)
    back = await outside.consent(await connecting.begin(session, Provider.TIKTOK, origin=ORIGIN))
    ana = await people.add_user("ana@codetix.es", "Ana", Role.ADMIN, "una-clave-larga")
    for other in (await log_in(laura), await log_in(ana)):
        with pytest.raises(Refused, match=r"connect\.state_void"):
            await come_back(other, Provider.TIKTOK, back)
    with pytest.raises(NotSignedIn):
        await come_back(None, Provider.TIKTOK, back)
    assert await rows() == []
    await come_back(session, Provider.TIKTOK, back)
    assert len(await rows()) == 1


async def test_a_state_is_for_its_platform_and_for_minutes(laura: PersonView, outside: Outside) -> None:
    """A made-up state, one of another platform and an old one are void."""
    session = await log_in(laura)
    back = await outside.consent(await connecting.begin(session, Provider.TIKTOK, origin=ORIGIN))
    with pytest.raises(Refused, match=r"connect\.state_void"):
        await come_back(session, Provider.META, back)
    with pytest.raises(Refused, match=r"connect\.state_void"):
        await come_back(session, Provider.TIKTOK, {**back, "state": "made-up"})
    with outside.later(STATE_LIFETIME), pytest.raises(Refused, match=r"connect\.state_void"):
        await come_back(session, Provider.TIKTOK, back)


async def test_only_an_administrator_begins_and_only_they_see_the_outcome(laura: PersonView, outside: Outside) -> None:
    """Neither an approver nor a stranger is sent anywhere; what one administrator was offered is not another's."""
    approver = await stage.person(Role.APPROVER)
    with pytest.raises(Forbidden):
        await connecting.begin(await log_in(approver), Provider.META, origin=ORIGIN)
    with pytest.raises(NotSignedIn):
        await connecting.begin("made-up", Provider.META, origin=ORIGIN)
    outcome = await dance(outside, laura, Provider.META)
    ana = await people.add_user("ana@codetix.es", "Ana", Role.ADMIN, "una-clave-larga")
    with pytest.raises(Forbidden):
        await connecting.outcome(ana, outcome.id)
    with pytest.raises(Forbidden):
        await connecting.accept(ana, outcome.id, [outcome.offers[0].key])


async def test_nobody_is_sent_where_our_app_is_not_known(laura: PersonView, environment: Setter) -> None:
    """Without an app's id and secret, or for an account that is not there, the dance does not begin."""
    session = await log_in(laura)
    with pytest.raises(NotFound):
        await connecting.begin(session, Provider.META, origin=ORIGIN, account_id=4711)
    environment(SANDBOX="0", SECRET_KEYS="x")
    with pytest.raises(Refused, match=r"connect\.not_configured"):
        await connecting.begin(session, Provider.META, origin=ORIGIN)


async def test_offers_do_not_wait_for_ever(laura: PersonView, outside: Outside) -> None:
    """Tokens that nobody chose are not kept: after an hour there is nothing to choose, and the sweep forgets them."""
    outcome = await dance(outside, laura, Provider.META)
    with outside.later(OFFER_LIFETIME + timedelta(seconds=1)):
        assert (await connecting.outcome(laura, outcome.id)).offers == ()
        with pytest.raises(Refused, match=r"connect\.offer_over"):
            await connecting.accept(laura, outcome.id, [outcome.offers[0].key])
        await upkeep.keep()
    async with db.reading() as s:
        assert (await s.exec(select(Consent))).all() == []


# -- keys --------------------------------------------------------------------------------------------------------------


async def test_every_secret_moves_under_the_new_key(laura: PersonView, outside: Outside, environment: Setter) -> None:
    """After a rotation the old key opens nothing and is not needed: tokens, refresh tokens and open offers."""
    old, new = (_key() for _ in range(2))
    environment(SECRET_KEYS=old)
    await dance(outside, laura, Provider.TIKTOK)
    offered = await dance(outside, laura, Provider.META)
    token = accounts.grant_of((await rows())[0]).token
    environment(SECRET_KEYS=f"{new},{old}")
    assert await sealing.rotate() == 3
    environment(SECRET_KEYS=new)
    account = (await rows())[0]
    assert accounts.grant_of(account).token == token
    assert accounts.refresh_token_of(account)
    assert len((await connecting.outcome(laura, offered.id)).offers) == 6


def _key() -> str:
    return vault.Fernet.generate_key().decode()
