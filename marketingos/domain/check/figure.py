"""Figures in Spanish and English texts: how much of what, and how exactly it is meant.

`39,50 €`, `€39.50`, `unos 30 euros al mes`, `menos de media hora`, `una de cada tres`, `diecinueve euros`,
`1,400 academias`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from marketingos.domain.check.wording import bare, stem

SMALL = 12
"""Whole numbers up to here count things in a story and claim nothing, unless a unit makes them a claim."""


class Sense(StrEnum):
    """How a figure is meant."""

    EXACT = "exact"
    UNDER = "under"
    OVER = "over"
    UP_TO = "up_to"
    FROM = "from"
    ABOUT = "about"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure as it was written, with what it counts.

    `unit` is a currency code (`$` when it is not said whose), `%`, `x`, `min`, `day`, `month`, or the stem of the noun
    that is counted; `per` the stem of what a price is asked for each of (`month`, `mecan`); `value` is in that
    unit; `lead` the words before.
    """

    value: float
    unit: str
    sense: Sense = Sense.EXACT
    per: frozenset[str] = frozenset()
    written: str = ""
    lead: str = field(default="", compare=False)

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit in _CURRENCIES

    def agrees(self, known: Figure) -> bool:
        """Whether it may be said by somebody who knows the other."""
        if not _same_unit(self.unit, known.unit) or _other_period(self.per, known.per):
            return False
        mine, theirs = self.value, known.value
        if self.sense is Sense.UNDER:
            return theirs < mine or (theirs == mine and known.sense is Sense.UNDER)
        if self.sense is Sense.OVER:
            return mine < theirs <= 2 * mine or (theirs == mine and known.sense is Sense.OVER)
        if self.sense is Sense.ABOUT:
            return abs(mine - theirs) <= 0.06 * theirs
        within = known.sense is Sense.UP_TO and not self.is_money and self.sense is Sense.EXACT
        return abs(mine - theirs) < 1e-6 or (within and mine <= theirs)


_CURRENCIES = frozenset({"EUR", "USD", "MXN", "GBP", "$"})
_DOLLARS = frozenset({"$", "USD", "MXN"})
_PERIODS = frozenset({"month", "year", "week", "day"})


def _same_unit(one: str, other: str) -> bool:
    return one == other or ("$" in (one, other) and {one, other} <= _DOLLARS)


def _other_period(one: frozenset[str], other: frozenset[str]) -> bool:
    mine, theirs = one & _PERIODS, other & _PERIODS
    return bool(mine and theirs and mine != theirs)


_ONES = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciseis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidos",
    "veintitres",
    "veinticuatro",
    "veinticinco",
    "veintiseis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
_TENS = ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
_HUNDREDS = [
    "cien",
    "doscient",
    "trescient",
    "cuatrocient",
    "quinient",
    "seiscient",
    "setecient",
    "ochocient",
    "novecient",
]
_WORDS: dict[str, int] = {word: n for n, word in enumerate(_ONES)} | {"veintiun": 21, "docena": 12}
_WORDS |= {word: 10 * n for n, word in enumerate(_TENS, 3)}
_WORDS |= {f"{ten} y {one}": 10 * n + m for n, ten in enumerate(_TENS, 3) for m, one in enumerate(_ONES[1:10], 1)}
_WORDS |= {f"{ten} y un": 10 * n + 1 for n, ten in enumerate(_TENS, 3)}
_WORDS |= {f"{word}{end}": 100 * n for n, word in enumerate(_HUNDREDS, 1) for end in ("os", "as")}
_WORDS |= {"cien": 100, "ciento": 100}
_WORDS |= dict(
    zip(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty", "thirty"],
        (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 20, 30),
        strict=True,
    )
)
_SPELT = re.compile(rf"\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b")

