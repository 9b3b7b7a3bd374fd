"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"\s+|[^\W_]+(?:['’.,:/-][^\W_]+)*|.", re.DOTALL)
"""Blanks, words (with what holds them together: `18:30`, `9,90`, `d'Or`), and every sign alone."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text that both have, or that is only in the one before (`gone`) or the one after (`new`)."""

    kind: Literal["same", "gone", "new"]
    text: str


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces in reading order. Without the new ones they are `before`, without the gone ones `after`."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(_joined(_pieces(matcher, old, new)))


def _pieces(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[i:j]))
            continue
        yield Piece("gone", "".join(old[i:j]))
        yield Piece("new", "".join(new[k:m]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """A blank alone between two changes belongs to them: `una frase` replaced is one change and not two."""
    gone = new = ""
    for piece in pieces:
        if piece.kind == "same" and (piece.text.strip() or not (gone or new)):
            yield from _change(gone, new)
            gone = new = ""
            yield piece
            continue
        gone += piece.text if piece.kind != "new" else ""
        new += piece.text if piece.kind != "gone" else ""
    yield from _change(gone, new)


def _change(gone: str, new: str) -> Iterator[Piece]:
    blank = gone[len(gone.rstrip()) :] if gone and new else ""
    if blank and new.endswith(blank):
        gone, new = gone.removesuffix(blank), new.removesuffix(blank)
    else:
        blank = ""
    yield from (piece for piece in (Piece("gone", gone), Piece("new", new), Piece("same", blank)) if piece.text)
