"""Ideas put together from parts, for when those that somebody wrote whole are told.

A moment, a matter, a detail and a close make one (`corpus/moments.*.toml`, as many of each, a prime number). The parts
are chosen like the entries of an orthogonal array: of any two ideas no more than one part is the same, so no text says
what another one said.
"""

import functools
import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from .brief import Brief
from .idea import Idea

Part = dict[str, str]

_HOOKS = {
    "question": "¿{When} y otra vez {what}?",
    "story": "{When}. Y {what}, otra vez",
    "mistake": "Lo que falla en {when} no eres tú: es {what}",
    "how_to": "{When}: qué hacer con {what}",
    "contrarian": "{When} no cansa. Cansa {what}",
    "checklist": "Apúntalo para {when}: {what}",
    "comparison": "{When}: el mismo rato, con y sin {what}",
    "announcement": "{When} ya no tiene por qué empezar por {what}",
}
_NEAR = 24
_STRIDE = 4
"""How many matters one moment lies from the next; coprime to their number."""


def ideas(brief: Brief) -> Iterator[Idea]:
    """Those that suit the brief, another one first at each turn of the day; first with the asked kind of hook, then
    with the others."""
    parts = _corpus(f"moments.{'es' if brief.spanish else 'en'}.toml")
    size = len(parts["moment"]) if parts else 0
    shift = sum(brief.product.name.encode())
    places = [_place(n + turn_of(brief) + shift, size) for n in range(size * size)]
    free = [
        (moment, matter)
        for moment, matter in places
        if not _was_told(parts["moment"][moment], parts["matter"][matter], brief.recent_hooks)
    ]
    free.sort(key=lambda place: _wear(parts["moment"][place[0]], parts["matter"][place[1]], brief.recent_hooks))
    for kind in sorted(_HOOKS, key=lambda kind: kind != brief.hook_type):
        yield from (_idea(brief, kind, parts, moment, matter) for moment, matter in free)


def turn_of(brief: Brief) -> int:
    """The part of the day that the post is for, counted on: mornings, noons and evenings."""
    return brief.slot.toordinal() * 3 + (brief.slot.hour >= 12) + (brief.slot.hour >= 17)


def _place(number: int, size: int) -> tuple[int, int]:
    """Moment and matter of an idea; every pair once in `size * size` numbers, neighbours far apart."""
    number %= size * size
    moment = number % size
    return moment, (number // size + _STRIDE * moment) % size


def _idea(brief: Brief, kind: str, parts: dict[str, tuple[Part, ...]], moment: int, matter: int) -> Idea:
    size = len(parts["moment"])
    when, what = parts["moment"][moment], parts["matter"][matter]
    detail, close = parts["detail"][(moment + matter) % size], parts["close"][(moment + 2 * matter) % size]
    told = {"when": when["when"], "When": _upper(when["when"]), "what": what["what"]}
    shorts = (when["short"], what["short"], close["short"])
    return Idea(
        hook=_HOOKS[kind].format(**told),
        hook_type=kind,
        view=brief.angle,
        angle=what["what"],
        pain=what["pain"],
        headline=f"{_upper(what['what'])}, {when['tag']}",
        topic=what["topic"],
        picture=f"{what['picture']}, {when['light']}",
        concept=what["concept"],
        instagram=f"{when['instagram']} {what['instagram']}\n\n{detail['instagram']} {close['instagram']}",
        facebook=f"{when['facebook']} {what['short']}\n{what['facebook']} {detail['facebook']} {close['facebook']}",
        linkedin=(
            f"{when['linkedin']}: {what['what']}.",
            f"{what['linkedin']} {detail['linkedin']}",
            close["linkedin"],
        ),
        tiktok=" ".join(shorts),
        scenes=shorts,
        ask=close["ask"],
        emoji=close["emoji"],
        own=False,
    )


def _was_told(when: Part, what: Part, recent: Sequence[str]) -> bool:
    """Whether a recent post opened with this moment and this matter, in whatever words it did."""
    pairs = (
        (when["when"], what["what"]),
        (when["facebook"], what["short"]),
        (when["linkedin"], what["what"]),
        (when["tag"], what["what"]),
    )
    return any(a.lower() in hook and b.lower() in hook for hook in map(str.lower, recent) for a, b in pairs)


def _wear(when: Part, what: Part, recent: Sequence[str]) -> int:
    """How many of the nearest posts opened with this moment or this matter."""
    words = (when["when"].lower(), what["what"].lower())
    return sum(word in hook.lower() for hook in recent[:_NEAR] for word in words)


@functools.cache
def _corpus(file: str) -> dict[str, tuple[Part, ...]]:
    source = files(__package__) / "corpus" / file
    if not source.is_file():
        return {}
    return {name: tuple(entries) for name, entries in tomllib.loads(source.read_text("utf-8")).items()}


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
