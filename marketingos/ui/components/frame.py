"""The frame of every page: rail, top bar, place for sheets; on a phone a bottom bar. A room that does not exist yet
is not in `ROOMS`."""

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from marketingos.text import LANGUAGES
from marketingos.ui.components.buttons import button, icon, icon_button, link
from marketingos.ui.components.cord import Cord, pause_banners, pause_dialog, pause_menu
from marketingos.ui.components.feedback import connection_banner
from marketingos.ui.components.overlay import menu, menu_item, menu_rule
from marketingos.ui.components.ticker import ticker
from marketingos.ui.words import t

TICK: Final = 5_000
"""Milliseconds between readings of the counts and the clock in the frame."""


@dataclass(frozen=True)
class Room:
    """An entry of the rail. `count` names the figure of `Pulse` in its badge; `group` draws a line before it."""

    route: str
    title: str
    icon: str
    count: str = ""
    group: bool = False


ROOMS: Final = (
    Room("/", "rail.calendar", "calendar-days"),
    Room("/analytics", "rail.analytics", "chart-no-axes-column"),
    Room("/products", "rail.products", "box", group=True),
    Room("/accounts", "rail.accounts", "link-2"),
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who is here (Vars) and what they may change (handlers of one argument, or none)."""

    name: Any
    role: Any
    language: Any
    on_language: Any
    on_theme: Any
    on_leave: Any


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """How the engine is (Vars); `sandbox` is known when the pages are built."""

    next_at: Any
    zone: Any
    to_approve: Any
    troubled: Any
    sandbox: bool


def frame(
    content: rx.Component, toast: rx.Component, *, room: str, person: Person, pulse: Pulse, cord: Cord, on_tick: Any
) -> rx.Component:
    """A page in its frame. `content` is one `sheet` or several beside each other."""
    return rx.el.div(
        rx.el.a(t("frame.skip"), href="#content", class_name="skip-link"),
        _rail(room, pulse),
        _topbar(person, pulse, cord),
        rx.el.div(connection_banner(), pause_banners(cord), class_name="frame-notice"),
        rx.el.main(content, id="content", class_name="stage"),
        _bottombar(room, pulse),
        pause_dialog(cord),
        toast,
        ticker(TICK, on_tick),
        class_name="frame",
        data_language=person.language,
    )


def sheet(*children: Any, kind: str = "main", **props: Any) -> rx.Component:
    """Paper on the canvas: `main` fills what is left, `panel` is 408 wide (a drawer on smaller screens)."""
    element = rx.el.aside if kind == "panel" else rx.el.section
    return element(*children, class_name=f"sheet {kind} {props.pop('class_name', '')}".strip(), **props)


def toolbar(*children: Any) -> rx.Component:
    """First row of a sheet: title at the left, the primary button at the far right (put `spring()` between)."""
    return rx.el.header(*children, class_name="toolbar")


def spring() -> rx.Component:
    """Takes the room that is left in a row."""
    return rx.el.span(class_name="grow")


def theme_button(on_theme: Any) -> rx.Component:
    """Light or dark at once; `on_theme` is told which."""
    toggle = rx.call_script("window.toggleTheme()", callback=on_theme)
    return rx.fragment(
        icon_button("moon", t("frame.dark"), on_click=toggle, class_name="light-only"),
        icon_button("sun", t("frame.light"), on_click=toggle, class_name="dark-only"),
    )


def language_menu(language: Any, on_language: Any, *, full: bool = False) -> rx.Component:
    """The languages we speak; `full` shows the name, else `ES`."""
    shown = rx.match(language, *((code, t(f"language.{code}") if full else code.upper()) for code in LANGUAGES), "")
    lead = {"icon_name": "languages"} if full else {}
    trigger = button(
        shown, *([icon("chevron-down", 14)] if full else []), variant="quiet", aria_label=t("frame.language"), **lead
    )
    return menu(
        "language-menu",
        trigger,
        *(_language(code, language, on_language) for code in LANGUAGES),
        label=t("frame.language"),
    )


def _language(code: str, language: Any, on_language: Any) -> rx.Component:
    told = [rx.call_script(f"window.speak({code!r})"), on_language(code)]
    return menu_item(t(f"language.{code}"), menu_id="language-menu", checked=language == code, on_click=told)


def _rail(room: str, pulse: Pulse) -> rx.Component:
    logo = link(
        rx.el.img(src="/logo.svg", alt="MarketingOS", width="28", height="28"), href="/", class_name="rail-logo"
    )
    entries: list[rx.Component] = []
    for entry in ROOMS:
        entries += [rx.el.span(class_name="rail-rule")] if entry.group else []
        entries.append(_entry(entry, room, pulse, "rail-item"))
    return rx.el.nav(logo, *entries, class_name="rail", aria_label=t("rail.label"))


def _bottombar(room: str, pulse: Pulse) -> rx.Component:
    entries = [_entry(entry, room, pulse, "bottombar-item") for entry in ROOMS[:5]]
    return rx.el.nav(*entries, class_name="bottombar", aria_label=t("rail.label"))


def _entry(entry: Room, room: str, pulse: Pulse, class_name: str) -> rx.Component:
    current = {"aria_current": "page"} if entry.route == room else {}
    badge = []
    if entry.count:
        count, kind = getattr(pulse, entry.count), "trouble" if entry.count == "troubled" else "work"
        badge = [rx.cond(count > 0, rx.el.span(count, class_name="count", data_kind=kind))]
    size = 19 if class_name == "rail-item" else 22
    return link(
        icon(entry.icon, size),
        rx.el.span(t(entry.title), class_name="label"),
        *badge,
        href=entry.route,
        class_name=class_name,
        **current,
    )


def _topbar(person: Person, pulse: Pulse, cord: Cord) -> rx.Component:
    return rx.el.header(
        link(
            rx.el.img(src="/logo.svg", alt="MarketingOS", width="28", height="28"), href="/", class_name="topbar-logo"
        ),
        rx.el.span(class_name="spring"),
        *([_sandbox_chip()] if pulse.sandbox else []),
        _live_chip(pulse, cord),
        rx.el.span(icon("globe", 15), pulse.zone, class_name="topbar-chip wide-only", data_tip=t("frame.zone")),
        theme_button(person.on_theme),
        language_menu(person.language, person.on_language),
        _user_menu(person),
        class_name="topbar",
    )


def _sandbox_chip() -> rx.Component:
    return rx.el.a(
        icon("flask-conical", 14),
        t("frame.sandbox"),
        href="/sandbox/wall",
        target="_blank",
        class_name="topbar-chip sandbox",
        data_tip=t("frame.sandbox_why"),
    )


def _live_chip(pulse: Pulse, cord: Cord) -> rx.Component:
    """How the engine is; opens what stops it."""
    offline = rx.el.span(rx.el.i(class_name="live-dot", data_s="off"), t("frame.offline"), class_name="topbar-chip")
    due = rx.cond(pulse.next_at != "", t("frame.next", when=pulse.next_at), t("frame.nothing_scheduled"))
    state = rx.cond(cord.stopped != "", "off", rx.cond(pulse.next_at != "", "on", "idle"))
    trigger = rx.el.button(
        rx.el.i(class_name="live-dot", data_s=state),
        rx.cond(cord.stopped != "", cord.stopped, t("frame.running")),
        rx.el.span(rx.cond(cord.everything, cord.since, due), class_name="dim wide-only"),
        icon("chevron-down", 14),
        type="button",
        class_name="topbar-chip",
        data_paused=cord.stopped != "",
        aria_label=rx.cond(cord.stopped != "", cord.stopped, t("frame.running")) + ", " + t("pause.line"),
    )
    said = rx.cond(cord.stopped != "", cord.stopped, t("frame.running"))
    head = rx.el.div(rx.el.b(said), rx.cond(cord.everything, rx.fragment(), rx.el.div(due)), class_name="menu-head")
    return rx.cond(has_connection_errors, offline, pause_menu(cord, trigger, head))


def _user_menu(person: Person) -> rx.Component:
    initial = person.name.to(str)[:1].upper()
    trigger = rx.el.button(
        rx.el.span(initial, class_name="avatar"),
        type="button",
        class_name="btn btn-icon",
        data_v="quiet",
        aria_label=t("frame.account"),
    )
    role = rx.match(person.role, *((role, t(f"role.{role}")) for role in ("viewer", "editor", "approver", "admin")), "")
    return menu(
        "user-menu",
        trigger,
        rx.el.div(rx.el.b(person.name), rx.el.div(role, class_name="faint t-12"), class_name="menu-head"),
        menu_rule(),
        menu_item(t("frame.log_out"), menu_id="user-menu", icon_name="log-out", on_click=person.on_leave),
    )
