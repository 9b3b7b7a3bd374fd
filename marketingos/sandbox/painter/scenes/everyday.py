"""Scenes any business may need: telephones, messages, calendars, clocks, laptops, shop fronts."""

import math
import random

from marketingos.sandbox.painter.canvas import Canvas, Linear, Radial
from marketingos.sandbox.painter.colour import Roles, lit, mix
from marketingos.sandbox.painter.scenes import parts
from marketingos.sandbox.painter.scenes.parts import GREEN, RED, WHITE
from marketingos.sandbox.painter.shapes import Outline, arch, box, centred, curve, oval, ring

_DIGITS: dict[str, Outline] = {  # the strokes of a light round face, on a grid of 1 by 2
    "0": curve([(0.5, 0), (0.95, 0.35), (1, 1), (0.95, 1.65), (0.5, 2), (0.05, 1.65), (0, 1), (0.05, 0.35), (0.5, 0)]),
    "1": [(0.3, 0.32), (0.7, 0), (0.7, 2)],
    "2": [*curve([(0.03, 0.5), (0.2, 0.1), (0.55, 0), (0.9, 0.2), (0.92, 0.65), (0.6, 1.2), (0.0, 2)]), (1, 2)],
    "3": [*curve([(0.05, 0.3), (0.45, 0), (0.9, 0.3), (0.85, 0.75), (0.4, 0.95)]),
          *curve([(0.4, 0.95), (0.9, 1.2), (0.95, 1.65), (0.5, 2), (0.03, 1.7)])],
    "4": [(0.75, 2), (0.75, 0), (0, 1.4), (1, 1.4)],
    "5": [(0.92, 0), (0.15, 0), *curve([(0.08, 0.9), (0.55, 0.75), (0.98, 1.3), (0.6, 1.97), (0.0, 1.75)])],
    "7": [(0, 0), (1, 0), (0.35, 2)],
    "8": curve([(0.5, 0.92), (0.1, 0.5), (0.5, 0), (0.9, 0.5), (0.5, 0.92),
                (0, 1.45), (0.5, 2), (1, 1.45), (0.5, 0.92)]),
}  # fmt: skip


