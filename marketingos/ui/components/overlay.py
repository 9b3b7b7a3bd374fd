"""What lies over the page: menus and popovers (the browser's `popover`), dialogs (`<dialog>`), toast.

Focus, Esc, the layer on top and closing by a click outside are the browser's own; no script is shipped for them.
"""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from marketingos.ui.components.buttons import button, icon, icon_button, kbd, link
from marketingos.ui.words import t


def popover(
    element_id: rx.Var[str] | str, trigger: rx.Component, *body: Any, side: str = "end", label: Any = None
) -> rx.Component:
    """`trigger` (a button) opens `body` below itself; `side` is the edge they share."""
    trigger.custom_attrs |= {"popoverTarget": element_id}
    trigger.style["anchorName"] = f"--{element_id}"
    layer = rx.el.div(
        *body,
        id=element_id,
        class_name="popover",
        data_side=side,
        aria_label=label,
        role="group",
        custom_attrs={"popover": "auto"},
        style={"positionAnchor": f"--{element_id}"},
    )
    return rx.fragment(trigger, layer)


def menu(
    element_id: rx.Var[str] | str, trigger: rx.Component, *items: Any, side: str = "end", label: Any = None
) -> rx.Component:
    """A popover of `menu_item`s."""
    return popover(element_id, trigger, *items, side=side, label=label)


def menu_item(
    label: Any,
    *,
    menu_id: rx.Var[str] | str | None = None,
    icon_name: str | None = None,
    href: Any = None,
    checked: rx.Var[bool] | None = None,
    danger: bool = False,
    key_hint: str | None = None,
    lead: rx.Component | None = None,
    **props: Any,
) -> rx.Component:
    """A row of a menu: a link when it has `href`, else a button that closes `menu_id`; `checked` shows a tick."""
    start = [lead] if lead else [icon(icon_name, 16)] if icon_name else []
    end = [rx.el.span(icon("check", 16), class_name="menu-mark")] if checked is not None else []
    end += [rx.el.span(kbd(key_hint), class_name="end")] if key_hint else []
    props["class_name"] = "menu-item danger" if danger else "menu-item"
    if href is not None:
        return link(*start, rx.el.span(label), *end, href=href, **props)
    if checked is not None:
        props |= {"role": "menuitemradio", "aria_checked": checked}
    if menu_id is not None:
        props["custom_attrs"] = {"popoverTarget": menu_id, "popoverTargetAction": "hide"}
    return rx.el.button(*start, rx.el.span(label), *end, type="button", **props)


def menu_rule() -> rx.Component:
    """A line between groups of a menu."""
    return rx.el.div(class_name="menu-rule", role="separator")


def dialog(
    element_id: str, title: Any, *body: Any, lead: Any = None, actions: tuple[rx.Component, ...] = ()
) -> rx.Component:
    """A modal question. Open and close it with `open_dialog(id)` / `close_dialog(id)`; Esc cancels."""
    said = [rx.el.p(lead)] if lead is not None else []
    return rx.el.dialog(
        rx.el.div(rx.el.h2(title, id=f"{element_id}-title"), *said, *body, class_name="dialog-body"),
        rx.el.div(*actions, class_name="dialog-actions"),
        id=element_id,
        class_name="dialog",
        aria_labelledby=f"{element_id}-title",
    )


def open_dialog(element_id: str) -> EventSpec:
    """Opens a dialog, from a component's `on_click` or from a handler."""
    return rx.call_script(f"document.getElementById({element_id!r})?.showModal()")


def close_dialog(element_id: str) -> EventSpec:
    """Closes a dialog."""
    return rx.call_script(f"document.getElementById({element_id!r})?.close()")


def clear_forms(selector: str) -> EventSpec:
    """Empties forms: after what was typed was taken, or before it is asked for anew. What was refused stays typed."""
    return rx.call_script(f"document.querySelectorAll({selector!r}).forEach((form) => form.reset())")


def cancel_button(element_id: str) -> rx.Component:
    """The quiet button of a dialog that changes nothing."""
    return button(t("action.cancel"), variant="quiet", on_click=close_dialog(element_id))


def toast(
    serial: rx.Var[int],
    text: rx.Var[str],
    detail: rx.Var[str],
    refused: rx.Var[bool],
    undoable: rx.Var[bool],
    *,
    on_undo: Any,
    on_dismiss: Any,
) -> rx.Component:
    """The one toast: leaves by itself after 10 s (a refusal after 6), stops while pointed at or focused."""
    mark = rx.cond(refused, icon("circle-alert", 18), icon("circle-check", 18))
    words = rx.el.div(text, rx.cond(detail != "", rx.el.small(detail)), class_name="grow")
    undo = rx.cond(undoable, button(t("action.undo"), variant="quiet", key_hint="⌘Z", on_click=on_undo))
    close = icon_button("x", t("action.close"), on_click=on_dismiss)
    card = rx.el.div(
        mark,
        words,
        undo,
        close,
        rx.cond(undoable, rx.el.div(class_name="toast-time")),
        key=serial,
        class_name="toast",
        data_kind=rx.cond(refused, "refused", "done"),
    )
    live = rx.cond(refused, "assertive", "polite")
    return rx.el.div(rx.cond(text != "", card), class_name="toast-place", aria_live=live, role="status")
