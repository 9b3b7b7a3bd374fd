"""Productos: the list, the editor of one, and beside it a taste of its voice."""

from typing import Any

import reflex as rx

from marketingos.domain.platform import Platform
from marketingos.ui.components.buttons import button, icon, icon_button
from marketingos.ui.components.feedback import banner, bone, empty, failure
from marketingos.ui.components.form_parts import anchors
from marketingos.ui.components.frame import sheet, spring, toolbar
from marketingos.ui.components.overlay import menu, menu_item
from marketingos.ui.components.previews import Card, preview
from marketingos.ui.components.status import platform_name, platform_tile, platform_tiles, product_mark
from marketingos.ui.components.ticker import ticker
from marketingos.ui.pages.products.dialogs import dialogs
from marketingos.ui.pages.products.form import SECTIONS, form
from marketingos.ui.pages.products.housekeeping import HousekeepingState as H
from marketingos.ui.pages.products.rows import ClaimRow, Row
from marketingos.ui.pages.products.state import NEW
from marketingos.ui.pages.products.state import ProductsState as S
from marketingos.ui.pages.products.week import slot_dialog
from marketingos.ui.session import page
from marketingos.ui.words import t

_TICK = 2_000
"""Milliseconds between looks at whether something moved."""


@page("/products", "rail.products", on_load=S.load)
def products() -> rx.Component:
    """Three sheets beside each other; a phone shows the list or the product."""
    return rx.fragment(
        rx.match(S.phase, ("ready", _filled()), ("failed", _failed()), _skeleton()),
        slot_dialog(),
        dialogs(),
        ticker(_TICK, S.tick),
    )


def _filled() -> rx.Component:
    editor = sheet(_head(), _stale(), _tabs(), form(), _save_bar(), class_name="product-editor")
    nothing = sheet(_nothing(), class_name="product-editor")
    return rx.el.div(
        _list(),
        rx.cond(S.open_id != 0, rx.fragment(editor, _taste()), nothing),
        class_name="products",
        data_picked=S.picked | (S.open_id == NEW),
    )


# -- the list ----------------------------------------------------------------------------------------------------------


def _list() -> rx.Component:
    add = icon_button("plus", t("products.new"), variant="quiet", on_click=S.open(NEW))
    waiting = rx.fragment(rx.el.h2(t("products.to_activate"), class_name="product-group"), _rows(S.inactive))
    some = S.active.length() + S.inactive.length()
    return rx.el.section(
        toolbar(rx.el.h1(t("rail.products")), spring(), rx.cond(S.may_edit, add)),
        rx.el.div(
            rx.cond(some > 0, rx.fragment(), rx.el.p(t("products.none"), class_name="dim pad-4")),
            _rows(S.active),
            rx.cond(S.inactive.length() > 0, waiting),
            class_name="product-rows scroll grow",
        ),
        rx.el.footer(
            rx.cond(
                S.may_administer,
                button(t("products.import"), variant="quiet", icon_name="file-down", on_click=H.ask_import),
            ),
            button(
                t("products.archived"),
                rx.cond(S.archived > 0, rx.el.span(S.archived, class_name="faint"), rx.fragment()),
                variant="quiet",
                icon_name="archive",
                on_click=H.ask_archived,
            ),
            class_name="product-list-foot",
        ),
        class_name="sheet product-list",
    )


def _rows(found: rx.Var[Any]) -> rx.Component:
    return rx.el.ul(rx.foreach(found, _row))


def _row(row: rx.Var[Row]) -> rx.Component:
    words = rx.el.span(
        rx.el.span(
            rx.el.b(row.name, class_name="clip grow"), platform_tiles(row.platforms, 13), class_name="row gap-2"
        ),
        rx.el.span(rx.cond(row.note != "", row.note, row.pace), class_name="clip dim t-12", data_failed=row.failed),
        rx.cond(
            row.state == "active",
            rx.el.span(
                rx.el.span(row.ahead, class_name="clip"),
                rx.el.span(row.spent),
                class_name="product-ahead faint t-12",
            ),
        ),
        class_name="product-words",
    )
    return rx.el.li(
        rx.el.button(
            product_mark(row.mark, row.ground, 32, ink=row.ink),
            words,
            rx.cond(row.fresh, rx.el.i(class_name="product-dot")),
            type="button",
            class_name="product-row",
            aria_current=rx.cond(S.open_id == row.id, "true", "false"),
            on_click=S.open(row.id),
        ),
        key=row.id,
    )


