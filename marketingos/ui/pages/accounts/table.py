"""One account a row: who, for which products, how its permission is, and sixty days on one axis."""

from typing import Any

import reflex as rx

from marketingos.domain.permission import Health
from marketingos.ui.components.buttons import button, icon, icon_button
from marketingos.ui.components.overlay import menu, menu_item, menu_rule
from marketingos.ui.components.status import platform_tile, product_mark
from marketingos.ui.line import Line
from marketingos.ui.pages.accounts.rows import Brand, Dot, Row
from marketingos.ui.pages.accounts.state import AccountsState as S
from marketingos.ui.words import t

_ICONS = {
    Health.WORKING: "shield-check",
    Health.LIMITED: "circle-alert",
    Health.ENDING: "timer",
    Health.ENDED: "timer-off",
    Health.REJECTED: "shield-off",
}


def departure(*children: Any, href: Any, **props: Any) -> rx.Component:
    """A link to a platform's consent page, by way of our server: the whole page is left."""
    return rx.el.a(*children, href=href, reload_document=True, discover="none", **props)


def axis_head(days: rx.Var[tuple[str, ...]]) -> rx.Component:
    """What the columns are, and the days of the axis."""
    named = rx.el.div(rx.foreach(days, lambda day: rx.el.span(day)), class_name="axis-days", aria_hidden="true")
    return rx.el.div(
        rx.el.span(t("accounts.head.account")),
        rx.el.span(t("accounts.head.products")),
        rx.el.span(t("accounts.head.health")),
        named,
        class_name="account-row account-head",
    )


def row(account: rx.Var[Row]) -> rx.Component:
    """An account."""
    return rx.el.div(
        _who(account),
        _products(account),
        _health(account),
        _axis(account),
        _actions(account),
        class_name="account-row",
        role="listitem",
        key=account.id,
        aria_label=account.name + ", " + account.kind,
        data_health=account.health,
    )


def _who(account: rx.Var[Row]) -> rx.Component:
    mark = rx.cond(
        account.square,
        product_mark(account.brand.mark, account.brand.ground, 36, ink=account.brand.ink),
        product_mark(account.brand.mark, account.brand.ground, 36, ink=account.brand.ink, shape="round"),
    )
    words = rx.el.div(
        rx.el.b(account.name, class_name="clip"),
        rx.el.span(account.kind, class_name="dim clip"),
        class_name="account-words",
    )
    badge = rx.el.span(platform_tile(account.platform, 16, named=False), class_name="account-tile")
    return rx.el.div(rx.el.span(mark, badge, class_name="account-mark"), words, class_name="account-who")


def _products(account: rx.Var[Row]) -> rx.Component:
    none = rx.el.button(
        t("accounts.products.none"),
        type="button",
        class_name="tag line account-none",
        on_click=S.ask_products(account.id),
        disabled=~S.may_connect,
    )
    some = rx.el.div(
        rx.foreach(account.products, _product),
        class_name="account-products",
    )
    return rx.cond(account.products.length() > 0, some, none)


def _product(product: rx.Var[Brand]) -> rx.Component:
    return rx.el.span(
        product_mark(product.mark, product.ground, 20, ink=product.ink),
        rx.el.span(product.name, class_name="sr"),
        data_tip=product.name,
        class_name="account-product",
    )


def _health(account: rx.Var[Row]) -> rx.Component:
    looks = ((health.value, icon(name, 15)) for health, name in _ICONS.items())
    limited = (account.missing != "") & (account.health == Health.LIMITED.value)
    word = rx.el.span(
        rx.match(account.health, *looks, rx.fragment()),
        account.word,
        class_name="account-health",
        data_health=account.health,
        data_tip=account.tip,
    )
    paused = rx.el.span(icon("circle-pause", 14), t("accounts.paused"), class_name="account-paused")
    return rx.el.div(
        rx.el.span(word, rx.cond(account.paused, paused), class_name="row gap-3"),
        rx.el.span(
            account.note,
            rx.cond(account.creator, rx.fragment(" · ", _audience(account))),
            class_name="dim account-note",
            title=account.missing,
        ),
        rx.cond(account.rest != "", rx.el.span(icon("timer", 14), account.rest, class_name="account-paused")),
        rx.cond(limited, rx.el.span(account.missing, class_name="sr")),
        class_name="account-words",
    )


