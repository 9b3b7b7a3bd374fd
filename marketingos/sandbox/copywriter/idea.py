"""One post's thought, before it is told."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Idea:
    """In every platform's register; `{product}` stands for the name. `own` ideas belong to the product's trade or brand
    book; the others would suit any product."""

    hook: str
    hook_type: str
    view: str
    angle: str
    pain: str
    headline: str
    topic: str
    picture: str
    concept: str
    instagram: str
    facebook: str
    linkedin: tuple[str, ...]
    tiktok: str
    scenes: tuple[str, ...]
    ask: str
    emoji: str
    own: bool = True
