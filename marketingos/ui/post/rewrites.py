"""Another text on request: asking for it, seeing word by word what it would change, and deciding. A page's State takes
`RewriteDesk` as a mixin through `PostDesk`. What a person is typing is never touched: while a text is being edited
nothing is asked for and nothing is taken over."""

from dataclasses import dataclass
from typing import Any, TypedDict

import reflex as rx

from marketingos.domain.check import Severity, severity
from marketingos.domain.diff import Piece
from marketingos.domain.post import VariantStatus
from marketingos.domain.proposal import LONGEST_WISH, Wish
from marketingos.services import review, rewriting
from marketingos.services.views import VariantView
from marketingos.services.writing_views import ProposalView
from marketingos.text import format_number, sentence
from marketingos.ui.actor import actor_of
from marketingos.ui.components.buttons import button, icon, spinner
from marketingos.ui.components.changes import changes
from marketingos.ui.components.fields import text_input
from marketingos.ui.components.overlay import clear_forms, menu_item, menu_rule, popover
from marketingos.ui.components.status import check_row
from marketingos.ui.notices import notice
from marketingos.ui.words import t

_ICONS = {Wish.SHORTER: "scissors", Wish.HOOK: "anchor", Wish.FORMAL: "briefcase"}


@dataclass(frozen=True, kw_only=True)
class ProposalRow:
    """A proposal in a language. `stage` is empty when there is none, `busy` while it is under way, then `ready`;
    `faults` are (level, sentence) pairs, and `blocked` says that the platform would refuse it."""

    stage: str = ""
    wish: str = ""
    note: str = ""
    count: str = ""
    pieces: tuple[Piece, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()
    blocked: bool = False


NO_PROPOSAL = ProposalRow()


class Request(TypedDict):
    """The form of a free wish."""

    variant: str
    instruction: str


def proposal_row(variant: VariantView, language: str) -> ProposalRow:
    """What waits for a person beside a variant's text."""
    told = variant.proposal
    if told is None:
        return NO_PROPOSAL
    wish = told.instruction or sentence(f"rewrite.wish.{told.wish.value}", language)
    if told.answered_at is None:
        return ProposalRow(stage="busy", wish=wish)
    length, limit = format_number(told.length, language), format_number(variant.limit, language)
    return ProposalRow(
        stage="ready",
        wish=wish,
        note=told.rationale,
        count=sentence("post.count", language, length=length, limit=limit),
        pieces=told.changes,
        faults=_faults(told, language),
        blocked=any(severity(found.key) is Severity.BLOCKS for found in told.findings),
    )


def _faults(told: ProposalView, language: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (severity(found.key).value, sentence(found.key, language, detail=found.detail)) for found in told.findings
    )


class RewriteDesk(rx.State, mixin=True):
    """What is asked of the writer. `rewriting` is the variant whose answer this person waits for, or 0."""

    rewriting: int = 0

    @rx.event(background=True)
    async def ask_rewrite(self, variant_id: int, wish: str):
        """Asks for one of our wishes; the page stays usable meanwhile."""
        await self._ask(variant_id, Wish(wish), "")

    @rx.event(background=True)
    async def ask_other(self, form: Request):
        """Asks for what the person typed."""
        await self._ask(int(form["variant"]), Wish.OTHER, form["instruction"])
        return clear_forms(".rewrite-free")

    async def _ask(self, variant_id: int, wish: Wish, instruction: str) -> None:
        async with self:
            actor, self.rewriting = await actor_of(self), variant_id
        try:
            await rewriting.propose(actor, variant_id, wish, instruction)
        finally:
            async with self:
                self.rewriting = 0
                await self._reload()

    @rx.event
    async def accept_rewrite(self, variant_id: int):
        """The proposal becomes the text."""
        row = next((v for v in self.shown.variants if v.id == variant_id), None)
        if row is None or self.editing == variant_id:
            return None
        before, asks_again = row.view, row.view.status is VariantStatus.APPROVED
        await self._take(await rewriting.accept(await actor_of(self), variant_id, before.version))
        undo = type(self).put_back(variant_id, before.text, before.version + 1)
        return notice("post.saved_asks_again" if asks_again else "rewrite.accepted", undo=undo)

    @rx.event
    async def put_back(self, variant_id: int, text: str, version: int):
        """The text as it was before a proposal was taken over."""
        await self._settle(await review.edit_text(await actor_of(self), variant_id, text, version))
        return notice("rewrite.put_back")

    @rx.event
    async def drop_rewrite(self, variant_id: int):
        """The text stays as it is."""
        await self._take(await rewriting.discard(await actor_of(self), variant_id))


def rewrites(desk: Any, variant: Any) -> rx.Component:
    """The button that asks for another text; in its place what came of it."""
    busy = (desk.rewriting == variant.id) | (variant.proposal.stage == "busy")
    shown = rx.cond(variant.proposal.stage == "ready", _proposed(desk, variant), _asking(desk, variant))
    return rx.cond(variant.editable, rx.cond(busy, _busy(variant), shown))


def _asking(desk: Any, variant: Any) -> rx.Component:
    element_id = "rewrite-" + variant.id.to_string()
    trigger = button(
        t("rewrite.ask"),
        size="sm",
        variant="soft",
        icon_name="sparkles",
        disabled=desk.editing != 0,
        why=t("post.save_first"),
    )
    items = [
        menu_item(
            t(f"rewrite.wish.{wish.value}"),
            menu_id=element_id,
            icon_name=name,
            on_click=desk.ask_rewrite(variant.id, wish.value),
        )
        for wish, name in _ICONS.items()
    ]
    return rx.el.div(
        popover(element_id, trigger, *items, menu_rule(), _free(desk, variant), side="start", label=t("rewrite.ask")),
        class_name="rewrite-ask",
    )


def _free(desk: Any, variant: Any) -> rx.Component:
    field_id = "rewrite-words-" + variant.id.to_string()
    return rx.el.form(
        rx.el.label(t("rewrite.free"), html_for=field_id, class_name="t-12 faint"),
        rx.el.input(type="hidden", name="variant", value=variant.id.to_string()),
        rx.el.div(
            text_input(
                field_id,
                name="instruction",
                size="sm",
                placeholder=t("rewrite.example"),
                max_length=LONGEST_WISH,
                required=True,
                auto_complete="off",
            ),
            button(t("rewrite.send"), size="sm", variant="primary", type="submit"),
            class_name="row",
        ),
        on_submit=desk.ask_other,
        class_name="rewrite-free",
    )


def _busy(variant: Any) -> rx.Component:
    told = rx.cond(variant.proposal.wish != "", rx.el.span("«", variant.proposal.wish, "»", class_name="faint clip"))
    return rx.el.div(spinner(), rx.el.span(t("rewrite.busy")), told, role="status", class_name="rewrite-busy")


def _proposed(desk: Any, variant: Any) -> rx.Component:
    told = variant.proposal
    head = rx.el.header(
        icon("sparkles", 14), rx.el.b(told.wish, class_name="grow clip"), rx.el.span(told.count, class_name="faint")
    )
    blocked, typing = told.blocked, desk.editing == variant.id
    actions = rx.el.div(
        button(t("rewrite.drop"), size="sm", variant="quiet", on_click=desk.drop_rewrite(variant.id)),
        button(
            t("rewrite.accept"),
            size="sm",
            variant="primary",
            icon_name="check",
            disabled=blocked | typing,
            why=rx.cond(typing, t("post.save_first"), t("rewrite.blocked")),
            on_click=desk.accept_rewrite(variant.id),
        ),
        class_name="row rewrite-decide",
    )
    return rx.el.section(
        head,
        changes(told.pieces),
        rx.cond(told.note != "", rx.el.p(told.note, class_name="dim")),
        rx.foreach(told.faults, lambda fault: check_row(fault[0], fault[1], "")),
        actions,
        class_name="rewrite",
        aria_label=t("rewrite.proposal"),
    )
