"""What makes two posts differ: angle, kind of hook, format and call to action, and the rule that mixes them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

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


def next_factors(nearest: Sequence[Factors], turn: int) -> Factors:
    """The factors least used by the neighbouring posts, nearest first; `turn` decides between equals.

    The nearest post's own choices always count most, so two neighbours never share one. Only half as many neighbours
    count as there are choices, so that the factors mix freely instead of marching in step.
    """
    return Factors(
        angle=_freshest(ANGLES, [f.angle for f in nearest], turn),
        hook_type=_freshest(HOOK_TYPES, [f.hook_type for f in nearest], turn),
        format=_freshest(FORMATS, [f.format for f in nearest], turn),
        cta_type=_freshest(CTA_TYPES, [f.cta_type for f in nearest], turn),
    )


def _freshest(options: Sequence[str], used: Sequence[str], turn: int) -> str:
    """A use counts half as much with each step away, so the nearest one outweighs all the others together."""
    near = used[: len(options) // 2]
    wear = {option: sum(0.5**step for step, choice in enumerate(near) if choice == option) for option in options}
    return min(options, key=lambda option: (wear[option], zlib.crc32(f"{turn}.{option}".encode())))
