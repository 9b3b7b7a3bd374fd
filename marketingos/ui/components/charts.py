"""Line charts, drawn on the server as SVG paths and shown by plain elements: no chart library reaches the browser.

`plot()` turns values into a `Plot`, a frozen value for a State var; `line_chart()` shows it, with a column for each
point that opens its tooltip under the pointer and from the keyboard (columns are radio buttons: arrows move along).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import ceil, copysign, log10
from typing import Any, Final

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from marketingos.ui.components.buttons import icon
from marketingos.ui.words import t

LEAST_POINTS: Final = 3
"""Under so many points no line is drawn."""

_NICE = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
_STYLES = VarData(imports={"": [ImportVar(tag="$/public/charts.css")]})

Spot = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A word on an axis; `at` is its place in per cent. `minor` ones are left out on a phone."""

    word: str
    at: float
    minor: bool = False


@dataclass(frozen=True, kw_only=True)
class Point:
    """What a column tells: words ready to show. `direction` is `up`, `down` or empty; `posts` draws as many marks;
    `spoken` is its accessible name."""

    name: str
    value: str
    change: str = ""
    direction: str = ""
    before: str = ""
    note: str = ""
    posts: int = 0
    spoken: str = ""


@dataclass(frozen=True, kw_only=True)
class Column(Point):
    """A point in its place: per cent from the left, and of the two lines from the top (negative: no such point)."""

    x: float = 0
    y: float = -1
    y_before: float = -1


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A drawn chart. Paths live in a box of 100 x 100; all are empty when there are too few points. `sentence` says in
    words what the chart shows."""

    line: str = ""
    tail: str = ""
    area: str = ""
    before: str = ""
    scale: tuple[Tick, ...] = ()
    axis: tuple[Tick, ...] = ()
    columns: tuple[Column, ...] = ()
    sentence: str = ""


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """A small curve as a path in the box, and the dot at its end; both empty when there is too little to draw."""

    line: str = ""
    end: str = ""


NO_PLOT: Final = Plot()
NO_CURVE: Final = Sparkline()


def plot(
    values: Sequence[float | None],
    *,
    at: Sequence[float] | None = None,
    before: Sequence[float | None] = (),
    points: Sequence[Point] = (),
    axis: Sequence[Tick] = (),
    unsettled: int = 0,
    sentence: str = "",
    show: Any = str,
) -> Plot:
    """Draws `values` from left to right (`at`: their places from 0 to 1), None leaving a gap, over the period `before`.

    The last `unsettled` steps are dotted: they can still grow. `show` writes a number of the scale.
    """
    places = list(at) if at is not None else _evenly(len(values))
    if sum(v is not None for v in values) < LEAST_POINTS:
        return Plot(sentence=sentence, columns=tuple(Column(**vars(p)) for p in points))
    step = nice_step(max((v for v in (*values, *before) if v is not None), default=0))
    top = 3 * step
    line, old = _spots(places, values, top), _spots(places, before, top)
    settled = len(values) - 1 - unsettled
    return Plot(
        line=_path(line, stop=settled),
        tail=_path(line, start=settled),
        area=_area(line),
        before=_path(old),
        scale=tuple(Tick(word=show(n * step), at=round(100 - 100 * n / 3, 2)) for n in range(4)),
        axis=tuple(axis),
        columns=tuple(_column(p, x, y, o) for p, x, y, o in _aligned(points, places, line, old)),
        sentence=sentence,
    )


def sparkline(values: Sequence[float | None]) -> Sparkline:
    """A small curve between its least and its greatest value; empty under three points."""
    known = [v for v in values if v is not None]
    if len(known) < LEAST_POINTS:
        return NO_CURVE
    low, high = min(known), max(known)
    span = (high - low) or 1
    raised = [None if v is None else 8 + 84 * (v - low) / span for v in values]
    spots = _spots(_evenly(len(values)), raised, 100)
    x, y = next(spot for spot in reversed(spots) if spot)
    return Sparkline(line=_path(spots), end=f"M{x:g},{y:g}h.01")


def nice_step(most: float) -> int:
    """The whole step of a scale that reaches `most` in three round steps: 412 -> 150."""
    if most <= 3:
        return 1
    least = most / 3
    unit = 10 ** int(log10(least))
    return ceil(next(n * unit for n in _NICE if n * unit >= least))


def line_chart(plot: rx.Var[Plot], *, name: str, height: int = 272, label: Any) -> rx.Component:
    """A chart; `name` is unique on the page, `label` names the group of columns. Give it a heading of its own."""
    picture = rx.el.svg(
        rx.el.path(d=plot.area, class_name="chart-area"),
        rx.el.path(d=plot.before, class_name="chart-before"),
        rx.el.path(d=plot.line, class_name="chart-line"),
        rx.el.path(d=plot.tail, class_name="chart-line tail"),
        view_box="0 0 100 100",
        preserve_aspect_ratio="none",
        role="img",
        custom_attrs={"aria-label": plot.sentence},
    )
    columns = rx.el.div(
        rx.foreach(plot.columns, lambda c, i: _shown_column(c, i, name)),
        class_name="chart-columns",
        role="radiogroup",
        aria_label=label,
        style={"--n": plot.columns.length()},
    )
    return rx.el.div(
        rx.foreach(plot.scale, _grid_line),
        rx.el.div(picture, columns, class_name="chart-field"),
        rx.el.div(rx.foreach(plot.axis, _axis_word), class_name="chart-axis", aria_hidden="true"),
        class_name=_styled("chart"),
        style={"--tall": f"{height}px"},
    )


def spark(curve: rx.Var[Sparkline]) -> rx.Component:
    """A sparkline, 96 x 28; it says nothing that the figures beside it do not."""
    return rx.el.svg(
        rx.el.path(d=curve.line, class_name="chart-line"),
        rx.el.path(d=curve.end, class_name="spark-end"),
        view_box="0 0 100 100",
        preserve_aspect_ratio="none",
        class_name=_styled("spark"),
        aria_hidden="true",
    )


def figures_table(plot: rx.Var[Plot], *heads: Any) -> rx.Component:
    """The chart's twin for who reads rather than looks: `heads` name the columns (when, value, before, posts)."""
    cells = (lambda c: c.name, lambda c: c.value, lambda c: c.before, lambda c: c.posts)[: len(heads)]
    row = lambda c: rx.el.tr(*(rx.el.td(cell(c), class_name="" if n == 0 else "num") for n, cell in enumerate(cells)))  # noqa: E731
    table = rx.el.table(
        rx.el.thead(
            rx.el.tr(*(rx.el.th(h, scope="col", class_name="" if n == 0 else "num") for n, h in enumerate(heads)))
        ),
        rx.el.tbody(rx.foreach(plot.columns, row)),
        class_name="table chart-table",
    )
    return rx.el.details(
        rx.el.summary(icon("table-2", 14), t("chart.as_table")),
        rx.el.div(table, class_name="scroll"),
        class_name=_styled("chart-twin"),
    )


