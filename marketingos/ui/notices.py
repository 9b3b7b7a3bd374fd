"""The toast: what just happened, with undo. One at a time, the newest wins.

return notice("review.approved", n=3, undo=PostState.withdraw(post_id))
return refusal("review.already_published")
"""

from datetime import datetime, timedelta
from typing import Any, Final

import reflex as rx
from reflex.event import EventSpec
from reflex_base.event import Event

from marketingos import clock
from marketingos.text import sentence
from marketingos.ui.components.overlay import toast
from marketingos.ui.words import Language

Step = tuple[str, dict[str, Any]]
SHOWN: Final = timedelta(seconds=10)
"""How long a toast stays; one that is pointed at stays longer."""


class Notices(rx.State):
    """The toast on screen. What undoes stays on the server."""

    serial: int = 0
    text: str = ""
    detail: str = ""
    refused: bool = False
    undoable: bool = False
    _undo: list[Step] = rx.field(default_factory=list)
    _since: datetime | None = None

    @rx.event
    async def show(self, key: str, values: dict[str, Any], detail: str, refused: bool, undo: list[Step]) -> None:
        """Shows a toast, in the person's language, in the place of the one before."""
        language = (await self.get_state(Language)).spoken
        self.serial += 1
        self.text = sentence(key, language, **values)
        self.detail = sentence(detail, language, **values) if detail else ""
        self.refused, self.undoable, self._undo, self._since = refused, bool(undo), undo, clock.now()

    @rx.event
    def undo(self) -> list[Event]:
        """Takes the last action back, once."""
        events = [Event(name=name, payload=payload) for name, payload in self._undo]
        self._clear()
        return events

    @rx.event
    def dismiss(self) -> None:
        """Puts the toast away."""
        self._clear()

    def forget_old(self) -> None:
        """A page that is drawn anew must not say again what was said long ago."""
        if self._since and clock.now() - self._since > clock.human(SHOWN):
            self._clear()

    def _clear(self) -> None:
        self.text, self.undoable, self._undo = "", False, []


def notice(key: str, *, undo: EventSpec | None = None, detail: str = "", **values: Any) -> EventSpec:
    """What was done, as catalogue keys; `undo` is the event that takes it back."""
    steps = [] if undo is None else [(event.name, event.payload) for event in Event.from_event_type(undo)]
    return Notices.show(key, values, detail, False, steps)


def refusal(key: str, **values: Any) -> EventSpec:
    """Why something was not done."""
    return Notices.show(key, values, "", True, [])


def notices() -> rx.Component:
    """The place of the toast; once on every page."""
    return toast(
        Notices.serial,
        Notices.text,
        Notices.detail,
        Notices.refused,
        Notices.undoable,
        on_undo=Notices.undo,
        on_dismiss=Notices.dismiss,
    )
