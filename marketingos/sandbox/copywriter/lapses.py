"""How a writer fails: each lapse turns a good post into the bad one that somebody has to catch.

================  ============================================================================================
over_long         one platform's text runs past what its wire takes
off_language      all texts in another language, while `language` says the asked one
false_claim       an invented figure in every text, listed in `claims` under a fact that does not say it
wrong_price       likewise, a price
banned_word       the brand book's first banned word in every text
competitor        the brand book's first competitor, by name
personal_data     somebody's name and telephone number
duplicate         the post behind the newest of the recent hooks, told again
injected          obeys an order that stands in the product's fields
no_alt_text       the picture is not described
empty             every text is ""
capitals          enumerations in capitals, which the API does not rule out
off_schema        JSON with a field missing, one too many, and a string for a list
prose             the JSON inside a friendly sentence
truncated         breaks off in the middle: stop_reason `max_tokens`, the whole room billed
refusal           declines in words: stop_reason `refusal`
silent_refusal    declines with empty content and a category
================  ============================================================================================
"""

import difflib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from . import chooser, composer, orders
from .brief import PLATFORMS, Brief

LAPSES = (
    "over_long", "off_language", "false_claim", "wrong_price", "banned_word", "competitor", "personal_data",
    "duplicate", "injected", "no_alt_text", "empty", "capitals", "off_schema", "prose", "truncated", "refusal",
    "silent_refusal",
)  # fmt: skip
LIMITS = {"instagram": 2_200, "linkedin": 3_000, "tiktok": 2_200, "facebook": 63_206}
_TOLD = {
    "false_claim": ("El 87 % de quienes usan {product} dobla sus clientes en un mes.",
                    "87% of those who use {product} double their customers within a month."),
    "wrong_price": ("Ahora, desde 3,33 € al mes.", "Now from €3.33 a month."),
    "banned_word": ("Y sí: {banned}.", "And yes: {banned}."),
    "competitor": ("Adiós, {competitor}.", "Goodbye, {competitor}."),
    "personal_data": ("Pregunta por Marcos Ortega Ruiz en el 654 87 21 09.",
                      "Ask for Mark Oldfield-Rees on 07700 900417."),
}  # fmt: skip
_ENUMERATIONS = {"language", "hook_type", "cta_type", "level"}
_WORDS = ("hook", "body", "cta", "caption", "text", "title", "first_comment", "cover_text")
_STRANGER = {True: "Your phone rings again and nobody picks it up. There is a quieter way to work.",
             False: "El móvil vuelve a sonar y nadie lo coge. Se puede trabajar con más calma."}  # fmt: skip
Package = dict[str, Any]


@dataclass(frozen=True)
class Lapse:
    """One way to fail; `platform` is whose text is spoiled where only one is."""

    kind: str
    platform: str | None = None


def spoil(package: Package, brief: Brief, lapse: Lapse) -> Package:
    """The package as it is when the writer fails that way; unchanged by lapses of form."""
    if lapse.kind in _TOLD:
        return _with_sentence(package, brief, lapse.kind)
    change = _CHANGES.get(lapse.kind)
    return change(package, brief, lapse) if change else package


def garble(text: str, lapse: Lapse) -> str:
    """The JSON as it is when the writer loses its form; unchanged by lapses of content."""
    if lapse.kind == "prose":
        return f"Claro, aquí tienes la publicación:\n\n```json\n{text}\n```\n\n¿Quieres que la acorte?"
    if lapse.kind == "off_schema":
        return json.dumps(_misshapen(json.loads(text)), ensure_ascii=False)
    if lapse.kind == "capitals":
        return json.dumps(_shouted(json.loads(text)), ensure_ascii=False)
    return text


