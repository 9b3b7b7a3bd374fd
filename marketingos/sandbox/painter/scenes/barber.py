"""Scenes of a barber's shop."""

import math
import random

from marketingos.sandbox.painter.canvas import Canvas, Linear, Radial
from marketingos.sandbox.painter.colour import RGB, Roles, lit, mix, to_lch
from marketingos.sandbox.painter.scenes import parts
from marketingos.sandbox.painter.scenes.parts import GREEN, WHITE
from marketingos.sandbox.painter.shapes import arch, box, centred, oval, ring

GOLD: RGB = (224, 178, 104)
DARK: RGB = (58, 42, 38)


def chair(c: Canvas, r: Roles, luck: random.Random) -> None:
    """The empty chair before a mirror with its bulbs on."""
    wall = luck.choice((r.ground, mix(r.brand, (18, 46, 58), 0.75), mix(r.brand, DARK, 0.6)))
    parts.ground(c, r, luck, colour=wall)
    v = parts.stage(c, dx=luck.choice((-60, 0, 60)), dy=62, size=0.93)
    parts.floor(c, v.level(400), mix(wall, DARK, 0.55))
    _mirror(v, r, wall)
    leather = r.brand if r.dark or wall != r.ground else lit(r.brand, 0.02)
    v.shadow(oval(0, 455, 250, 34), blur=24, dy=6, opacity=0.5)
    v.fill(oval(0, 448, 205, 32), Linear(lit(GOLD, 0.06), lit(GOLD, -0.18), 10))
    v.fill(centred(0, 370, 58, 150, 8), Linear(lit(GOLD, 0.1), lit(GOLD, -0.2), 0))
    _upholstery(v, leather)
    for side in (-1, 1):
        v.fill(centred(side * 214, 175, 40, 190, 20), lit(DARK, -0.02))
        v.fill(centred(side * 214, 92, 96, 50, 25), Linear(lit(GOLD, 0.08), lit(GOLD, -0.1)))
    v.fill(centred(0, 408, 190, 22, 11), lit(DARK, 0.06))


def _mirror(v: Canvas, r: Roles, wall: RGB) -> None:
    v.glow(0, -120, 640, GOLD, 0.35)
    frame = arch(0, 330, 500, 830)
    v.shadow(frame, blur=34, dy=20, opacity=0.35)
    v.fill(frame, Linear(lit(GOLD, 0.07), lit(GOLD, -0.12), 30))
    glass = arch(0, 330, 430, 790)
    v.fill(glass, Linear(mix(GOLD, WHITE, 0.55), mix(wall, GOLD, 0.55)))
    with v.clipped(glass):
        v.fill([(40, -520), (170, -520), (-110, 340), (-240, 340)], WHITE, 0.22)
        v.fill([(200, -520), (235, -520), (-45, 340), (-80, 340)], WHITE, 0.15)
    spots = [(-250 * math.cos(math.radians(t)), -250 - 250 * math.sin(math.radians(t))) for t in range(12, 170, 24)]
    for x, y in [*spots, *((side * 250, y) for side in (-1, 1) for y in (-160, -40, 80, 200))]:
        v.glow(x, y, 90, (255, 226, 160), 0.75)
        v.fill(oval(x, y, 19), (255, 246, 222))


def _upholstery(v: Canvas, leather: RGB) -> None:
    back = box(-165, -110, 330, 330, 62)
    v.shadow(back, blur=30, dy=18, opacity=0.4)
    v.fill(centred(0, -140, 56, 70, 8), lit(GOLD, -0.12))
    head = centred(0, -205, 250, 124, 52)
    v.fill(head, Linear(lit(leather, 0.07), lit(leather, -0.05)))
    v.fill(back, Linear(lit(leather, 0.06), lit(leather, -0.06), 70))
    for x in (-56, 56):
        v.fill(centred(x, 55, 9, 290, 4), lit(leather, -0.08))
    for x in (-108, 0, 108):
        for y in (-40, 50, 135):
            v.fill(oval(x, y, 12), GOLD)
            v.fill(oval(x - 3, y - 3, 5), lit(GOLD, 0.12))
    seat = box(-205, 205, 410, 112, 50)
    v.shadow(seat, blur=18, dy=10, opacity=0.35)
    v.fill(seat, Linear(lit(leather, 0.09), lit(leather, -0.08)))
    v.fill(box(-205, 268, 410, 40, 20), lit(leather, -0.1))


