"""What changed in a text, word by word: what went is struck through, what came is marked."""

from typing import Any

import reflex as rx


def changes(pieces: Any) -> rx.Component:
    """The pieces of a `word_diff`, as a paragraph that keeps its lines."""
    return rx.el.p(rx.foreach(pieces, _piece), class_name="changes")


def _piece(piece: Any) -> rx.Component:
    return rx.match(
        piece.kind,
        ("gone", rx.el.del_(piece.text)),
        ("new", rx.el.ins(piece.text)),
        rx.el.span(piece.text),
    )
