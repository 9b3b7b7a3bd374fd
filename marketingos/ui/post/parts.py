"""The pieces of a post on screen. Each takes the page's State, which is a `PostDesk`."""

from typing import Any

import reflex as rx

from marketingos.ui.components.buttons import button, icon, icon_button, tab
from marketingos.ui.components.fields import grouped
from marketingos.ui.components.previews import Editor, card_of, preview
from marketingos.ui.components.status import (
    check_row,
    platform_name,
    platform_tile,
    product_mark,
    status_badge,
    status_icon,
)
from marketingos.ui.post.desk import PostDesk
from marketingos.ui.post.receipts import note, receipt
from marketingos.ui.post.rows import AttemptRow, CheckRow, DeliveryRow, FindingRow, VariantRow
from marketingos.ui.words import t

Desk = type[PostDesk]


def mark(kind: Any, size: int = 14) -> rx.Component:
    """The tick or warning of a variant, or the icon of its status."""
    return rx.el.span(
        rx.match(
            kind,
            ("ok", icon("check", size)),
            ("warns", icon("circle-alert", size)),
            ("blocks", icon("octagon-x", size)),
            rx.el.span(status_icon(kind, size), data_s=kind),
        ),
        class_name="post-mark",
        data_level=kind,
    )


def platform_tabs(desk: Desk) -> rx.Component:
    """A tab for each platform with its tick or warning; the chosen one says its name. The moon turns the look."""
    return rx.el.div(
        rx.foreach(desk.shown.variants, lambda v: _tab(desk, v)),
        rx.el.span(class_name="grow"),
        moon(desk),
        class_name="tabs post-tabs",
        role="group",
        aria_label=t("post.platforms"),
    )


def _tab(desk: Desk, variant: rx.Var[VariantRow]) -> rx.Component:
    chosen = desk.current.platform == variant.platform
    return tab(
        platform_tile(variant.platform, 16, named=False),
        rx.el.span(platform_name(variant.platform), class_name=rx.cond(chosen, "tab-name", "sr")),
        mark(variant.mark),
        selected=chosen,
        on_click=desk.choose(variant.platform),
        key=variant.platform,
    )


def moon(desk: Desk) -> rx.Component:
    """Shows the previews in the look that the page does not wear."""
    other = rx.Var("(document.documentElement.classList.contains('dark') ? 'light' : 'dark')", _var_type=str)
    return icon_button("moon", t("preview.shown_dark"), size="sm", on=desk.look != "", on_click=desk.turn(other))


def variant_preview(desk: Desk, variant: Any) -> rx.Component:
    """The post as the platform shows it; its text can be edited in place."""
    return preview(
        variant.platform,
        card_of(variant.view, desk.shown.product),
        editor=_editor(desk, variant),
        look=desk.look,
    )


def _editor(desk: Desk, variant: Any) -> Editor:
    too_long = t("post.too_long", platform=platform_name(variant.platform), limit=grouped(variant.view.limit))
    error = rx.cond(desk.length > variant.view.limit, too_long, rx.cond(desk.overtaken, t("post.overtaken"), ""))
    return Editor(
        open=(desk.editing == variant.id) & (variant.id != 0),
        text=desk.written,
        draft=desk.draft,
        length=desk.length,
        limit=variant.view.limit,
        cut=variant.view.cut,
        on_change=desk.typed,
        on_save=[desk.save, desk.after_save],
        on_cancel=desk.cancel_edit,
        error=error,
    )


def count_line(variant: Any) -> rx.Component:
    """What stands under a preview: its first comment, how long it is, who may see it, where it is."""
    said = variant.view.first_comment
    comment = rx.el.p(
        icon("message-circle", 14), rx.el.span(rx.el.b(t("post.first_comment")), " ", said), class_name="post-comment"
    )
    where = rx.el.a(
        t("post.see_on", platform=platform_name(variant.platform)),
        icon("external-link", 12),
        href=variant.permalink,
        target="_blank",
        rel="noreferrer",
        class_name="row gap-1",
    )
    facts = rx.el.div(
        mark(variant.mark),
        rx.el.span(variant.count, class_name="grow"),
        rx.cond(variant.seen_by != "", rx.el.span(icon("eye", 12), variant.seen_by, class_name="row gap-1")),
        rx.cond(variant.permalink != "", where),
        class_name="post-count",
    )
    return rx.fragment(rx.cond(said != "", comment), facts)


def product_head(desk: Desk, size: int = 32) -> rx.Component:
    """The product's mark in its colours."""
    palette = desk.shown.product.palette
    return product_mark(desk.shown.product.mark, palette[0], size, ink=palette[1])


def badge(desk: Desk) -> rx.Component:
    """The status of the post."""
    return status_badge(desk.shown.status)


