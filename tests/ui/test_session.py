"""Who is asking: only the cookie says."""

import pytest

from marketingos.domain.user import Role
from marketingos.errors import NotSignedIn
from marketingos.services import people
from marketingos.ui.pages.login import LoginState
from marketingos.ui.session import Session, actor_of, session_token
from marketingos.ui.words import Language

PASSWORD = "una-clave-larga"


@pytest.fixture
async def laura(database) -> str:
    """A session of Laura, who may approve."""
    await people.add_user("laura@codetix.es", "Laura", Role.APPROVER, PASSWORD)
    redeemed = await people.redeem_ticket(await people.open_ticket("laura@codetix.es", PASSWORD))
    assert redeemed
    return redeemed[0]


async def last(events) -> list[object]:
    """Runs a handler that yields to its end."""
    return [event async for event in events][-1:]


async def test_the_cookie_names_the_person(tab, laura):
    """A handler knows who asks from the session cookie, among other cookies."""
    assert (await actor_of(tab(Session, session=laura))).name == "Laura"


@pytest.mark.parametrize("session", [None, "", "made-up", 'a"b;c=d'])
async def test_no_other_cookie_does(tab, database, session):
    """Without a cookie, or with one we never gave, nobody is logged in."""
    with pytest.raises(NotSignedIn):
        await actor_of(tab(Session, session=session))


async def test_a_session_that_was_ended_counts_no_more(tab, laura):
    """After logging out the old cookie is worth nothing."""
    await people.sign_out(laura)
    with pytest.raises(NotSignedIn):
        await actor_of(tab(Session, session=laura))


async def test_a_page_greets_its_person(tab, laura):
    """Entering a page shows who is here, in the language that they chose once."""
    actor = await people.who_is(laura)
    await people.set_preferences(actor, language="en", theme="dark")
    session = tab(Session, session=laura)
    told = await Session.enter.fn(session)
    assert (session.name, session.role) == ("Laura", "approver")
    assert (await session.get_state(Language)).code == "en"
    assert "dark" in str(told)


async def test_a_page_sends_a_stranger_to_log_in(tab, database):
    """Nothing is read for who is not logged in."""
    session = tab(Session)
    assert "/login" in str(await Session.enter.fn(session))
    assert session.name == ""


async def test_a_chosen_language_stays_with_the_person(tab, laura):
    """Switching the language is remembered on the server, and an unknown one is not."""
    session = tab(Session, session=laura)
    await Session.speak.fn(session, "en")
    assert (await people.who_is(laura)).language == "en"
    await Session.speak.fn(session, "tlh")
    assert (await people.who_is(laura)).language == "es"


def test_a_broken_cookie_header_is_no_cookie(tab):
    """Rubbish in the header is nobody, not an error."""
    assert session_token(tab(Session, session="\x00\x01")) is None


async def test_empty_fields_are_named(tab, database):
    """Each field that was left empty says so, and nothing is asked of the server."""
    login = tab(LoginState)
    await last(LoginState.submit.fn(login, {"email": " ", "password": "", "remember": True}))
    assert login.email_error == "Escribe tu correo."
    assert login.password_error == "Escribe tu contraseña."


async def test_a_wrong_pair_is_one_sentence(tab, laura):
    """A wrong password and an unknown e-mail read the same, and the form can be sent again."""
    for email in ("laura@codetix.es", "nobody@codetix.es"):
        login = tab(LoginState)
        await last(LoginState.submit.fn(login, {"email": email, "password": "not-this-one", "remember": False}))
        assert login.password_error == "El correo o la contraseña no coinciden."
        assert not login.busy


@pytest.mark.parametrize(
    ("path", "goes_to"),
    [("/login?next=/analytics", "next=/analytics'"), ("/login?next=//evil.example", "next=/'"), ("/login", "next=/'")],
)
async def test_a_right_pair_leaves_for_the_cookie(tab, laura, path, goes_to):
    """A right pair goes to the route that sets the cookie, and then where one was, on this site only."""
    login = tab(LoginState, path=path)
    left = await last(
        LoginState.submit.fn(login, {"email": "laura@codetix.es", "password": PASSWORD, "remember": True})
    )
    assert "/auth/ticket?ticket=" in str(left)
    assert goes_to in str(left)
    assert "evil" not in str(left)