_FIXED = (
    (re.compile(r"\b(?:un|una|1|one) (?:hora|hour) y media\b"), "90 minutos"),
    (re.compile(r"\b(?:media hora|half an hour)\b"), "30 minutos"),
    (re.compile(r"\b(?:un cuarto de hora|a quarter of an hour)\b"), "15 minutos"),
    (re.compile(r"\b(?:medio|half a) (?:dia|day)\b"), "12 horas"),
    (re.compile(r"\b(?:un tercio|a third)\b"), "about 33.3 %"),
    (re.compile(r"\b(?:dos tercios|two thirds)\b"), "about 66.7 %"),
    (re.compile(r"\bel doble\b|\bdoble de\b|\btwice\b"), "2 veces"),
    (re.compile(r"\bel triple\b"), "3 veces"),
    (re.compile(r"\b(?:el )?(?:primer|first) (mes|month)\b"), r"1 \1"),
    (re.compile(r"\bun (mes|minuto|segundo|dia|año|euro|clic)\b"), r"1 \1"),
    (re.compile(r"\buna (semana|hora)\b"), r"1 \1"),
)
_OF_EACH = re.compile(r"\b(\d+|uno|una|un|one) (?:de cada|out of|in every|of every) (\d+)\b")
_NUMBER = r"\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
_MIL = re.compile(rf"\b({_NUMBER}) (mil|millones|million)\b")

_MONEY_BEFORE = r"(?P<before>€|\$|£|eur|usd|mxn)\s?"
_UNIT_AFTER = (
    r"\s?(?P<after>€|eur\b|euros?\b|mxn\b|pesos?\b|\$ ?mxn|usd\b|dolar(?:es)?\b|dollars?\b|£|gbp\b|libras?\b"
    r"|%|por ciento\b|percent\b|x\b|(?:veces|times)(?= (?:mas|menos|mayor|more|less|faster))"
    r"|segundos?\b|seg\b|seconds?\b|minutos?\b|min\b|minutes?\b|horas?\b|hours?\b|h\b|hrs?\b"
    r"|dias?\b|days?\b|semanas?\b|weeks?\b|meses\b|mes\b|months?\b|años?\b|years?\b)"
)
_FIGURE = re.compile(
    rf"(?<![\w.,#/-])(?:{_MONEY_BEFORE})?(?P<number>{_NUMBER})(?![\w]*[a-z]\d)(?:{_UNIT_AFTER})?"
    r"(?P<code>\s?(?:mxn|usd|eur)\b)?(?:⟨(?P<said>[^⟩]+)⟩)?"
    r"(?P<rest>[^.;:\n]{0,48})"
)
_UNITS: tuple[tuple[str, str, float], ...] = (
    (r"€|eur|euros?", "EUR", 1), (r"mxn|pesos?|\$ ?mxn", "MXN", 1), (r"usd|dolar(?:es)?|dollars?", "USD", 1),
    (r"\$", "$", 1), (r"£|gbp|libras?", "GBP", 1), (r"%|por ciento|percent", "%", 1), (r"x|veces|times", "x", 1),
    (r"segundos?|seg|seconds?", "min", 1 / 60), (r"minutos?|min|minutes?", "min", 1),
    (r"horas?|hours?|h|hrs?", "min", 60), (r"dias?|days?", "day", 1), (r"semanas?|weeks?", "day", 7),
    (r"meses|mes|months?", "month", 1), (r"años?|years?", "month", 12),
)  # fmt: skip
_SENSES = (
    (r"(?:menos de|por debajo de|no llega a|less than|under|below)", Sense.UNDER),
    (r"(?:mas de|por encima de|more than|over|above)", Sense.OVER),
    (r"(?:hasta(?: los| las)?|maximo(?: de)?|up to|como mucho)", Sense.UP_TO),
    (r"(?:desde(?: los| solo)?|a partir de|from)", Sense.FROM),
    (
        r"(?:casi(?: un| una)?|unos|unas|cerca de|alrededor de|aproximadamente|about|around|almost|nearly|un)",
        Sense.ABOUT,
    ),
)
_PER = re.compile(
    r"(?:\b(?:al|a la|por|cada|per|a|an)\b|/) ?(?:cada )?(mes|año|semana|dia|month|year|week|day|[a-z]{4,})"
)
_MONTHLY = re.compile(r"\bmensual(?:es)?\b|\bmonthly\b")
_YEARLY = re.compile(r"\banual(?:es)?\b|\bal año\b|\byearly\b|\baño entero\b")
_PERIOD_NAMES = {"mes": "month", "month": "month", "año": "year", "year": "year", "semana": "week", "week": "week",
                 "dia": "day", "day": "day"}  # fmt: skip
