"""Scenes of a gym and its classes."""

import random

from marketingos.sandbox.painter.canvas import Canvas, Linear, Radial
from marketingos.sandbox.painter.colour import RGB, Roles, lit, mix, to_lch
from marketingos.sandbox.painter.scenes import parts
from marketingos.sandbox.painter.scenes.parts import WHITE
from marketingos.sandbox.painter.shapes import box, centred, closed_curve, oval, ring

STEEL: RGB = (176, 182, 194)


def _iron(r: Roles) -> RGB:
    """Cast iron that still shows on the ground."""
    iron = mix((34, 40, 54), r.brand, 0.35)
    return lit(iron, 0.1) if r.dark else iron


def _halo(v: Canvas, r: Roles, size: float = 400) -> None:
    colour = r.accent if abs(to_lch(r.accent)[0] - to_lch(r.ground)[0]) > 0.16 else r.pop
    v.fill(oval(0, 0, size), Radial(lit(colour, 0.04), lit(colour, -0.03)))


def kettlebell(c: Canvas, r: Roles, luck: random.Random) -> None:
    """One kettlebell before a disc of colour."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dx=luck.choice((-70, 0, 70)), dy=55, size=0.95)
    _halo(v, r, 430)
    iron = _iron(r)
    parts.rest(v, 0, 428, 560, 0.55)
    outer = [(-150, 30), (-190, -150), (-140, -330), (0, -380), (140, -330), (190, -150), (150, 30)]
    inner = [(84, 10), (112, -150), (82, -262), (0, -292), (-82, -262), (-112, -150), (-84, 10)]
    handle = closed_curve([*outer, *inner])
    v.shadow(handle, blur=26, dx=18, dy=20, opacity=0.3)
    v.fill(handle, Linear(lit(iron, 0.12), lit(iron, -0.04), 60))
    v.shadow(oval(0, 170, 262), blur=40, dx=22, dy=30, opacity=0.36)
    v.fill(oval(0, 170, 262), Radial(lit(iron, 0.16), lit(iron, -0.06), x=0.34, y=0.26, reach=0.9))
    v.fill(box(-130, 396, 260, 38, 16), lit(iron, -0.05))
    v.fill(ring(0, 180, 108, 9), r.accent)
    parts.lines(v, -44, 166, (88,), r.accent, thick=26)
    v.fill(oval(-118, 40, 40, 22), WHITE, 0.16)


def dumbbells(c: Canvas, r: Roles, luck: random.Random) -> None:
    """Three pairs on a rack."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=10)
    rail = mix(r.ground, r.ink, 0.5) if not r.dark else lit(r.ground, 0.14)
    for x in (-430, 430):
        v.fill(centred(x, 120, 40, 900, 12), Linear(lit(rail, 0.05), lit(rail, -0.06), 0))
    colours = [r.accent, r.pop, _iron(r)]
    luck.shuffle(colours)
    for row, (size, tint) in enumerate(zip((0.78, 0.92, 1.05), colours, strict=True)):
        y = -200 + row * 255
        v.shadow(box(-450, y + 70, 900, 34), blur=24, dy=22, opacity=0.4)
        v.fill(box(-460, y + 72, 920, 40, 10), Linear(lit(rail, 0.09), lit(rail, -0.02)))
        for x in (-215, 215):
            _dumbbell(v.at(x, y, scale=size), tint)


def _dumbbell(v: Canvas, tint: RGB) -> None:
    v.fill(centred(0, 0, 200, 40, 14), Linear(lit(STEEL, 0.08), lit(STEEL, -0.14)))
    for place in range(-3, 4):
        v.fill(centred(place * 18, 0, 5, 40), lit(STEEL, -0.2), 0.5)
    for side in (-1, 1):
        for x, wide, tall in ((96, 56, 160), (146, 48, 124)):
            outline = centred(side * x, 0, wide, tall, 18)
            v.fill(outline, Linear(lit(tint, 0.08), lit(tint, -0.13)))
            v.fill(centred(side * x, -tall * 0.3, wide * 0.6, 12, 6), WHITE, 0.22)


