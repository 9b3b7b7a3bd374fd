"""Who is behind an event: the HttpOnly cookie of the websocket's handshake says, on the server, never the page."""

from http.cookies import CookieError, SimpleCookie

import reflex as rx

from marketingos.errors import NotSignedIn
from marketingos.services import people
from marketingos.services.views import PersonView
from marketingos.ui.words import Language


def session_token(state: rx.State) -> str | None:
    """The session cookie of the browser behind this event."""
    try:
        morsel = SimpleCookie(state.router.headers.cookie).get(people.COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None


async def actor_of(state: rx.State) -> PersonView:
    """The person behind this event. Raises `NotSignedIn`."""
    actor = await people.who_is(session_token(state))
    if actor is None:
        raise NotSignedIn
    return actor


async def language_of(state: rx.State) -> str:
    """The language on the person's screen, for texts that the server writes."""
    return (await state.get_state(Language)).spoken
