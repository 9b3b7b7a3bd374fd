"""Nothing there, something wrong, something on its way."""

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from marketingos.ui.components.buttons import icon, spinner
from marketingos.ui.words import t


def banner(
    icon_name: str, *text: Any, kind: str = "needs", action: rx.Component | None = None, **props: Any
) -> rx.Component:
    """One sentence and one button over a page; `kind` is `needs` (amber) or `stopped` (red)."""
    return rx.el.div(
        icon(icon_name, 16),
        rx.el.div(*text, class_name="grow"),
        *([action] if action else []),
        class_name=f"banner {props.pop('class_name', '')}".strip(),
        data_kind=kind,
        role="status",
        **props,
    )


def connection_banner(class_name: str = "") -> rx.Component:
    """Says that the server cannot be reached, for as long as that is so."""
    return rx.cond(
        has_connection_errors,
        banner(
            "cloud-off",
            rx.el.b(t("offline.title")),
            " ",
            t("offline.detail"),
            action=rx.el.span(spinner(14), t("offline.retrying"), class_name="row faint t-12"),
            class_name=class_name,
        ),
    )


def empty(icon_name: str, title: Any, detail: Any = None, *actions: rx.Component) -> rx.Component:
    """Why there is nothing here and what comes next. Never an empty chart, never a zero."""
    return _notice("empty", icon_name, title, detail, actions)


def failure(
    title: Any, detail: Any, *actions: rx.Component, reference: Any = None, icon_name: str = "triangle-alert"
) -> rx.Component:
    """A part that could not be loaded: what is not affected, a retry, a short reference to tell."""
    told = (
        []
        if reference is None
        else [
            rx.el.p(t("failure.reference"), " ", rx.el.span(reference, class_name="reference"), class_name="faint t-12")
        ]
    )
    return _notice("error", icon_name, title, detail, actions, *told)


def empty_line(text: Any, *actions: rx.Component) -> rx.Component:
    """Nothing left after filtering: one line in the place of the content."""
    return rx.el.div(rx.el.span(text), *actions, class_name="empty-line")


def bone(width: str = "100%", height: str = "12px", *, round_: bool = False, **style: Any) -> rx.Component:
    """A shape of what is to come; shows after 200 ms."""
    return rx.el.div(
        class_name="bone round" if round_ else "bone",
        style={"width": width, "height": height, **style},
        aria_hidden="true",
    )


def skeleton(*bones: rx.Component, rows: int = 1, gap: str = "12px") -> rx.Component:
    """Rows of bones in place of a list; after 8 s it says that it takes longer than normal."""
    lines = [rx.el.div(*bones, class_name="col", style={"gap": "8px"}) for _ in range(rows)]
    return rx.el.div(
        rx.el.span(t("loading.label"), class_name="sr", role="status"),
        *lines,
        rx.el.p(t("loading.slow"), class_name="slow-note"),
        class_name="col",
        style={"gap": gap},
    )


def _notice(
    kind: str, icon_name: str, title: Any, detail: Any, actions: tuple[rx.Component, ...], *more: rx.Component
) -> rx.Component:
    said = [] if detail is None else [rx.el.p(detail)]
    buttons = [rx.el.div(*actions, class_name="notice-actions")] if actions else []
    return rx.el.div(
        rx.el.span(icon(icon_name, 20), class_name="notice-icon"),
        rx.el.div(rx.el.h2(title), *said, *buttons, *more, class_name="col gap-1"),
        class_name="notice",
        data_kind=kind,
    )
