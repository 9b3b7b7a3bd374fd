"""What stands in the head of every page: the font before it is asked for, the icon, the theme before the first paint,
and keys (a button's `key_hint` presses it while no field has the focus)."""

from pathlib import Path

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

_FONT = "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url"
_START = Path(__file__).with_name("start.js")


def head() -> list[rx.Component]:
    """The tags."""
    imported = ImportVar(tag="interLatin", is_default=True, install=False)
    font = rx.Var("interLatin", _var_data=VarData(imports={_FONT: [imported]}))
    return [
        rx.el.link(
            rel="preload", href=font, custom_attrs={"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"}
        ),
        rx.el.link(rel="icon", href="/logo.svg", type="image/svg+xml"),
        _ground("#f6f4f0", "light"),
        _ground("#121110", "dark"),
        rx.el.script(custom_attrs={"dangerouslySetInnerHTML": {"__html": _START.read_text()}}),
    ]


def _ground(colour: str, theme: str) -> rx.Component:
    """The browser's own bars take the canvas colour; a token cannot be read there."""
    return rx.el.meta(name="theme-color", content=colour, custom_attrs={"media": f"(prefers-color-scheme: {theme})"})
