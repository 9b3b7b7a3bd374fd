"""What is asked about accounts: which to connect, for which products, who sees a creator's posts, and whether to go."""

import reflex as rx

from marketingos.ui.components.buttons import button, icon
from marketingos.ui.components.overlay import cancel_button, dialog
from marketingos.ui.components.status import platform_tile, product_mark
from marketingos.ui.pages.accounts.rows import Brand, Offer
from marketingos.ui.pages.accounts.state import AUDIENCE, OFFERS, PRODUCTS, REMOVAL
from marketingos.ui.pages.accounts.state import AccountsState as S
from marketingos.ui.words import t

LEVELS = ("PUBLIC_TO_EVERYONE", "FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")


def offers_dialog() -> rx.Component:
    """After a consent: which of the accounts it reaches are connected."""
    return dialog(
        OFFERS,
        t("accounts.offer.title"),
        rx.el.div(rx.foreach(S.offers, _offer), class_name="account-choices", role="group"),
        lead=t("accounts.offer.lead"),
        actions=(
            button(t("action.cancel"), variant="quiet", on_click=S.decline),
            button(
                t("accounts.offer.do", n=S.picked),
                variant="primary",
                disabled=S.picked == 0,
                why=t("accounts.offer.none"),
                on_click=S.accept,
            ),
        ),
    )


def _offer(offer: rx.Var[Offer]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=offer.chosen,
            disabled=~offer.possible,
            on_change=lambda _: S.toggle_offer(offer.key),
        ),
        platform_tile(offer.platform, 24, named=False),
        rx.el.span(
            rx.el.b(offer.name, class_name="clip"),
            rx.el.small(offer.kind, rx.cond(offer.note != "", " · " + offer.note, ""), class_name="dim"),
            class_name="account-words",
        ),
        class_name="account-choice",
        data_off=~offer.possible,
    )


def products_dialog() -> rx.Component:
    """Which products publish on an account."""
    choices = rx.el.div(rx.foreach(S.brands, _product), class_name="account-choices", role="group")
    none = rx.el.p(t("accounts.products.empty"), class_name="dim")
    return dialog(
        PRODUCTS,
        t("accounts.products.title", name=S.chosen.name),
        rx.cond(S.brands.length() > 0, choices, none),
        lead=t("accounts.products.lead"),
        actions=(
            cancel_button(PRODUCTS),
            button(t("accounts.save"), variant="primary", on_click=S.save_products),
        ),
    )


def _product(product: rx.Var[Brand]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=S.ticked.contains(product.id),
            on_change=lambda _: S.toggle_product(product.id),
        ),
        product_mark(product.mark, product.ground, 24, ink=product.ink),
        rx.el.b(product.name, class_name="clip"),
        class_name="account-choice",
    )


def audience_dialog() -> rx.Component:
    """Who sees what a creator posts. Nothing is picked beforehand: TikTok wants a person to."""
    return dialog(
        AUDIENCE,
        t("accounts.audience.title", name=S.chosen.name),
        rx.el.div(rx.foreach(S.audiences, _audience), class_name="account-choices", role="radiogroup"),
        rx.el.p(S.chosen.audience_note, class_name="faint t-12"),
        rx.el.div(
            icon("circle-alert", 16),
            rx.el.p(rx.cond(S.chosen.private_only, t("accounts.audience.refused"), t("accounts.audience.unaudited"))),
            class_name="account-hint",
            data_kind=rx.cond(S.chosen.private_only, "stopped", "needs"),
        ),
        lead=t("accounts.audience.lead"),
        actions=(
            cancel_button(AUDIENCE),
            button(t("accounts.save"), variant="primary", disabled=S.audience == "", on_click=S.save_audience),
        ),
    )


def _audience(level: rx.Var[str]) -> rx.Component:
    words = rx.match(level, *((known, t(f"post.privacy.{known}")) for known in LEVELS), level)
    return rx.el.label(
        rx.el.input(
            type="radio", name="audience", checked=S.audience == level, on_change=lambda _: S.pick_audience(level)
        ),
        rx.el.span(words),
        class_name="account-choice",
    )


def removal_dialog() -> rx.Component:
    """Before an account is disconnected."""
    waiting = rx.el.p(icon("circle-alert", 14), t("accounts.remove.waiting", n=S.chosen.waiting), class_name="row dim")
    return dialog(
        REMOVAL,
        t("accounts.remove.title", name=S.chosen.name),
        rx.cond(S.chosen.waiting > 0, waiting),
        lead=t("accounts.remove.lead"),
        actions=(
            cancel_button(REMOVAL),
            button(t("accounts.remove.do"), variant="danger-solid", on_click=S.remove),
        ),
    )