# -- the editor's frame ------------------------------------------------------------------------------------------------


def _head() -> rx.Component:
    back = icon_button("arrow-left", t("action.back"), class_name="phone-only", on_click=S.back)
    title = rx.el.div(
        rx.el.b(rx.cond(S.open_id == NEW, t("products.new"), S.chosen.name), class_name="t-14 clip"),
        rx.el.span(rx.cond(S.open_id == NEW, t("products.new.why"), S.chosen.site), class_name="dim t-12 clip"),
        class_name="product-title grow",
    )
    return rx.el.header(
        back,
        product_mark(S.mark, S.palette[0], 36),
        title,
        rx.cond(S.open_id > 0, _active_switch()),
        rx.cond(S.open_id > 0, _more()),
        _deed(),
        rx.cond(S.may_edit, _save_button("wide-only")),
        class_name="panel-head product-head",
    )


def _active_switch() -> rx.Component:
    switch = rx.el.input(
        type="checkbox",
        role="switch",
        checked=S.chosen.state == "active",
        disabled=~S.may_administer,
        class_name="switch",
        aria_label=t("products.active"),
        on_change=lambda _: S.ask_active(),
    )
    word = rx.cond(S.chosen.state == "active", t("products.active"), t("products.inactive"))
    return rx.el.label(switch, rx.el.span(word, class_name="dim wide-only"), class_name="row fixed")


def _more() -> rx.Component:
    trigger = icon_button("ellipsis", t("action.more"), variant="normal")
    return menu(
        "product-menu",
        trigger,
        menu_item(t("products.export"), menu_id="product-menu", icon_name="download", on_click=S.export),
        rx.cond(
            S.may_administer,
            menu_item(
                t("products.archive.do"),
                menu_id="product-menu",
                icon_name="archive",
                danger=True,
                on_click=S.ask_archive,
            ),
        ),
        label=t("action.more"),
    )


def _deed() -> rx.Component:
    """Write now, or with unsaved words, drop them: what would be written would not know them yet."""
    drop = button(t("products.discard"), variant="quiet", on_click=S.discard, class_name="wide-only")
    write = button(
        t("products.generate"),
        icon_name="sparkles",
        disabled=S.chosen.state != "active",
        why=t("products.generate.inactive"),
        on_click=S.generate,
        class_name="wide-only",
    )
    return rx.cond(S.dirty, drop, rx.cond((S.open_id > 0) & S.may_generate, write))


def _save_button(class_name: str = "") -> rx.Component:
    return button(
        rx.cond(S.open_id == NEW, t("products.create"), t("action.save")),
        variant="primary",
        key_hint="⌘S",
        disabled=~S.dirty,
        on_click=S.save,
        class_name=class_name,
    )


def _save_bar() -> rx.Component:
    """On a phone, within the thumb's reach, while something is not saved."""
    bar = rx.el.footer(
        rx.el.span(t("products.unsaved"), class_name="dim grow"),
        button(t("products.discard"), variant="quiet", on_click=S.discard),
        button(rx.cond(S.open_id == NEW, t("products.create"), t("action.save")), variant="primary", on_click=S.save),
        class_name="panel-foot phone-only row",
    )
    return rx.cond(S.dirty & S.may_edit, bar)


def _stale() -> rx.Component:
    theirs = button(t("products.stale.theirs"), size="sm", on_click=S.discard)
    mine = button(t("products.stale.mine"), size="sm", on_click=S.save_over)
    note = banner("circle-alert", t("product.stale"), action=rx.el.span(theirs, mine, class_name="row"))
    again = button(t("action.retry"), size="sm", on_click=S.draw_again)
    failed = banner("circle-alert", S.chosen.note, action=again)
    fresh = banner("sparkles", rx.cond(S.chosen.drawing, S.chosen.note, t("products.fresh")))
    told = rx.cond(S.chosen.failed, failed, rx.cond(S.chosen.fresh | S.chosen.drawing, fresh))
    return rx.cond(S.stale, note, told)


def _tabs() -> rx.Component:
    parts = [(f"section-{name}", t(f"products.section.{name}")) for name in SECTIONS]
    return anchors(parts, label=t("products.sections"), form=S.form_key)


