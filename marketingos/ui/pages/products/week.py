"""The week: a column a day, a card a slot; a card or a plus opens the one dialog that adds, moves and takes away."""

import reflex as rx

from marketingos.domain.platform import Platform
from marketingos.ui.components.buttons import button, icon
from marketingos.ui.components.fields import field, field_error, text_input
from marketingos.ui.components.overlay import cancel_button, dialog
from marketingos.ui.components.status import platform_name, platform_tile, platform_tiles
from marketingos.ui.pages.products.editor import SLOT_DIALOG
from marketingos.ui.pages.products.rows import DayRow, SlotRow
from marketingos.ui.pages.products.state import ProductsState as S
from marketingos.ui.words import t


def week() -> rx.Component:
    """The section of the form."""
    count = rx.el.p(t("products.slots.count", n=S.slot_count), " ", class_name="dim")
    zone = rx.el.p(t("products.slots.zone", zone=S.city), class_name="dim grow clip")
    head = rx.el.header(
        rx.el.h2(t("products.section.slots"), class_name="t-14"), count, zone, class_name="product-section-head"
    )
    grid = rx.el.div(rx.foreach(S.days, _day), class_name="week-grid")
    wrong = rx.cond(S.errors["slots"] != "", field_error(S.errors["slots"]))
    pace = rx.el.div(_number("posts_per_week"), _number("late_after_hours"), class_name="product-pair")
    return rx.el.section(head, grid, wrong, pace, id="section-slots", class_name="product-section")


def _number(name: str) -> rx.Component:
    control = text_input(
        f"p-{name}",
        error=S.errors[name],
        default_value=S.form[name],
        read_only=~S.may_edit,
        input_mode="decimal",
        on_change=lambda value: S.edit(name, value).debounce(400),
        on_blur=lambda value: S.edit(name, value),
        auto_complete="off",
    )
    return field(
        t(f"products.field.{name}"),
        control,
        control_id=f"p-{name}",
        error=S.errors[name],
        hint=t(f"products.field.{name}.hint"),
    )


def _day(day: rx.Var[DayRow]) -> rx.Component:
    add = rx.el.button(
        icon("plus", 16),
        type="button",
        class_name="slot-add",
        aria_label=t("products.slot.add_on", day=day.long_name),
        on_click=S.ask_slot(day.number, ""),
    )
    return rx.el.div(
        rx.el.span(day.name, class_name="week-name t-12 dim"),
        rx.foreach(day.slots, lambda slot: _slot(slot, day)),
        rx.cond(S.may_edit, add),
        class_name="week-day",
        key=day.number,
    )


def _slot(slot: rx.Var[SlotRow], day: rx.Var[DayRow]) -> rx.Component:
    return rx.el.button(
        rx.el.b(slot.time),
        platform_tiles(slot.platforms, 14),
        type="button",
        class_name="slot-card",
        aria_label=slot.said,
        disabled=~S.may_edit,
        on_click=S.ask_slot(day.number, slot.key),
        key=slot.key,
    )


def slot_dialog() -> rx.Component:
    """One slot: day, time, platforms."""
    new = S.slot_key == ""
    day = rx.el.select(
        rx.foreach(S.days, lambda d: rx.el.option(d.long_name, value=d.number.to_string())),
        id="slot-day",
        value=S.slot_day,
        class_name="input",
        on_change=S.set_slot_day,
    )
    time = rx.el.input(
        id="slot-time", type="time", value=S.slot_time, step=300, class_name="input", on_change=S.set_slot_time
    )
    moment = rx.el.div(
        field(t("products.slot.day"), day, control_id="slot-day"),
        field(t("products.slot.time"), time, control_id="slot-time"),
        class_name="product-pair",
    )
    drop = button(t("products.slot.drop"), variant="danger", icon_name="trash-2", on_click=S.drop_slot)
    return dialog(
        SLOT_DIALOG,
        rx.cond(new, t("products.slot.new"), t("products.slot.edit")),
        moment,
        rx.el.div(*(_platform(p.value) for p in Platform), class_name="slot-platforms", role="group"),
        rx.cond(S.slot_error != "", field_error(S.slot_error)),
        lead=t("products.slot.lead", zone=S.city),
        actions=(
            rx.cond(new, rx.fragment(), rx.el.span(drop, class_name="grow")),
            cancel_button(SLOT_DIALOG),
            button(
                rx.cond(new, t("products.slot.add"), t("products.slot.keep")), variant="primary", on_click=S.keep_slot
            ),
        ),
    )


def _platform(platform: str) -> rx.Component:
    return rx.el.button(
        platform_tile(platform, 20, named=False),
        platform_name(platform),
        type="button",
        class_name="pill slot-platform",
        aria_pressed=S.slot_platforms.contains(platform),
        on_click=S.toggle_slot_platform(platform),
    )
