"""Brand compositions without objects, for any product the other scenes do not know."""

import math
import random

from marketingos.sandbox.painter.canvas import Canvas, Linear, Radial
from marketingos.sandbox.painter.colour import Roles, lit, mix
from marketingos.sandbox.painter.scenes import parts
from marketingos.sandbox.painter.shapes import arch, box, closed_curve, curve, oval, ring


def arches(c: Canvas, r: Roles, luck: random.Random) -> None:
    """Doorways one inside the other, and a sun."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dx=luck.choice((-150, 0, 150)), dy=60)
    colours = [
        r.brand if not r.dark else r.accent,
        r.accent if not r.dark else r.paper,
        r.pop,
        r.paper if not r.dark else r.brand,
    ]
    for place, colour in enumerate(colours):
        w = 860 - place * 200
        outline = arch(0, 900, w, 1260 - place * 130)
        v.shadow(outline, blur=40, dy=10, opacity=0.24)
        v.fill(outline, Linear(lit(colour, 0.04), lit(colour, -0.06)))
    v.shadow(oval(260, -230, 120), blur=30, dy=20, opacity=0.25)
    v.fill(oval(260, -230, 120), Radial(lit(r.paper, 0.02), mix(r.paper, r.accent, 0.3)))


def waves(c: Canvas, r: Roles, luck: random.Random) -> None:
    """Layers of paper cut into waves."""
    parts.ground(c, r, luck)
    phase = luck.uniform(0, 6)
    c.fill(oval(c.w * luck.choice((0.25, 0.72)), c.h * 0.5, 150), Radial(lit(r.accent, 0.08), r.accent))
    colours = [mix(r.ground, r.accent, 0.35), r.accent, mix(r.brand, r.accent, 0.4), r.brand, lit(r.brand, -0.1)]
    for place, colour in enumerate(colours):
        top = c.h * (0.5 + 0.1 * place)
        crest = [(x * c.w / 8, top + c.h * 0.045 * math.sin(phase + place * 1.7 + x * 1.05)) for x in range(-1, 10)]
        outline = [*curve(crest), (c.w * 1.2, c.h + 60), (-c.w * 0.2, c.h + 60)]
        c.shadow(outline, blur=30, dy=-12, opacity=0.28)
        c.fill(outline, Linear(lit(colour, 0.03), lit(colour, -0.05)))


def tiles(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A grid of circles, quarters and halves."""
    parts.ground(c, r, luck)
    side = c.w / (4 if c.w <= c.h else 6)
    colours = [r.brand, r.accent, r.pop, r.paper]
    rows = math.ceil(c.h * 0.56 / side)
    for row in range(rows):
        for column in range(math.ceil(c.w / side)):
            if row == 0 and luck.random() < 0.5:
                continue
            x, y = column * side, c.h - (rows - row) * side
            back, front = luck.sample(colours, 2)
            cell = box(x, y, side + 1, side + 1)
            c.fill(cell, Linear(lit(back, 0.02), lit(back, -0.03)))
            with c.clipped(cell):
                _tile(c, x, y, side, luck.randrange(5), lit(front, luck.choice((0, 0.03))))


def _tile(c: Canvas, x: float, y: float, side: float, kind: int, colour: tuple[int, int, int]) -> None:
    mid = (x + side / 2, y + side / 2)
    if kind == 0:
        c.fill(oval(*mid, side * 0.34), colour)
    elif kind == 1:
        c.fill(oval(x, y + side, side), colour)
    elif kind == 2:
        c.fill(oval(x + side, mid[1], side / 2), colour)
    elif kind == 3:
        c.fill([(x, y), (x + side, y), (x, y + side)], colour)
    else:
        c.fill(ring(*mid, side * 0.32, side * 0.14), colour)


def orbits(c: Canvas, r: Roles, luck: random.Random) -> None:
    """Things that turn around one centre."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dx=luck.choice((-120, 0, 120)), dy=20)
    v.glow(0, 0, 620, r.accent, 0.4)
    line = parts.contrast(r.ground, lit(r.ground, -0.16), lit(r.ground, 0.14))
    for reach in (200, 330, 460):
        v.fill(ring(0, 0, reach, 6), line)
    v.shadow(oval(0, 0, 120), blur=40, dy=30, opacity=0.4)
    v.fill(oval(0, 0, 122), Radial(lit(r.accent, 0.08), lit(r.accent, -0.08)))
    bodies = ((200, 40, r.paper), (330, 62, r.pop), (330, 34, r.brand), (460, 50, r.accent), (460, 28, r.paper))
    for place, (reach, size, colour) in enumerate(bodies):
        t = luck.uniform(0, 1.3) + place * 2.2
        x, y = reach * math.cos(t), reach * math.sin(t)
        v.shadow(oval(x, y, size), blur=18, dy=14, opacity=0.34)
        v.fill(oval(x, y, size), Radial(lit(colour, 0.06), lit(colour, -0.09)))


def pebbles(c: Canvas, r: Roles, luck: random.Random) -> None:
    """Soft stones in balance."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dx=luck.choice((-100, 0, 100)), dy=-30)
    parts.floor(c, v.level(410), lit(r.ground, -0.04))
    parts.rest(v, 0, 440, 560, 0.3)
    y, colours = 450.0, [r.brand if not r.dark else lit(r.brand, 0.12), r.accent, r.pop, r.paper]
    for place, (colour, wide) in enumerate(zip(colours, (330, 260, 190, 110), strict=True)):
        tall = wide * luck.uniform(0.38, 0.46)
        y -= tall
        shape = [(wide * math.cos(t) * luck.uniform(0.94, 1.04), tall * math.sin(t) * luck.uniform(0.95, 1.05))
                 for t in (step * math.pi / 5 for step in range(10))]  # fmt: skip
        stone = v.at((-1) ** place * 24, y, turn=luck.uniform(-5, 5))
        stone.shadow(closed_curve(shape), blur=24, dx=12, dy=16, opacity=0.3)
        stone.fill(closed_curve(shape), Radial(lit(colour, 0.07), lit(colour, -0.1), x=0.35, y=0.2))
        y -= tall * 0.86


def hills(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A path over hills to a low sun."""
    sky = mix(r.ground, r.accent, 0.12)
    parts.ground(c, r, luck, colour=sky)
    x = c.w * luck.choice((0.3, 0.68))
    c.glow(x, c.h * 0.6, 480, lit(r.accent, 0.1), 0.6)
    c.fill(oval(x, c.h * 0.6, 130), Radial(lit(r.paper, 0.02), mix(r.accent, r.paper, 0.4)))
    for place in range(4):
        colour = mix(mix(sky, r.accent, 0.25), lit(r.brand, -0.04), place / 3)
        top = c.h * (0.62 + 0.09 * place)
        crest = [(step * c.w / 6, top + luck.uniform(-50, 50)) for step in range(-1, 8)]
        outline = [*curve(crest), (c.w * 1.3, c.h + 50), (-c.w * 0.3, c.h + 50)]
        c.fill(outline, Linear(lit(colour, 0.05), lit(colour, -0.04)))
    path = [(c.w * 0.45, c.h * 1.02), (c.w * 0.6, c.h * 0.94), (c.w * 0.48, c.h * 0.88), (c.w * 0.53, c.h * 0.84)]
    for place, (px, py) in enumerate(curve(path)):
        c.fill(oval(px, py, 34 - place * 0.62, 12 - place * 0.2), mix(r.accent, r.paper, 0.4), 0.9)
