"""Amounts that a text gives as the product's: prices, fees, discounts, and what it calls free.

Amounts of a scene (a menu, a fine, a pupil's fee) are nobody's price and pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from marketingos.domain.check.draft import Book, Draft
from marketingos.domain.check.figure import Figure, Sense, figures
from marketingos.domain.check.finding import Finding
from marketingos.domain.check.wording import bare, content, plain, read, sentences, stem, unquoted

KEY = "check.wrong_price"

_OFFERED = re.compile(
    r"\b(?:al mes|mensual(?:es)?|al año|anual(?:es)?|iva|igic|impuestos?|suscripcion|tarifas?|cuotas?|"
    r"planes|plan|(?:a|por) (?:tan )?solo|primer (?:mes|año|trimestre)|"
    r"precio|a month|monthly|a year|yearly|vat|subscription|pricing)\b|/ ?(?:mes|año|month|year)\b"
)
_SCENE = re.compile(
    r"\b(?:alquiler|nomina|sueldo|menu|cubierto|ticket|tique|multa|colegiatura|renta|luz|gasolina|propina|fianza|"
    r"reparacion|averia|perdiste|pierdes|perdemos|perdidos?|cuenta de la luz|rent|wages|fine|tip)\b"
)
_REDUCED = re.compile(r"\b(?:descuentos?|rebajas?|dto|comision(?:es)?|discount|off|fee|commission)\b")
_FREE = re.compile(
    r"\b(?:gratis|gratuit[oa]s?|de regalo|te regalamos|regalamos|sin (?:pagar|coste|costo)|no se pagan?|no pagas?|"
    r"no cuesta nada|a coste cero|(?<!libre )free|at no cost|on us)\b|(?<![\d.,])0 ?€"
)
_GIVEN = re.compile(_FREE.pattern + r"|\bsin cuota\b|\bincluid[oa]s?\b(?! con iva)|\bincluded\b")
_FOREVER = re.compile(r"\b(?:para siempre|de por vida|forever|for life)\b")
_TAX = re.compile(r"\b(?:iva|igic|impuestos?|vat|tax)\b")
_TAXED = re.compile(
    r"\b(?:con )?(?:iva|igic|impuestos?|vat|tax(?:es)?) (?:ya )?(?:incluid[oa]s?|included)|\b"
    r"con (?:iva|igic)\b|\bincl(?:uye|uidos?)? (?:el )?(?:iva|igic)"
)
_UNTAXED = re.compile(
    r"\b(?:iva|igic|impuestos?|vat) (?:aparte|no incluid[oa]s?|excluded)|\b(?:mas|\+|plus) (?:iva|igic|vat)|\bsin iva\b"
)
_PLAN = re.compile(r"\bplan(?:es)? ([a-zñ]{4,})\b")
_WHOLE = re.compile(
    r"\b(?:para tod[oa]s?|por tod[oa] el|todo el (?:equipo|taller|local|negocio)|da igual cuant[oa]s)\b"
)
_NO_NAMES = frozenset(
    {"anual", "mensual", "gratis", "gratuito", "gratuita", "desde", "para", "basico", "cuesta", "incluye"}
)


def check(draft: Draft, book: Book) -> Iterator[Finding]:
    """Amounts that no fact has, and free things that no fact gives away."""
    told = sentences(unquoted(read(draft.words)))
    declared = [claim.text for claim in draft.claims]
    found: dict[str, str] = {}
    for sentence in (*told, *declared):
        for figure in _asked(sentence, book, sure=sentence in declared):
            if not _is_known(figure, sentence, book):
                found.setdefault(figure.written, _nearest(figure, book))
    for at, sentence in enumerate(told):
        if words := _free_of_nothing(sentence, " ".join(told[max(at - 1, 0) : at + 2]), book):
            found.setdefault(words, _given(book))
    for detail, instead in found.items():
        yield Finding(key=KEY, detail=detail, instead=instead)


def _asked(sentence: str, book: Book, *, sure: bool) -> list[Figure]:
    """The amounts of a sentence that are told as the product's own."""
    words = bare(sentence)
    ours = sure or bool(book.name and plain(book.name) in plain(sentence))
    offered = ours or (_OFFERED.search(words) is not None and not _SCENE.search(words))
    reduced = _REDUCED.search(words) is not None
    return [
        figure
        for figure in figures(sentence)
        if (figure.is_money and (offered or figure.sense is Sense.FROM)) or (figure.unit == "%" and reduced)
    ]


def _is_known(figure: Figure, sentence: str, book: Book) -> bool:
    return any(_carries(fact, figure, sentence, book) for fact in book)


def _carries(fact: str, figure: Figure, sentence: str, book: Book) -> bool:
    """Whether a line knows this amount, under the name, the tax and the unit that the sentence gives it."""
    same = [known for known in figures(fact) if figure.agrees(known)]
    if not same:
        return False
    words, known_words = bare(sentence), bare(fact)
    names = _plans(sentence, book)
    if names and (theirs := _plans(fact, book)) and not names & theirs:
        return False
    if (_TAXED.search(words) and _UNTAXED.search(known_words)) or (
        _UNTAXED.search(words) and _TAXED.search(known_words)
    ):
        return False
    if figure.unit == "%":
        return bool(content(sentence) & content(fact) & _reductions(words))
    each = {unit for known in same for unit in known.per if unit not in ("month", "year")}
    return not (each and _WHOLE.search(words))


def _reductions(words: str) -> frozenset[str]:
    return frozenset(stem(match[0]) for match in _REDUCED.finditer(words))


def _plans(text: str, book: Book) -> frozenset[str]:
    """The names of the product's plans in a text."""
    known = frozenset(name for fact in book.facts for name in _PLAN.findall(bare(fact.claim))) - _NO_NAMES
    return frozenset(_PLAN.findall(bare(text))) & known


def _nearest(figure: Figure, book: Book) -> str:
    """The line with an amount of the same kind that comes closest."""
    priced = [(abs(known.value - figure.value), line) for line in book for known in figures(line) if known.is_money]
    rates = [(abs(known.value - figure.value), line) for line in book for known in figures(line) if known.unit == "%"]
    return min(rates if figure.unit == "%" else priced, default=(0, ""))[1]


def _free_of_nothing(sentence: str, around: str, book: Book) -> str:
    """The words that call something free which no line gives away; empty when one does, or nothing is called so."""
    words = bare(sentence)
    match = _FREE.search(words)
    if match is None:
        return ""
    given = [line for line in book if _GIVEN.search(bare(line))]
    if any(_gives(line, sentence, around, book) for line in given):
        return ""
    return sentence if len(sentence) <= 80 else match[0]


def _gives(line: str, sentence: str, around: str, book: Book) -> bool:
    if _FOREVER.search(bare(sentence)) and not _FOREVER.search(bare(line)):
        return False
    names = _plans(sentence, book)
    if names and not names & _plans(line, book):
        return False
    spans = [f for f in figures(sentence) if f.unit in ("day", "month", "min")]
    known = [f for f in figures(line) if f.unit in ("day", "month", "min")]
    if spans and known:
        return any(span.agrees(one) for span in spans for one in known)
    named = content(book.name) | _PRICE_WORDS
    return bool((content(line) - named) & (content(around) - named))


_PRICE_WORDS = frozenset(map(stem, ("gratis", "pagar", "coste", "regalo", "precio", "mes", "compromiso", "tarjeta")))


def _given(book: Book) -> str:
    return next((fact.claim for fact in book.facts if _GIVEN.search(bare(fact.claim))), "")