def next_line(desk: Desk) -> rx.Component:
    """What happens by itself, or what it waits for; and what is missing."""
    retry = button(
        t("post.retry_media"),
        size="xs",
        icon_name="refresh-cw",
        busy=desk.picturing,
        busy_label=t("post.picturing"),
        on_click=desk.retry_media,
    )
    missing = rx.el.div(
        icon("image-off", 16), rx.el.span(desk.shown.media_error, class_name="grow"), retry, class_name="post-note"
    )
    differs = rx.el.div(
        icon("triangle-alert", 16), rx.el.span(desk.shown.differs, class_name="grow"), class_name="post-note"
    )
    return rx.fragment(
        rx.cond(desk.shown.differs != "", differs),
        rx.cond(desk.shown.next != "", rx.el.p(desk.shown.next, class_name="post-next", data_s=desk.shown.status)),
        rx.cond(desk.shown.media_error != "", missing),
    )


def findings(desk: Desk) -> rx.Component:
    """What is wrong, platform by platform, each with its sentence."""
    return rx.foreach(desk.shown.findings, lambda f: _finding(desk, f))


def _finding(desk: Desk, finding: rx.Var[FindingRow]) -> rx.Component:
    return rx.el.div(
        rx.el.button(
            mark(finding.level, 16),
            rx.el.span(
                rx.el.b(platform_name(finding.platform)),
                ": ",
                finding.text,
                rx.cond(finding.instead != "", rx.el.span(finding.instead, class_name="post-instead")),
                rx.cond(finding.excuse != "", rx.el.span(finding.excuse, class_name="post-instead")),
            ),
            type="button",
            class_name="post-finding",
            on_click=desk.choose(finding.platform),
        ),
        rx.cond(desk.shown.can_approve, _waiver(desk, finding)),
        class_name="post-finding-row",
    )


def _waiver(desk: Desk, finding: rx.Var[FindingRow]) -> rx.Component:
    """Sets a warning aside, or brings it back."""
    return rx.match(
        finding.level,
        (
            "warns",
            button(t("post.set_aside"), size="xs", on_click=desk.ask_why(finding.variant_id, finding.key)),
        ),
        ("ok", button(t("post.bring_back"), size="xs", on_click=desk.bring_back(finding.variant_id, finding.key))),
        rx.fragment(),
    )


def checks_title(desk: Desk) -> rx.Component:
    """`6 de 7 comprobaciones`."""
    total = desk.shown.checks.length()
    words = rx.cond(
        desk.shown.passed == total, t("post.checks_fine"), t("post.checks_some", n=desk.shown.passed, total=total)
    )
    return rx.el.span(mark(rx.cond(desk.shown.passed == total, "ok", "warns"), 16), words, class_name="row medium")


def check_rows(desk: Desk) -> rx.Component:
    """Every check and what came of it."""
    return rx.foreach(desk.shown.checks, lambda c: _check(c))


def _check(check: rx.Var[CheckRow]) -> rx.Component:
    return check_row(check.level, check.name, check.note)


def deliveries(desk: Desk) -> rx.Component:
    """Where it went, attempt by attempt in plain words."""
    return rx.foreach(desk.shown.deliveries, lambda d: _delivery(desk, d))


def _delivery(desk: Desk, delivery: rx.Var[DeliveryRow]) -> rx.Component:
    see = rx.el.a(
        t("post.see_on", platform=platform_name(delivery.platform)),
        icon("external-link", 14),
        href=delivery.permalink,
        target="_blank",
        rel="noreferrer",
        class_name="row gap-1 medium",
    )
    ask = rx.el.div(
        button(t("post.it_is_out"), size="sm", on_click=desk.settle(delivery.id, True)),
        button(t("post.it_is_not_out"), size="sm", on_click=desk.settle(delivery.id, False)),
        class_name="row",
    )
    return rx.el.li(
        rx.el.div(
            platform_tile(delivery.platform, 16, named=False),
            rx.el.span(delivery.account, class_name="medium clip grow"),
            rx.cond(delivery.permalink != "", see),
            class_name="row",
        ),
        rx.el.div(mark(delivery.mark), rx.el.span(delivery.text), class_name="row t-12 dim"),
        rx.cond(delivery.detail != "", rx.el.p(delivery.detail, class_name="t-12 dim")),
        rx.cond(delivery.figures != "", rx.el.p(delivery.figures, class_name="t-12 medium")),
        note(delivery.note),
        receipt(delivery.receipt),
        rx.cond(delivery.unconfirmed & desk.shown.can_settle, ask),
        rx.cond(delivery.attempts.length() > 1, _attempts(delivery)),
        key=delivery.id,
        class_name="post-delivery",
    )


def _attempts(delivery: rx.Var[DeliveryRow]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(t("post.attempts", n=delivery.attempts.length())),
        rx.el.ol(rx.foreach(delivery.attempts, lambda a: _attempt(a)), class_name="col"),
        class_name="t-12",
    )


def _attempt(attempt: rx.Var[AttemptRow]) -> rx.Component:
    return check_row(attempt.level, attempt.text, attempt.when)
