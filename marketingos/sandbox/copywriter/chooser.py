"""Which idea to write: the corpus that suits the product, ranked for this brief."""

import difflib
import functools
import hashlib
import itertools
import re
import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import replace
from importlib.resources import files
from typing import Any

from . import moments
from .brief import Brief, Product
from .idea import Idea

_TRADES = (
    ("barbershop", r"barber|barba|peluquer|salón de belleza|hairdress|salon"),
    ("gym", r"gimnas|gym|fitness|crossfit|yoga|pilates|entrenador|\bbox\b|clases dirigidas"),
    ("invoicing", r"factur|invoic|autónom|verifactu|freelance|self-employed|contab|impuesto"),
)
TOO_ALIKE, _COMMON = 0.7, 0.4
_SPARE = 6
"""So many put-together ideas are looked for; each looked at costs a comparison with every recent hook."""


def choose(brief: Brief) -> Idea:
    """The idea for this request; each earlier attempt in the conversation moves on to the next one."""
    ranked = ranking(brief)
    return ranked[brief.attempt % len(ranked)]


@functools.lru_cache(maxsize=32)
def ranking(brief: Brief) -> tuple[Idea, ...]:
    """Usable ideas, best first: not said lately, written whole, the asked kind of hook, the product's own; then by
    turns. A few that are put together stand between those that are fresh and those that were told."""
    ideas = _ideas(brief.product)
    allowed = [idea for idea in ideas if not _banned(idea, brief.product)] or ideas
    fresh = [idea for idea in allowed if _unlike(idea, brief)]
    more = (idea for idea in moments.ideas(brief) if not _banned(idea, brief.product) and _unlike(idea, brief))
    told = [idea for idea in allowed if idea not in fresh]
    return (*_ranked(fresh, brief), *itertools.islice(more, _SPARE), *_ranked(told, brief))


def _ranked(ideas: list[Idea], brief: Brief) -> list[Idea]:
    fits: dict[float, list[Idea]] = defaultdict(list)
    for idea in ideas:
        fits[_asked(idea, brief)].append(idea)
    return [idea for fit in sorted(fits, reverse=True) for idea in _by_turn(fits[fit], brief)]


def _by_turn(ideas: list[Idea], brief: Brief) -> list[Idea]:
    """The product's own order of these ideas, begun at another place for each part of each day, so that posts which are
    written at the same time do not begin alike."""
    order = sorted(ideas, key=lambda idea: hashlib.sha256((brief.product.name + idea.hook).encode()).digest())
    start = moments.turn_of(brief) % len(order)
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
    """Whether two plain texts are nearly the same; those that share few runs of letters are not even compared."""
    shared = len(_runs(one) & _runs(other))
    return shared >= _COMMON * min(len(_runs(one)), len(_runs(other))) and _matched(one, other)


@functools.lru_cache(maxsize=65_536)
def _matched(one: str, other: str) -> bool:
    match = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return all(bound() >= TOO_ALIKE for bound in (match.real_quick_ratio, match.quick_ratio, match.ratio))


@functools.lru_cache(maxsize=4_096)
def _runs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 3] for place in range(len(text)))


def _openings(idea: Idea) -> tuple[str, ...]:
    return idea.hook, idea.headline, idea.scenes[0], idea.facebook.strip().partition("\n")[0], idea.linkedin[0]


def _asked(idea: Idea, brief: Brief) -> float:
    if brief.hook_type:
        return 2.0 * (idea.hook_type == brief.hook_type) + idea.own
    wanted = set(plain(brief.angle).split())
    told = set(plain(f"{idea.angle} {idea.pain} {idea.topic}").split())
    overlap = len(wanted & told) / len(wanted) if wanted else 0.0
    return 2.0 * max(float(idea.view in brief.angle), overlap) + idea.own
