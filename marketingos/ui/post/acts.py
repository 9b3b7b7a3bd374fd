"""What is pressed: approve, edit, reject, move, publish now, and what stands behind the three dots."""

from typing import Any

import reflex as rx

from marketingos.domain.post import RejectReason
from marketingos.ui.components.buttons import button, icon, icon_button
from marketingos.ui.components.fields import pill, text_area
from marketingos.ui.components.overlay import cancel_button, close_dialog, dialog, menu, menu_item, popover
from marketingos.ui.components.status import platform_name
from marketingos.ui.post.desk import (
    DISCARD_DIALOG,
    MOVE_POPOVER,
    REJECT_DIALOG,
    REJECT_FORM,
    WAIVE_DIALOG,
    WAIVE_FORM,
    PostDesk,
)
from marketingos.ui.words import t

Desk = type[PostDesk]


def approve_button(desk: Desk, **props: Any) -> rx.Component:
    """Approves what can be approved, and says how much that is."""
    words = rx.cond(
        desk.shown.clear == desk.shown.waiting,
        t("post.approve"),
        t("post.approve_some", n=desk.shown.clear, total=desk.shown.waiting),
    )
    return button(
        words,
        variant="primary",
        icon_name="check",
        key_hint="A",
        disabled=(desk.shown.clear == 0) | (desk.editing != 0),
        why=rx.cond(desk.editing != 0, t("post.save_first"), t("post.nothing_ready")),
        on_click=desk.approve(desk.shown.faces),
        **props,
    )


def reject_button(desk: Desk, *, words: bool = False) -> rx.Component:
    """Asks why, then rejects."""
    if words:
        return button(t("post.reject"), variant="danger", key_hint="R", on_click=desk.ask_reject)
    return icon_button("x", t("post.reject"), variant="danger", key_hint="R", on_click=desk.ask_reject)


def edit_button(desk: Desk) -> rx.Component:
    """Opens the text of the platform that is looked at."""
    return button(
        t("action.edit"),
        key_hint="E",
        hint_shown=False,
        disabled=~desk.current.editable,
        why=t("post.not_editable"),
        on_click=desk.edit(desk.current.id),
    )


def more_menu(desk: Desk, element_id: str) -> rx.Component:
    """What is done now and then."""
    shown, here = desk.shown, platform_name(desk.current.platform)
    trigger = icon_button("ellipsis", t("action.more"), variant="normal")
    only_one = shown.can_approve & desk.current.pending & (shown.waiting > 1)
    return menu(
        element_id,
        trigger,
        rx.cond(
            only_one,
            menu_item(
                t("post.approve_only", platform=here),
                menu_id=element_id,
                icon_name="check",
                on_click=desk.approve_one(desk.shown.faces),
            ),
        ),
        rx.cond(
            shown.can_publish_now,
            menu_item(t("post.publish_now"), menu_id=element_id, icon_name="send", on_click=desk.publish_now),
        ),
        rx.cond(
            shown.can_withdraw,
            menu_item(t("post.withdraw"), menu_id=element_id, icon_name="undo-2", on_click=desk.withdraw_all),
        ),
        rx.cond(
            shown.media_error != "",
            menu_item(t("post.retry_media"), menu_id=element_id, icon_name="refresh-cw", on_click=desk.retry_media),
        ),
        rx.cond(
            desk.current.permalink != "",
            menu_item(
                t("post.see_on", platform=here), icon_name="external-link", href=desk.current.permalink, target="_blank"
            ),
        ),
    )


def actions(desk: Desk, menu_id: str = "post-more") -> tuple[rx.Component, ...]:
    """The foot: the one thing to do with the post as it stands, and the others beside it."""
    shown = desk.shown
    return (
        decide(desk, class_name="grow"),
        rx.cond(shown.can_edit, edit_button(desk)),
        rx.cond(shown.can_reject, reject_button(desk)),
        more_menu(desk, menu_id),
    )


def decide(desk: Desk, **props: Any) -> rx.Component:
    """The one thing to do: another time for what expired, approving, or what the status asks for."""
    move = button(
        t("post.move_to_slot", slot=desk.next_slot),
        variant="primary",
        icon_name="calendar-clock",
        on_click=desk.take_next_slot,
        **props,
    )
    otherwise = rx.cond(desk.shown.can_approve, approve_button(desk, **props), main_action(desk))
    return rx.cond((desk.next_slot != "") & desk.shown.can_move, move, otherwise)


def main_action(desk: Desk) -> rx.Component:
    """What a post asks for that has nothing to approve."""
    shown = desk.shown
    restore = button(t("post.restore"), icon_name="undo-2", on_click=desk.restore_shown, class_name="grow")
    withdraw = button(t("post.withdraw"), icon_name="undo-2", on_click=desk.withdraw_all, class_name="grow")
    return rx.match(
        shown.status,
        ("UNKNOWN", rx.cond(shown.can_settle & (shown.unconfirmed != 0), _is_it_out(desk))),
        ("LATE", _publish_now(desk)),
        ("FAILED", _publish_now(desk, "post.try_again")),
        ("PARTIAL", _publish_now(desk, "post.try_again")),
        ("REJECTED", rx.cond(shown.can_restore, restore)),
        ("PUBLISHED", _see(desk)),
        rx.cond(shown.can_withdraw, withdraw),
    )


