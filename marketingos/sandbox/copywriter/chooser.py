"""Which idea to write: the corpus that suits the product, ranked for this brief."""

import difflib
import functools
import hashlib
import re
import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from .brief import Brief, Product

_TRADES = (
    ("barbershop", r"barber|barba|peluquer|salón de belleza|hairdress|salon"),
    ("gym", r"gimnas|gym|fitness|crossfit|yoga|pilates|entrenador|\bbox\b|clases dirigidas"),
    ("invoicing", r"factur|invoic|autónom|verifactu|freelance|self-employed|contab|impuesto"),
)
TOO_ALIKE = 0.7


@dataclass(frozen=True, kw_only=True)
class Idea:
    """One post's thought, in every platform's register; `{product}` stands for the name. `own` ideas belong to
    the product's trade or brand book; the others would suit any product."""

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


def choose(brief: Brief) -> Idea:
    """The idea for this request; each earlier attempt in the conversation moves on to the next one."""
    ranked = ranking(brief)
    return ranked[brief.attempt % len(ranked)]


def ranking(brief: Brief) -> list[Idea]:
    """All usable ideas, best first: not said lately, the asked kind of hook, the product's own; then by turns."""
    ideas = _ideas(brief.product)
    allowed = [idea for idea in ideas if not _banned(idea, brief.product)] or ideas
    fits: dict[tuple[bool, float], list[Idea]] = defaultdict(list)
    for idea in allowed:
        fits[_unlike(idea, brief), _asked(idea, brief)].append(idea)
    return [idea for fit in sorted(fits, reverse=True) for idea in _by_turn(fits[fit], brief)]


def _by_turn(ideas: list[Idea], brief: Brief) -> list[Idea]:
    """The product's own order of these ideas, begun at another place each time: every week when the brief says which
    kind of hook it wants (the week's posts then differ by that), else every part of the day."""
    order = sorted(ideas, key=lambda idea: hashlib.sha256((brief.product.name + idea.hook).encode()).digest())
    day = brief.slot.toordinal()
    turn = day // 7 if brief.hook_type else day * 3 + (brief.slot.hour >= 12) + (brief.slot.hour >= 17)
    start = turn % len(order)
    return order[start:] + order[:start]


def trade(product: Product) -> str:
    """The corpus a product belongs to, or "" when only the general one fits."""
    told = f"{product.name} {product.description} {product.audience}".lower()
    return next((name for name, words in _TRADES if re.search(words, told)), "")


@functools.lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case, no accents, no punctuation: the form in which two texts are compared."""
    bare = unicodedata.normalize("NFKD", text.lower())
    return " ".join(re.findall(r"[a-z0-9]+", bare.encode("ascii", "ignore").decode()))


def _ideas(product: Product) -> list[Idea]:
    language = "en" if product.language == "en" else "es"
    general = _corpus(f"general.{language}.toml")
    known = _corpus(f"{trade(product)}.{language}.toml")
    own = [replace(general[place % len(general)], hook=hook, hook_type="question" if "?" in hook else "",
                   own=True) for place, hook in enumerate(product.hooks) if not known]  # fmt: skip
    return [_named(idea, product) for idea in (*known, *own, *general)]


@functools.cache
def _corpus(file: str) -> tuple[Idea, ...]:
    source = files(__package__) / "corpus" / file
    entries: list[dict[str, Any]] = tomllib.loads(source.read_text("utf-8"))["idea"] if source.is_file() else []
    own = not file.startswith("general")
    frozen: list[dict[str, Any]] = [
        {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()} for entry in entries
    ]
    return tuple(Idea(own=own, **entry) for entry in frozen)


def _named(idea: Idea, product: Product) -> Idea:
    def name(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(name(part) for part in value)
        return value.replace("{product}", product.name) if isinstance(value, str) else value

    return Idea(**{field: name(value) for field, value in vars(idea).items()})


def _banned(idea: Idea, product: Product) -> bool:
    told = f" {plain(' '.join((idea.hook, idea.headline, idea.instagram, idea.facebook, idea.tiktok)))} "
    told += f" {plain(' '.join(idea.linkedin))} {plain(' '.join(idea.scenes))} "
    return any(re.search(rf" {re.escape(plain(word))}(s|es)? ", told) for word in product.banned if plain(word))


def _unlike(idea: Idea, brief: Brief) -> bool:
    """Whether none of the idea's openings says what a recent post opened with."""
    openings = [plain(text) for text in _openings(idea)]
    recent = [plain(hook) for hook in brief.recent_hooks]
    return not any(_alike(a, b) for a in openings for b in recent)


def _alike(one: str, other: str) -> bool:
    match = difflib.SequenceMatcher(None, one, other, autojunk=False)
    # the cheap upper bounds first: most pairs fall there
    return all(bound() >= TOO_ALIKE for bound in (match.real_quick_ratio, match.quick_ratio, match.ratio))


def _openings(idea: Idea) -> tuple[str, ...]:
    return idea.hook, idea.headline, idea.scenes[0], idea.facebook.strip().partition("\n")[0], idea.linkedin[0]


def _asked(idea: Idea, brief: Brief) -> float:
    if brief.hook_type:
        return 2.0 * (idea.hook_type == brief.hook_type) + idea.own
    wanted = set(plain(brief.angle).split())
    told = set(plain(f"{idea.angle} {idea.pain} {idea.topic}").split())
    overlap = len(wanted & told) / len(wanted) if wanted else 0.0
    return 2.0 * max(float(idea.view in brief.angle), overlap) + idea.own
