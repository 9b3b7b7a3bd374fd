"""What makes two posts differ: angle, kind of hook, format and call to action, and the rule that mixes them."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ANGLES = (
    "lost_time",
    "daily_scene",
    "before_after",
    "common_mistake",
    "objection",
    "small_detail",
    "customer_view",
    "the_offer",
)
"""What the post looks at."""

HOOK_TYPES = ("question", "story", "mistake", "how_to", "contrarian", "checklist", "comparison", "announcement")
"""How it opens. Figures and praise by customers are left out: they tempt a writer to invent."""

FORMATS = ("scene", "tip", "example", "list", "dialogue")
"""How it is told."""

CTA_TYPES = ("trial", "comment", "link", "save", "demo", "share")
"""What it asks of the reader."""


@dataclass(frozen=True, kw_only=True)
class Factors:
    """One choice of each."""

    angle: str
    hook_type: str
    format: str
    cta_type: str


WEEK = 6
"""Neighbours that count as the same week: among so many an angle never meets the same kind of hook again."""

Leaning = Mapping[str, Mapping[str, float]]
"""How well each choice did, by factor (`angle`, …) and option, from -1 (badly) to 1; what is not named is 0."""


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What was learned of a product: which choices to lean to, and the share of posts (0..1) that does not care, so
    that what was never tried has its chance."""

    leaning: Leaning = field(default_factory=dict)
    exploration: float = 1.0


def next_factors(nearest: Sequence[Factors], turn: int, learned: Learned | None = None) -> Factors:
    """The factors least worn by the neighbouring posts, nearest first, and most leaned to; `turn` breaks a tie.

    What the first two of the nearest chose is never chosen again: given the post before and the post after, the new one
    shares nothing with either. Only half as many neighbours count as there are choices, so that the factors mix freely
    instead of marching in step.
    """
    learned = learned or Learned()
    leaning = {} if _share(turn) < learned.exploration else learned.leaning

    def freshest(name: str, options: Sequence[str]) -> str:
        return _freshest(options, [getattr(f, name) for f in nearest], turn, leaning.get(name, {}))

    angle = freshest("angle", ANGLES)
    met = {f.hook_type for f in nearest[:WEEK] if f.angle == angle}
    return Factors(
        angle=angle,
        hook_type=freshest("hook_type", [hook for hook in HOOK_TYPES if hook not in met]),
        format=freshest("format", FORMATS),
        cta_type=freshest("cta_type", CTA_TYPES),
    )


def _freshest(options: Sequence[str], used: Sequence[str], turn: int, leaning: Mapping[str, float]) -> str:
    """A use counts half as much with each step away."""
    near = used[: len(options) // 2]
    free = [option for option in options if option not in used[:2]]
    wear = {option: sum(0.5**step for step, choice in enumerate(near) if choice == option) for option in free}
    return min(
        free, key=lambda option: (wear[option] - leaning.get(option, 0.0), zlib.crc32(f"{turn}.{option}".encode()))
    )


def _share(turn: int) -> float:
    """A number in [0, 1) for each turn, evenly spread and always the same."""
    return random.Random(turn).random()
