"""What several scenes share: grounds, floors, phones, cards and the small marks on them.

A scene is written on a stage: a view whose x and y run from -500 to 500 and whose lower edge is the picture's
(or nearly so); the headline's room above it stays calm.
"""

import random

from marketingos.sandbox.painter.canvas import Canvas, Linear, Radial
from marketingos.sandbox.painter.colour import RGB, Roles, lit, mix, to_lch
from marketingos.sandbox.painter.shapes import Point, arc, box, centred, closed_curve, oval, ring

RED, GREEN, WHITE = (203, 62, 58), (46, 139, 98), (255, 255, 255)


def stage(
    c: Canvas, *, dx: float = 0, dy: float = 0, size: float = 1.0, turn: float = 0, mirror: bool = False
) -> Canvas:
    """The subject's view, below the headline's room; dx and dy shift it in thousandths of the subject's box."""
    ratio = c.h / c.w
    if ratio > 1.5:
        cx, cy, k = c.w / 2, c.h * 0.64, 1.02
    elif ratio > 1.1:
        cx, cy, k = c.w / 2, c.h * 0.665, 0.86
    elif ratio > 0.8:
        cx, cy, k = c.w / 2, c.h * 0.655, 0.72
    else:
        cx, cy, k = c.w * 0.66, c.h * 0.56, 0.84
    return c.at(cx + dx * k, cy + dy * k, scale=k * size, turn=turn, mirror=mirror)


def ground(c: Canvas, r: Roles, luck: random.Random, *, colour: RGB | None = None) -> None:
    """The wall: the ground's colour lit from one upper corner, with one broad quiet shape now and then."""
    base = colour or r.ground
    x = luck.choice((0.2, 0.75))
    c.fill(box(0, 0, c.w, c.h), Radial(lit(base, 0.045), lit(base, -0.05), x=x, y=0.25, reach=1.05))
    shape = luck.randrange(4)
    if shape == 0:
        c.fill(oval(c.w * (0.15 + 0.7 * (x < 0.5)), c.h * 0.72, 520), lit(base, 0.05), 0.5)
    elif shape == 1:
        c.fill([(c.w * 0.55, 0), (c.w * 0.95, 0), (c.w * 0.45, c.h), (c.w * 0.05, c.h)], lit(base, 0.06), 0.28)
    elif shape == 2:
        c.glow(c.w * (1 - x), c.h * 0.85, 700, mix(r.accent, base, 0.25), 0.32)


def floor(c: Canvas, y: float, colour: RGB) -> None:
    """A surface from y to the foot of the picture, lighter where it meets the wall."""
    c.fill(box(0, y, c.w, c.h - y), Linear(lit(colour, 0.03), lit(colour, -0.06)))
    c.fill(box(0, y, c.w, 5), lit(colour, 0.09))


def table_y(c: Canvas, share: float = 0.86) -> float:
    """Where a table's edge runs: a share of the picture's height."""
    return c.h * share


def rest(v: Canvas, x: float, y: float, width: float, opacity: float = 0.4) -> None:
    """The contact shadow of a thing that stands at (x, y)."""
    flat = oval(x, y, width / 2, max(10.0, width * 0.055))
    v.shadow(flat, blur=16, dy=4, opacity=opacity)


def contrast(on: RGB, dark: RGB, light: RGB) -> RGB:
    """Whichever of the two stands out on a colour."""
    return dark if to_lch(on)[0] > 0.62 else light


def lines(v: Canvas, x: float, y: float, widths: tuple[float, ...], colour: RGB, *, thick: float = 14,
          gap: float = 30, opacity: float = 1.0) -> None:  # fmt: skip
    """Rows of writing seen from too far to be read."""
    for place, width in enumerate(widths):
        v.fill(box(x, y + place * gap, width, thick, thick / 2), colour, opacity)


def tick(v: Canvas, x: float, y: float, size: float, colour: RGB) -> None:
    """A check mark, upright also on a mirrored stage."""
    upright = v.at(x, y, mirror=v.mirror)
    upright.line([(-size * 0.5, 0), (-size * 0.12, size * 0.38), (size * 0.55, -size * 0.4)], size * 0.2, colour)


def handset(v: Canvas, x: float, y: float, size: float, colour: RGB) -> None:
    """The receiver of a telephone, as on a call button."""
    h = v.at(x, y, turn=-45)
    h.fill(ring(0, -size * 0.42, size * 0.62, size * 0.26, 28, 152), colour)
    for side in (-1, 1):
        h.fill(centred(side * size * 0.5, -size * 0.1, size * 0.34, size * 0.42, size * 0.1), colour)


