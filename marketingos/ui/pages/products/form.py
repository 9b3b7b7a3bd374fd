"""The editor's long form: what the product is, how it speaks, what may be claimed, and what its posts are made of."""

from typing import Any

import reflex as rx

from marketingos.services.logos import SIZE_MAX as LOGO_MAX
from marketingos.ui.components.buttons import button, icon, icon_button
from marketingos.ui.components.fields import field, field_error, select, text_area, text_input
from marketingos.ui.components.form_parts import file_pick, tag_field
from marketingos.ui.components.overlay import popover
from marketingos.ui.components.status import platform_tile, product_mark
from marketingos.ui.pages.products.draft import FactDraft
from marketingos.ui.pages.products.rows import AccountRow, countries
from marketingos.ui.pages.products.rulebook import rulebook
from marketingos.ui.pages.products.state import ProductsState as S
from marketingos.ui.pages.products.week import week
from marketingos.ui.theme import MARKS
from marketingos.ui.words import Language, t

SECTIONS = ("what", "voice", "facts", "slots", "template", "rules", "platforms", "budget")
KINDS = ("feature", "offer", "price", "figure")
ZONES = (
    "Europe/Madrid", "Atlantic/Canary", "Europe/Lisbon", "Europe/London", "Europe/Paris", "Europe/Berlin",
    "America/Mexico_City", "America/Bogota", "America/Lima", "America/Santiago", "America/Argentina/Buenos_Aires",
    "America/Montevideo", "America/Caracas", "America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "UTC",
)  # fmt: skip
_PAUSE = 400
"""Milliseconds without a key before what was typed is sent; leaving the field sends it at once."""


def form() -> rx.Component:
    """Every section, one under the other."""
    return rx.el.div(
        _what(),
        _voice(),
        _facts(),
        week(),
        _template(),
        section("rules", rulebook(S.open_id)),
        _platforms(),
        _budget(),
        key=S.form_key,
        class_name="product-form scroll",
    )


def section(name: str, *children: Any, aside: rx.Component | None = None) -> rx.Component:
    """A part of the form with its title and one line of what it is for."""
    head = rx.el.header(
        rx.el.h2(t(f"products.section.{name}"), class_name="t-14"),
        rx.el.p(t(f"products.section.{name}.why"), class_name="dim grow"),
        *([aside] if aside else []),
        class_name="product-section-head",
    )
    return rx.el.section(head, *children, id=f"section-{name}", class_name="product-section")


def line(name: str, *, hint: Any = None, **props: Any) -> rx.Component:
    """One line of text."""
    control = text_input(f"p-{name}", error=S.errors[name], **_typed(name), **props)
    return field(t(f"products.field.{name}"), control, control_id=f"p-{name}", error=S.errors[name], hint=hint)


def lines(name: str, *, rows: int = 3, hint: Any = None, label: Any = None) -> rx.Component:
    """Several lines of text."""
    control = text_area(f"p-{name}", error=S.errors[name], rows=rows, **_typed(name))
    return field(label or t(f"products.field.{name}"), control, control_id=f"p-{name}", error=S.errors[name], hint=hint)


def words(name: str, *, hint: Any = None) -> rx.Component:
    """A list of short words."""
    control = tag_field(
        f"p-{name}",
        S.lists[name],
        lambda values: S.edit_list(name, values),
        invalid=S.errors[name] != "",
        locked=~S.may_edit,
    )
    return field(t(f"products.field.{name}"), control, control_id=f"p-{name}", error=S.errors[name], hint=hint)


def _typed(name: str) -> dict[str, Any]:
    return {
        "default_value": S.form[name],
        "read_only": ~S.may_edit,
        "on_change": lambda value: S.edit(name, value).debounce(_PAUSE),
        "on_blur": lambda value: S.edit(name, value),
        "auto_complete": "off",
    }


def _pair(*children: rx.Component) -> rx.Component:
    return rx.el.div(*children, class_name="product-pair")


def _what() -> rx.Component:
    zones = rx.el.datalist(*(rx.el.option(value=zone) for zone in ZONES), id="zones")
    return section(
        "what",
        _pair(line("name", max_length=80), line("website", placeholder="reservaspro.es", input_mode="url")),
        lines("description", rows=2),
        _pair(lines("audience"), lines("usp")),
        rx.el.div(
            _language(),
            rx.el.div(line("timezone", list="zones", hint=t("products.field.timezone.hint")), zones),
            _country(),
            class_name="product-pair three",
        ),
        _mark_and_logo(),
    )


def _language() -> rx.Component:
    control = select(
        "p-language",
        [(code, t(f"language.{code}")) for code in ("es", "en")],
        default_value=S.form["language"],
        disabled=~S.may_edit,
        on_change=lambda value: S.edit("language", value),
    )
    return field(t("products.field.language"), control, control_id="p-language", error=S.errors["language"])


