"""Scenes of invoices, taxes and a desk in order."""

import random

from marketingos.sandbox.painter.canvas import Canvas, Linear
from marketingos.sandbox.painter.colour import RGB, Roles, lit, mix, to_lch
from marketingos.sandbox.painter.scenes import parts
from marketingos.sandbox.painter.scenes.parts import GREEN, WHITE
from marketingos.sandbox.painter.shapes import box, centred, curve, oval, ring


def _sheet(
    v: Canvas, r: Roles, luck: random.Random, *, w: float = 520, h: float = 720, tint: RGB | None = None
) -> None:
    """An invoice around the origin: head, rows, a total."""
    paper = tint or lit(r.paper, 0.015)
    outline = centred(0, 0, w, h, 18)
    v.shadow(outline, blur=36, dx=12, dy=28, opacity=0.36)
    v.fill(outline, Linear(paper, lit(paper, -0.03), 70))
    left = -w / 2 + 50
    v.fill(box(left, -h / 2 + 54, 84, 84, 22), r.brand)
    parts.tick(v, left + 42, -h / 2 + 96, 42, parts.contrast(r.brand, r.ink, WHITE))
    parts.lines(v, left + 112, -h / 2 + 68, (w * 0.36, w * 0.24), r.ink, thick=18, gap=38, opacity=0.75)
    for row in range(4):
        y = -h / 2 + 210 + row * 74
        parts.lines(v, left, y, (w * luck.uniform(0.3, 0.48),), r.ink, thick=16, opacity=0.32)
        parts.lines(v, w / 2 - 130, y, (80,), r.ink, thick=16, opacity=0.5)
        v.fill(box(left, y + 42, w - 100, 3), mix(paper, r.ink, 0.12))
    v.fill(box(left, h / 2 - 160, w - 100, 104, 24), mix(paper, r.accent, 0.3))
    parts.lines(v, left + 34, h / 2 - 118, (110,), r.ink, thick=20, opacity=0.6)
    parts.lines(v, w / 2 - 230, h / 2 - 122, (150,), r.ink, thick=28, opacity=0.9)


def invoice(c: Canvas, r: Roles, luck: random.Random) -> None:
    """An invoice with the seal that closes it."""
    parts.ground(c, r, luck)
    side = luck.choice((-1, 1))
    v = parts.stage(c, dx=side * 40, dy=30)
    _sheet(v.at(side * 70, 20, turn=side * 9), r, luck, tint=mix(r.paper, r.accent, 0.45))
    _sheet(v.at(-side * 40, 0, turn=-side * 5), r, luck)
    seal = v.at(-side * -215, 215, turn=side * -14)
    colour = r.pop if r.pop != r.paper else r.accent
    seal.shadow(oval(0, 0, 130), blur=24, dy=16, opacity=0.35)
    seal.fill(oval(0, 0, 132), Linear(lit(colour, 0.05), lit(colour, -0.07), 30))
    on = parts.contrast(colour, r.ink, WHITE)
    seal.fill(ring(0, 0, 106, 8), on, 0.85)
    parts.tick(seal, 0, 0, 108, on)