def bubble(v: Canvas, x: float, y: float, size: float, colour: RGB) -> None:
    """A speech bubble, as on a chat button."""
    v.fill(oval(x, y, size * 0.55, size * 0.5), colour)
    v.fill(
        [(x - size * 0.5, y + size * 0.58), (x - size * 0.45, y + size * 0.05), (x - size * 0.02, y + size * 0.42)],
        colour,
    )


def face(v: Canvas, x: float, y: float, size: float, skin: RGB, shirt: RGB) -> None:
    """A round portrait without features."""
    disc = oval(x, y, size)
    v.fill(disc, mix(shirt, WHITE, 0.72))
    with v.clipped(disc):
        v.fill(oval(x, y + size * 1.05, size * 0.85, size * 0.75), shirt)
        v.fill(oval(x, y - size * 0.12, size * 0.4), skin)


def phone(v: Canvas, r: Roles, *, lit_screen: bool = False) -> None:
    """A telephone of 440 x 900 around the origin, its screen empty; draw on it afterwards."""
    shell = centred(0, 0, 440, 900, 74)
    v.shadow(shell, blur=46, dx=14, dy=34, opacity=0.5)
    v.fill(shell, Linear(lit(r.ink, 0.12), lit(r.ink, -0.02), 60))
    v.fill(centred(0, 0, 426, 886, 68), lit(r.ink, -0.06))
    top, foot = (lit(r.paper, -0.01), mix(r.paper, r.accent, 0.14)) if lit_screen else (
        mix(r.ink, r.brand, 0.16), mix(r.ink, r.brand, 0.38))  # fmt: skip
    v.fill(centred(0, 0, 404, 864, 58), Linear(top, foot, 80))
    v.fill(centred(0, -386, 118, 34, 17), lit(r.ink, -0.08))


def card(v: Canvas, x: float, y: float, w: float, h: float, colour: RGB, *, r: float = 28, depth: float = 0.28) -> None:
    """A sheet with round corners and its shadow; (x, y) is the top left corner."""
    outline = box(x, y, w, h, r)
    v.shadow(outline, blur=22, dy=14, opacity=depth)
    v.fill(outline, Linear(lit(colour, 0.012), lit(colour, -0.018)))


def plant(v: Canvas, x: float, y: float, size: float, pot: RGB, leaf: RGB, luck: random.Random) -> None:
    """A pot plant whose foot stands at (x, y)."""
    rest(v, x, y, size * 0.6)
    for turn in (-52, -26, 0, 24, 50):
        leaf_view = v.at(x, y - size * 0.36, turn=turn + luck.uniform(-6, 6))
        length = size * luck.uniform(0.6, 0.85)
        shape: list[Point] = [(0, 0), (size * 0.13, -length * 0.5), (0, -length), (-size * 0.13, -length * 0.5)]
        leaf_view.fill(closed_curve(shape), Linear(lit(leaf, 0.07), lit(leaf, -0.09), 20))
        leaf_view.line([(0, 0), (0, -length * 0.8)], size * 0.016, lit(leaf, -0.12), 0.6)
    body = [
        (x - size * 0.27, y - size * 0.42),
        (x + size * 0.27, y - size * 0.42),
        (x + size * 0.2, y),
        (x - size * 0.2, y),
    ]
    v.fill(body, Linear(lit(pot, 0.05), lit(pot, -0.09), 10))
    v.fill(centred(x, y - size * 0.42, size * 0.6, size * 0.09, size * 0.03), lit(pot, 0.03))


def cup(v: Canvas, x: float, y: float, size: float, colour: RGB, coffee: RGB) -> None:
    """A cup on a saucer, its foot at (x, y), with two threads of steam."""
    rest(v, x, y, size * 1.7)
    v.fill(oval(x, y - size * 0.03, size * 0.85, size * 0.13), lit(colour, -0.1))
    v.fill(oval(x, y - size * 0.06, size * 0.85, size * 0.12), lit(colour, -0.02))
    v.fill(ring(x + size * 0.55, y - size * 0.45, size * 0.22, size * 0.1, -100, 110), lit(colour, -0.05))
    body = [*arc(x, y - size * 0.32, size * 0.55, size * 0.3, 0, 180), (x - size * 0.58, y - size * 0.85),
            (x + size * 0.58, y - size * 0.85)]  # fmt: skip
    v.fill(body, Linear(lit(colour, 0.02), lit(colour, -0.13), 5))
    v.fill(oval(x, y - size * 0.85, size * 0.58, size * 0.13), lit(colour, 0.03))
    v.fill(oval(x, y - size * 0.84, size * 0.5, size * 0.1), coffee)
    for side in (-0.16, 0.16):
        steam = [(x + size * (side + bend), y - size * (1.0 + 0.14 * place))
                 for place, bend in enumerate((0, 0.07, 0, -0.07, 0, 0.06))]  # fmt: skip
        v.line(steam, size * 0.05, WHITE, 0.22)