def _audience(account: rx.Var[Row]) -> rx.Component:
    chosen = t("accounts.audience.short", who=account.audience)
    return rx.el.button(
        rx.cond(account.audience != "", chosen, t("accounts.audience.pick")),
        type="button",
        class_name="account-link",
        on_click=S.ask_audience(account.id),
        disabled=~S.may_choose,
    )


def _axis(account: rx.Var[Row]) -> rx.Component:
    axis = account.axis
    return rx.el.div(
        rx.el.i(class_name="axis-rest"),
        rx.el.i(class_name="axis-valid", style={"width": axis.width}, data_level=axis.level),
        rx.cond(axis.ends, rx.el.i(class_name="axis-end", style={"left": axis.width}, data_level=axis.level)),
        rx.foreach(axis.dots, _dot),
        class_name="axis",
        role="img",
        aria_label=axis.spoken,
    )


def _dot(dot: rx.Var[Dot]) -> rx.Component:
    return rx.el.i(class_name=rx.cond(dot.lost, "axis-lost", "axis-due"), style={"left": dot.left}, data_tip=dot.tip)


def _actions(account: rx.Var[Row]) -> rx.Component:
    reconnect = departure(
        t("accounts.reconnect"), href=account.address, class_name="btn", data_v="normal", data_size="md"
    )
    check = button(
        t("accounts.check"),
        variant="quiet",
        busy=S.checking == account.id,
        busy_label=t("accounts.checking"),
        on_click=S.check(account.id),
    )
    return rx.el.div(
        rx.cond(account.urgent & S.may_connect, reconnect, check),
        _menu(account),
        class_name="account-actions",
    )


def _menu(account: rx.Var[Row]) -> rx.Component:
    """What is done seldom. Each row has a layer of its own, so its id carries the row's."""
    element_id = "account-menu-" + account.id.to_string()

    def item(key: str, icon_name: str, on_click: object, **props: Any) -> rx.Component:
        return menu_item(t(key), icon_name=icon_name, menu_id=element_id, on_click=on_click, **props)

    reconnect = departure(
        icon("link-2", 16), rx.el.span(t("accounts.reconnect")), href=account.address, class_name="menu-item"
    )
    removal = item("accounts.remove", "unlink", S.ask_removal(account.id), danger=True)
    return menu(
        element_id,
        icon_button("ellipsis", t("accounts.more", name=account.name)),
        rx.cond(S.may_connect, reconnect),
        item("accounts.check", "refresh-cw", S.check(account.id)),
        rx.cond(S.may_connect, item("accounts.products", "package", S.ask_products(account.id))),
        rx.cond(account.creator & S.may_choose, item("accounts.audience", "eye", S.ask_audience(account.id))),
        rx.cond(
            account.pause_id > 0,
            rx.cond(Line.may_resume, item("accounts.resume", "play", [Line.resume(account.pause_id), S.tick])),
            rx.cond(Line.may_pause, item("accounts.pause", "circle-pause", Line.ask_account(account.id))),
        ),
        rx.cond(S.may_connect, rx.fragment(menu_rule(), removal)),
        label=t("accounts.more", name=account.name),
    )


def legend() -> rx.Component:
    """What the marks of the axis mean, and that a reconnection risks nothing."""
    return rx.el.footer(
        rx.el.span(rx.el.i(class_name="axis-valid", data_level="working"), t("accounts.legend.valid")),
        rx.el.span(rx.el.i(class_name="axis-due"), t("accounts.legend.due")),
        rx.el.span(rx.el.i(class_name="axis-lost"), t("accounts.legend.lost")),
        rx.el.span(icon("lock", 14), t("accounts.legend.keep"), class_name="legend-keep"),
        class_name="account-legend",
    )
