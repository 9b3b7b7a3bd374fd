"""The post beside the calendar: 408 wide, a sheet of its own; the calendar narrows and nothing is covered."""

import reflex as rx

from marketingos.ui.components.buttons import icon, icon_button, link
from marketingos.ui.components.frame import sheet
from marketingos.ui.pages.calendar.state import CalendarState as S
from marketingos.ui.post import acts, parts
from marketingos.ui.post.gallery import gallery
from marketingos.ui.post.rewrites import rewrites
from marketingos.ui.post.why import why
from marketingos.ui.rules import proposed_rule
from marketingos.ui.words import t


def panel() -> rx.Component:
    """Head, platforms, the post as it will look, what is known of it, what can be done."""
    return sheet(
        _head(),
        parts.platform_tabs(S),
        rx.el.div(_well(), *_blocks(), class_name="scroll grow", id="post-scroll", key=S.shown.id),
        rx.cond(S.shown.findings.length() > 0, rx.el.div(parts.findings(S), class_name="post-findings")),
        rx.el.footer(*acts.actions(S), class_name="panel-foot"),
        kind="panel",
        class_name="post-panel",
        aria_label=S.shown.title,
    )


def _head() -> rx.Component:
    whole = link(
        icon("maximize-2", 15),
        href="/post/" + S.shown.id.to_string(),
        class_name="btn btn-icon",
        data_v="quiet",
        data_size="sm",
        aria_label=t("post.as_page"),
        data_tip=t("post.as_page"),
    )
    return rx.el.header(
        parts.product_head(S),
        rx.el.div(
            rx.el.b(S.shown.product.name, class_name="t-13 clip"),
            acts.slot_button(S),
            class_name="col grow panel-title",
        ),
        parts.badge(S),
        whole,
        icon_button("x", t("action.close"), size="sm", key_hint="Esc", on_click=S.close),
        class_name="panel-head",
    )


def _well() -> rx.Component:
    return rx.el.div(
        parts.next_line(S),
        proposed_rule(S, S.shown.rule, S.shown.can_settle),
        rx.el.div(
            parts.variant_preview(S, S.current),
            parts.count_line(S.current),
            rewrites(S, S.current),
            gallery(S, S.current),
            class_name="post-card",
        ),
        class_name="post-well",
    )


def _blocks() -> tuple[rx.Component, ...]:
    sent = rx.el.section(
        rx.el.h3(t("post.deliveries")), rx.el.ul(parts.deliveries(S), class_name="col gap-4"), class_name="block"
    )
    return (
        rx.cond(S.shown.deliveries.length() > 0, sent),
        rx.el.section(
            rx.el.details(
                rx.el.summary(parts.checks_title(S)),
                rx.el.div(parts.check_rows(S)),
                open=S.shown.passed < S.shown.checks.length(),
                class_name="checks-fold",
            ),
            class_name="block",
            id="post-checks",
        ),
        rx.el.section(rx.el.h3(t("post.why")), why(S), class_name="block"),
    )
