"""Why this post: what it was made of, the facts and rules behind it, what was not chosen, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from marketingos.services.views import PostView
from marketingos.services.writing_views import ExpenseView, RuleView
from marketingos.text import catalogue, format_euro, format_number, sentence
from marketingos.ui.components.buttons import icon
from marketingos.ui.components.status import tag
from marketingos.ui.words import t


@dataclass(frozen=True, kw_only=True)
class WhyRow:
    """The answer in a language. `facts` and `rules` are (code, text, how often), `alternatives` (opening, why not),
    `expenses` (what for, how much, what it cost); `holiday` is a sentence about the day."""

    tags: tuple[str, ...] = ()
    holiday: str = ""
    rationale: str = ""
    risks: tuple[str, ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()
    claims: tuple[tuple[str, str], ...] = ()
    rules: tuple[tuple[str, str, str], ...] = ()
    alternatives: tuple[tuple[str, str], ...] = ()
    made_with: str = ""
    cost: str = ""
    expenses: tuple[tuple[str, str, str], ...] = ()


def why_row(post: PostView, language: str) -> WhyRow:
    """Why a post is as it is, in a language."""
    why = post.why
    holiday = "post.why.off_day" if why.off_day else "post.why.holiday"
    edition = sentence("post.why.edition", language, name=why.prompt_version) if why.prompt_version else ""
    return WhyRow(
        tags=_tags(post, language),
        holiday=sentence(holiday, language, name=why.holiday) if why.holiday else "",
        rationale=why.rationale,
        risks=why.risks,
        facts=tuple((fact.code, fact.claim, used(fact.used, language)) for fact in why.facts),
        claims=why.claims,
        rules=tuple((rule.code, rule.text, applied(rule, language)) for rule in why.rules),
        alternatives=why.alternatives,
        made_with=" · ".join(part for part in (why.model, edition) if part),
        cost=sentence("post.why.cost", language, euro=format_euro(why.euro, language)) if why.euro else "",
        expenses=tuple(_expense(expense, language) for expense in why.expenses),
    )


def applied(rule: RuleView, language: str) -> str:
    """`aplicada 7 veces`."""
    return sentence("rule.applied", language, n=rule.applied)


def used(count: int, language: str) -> str:
    """`usado 4 veces`; nothing for what was never told."""
    return sentence("fact.used", language, n=count) if count else ""


def _tags(post: PostView, language: str) -> tuple[str, ...]:
    why, known = post.why, catalogue(language)
    pairs = (("hook_type", why.hook_type), ("angle", why.angle), ("format", why.format), ("cta_type", why.cta_type))
    named = [(kind, f"{kind}.{word}") for kind, word in pairs if f"{kind}.{word}" in known]
    return tuple(sentence(f"post.why.{kind}", language, name=sentence(key, language).lower()) for kind, key in named)


def _expense(expense: ExpenseView, language: str) -> tuple[str, str, str]:
    key = f"expense.{expense.purpose.replace(' ', '_')}"
    name = sentence(key, language) if key in catalogue(language) else expense.purpose
    used = sentence("expense.calls", language, n=expense.calls)
    if expense.tokens:
        used += f" · {sentence('expense.tokens', language, n=format_number(expense.tokens, language))}"
    return name, used, format_euro(expense.euro, language)


def why(desk: Any) -> rx.Component:
    """In short, and behind a fold everything."""
    told = desk.shown.why
    return rx.el.div(
        rx.cond(
            told.tags.length() > 0,
            rx.el.div(rx.foreach(told.tags, lambda word: tag(word)), class_name="row wrap gap-1"),
        ),
        rx.cond(told.holiday != "", rx.el.p(icon("calendar-heart", 14), told.holiday, class_name="why-holiday")),
        rx.cond(told.rationale != "", rx.el.p(told.rationale, class_name="dim")),
        _part("post.why.risks", told.risks, lambda reason: rx.el.li(reason)),
        _part("post.why.facts", told.facts, _counted),
        _part("post.why.rules", told.rules, _counted),
        _fold(told),
        class_name="col gap-3",
    )


def _fold(told: Any) -> rx.Component:
    made = rx.cond(told.made_with != "", rx.el.p(told.made_with, class_name="faint"))
    summary = rx.el.summary(t("post.why.more"), rx.cond(told.cost != "", rx.el.span(told.cost, class_name="faint")))
    body = rx.el.div(
        _part("post.why.claims", told.claims, _claim),
        _part("post.why.alternatives", told.alternatives, _alternative),
        _part("post.why.expenses", told.expenses, _paid),
        made,
        class_name="col gap-3",
    )
    empty = (told.claims.length() == 0) & (told.expenses.length() == 0) & (told.made_with == "")
    return rx.cond(~empty, rx.el.details(summary, body, class_name="why-more"))


def _part(key: str, rows: Any, each: Any) -> rx.Component:
    listed = rx.el.div(
        rx.el.span(t(key), class_name="faint"), rx.el.ul(rx.foreach(rows, each)), class_name="post-facts"
    )
    return rx.cond(rows.length() > 0, listed)


def _claim(row: rx.Var[tuple[str, str]]) -> rx.Component:
    behind = rx.cond(row[1] != "", rx.el.span(row[1], class_name="tag line"))
    return rx.el.li(rx.el.span(row[0], class_name="grow"), behind, class_name="row top")


def _counted(row: rx.Var[tuple[str, str, str]]) -> rx.Component:
    said = rx.el.span(row[1], " ", rx.el.span(row[2], class_name="faint"), class_name="grow")
    return rx.el.li(rx.el.span(row[0], class_name="tag line"), said, class_name="row top")


def _alternative(row: rx.Var[tuple[str, str]]) -> rx.Component:
    return rx.el.li(rx.el.span("«", row[0], "»"), rx.el.span(row[1], class_name="faint"), class_name="col")


def _paid(row: rx.Var[tuple[str, str, str]]) -> rx.Component:
    used = rx.el.span(row[0], " ", rx.el.span(row[1], class_name="faint"), class_name="grow")
    return rx.el.li(used, rx.el.span(row[2], class_name="num"), class_name="row top")