def mat(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A rolled mat, a block and a bottle on a studio floor."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=30, mirror=luck.random() < 0.5)
    parts.floor(c, v.level(300), mix(r.ground, (206, 160, 116), 0.42))
    tint = r.accent if r.dark else r.brand
    sun = r.pop if r.dark else r.accent
    if abs(to_lch(sun)[0] - to_lch(r.ground)[0]) < 0.1:
        sun = r.pop
    v.fill(oval(140, -70, 310), Radial(lit(sun, 0.08), lit(sun, -0.05)))
    strip = [(-420, 300), (330, 300), (450, 420), (-480, 420)]
    v.shadow(strip, blur=20, dy=12, opacity=0.3)
    v.fill(strip, Linear(lit(tint, 0.02), lit(tint, -0.08)))
    parts.rest(v, -230, 350, 400, 0.4)
    v.fill(oval(-250, 230, 128), lit(tint, -0.06))
    v.fill(box(-250, 102, 240, 256), Linear(lit(tint, 0.08), lit(tint, -0.12)))
    v.fill(oval(-10, 230, 52, 128), lit(tint, -0.16))
    v.fill(oval(-250, 230, 56, 128), Linear(lit(tint, 0.05), lit(tint, -0.05)))
    for reach in (0.74, 0.5, 0.26):
        v.fill(oval(-250, 230, 56 * reach, 128 * reach), lit(tint, 0.04 if reach == 0.5 else -0.1))
    parts.card(v, 110, 210, 210, 120, r.pop, r=16, depth=0.35)
    _flask(v, 410, 350, r)


def _flask(v: Canvas, x: float, foot: float, r: Roles) -> None:
    colour = r.brand if r.dark else r.ink
    body = box(x - 54, foot - 290, 108, 290, 34)
    v.shadow(body, blur=24, dx=18, dy=6, opacity=0.34)
    v.fill(centred(x, foot - 318, 66, 60, 14), Linear(lit(r.accent, 0.05), lit(r.accent, -0.08), 0))
    v.fill(body, Linear(lit(colour, 0.14), lit(colour, -0.02), 0))
    v.fill(box(x - 54, foot - 160, 108, 60), r.accent)
    v.fill(box(x - 36, foot - 268, 12, 236, 6), WHITE, 0.3)


def lockers(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A row of lockers, one of them open and lit."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=90)
    tint = (
        r.brand
        if r.dark and to_lch(r.brand)[0] > to_lch(r.ground)[0] + 0.08
        else lit(r.ground, 0.1 if r.dark else -0.2)
    )
    opened = luck.choice((1, 2))
    v.shadow(box(-520, -380, 1040, 1000, 10), blur=50, dy=10, opacity=0.35)
    for place in range(4):
        x = -500 + place * 250
        door = box(x + 6, -370, 238, 1100, 14)
        if place == opened:
            continue
        v.fill(door, Linear(lit(tint, 0.05), lit(tint, -0.06), 20))
        for row in range(4):
            v.fill(centred(x + 125, -300 + row * 26, 120, 9, 4), lit(tint, -0.13))
        v.fill(centred(x + 206, 70, 18, 84, 9), r.accent)
    _open_locker(v, -500 + opened * 250, r, tint)


def _open_locker(v: Canvas, x: float, r: Roles, tint: RGB) -> None:
    hole = box(x + 6, -370, 238, 1100, 14)
    v.fill(hole, Linear(lit(tint, -0.16), lit(tint, -0.24)))
    v.glow(x + 125, -180, 300, r.accent, 0.75)
    with v.clipped(hole):
        v.fill(box(x, -70, 250, 22), lit(tint, -0.06))
        v.line([(x + 40, 20), (x + 210, 20)], 12, STEEL)
        towel = box(x + 66, 16, 118, 300, 16)
        v.fill(towel, Linear(lit(r.paper, 0.01), lit(r.paper, -0.12), 0))
        v.fill(box(x + 66, 250, 118, 26), r.accent)
        for place, colour in enumerate((r.pop, r.accent)):
            v.fill(box(x + 46 + place * 90, -160, 74, 92, 14), Linear(lit(colour, 0.05), lit(colour, -0.08), 0))
    door = [(x + 244, -370), (x + 362, -420), (x + 362, 800), (x + 244, 730)]
    v.shadow(door, blur=26, dx=20, dy=6, opacity=0.4)
    v.fill(door, Linear(lit(tint, 0.11), lit(tint, 0.0), 0))
    v.fill(centred(x + 338, 70, 12, 84, 6), r.accent)


def stopwatch(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A stopwatch about to start."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dx=luck.choice((-60, 0, 60)), dy=30, turn=luck.choice((-10, 8)))
    shell = r.accent if r.dark else r.brand
    v.shadow(oval(0, 40, 370), blur=60, dx=30, dy=50, opacity=0.42)
    v.fill(centred(0, -360, 96, 110, 20), Linear(lit(STEEL, 0.06), lit(STEEL, -0.16), 0))
    v.fill(centred(0, -418, 150, 62, 26), Linear(lit(shell, 0.08), lit(shell, -0.1), 0))
    button = v.at(0, 40, turn=40)
    button.fill(centred(0, -400, 74, 80, 16), lit(shell, -0.1))
    v.fill(oval(0, 40, 372), Radial(lit(shell, 0.09), lit(shell, -0.1), x=0.3, y=0.25))
    v.fill(oval(0, 40, 306), Radial(lit(r.paper, 0.02), lit(r.paper, -0.06)))
    done = luck.uniform(90, 230)
    v.fill(ring(0, 40, 252, 40), mix(r.paper, r.ink, 0.1))
    v.fill(ring(0, 40, 252, 40, -90, -90 + done), r.pop if r.pop != shell else r.brand)
    for place in range(12):
        t = v.at(0, 40, turn=place * 30)
        t.fill(centred(0, -196, 10, 34 if place % 3 == 0 else 18, 5), mix(r.ink, r.paper, 0.2))
    hand = v.at(0, 40, turn=done)
    hand.fill([(-9, 50), (9, 50), (4, -210), (-4, -210)], r.ink)
    v.fill(oval(0, 40, 28), r.ink)


def heartbeat(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A pulse line that crosses the picture."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=0)
    _halo(v.at(luck.choice((-190, 190)), -30), r, 300)
    colour = parts.contrast(r.ground, r.ink, r.paper)
    beat = [(-900, 40), (-330, 40), (-270, -30), (-210, 40), (-130, 40), (-60, -310), (40, 330), (120, -110), (170, 40),
            (300, 40), (350, -20), (400, 40), (900, 40)]  # fmt: skip
    v.line([(x + 8, y + 26) for x, y in beat], 34, lit(r.ground, -0.12), 0.5)
    v.line(beat, 34, colour)
    v.glow(170, 40, 150, r.pop, 0.6)
    v.fill(oval(170, 40, 40), r.pop)
    v.fill(oval(170, 40, 18), r.paper)


def schedule(c: Canvas, r: Roles, luck: random.Random) -> None:
    """The day's classes as cards that fill up."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=0, dx=0)
    chosen = luck.randrange(3)
    for row in range(3):
        x, y, fresh = (-60, 30, -90)[row] - 400, -330 + row * 268, row == chosen
        ground = r.brand if fresh else lit(r.paper, -0.005)
        if fresh and abs(to_lch(r.brand)[0] - to_lch(r.ground)[0]) < 0.1:
            ground = r.accent
        parts.card(v, x, y, 860, 232, ground, r=40, depth=0.36 if fresh else 0.26)
        on = parts.contrast(ground, r.ink, r.paper)
        v.fill(box(x + 44, y + 46, 140, 140, 34), mix(ground, r.accent if ground != r.accent else r.brand, 0.9))
        _mark(v, x + 114, y + 116, (row + chosen) % 3, r.ink if to_lch(r.accent)[0] > 0.6 else r.paper)
        parts.lines(v, x + 232, y + 56, (luck.uniform(220, 330),), on, thick=26, opacity=0.9)
        full = 9 if fresh else luck.randint(4, 8)
        for place in range(10):
            spot = r.accent if ground != r.accent else r.brand
            colour = spot if place < full and fresh else mix(ground, on, 0.75 if place < full else 0.18)
            v.fill(oval(x + 250 + place * 54, y + 156, 19), colour)


def _mark(v: Canvas, x: float, y: float, kind: int, colour: RGB) -> None:
    """A small sign for a class: weights, a flow, a wheel."""
    if kind == 0:
        v.fill(centred(x, y, 80, 14, 6), colour)
        for side in (-1, 1):
            v.fill(centred(x + side * 34, y, 18, 60, 8), colour)
    elif kind == 1:
        v.line([(x - 42, y + 14), (x - 14, y - 20), (x + 14, y + 16), (x + 42, y - 16)], 14, colour)
    else:
        v.fill(ring(x, y, 36, 13), colour)
        v.fill(oval(x, y, 11), colour)
