"""Rules on screen: the one that came of a rejection, and the book of a product.

A page takes `RuleDesk` as a mixin for single rules, or `RuleBookDesk` for the whole book (it calls `_open_rules` when a
product is opened), and hands its State to `proposed_rule` or `rule_book`. Styles: `assets/writing.css`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

import reflex as rx

from marketingos.domain.rule import LONGEST, RuleState
from marketingos.services import rules
from marketingos.services.writing_views import RulesView, RuleView
from marketingos.text import sentence
from marketingos.ui.actor import actor_of, language_of
from marketingos.ui.components.buttons import button, icon, icon_button
from marketingos.ui.components.fields import text_input
from marketingos.ui.components.overlay import clear_forms
from marketingos.ui.notices import notice
from marketingos.ui.words import t

_ADDING = "rule-add"


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """A rule in a language; `id` 0 is none. `origin` says which rejection it came from, `applied` how often it was."""

    id: int = 0
    code: str = ""
    text: str = ""
    state: str = ""
    origin: str = ""
    applied: str = ""


NO_RULE = RuleRow()


@dataclass(frozen=True, kw_only=True)
class RuleBookRow:
    """The rules of a product, and whether this person may decide about them."""

    product_id: int = 0
    proposed: tuple[RuleRow, ...] = ()
    active: tuple[RuleRow, ...] = ()
    retired: tuple[RuleRow, ...] = ()
    can_decide: bool = False


class RuleWords(TypedDict):
    """The form of a rule."""

    text: str


def rule_row(rule: RuleView | None, language: str) -> RuleRow:
    """A rule in a language."""
    if rule is None:
        return NO_RULE
    reason = sentence(f"post.reason.{rule.reason.value}", language).lower() if rule.reason else ""
    origin = sentence("rule.origin", language, reason=reason, note=rule.note) if reason else ""
    return RuleRow(
        id=rule.id,
        code=rule.code,
        text=rule.text,
        state=rule.state.value,
        origin=origin,
        applied=sentence("rule.applied" if rule.applied else "rule.unused", language, n=rule.applied),
    )


def rule_book_row(view: RulesView, language: str) -> RuleBookRow:
    """The rules of a product in a language."""
    return RuleBookRow(
        product_id=view.product_id,
        proposed=tuple(rule_row(rule, language) for rule in view.proposed),
        active=tuple(rule_row(rule, language) for rule in view.active),
        retired=tuple(rule_row(rule, language) for rule in view.retired),
        can_decide=view.can_decide,
    )


class RuleDesk(rx.State, mixin=True):
    """What a person decides about a rule. `wording` is the one whose words are being changed, or 0."""

    wording: int = 0

    async def _rules_changed(self, view: RulesView) -> None:
        """A rule is not what it was."""

    @rx.event
    async def accept_rule(self, rule_id: int):
        """In force from the next post on."""
        await self._ruled(await rules.accept(await actor_of(self), rule_id))
        return notice("rule.accepted", undo=type(self).retire_rule(rule_id))

    @rx.event
    async def dismiss_rule(self, rule_id: int):
        """No rule comes of it."""
        await self._ruled(await rules.dismiss(await actor_of(self), rule_id))
        return notice("rule.dismissed")

    @rx.event
    async def retire_rule(self, rule_id: int):
        """Out of force; it can come back."""
        await self._ruled(await rules.retire(await actor_of(self), rule_id))
        return notice("rule.retired", undo=type(self).accept_rule(rule_id))

    @rx.event
    def word_rule(self, rule_id: int) -> None:
        """Opens the words of a rule, or closes them (0)."""
        self.wording = rule_id

    @rx.event
    async def save_rule(self, form: RuleWords):
        """Other words: a proposal is accepted with them."""
        actor, rule_id = await actor_of(self), self.wording
        await self._ruled(await rules.reword(actor, rule_id, form["text"]))
        return notice("rule.saved")

    async def _ruled(self, view: RulesView) -> None:
        self.wording = 0
        await self._rules_changed(view)


class RuleBookDesk(RuleDesk, mixin=True):
    """The rules of the product that is open."""

    rule_book: RuleBookRow = RuleBookRow()

    async def _open_rules(self, product_id: int) -> None:
        """Reads the book of a product."""
        await self._rules_changed(await rules.of_product(await actor_of(self), product_id))

    async def _rules_changed(self, view: RulesView) -> None:
        row = rule_book_row(view, await language_of(self))
        if row != self.rule_book:
            self.rule_book = row

    @rx.event
    async def add_rule(self, form: RuleWords):
        """A rule without a rejection."""
        await self._ruled(await rules.add(await actor_of(self), self.rule_book.product_id, form["text"]))
        return [clear_forms(f".{_ADDING}"), notice("rule.accepted")]


# -- one rule ----------------------------------------------------------------------------------------------------------


def proposed_rule(desk: Any, rule: Any, can_decide: Any) -> rx.Component:
    """What a rejection taught: to accept, to reword or to dismiss; later, that it holds."""
    body = rx.el.section(
        rx.el.header(icon("lightbulb", 14), rx.el.b(_standing(rule), class_name="grow")),
        rx.cond(
            desk.wording == rule.id,
            _form(desk, rule),
            rx.el.div(
                rx.el.p(rule.text, class_name="rule-text"),
                rx.cond(can_decide & (rule.state == RuleState.PROPOSED.value), _decide(desk, rule)),
                class_name="col gap-2",
            ),
        ),
        class_name="rule",
        data_state=rule.state,
    )
    return rx.cond(rule.id != 0, body)


def _standing(rule: Any) -> rx.Component:
    return rx.match(
        rule.state,
        (RuleState.ACTIVE.value, t("rule.holds", code=rule.code)),
        (RuleState.RETIRED.value, t("rule.is_retired", code=rule.code)),
        t("rule.is_proposed"),
    )


def _decide(desk: Any, rule: Any) -> rx.Component:
    return rx.el.div(
        button(t("rule.accept"), size="sm", variant="primary", icon_name="check", on_click=desk.accept_rule(rule.id)),
        button(t("action.edit"), size="sm", on_click=desk.word_rule(rule.id)),
        button(t("rule.dismiss"), size="sm", variant="quiet", on_click=desk.dismiss_rule(rule.id)),
        class_name="row wrap",
    )


def _form(desk: Any, rule: Any) -> rx.Component:
    return rx.el.form(
        text_input(
            "rule-words-" + rule.id.to_string(),
            name="text",
            default_value=rule.text,
            max_length=LONGEST,
            required=True,
            auto_focus=True,
            aria_label=t("rule.words"),
        ),
        rx.el.div(
            button(t("action.save"), size="sm", variant="primary", type="submit"),
            button(t("action.cancel"), size="sm", variant="quiet", on_click=desk.word_rule(0)),
            class_name="row",
        ),
        on_submit=desk.save_rule,
        class_name="col gap-2",
    )


# -- the book ----------------------------------------------------------------------------------------------------------


def rule_book(desk: Any) -> rx.Component:
    """Proposals first, then what holds with how often it was applied, a line to add one, and what was retired."""
    book = desk.rule_book
    nothing = (book.proposed.length() == 0) & (book.active.length() == 0)
    return rx.el.div(
        rx.foreach(book.proposed, lambda rule: _proposal(desk, rule)),
        rx.cond(nothing, rx.el.p(t("rule.none"), class_name="dim")),
        rx.cond(
            book.active.length() > 0, rx.el.ul(rx.foreach(book.active, lambda r: _line(desk, r)), class_name="rules")
        ),
        rx.cond(book.can_decide, _add(desk)),
        rx.cond(book.retired.length() > 0, _retired(desk)),
        class_name="col gap-3",
    )


def _proposal(desk: Any, rule: Any) -> rx.Component:
    origin = rx.cond(rule.origin != "", rx.el.p(rule.origin, class_name="faint t-12"))
    return rx.el.div(proposed_rule(desk, rule, desk.rule_book.can_decide), origin, key=rule.id, class_name="col gap-1")


def _line(desk: Any, rule: Any) -> rx.Component:
    tools = rx.el.span(
        icon_button("pencil", t("action.edit"), size="sm", on_click=desk.word_rule(rule.id)),
        icon_button("archive", t("rule.retire"), size="sm", on_click=desk.retire_rule(rule.id)),
        class_name="row",
    )
    said = rx.el.div(
        rx.el.span(rule.text),
        rx.el.span(rule.applied, rx.cond(rule.origin != "", " · " + rule.origin, ""), class_name="faint t-12"),
        class_name="col grow",
    )
    shown = rx.fragment(said, rx.cond(desk.rule_book.can_decide, tools))
    return rx.el.li(
        rx.el.span(rule.code, class_name="tag line"),
        rx.cond(desk.wording == rule.id, rx.el.div(_form(desk, rule), class_name="grow"), shown),
        key=rule.id,
        class_name="row top",
    )


def _add(desk: Any) -> rx.Component:
    return rx.el.form(
        text_input("rule-new", name="text", max_length=LONGEST, required=True, placeholder=t("rule.example")),
        button(t("rule.add"), icon_name="plus", type="submit"),
        on_submit=desk.add_rule,
        class_name=f"row {_ADDING}",
    )


def _retired(desk: Any) -> rx.Component:
    def line(rule: Any) -> rx.Component:
        back = button(t("rule.bring_back"), size="xs", variant="quiet", on_click=desk.accept_rule(rule.id))
        return rx.el.li(
            rx.el.span(rule.code, class_name="tag line"),
            rx.el.span(rule.text, " ", rx.el.span(rule.applied, class_name="faint"), class_name="grow dim"),
            rx.cond(desk.rule_book.can_decide, back),
            key=rule.id,
            class_name="row top",
        )

    return rx.el.details(
        rx.el.summary(t("rule.retired_some", n=desk.rule_book.retired.length())),
        rx.el.ul(rx.foreach(desk.rule_book.retired, line), class_name="rules"),
        class_name="t-12",
    )
