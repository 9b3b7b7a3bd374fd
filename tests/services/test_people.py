"""Logging in: the right pair opens once, the wrong one says the same to everybody, guessing is slowed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketingos import clock
from marketingos.domain.user import ATTEMPTS_ALLOWED, Role
from marketingos.errors import Forbidden, InvalidInput, Refused, Throttled
from marketingos.services import people
from tests.conftest import Setter

pytestmark = pytest.mark.usefixtures("database")
EMAIL, PASSWORD = "laura@codetix.es", "una-clave-larga"


async def laura() -> None:
    await people.add_user(EMAIL, "Laura", Role.APPROVER, PASSWORD)


async def test_a_ticket_opens_a_session_once() -> None:
    """The ticket of a right log-in becomes a session; the same ticket again is void."""
    await laura()
    ticket = await people.open_ticket("  Laura@CodeTix.es ", PASSWORD)
    opened = await people.redeem_ticket(ticket)
    assert opened is not None
    person = await people.who_is(opened[0])
    assert person is not None
    assert (person.email, person.role) == (EMAIL, Role.APPROVER)
    assert await people.redeem_ticket(ticket) is None


async def test_a_ticket_is_void_after_seconds() -> None:
    """A ticket that was not used at once opens nothing."""
    await laura()
    ticket = await people.open_ticket(EMAIL, PASSWORD)
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert await people.redeem_ticket(ticket) is None


@pytest.mark.parametrize("pair", [(EMAIL, "otra-clave-larga"), ("nadie@codetix.es", PASSWORD)])
async def test_a_wrong_pair_does_not_say_which_half_is_wrong(pair: tuple[str, str]) -> None:
    """A wrong password and an unknown e-mail get the same answer."""
    await laura()
    with pytest.raises(InvalidInput) as refused:
        await people.open_ticket(*pair)
    assert (refused.value.key, refused.value.field) == ("login.mismatch", "password")


async def test_guessing_is_slowed_and_forgiven_later() -> None:
    """After too many failures even the right password waits; later it opens again."""
    await laura()
    for _ in range(ATTEMPTS_ALLOWED):
        with pytest.raises(InvalidInput):
            await people.open_ticket(EMAIL, "mal-mal-mal")
    with pytest.raises(Throttled):
        await people.open_ticket(EMAIL, PASSWORD)
    with clock.frozen(clock.now() + timedelta(minutes=20)):
        assert await people.open_ticket(EMAIL, PASSWORD)


async def test_signing_out_ends_the_session() -> None:
    """After signing out the cookie names nobody."""
    await laura()
    opened = await people.redeem_ticket(await people.open_ticket(EMAIL, PASSWORD))
    assert opened is not None
    await people.sign_out(opened[0])
    assert await people.who_is(opened[0]) is None


async def test_a_new_password_ends_every_session() -> None:
    """Changing a password logs that person out everywhere."""
    await laura()
    opened = await people.redeem_ticket(await people.open_ticket(EMAIL, PASSWORD))
    assert opened is not None
    await people.set_password(EMAIL, "otra-clave-nueva")
    assert await people.who_is(opened[0]) is None
    assert await people.open_ticket(EMAIL, "otra-clave-nueva")


@pytest.mark.parametrize(("email", "password", "field"), [("laura", PASSWORD, "email"), (EMAIL, "corta", "password")])
async def test_a_bad_new_person_is_refused_by_field(email: str, password: str, field: str) -> None:
    """A malformed e-mail or a short password names its field."""
    with pytest.raises(InvalidInput) as refused:
        await people.add_user(email, "Laura", Role.VIEWER, password)
    assert refused.value.field == field


async def test_an_email_is_taken_once() -> None:
    """The same e-mail cannot be added twice."""
    await laura()
    with pytest.raises(Refused):
        await laura()


async def test_the_first_person_comes_from_a_one_time_link(environment: Setter) -> None:
    """Outside the sandbox, without ADMIN_EMAIL, a link makes the first person once."""
    environment(SANDBOX="0")
    first = await people.ensure_first_user()
    assert first is not None
    secret = first.setup_path.partition("secret=")[2]
    with pytest.raises(Forbidden):
        await people.set_up("no-es", EMAIL, "Laura", PASSWORD)
    assert await people.redeem_ticket(await people.set_up(secret, EMAIL, "Laura", PASSWORD))
    with pytest.raises(Forbidden):
        await people.set_up(secret, "otra@codetix.es", "Otra", PASSWORD)
    assert await people.ensure_first_user() is None


async def test_the_one_time_link_is_void_once_there_is_somebody(environment: Setter) -> None:
    """A link that nobody used makes nobody an administrator after a person was added in another way."""
    environment(SANDBOX="0")
    first = await people.ensure_first_user()
    assert first is not None
    await laura()
    with pytest.raises(Forbidden):
        await people.set_up(first.setup_path.partition("secret=")[2], "otra@codetix.es", "Otra", PASSWORD)
