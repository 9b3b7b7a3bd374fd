"""A pulse: asks the server every few seconds while the page is looked at. Renders nothing."""

from typing import Any

import reflex as rx


class Ticker(rx.Component):
    """`assets/ticker.js` as a component. It stops with its page and needs no list of clients on the server."""

    library = "$/public/ticker.js"
    tag = "Ticker"
    is_default = True

    every: rx.Var[int]
    on_tick: rx.EventHandler[rx.event.no_args_event_spec]


def ticker(every: int, on_tick: Any) -> rx.Component:
    """Fires `on_tick` every `every` milliseconds."""
    return Ticker.create(every=every, on_tick=on_tick)
