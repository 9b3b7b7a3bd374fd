"""What the calendar asks: what to do with a free slot. And which keys there are."""

import reflex as rx

from marketingos.ui.components.buttons import button
from marketingos.ui.components.overlay import cancel_button, close_dialog, dialog
from marketingos.ui.components.status import platform_tiles
from marketingos.ui.pages.calendar.state import FREE_DIALOG, GENERATE_DIALOG
from marketingos.ui.pages.calendar.state import CalendarState as S
from marketingos.ui.words import t

KEYS_DIALOG = "keys"
_KEYS = (
    ("T", "calendar.key.today"),
    ("M W D L", "calendar.key.views"),
    ("← →", "calendar.key.turn"),
    ("↑ ↓ ← →", "calendar.key.walk"),
    ("⇧ ← →", "calendar.key.shift"),
    ("N", "calendar.generate_all"),
    ("A", "post.approve"),
    ("E", "action.edit"),
    ("R", "post.reject"),
    ("⌘Z", "action.undo"),
    ("Esc", "action.close"),
)


def free_dialog() -> rx.Component:
    """A free slot: the AI writes for its product, or says when it will."""
    when = rx.el.p(
        rx.el.b(S.slot.product), " · ", S.slot.when, " ", platform_tiles(S.slot.platforms, 14), class_name="row"
    )
    told = rx.cond(S.slot.reached, t("calendar.slot_now", product=S.slot.product), t("calendar.slot_later"))
    write = button(
        t("calendar.generate_for_product", product=S.slot.product),
        variant="primary",
        icon_name="sparkles",
        busy=S.cycle.running,
        busy_label=t("calendar.generating"),
        on_click=S.generate(S.slot.product_id),
    )
    return dialog(
        FREE_DIALOG,
        t("calendar.free"),
        when,
        rx.el.p(told),
        rx.cond(S.slot.reached & S.may_generate, rx.el.p(S.forecast, class_name="dim")),
        actions=(cancel_button(FREE_DIALOG), rx.cond(S.slot.reached & S.may_generate, write)),
    )


def generate_dialog() -> rx.Component:
    """What it would write and cost, before a cent is spent."""
    title = rx.cond(S.asked == 0, t("calendar.generate_all"), t("calendar.generate_for_product", product=S.asked_name))
    go = button(
        t("calendar.generate"),
        variant="primary",
        icon_name="sparkles",
        busy=S.cycle.running,
        busy_label=t("calendar.generating"),
        on_click=S.generate(S.asked),
    )
    return dialog(
        GENERATE_DIALOG,
        title,
        rx.el.p(S.forecast),
        rx.el.p(t("calendar.generate_why"), class_name="dim"),
        actions=(cancel_button(GENERATE_DIALOG), go),
    )


def keys_dialog() -> rx.Component:
    """The keys of this page."""
    rows = [
        rx.el.li(
            rx.el.span(*(rx.el.kbd(key) for key in keys.split()), class_name="row gap-1 key-names"),
            t(what),
            class_name="row",
        )
        for keys, what in _KEYS
    ]
    return dialog(
        KEYS_DIALOG,
        t("calendar.keys"),
        rx.el.ul(*rows, class_name="col gap-2"),
        actions=(button(t("action.close"), on_click=close_dialog(KEYS_DIALOG)),),
    )
