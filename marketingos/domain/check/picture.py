"""Prints of pictures, and whether two of them are the same to the eye.

A print is the picture's brightness on a grid of 24 x 30 cells. Two are compared by the correlation of their detail (the
grid without its local mean), as they are, mirrored, a little nearer, and without the upper part where a headline may
stand. Colour, brightness, compression, noise, a small crop or turn, a border and a banner do not hide a picture; the
same palette and layout do not make one. On the open pairs of the golden set the same measure 0.92 and more, others 0.61
and less.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

ACROSS, DOWN = 24, 30
SAME = 0.80
UNLIKE = 0.40
"""Below this, as they are, no crop makes two pictures the same; saves most of the work."""
_HEADLINE = 0.35
"""Share of the height, from above, that a headline may cover."""
_AROUND = 3
"""Cells to each side over which the local mean is taken."""
_NEARER = (0.96, 0.92)

Grid = NDArray[np.float64]


def pack(cells: bytes) -> str:
    """The print of `ACROSS * DOWN` brightness values, row by row."""
    return base64.b85encode(cells).decode()


def is_same(one: str, other: str) -> bool:
    """Whether two prints are of one picture."""
    return one == other or _likeness(*sorted((one, other))) >= SAME


@lru_cache(maxsize=4_096)
def _likeness(one: str, other: str) -> float:
    mine, theirs = _grid(one), _grid(other)
    if mine is None or theirs is None:
        return 0.0
    top = int(DOWN * _HEADLINE)
    first = max(_correlation(view[rows:], theirs[rows:]) for view in (mine, mine[:, ::-1]) for rows in (0, top))
    if first >= SAME or first < UNLIKE:
        return first
    pairs = [(mine, theirs), (theirs, mine), (mine[:, ::-1], theirs), (theirs, mine[:, ::-1])]
    return max(
        max(_correlation(view, fixed), _correlation(view[top:], fixed[top:]))
        for nearer, fixed in pairs
        for view in _views(nearer)
    )


@lru_cache(maxsize=2_048)
def _grid(packed: str) -> Any:
    try:
        cells = base64.b85decode(packed)
    except ValueError:
        return None
    if len(cells) != ACROSS * DOWN:
        return None
    return np.frombuffer(cells, dtype=np.uint8).astype(np.float64).reshape(DOWN, ACROSS)


def _views(grid: Grid) -> Iterator[Grid]:
    """The picture, and parts of it a little nearer: in the middle and towards each side."""
    yield grid
    for share in _NEARER:
        for right in (0.0, 0.5, 1.0):
            for below in (0.0, 0.5, 1.0):
                yield _part(grid, share, right, below)


def _part(grid: Grid, share: float, right: float, below: float) -> Grid:
    """A part of the grid stretched to the whole, cells between cells by their neighbours' weight."""
    rows = _weights(DOWN, share, below)
    columns = _weights(ACROSS, share, right)
    part: Grid = rows @ grid @ columns.T
    return part


@lru_cache(maxsize=64)
def _weights(cells: int, share: float, at: float) -> Grid:
    start = (1 - share) * at * cells
    centres = np.clip(start + (np.arange(cells) + 0.5) * share - 0.5, 0, cells - 1)
    low = np.minimum(centres.astype(int), cells - 2)
    weights = np.zeros((cells, cells))
    weights[np.arange(cells), low] = 1 - (centres - low)
    weights[np.arange(cells), low + 1] += centres - low
    return weights


def _correlation(one: Grid, other: Grid) -> float:
    mine, theirs = _detail(one), _detail(other)
    size = float(np.sqrt((mine * mine).sum() * (theirs * theirs).sum()))
    return float((mine * theirs).sum()) / size if size > 1e-6 else 0.0


def _detail(grid: Grid) -> Grid:
    """What stands out of its surroundings."""
    span = 2 * _AROUND + 1
    sums = np.pad(np.pad(grid, _AROUND, mode="edge").cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    boxes = sums[span:, span:] - sums[:-span, span:] - sums[span:, :-span] + sums[:-span, :-span]
    detail: Grid = grid - boxes / span**2
    return detail
