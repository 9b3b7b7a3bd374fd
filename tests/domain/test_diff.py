"""The word diff: it loses nothing, and says no more than changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.diff import Piece, word_diff

texts = st.text(alphabet="ab ñé.\n1,:#", max_size=60)


@given(before=texts, after=texts)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    """Without the new pieces it is the old text, without the gone ones the new text; no piece is empty."""
    pieces = word_diff(before, after)
    assert "".join(p.text for p in pieces if p.kind != "new") == before
    assert "".join(p.text for p in pieces if p.kind != "gone") == after
    assert all(p.text for p in pieces)


@given(text=texts)
def test_the_same_text_has_no_changes(text: str) -> None:
    """Nothing is marked where nothing changed."""
    assert {p.kind for p in word_diff(text, text)} <= {"same"}


def test_whole_words_change() -> None:
    """A time is one word, and a sign is not part of the word before it."""
    assert word_diff("Son las 18:30, dice.", "Son las 20:30, dice.") == (
        Piece("same", "Son las "),
        Piece("gone", "18:30"),
        Piece("new", "20:30"),
        Piece("same", ", dice."),
    )
