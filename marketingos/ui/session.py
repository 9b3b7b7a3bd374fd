"""Who is here. Every handler asks `actor_of(self)` (see `ui.actor`). `page()` registers a page inside the frame for
people who are logged in.

    @page("/analytics", "rail.analytics", on_load=AnalyticsState.load)
    def analytics() -> rx.Component: ...
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.state import OnLoadInternalState

from marketingos import clock
from marketingos.services import people, posts
from marketingos.services.views import PersonView
from marketingos.settings import get_settings
from marketingos.text import format_slot, format_time, language_or_default
from marketingos.ui.actor import actor_of as actor_of
from marketingos.ui.actor import language_of as language_of
from marketingos.ui.actor import session_token as session_token
from marketingos.ui.components.frame import Person, Pulse, frame
from marketingos.ui.failures import to_login
from marketingos.ui.line import Line, cord
from marketingos.ui.notices import Notices, notices
from marketingos.ui.words import Language, t

_THEMES = ("light", "dark", "system")


class Session(rx.State):
    """What the frame shows of the person and of the engine."""

    name: str = ""
    role: str = ""
    to_approve: int = 0
    troubled: int = 0
    next_at: str = ""
    zone: str = ""

    @rx.event
    async def enter(self) -> EventSpec | list[EventSpec]:
        """First of every page: who is not logged in goes to the log-in page and comes back here."""
        actor = await people.who_is(session_token(self))
        if actor is None:
            return to_login()
        self.name, self.role = actor.name, actor.role
        (await self.get_state(Notices)).forget_old()
        language = await self.get_state(Language)
        if actor.language and actor.language != language.code:
            language.code = actor.language
        await self._read_pulse(actor, language.spoken)
        return _dress(language.spoken, actor.theme)

    @rx.event
    async def tick(self) -> None:
        """Keeps the frame's counts and clock true while a page stays open."""
        actor = await people.who_is(session_token(self))
        if actor:
            await self._read_pulse(actor, (await self.get_state(Language)).spoken)

    @rx.event
    async def speak(self, code: str) -> EventSpec:
        """Changes the language here and, for who is logged in, everywhere; what the server wrote is read again."""
        (await self.get_state(Language)).code = language_or_default(code)
        actor = await people.who_is(session_token(self))
        if actor:
            await people.set_preferences(actor, language=language_or_default(code))
        return OnLoadInternalState.on_load_internal()

    @rx.event
    async def remember_theme(self, theme: str) -> None:
        """Keeps the theme that the page already wears."""
        actor = await people.who_is(session_token(self))
        if actor and theme in _THEMES:
            await people.set_preferences(actor, theme=theme)

    @rx.event
    def leave(self) -> EventSpec:
        """Logs out: this tab forgets everything and the browser loses its cookie."""
        return navigate("/auth/logout")

    async def _read_pulse(self, actor: PersonView, language: str) -> None:
        pulse, now, zone = await posts.pulse(actor), clock.now(), get_settings().timezone
        self.to_approve, self.troubled = pulse.to_approve, pulse.troubled
        self.next_at = format_slot(pulse.next_due_at, now, language, zone) if pulse.next_due_at else ""
        self.zone = f"{_city(zone)} {format_time(now, zone)}"


def page(
    route: str, title: str, *, on_load: Any = (), room: str | None = None
) -> Callable[[Callable[[], rx.Component]], Callable[[], rx.Component]]:
    """Registers a page in the frame. `title` is a catalogue key, `room` the rail's entry it belongs to (its route)."""
    loads = [on_load] if not isinstance(on_load, (list, tuple)) else list(on_load)

    def register(content: Callable[[], rx.Component]) -> Callable[[], rx.Component]:
        @wraps(content)  # Reflex sorts the scripts of pages by the function's module
        def framed() -> rx.Component:
            return frame(
                content(),
                notices(),
                room=room or route,
                person=_person(),
                pulse=_pulse(),
                cord=cord(),
                on_tick=[Session.tick, Line.read],
            )

        rx.page(route=route, title=t(title) + " · MarketingOS", on_load=[Session.enter, Line.read, *loads])(framed)
        return content

    return register


def _person() -> Person:
    return Person(
        name=Session.name,
        role=Session.role,
        language=Language.code,
        on_language=Session.speak,
        on_theme=Session.remember_theme,
        on_leave=Session.leave,
    )


def _pulse() -> Pulse:
    return Pulse(
        next_at=Session.next_at,
        zone=Session.zone,
        to_approve=Session.to_approve,
        troubled=Session.troubled,
        sandbox=get_settings().is_sandbox,
    )


def _city(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _dress(language: str, theme: str | None) -> list[EventSpec]:
    """The person's stored language and theme on a page that may not know them yet."""
    told = [rx.call_script(f"window.speak({language!r})")]
    return [*told, rx.call_script(f"window.wearTheme({theme!r})")] if theme else told


def navigate(address: str) -> EventSpec:
    """A full navigation in a tab that starts anew: the websocket must shake hands again to carry another cookie, and
    the next person must not see what the former one saw."""
    return rx.call_script(f"sessionStorage.removeItem('token'); window.location.assign({address!r})")
