"""What the accounts page says of permissions, and what its buttons do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from marketingos import clock
from marketingos.domain.account import AccountKind
from marketingos.domain.permission import Health, Provider
from marketingos.domain.platform import Platform
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, NotSignedIn, TokenRejected
from marketingos.services import accounts, connecting, people
from marketingos.services.connection_views import ConnectionsView, ConnectionView, ConsentView, OfferView
from marketingos.services.views import AccountView, ProductView
from marketingos.ui.pages.accounts import rows
from marketingos.ui.pages.accounts.rows import Speaker
from marketingos.ui.pages.accounts.state import AccountsState
from tests.outside import Outside
from tests.services import stage
from tests.ui.conftest import Tab

NOW = datetime(2026, 11, 23, 16, 42, tzinfo=UTC)
DAY = timedelta(days=1)
SPEAKER = Speaker(language="es", zone="Europe/Madrid", now=NOW)
PRODUCT = ProductView(id=1, name="ReservasPro", mark="scissors", palette=("#6B1F2A", "#F6EBDD"), active=True)
SCOPES = ("pages_manage_posts", "pages_read_engagement")


def connection(platform: Platform = Platform.LINKEDIN, **facts: Any) -> ConnectionView:
    account = AccountView(id=7, platform=platform, name="FacturaClara", handle="facturaclara")
    usual = {
        "account": account,
        "external_id": "1",
        "kind": AccountKind.ORGANIZATION,
        "provider": Provider.LINKEDIN,
        "products": (PRODUCT,),
        "health": Health.WORKING,
        "reason": None,
        "ends_at": None,
        "renews": False,
        "granted": SCOPES,
        "missing": (),
        "connected_at": NOW - DAY,
        "connected_by": "laura@codetix.es",
        "checked_at": NOW,
    }
    return ConnectionView(**{**usual, **facts})


def page(*connections: ConnectionView) -> ConnectionsView:
    return ConnectionsView(
        rows=connections,
        products=(PRODUCT,),
        configured=(Provider.META,),
        now=NOW,
        until=NOW + 60 * DAY,
        can_connect=True,
        can_choose=True,
        revision="1",
    )


def only(view: ConnectionsView, speaker: Speaker = SPEAKER) -> rows.Row:
    [row] = rows.rows(view, speaker)
    return row


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "word", "note"),
    [
        ({}, "Correcta", "Sin caducidad · 2 de 2 permisos"),
        ({"renews": True, "ends_at": NOW + 180 * DAY}, "Correcta", "Se renueva sola · 2 de 2 permisos"),
        ({"ends_at": NOW + 40 * DAY}, "Correcta", "Hasta el 2 ene · 2 de 2 permisos"),
        ({"granted": ()}, "Correcta", "Sin caducidad · permisos sin comprobar"),
        (
            {"health": Health.LIMITED, "missing": ("read_insights",)},
            "Incompleta",
            "Sin caducidad · 2 de 3 permisos",
        ),
        ({"health": Health.ENDING, "ends_at": NOW + 8 * DAY}, "Caduca en 8 días", "Hasta el mar 1 dic, 17:42"),
        ({"health": Health.ENDING, "ends_at": NOW + DAY}, "Caduca en 1 día", "Hasta el mar 24 nov, 17:42"),
        ({"health": Health.ENDING, "ends_at": NOW + DAY / 4}, "Caduca en 6 horas", "Hasta el lun 23 nov, 23:42"),
        ({"health": Health.ENDED, "ends_at": NOW - DAY}, "Caducada", "Hasta el dom 22 nov, 17:42"),
        (
            {"health": Health.REJECTED, "reason": "error.token_rejected"},
            "Permiso retirado",
            "El permiso ya no vale. Reconecta la cuenta.",
        ),
    ],
)
def test_health_is_a_word_and_a_line(facts: dict[str, Any], word: str, note: str) -> None:
    """How it is, until when, and what it covers; a dead one says what to do."""
    row = only(page(connection(**facts)))
    assert (row.word, plain(row.note)) == (word, note)
    assert row.urgent is (Health(row.health) in rows.NEEDS_HAND)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("reason", ["rest.limit", "rest.usage", "rest.pace", "rest.circuit"])
def test_a_rest_says_why_and_until_when(reason: str, language: str) -> None:
    """The account's row has a sentence while it sends nothing new, and none otherwise."""
    speaker = Speaker(language=language, zone="Europe/Madrid", now=NOW)
    view = page(connection(rest_reason=reason, resting_until=NOW + timedelta(minutes=10)))
    assert "17:52" in only(view, speaker).rest
    assert "LinkedIn" in only(view, speaker).rest
    assert only(page(connection()), speaker).rest == ""


