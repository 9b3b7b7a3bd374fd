"""What is asked about products: whether words may be lost, what activating or archiving means, what a file changes."""

from typing import Any

import reflex as rx

from marketingos.services.sheets import SIZE_MAX
from marketingos.ui.components.buttons import button, icon
from marketingos.ui.components.form_parts import file_pick
from marketingos.ui.components.overlay import cancel_button, close_dialog, dialog
from marketingos.ui.components.status import product_mark
from marketingos.ui.pages.products.housekeeping import ARCHIVE_LIST, IMPORT_DIALOG
from marketingos.ui.pages.products.housekeeping import HousekeepingState as H
from marketingos.ui.pages.products.rows import ChangeRow, Row
from marketingos.ui.pages.products.state import ACTIVE_DIALOG, ARCHIVE_DIALOG, LEAVE_DIALOG
from marketingos.ui.pages.products.state import ProductsState as S
from marketingos.ui.words import t


def dialogs() -> rx.Component:
    """All of them."""
    return rx.fragment(_leave(), _active(), _archive(), _import(), _archived())


def _leave() -> rx.Component:
    return dialog(
        LEAVE_DIALOG,
        t("products.leave.title"),
        lead=t("products.leave.lead"),
        actions=(
            button(t("products.leave.discard"), variant="danger", on_click=S.leave),
            button(t("products.leave.stay"), variant="primary", on_click=close_dialog(LEAVE_DIALOG)),
        ),
    )


def _points(lines: rx.Var[Any], kind: str) -> rx.Component:
    mark = icon("circle-alert", 14) if kind == "warns" else icon("chevron-right", 14)
    return rx.el.ul(
        rx.foreach(lines, lambda line: rx.el.li(mark, rx.el.span(line))), class_name="product-points", data_kind=kind
    )


def _active() -> rx.Component:
    resting = S.chosen.state == "active"
    gaps = rx.el.div(rx.el.p(t("products.activate.lacks")), _points(S.told, "warns"), class_name="col gap-2")
    plain = rx.cond(resting, _points(S.told, "plain"), gaps)
    return dialog(
        ACTIVE_DIALOG,
        rx.cond(
            resting, t("products.rest.title", name=S.chosen.name), t("products.activate.title", name=S.chosen.name)
        ),
        rx.cond(S.told.length() > 0, plain),
        lead=rx.cond(resting, t("products.rest.lead"), t("products.activate.lead")),
        actions=(
            cancel_button(ACTIVE_DIALOG),
            button(
                rx.cond(resting, t("products.rest.do"), t("products.activate.do")),
                variant="primary",
                on_click=S.set_active,
            ),
        ),
    )


def _archive() -> rx.Component:
    return dialog(
        ARCHIVE_DIALOG,
        t("products.archive.title", name=S.chosen.name),
        rx.cond(S.told.length() > 0, _points(S.told, "plain")),
        lead=t("products.archive.lead"),
        actions=(
            cancel_button(ARCHIVE_DIALOG),
            button(t("products.archive.do"), variant="danger-solid", disabled=S.going, on_click=S.archive),
        ),
    )


def _plan() -> rx.Component:
    return rx.el.div(rx.foreach(H.plan, _change), class_name="plan", role="status")


def _change(change: rx.Var[ChangeRow]) -> rx.Component:
    sign = rx.match(
        change.kind,
        ("added", rx.el.span("+", class_name="up")),
        ("removed", rx.el.span("−", class_name="down")),
        ("problem", icon("circle-alert", 14)),
        ("note", icon("circle-alert", 14)),
        rx.fragment(),
    )
    return rx.el.div(
        sign,
        rx.el.span(change.text, class_name="grow"),
        rx.cond(change.line != "", rx.el.span(change.line, class_name="faint fixed")),
        class_name="plan-line",
        data_kind=change.kind,
    )


def _import() -> rx.Component:
    pick = file_pick(
        t("products.import.choose"),
        "file-up",
        accept=".yaml,.yml,application/yaml,text/yaml",
        most=SIZE_MAX,
        too_large=t("products.import.too_large"),
        on_taken=H.file_taken,
        on_failed=H.file_refused,
    )
    return dialog(
        IMPORT_DIALOG,
        t("products.import.title"),
        rx.el.div(pick),
        rx.cond(H.failing != "", rx.el.p(H.failing, role="alert")),
        rx.cond(H.plan.length() > 0, _plan()),
        lead=t("products.import.lead"),
        actions=(
            cancel_button(IMPORT_DIALOG),
            button(
                rx.cond(H.sound, t("products.import.do", n=H.count), t("products.import")),
                variant="primary",
                disabled=~H.sound,
                why=t("products.import.nothing"),
                on_click=H.import_file,
            ),
        ),
    )


def _archived() -> rx.Component:
    away = rx.el.div(
        rx.el.h3(t("products.archived.away")),
        rx.cond(
            H.archived.length() > 0,
            rx.el.div(rx.foreach(H.archived, _away), class_name="product-choices"),
            rx.el.p(t("products.archived.none"), class_name="dim"),
        ),
        class_name="col gap-1",
    )
    keep = rx.el.div(
        rx.el.h3(t("products.cleanup.title")),
        rx.el.p(t("products.cleanup.lead"), class_name="dim"),
        rx.el.div(rx.foreach(H.live, _kept), class_name="product-choices", role="group"),
        rx.cond(H.plan.length() > 0, _plan()),
        class_name="col gap-1",
    )
    return dialog(
        ARCHIVE_LIST,
        t("products.archived.title"),
        away,
        rx.cond(S.may_administer, keep),
        actions=(
            button(t("action.close"), variant="quiet", on_click=close_dialog(ARCHIVE_LIST)),
            rx.cond(
                S.may_administer,
                button(
                    rx.cond(H.sound, t("products.cleanup.do", n=H.count), t("products.archive.do")),
                    variant="danger-solid",
                    disabled=~H.sound,
                    why=t("products.cleanup.nothing"),
                    on_click=H.clean_up,
                ),
            ),
        ),
    )


def _away(row: rx.Var[Row]) -> rx.Component:
    back = button(t("products.restore"), size="sm", icon_name="undo-2", on_click=H.restore(row.id))
    return rx.el.div(
        product_mark(row.mark, row.ground, 24, ink=row.ink),
        rx.el.b(row.name, class_name="clip grow"),
        rx.cond(S.may_administer, back),
        class_name="product-choice",
        key=row.id,
    )


def _kept(row: rx.Var[Row]) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", checked=H.kept.contains(row.name), on_change=lambda _: H.toggle_kept(row.name)),
        product_mark(row.mark, row.ground, 24, ink=row.ink),
        rx.el.b(row.name, class_name="clip grow"),
        rx.el.span(
            rx.cond(H.kept.contains(row.name), t("products.cleanup.stays"), t("products.cleanup.goes")),
            class_name="t-12 faint",
        ),
        class_name="product-choice",
        key=row.id,
    )
