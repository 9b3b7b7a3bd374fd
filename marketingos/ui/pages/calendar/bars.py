"""The rows above the calendar: title and view, filters with their counts, the cycle under way."""

import reflex as rx

from marketingos.domain.platform import Platform
from marketingos.ui.components.buttons import button, icon, icon_button, segmented, spinner, tab
from marketingos.ui.components.frame import spring, toolbar
from marketingos.ui.components.overlay import menu, menu_item, menu_rule, open_dialog
from marketingos.ui.components.status import platform_tile, product_mark, status_icon
from marketingos.ui.pages.calendar.dialogs import KEYS_DIALOG
from marketingos.ui.pages.calendar.rows import FILTERS
from marketingos.ui.pages.calendar.state import CalendarState as S
from marketingos.ui.pages.calendar.window import VIEWS
from marketingos.ui.theme import PLATFORM_NAMES
from marketingos.ui.words import t

_LEGEND = {"pending": "PENDING_APPROVAL", "approved": "APPROVED", "published": "PUBLISHED", "trouble": "FAILED"}


def top() -> rx.Component:
    """Arrows, title, today, view, and the primary button."""
    return toolbar(
        icon_button("chevron-left", t("action.previous"), size="sm", key_hint="←", on_click=S.step(-1)),
        icon_button("chevron-right", t("action.next"), size="sm", key_hint="→", on_click=S.step(1)),
        rx.el.h1(S.title, " ", rx.el.small(S.year), class_name="calendar-title", aria_live="polite"),
        button(t("calendar.today"), key_hint="T", hint_shown=False, disabled=S.shows_today, on_click=S.go_today),
        spring(),
        rx.el.div(
            segmented(
                [(view, t(f"calendar.{view}")) for view in VIEWS],
                S.view,
                S.show,
                label=t("calendar.view"),
                keys=("M", "W", "D", "L"),
            ),
            class_name="wide-only",
        ),
        _generate(),
        rx.el.button(type="button", class_name="sr", tab_index=-1, data_key="?", on_click=open_dialog(KEYS_DIALOG)),
    )


def _generate() -> rx.Component:
    more = menu(
        "generate-menu",
        rx.el.button(
            icon("chevron-down", 16),
            type="button",
            class_name="btn",
            data_v="primary",
            data_size="md",
            aria_label=t("calendar.generate_for"),
            disabled=S.cycle.running,
        ),
        menu_item(
            t("calendar.generate_all"), menu_id="generate-menu", icon_name="sparkles", on_click=S.ask_generate(0)
        ),
        menu_rule(),
        rx.foreach(S.products, lambda p: _generate_one(p)),
        label=t("calendar.generate_for"),
    )
    everything = button(
        t("calendar.generate"),
        variant="primary",
        icon_name="sparkles",
        key_hint="N",
        hint_shown=False,
        busy=S.cycle.running,
        busy_label=t("calendar.generating"),
        on_click=S.ask_generate(0),
    )
    return rx.cond(S.may_generate & ~S.unborn, rx.el.div(everything, more, class_name="btn-pair"))


def _generate_one(product: rx.Var) -> rx.Component:
    return menu_item(
        product.name,
        menu_id="generate-menu",
        lead=product_mark(product.mark, product.palette[0], 20, ink=product.palette[1]),
        on_click=S.ask_generate(product.id),
        key=product.id,
    )


def filters() -> rx.Component:
    """Status tabs, which are legend, count and filter in one; product; platforms."""
    return rx.cond(
        S.unborn,
        rx.fragment(),
        rx.el.div(
            rx.el.div(*(_tab(name) for name in FILTERS), class_name="tabs", role="group"),
            spring(),
            _product_menu(),
            rx.el.div(*(_platform(p) for p in Platform), class_name="row gap-0 calendar-platforms", role="group"),
            class_name="filters",
        ),
    )


def _tab(name: str) -> rx.Component:
    status = _LEGEND.get(name)
    lead = [rx.el.span(status_icon(status, 16), data_s=status)] if status else []
    if name == "free":
        lead = [icon("circle-dashed", 16)]
    return tab(
        *lead, t(f"calendar.tab.{name}"), selected=S.tab == name, count=S.counts[name], on_click=S.choose_tab(name)
    )


def _product_menu() -> rx.Component:
    name = rx.cond(S.product_id == 0, t("calendar.all_products"), S.product_name)
    short = rx.cond(S.product_id == 0, t("calendar.products"), S.product_name)
    trigger = button(
        rx.el.span(name, class_name=rx.cond(S.shown.id != 0, "sr", "wide-only")),
        rx.el.span(short, class_name=rx.cond(S.shown.id != 0, "", "phone-only")),
        icon("chevron-down", 14),
        variant="quiet",
        icon_name="package",
        size="sm",
    )
    return menu(
        "product-menu",
        trigger,
        menu_item(
            t("calendar.all_products"), menu_id="product-menu", checked=S.product_id == 0, on_click=S.choose_product(0)
        ),
        menu_rule(),
        rx.foreach(S.products, lambda p: _product(p)),
        label=t("calendar.products"),
    )


def _product(product: rx.Var) -> rx.Component:
    return menu_item(
        product.name,
        menu_id="product-menu",
        lead=product_mark(product.mark, product.palette[0], 20, ink=product.palette[1]),
        checked=S.product_id == product.id,
        on_click=S.choose_product(product.id),
        key=product.id,
    )


def _platform(platform: Platform) -> rx.Component:
    shown = ~S.hidden.contains(platform.value)
    return rx.el.button(
        platform_tile(platform.value, 16, named=False),
        type="button",
        class_name="tile-toggle",
        aria_pressed=shown,
        aria_label=PLATFORM_NAMES[platform],
        data_tip=PLATFORM_NAMES[platform],
        on_click=S.toggle(platform.value),
    )


def progress() -> rx.Component:
    """The cycle under way; it goes on without anybody looking."""
    share = rx.Var(
        f"(100 * {S.cycle.done!s} / Math.max(1, {S.cycle.planned!s})) + '%'", _var_data=S.cycle._get_all_var_data()
    )
    return rx.cond(
        S.cycle.running,
        rx.el.div(
            spinner(16),
            rx.el.span(S.cycle.text, class_name="medium clip"),
            rx.el.span(rx.el.i(style={"width": share}), class_name="meter"),
            rx.el.span(t("calendar.may_leave"), class_name="faint t-12 wide-only"),
            class_name="cycle-row",
            role="status",
        ),
    )
