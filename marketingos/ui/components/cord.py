"""The cord that stops the line: what is pulled, what says that it was, and what lets it go."""

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from marketingos.domain.pause import REASON_MAX
from marketingos.ui.components.buttons import button, icon
from marketingos.ui.components.fields import field, pill, text_input
from marketingos.ui.components.overlay import cancel_button, dialog, menu, menu_item, menu_rule
from marketingos.ui.components.status import platform_tile
from marketingos.ui.words import t

PAUSE_DIALOG: Final = "pause-dialog"
PAUSE_FORM: Final = "pause-form"
SCOPES: Final = ("everything", "product", "platform", "account")


@dataclass(frozen=True)
class PauseRow:
    """A pause in words: what is stopped since when, then why, by whom, and what waits."""

    id: int = 0
    platform: str = ""
    title: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Part:
    """Something that can be stopped by itself."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Cord:
    """What is stopped and what may be done about it (Vars), and what doing it calls (handlers). `stopped` is the chip's
    word, empty while all runs, `since` what stands beside it; `scope` and `target` are what the dialog would stop."""

    pauses: Any
    stopped: Any
    since: Any
    everything: Any
    may_pause: Any
    may_resume: Any
    scope: Any
    target: Any
    parts: Any
    on_ask: Any
    on_scope: Any
    on_target: Any
    on_pause: Any
    on_resume: Any


def pause_menu(cord: Cord, trigger: rx.Component, *head: rx.Component) -> rx.Component:
    """What the live chip opens."""
    everything = menu_item(
        t("pause.everything"), menu_id="line-menu", icon_name="octagon-pause", on_click=cord.on_ask("everything")
    )
    part = menu_item(t("pause.part"), menu_id="line-menu", icon_name="circle-pause", on_click=cord.on_ask("product"))
    offered = rx.cond(
        cord.may_pause, rx.fragment(menu_rule(), rx.cond(cord.everything, rx.fragment(), everything), part)
    )
    return menu("line-menu", trigger, *head, offered, label=t("pause.line"))


def pause_banners(cord: Cord) -> rx.Component:
    """One line on every page for each pause."""
    return rx.foreach(cord.pauses, lambda pause: _banner(cord, pause))


def _banner(cord: Cord, pause: rx.Var[PauseRow]) -> rx.Component:
    mark = rx.cond(pause.platform != "", platform_tile(pause.platform, 16, named=False), icon("circle-pause", 16))
    resume = button(t("pause.resume"), size="sm", icon_name="play", on_click=cord.on_resume(pause.id))
    return rx.el.div(
        mark,
        rx.el.div(rx.el.b(pause.title), " ", rx.el.span(pause.detail, class_name="dim"), class_name="grow"),
        rx.cond(cord.may_resume, resume),
        key=pause.id,
        class_name="banner",
        data_kind="paused",
        role="status",
    )


def pause_dialog(cord: Cord) -> rx.Component:
    """What to stop, and why."""
    scopes = [pill(t(f"pause.scope.{s}"), chosen=cord.scope == s, on_click=cord.on_scope(s)) for s in SCOPES]
    reason = text_input("pause-reason", name="reason", max_length=REASON_MAX, placeholder=t("pause.reason_hint"))
    return dialog(
        PAUSE_DIALOG,
        t("pause.title"),
        rx.el.div(*scopes, class_name="row wrap", role="group", aria_label=t("pause.what")),
        rx.cond(cord.scope != "everything", _targets(cord)),
        rx.el.form(
            field(t("pause.reason"), reason, control_id="pause-reason"),
            id=PAUSE_FORM,
            on_submit=cord.on_pause,
        ),
        lead=t("pause.lead"),
        actions=(
            cancel_button(PAUSE_DIALOG),
            button(
                rx.cond(cord.scope == "everything", t("pause.do_everything"), t("pause.do")),
                variant="danger-solid",
                icon_name="octagon-pause",
                type="submit",
                form=PAUSE_FORM,
                disabled=(cord.scope != "everything") & (cord.target == ""),
                why=t("pause.choose"),
            ),
        ),
    )


def _targets(cord: Cord) -> rx.Component:
    options = rx.foreach(cord.parts, lambda part: rx.el.option(part.name, value=part.id, key=part.id))
    return rx.el.select(
        rx.el.option(t("pause.choose"), value=""),
        options,
        id="pause-target",
        name="target",
        class_name="input",
        value=cord.target,
        on_change=cord.on_target,
        aria_label=t("pause.choose"),
    )
