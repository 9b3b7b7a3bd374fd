"""The back button, for a page that writes its own address. Renders nothing."""

from typing import Any

import reflex as rx


class Back(rx.Component):
    """`assets/back.js` as a component."""

    library = "$/public/back.js"
    tag = "Back"
    is_default = True

    on_back: rx.EventHandler[rx.event.no_args_event_spec]


def back_button(on_back: Any) -> rx.Component:
    """Fires `on_back` when the browser goes back or forward within the page."""
    return Back.create(on_back=on_back)