def missed_calls(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A telephone in the dark with calls nobody took."""
    parts.ground(c, r, luck)
    side = luck.choice((-1, 1))
    v = parts.stage(c, dx=side * 150, dy=90, size=1.02, turn=luck.choice((0, 0, side * 5)))
    c.glow(c.w / 2 + side * 120, c.h * 0.72, 620, lit(mix(r.ground, r.accent, 0.3), 0.1), 0.45)
    parts.phone(v, r)
    _clock_face(v, luck.choice(("20:47", "21:05", "13:30", "18:52")), r)
    kinds = luck.sample(("call", "call", "chat", "call"), 4)[:3]
    for place, kind in enumerate(kinds):
        _notice(v, -190, -120 + place * 150, r, kind, 1 - 0.13 * place, luck)


def _clock_face(v: Canvas, time: str, r: Roles) -> None:
    x = -152.0
    for sign in time:
        if sign == ":":
            for y in (-262, -222):
                v.fill(oval(x + 10, y, 6), r.paper)
            x += 32
            continue
        v.line([(x + px * 46, -288 + py * 46) for px, py in _DIGITS[sign]], 8, r.paper)
        x += 75
    parts.lines(v, -95, -168, (190,), r.paper, thick=10, opacity=0.5)


def _notice(v: Canvas, x: float, y: float, r: Roles, kind: str, opacity: float, luck: random.Random) -> None:
    v.fill(box(x, y, 380, 130, 34), mix(r.ink, r.paper, 0.9 * opacity))
    badge = RED if kind == "call" else GREEN
    v.fill(centred(x + 62, y + 65, 74, 74, 22), Linear(lit(badge, 0.04), lit(badge, -0.05)))
    if kind == "call":
        parts.handset(v, x + 62, y + 70, 36, WHITE)
    else:
        parts.bubble(v, x + 62, y + 62, 36, WHITE)
    parts.lines(v, x + 118, y + 42, (luck.uniform(130, 190),), r.ink, thick=17, opacity=0.9)
    parts.lines(v, x + 118, y + 76, (luck.uniform(150, 225),), r.ink, thick=13, opacity=0.4)


def messages(c: Canvas, r: Roles, luck: random.Random) -> None:
    """Bubbles of a conversation, one of them the answer."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=-20, mirror=luck.random() < 0.5)
    quiet = mix(r.ground, r.paper if r.dark else r.ink, 0.16)
    tint = parts.contrast(quiet, r.ink, r.paper)
    for y, w, indent in ((-330, 520, -430), (-165, 400, -430)):
        outline = box(indent, y, w, 130, 46)
        v.shadow(outline, blur=16, dy=8, opacity=0.18)
        v.fill(outline, quiet)
        parts.lines(v, indent + 44, y + 40, (w - 110, w - 210), tint, thick=15, gap=34, opacity=0.55)
    answer = box(-170, 30, 610, 190, 56)
    v.shadow(answer, blur=30, dy=20, opacity=0.34)
    v.fill(answer, Linear(lit(r.accent, 0.03), lit(r.accent, -0.06), 20))
    on = parts.contrast(r.accent, r.ink, r.paper)
    v.fill(oval(-85, 125, 48), on)
    parts.tick(v, -85, 125, 46, r.accent)
    parts.lines(v, -5, 88, (330, 240), on, thick=20, gap=46, opacity=0.85)
    v.fill(box(-430, 275, 210, 96, 46), quiet)
    for place in range(3):
        v.fill(oval(-375 + place * 50, 323, 13), tint, 0.35 + 0.2 * place)


def month_sheet(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A calendar sheet with one good day on it."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=25, turn=luck.choice((-7, -4, 4, 7)), size=0.98)
    parts.card(v, -400, -330, 800, 760, r.paper, r=40, depth=0.4)
    with v.clipped(box(-400, -330, 800, 760, 40)):
        v.fill(box(-400, -330, 800, 156), Linear(lit(r.brand, 0.03), lit(r.brand, -0.03)))
    parts.lines(v, -330, -262, (240,), parts.contrast(r.brand, r.ink, r.paper), thick=26)
    for x in (-240, 0, 240):
        v.fill(centred(x, -338, 26, 92, 13), lit(r.ink, 0.3))
        v.fill(centred(x - 5, -340, 8, 80, 4), lit(r.ink, 0.5))
    chosen = luck.randrange(9, 19)
    full = luck.sample([day for day in range(28) if day != chosen], 9)
    for day in range(28):
        x, y = -318 + day % 7 * 106, -95 + day // 7 * 122
        if day == chosen:
            v.glow(x, y, 130, r.accent, 0.5)
            v.fill(oval(x, y, 56), Linear(lit(r.accent, 0.04), lit(r.accent, -0.06)))
            parts.tick(v, x, y, 50, parts.contrast(r.accent, r.ink, r.paper))
        else:
            v.fill(oval(x, y, 30), mix(r.paper, r.brand, 0.55 if day in full else 0.12))


def bookings(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A day's list that fills by itself: cards with hours, faces and names."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=20, turn=luck.choice((-8, -5, 5, 8)))
    parts.card(v, -390, -400, 780, 960, lit(r.paper, -0.01), r=52, depth=0.42)
    parts.lines(v, -325, -335, (250,), r.ink, thick=26, opacity=0.9)
    parts.lines(v, -325, -282, (150,), r.ink, thick=15, opacity=0.35)
    chosen = luck.randrange(1, 3)
    skins = ((240, 202, 170), (172, 118, 84), (222, 170, 132), (120, 80, 58))
    for row in range(4):
        y = -215 + row * 172
        fresh = row == chosen
        ground = r.brand if fresh else mix(r.paper, r.brand, 0.07)
        if fresh:
            v.shadow(box(-350, y, 700, 146, 34), blur=24, dy=16, opacity=0.4)
        v.fill(box(-350, y, 700, 146, 34), ground)
        on = parts.contrast(ground, r.ink, r.paper)
        parts.lines(v, -310, y + 60, (92,), on, thick=24, opacity=0.95 if fresh else 0.7)
        parts.face(v, -150, y + 73, 46, skins[(row + chosen) % 4], luck.choice((r.accent, r.pop, lit(r.brand, 0.2))))
        parts.lines(v, -72, y + 48, (luck.uniform(170, 260), luck.uniform(110, 170)), on, thick=17, gap=36,
                    opacity=0.8 if fresh else 0.5)  # fmt: skip
        if fresh:
            v.fill(oval(285, y + 73, 36), r.accent)
            parts.tick(v, 285, y + 73, 34, parts.contrast(r.accent, r.ink, r.paper))


def wall_clock(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A big clock and its long shadow."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dx=luck.choice((-90, 0, 90)), dy=30)
    rim = parts.contrast(r.ground, r.ink, r.accent)
    v.shadow(oval(0, 0, 400), blur=60, dx=50, dy=70, opacity=0.4)
    v.fill(oval(0, 0, 410), Linear(lit(rim, 0.1), lit(rim, -0.08), 60))
    v.fill(oval(0, 0, 366), Radial(lit(r.paper, 0.02), lit(r.paper, -0.07), x=0.35, y=0.3))
    for hour in range(12):
        t = math.radians(hour * 30)
        long = 44 if hour % 3 == 0 else 22
        v.line([((318 - long) * math.sin(t), (long - 318) * math.cos(t)), (318 * math.sin(t), -318 * math.cos(t))],
               14 if hour % 3 == 0 else 9, mix(r.ink, r.paper, 0.15))  # fmt: skip
    start = luck.choice((-90, -60, 180, 30))
    v.fill([(0, 0), *ring(0, 0, 255, 1, start, start + 95)[:33]], r.accent, 0.4)
    for degrees, reach, thick, colour in (
        (start + 95, 165, 26, r.ink),
        (start, 245, 18, r.ink),
        (start + 210, 270, 8, r.pop),
    ):
        t = math.radians(degrees)
        v.line(
            [(-0.14 * reach * math.cos(t), -0.14 * reach * math.sin(t)), (reach * math.cos(t), reach * math.sin(t))],
            thick,
            colour,
        )
    v.fill(oval(0, 0, 26), r.ink)
    v.fill(oval(0, 0, 11), r.pop)


def laptop(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A laptop on a table with a curve that rises, a cup and a plant."""
    parts.ground(c, r, luck)
    mirrored = luck.random() < 0.5
    v = parts.stage(c, dy=40, mirror=mirrored)
    table = parts.contrast(r.ground, lit(r.brand, -0.05), mix(r.paper, r.accent, 0.25))
    edge = v.level(300)
    parts.floor(c, edge, table)
    screen = centred(-40, 40, 640, 430, 26)
    parts.rest(v, -40, 318, 860)
    v.fill(screen, lit(r.ink, 0.04))
    inner = centred(-40, 36, 604, 392, 12)
    v.fill(inner, Linear(lit(r.paper, 0.01), mix(r.paper, r.accent, 0.14)))
    _chart(v.at(-40, 36, mirror=v.mirror), r, luck)
    v.fill([(-400, 262), (320, 262), (410, 312), (-490, 312)], Linear(lit(r.paper, -0.1), lit(r.paper, -0.2)))
    v.fill(box(-490, 308, 900, 20, 10), lit(r.paper, -0.24))
    parts.cup(v, 400, 396, 92, contrast_cup(r), (74, 44, 30))
    if luck.random() < 0.6:
        parts.plant(v, -455, 318, 210, r.pop, GREEN, luck)


def contrast_cup(r: Roles) -> tuple[int, int, int]:
    """A cup's colour that shows on the table and the wall."""
    return r.accent if r.dark else lit(r.brand, 0.05)


def _chart(v: Canvas, r: Roles, luck: random.Random) -> None:
    parts.lines(v, -270, -146, (150,), r.ink, thick=20, opacity=0.85)
    heights = [0.25 + 0.09 * place + luck.uniform(-0.04, 0.04) for place in range(7)]
    for place, height in enumerate(heights):
        tall = 250 * min(height, 0.95)
        colour = r.accent if place == 6 else mix(r.paper, r.brand, 0.3 + 0.05 * place)
        v.fill(box(-258 + place * 78, 166 - tall, 46, tall, 14), colour)
    v.line([(-235 + place * 78, 128 - 250 * min(h, 0.95)) for place, h in enumerate(heights)], 8, r.brand)


def shop_front(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A small shop at dusk with its light on."""
    night = lit(r.ground, -0.04) if r.dark else mix(r.ground, r.brand, 0.15)
    parts.ground(c, r, luck, colour=night)
    v = parts.stage(c, dy=40, mirror=luck.random() < 0.5)
    parts.floor(c, v.level(430), lit(mix(night, r.ink, 0.5), -0.02))
    v.fill(box(-430, -250, 860, 690, 12), Linear(lit(r.brand, 0.04), lit(r.brand, -0.07)))
    v.fill(box(-430, -330, 860, 130, 14), lit(r.brand, -0.08))
    parts.lines(v, -150, -282, (300,), r.accent, thick=32)
    v.glow(-120, 190, 560, r.accent, 0.4)
    for outline in (box(-370, -20, 430, 360, 10), box(130, -60, 220, 500, 10)):
        v.fill(outline, Linear(mix(r.accent, WHITE, 0.65), mix(r.accent, WHITE, 0.2)))
    with v.clipped(box(-370, -20, 430, 360, 10)):
        v.fill(arch(-240, 300, 130, 240), mix(r.brand, r.accent, 0.45))
        v.fill(arch(-70, 300, 130, 240), mix(r.brand, r.accent, 0.45))
        v.fill(box(-370, 250, 430, 120), mix(r.brand, r.ink, 0.2))
        v.fill([(-290, -20), (-190, -20), (-330, 340), (-430, 340)], WHITE, 0.2)
    v.line([(318, 200), (318, 260)], 14, r.ink)
    v.line([(-155, -20), (-155, 340)], 10, lit(r.brand, -0.1))
    _awning(v, r)
    v.glow(0, 470, 520, r.accent, 0.28)
    parts.plant(v, 400, 445, 200, r.pop, GREEN, luck)


def _awning(v: Canvas, r: Roles) -> None:
    v.shadow(box(-460, -180, 920, 130, 8), blur=22, dy=22, opacity=0.4)
    for place in range(10):
        x, colour = -460 + place * 92, (r.paper, r.pop)[place % 2]
        v.fill([(x + 12, -200), (x + 92 + 6, -200), (x + 92, -70), (x, -70)], colour)
        v.fill([*ring(x + 46, -72, 23, 46, 0, 180)], lit(colour, -0.04))


def bell(c: Canvas, r: Roles, luck: random.Random) -> None:
    """A reminder that rings."""
    parts.ground(c, r, luck)
    v = parts.stage(c, dy=10, turn=luck.choice((-10, 10)))
    v.glow(0, 0, 560, r.accent, 0.35)
    for reach in (430, 340):
        for start in (-38, 142):
            v.fill(ring(0, -20, reach, 20, start, start + 76), mix(r.ground, r.accent, 0.55), 0.7)
    body = [*ring(0, -60, 190, 0.1, 180, 360)[:61], (205, 150), (275, 230), (-275, 230), (-205, 150)]
    v.shadow(body, blur=44, dy=40, opacity=0.42)
    v.fill(body, Linear(lit(r.accent, 0.06), lit(r.accent, -0.12), 15))
    with v.clipped(body):
        v.fill(box(-160, -260, 70, 460, 35), WHITE, 0.22)
    v.fill(oval(0, -262, 40), lit(r.accent, -0.1))
    v.fill(centred(0, 232, 590, 52, 26), lit(r.accent, -0.05))
    v.fill(oval(0, 300, 62), Linear(lit(r.pop, 0.05), lit(r.pop, -0.08)))
    v.shadow(oval(215, -215, 88), blur=18, dy=12, opacity=0.3)
    v.fill(oval(215, -215, 92), RED)