_NO_CLAIM = re.compile(
    r"\b(?:[01]?\d|2[0-3])(?::[0-5]\d(?: ?h\b)?(?!\d)|\.[0-5]\d ?h\b)"
    r"|(?m:^\s*\d{1,2}[.)]\s)"
    r"|\b\d{1,2} de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b"
    r"|\b(?:ley|norma|modelo|articulo|art\.|iso|rd|real decreto) [\w/-]*\d[\w/-]*"
)


def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a text in order. Clock times, dates and numbers of laws are none."""
    return tuple(_found(in_digits(text)))


def unknown_figures(text: str, known: str) -> tuple[str, ...]:
    """The figures of a text, small counts apart, that another text does not have, as written."""
    there = figures(known)
    told = (figure for figure in figures(text) if figure.value > SMALL or figure.is_money or figure.unit in ("%", "x"))
    return tuple(f.written for f in told if not any(f.agrees(one) or _bare(f, one) for one in there))


def _bare(figure: Figure, known: Figure) -> bool:
    """The same number, where one of both does not say of what."""
    return not (figure.unit and known.unit) and figure.value == known.value


def _found(text: str) -> Iterator[Figure]:
    at = 0
    while match := _FIGURE.search(text, at):
        at = match.start("rest")
        yield _figure(text, match)


def _figure(text: str, match: re.Match[str]) -> Figure:
    lead, rest = text[: match.start()].rstrip(), match["rest"]
    unit, scale = _unit(match["code"] or match["after"] or match["before"] or "")
    if not unit:
        noun = re.match(r"\s?(?:de )?([a-zñ]{3,})", rest)
        unit = stem(noun[1]) if noun else ""
    written = text[match.start() : match.start("rest")].strip()
    if not match["after"] and not match["before"] and unit:
        written = f"{written} {rest.split()[0]}" if rest.split() else written
    return Figure(
        value=value_of(match["number"]) * scale,
        unit=unit,
        sense=_sense(lead),
        per=_per(lead, rest) if unit in _CURRENCIES else frozenset(),
        written=match["said"] or written,
        lead=lead[-40:],
    )


def _unit(sign: str) -> tuple[str, float]:
    sign = sign.strip()
    return next(((unit, scale) for form, unit, scale in _UNITS if sign and re.fullmatch(form, sign)), ("", 1.0))


def _sense(lead: str) -> Sense:
    for words, sense in _SENSES:
        if re.search(rf"\b{words}$", lead):
            return Sense.EXACT if lead.endswith(" un") and sense is Sense.ABOUT and "casi" not in lead[-8:] else sense
    return Sense.EXACT


def _per(lead: str, rest: str) -> frozenset[str]:
    found = [_PERIOD_NAMES.get(word, stem(word)) for word in _PER.findall(rest)]
    found += ["month"] if _MONTHLY.search(rest) or _MONTHLY.search(lead[-30:]) else []
    found += ["year"] if _YEARLY.search(rest) or _YEARLY.search(lead[-30:]) else []
    return frozenset(found)


def in_digits(text: str) -> str:
    """Plain letters, with numbers that were spelt out as digits."""
    told = _NO_CLAIM.sub(" ", bare(text).replace("\u00a0", " "))
    for words, digits in _FIXED:
        told = words.sub(digits, told)
    told = _SPELT.sub(lambda m: str(_WORDS[m[0]]), told)
    told = _OF_EACH.sub(
        lambda m: f"about {100 * (int(m[1]) if m[1].isdigit() else 1) / max(int(m[2]), 1):.4g} %⟨{m[0]}⟩ de", told
    )
    return _MIL.sub(lambda m: f"{value_of(m[1]) * (1_000 if m[2] == 'mil' else 1_000_000):.0f}", told)


def value_of(number: str) -> float:
    """What a number says, written the Spanish way (`1.234,5`) or the English (`1,234.5`)."""
    digits = re.sub(r"[\s\u00a0\u202f]", "", number)
    if not digits.startswith("0"):
        digits = re.sub(r"[.,](?=\d{3}(?!\d))", "", digits)
    return float(digits.replace(",", "."))