def test_missing_permissions_are_named_by_what_they_are_for() -> None:
    """Nobody reads the name of a scope."""
    row = only(page(connection(health=Health.LIMITED, missing=("read_insights", "pages_manage_engagement"))))
    assert row.missing == "Falta: ver las cifras, comentar como la página"


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", list(AccountKind))
def test_every_kind_of_account_has_words(kind: AccountKind, language: str) -> None:
    """Whatever is connected is called something in both languages."""
    speaker = replace(SPEAKER, language=language)
    assert only(page(connection(kind=kind)), speaker).kind != f"accounts.kind.{kind.value}"


# -- the axis ----------------------------------------------------------------------------------------------------------


def test_the_axis_shows_what_would_not_go_out() -> None:
    """The permission reaches as far as it lasts; what is due after its end is marked, and said in words."""
    due = tuple(NOW + n * DAY for n in (1, 5, 20))
    end = NOW + 8 * DAY
    axis = only(page(connection(health=Health.ENDING, ends_at=end, due=due, lost=due[2:]))).axis
    assert (axis.ends, axis.level) == (True, "ending")
    assert axis.width == "13.33%"
    assert [dot.lost for dot in axis.dots] == [False, False, True]
    assert [dot.left for dot in axis.dots] == ["1.67%", "8.33%", "33.33%"]
    assert axis.spoken == "3 publicaciones en los próximos 60 días, 1 no saldría"


def test_an_end_beyond_the_axis_is_no_end_on_it() -> None:
    """A permission that lasts longer than sixty days reaches over all of them, a dead one nowhere."""
    assert only(page(connection(ends_at=NOW + 200 * DAY))).axis.width == "100%"
    dead = only(page(connection(health=Health.REJECTED))).axis
    assert (dead.width, dead.ends) == ("0%", False)


def test_the_days_over_the_axis_are_at_equal_distances() -> None:
    """Today, and every twenty days."""
    assert rows.days(page(), SPEAKER) == ("hoy", "13 dic", "2 ene", "22 ene")


# -- what cannot wait --------------------------------------------------------------------------------------------------


def lost(n: int) -> Sequence[datetime]:
    return tuple(NOW + 10 * DAY for _ in range(n))


def test_one_alarm_for_the_worst() -> None:
    """A dead permission comes before one that ends, more lost posts before fewer; nothing lost is no alarm."""
    ending = connection(health=Health.ENDING, ends_at=NOW + 8 * DAY, due=lost(3), lost=lost(3))
    alarm = rows.alarm(page(connection(), ending), SPEAKER)
    assert alarm.title == "LinkedIn de FacturaClara caduca el 1 de diciembre."
    assert alarm.detail == "Hay 3 publicaciones después de esa fecha que no saldrían."
    assert alarm.address == "/oauth/linkedin/start?account=7"
    dead = connection(Platform.FACEBOOK, health=Health.REJECTED, due=lost(1), lost=lost(1))
    alarm = rows.alarm(page(ending, dead), SPEAKER)
    assert (alarm.kind, alarm.title) == ("stopped", "Facebook de FacturaClara se ha quedado sin permiso.")
    assert alarm.detail == "1 publicación espera a que la reconectes."
    quiet = connection(health=Health.ENDING, ends_at=NOW + 8 * DAY)
    assert rows.alarm(page(quiet), SPEAKER).title == ""
    assert rows.alarm(page(), SPEAKER).title == ""


def test_the_summary_counts_what_asks_for_a_hand() -> None:
    """Connected, and how many end soon or are dead."""
    view = page(connection(), connection(health=Health.ENDING), connection(health=Health.ENDED))
    assert rows.summary(view, SPEAKER) == "3 conectadas, 1 caduca pronto, 1 sin permiso"


# -- connecting --------------------------------------------------------------------------------------------------------


def test_offers_say_what_stands_in_the_way() -> None:
    """What can be connected is chosen to begin with; the rest says why not, by what is missing."""
    given = {"kind": AccountKind.PAGE, "handle": "", "followers": 2840, "connected": False, "missing": ()}
    fine = OfferView(key="a", platform=Platform.FACEBOOK, name="A", obstacle=None, **given)
    short = replace(fine, key="b", obstacle="connect.lacking", missing=("pages_manage_posts",))
    first, second = rows.offers(ConsentView(id=1, provider=Provider.META, problem=None, offers=(fine, short)), SPEAKER)
    assert (first.chosen, first.note) == (True, "2.840 seguidores")
    assert (second.chosen, second.possible) == (False, False)
    assert second.note.endswith("Falta: publicar en la página")


