"""What TikTok wants a person to choose and agree to before a post is approved for it: asked each time, in a dialog,
with what TikTok offers at that moment. A page's State takes `TermsDesk` as a mixin through `PostDesk`."""

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx
from reflex.event import EventSpec

from marketingos.domain.declaration import PRIVATE, Choices
from marketingos.domain.platform import Platform
from marketingos.services import creators
from marketingos.services.views import TermsView
from marketingos.text import sentence
from marketingos.ui.actor import actor_of, language_of
from marketingos.ui.components.buttons import button, icon
from marketingos.ui.components.fields import field, tick
from marketingos.ui.components.overlay import cancel_button, close_dialog, dialog, open_dialog
from marketingos.ui.components.status import platform_tile
from marketingos.ui.words import t

TERMS_DIALOG: Final = "tiktok-terms"
AUDIENCES: Final = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY")
"""TikTok's own words: developers.tiktok.com/doc/content-posting-api-reference-query-creator-info."""

MUSIC: Final = "https://www.tiktok.com/legal/page/global/music-usage-confirmation/en"
BRANDED: Final = "https://www.tiktok.com/legal/page/global/bc-policy/en"


@dataclass(frozen=True)
class TermsRow:
    """What can be chosen. `name` is who it goes out as; `problem` stands in the place of everything else; `others` is
    how many other platforms the same press approves."""

    name: str = ""
    problem: str = ""
    audited: bool = True
    photo: bool = False
    ai_made: bool = False
    audiences: tuple[str, ...] = ()
    proposed: str = ""
    comments_off: bool = False
    duets_off: bool = False
    stitches_off: bool = False
    others: int = 0


class TermsDesk(rx.State, mixin=True):
    """What is being chosen. Nothing is ticked beforehand; a standing audience is shown as chosen."""

    terms: TermsRow = TermsRow()
    privacy: str = ""
    comments: bool = False
    duets: bool = False
    stitches: bool = False
    discloses: bool = False
    your_brand: bool = False
    branded: bool = False
    _asked_for: tuple[Platform, ...] = ()
    _asked_about: tuple[str, ...] = ()

    async def _ask_terms(self, post_id: int, platforms: tuple[Platform, ...], faces: tuple[str, ...]) -> EventSpec:
        """Asks TikTok what may be chosen, and then the person."""
        view = await creators.terms(await actor_of(self), post_id)
        self.terms = _row(view, len(platforms) - 1, await language_of(self))
        self.privacy = self.terms.proposed
        self.comments = self.duets = self.stitches = self.discloses = self.your_brand = self.branded = False
        self._asked_for, self._asked_about = platforms, faces
        return open_dialog(TERMS_DIALOG)

    async def _choices(self) -> Choices:
        return Choices(
            privacy_level=self.privacy,
            comments=self.comments,
            duets=self.duets,
            stitches=self.stitches,
            your_brand=self.discloses and self.your_brand,
            branded_content=self.discloses and self.branded,
            language=await language_of(self),
        )

    async def _approve(
        self, platforms: tuple[Platform, ...], choices: Choices | None, faces: tuple[str, ...]
    ) -> EventSpec:
        """The page approves."""
        raise NotImplementedError

    @rx.event
    def choose_privacy(self, level: str) -> None:
        """Who may see it."""
        self.privacy = level

    @rx.event
    def allow(self, what: str, allowed: bool) -> None:
        """Comments, duets or stitches."""
        if what in ("comments", "duets", "stitches"):
            setattr(self, what, allowed)

    @rx.event
    def disclose(self, what: str, yes: bool) -> None:
        """Whether it advertises, and for whom."""
        if what in ("discloses", "your_brand", "branded"):
            setattr(self, what, yes)

    @rx.event
    async def agree(self):
        """Approves with these choices: pressing it is agreeing."""
        said = await self._approve(self._asked_for, await self._choices(), self._asked_about)
        return [close_dialog(TERMS_DIALOG), said]

    @rx.event
    async def approve_others(self):
        """Approves everything but TikTok."""
        others = tuple(p for p in self._asked_for if p is not Platform.TIKTOK)
        return [close_dialog(TERMS_DIALOG), await self._approve(others, None, self._asked_about)]


Desk = type[TermsDesk]


def terms_dialog(desk: Desk) -> rx.Component:
    """The question."""
    terms = desk.terms
    problem = rx.el.div(icon("circle-alert", 16), rx.el.p(terms.problem), class_name="terms-note", data_kind="stopped")
    return dialog(
        TERMS_DIALOG,
        rx.el.span(platform_tile("tiktok", 20, named=False), t("terms.title"), class_name="row"),
        rx.cond(terms.problem != "", problem, _questions(desk)),
        lead=t("terms.lead", name=terms.name),
        actions=(cancel_button(TERMS_DIALOG), rx.cond(terms.others > 0, _others(desk)), _agree(desk)),
    )