def pole(c: Canvas, r: Roles, luck: random.Random) -> None:
    """The striped pole, turning, with its globe lit."""
    parts.ground(c, r, luck)
    niche = mix(r.brand, (20, 58, 70), 0.78) if not r.dark else lit(r.ground, 0.08)
    v = parts.stage(c, dx=luck.choice((-110, 0, 110)), dy=30, size=0.95)
    v.fill(arch(0, 700, 620, 1180), Linear(lit(niche, 0.05), lit(niche, -0.06)))
    v.glow(0, -330, 430, (255, 226, 170), 0.55)
    v.shadow(centred(40, 110, 250, 760, 40), blur=50, dx=34, dy=30, opacity=0.4)
    v.fill(oval(0, -340, 92), Radial((255, 248, 228), lit(GOLD, 0.08), x=0.4, y=0.35, reach=0.8))
    tube = box(-88, -230, 176, 560, 30)
    v.fill(tube, (246, 240, 230))
    with v.clipped(tube):
        stripes = (r.brand, r.accent) if luck.random() < 0.4 else ((178, 44, 52), (38, 70, 112))
        for place in range(-2, 12):
            y = -330 + place * 74
            v.fill([(-100, y + 120), (100, y), (100, y + 36), (-100, y + 156)], stripes[place % 2])
        v.fill(box(-88, -230, 50, 560), (20, 10, 12), 0.16)
        v.fill(box(-40, -230, 26, 560), WHITE, 0.4)
        v.fill(box(44, -230, 44, 560), (20, 10, 12), 0.22)
    for y, w, h in ((-262, 250, 40), (-228, 210, 34), (335, 210, 34), (372, 250, 44), (424, 190, 66), (520, 260, 150)):
        v.fill(centred(0, y, w, h, 14), Linear(lit(GOLD, 0.12), lit(GOLD, -0.2), 0))
        v.fill(centred(-w * 0.24, y, w * 0.08, h * 0.8, 6), WHITE, 0.35)