def _country() -> rx.Component:
    def option(place: rx.Var[tuple[str, str]]) -> rx.Component:
        return rx.el.option(place[1], value=place[0], key=place[0])

    spanish, english = (rx.foreach(rx.Var.create(countries(code)), option) for code in ("es", "en"))
    control = rx.el.select(
        rx.el.option(t("products.field.country.by_zone"), value=""),
        rx.cond(Language.code == "en", english, spanish),
        id="p-country",
        class_name="input",
        default_value=S.form["country"],
        disabled=~S.may_edit,
        on_change=lambda value: S.edit("country", value),
        key=Language.code,
    )
    hint = t("products.field.country.hint")
    return field(t("products.field.country"), control, control_id="p-country", error=S.errors["country"], hint=hint)


def _mark_and_logo() -> rx.Component:
    return _pair(_mark(), _logo())


def _mark() -> rx.Component:
    shown = product_mark(S.mark, S.palette[0], 36)
    trigger = rx.el.button(
        shown,
        icon("chevron-down", 14),
        type="button",
        id="p-mark",
        class_name="btn product-mark-button",
        data_v="normal",
        disabled=~S.may_edit,
        aria_label=t("products.field.mark"),
    )
    icons = (
        rx.el.button(
            icon(name, 18),
            type="button",
            class_name="btn btn-icon",
            data_v="quiet",
            aria_label=name,
            aria_pressed=S.mark == name,
            on_click=S.pick_mark(name),
        )
        for name in MARKS
    )
    choice = popover(
        "mark-choice",
        trigger,
        rx.el.div(*icons, class_name="product-marks"),
        side="start",
        label=t("products.field.mark"),
    )
    return field(t("products.field.mark"), rx.el.div(choice), control_id="p-mark", error=S.errors["mark"])


