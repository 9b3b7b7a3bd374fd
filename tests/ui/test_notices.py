"""The toast, and what undoes."""

from datetime import UTC, datetime, timedelta

import reflex as rx

from marketingos import clock
from marketingos.errors import Forbidden, NotSignedIn
from marketingos.ui.failures import explain
from marketingos.ui.notices import Notices, notice, refusal
from marketingos.ui.words import Language

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Lamp(rx.State):
    """Something that can be switched and switched back."""

    lit: bool = False

    @rx.event
    def switch(self, lit: bool) -> None:
        """Lights or not."""
        self.lit = lit


def arguments(event) -> dict:
    """What an event carries to its handler."""
    return {name._js_expr: value._decode() for name, value in event.args}


async def shown(tab, event) -> Notices:
    """The toast after an event."""
    state = tab(Notices)
    await Notices.show.fn(state, **arguments(event))
    return state


async def test_a_notice_speaks_the_persons_language(tab):
    """The words are chosen when the toast is shown, in the language on screen."""
    state = tab(Notices)
    (await state.get_state(Language)).code = "en"
    await Notices.show.fn(state, **arguments(notice("counter.left", n=2)))
    assert (state.text, state.refused, state.undoable) == ("2 left", False, False)


async def test_a_page_does_not_say_again_what_was_said_long_ago(tab):
    """Within the seconds that it stays a toast follows to another page; later it is gone, and its undo with it."""
    with clock.frozen(NOW):
        state = await shown(tab, notice("counter.left", n=1, undo=Lamp.switch(False)))
        state.forget_old()
        assert state.text
    with clock.frozen(NOW + timedelta(seconds=11)):
        state.forget_old()
    assert (state.text, state.undoable, Notices.undo.fn(state)) == ("", False, [])


async def test_undo_gives_back_the_very_event_once(tab):
    """Undo is the event that was promised, with its values; a second click does nothing more."""
    state = await shown(tab, notice("counter.left", n=1, undo=Lamp.switch(False)))
    assert state.undoable
    (event,) = Notices.undo.fn(state)
    assert event.name.endswith("lamp.switch")
    assert event.payload == {"lit": False}
    assert Notices.undo.fn(state) == []
    assert state.text == ""


async def test_the_newest_wins(tab):
    """A toast takes the place of the one before, with its undo."""
    state = await shown(tab, notice("counter.left", n=1, undo=Lamp.switch(False)))
    before = state.serial
    await Notices.show.fn(state, **arguments(refusal("error.refused")))
    assert state.serial > before
    assert state.refused
    assert not state.undoable
    assert Notices.undo.fn(state) == []


async def test_a_known_error_is_its_sentence(tab):
    """An error of ours reads as its own sentence."""
    state = await shown(tab, explain(Forbidden()))
    assert state.refused
    assert state.text == "Tu papel no permite hacer esto. Pídeselo a quien administra."


async def test_an_unknown_error_is_an_apology_with_a_reference(tab, capsys):
    """Anything else is apologised for; the reference shown is the one in the log, and no detail leaks."""
    state = await shown(tab, explain(ValueError("secret detail")))
    reference = state.text.split("referencia: ")[1].rstrip(".")
    logged = capsys.readouterr()
    assert reference in logged.out + logged.err
    assert "secret" not in state.text


def test_who_is_not_logged_in_goes_to_the_log_in_page():
    """A session that has ended leads to the log-in page, which comes back."""
    assert "/login?next=" in str(explain(NotSignedIn()))
