"""Status, platforms, products, pictures: the small pieces that say what a thing is."""

from typing import Any

import reflex as rx

from marketingos.ui.components.buttons import icon, spinner
from marketingos.ui.theme import MARKS, PLATFORM_NAMES, STATUS
from marketingos.ui.words import t


def status_icon(status: rx.Var[str] | str, size: int = 14) -> rx.Component:
    """The icon of a status, in its colour. The parent (or itself) carries `data-s`."""
    icons = [(code, icon(look.icon, size)) for code, look in STATUS.items()]
    return rx.el.span(rx.match(status, *icons, rx.fragment()), class_name="st-ic")


def status_word(status: rx.Var[str] | str) -> rx.Var[str]:
    """The word of a status."""
    words = [(code, t(f"status.{code}")) for code in STATUS]
    return rx.match(status, *words, "").to(str)


@rx.memo
def _badge(*, status: rx.Var[str], look: rx.Var[str]) -> rx.Component:
    return rx.el.span(
        status_icon(status), status_word(status), class_name=rx.Var.create("badge ") + look, data_s=status
    )


def status_badge(status: rx.Var[str] | str, *, small: bool = False, bare: bool = False) -> rx.Component:
    """Colour, icon and word of a status on its tint; `bare` leaves the tint out."""
    return _badge(status=status, look="bare" if bare else "small" if small else "")


def platform_tile(platform: rx.Var[str] | str, size: int = 16, *, named: bool = True) -> rx.Component:
    """The square of a platform; `named=False` where its name stands beside it."""
    said = {"role": "img", "aria_label": platform_name(platform)} if named else {"aria_hidden": "true"}
    return rx.el.span(class_name="tile", data_p=platform, style={"--size": f"{size}px"}, **said)


def platform_tiles(platforms: rx.Var[Any], size: int = 16) -> rx.Component:
    """The squares of several platforms, in the order given."""
    return rx.el.span(rx.foreach(platforms, lambda p: platform_tile(p, size)), class_name="tiles")


def platform_name(platform: rx.Var[str] | str) -> rx.Var[str]:
    """`Instagram`."""
    return rx.match(platform, *PLATFORM_NAMES.items(), "").to(str)


def product_mark(
    mark: rx.Var[str] | str, ground: Any, size: int = 32, *, ink: Any = "#ffffff", shape: str = ""
) -> rx.Component:
    """A product's mark on its colour; `shape` is "", "round" or "square"."""
    icons = rx.match(mark, *((name, icon(name, size * 9 // 16)) for name in MARKS), icon("package", size * 9 // 16))
    style = {"--size": f"{size}px", "--mark-ground": ground, "--mark-ink": ink}
    return rx.el.span(icons, class_name=f"mark {shape}", style=style, aria_hidden="true")


def thumb(url: rx.Var[str], width: int = 44, height: int = 44) -> rx.Component:
    """A small picture, or a dashed square where there is none."""
    size = {"--w": f"{width}px", "--h": f"{height}px"}
    return rx.cond(
        url != "",
        rx.el.span(rx.el.img(src=url, alt="", loading="lazy", decoding="async"), class_name="thumb", style=size),
        rx.el.span(icon("image-off", 16), class_name="thumb none", style=size),
    )


def tag(*children: Any, kind: str = "") -> rx.Component:
    """A word on a quiet ground; `kind` is "", "accent" or "line"."""
    return rx.el.span(*children, class_name=f"tag {kind}")


def check_row(level: rx.Var[str] | str, label: Any, note: Any = "") -> rx.Component:
    """A check: level `ok`, `warns`, `blocks` or `looking`; `note` stands at the right."""
    icons = (("ok", icon("check", 16)), ("warns", icon("circle-alert", 16)), ("blocks", icon("octagon-x", 16)))
    return rx.el.div(
        rx.match(level, *icons, spinner()),
        rx.el.span(label),
        rx.el.span(note, class_name="check-note"),
        class_name="check",
        data_level=level,
    )