def scissors(c: Canvas, r: Roles, luck: random.Random) -> None:
    """Open scissors and a comb, crossed."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=50, turn=luck.choice((-16, 12, 24)), mirror=luck.random() < 0.5, size=0.94)
    disc = r.accent if abs(to_lch(r.accent)[0] - to_lch(r.ground)[0]) > 0.15 else r.pop
    v.fill(oval(0, 0, 420), Radial(lit(disc, 0.05), lit(disc, -0.05)))
    _comb(v.at(70, 40, turn=48), parts.contrast(disc, lit(r.ink, 0.06), r.paper))
    steel = parts.contrast(disc, lit(r.brand, -0.02), (236, 234, 230))
    for side in (-1, 1):
        _blade(v.at(-30, 10, turn=side * 17), side, steel, r.brand if steel[0] > 200 else r.ink)
    v.fill(oval(-30, 10, 24), Linear(lit(GOLD, 0.1), lit(GOLD, -0.1)))
    v.fill(centred(-30, 10, 30, 6, 3), lit(GOLD, -0.25))


def _blade(v: Canvas, side: int, steel: RGB, grip: RGB) -> None:
    edge = [(-20, -20), (-14, -440), (8, -470), (24, -20), (20, 90), (-16, 90)]
    edge = [(-x * side, y) for x, y in edge]
    v.shadow(edge, blur=18, dx=10, dy=18, opacity=0.35)
    v.fill(edge, Linear(lit(steel, 0.04), lit(steel, -0.13), 0))
    v.fill([(-x * side, y) for x, y in ((2, -30), (4, -440), (8, -470), (24, -20))], lit(steel, -0.18), 0.6)
    shank = [(-16, 80), (20, 80), (-40, 270), (-72, 262)]
    v.fill([(x * side, y) for x, y in shank], Linear(lit(grip, 0.06), lit(grip, -0.06)))
    loop = ring(-side * 88, 318, 84, 34)
    v.shadow(loop, blur=16, dx=8, dy=14, opacity=0.28)
    v.fill(loop, Linear(lit(grip, 0.08), lit(grip, -0.08), 40))


def _comb(v: Canvas, colour: RGB) -> None:
    spine = box(-400, -52, 800, 62, 28)
    v.shadow(box(-400, -52, 800, 150, 20), blur=20, dx=8, dy=16, opacity=0.3)
    for place in range(52):
        wide = 9 if place < 26 else 5
        v.fill(box(-384 + place * 15, -10, wide, 112, 4), colour)
    v.fill(spine, Linear(lit(colour, 0.08), lit(colour, -0.04)))


def shelf(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A shelf with bottles, a brush and a razor under a lamp."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=10, mirror=luck.random() < 0.5)
    v.glow(-80, -60, 560, lit(r.accent, 0.1), 0.35)
    wood = mix((150, 96, 58), r.brand, 0.25)
    v.shadow(box(-620, 330, 1240, 46), blur=34, dy=36, opacity=0.45)
    v.fill(box(-1200, 322, 2400, 56, 6), Linear(lit(wood, 0.06), lit(wood, -0.05)))
    v.fill(box(-1200, 322, 2400, 8), lit(wood, 0.13))
    tints = [r.accent, r.brand, r.pop, lit(r.paper, -0.04)]
    luck.shuffle(tints)
    heights = luck.sample((300, 380, 450, 340), 3)
    for place, (tint, tall) in enumerate(zip(tints, heights, strict=False)):
        _bottle(v, -370 + place * 180, 322, tall, tint, r, luck.choice((0, 1)))
    _brush(v, 230, 322, r)
    _razor(v.at(400, 322), r)


def _bottle(v: Canvas, x: float, foot: float, tall: float, tint: RGB, r: Roles, kind: int) -> None:
    wide = 128
    body = box(x - wide / 2, foot - tall * 0.7, wide, tall * 0.7, 34 if kind else 18)
    v.shadow(body, blur=22, dx=16, dy=6, opacity=0.3)
    v.fill(centred(x, foot - tall * 0.76, 46, tall * 0.16, 6), lit(tint, -0.08))
    v.fill(centred(x, foot - tall * 0.88, 70, tall * 0.14, 12), Linear(lit(r.ink, 0.2), lit(r.ink, 0.02), 0))
    v.fill(body, Linear(lit(tint, 0.07), lit(tint, -0.09), 0))
    label = centred(x, foot - tall * 0.34, wide, tall * 0.26)
    v.fill(label, mix(r.paper, tint, 0.1))
    parts.lines(v, x - 36, foot - tall * 0.4, (72, 48), r.ink, thick=10, gap=24, opacity=0.55)
    v.fill(box(x - wide * 0.36, foot - tall * 0.62, 12, tall * 0.5, 6), WHITE, 0.35)


def _brush(v: Canvas, x: float, foot: float, r: Roles) -> None:
    v.shadow(box(x - 50, foot - 280, 100, 280, 40), blur=20, dx=16, dy=4, opacity=0.3)
    v.fill([(x - 78, foot - 300), (x + 78, foot - 300), (x + 44, foot - 150), (x - 44, foot - 150)],
           Linear((246, 232, 208), (190, 160, 124)))  # fmt: skip
    v.fill(oval(x, foot - 300, 78, 34), (250, 240, 222))
    for y, wide, tall in ((-140, 96, 34), (-92, 66, 70), (-30, 100, 60)):
        v.fill(centred(x, foot + y, wide, tall, 22), Linear(lit(r.brand, 0.1), lit(r.brand, -0.08), 0))


def _razor(v: Canvas, r: Roles) -> None:
    v.shadow(box(-24, -300, 48, 300, 20), blur=18, dx=14, dy=4, opacity=0.28)
    v.fill(centred(0, -150, 34, 290, 17), Linear(lit(GOLD, 0.1), lit(GOLD, -0.16), 0))
    v.fill(centred(0, -306, 150, 44, 12), Linear((240, 238, 234), (178, 176, 172)))
    v.fill(centred(0, -284, 150, 8, 3), r.ink)
    for y in (-40, -70, -100):
        v.fill(centred(0, y, 34, 8, 3), lit(GOLD, -0.22))


def towels(c: Canvas, r: Roles, luck: random.Random) -> None:
    """Rolled towels and a plant on a bench: the quiet before opening."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=20, mirror=luck.random() < 0.5)
    parts.floor(c, v.level(330), mix(r.ground, r.ink, 0.35) if r.dark else mix(r.brand, r.paper, 0.25))
    tints = [r.paper, r.accent, r.pop, mix(r.paper, r.brand, 0.35), r.paper, r.brand]
    spots = ((-300, 250), (-130, 250), (40, 250), (-215, 108), (-45, 108), (-130, -34))
    for (x, y), tint in zip(spots, tints, strict=True):
        v.shadow(oval(x, y, 84), blur=18, dx=14, dy=14, opacity=0.32)
        v.fill(oval(x, y, 86), Radial(lit(tint, 0.04), lit(tint, -0.1)))
        for reach in (62, 42, 22):
            v.fill(ring(x, y, reach, 9, 20, 330), lit(tint, -0.12))
    parts.plant(v, 300, 338, 420, r.brand if r.dark else r.ink, GREEN, luck)
