"""What AI cost for each post that was generated, approved and published: this month, and in all."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from marketingos.services.spending import Costs, UnitCosts
from marketingos.text import format_euro
from marketingos.ui.components.feedback import empty_line
from marketingos.ui.pages.analytics.words import Speaker
from marketingos.ui.words import t

STAGES = ("generated", "approved", "published")


@dataclass(frozen=True, kw_only=True)
class CostRow:
    """A span: what was spent, and for each stage what a post of it cost and how many there are (`0,11 €`, `12`). A
    stage that no post reached has no cost."""

    span: str
    spent: str
    stages: tuple[tuple[str, str], ...]


def cost_rows(costs: Costs, speaker: Speaker) -> tuple[CostRow, ...]:
    """Month and all; nothing when AI was never asked."""
    if not costs.in_all.euro and not costs.in_all.generated:
        return ()
    return (_row("month", costs.month, speaker), _row("in_all", costs.in_all, speaker))


def _row(span: str, unit: UnitCosts, speaker: Speaker) -> CostRow:
    each = (
        (unit.per_generated, unit.generated),
        (unit.per_approved, unit.approved),
        (unit.per_published, unit.published),
    )
    return CostRow(
        span=speaker.say(f"costs.{span}"),
        spent=format_euro(unit.euro, speaker.language),
        stages=tuple(
            ("" if euro is None else format_euro(euro, speaker.language), speaker.say("posts_short", n=count))
            for euro, count in each
        ),
    )


def costs(rows: Any) -> rx.Component:
    """The table, or that nothing was spent."""
    heads = (
        rx.el.th(rx.el.span(t("analytics.range"), class_name="sr"), scope="col"),
        rx.el.th(t("analytics.costs.spent"), scope="col", class_name="num"),
        *(rx.el.th(t(f"analytics.costs.{stage}"), scope="col", class_name="num") for stage in STAGES),
    )
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*heads)), rx.el.tbody(rx.foreach(rows, _line)), class_name="table costs-table"
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h3(t("analytics.costs")),
            rx.el.span(t("analytics.costs.why"), class_name="dim t-12"),
            class_name="row wrap block-head",
        ),
        rx.cond(rows.length() > 0, table, empty_line(t("analytics.costs.none"))),
        class_name="block",
        custom_attrs={"data-testid": "costs"},
    )


def _line(row: rx.Var[CostRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.span, scope="row"),
        rx.el.td(row.spent, class_name="num strong"),
        rx.foreach(row.stages, _stage),
    )


def _stage(stage: rx.Var[tuple[str, str]]) -> rx.Component:
    """What one cost, over how many there are."""
    cost = rx.cond(stage[0] != "", rx.el.b(stage[0]), rx.el.span("–", class_name="faint"))
    return rx.el.td(rx.el.div(cost, rx.el.span(stage[1], class_name="faint t-12"), class_name="col"), class_name="num")
