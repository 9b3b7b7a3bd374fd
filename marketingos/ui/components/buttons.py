"""Buttons, segmented choices, tabs, keys."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

Variant = Literal["primary", "normal", "soft", "quiet", "danger", "danger-solid"]
Size = Literal["xs", "sm", "md", "lg", "touch"]
_ICON = {"xs": 14, "sm": 15, "md": 16, "lg": 16, "touch": 18}


def icon(name: str, size: int = 16, **props: Any) -> rx.Component:
    """A lucide icon, 16 px with stroke 1.75 (2 when smaller than 15)."""
    return rx.icon(name, size=size, stroke_width=2 if size < 15 else 1.75, **props)


def button(
    *children: Any,
    variant: Variant = "normal",
    size: Size = "md",
    icon_name: str | None = None,
    busy: rx.Var[bool] | bool = False,
    busy_label: Any = None,
    disabled: rx.Var[bool] | bool = False,
    why: Any = None,
    key_hint: str | None = None,
    hint_shown: bool = True,
    **props: Any,
) -> rx.Component:
    """A button. While `busy` it turns and says `busy_label` (a gerund); `why` explains why it is not available.

    `key_hint` (`A`, `⇧A`, `Esc`, `⌘Z`) presses it while no field has the focus.
    """
    content = [*_lead(icon_name, size), *children, *([kbd(key_hint)] if key_hint and hint_shown else [])]
    if key_hint:
        props["data_key"] = key_hint
    if busy is not False:
        content = [rx.cond(busy, _busy(children[0] if busy_label is None else busy_label), rx.fragment(*content))]
        props["aria_busy"] = busy
    if why is not None:
        props["data_tip"] = rx.cond(disabled, why, "") if isinstance(disabled, rx.Var) else why
    return rx.el.button(
        *content,
        type=props.pop("type", "button"),
        disabled=_either(disabled, busy),
        class_name=f"btn {props.pop('class_name', '')}".strip(),
        data_v=variant,
        data_size=size,
        **props,
    )


def icon_button(
    icon_name: str,
    label: Any,
    *,
    variant: Variant = "quiet",
    size: Size = "md",
    key_hint: str | None = None,
    on: rx.Var[bool] | None = None,
    **props: Any,
) -> rx.Component:
    """A button of one icon; `label` is its name and, with its key, its tooltip."""
    if on is not None:
        props["aria_pressed"] = on
    if key_hint:
        props["data_key"] = key_hint
    return rx.el.button(
        icon(icon_name, _ICON[size]),
        type="button",
        aria_label=label,
        data_tip=label + f" · {key_hint}" if key_hint else label,
        class_name=f"btn btn-icon {props.pop('class_name', '')}".strip(),
        data_v=variant,
        data_size=size,
        **props,
    )


def link_button(
    *children: Any,
    href: Any,
    variant: Variant = "normal",
    size: Size = "md",
    icon_name: str | None = None,
    **props: Any,
) -> rx.Component:
    """A link that looks like a button; addresses of this house change the page without loading it anew."""
    return link(
        *_lead(icon_name, size), *children, href=href, class_name="btn", data_v=variant, data_size=size, **props
    )


def link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """A link within the product (plain: `rx.link` would bring Radix Themes along)."""
    return ReactRouterLink.create(*children, to=href, **props)


def kbd(key: str) -> rx.Component:
    """A key on the keyboard, shown on wide screens only."""
    return rx.el.kbd(key, class_name="wide-only", aria_hidden="true")


def segmented(
    options: Sequence[tuple[str, Any]],
    value: rx.Var[str],
    on_change: Any,
    *,
    label: Any,
    size: Literal["sm", "md"] = "md",
    keys: Sequence[str] = (),
) -> rx.Component:
    """One of few: (value, word) pairs; `on_change` is called with the value. `keys` press them, in the same order."""
    hints = [{"data_key": key} for key in keys] or [{} for _ in options]
    return rx.el.div(
        *(
            rx.el.button(word, type="button", aria_pressed=value == option, on_click=on_change(option), **hint)
            for (option, word), hint in zip(options, hints, strict=True)
        ),
        class_name="segmented",
        role="group",
        aria_label=label,
        data_size=size,
    )


def tab(*children: Any, selected: rx.Var[bool] | bool, count: Any = None, **props: Any) -> rx.Component:
    """A tab (role by the caller's row: a filter or a tab of a page)."""
    number = [] if count is None else [rx.el.span(count, class_name="n")]
    return rx.el.button(*children, *number, type="button", class_name="tab", aria_pressed=selected, **props)


def tabs(*children: Any, size: Literal["md", "lg"] = "md", label: Any = None) -> rx.Component:
    """A row of tabs, 40 or 48 high."""
    return rx.el.div(*children, class_name="tabs", data_size=size, role="group", aria_label=label)


def spinner(size: int = 16) -> rx.Component:
    """Something is under way."""
    return icon("loader-circle", size, class_name="spin")


def _lead(icon_name: str | None, size: Size) -> list[rx.Component]:
    return [icon(icon_name, _ICON[size])] if icon_name else []


def _busy(label: Any) -> rx.Component:
    return rx.fragment(spinner(), label)


def _either(first: rx.Var[bool] | bool, second: rx.Var[bool] | bool) -> rx.Var[bool] | bool:
    if isinstance(first, bool):
        return second if first is False else True
    return first if second is False else first | second
