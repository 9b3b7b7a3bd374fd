"""The first visit: the real grid behind, and in front of it three steps with the page's only primary button."""

from typing import Any

import reflex as rx

from marketingos.ui.components.buttons import button, icon, spinner
from marketingos.ui.pages.calendar.state import CalendarState as S
from marketingos.ui.words import t


def first_steps() -> rx.Component:
    """Connected, described, and now the first week."""
    has_accounts, has_products = S.accounts > 0, S.products.length() > 0
    ready = has_accounts & has_products
    write = button(
        t("calendar.first.write"),
        variant="primary",
        icon_name="sparkles",
        key_hint="N",
        hint_shown=False,
        busy=S.cycle.running,
        busy_label=t("calendar.generating"),
        on_click=S.ask_generate(0),
    )
    return rx.el.div(
        rx.el.section(
            rx.el.header(rx.el.h2(t("calendar.first.title")), rx.el.p(t("calendar.first.lead"), class_name="dim t-14")),
            rx.el.ol(
                _step(
                    "1",
                    t("calendar.first.accounts"),
                    rx.cond(
                        has_accounts, t("calendar.first.accounts_done", n=S.accounts), t("calendar.first.accounts_why")
                    ),
                    has_accounts,
                    ~has_accounts,
                ),
                _step(
                    "2",
                    t("calendar.first.products"),
                    rx.cond(
                        has_products,
                        t("calendar.first.products_done", n=S.products.length()),
                        t("calendar.first.products_why"),
                    ),
                    has_products,
                    has_accounts & ~has_products,
                ),
                _step("3", t("calendar.first.week"), _doing(), False, ready, rx.cond(ready & S.may_generate, write)),
            ),
            class_name="first-card",
        ),
        class_name="first-place",
    )


def _doing() -> rx.Component:
    under_way = rx.el.span(spinner(14), S.cycle.text, class_name="row")
    return rx.cond(S.cycle.running, under_way, rx.el.span(t("calendar.first.week_why")))


def _step(number: str, title: Any, detail: Any, done: Any, current: Any, *action: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(rx.cond(done, icon("check", 16), number), class_name="first-number"),
        rx.el.div(rx.el.b(title), rx.el.p(detail, class_name="dim t-12"), class_name="col grow"),
        *action,
        data_state=rx.cond(done, "done", rx.cond(current, "current", "later")),
    )