def _shown_column(column: rx.Var[Column], index: rx.Var[int], name: str) -> rx.Component:
    dots = (
        rx.cond(column.y_before >= 0, rx.el.i(class_name="chart-dot before", style={"--y": column.y_before / 100})),
        rx.cond(column.y >= 0, rx.el.i(class_name="chart-dot", style={"--y": column.y / 100})),
    )
    choice = rx.el.input(type="radio", name=name, aria_label=column.spoken, class_name="chart-choice")
    side = rx.cond(column.x > 50, "left", "right")
    return rx.el.label(
        choice,
        *dots,
        _tooltip(column),
        rx.el.i(class_name="chart-posts", style={"--posts": column.posts}),
        key=index,
        class_name="chart-column",
        data_side=side,
        style={"--x": _percent(column.x)},
    )


def _tooltip(column: rx.Var[Column]) -> rx.Component:
    change = rx.cond(column.change != "", rx.el.span(change_mark(column.change, column.direction)))
    before = rx.cond(column.before != "", rx.el.span(rx.el.i(class_name="chart-key before"), column.before))
    note = rx.cond(column.note != "", rx.el.span(column.note))
    return rx.el.span(
        rx.el.span(column.name, class_name="faint"),
        rx.el.span(rx.el.i(class_name="chart-key"), rx.el.b(column.value), change),
        before,
        note,
        class_name="chart-tip",
        aria_hidden="true",
    )


