"""Cuentas: every account with its permission, the sixty days it has to last, and what would not go out."""

import reflex as rx

from marketingos.ui.components.buttons import button, icon, link
from marketingos.ui.components.feedback import banner, bone, empty, failure
from marketingos.ui.components.frame import sheet, spring, toolbar
from marketingos.ui.components.overlay import menu, menu_item
from marketingos.ui.components.ticker import ticker
from marketingos.ui.pages.accounts.dialogs import audience_dialog, offers_dialog, products_dialog, removal_dialog
from marketingos.ui.pages.accounts.rows import Lost, Way
from marketingos.ui.pages.accounts.state import AccountsState as S
from marketingos.ui.pages.accounts.table import axis_head, departure, legend, row
from marketingos.ui.session import page
from marketingos.ui.words import t

_TICK = 2_000
"""Milliseconds between looks at whether something moved."""


@page("/accounts", "rail.accounts", on_load=S.load)
def accounts() -> rx.Component:
    """The table, and over it what cannot wait."""
    content = rx.match(S.phase, ("ready", _filled()), ("failed", _failed()), _skeleton())
    return rx.fragment(
        sheet(_bar(), _troubles(), content, class_name="accounts"),
        offers_dialog(),
        products_dialog(),
        audience_dialog(),
        removal_dialog(),
        ticker(_TICK, S.tick),
    )


def _bar() -> rx.Component:
    return toolbar(
        rx.el.h1(t("rail.accounts")),
        rx.cond(
            S.rows.length() > 0,
            rx.fragment(rx.el.span(S.summary, class_name="dim clip wide-only"), spring(), _connect_menu()),
        ),
    )


def _connect_menu() -> rx.Component:
    trigger = button(
        t("accounts.connect"),
        icon_name="plus",
        variant="normal",
        disabled=(S.phase == "ready") & ~S.may_connect,
        why=t("accounts.connect.only_admin"),
    )
    return menu("connect-menu", trigger, rx.foreach(S.ways, _way), label=t("accounts.connect"))


def _way(way: rx.Var[Way]) -> rx.Component:
    lead, words = _way_icon(way), _way_words(way)
    return rx.cond(
        way.ready,
        departure(lead, rx.el.span(words), href=way.address, class_name="menu-item"),
        menu_item(
            words,
            lead=lead,
            disabled=True,
            data_tip=t("connect.not_configured"),
        ),
    )


def _way_icon(way: rx.Var[Way]) -> rx.Component:
    facebook = rx.el.span(class_name="tile", data_p="facebook", style={"--size": "18px"}, aria_hidden="true")
    others = rx.el.span(
        class_name="tile", data_p=way.provider.split("-")[0], style={"--size": "18px"}, aria_hidden="true"
    )
    return rx.cond(way.provider == "meta", facebook, others)


def _way_words(way: rx.Var[Way]) -> rx.Var[str]:
    providers = ("meta", "tiktok", "linkedin", "linkedin-member")
    return rx.match(way.provider, *((p, t(f"accounts.connect.{p}")) for p in providers), "").to(str)


def _troubles() -> rx.Component:
    """Why connecting failed, and the one account that cannot wait."""
    failed = banner(
        "circle-alert",
        S.failing,
        kind="stopped",
        action=button(t("action.close"), size="sm", on_click=S.dismiss),
        class_name="account-alarm",
    )
    alarm = rx.el.div(
        rx.cond(S.alarm.kind == "stopped", icon("shield-off", 16), icon("timer", 16)),
        rx.el.div(
            rx.el.b(S.alarm.title), " ", S.alarm.detail, rx.cond(S.alarm.posts.length() > 0, _lost()), class_name="grow"
        ),
        rx.cond(S.may_connect, _go(S.alarm.address, t("accounts.reconnect"), variant="primary")),
        class_name="banner account-alarm",
        data_kind=S.alarm.kind,
        role="status",
    )
    return rx.fragment(rx.cond(S.failing != "", failed), rx.cond(S.alarm.title != "", alarm))


def _lost() -> rx.Component:
    """The posts that would not go out."""

    def line(post: rx.Var[Lost]) -> rx.Component:
        return rx.el.li(
            rx.el.span(post.when, class_name="dim"),
            link(post.title, href=post.address, class_name="clip"),
            class_name="row gap-3",
        )

    return rx.el.details(
        rx.el.summary(t("accounts.banner.which")),
        rx.el.ul(rx.foreach(S.alarm.posts, line), class_name="account-lost"),
        class_name="t-12",
    )


def _go(address: rx.Var[str], words: rx.Var[str], *, variant: str) -> rx.Component:
    return departure(words, href=address, class_name="btn", data_v=variant, data_size="md")


def _filled() -> rx.Component:
    table = rx.el.div(
        axis_head(S.days),
        rx.el.div(rx.foreach(S.rows, row), role="list"),
        rx.el.span(class_name="grow"),
        legend(),
        class_name="account-rows",
    )
    return rx.cond(S.rows.length() > 0, table, _nothing())


def _nothing() -> rx.Component:
    ways = rx.el.div(rx.foreach(S.ways, _way_button), class_name="account-ways")
    return empty("link-2", t("accounts.empty.title"), t("accounts.empty.detail"), ways)


def _way_button(way: rx.Var[Way]) -> rx.Component:
    inside = (_way_icon(way), rx.el.span(_way_words(way)))
    ready = departure(*inside, href=way.address, class_name="btn", data_v="normal", data_size="lg")
    waits = rx.el.button(
        *inside,
        type="button",
        class_name="btn",
        data_v="normal",
        data_size="lg",
        disabled=True,
        data_tip=rx.cond(S.may_connect, t("connect.not_configured"), t("accounts.connect.only_admin")),
    )
    return rx.cond(way.ready & S.may_connect, ready, waits)


def _failed() -> rx.Component:
    again = button(t("action.retry"), icon_name="refresh-cw", on_click=S.load)
    return failure(t("accounts.failed.title"), t("accounts.failed.detail"), again)


def _skeleton() -> rx.Component:
    bones = (
        bone("34px", "34px", round_=True),
        rx.el.div(bone("120px"), bone("90px", "10px"), class_name="col gap-2"),
        bone("20px", "20px"),
        rx.el.div(bone("100px"), bone("140px", "10px"), class_name="col gap-2"),
        bone("100%", "6px"),
        bone("80px", "24px"),
    )
    return rx.el.div(
        rx.el.span(t("loading.label"), class_name="sr", role="status"),
        *(rx.el.div(*bones, class_name="account-row") for _ in range(6)),
        rx.el.p(t("loading.slow"), class_name="slow-note pad-5"),
        class_name="account-rows",
    )