def _questions(desk: Desk) -> rx.Component:
    terms = desk.terms
    unaudited = rx.el.div(icon("circle-alert", 16), rx.el.p(t("terms.unaudited")), class_name="terms-note")
    return rx.el.div(
        rx.cond(terms.audited, rx.fragment(), unaudited),
        _audience(desk),
        _interactions(desk),
        _disclosure(desk),
        rx.el.div(
            rx.cond(terms.ai_made, rx.el.p(icon("sparkles", 14), t("terms.ai"), class_name="row gap-1")),
            rx.el.p(rx.cond(desk.branded & desk.discloses, t("terms.agree_branded"), t("terms.agree"))),
            rx.el.p(
                _read(t("terms.read_music"), MUSIC),
                rx.cond(desk.branded & desk.discloses, _read(t("terms.read_branded"), BRANDED)),
                class_name="row gap-3",
            ),
            rx.el.p(t("terms.slow"), class_name="faint"),
            class_name="terms-words",
        ),
        class_name="col gap-4",
    )


def _audience(desk: Desk) -> rx.Component:
    words = [(level, t(f"post.privacy.{level}")) for level in AUDIENCES]

    def option(level: rx.Var[str]) -> rx.Component:
        private = desk.discloses & desk.branded & (level == PRIVATE)
        return rx.el.option(rx.match(level, *words, level), value=level, key=level, disabled=private)

    chooser = rx.el.select(
        rx.el.option(t("post.privacy.choose"), value=""),
        rx.foreach(desk.terms.audiences, option),
        id="tiktok-privacy",
        class_name="input",
        value=desk.privacy,
        on_change=desk.choose_privacy,
    )
    standing = (desk.terms.proposed != "") & (desk.privacy == desk.terms.proposed)
    hint = rx.cond(standing, rx.el.p(t("terms.proposed"), class_name="field-hint"))
    return field(t("terms.privacy"), rx.fragment(chooser, hint), control_id="tiktok-privacy")


def _interactions(desk: Desk) -> rx.Component:
    """Comments, duets, stitches; of a photo, comments alone."""
    terms = desk.terms
    duets, stitches = (desk.duets, terms.duets_off), (desk.stitches, terms.stitches_off)
    more = rx.fragment(_switch(desk, "duets", *duets), _switch(desk, "stitches", *stitches))
    return rx.el.fieldset(
        rx.el.legend(t("terms.allow"), class_name="medium"),
        rx.el.div(
            _switch(desk, "comments", desk.comments, terms.comments_off),
            rx.cond(terms.photo, rx.fragment(), more),
            class_name="row wrap gap-4",
        ),
        class_name="terms-group",
    )


def _switch(desk: Desk, what: str, allowed: rx.Var[bool], off: rx.Var[bool]) -> rx.Component:
    box = tick(t(f"terms.{what}"), checked=allowed, disabled=off, on_change=lambda on: desk.allow(what, on))
    return rx.el.span(box, data_tip=rx.cond(off, t("terms.switched_off"), ""), data_off=off)


def _disclosure(desk: Desk) -> rx.Component:
    def box(what: str, words: Any, on: rx.Var[bool], label: Any) -> rx.Component:
        ticked = tick(words, checked=on, on_change=lambda yes: desk.disclose(what, yes))
        return rx.el.div(ticked, rx.cond(on, rx.el.p(label, class_name="faint t-12 terms-label")))

    which = rx.el.div(
        box("your_brand", t("terms.your_brand"), desk.your_brand, t("terms.your_brand_label")),
        box("branded", t("terms.branded"), desk.branded, t("terms.branded_label")),
        class_name="col gap-2 terms-which",
    )
    asks = tick(t("terms.discloses"), checked=desk.discloses, on_change=lambda yes: desk.disclose("discloses", yes))
    return rx.el.div(asks, rx.cond(desk.discloses, which), class_name="col gap-2")


def _read(words: rx.Var[str], address: str) -> rx.Component:
    return rx.el.a(
        words, icon("external-link", 12), href=address, target="_blank", rel="noreferrer", class_name="row gap-1"
    )


def _others(desk: Desk) -> rx.Component:
    return button(t("terms.others", n=desk.terms.others), on_click=desk.approve_others)


def _agree(desk: Desk) -> rx.Component:
    """Can be pressed once everything that TikTok asks is answered; else it says what is missing."""
    silent = desk.discloses & ~desk.your_brand & ~desk.branded
    private = desk.discloses & desk.branded & (desk.privacy == PRIVATE)
    missing = rx.cond(
        desk.privacy == "",
        t("review.choose_privacy"),
        rx.cond(silent, t("terms.disclose_which"), t("terms.branded_private")),
    )
    words = rx.cond(desk.terms.others > 0, t("terms.approve", n=desk.terms.others + 1), t("terms.approve_one"))
    return button(
        words,
        variant="primary",
        icon_name="check",
        disabled=(desk.terms.problem != "") | (desk.privacy == "") | silent | private,
        why=missing,
        on_click=desk.agree,
    )


def _row(view: TermsView, others: int, language: str) -> TermsRow:
    names = view.names or tuple(account.name for account in view.accounts)
    handles = [f"@{account.handle}" for account in view.accounts if account.handle]
    return TermsRow(
        name=", ".join(names) + (f" ({', '.join(handles)})" if handles else ""),
        problem=sentence(view.problem, language) if view.problem else "",
        audited=view.audited,
        photo=view.photo,
        ai_made=view.ai_made,
        audiences=view.audiences,
        proposed=view.proposed,
        comments_off=view.comments_off,
        duets_off=view.duets_off,
        stitches_off=view.stitches_off,
        others=others,
    )
