"""Outlines as lists of points, in the units of whoever draws them; y grows downwards."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

Point = tuple[float, float]
Outline = list[Point]


def box(x: float, y: float, w: float, h: float, r: float = 0.0) -> Outline:
    """A rectangle from its top left corner, with corners of radius r."""
    r = min(r, w / 2, h / 2)
    if r <= 0:
        return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    corners = ((x + w - r, y + r, -90), (x + w - r, y + h - r, 0), (x + r, y + h - r, 90), (x + r, y + r, 180))
    return [p for cx, cy, start in corners for p in arc(cx, cy, r, r, start, start + 90, 10)]


def centred(cx: float, cy: float, w: float, h: float, r: float = 0.0) -> Outline:
    """A rectangle around its centre."""
    return box(cx - w / 2, cy - h / 2, w, h, r)


def oval(cx: float, cy: float, rx: float, ry: float | None = None) -> Outline:
    """An ellipse; a circle with one radius."""
    return arc(cx, cy, rx, rx if ry is None else ry, 0, 360, 72)


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float, steps: int = 48) -> Outline:
    """Points along an ellipse from `start` to `end` degrees, clockwise from three o'clock."""
    turns = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(cx + rx * math.cos(t), cy + ry * math.sin(t)) for t in turns]


def ring(cx: float, cy: float, r: float, width: float, start: float = 0, end: float = 360) -> Outline:
    """A band of that width on a circle, open or whole."""
    steps = max(12, int(abs(end - start) / 3))
    outer = arc(cx, cy, r + width / 2, r + width / 2, start, end, steps)
    return outer + arc(cx, cy, r - width / 2, r - width / 2, end, start, steps)


def arch(cx: float, base: float, w: float, h: float) -> Outline:
    """A doorway: straight sides and a round top; `base` is its lower edge."""
    r = w / 2
    return [*arc(cx, base - h + r, r, r, 180, 360), (cx + r, base), (cx - r, base)]


def curve(points: Sequence[Point], steps: int = 14) -> Outline:
    """A smooth line through the points (Catmull-Rom)."""
    padded = [points[0], *points, points[-1]]
    found = [points[0]]
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        found += [_spline(a, b, c, d, step / steps) for step in range(1, steps + 1)]
    return found


def closed_curve(points: Sequence[Point], steps: int = 14) -> Outline:
    """A smooth closed outline through the points."""
    n = len(points)
    return [_spline(points[i - 1], points[i], points[(i + 1) % n], points[(i + 2) % n], step / steps)
            for i in range(n) for step in range(steps)]  # fmt: skip


def stroke(points: Sequence[Point], width: float) -> list[Outline]:
    """A line of that width with round ends and joints, as outlines to fill."""
    parts = [oval(x, y, width / 2) for x, y in points]
    for (x1, y1), (x2, y2) in pairwise(points):
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        nx, ny = (y1 - y2) / length * width / 2, (x2 - x1) / length * width / 2
        parts.append([(x1 + nx, y1 + ny), (x2 + nx, y2 + ny), (x2 - nx, y2 - ny), (x1 - nx, y1 - ny)])
    return parts


def moved(points: Iterable[Point], dx: float, dy: float) -> Outline:
    """The outline shifted."""
    return [(x + dx, y + dy) for x, y in points]


def turned(points: Iterable[Point], degrees: float, cx: float = 0.0, cy: float = 0.0) -> Outline:
    """The outline rotated clockwise about a point."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [(cx + (x - cx) * c - (y - cy) * s, cy + (x - cx) * s + (y - cy) * c) for x, y in points]


def _spline(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    def along(i: int) -> float:
        return 0.5 * (2 * b[i] + (c[i] - a[i]) * t + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t**2
                      + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t**3)  # fmt: skip

    return along(0), along(1)
