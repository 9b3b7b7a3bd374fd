"""Calendario, the home: what goes out when, and beside it the post that is open. The address carries all of it."""

import reflex as rx

from marketingos.settings import get_settings
from marketingos.ui.components.back import back_button
from marketingos.ui.components.buttons import button
from marketingos.ui.components.calendar_view import calendar_view
from marketingos.ui.components.feedback import bone, empty_line, failure, skeleton
from marketingos.ui.components.frame import sheet
from marketingos.ui.components.ticker import ticker
from marketingos.ui.pages.calendar.agenda import agenda, week_strip
from marketingos.ui.pages.calendar.bars import filters, progress, top
from marketingos.ui.pages.calendar.dialogs import free_dialog, generate_dialog, keys_dialog
from marketingos.ui.pages.calendar.first import first_steps
from marketingos.ui.pages.calendar.panel import panel
from marketingos.ui.pages.calendar.state import CalendarState as S
from marketingos.ui.post.acts import discard_dialog, reject_dialog, waive_dialog
from marketingos.ui.post.terms import terms_dialog
from marketingos.ui.session import page
from marketingos.ui.words import t

TICK = 2_000
"""Milliseconds between looks at whether something moved."""


@page("/", "rail.calendar", on_load=S.load)
def calendar() -> rx.Component:
    """The calendar's sheet and, when a post is open, its panel."""
    return rx.fragment(
        sheet(
            top(),
            filters(),
            week_strip(),
            progress(),
            rx.cond(S.loaded, _content(), rx.cond(S.failed, _failed(), _skeleton())),
            class_name=rx.cond(S.unborn, "calendar-sheet unborn", "calendar-sheet"),
        ),
        rx.cond(S.shown.id != 0, panel()),
        reject_dialog(S),
        waive_dialog(S),
        discard_dialog(S),
        terms_dialog(S),
        free_dialog(),
        generate_dialog(),
        keys_dialog(),
        ticker(TICK, S.tick),
        back_button(S.load),
    )


def _content() -> rx.Component:
    listed = rx.el.div(agenda(), class_name=rx.cond(S.view == "list", "calendar-list", "calendar-list phone-list"))
    return rx.el.div(
        rx.cond(S.view != "list", _grid()),
        listed,
        rx.cond(S.unborn, first_steps()),
        class_name="calendar-content",
    )


def _grid() -> rx.Component:
    nothing = rx.cond(
        (S.tab != "all") & (S.entries.length() == 0),
        rx.el.div(
            empty_line(
                t("calendar.nothing_left"), button(t("calendar.show_all"), size="sm", on_click=S.show_everything)
            ),
            class_name="calendar-nothing",
        ),
    )
    return rx.el.div(
        calendar_view(
            events=S.entries,
            view=S.view,
            span=S.span,
            date=S.day,
            time_zone=get_settings().timezone,
            selected=S.shown.id.to_string(),
            revision=S.revision,
            now=S.now,
            on_open=S.open,
            on_free=S.ask_free,
            on_move=[S.drop, S.dropped],
            on_shift=S.carry,
            on_refused=S.refuse_drop,
            on_narrow=S.fit,
        ),
        nothing,
        class_name="calendar-grid",
    )


def _failed() -> rx.Component:
    again = button(t("action.retry"), variant="primary", icon_name="refresh-cw", on_click=S.load)
    return rx.el.div(failure(t("failure.title"), t("failure.detail"), again), class_name="calendar-content center")


def _skeleton() -> rx.Component:
    cell = rx.el.div(bone("24px", "12px"), bone("100%", "36px"), class_name="calendar-bone")
    return rx.el.div(
        rx.el.div(*(cell for _ in range(42)), class_name="calendar-bones"),
        skeleton(),
        class_name="calendar-content",
    )