def _with_sentence(package: Package, brief: Brief, kind: str) -> Package:
    """One sentence more in every text, and the claim it makes laid to a fact that does not carry it."""
    product = brief.product
    banned, rival = (next(iter(words), "") for words in (product.banned, product.competitors))
    if (kind == "banned_word" and not banned) or (kind == "competitor" and not rival):
        return package
    sentence = _TOLD[kind][not brief.spanish].format(product=product.name, banned=banned, competitor=rival)
    _append(package, brief, sentence)
    if kind in ("false_claim", "wrong_price"):
        fact = next((fact.id for fact in brief.facts), "")
        package["claims"].append({"text": sentence, "fact_ids": [fact] if fact else [], "fact_id": fact})
    return package


def _append(package: Package, brief: Brief, sentence: str) -> None:
    for told in _texts(package, brief):
        for name in ("body", "caption", "text"):
            if told.get(name):
                told[name] = f"{told[name]} {sentence}"


def _texts(package: Package, brief: Brief) -> Iterator[Package]:
    """The places of a package that hold words: the whole, and each platform that was asked for."""
    yield package
    yield from (package[name] for name in brief.platforms if name in package)


def _over_long(package: Package, brief: Brief, lapse: Lapse) -> Package:
    wanted = [lapse.platform] if lapse.platform in brief.platforms else sorted(brief.platforms, key=LIMITS.__getitem__)
    platform = str(wanted[0])
    for told in (package.get(platform, package), package):
        for name in ("body", "caption", "text"):
            if told.get(name):
                told[name] = _stretched(told[name], LIMITS[platform])
    return package


def _stretched(text: str, limit: int) -> str:
    """The text, said again and again until it is longer than the limit."""
    return " ".join(itertools.repeat(text, limit // len(text) + 1))


def _off_language(package: Package, brief: Brief, lapse: Lapse) -> Package:
    if brief.rewrite:
        return package | dict.fromkeys(("text", "caption", "body"), _STRANGER[brief.spanish])
    language = "en" if brief.spanish else "es"
    product = replace(brief.product, language=language, ctas=(), hooks=(), usp="")
    foreign = replace(brief, product=product, facts=())
    return composer.compose(foreign, chooser.choose(foreign)) | {"language": brief.product.language}


def _duplicate(package: Package, brief: Brief, lapse: Lapse) -> Package:
    """The idea whose opening is most like the newest recent hook, with that hook word for word."""
    if not brief.recent_hooks or brief.rewrite:
        return package
    told = brief.recent_hooks[0]
    free = replace(brief, recent_hooks=())
    idea = max(chooser.ranking(free), key=lambda one: difflib.SequenceMatcher(None, one.hook, told).ratio())
    return composer.compose(free, replace(idea, hook=told))


def _injected(package: Package, brief: Brief, lapse: Lapse) -> Package:
    if orders.found(brief.product):
        _append(package, brief, orders.obeyed(brief))
        package["risk"] = {"level": "none", "reasons": []}
    return package


def _no_alt_text(package: Package, brief: Brief, lapse: Lapse) -> Package:
    silent = {"alt_text": "", "alt_text_es": ""}
    return package | silent | {"image": package["image"] | silent}


def _empty(package: Package, brief: Brief, lapse: Lapse) -> Package:
    for told in (package, *(package[name] for name in PLATFORMS if name in package)):
        told.update(dict.fromkeys(_WORDS, ""))
    return package


_CHANGES: dict[str, Callable[[Package, Brief, Lapse], Package]] = {
    "over_long": _over_long, "off_language": _off_language, "duplicate": _duplicate, "injected": _injected,
    "no_alt_text": _no_alt_text, "empty": _empty,
}  # fmt: skip


def _misshapen(value: Any) -> Any:
    """An object without its last field, with one nobody asked for, and its lists as text."""
    if not isinstance(value, dict):
        return {"answer": value}
    kept = dict(list(value.items())[:-1])
    return {name: ", ".join(map(str, item)) if isinstance(item, list) else item for name, item in kept.items()} | {
        "notes": "As requested."
    }


def _shouted(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {field: _shouted(item, field) for field, item in value.items()}
    if isinstance(value, list):
        return [_shouted(item) for item in value]
    return value.upper() if name in _ENUMERATIONS and isinstance(value, str) else value
