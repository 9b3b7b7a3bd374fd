"""Charts drawn on the server: scales are round, curves never lie, too little data draws nothing."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.ui.components.charts import LEAST_POINTS, Point, nice_step, plot, sparkline

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
values = st.lists(st.none() | st.integers(0, 100_000), min_size=1, max_size=40)


def ends(path: str) -> list[tuple[float, float]]:
    """The spots that a path goes through, without the handles of its curves."""
    spots = []
    for step, numbers in re.findall(r"([MCL])([^MCLZ]*)", path):
        found = [float(n) for n in NUMBER.findall(numbers)]
        spots.append((found[-2], found[-1]) if step == "C" else (found[0], found[1]))
    return spots


@pytest.mark.parametrize(
    ("most", "step"), [(0, 1), (2, 1), (3, 1), (4, 2), (9, 3), (412, 150), (2712, 1000), (10_000, 4000)]
)
def test_scales_are_round(most: float, step: int) -> None:
    """Three round steps reach the greatest value: 412 is read on 0, 150, 300, 450."""
    assert nice_step(most) == step


@given(st.integers(0, 10**9))
def test_a_scale_holds_its_greatest_value(most: int) -> None:
    """No curve leaves its chart at the top, and no chart is more than half empty."""
    assert most <= 3 * nice_step(most)
    assert most < 4 or 3 * nice_step(most) <= 2.1 * most


@given(values)
def test_a_line_goes_through_what_is_known(series: list[int | None]) -> None:
    """Every step between two known neighbours is drawn, a gap never is, and under three points nothing."""
    known = [v for v in series if v is not None]
    drawn = plot(series)
    if len(known) < LEAST_POINTS:
        assert (drawn.line, drawn.tail, drawn.area) == ("", "", "")
        return
    pairs = sum(a is not None and b is not None for a, b in pairwise(series))
    assert drawn.line.count("C") == pairs


@given(st.lists(st.integers(0, 1000), min_size=3, max_size=30))
def test_a_curve_never_overshoots(series: list[int]) -> None:
    """Between two days the line stays between their figures: no bump that nobody counted, nothing below zero."""
    drawn = plot(series)
    pieces = re.findall(r"C[^CMZL]*", drawn.line)
    for ((_, start), (_, end)), piece in zip(pairwise(ends(drawn.line)), pieces, strict=True):
        _, first, _, second, _, _ = (float(n) for n in NUMBER.findall(piece))
        low, high = min(start, end) - 0.02, max(start, end) + 0.02
        assert low <= first <= high
        assert low <= second <= high
    heights = [y for _, y in ends(drawn.line)]
    top = 3 * nice_step(max(series))
    assert heights == pytest.approx([100 - 100 * v / top for v in series], abs=0.01)


@given(st.lists(st.integers(0, 50), min_size=3, max_size=30), st.integers(0, 5))
def test_line_and_tail_together_are_the_whole_curve(series: list[int], unsettled: int) -> None:
    """The dotted end begins where the firm line stops, and nothing is drawn twice."""
    drawn, whole = plot(series, unsettled=unsettled), plot(series)
    assert drawn.line.count("C") + drawn.tail.count("C") == whole.line.count("C")
    if drawn.line and drawn.tail:
        assert ends(drawn.line)[-1] == ends(drawn.tail)[0]


def test_both_periods_share_one_scale() -> None:
    """A greater period before is not cut off."""
    drawn = plot([10, 20, 30], before=[500, 100, 0], show=str)
    assert [tick.word for tick in drawn.scale] == ["0", "200", "400", "600"]
    assert ends(drawn.before)[0][1] > 0


def test_a_column_knows_its_place() -> None:
    """Tooltips stand at their points; an unknown one has no dot."""
    drawn = plot([0, 3, None, 3], points=[Point(name=n, value="") for n in "abcd"])
    assert [(c.name, c.x, c.y) for c in drawn.columns] == [
        ("a", 0, 100),
        ("b", 33.33, 0),
        ("c", 66.67, -1),
        ("d", 100, 0),
    ]


@given(values)
def test_a_sparkline_fits_its_box(series: list[int | None]) -> None:
    """Between its least and its greatest value, with a dot where it ends."""
    drawn = sparkline(series)
    if sum(v is not None for v in series) < LEAST_POINTS:
        assert (drawn.line, drawn.end) == ("", "")
    else:
        assert all(0 <= y <= 100 for _, y in ends(drawn.line))
        assert drawn.end.startswith("M")