def stamp(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A rubber stamp just lifted from a sheet."""
    parts.ground(c, r, luck)
    side = luck.choice((-1, 1))
    v = parts.stage(c, dy=40)
    _sheet(v.at(-side * 70, 60, turn=-side * 8), r, luck, w=600)
    mark = v.at(side * 10, 250, turn=-14)
    colour = r.pop if to_lch(r.pop)[1] > 0.06 else r.brand
    mark.fill(ring(0, 0, 118, 14), colour, 0.85)
    mark.fill(ring(0, 0, 88, 6), colour, 0.85)
    parts.tick(mark, 0, 0, 84, colour)
    wood = mix((158, 96, 56), r.brand, 0.2)
    s = v.at(side * 285, -70, turn=side * 16)
    s.shadow(centred(0, 210, 300, 90, 16), blur=30, dy=40, opacity=0.4)
    s.fill(oval(0, -190, 96, 92), Linear(lit(wood, 0.1), lit(wood, -0.08), 20))
    s.fill([(-46, -130), (46, -130), (66, 90), (-66, 90)], Linear(lit(wood, 0.07), lit(wood, -0.1), 0))
    s.fill(centred(0, 130, 280, 92, 22), Linear(lit(wood, 0.05), lit(wood, -0.1), 20))
    s.fill(centred(0, 192, 300, 44, 10), lit(r.ink, 0.06))


def receipts(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A heap of tickets, and the folder they will go to."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=20)
    spots = [(-240, 40, -22), (-90, -90, -9), (210, -30, 16), (60, -170, 5), (-30, 70, -4), (150, 110, 11)]
    for x, y, turn in spots:
        t = v.at(x + luck.uniform(-24, 24), y + luck.uniform(-20, 20), turn=turn + luck.uniform(-5, 5))
        paper = luck.choice((lit(r.paper, 0.015), lit(r.paper, 0.015), mix(r.paper, r.accent, 0.3)))
        foot = [(130 - place * 26, 178 + (place % 2) * 16) for place in range(11)]
        outline = [(-130, -190), (130, -190), *foot]
        t.shadow(outline, blur=20, dx=6, dy=14, opacity=0.26)
        t.fill(outline, Linear(paper, lit(paper, -0.035)))
        parts.lines(t, -92, -140, (110, 170, 140, 160), r.brand, thick=14, gap=40, opacity=0.38)
        parts.lines(t, 0, 84, (92,), r.ink, thick=24, opacity=0.85)
    _folder(v, r)


def _folder(v: Canvas, r: Roles) -> None:
    colour = r.brand if abs(to_lch(r.brand)[0] - to_lch(r.ground)[0]) > 0.08 else r.accent
    front = [(-360, 250), (-120, 250), (-70, 300), (360, 300), (330, 640), (-330, 640)]
    v.shadow(front, blur=34, dy=-6, opacity=0.4)
    v.fill(front, Linear(lit(colour, 0.05), lit(colour, -0.07)))
    v.fill([(-360, 250), (-120, 250), (-112, 258), (-360, 258)], WHITE, 0.25)
    v.fill(centred(0, 420, 220, 74, 20), parts.contrast(colour, r.ink, r.paper), 0.9)
    parts.lines(v, -70, 412, (140,), colour, thick=18)


def binders(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A row of ring binders on a shelf, one pulled out and leaning."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=-10, mirror=luck.random() < 0.5)
    wood = mix((168, 112, 70), r.brand, 0.2)
    v.shadow(box(-1200, 402, 2400, 40), blur=34, dy=34, opacity=0.4)
    v.fill(box(-1200, 396, 2400, 56, 6), Linear(lit(wood, 0.06), lit(wood, -0.05)))
    v.fill(box(-1200, 396, 2400, 8), lit(wood, 0.13))
    tints = [r.accent, r.paper, r.pop, mix(r.brand, r.paper, 0.35), r.accent, r.paper]
    luck.shuffle(tints)
    for place, tint in enumerate(tints[:4]):
        tint = lit(tint, -0.12) if abs(to_lch(tint)[0] - to_lch(r.ground)[0]) < 0.05 else tint
        _binder(v.at(-310 + place * 152, 396), r, tint, 620 + 34 * (place % 2))
    _binder(v.at(340, 396, turn=11), r, r.brand if not r.dark else tints[4], 640)
    parts.cup(v, -470, 396, 84, r.pop if r.dark else r.brand, (74, 44, 30))


def _binder(v: Canvas, r: Roles, tint: RGB, tall: float) -> None:
    """One binder that stands on its foot at the origin."""
    spine = box(-70, -tall, 140, tall, 12)
    v.shadow(spine, blur=20, dx=16, dy=4, opacity=0.3)
    v.fill(spine, Linear(lit(tint, 0.06), lit(tint, -0.09), 0))
    v.fill(centred(0, -tall * 0.72, 96, tall * 0.3, 10), lit(r.paper, 0.01))
    parts.lines(v, -30, -tall * 0.8, (60, 44, 60), r.ink, thick=12, gap=34, opacity=0.45)
    v.fill(oval(0, -tall * 0.2, 30), lit(tint, -0.16))
    v.fill(ring(0, -tall * 0.2, 30, 9), lit(r.paper, -0.12))


def coffee(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A cup beside a finished sheet: the work is done."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=40, mirror=luck.random() < 0.5)
    table = mix((196, 146, 100), r.ground, 0.35) if not r.dark else mix((120, 76, 50), r.ground, 0.45)
    parts.floor(c, v.level(210), table)
    v.fill(oval(-60, -180, 270), Linear(mix(r.accent, WHITE, 0.3), mix(r.accent, r.ground, 0.4)), 0.85)
    flat = [(-470, 300), (-60, 250), (60, 480), (-420, 540)]
    v.shadow(flat, blur=16, dy=10, opacity=0.3)
    v.fill(flat, Linear(lit(r.paper, 0.015), lit(r.paper, -0.04)))
    slope = v.at(-400, 330, turn=-7)
    parts.lines(slope, 0, 0, (190, 300, 260, 290), r.ink, thick=13, gap=36, opacity=0.35)
    pen = v.at(30, 470, turn=-28)
    pen.fill(centred(0, 0, 300, 20, 10), r.brand)
    pen.fill([(150, -10), (190, 0), (150, 10)], r.ink)
    parts.cup(v, 190, 360, 270, r.accent if r.dark else r.brand, (70, 40, 28))


def progress(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A ring that closes and ticks."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dx=luck.choice((-40, 0, 40)), dy=-10)
    disc = oval(0, 0, 400)
    v.shadow(disc, blur=60, dy=44, opacity=0.3)
    v.fill(disc, Linear(lit(r.paper, 0.02), lit(r.paper, -0.04)))
    track = mix(r.paper, r.brand, 0.14)
    v.fill(ring(0, 0, 300, 58), track)
    end = -90 + luck.choice((270, 300, 325))
    colour = r.brand if to_lch(r.brand)[0] < 0.75 else r.ink
    v.fill(ring(0, 0, 300, 58, -90, end), colour)
    for degrees in (-90, end):
        v.at(0, 0, turn=degrees).fill(oval(300, 0, 29), colour)
    v.at(0, 0, turn=end).fill(oval(300, 0, 15), r.accent)
    v.fill(oval(0, 0, 150), Linear(lit(r.accent, 0.04), lit(r.accent, -0.06), 40))
    parts.tick(v, 0, 4, 130, parts.contrast(r.accent, r.ink, WHITE))


def calculator(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A calculator and coins in three stacks."""
    parts.ground(c, r, luck)
    side = luck.choice((-1, 1))
    v = parts.stage(c, dy=-20)
    parts.floor(c, v.level(390), mix(r.ground, r.ink, 0.3) if r.dark else mix(r.ground, r.brand, 0.25))
    shell = v.at(-side * 130, 20, turn=-side * 7)
    body = centred(0, 0, 440, 640, 46)
    shell.shadow(body, blur=40, dx=20, dy=30, opacity=0.4)
    colour = r.brand if abs(to_lch(r.brand)[0] - to_lch(r.ground)[0]) > 0.08 else r.accent
    shell.fill(body, Linear(lit(colour, 0.06), lit(colour, -0.06), 60))
    shell.fill(centred(0, -212, 360, 128, 22), mix(r.paper, GREEN, 0.22))
    parts.lines(shell, 10, -226, (140,), r.ink, thick=30, opacity=0.8)
    for row in range(4):
        for column in range(4):
            key = r.accent if column == 3 else mix(colour, WHITE, 0.78)
            if column == 3 and colour == r.accent:
                key = r.ink
            shell.fill(centred(-135 + column * 90, -74 + row * 98, 70, 76, 20), Linear(lit(key, 0.02), lit(key, -0.05)))
    for place, count in enumerate(luck.sample((3, 5, 7), 3)):
        _coins(v, side * 310 + (place - 1) * 122, 430 - (place % 2) * 20, count)


def _coins(v: Canvas, x: float, foot: float, count: int) -> None:
    gold: RGB = (232, 186, 96)
    parts.rest(v, x, foot + 8, 150)
    for place in range(count):
        y = foot - place * 30
        v.fill(box(x - 62, y - 14, 124, 24), Linear(lit(gold, 0.02), lit(gold, -0.16), 0))
        v.fill(oval(x, y + 10, 62, 18), lit(gold, -0.16))
        v.fill(oval(x, y - 14, 62, 18), Linear(lit(gold, 0.09), lit(gold, -0.02), 0))
    v.fill(oval(x, foot - (count - 1) * 30 - 14, 40, 11), lit(gold, -0.06))


def paper_plane(c: Canvas, r: Roles, luck: random.Random) -> None:
    """Something sent: a paper plane and its trail."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=0, mirror=luck.random() < 0.5)
    for x, y, size in ((-330, -190, 150), (240, 340, 230)):
        for dx, dy, k in ((0, 0, 1.0), (-0.8, 0.2, 0.7), (0.85, 0.22, 0.65)):
            v.fill(oval(x + dx * size, y + dy * size, size * 0.62 * k, size * 0.4 * k), lit(r.ground, 0.07), 0.9)
    trail = curve(
        [(-560, 300), (-420, 330), (-300, 250), (-330, 130), (-440, 160), (-380, 280), (-200, 270), (-60, 170)]
    )
    for place in range(0, len(trail) - 3, 6):
        v.line(trail[place : place + 4], 12, parts.contrast(r.ground, r.brand, r.accent))
    nose, left, right, fold, keel = (380.0, -260.0), (-240.0, -40.0), (120.0, 240.0), (-20.0, 70.0), (-90.0, 250.0)
    v.shadow([nose, left, keel, right], blur=44, dx=20, dy=70, opacity=0.32)
    v.fill([nose, fold, keel], lit(r.paper, -0.2))
    v.fill([nose, left, fold], Linear(WHITE, lit(r.paper, -0.03)))
    v.fill([nose, (30.0, 115.0), keel], lit(r.paper, -0.13))
    v.fill([nose, (30.0, 115.0), right], Linear(lit(r.paper, 0.01), lit(r.paper, -0.08)))
