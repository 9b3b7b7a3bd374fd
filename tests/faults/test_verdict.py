"""The judge of the fault tests misses nothing: each kind of wrong, made by hand, is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from marketingos.domain.delivery import DeliveryStatus
from tests.faults.kinds import KINDS
from tests.faults.verdict import Row, judge

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def row(name: str = "facebook commented", **facts: Any) -> Row:
    """A published delivery."""
    kind = KINDS[name]
    usual = {
        "id": 1,
        "kind": kind,
        "draft": kind.draft("104", NOW),
        "status": DeliveryStatus.PUBLISHED,
        "external_id": "104_1",
        "lease_until": None,
        "not_before": NOW,
        "looks": 0,
        "error_key": None,
        "hold_reason": None,
        "fence": 1,
    }
    return Row(**{**usual, **facts})


def live(of: Row, number: int = 1, **facts: Any) -> dict[str, Any]:
    """The post of a delivery, as followers see it."""
    usual = {
        "id": f"104_{number}",
        "account": of.draft.account,
        "text": of.draft.text,
        "title": "",
        "visible": True,
        "media": [{"sha256": sha} for sha in of.files],
        "comments": [{"text": of.draft.first_comment}] if of.draft.first_comment else [],
    }
    return {**usual, **facts}


def test_what_is_right_is_right() -> None:
    """A post that is out as it was to be; one that lacks its comment and says so; one that failed for its file."""
    assert not judge([ONE], [live(ONE)]).wrong
    silent = row(note_key="note.first_comment")
    assert not judge([silent], [live(silent, comments=[])]).wrong
    failed = row("facebook photo", status=DeliveryStatus.FAILED, external_id=None)
    assert not judge([failed], [], refused={1}).wrong


ONE = row()
PHOTO = row("facebook photo")
OTHER = [{"sha256": "0" * 64}]


@pytest.mark.parametrize(
    ("said", "ledger", "wrong"),
    [
        (ONE, [live(ONE), live(ONE, 2)], "duplicates"),
        (ONE, [live(ONE, comments=[{"text": "Reserva aquí"}] * 2)], "duplicates"),
        (ONE, [], "losses"),
        (ONE, [live(ONE, comments=[])], "losses"),
        (row(draft=ONE.draft, note_key="note.first_comment"), [live(ONE)], "false"),
        (row(draft=ONE.draft, external_id="104_2"), [live(ONE)], "false"),
        (row(draft=ONE.draft, external_id=""), [live(ONE)], "false"),
        (ONE, [live(ONE, visible=False)], "false"),
        (ONE, [live(ONE), live(ONE, 2, text="Texto 1 ")], "false"),
        (PHOTO, [live(PHOTO, media=OTHER)], "false"),
        (row(draft=ONE.draft, status=DeliveryStatus.FAILED), [live(ONE)], "false"),
        (row(draft=ONE.draft, status=DeliveryStatus.FAILED), [], "losses"),
        (row(draft=ONE.draft, status=DeliveryStatus.HELD), [live(ONE)], "false"),
        (row(draft=ONE.draft, status=DeliveryStatus.SENDING), [], "losses"),
    ],
)
def test_what_is_wrong_is_told(said: Row, ledger: list[dict[str, Any]], wrong: str) -> None:
    """Twice, not at all, otherwise than it is said, or something that nobody sent."""
    assert getattr(judge([said], ledger), wrong)
