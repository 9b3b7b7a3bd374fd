"""Likeness of texts: what a reader takes for the same is far from what only shares a topic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.similarity import ALIKE, TOO_ALIKE, fingerprint, likeness

_FILE = Path(__file__).parent.parent / "eval" / "cases" / "open" / "near_duplicate_text.yaml"
_WINDOW = 90


def pairs() -> list[Any]:
    """The open pairs of the golden set within the window that a reader remembers."""
    return [
        pytest.param(case["text"], other["text"], bool(case["expect"]), id=f"{case['id']}")
        for case in yaml.safe_load(_FILE.read_text("utf-8"))["cases"]
        for other in case.get("recent", ())
        if other["days_ago"] <= _WINDOW and isinstance(case["text"], str)
    ]


@pytest.mark.parametrize(("text", "other", "same"), pairs())
def test_the_thresholds_part_what_is_the_same_from_what_is_not(text: str, other: str, same: bool) -> None:
    """Every pair that a marketer calls the same is refused, and no other pair is even told anew."""
    degree = likeness(fingerprint(text), fingerprint(other))
    assert degree >= TOO_ALIKE if same else degree < ALIKE


@given(one=st.text(max_size=80), other=st.text(max_size=80))
def test_likeness_is_a_measure(one: str, other: str) -> None:
    """Between 0 and 1, the same both ways, and 1 for a text that says anything and itself."""
    a, b = fingerprint(one), fingerprint(other)
    assert 0 <= likeness(a, b) <= 1
    assert likeness(a, b) == likeness(b, a)
    assert likeness(a, a) == pytest.approx(1.0 if a else 0.0)


def test_what_a_reader_does_not_hear_does_not_count() -> None:
    """Accents, capitals, emoji, hashtags and addresses make no other text."""
    plain = fingerprint("El sillón vacío que nadie te paga")
    dressed = fingerprint("EL SILLON VACIO, que nadie te paga 💈 #barberia https://reservaspro.es/x")
    assert likeness(plain, dressed) == 1.0
