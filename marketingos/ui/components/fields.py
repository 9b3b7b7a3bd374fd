"""What is typed into, ticked or chosen."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from marketingos.ui.components.buttons import icon, icon_button
from marketingos.ui.words import t


def field(
    label: Any,
    control: rx.Component,
    *,
    control_id: str,
    error: rx.Var[str] | None = None,
    hint: Any = None,
    aside: rx.Component | None = None,
) -> rx.Component:
    """A label, its control and, below it, what is wrong with it (announced at once) or a hint."""
    head = rx.el.div(rx.el.label(label, html_for=control_id), *([aside] if aside else []), class_name="field-head")
    foot = [] if hint is None else [rx.el.p(hint, class_name="field-hint")]
    if error is not None:
        foot.append(rx.cond(error != "", field_error(error, f"{control_id}-error")))
    return rx.el.div(head, control, *foot, class_name="field")


def field_error(error: Any, element_id: str | None = None) -> rx.Component:
    """A red sentence with its icon."""
    return rx.el.p(icon("circle-alert", 14), error, id=element_id, role="alert", class_name="field-error")


def text_input(control_id: str, *, error: rx.Var[str] | None = None, size: str = "md", **props: Any) -> rx.Component:
    """A line of text; red edge and `aria-describedby` when there is an `error`."""
    return rx.el.input(
        id=control_id, name=props.pop("name", control_id), **_control(control_id, error, props), data_size=size
    )


def text_area(control_id: str, *, error: rx.Var[str] | None = None, **props: Any) -> rx.Component:
    """Several lines of text, uncontrolled: give `default_value` and read `on_blur` or `on_change` (debounced)."""
    return rx.el.textarea(id=control_id, name=props.pop("name", control_id), **_control(control_id, error, props))


def password_input(control_id: str, *, shown: rx.Var[bool], on_toggle: Any, **props: Any) -> rx.Component:
    """A password with an eye that shows it."""
    eye = rx.cond(
        shown,
        icon_button("eye-off", t("field.hide_password"), size="sm", on_click=on_toggle),
        icon_button("eye", t("field.show_password"), size="sm", on_click=on_toggle),
    )
    control = text_input(control_id, type=rx.cond(shown, "text", "password"), **props)
    return rx.el.div(control, eye, class_name="input-box")


def select(control_id: str, options: Sequence[tuple[str, Any]], **props: Any) -> rx.Component:
    """The platform's own list: (value, word) pairs."""
    choices = [rx.el.option(word, value=value) for value, word in options]
    return rx.el.select(*choices, id=control_id, name=props.pop("name", control_id), class_name="input", **props)


def tick(label: Any, **props: Any) -> rx.Component:
    """A tick box with its words; give `checked` or `default_checked`, `on_change`, `name`."""
    return rx.el.label(rx.el.input(type="checkbox", **props), rx.el.span(label), class_name="tick")


def switch(label: Any, **props: Any) -> rx.Component:
    """On or off at once; `label` is its accessible name."""
    return rx.el.input(type="checkbox", role="switch", aria_label=label, class_name="switch", **props)


def pill(label: Any, *, chosen: rx.Var[bool] | bool, on_click: Any) -> rx.Component:
    """One of several reasons or filters; ticked when chosen."""
    return rx.el.button(
        icon("check", 14), label, type="button", class_name="pill", aria_pressed=chosen, on_click=on_click
    )


def counter(length: rx.Var[int] | int, limit: rx.Var[int] | int) -> rx.Component:
    """How much of a limit is used: green, amber from 90 % with what is left, red over it with what is too much."""
    used, allowed = rx.Var.create(length).to(int), rx.Var.create(limit).to(int)
    over, near = used > allowed, used * 10 >= allowed * 9
    left = rx.cond(over, t("counter.over", n=used - allowed), rx.cond(near, t("counter.left", n=allowed - used), ""))
    words = rx.el.span(rx.el.b(grouped(used)), " ", t("counter.of", limit=grouped(allowed)))
    share = rx.Var(
        f"Math.min(100, 100 * {used!s} / Math.max(1, {allowed!s})) + '%'", _var_data=used._get_all_var_data()
    )
    return rx.el.div(
        rx.el.div(words, rx.el.span(left, class_name="counter-left"), class_name="counter-words"),
        rx.el.div(rx.el.i(style={"width": share}), class_name="counter-bar"),
        class_name="counter",
        data_level=rx.cond(over, "over", rx.cond(near, "near", "fine")),
    )


def grouped(number: rx.Var[int] | int) -> rx.Var[str]:
    """A whole number with its thousands grouped as both languages do it: `3.000` and `3,000`."""
    value = rx.Var.create(number)
    separator = t("number.group")
    return rx.Var(
        f"String({value!s}).replace(/\\B(?=(\\d{{3}})+(?!\\d))/g, {separator!s})",
        _var_type=str,
        _var_data=rx.vars.VarData.merge(value._get_all_var_data(), separator._get_all_var_data()),
    ).guess_type()


def _control(control_id: str, error: rx.Var[str] | None, props: dict[str, Any]) -> dict[str, Any]:
    shared = {"class_name": f"input {props.pop('class_name', '')}".strip(), **props}
    if error is not None:
        shared |= {"aria_invalid": error != "", "aria_describedby": f"{control_id}-error"}
    return shared