# -- a taste -----------------------------------------------------------------------------------------------------------


def _taste() -> rx.Component:
    return sheet(
        rx.el.header(
            rx.el.h2(t("products.taste"), class_name="t-13 grow"),
            rx.el.div(*(_for(p.value) for p in Platform), class_name="row gap-0", role="group"),
            class_name="panel-head rule-strong",
        ),
        rx.el.div(rx.cond(S.sample.text != "", _tasted(), _untasted()), class_name="product-taste well scroll grow"),
        rx.el.footer(_taste_button(), rx.el.span(_cost(), class_name="t-12 faint"), class_name="panel-foot"),
        kind="panel",
        class_name="product-side",
        aria_label=t("products.taste"),
    )


def _for(platform: str) -> rx.Component:
    return rx.el.button(
        platform_tile(platform, 18, named=False),
        type="button",
        class_name="tile-toggle",
        aria_label=platform_name(platform),
        data_tip=platform_name(platform),
        aria_pressed=S.sample_platform == platform,
        on_click=S.pick_platform(platform),
    )


def _tasted() -> rx.Component:
    handle = rx.cond(S.chosen.site != "", S.chosen.site, S.chosen.name)
    card = Card(
        name=S.chosen.name,
        handle=handle,
        text=S.sample.text,
        cut=5_000,
        mark=S.mark,
        ground=S.palette[0],
        kind="text",
    )
    claims = rx.el.div(
        rx.el.h3(t("products.taste.claims"), class_name="t-12 dim"),
        rx.foreach(S.sample.claims, _claim),
        class_name="col gap-2 product-claims",
    )
    return rx.fragment(preview(S.sample.platform, card), rx.cond(S.sample.claims.length() > 0, claims))


def _claim(claim: rx.Var[ClaimRow]) -> rx.Component:
    return rx.el.div(
        rx.cond(claim.fact != "", icon("check", 14, class_name="up"), icon("circle-alert", 14, class_name="down")),
        rx.el.span(
            claim.text,
            rx.el.small(rx.cond(claim.fact != "", claim.fact, t("products.taste.no_fact")), class_name="dim"),
        ),
        class_name="product-claim",
    )


def _untasted() -> rx.Component:
    return empty("message-square-quote", t("products.taste.none"), t("products.taste.why"))


def _taste_button() -> rx.Component:
    return button(
        rx.cond(S.sample.text != "", t("products.taste.again"), t("products.taste.write")),
        icon_name="refresh-cw",
        busy=S.sampling,
        busy_label=t("products.taste.writing"),
        disabled=~S.may_generate,
        on_click=S.write_sample,
        class_name="grow",
    )


def _cost() -> rx.Component:
    return rx.cond(
        S.sample.cost != "", t("products.taste.cost", euro=S.sample.cost), t("products.taste.at_most", euro=S.price)
    )


# -- nothing, failed, on its way ---------------------------------------------------------------------------------------


def _nothing() -> rx.Component:
    add = button(t("products.new"), variant="primary", icon_name="plus", on_click=S.open(NEW))
    bring = button(t("products.import"), icon_name="file-down", on_click=H.ask_import)
    return empty(
        "package",
        t("products.empty.title"),
        t("products.empty.detail"),
        rx.cond(S.may_edit, add),
        rx.cond(S.may_administer, bring),
    )


def _failed() -> rx.Component:
    again = button(t("action.retry"), icon_name="refresh-cw", on_click=S.load)
    return sheet(failure(t("products.failed.title"), t("products.failed.detail"), again))


def _skeleton() -> rx.Component:
    row = rx.el.div(
        bone("32px", "32px"),
        rx.el.div(bone("110px"), bone("150px", "10px"), class_name="col gap-2"),
        class_name="product-row",
    )
    block = rx.el.div(bone("90px"), bone("100%", "36px"), bone("100%", "76px"), class_name="product-section")
    return rx.el.div(
        rx.el.section(toolbar(rx.el.h1(t("rail.products"))), rx.el.div(row, row, row), class_name="sheet product-list"),
        sheet(
            rx.el.span(t("loading.label"), class_name="sr", role="status"),
            rx.el.div(bone("36px", "36px"), bone("160px"), class_name="panel-head"),
            block,
            block,
            rx.el.p(t("loading.slow"), class_name="slow-note pad-5"),
            class_name="product-editor",
        ),
        class_name="products",
    )