def test_a_problem_names_the_account_and_what_is_missing() -> None:
    """The sentence of the problem, filled, with the permissions by name."""
    said = rows.problem(
        ConsentView(
            id=1,
            provider=Provider.TIKTOK,
            problem="connect.lacking",
            details={"name": "@reservaspro", "missing": ["video.publish"]},
        ),
        SPEAKER,
    )
    assert said.endswith("Falta: publicar vídeos.")


def test_only_configured_apps_can_be_gone_to() -> None:
    """The others are shown with the reason."""
    assert [(way.provider, way.ready) for way in rows.ways(page())] == [
        ("meta", True), ("tiktok", False), ("linkedin", False), ("linkedin-member", False),
    ]  # fmt: skip


# -- buttons -----------------------------------------------------------------------------------------------------------


async def log_in(role: Role = Role.ADMIN) -> str:
    person = await stage.person(role)
    redeemed = await people.redeem_ticket(await people.open_ticket(person.email, "una-clave-larga"))
    assert redeemed
    return redeemed[0]


async def creator(outside: Outside) -> int:
    demo = outside.account("tiktok")
    view = await accounts.connect(
        platform=Platform.TIKTOK,
        kind=AccountKind.CREATOR,
        external_id=demo.external_id,
        name=demo.name,
        handle=demo.handle,
        token=SecretStr(demo.access_token),
    )
    return view.id


async def test_the_page_is_for_who_is_logged_in(database: str, tab: Tab) -> None:
    """A stranger's event reads nothing."""
    state = tab(AccountsState, path="/accounts")
    with pytest.raises(NotSignedIn):
        await AccountsState.load.fn(state)
    assert state.rows == ()


async def test_a_choice_is_offered_after_a_consent(database: str, outside: Outside, tab: Tab) -> None:
    """Coming back with several accounts opens the choice; what is unticked is not connected."""
    session = await log_in()
    address = await connecting.begin(session, Provider.META, origin="http://localhost")
    back = await outside.consent(address)
    consent = await connecting.finish(session, Provider.META, state=back["state"], code=back["code"], error=None)
    state = tab(AccountsState, session=session, path=f"/accounts?consent={consent}")
    await AccountsState.load.fn(state)
    assert (len(state.offers), state.picked) == (6, 6)
    AccountsState.toggle_offer.fn(state, state.offers[0].key)
    assert state.picked == 5
    await AccountsState.accept.fn(state)
    assert len(state.rows) == 5


async def test_an_address_shows_only_sentences_of_ours(database: str, tab: Tab) -> None:
    """What a stranger writes into the address is not said."""
    session = await log_in()
    for problem, said in (("connect.state_void", True), ("Call+this+number", False), ("login.mismatch", False)):
        state = tab(AccountsState, session=session, path=f"/accounts?problem={problem}")
        assert (await AccountsState.load.fn(state) is not None) is said


async def test_an_audience_is_picked_by_a_person(database: str, outside: Outside, tab: Tab) -> None:
    """The choice opens with nothing picked, from what TikTok offers; only saving keeps it."""
    account_id = await creator(outside)
    state = tab(AccountsState, session=await log_in(Role.APPROVER), path="/accounts")
    await AccountsState.load.fn(state)
    await AccountsState.ask_audience.fn(state, account_id)
    assert (state.audience, len(state.audiences)) == ("", 3)
    AccountsState.pick_audience.fn(state, "SELF_ONLY")
    assert state.rows[0].audience == ""
    await AccountsState.save_audience.fn(state)
    assert state.rows[0].audience == "Solo la cuenta"
    AccountsState.ask_removal.fn(state, account_id)
    with pytest.raises(Forbidden):
        await AccountsState.remove.fn(state)


async def test_a_check_shows_what_the_platform_said(database: str, outside: Outside, tab: Tab) -> None:
    """A permission that was withdrawn is seen at once, and the sentence says so."""
    account_id = await creator(outside)
    state = tab(AccountsState, session=await log_in(), path="/accounts")
    await AccountsState.load.fn(state)
    assert state.rows[0].health == "working"
    await outside.control("tokens", {"token": outside.account("tiktok").access_token, "action": "revoke"})
    with clock.frozen(clock.now()), pytest.raises(TokenRejected):
        [_ async for _ in AccountsState.check.fn(state, account_id)]
    await AccountsState.tick.fn(state)
    assert state.rows[0].health == "rejected"
    assert state.checking == 0
