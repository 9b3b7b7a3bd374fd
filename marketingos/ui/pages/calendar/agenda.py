"""The list: days with their posts. On a phone it is the calendar, under the strip of a week."""

import reflex as rx

from marketingos.ui.components.buttons import button, icon
from marketingos.ui.components.feedback import empty_line
from marketingos.ui.components.status import platform_tiles, product_mark, status_badge, thumb
from marketingos.ui.pages.calendar.rows import CardRow, DayRow, StripRow
from marketingos.ui.pages.calendar.state import CalendarState as S
from marketingos.ui.words import t


def week_strip() -> rx.Component:
    """Seven days with a dot for each of their first posts; only on a phone."""
    return rx.el.div(
        rx.foreach(S.strip, _strip_day), class_name="week-strip", role="group", aria_label=t("calendar.week")
    )


def _strip_day(day: rx.Var[StripRow]) -> rx.Component:
    return rx.el.button(
        rx.el.span(day.weekday, class_name="strip-weekday"),
        rx.el.span(day.number, class_name="strip-number"),
        rx.el.span(rx.foreach(day.dots, lambda s: rx.el.i(data_s=s)), class_name="strip-dots"),
        type="button",
        aria_label=day.name,
        aria_pressed=day.chosen,
        data_today=day.today,
        on_click=S.go(day.day),
        key=day.day,
    )


def agenda() -> rx.Component:
    """Two weeks from the chosen day."""
    nothing = rx.cond(
        (S.tab != "all") | (S.product_id != 0),
        empty_line(t("calendar.nothing_left"), button(t("calendar.show_all"), size="sm", on_click=S.show_everything)),
        empty_line(t("calendar.empty")),
    )
    return rx.cond(S.days.length() > 0, rx.el.ol(rx.foreach(S.days, _day)), nothing)


def _day(day: rx.Var[DayRow]) -> rx.Component:
    return rx.el.li(
        rx.el.h2(day.name, " ", rx.el.small(day.date), data_today=day.today),
        rx.el.ol(rx.foreach(day.cards, _card), class_name="agenda-cards"),
        key=day.day,
        class_name="agenda-day",
    )


def _card(card: rx.Var[CardRow]) -> rx.Component:
    return rx.el.li(rx.cond(card.free, _free(card), _post(card)), key=card.id)


def _post(card: rx.Var[CardRow]) -> rx.Component:
    return rx.el.button(
        thumb(card.thumb, 44, 44),
        rx.el.span(status_badge(card.status, bare=True), class_name="agenda-status"),
        rx.el.span(card.time, class_name="agenda-time"),
        rx.el.span(rx.cond(card.cause != "", card.cause, card.title), class_name="agenda-title"),
        _product(card),
        rx.el.span(platform_tiles(card.platforms, 16), class_name="agenda-tiles"),
        type="button",
        class_name="agenda-card",
        data_s=card.status,
        data_selected=S.shown.id.to_string() == card.id,
        on_click=S.open(card.id),
    )


def _free(card: rx.Var[CardRow]) -> rx.Component:
    return rx.el.button(
        icon("plus", 14),
        rx.el.span(t("calendar.free"), class_name="agenda-title"),
        rx.el.span(card.time, class_name="agenda-time"),
        _product(card),
        rx.el.span(platform_tiles(card.platforms, 16), class_name="agenda-tiles tiles off"),
        type="button",
        class_name="agenda-free",
        on_click=S.ask_free(card.id),
    )


def _product(card: rx.Var[CardRow]) -> rx.Component:
    return rx.el.span(
        product_mark(card.mark, card.ground, 18, ink=card.ink),
        rx.el.span(card.product, class_name="clip"),
        class_name="agenda-product",
    )