def change_mark(change: rx.Var[str], direction: rx.Var[str]) -> rx.Component:
    """A rise or a fall: arrow, figure and colour; level changes have no arrow."""
    arrows = rx.match(direction, ("up", icon("arrow-up", 14)), ("down", icon("arrow-down", 14)), rx.fragment())
    return rx.el.span(arrows, change, class_name=rx.Var.create("change ") + direction)


def _grid_line(tick: rx.Var[Tick]) -> rx.Component:
    return rx.el.div(
        rx.el.span(tick.word), class_name="chart-grid", style={"--share": tick.at / 100}, aria_hidden="true"
    )


def _axis_word(tick: rx.Var[Tick]) -> rx.Component:
    return rx.el.span(tick.word, class_name=rx.cond(tick.minor, "minor", ""), style={"--at": tick.at})


def _percent(number: rx.Var[float]) -> rx.Var[str]:
    return number.to(str) + "%"


def _styled(class_name: str) -> rx.Var[str]:
    """A class whose rules travel only with the pages that show charts."""
    return rx.Var.create(class_name)._replace(merge_var_data=_STYLES)


# -- geometry ----------------------------------------------------------------------------------------------------------


def _evenly(count: int) -> list[float]:
    return [n / max(count - 1, 1) for n in range(count)]


def _spots(places: Sequence[float], values: Sequence[float | None], top: float) -> list[Spot | None]:
    """Places in the box: y grows downwards."""
    return [
        None if v is None else (round(100 * x, 2), round(100 - 100 * v / top, 2))
        for x, v in zip(places, values, strict=False)
    ]


def _aligned(
    points: Sequence[Point], places: Sequence[float], line: Sequence[Spot | None], old: Sequence[Spot | None]
) -> Any:
    padded = [*old, *[None] * (len(line) - len(old))]
    return zip(points, places, line, padded, strict=False)


def _column(point: Point, x: float, spot: Spot | None, old: Spot | None) -> Column:
    return Column(**vars(point), x=round(100 * x, 2), y=spot[1] if spot else -1, y_before=old[1] if old else -1)


def _path(spots: Sequence[Spot | None], *, start: int = 0, stop: int | None = None) -> str:
    """The smooth line through the spots from index `start` to `stop`; a gap interrupts it."""
    stop = len(spots) - 1 if stop is None else stop
    drawn = ""
    pen = None
    for index, (x, y), curve in _pieces(spots):
        if start <= index < stop:
            drawn += curve if pen == index else f"M{x:g},{y:g}{curve}"
            pen = index + 1
    return drawn


def _area(spots: Sequence[Spot | None]) -> str:
    """What lies under the line, down to zero."""
    runs = [run for _, run in _runs(spots) if len(run) > 1]
    return "".join(f"{_path(run)}L{run[-1][0]:g},100L{run[0][0]:g},100Z" for run in runs)


def _runs(spots: Sequence[Spot | None]) -> Iterator[tuple[int, list[Spot]]]:
    """The stretches without a gap, each with the index of its first spot."""
    for known, stretch in groupby(enumerate(spots), key=lambda entry: entry[1] is not None):
        if known:
            indexed = list(stretch)
            yield indexed[0][0], [spot for _, spot in indexed if spot]


def _pieces(spots: Sequence[Spot | None]) -> Iterator[tuple[int, Spot, str]]:
    """For each step between known neighbours: the index and the place where it starts, and its Bezier curve."""
    for first, run in _runs(spots):
        slopes = _slopes(run)
        for n, ((x0, y0), (x1, y1)) in enumerate(pairwise(run)):
            third = (x1 - x0) / 3
            bends = f"{x0 + third:.2f},{y0 + third * slopes[n]:.2f} {x1 - third:.2f},{y1 - third * slopes[n + 1]:.2f}"
            yield first + n, (x0, y0), f"C{bends} {x1:g},{y1:g}"


def _slopes(run: Sequence[Spot]) -> list[float]:
    """Tangents that keep what is monotone and never overshoot (M. Steffen, Astron. Astrophys. 239, 1990)."""
    secants = [(y1 - y0) / ((x1 - x0) or 1) for (x0, y0), (x1, y1) in pairwise(run)]
    if not secants:
        return [0.0]
    return [secants[0], *(_bend(a, b) for a, b in pairwise(secants)), secants[-1]]


def _bend(before: float, after: float) -> float:
    if before * after <= 0:
        return 0.0
    return copysign(2 * min(abs(before), abs(after), abs(before + after) / 4), after)
