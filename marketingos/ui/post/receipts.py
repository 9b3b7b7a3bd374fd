"""The receipt of a delivery: that what is live is what was approved, to the word, or where it is not."""

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from marketingos.domain.diff import Piece, word_diff
from marketingos.domain.receipt import Verdict
from marketingos.services.views import DeliveryView, ReceiptView
from marketingos.text import format_slot, sentence
from marketingos.ui.components.buttons import icon
from marketingos.ui.components.changes import changes
from marketingos.ui.components.status import check_row
from marketingos.ui.words import t

_LEVELS: Final = {
    Verdict.MATCHES: "ok",
    Verdict.DIFFERS: "blocks",
    Verdict.UNREADABLE: "warns",
    Verdict.REMOVED: "blocks",
    None: "looking",
}
_HASH: Final = 12
"""Hex digits of a hash that a person may compare."""


@dataclass(frozen=True)
class ReceiptRow:
    """`level` is `ok`, `blocks`, `warns` or, while it is read back, `looking`; empty when there is none."""

    level: str = ""
    text: str = ""
    when: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    pieces: tuple[Piece, ...] = ()


def receipt_row(delivery: DeliveryView, platform: str, now: Any, language: str, zone: str) -> ReceiptRow:
    """A delivery's receipt in a language."""
    told = delivery.receipt
    if told is None:
        return ReceiptRow()
    word = told.verdict.value if told.verdict else "reading"
    differs = told.verdict is Verdict.DIFFERS
    return ReceiptRow(
        level=_LEVELS[told.verdict],
        text=sentence(f"receipt.{word}", language, platform=platform),
        when=format_slot(told.read_at, now, language, zone),
        facts=_facts(told, delivery, language),
        pieces=word_diff(told.sent_text, told.live_text or "") if differs else (),
    )


def _facts(told: ReceiptView, delivery: DeliveryView, language: str) -> tuple[tuple[str, str], ...]:
    known = {
        "receipt.approved": told.approved_hash[:_HASH],
        "receipt.account": delivery.account.handle or delivery.account.name,
        "receipt.files": str(told.files) if told.files else "",
        "receipt.id": told.external_id,
    }
    return tuple((sentence(key, language), value) for key, value in known.items() if value)


def receipt(told: rx.Var[ReceiptRow]) -> rx.Component:
    """The verdict; behind it the details, and where the texts part."""
    compared = changes(told.pieces)
    details = rx.el.details(
        rx.el.summary(t("receipt.details")), rx.el.dl(rx.foreach(told.facts, _fact)), class_name="t-12 receipt-facts"
    )
    body = rx.el.div(
        check_row(told.level, told.text, told.when),
        rx.cond(told.pieces.length() > 0, compared),
        details,
        class_name="receipt",
        data_level=told.level,
    )
    return rx.cond(told.level != "", body)


def note(text: rx.Var[str]) -> rx.Component:
    """What a published post lacks."""
    return rx.cond(text != "", rx.el.p(icon("circle-alert", 14), text, class_name="receipt-note"))


def _fact(fact: rx.Var[tuple[str, str]]) -> rx.Component:
    return rx.fragment(rx.el.dt(fact[0]), rx.el.dd(fact[1]))