def _logo() -> rx.Component:
    drop = icon_button("trash-2", t("products.logo.drop"), on_click=S.drop_logo)
    picture = rx.el.img(src=S.logo_url, alt=t("products.field.logo"), class_name="product-logo")
    pick = file_pick(
        rx.cond(S.logo_url != "", t("products.logo.change"), t("products.logo.upload")),
        "image-up",
        accept="image/png,image/jpeg,image/webp",
        most=LOGO_MAX,
        too_large=t("product.logo_too_large", most=LOGO_MAX // 1_000_000),
        address="/api/products/logo",
        on_taken=S.logo_taken,
        on_failed=S.logo_refused,
    )
    control = rx.el.div(
        rx.cond(S.logo_url != "", picture),
        rx.cond(S.may_edit, rx.fragment(pick, rx.cond(S.logo_url != "", drop))),
        id="p-logo",
        class_name="row",
    )
    return field(
        t("products.field.logo"),
        control,
        control_id="p-logo",
        error=S.errors["logo"],
        hint=t("products.field.logo.hint"),
    )


def _voice() -> rx.Component:
    yes = rx.el.span(icon("check", 14, class_name="up"), t("products.field.do"), class_name="row gap-1")
    no = rx.el.span(icon("x", 14, class_name="down"), t("products.field.dont"), class_name="row gap-1")
    return section(
        "voice",
        words("tone"),
        _pair(lines("do", label=yes, rows=4, hint=t("products.field.per_line")), lines("dont", label=no, rows=4)),
        words("banned_words", hint=t("products.field.banned_words.hint")),
        words("competitors", hint=t("products.field.competitors.hint")),
        words("contacts", hint=t("products.field.contacts.hint")),
    )


def _facts() -> rx.Component:
    add = rx.cond(S.may_edit, button(t("products.fact"), icon_name="plus", on_click=S.add_fact))
    table = rx.el.div(rx.foreach(S.facts, _fact), class_name="fact-rows")
    none = rx.el.p(t("products.facts.none"), class_name="dim")
    wrong = rx.cond(S.errors["facts"] != "", field_error(S.errors["facts"]))
    return section("facts", rx.cond(S.facts.length() > 0, table, none), wrong, aside=add)


def _fact(fact: rx.Var[FactDraft]) -> rx.Component:
    def typed(name: str, value: rx.Var[str], label: Any) -> dict[str, Any]:
        return {
            "default_value": value,
            "read_only": ~S.may_edit,
            "aria_label": label,
            "on_change": lambda text: S.edit_fact(fact.key, name, text).debounce(_PAUSE),
            "on_blur": lambda text: S.edit_fact(fact.key, name, text),
            "class_name": "input",
        }

    kind = rx.el.select(
        *(rx.el.option(t(f"products.fact.kind.{name}"), value=name) for name in KINDS),
        default_value=fact.kind,
        disabled=~S.may_edit,
        aria_label=t("products.fact.kind"),
        class_name="input",
        on_change=lambda value: S.edit_fact(fact.key, "kind", value),
    )
    claim = rx.el.textarea(id="claim-" + fact.key, rows=1, **typed("claim", fact.claim, t("products.fact.claim")))
    source = rx.el.input(
        placeholder=t("products.fact.source.hint"), **typed("source", fact.source, t("products.fact.source"))
    )
    until = rx.el.label(
        rx.el.span(rx.cond(fact.valid_until == "", t("products.fact.always"), t("products.fact.until"))),
        rx.el.input(type="date", **typed("valid_until", fact.valid_until, t("products.fact.until"))),
        class_name="fact-until",
        data_empty=fact.valid_until == "",
    )
    drop = icon_button("trash-2", t("products.fact.drop"), size="sm", on_click=S.drop_fact(fact.key))
    return rx.el.div(
        rx.el.span(fact.code, class_name="faint t-12"),
        claim,
        rx.el.div(source, kind, until, class_name="fact-more"),
        rx.cond(S.may_edit, drop),
        rx.cond(S.fact_uses.contains(fact.code), rx.el.p(S.fact_uses[fact.code], class_name="fact-used faint t-12")),
        rx.cond(fact.error != "", field_error(fact.error)),
        key=fact.key,
        class_name="fact-row",
    )


def _template() -> rx.Component:
    return section(
        "template",
        lines("hooks", rows=6, hint=t("products.field.per_line")),
        words("hashtags"),
        lines("calls_to_action", rows=4, hint=t("products.field.per_line")),
        lines("visual_style", rows=2, hint=t("products.field.visual_style.hint")),
        _palette(),
    )


def _palette() -> rx.Component:
    swatches = (_swatch(place, name) for place, name in enumerate(("ground", "paper", "accent")))
    look = rx.el.div(
        rx.el.b(t("products.palette.headline"), style={"color": S.palette[1]}),
        rx.el.i(style={"background": S.palette[2]}),
        class_name="palette-look",
        style={"background": S.palette[0]},
        aria_hidden="true",
    )
    verdict = rx.el.p(
        rx.cond(S.contrast.fine, icon("check", 14, class_name="up"), icon("circle-alert", 14, class_name="down")),
        rx.el.b(S.contrast.ratio),
        S.contrast.words,
        class_name="row gap-1 t-12 dim",
        role="status",
    )
    control = rx.el.div(*swatches, look, class_name="palette", id="p-palette")
    return rx.el.div(
        field(t("products.field.palette"), control, control_id="p-palette", error=S.errors["palette"]),
        verdict,
        class_name="col gap-2",
    )


def _swatch(place: int, name: str) -> rx.Component:
    colour = rx.el.input(
        type="color",
        value=S.palette[place].lower(),
        disabled=~S.may_edit,
        aria_label=t(f"products.palette.{name}"),
        on_change=lambda value: S.pick_colour(place, value).debounce(120),
    )
    code = rx.el.input(
        default_value=S.palette[place],
        key=S.palette[place],
        read_only=~S.may_edit,
        max_length=7,
        spell_check=False,
        aria_label=t(f"products.palette.{name}"),
        class_name="input",
        on_blur=lambda value: S.pick_colour(place, value),
    )
    return rx.el.div(
        rx.el.span(t(f"products.palette.{name}"), class_name="t-12 dim"), rx.el.div(colour, code), class_name="swatch"
    )


def _platforms() -> rx.Component:
    choices = rx.el.div(rx.foreach(S.accounts, _account), class_name="product-accounts", role="group")
    none = rx.el.p(t("products.accounts.none"), class_name="dim")
    return section("platforms", rx.cond(S.accounts.length() > 0, choices, none))


def _account(account: rx.Var[AccountRow]) -> rx.Component:
    broken = rx.el.span(icon("shield-off", 14), t("products.accounts.broken"), class_name="row gap-1 t-12 down")
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=account.chosen,
            disabled=~S.may_administer,
            on_change=lambda _: S.toggle_account(account.key),
        ),
        platform_tile(account.platform, 20),
        rx.el.span(account.name, class_name="clip grow"),
        rx.cond(account.working, rx.fragment(), broken),
        class_name="product-account",
        key=account.key,
    )


def _budget() -> rx.Component:
    meter = rx.el.div(
        rx.el.span(S.chosen.money, class_name="t-12 dim"),
        rx.el.div(rx.el.i(style={"width": S.chosen.share}), class_name="meter", data_over=S.chosen.over),
        class_name="col gap-2 product-spent",
    )
    cap = text_input(
        "p-ai_budget_month",
        error=S.errors["ai_budget_month"],
        **{**_typed("ai_budget_month"), "read_only": ~S.may_administer},
        input_mode="decimal",
    )
    capped = field(
        t("products.field.ai_budget_month"),
        cap,
        control_id="p-ai_budget_month",
        error=S.errors["ai_budget_month"],
        hint=t("products.field.ai_budget_month.hint"),
    )
    return section("budget", _pair(capped, rx.cond(S.open_id > 0, meter, rx.fragment())))