def _is_it_out(desk: Desk) -> rx.Component:
    which = desk.shown.unconfirmed
    return rx.fragment(
        button(t("post.it_is_out"), icon_name="check", on_click=desk.settle(which, True), class_name="grow"),
        button(t("post.it_is_not_out"), icon_name="send", on_click=desk.settle(which, False), class_name="grow"),
    )


def _publish_now(desk: Desk, key: str = "post.publish_now") -> rx.Component:
    button_ = button(t(key), variant="primary", icon_name="send", on_click=desk.publish_now, class_name="grow")
    return rx.cond(desk.shown.can_publish_now, button_)


def _see(desk: Desk) -> rx.Component:
    here = platform_name(desk.current.platform)
    shown = rx.el.a(
        icon("external-link", 16),
        t("post.see_on", platform=here),
        href=desk.current.permalink,
        target="_blank",
        rel="noreferrer",
        class_name="btn grow",
        data_v="normal",
        data_size="md",
    )
    return rx.cond(desk.current.permalink != "", shown)


def slot_button(desk: Desk, *, boxed: bool = False) -> rx.Component:
    """When it goes out; opens the mover where it may be moved."""
    zone = rx.el.span(desk.shown.city, class_name="faint")
    look = {"variant": "normal", "icon_name": "calendar-clock"} if boxed else {"variant": "quiet", "size": "xs"}
    content = [rx.el.span(desk.shown.slot), *([zone] if boxed else [icon("pencil", 13)])]
    trigger = button(*content, class_name="slot-button", aria_label=t("post.move_now_at", slot=desk.shown.slot), **look)
    fixed = rx.el.span(desk.shown.slot, class_name="dim t-12")
    return rx.cond(desk.shown.can_move, _mover(desk, trigger), fixed)


def _mover(desk: Desk, trigger: rx.Component) -> rx.Component:
    shown = desk.shown
    form = rx.el.form(
        rx.el.b(t("post.move_to")),
        rx.el.div(
            rx.el.input(
                type="date",
                name="date",
                default_value=shown.date,
                min=shown.today,
                required=True,
                class_name="input",
                aria_label=t("post.date"),
            ),
            rx.el.input(
                type="time",
                name="time",
                default_value=shown.time,
                required=True,
                class_name="input",
                aria_label=t("post.time"),
            ),
            class_name="row",
        ),
        rx.el.div(
            rx.el.span(t("post.zone", city=shown.city), class_name="faint t-12 grow"),
            button(t("post.move"), variant="primary", type="submit"),
            class_name="row",
        ),
        on_submit=desk.move,
        class_name="col gap-3 pad-2",
        key=shown.date + shown.time,
    )
    return popover(MOVE_POPOVER, trigger, form, side="start", label=t("post.move_to"))


def discard_dialog(desk: Desk) -> rx.Component:
    """Asks before words are lost."""
    return dialog(
        DISCARD_DIALOG,
        t("post.discard_title"),
        lead=t("post.discard_lead"),
        actions=(
            button(t("post.keep_writing"), variant="quiet", on_click=close_dialog(DISCARD_DIALOG)),
            button(t("post.discard"), variant="danger-solid", on_click=desk.discard),
        ),
    )


def waive_dialog(desk: Desk) -> rx.Component:
    """Asks why a finding may stand."""
    return dialog(
        WAIVE_DIALOG,
        t("post.set_aside_title"),
        rx.el.form(
            text_area("waive-note", name="note", placeholder=t("post.set_aside_why"), max_length=300),
            id=WAIVE_FORM,
            on_submit=desk.set_aside,
        ),
        lead=t("post.set_aside_lead"),
        actions=(
            cancel_button(WAIVE_DIALOG),
            button(t("post.set_aside"), variant="primary", type="submit", form=WAIVE_FORM),
        ),
    )


def reject_dialog(desk: Desk) -> rx.Component:
    """Asks why, so that the next ones are better."""
    reasons = [
        pill(t(f"post.reason.{r.value}"), chosen=desk.reason == r.value, on_click=desk.choose_reason(r.value))
        for r in RejectReason
    ]
    return dialog(
        REJECT_DIALOG,
        t("post.reject_title"),
        rx.el.div(*reasons, class_name="row wrap", role="group", aria_label=t("post.reject_why")),
        rx.el.form(
            text_area("reject-note", name="note", placeholder=t("post.reject_note"), max_length=500),
            id=REJECT_FORM,
            on_submit=desk.reject,
        ),
        lead=t("post.reject_lead"),
        actions=(
            cancel_button(REJECT_DIALOG),
            button(
                t("post.reject"),
                variant="danger-solid",
                type="submit",
                form=REJECT_FORM,
                disabled=desk.reason == "",
                why=t("post.reject_why"),
            ),
        ),
    )
