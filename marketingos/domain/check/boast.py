"""What no software may say of itself without a source: rankings, superlatives, promises, testimonials of authority.

Each is a form of words about the product; the same words about a scene ("el hueco más caro del sábado") pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from marketingos.domain.check.draft import Book, Draft
from marketingos.domain.check.figure import SMALL, Sense, figures, in_digits
from marketingos.domain.check.finding import Finding
from marketingos.domain.check.wording import bare, content, plain, read, sentences, stem, unquoted

KEY = "check.false_claim"

_TOOL = (
    r"(?:apps?|aplicacion(?:es)?|programas?|software|sistemas?|plataformas?|herramientas?|agendas?|"
    r"servicios?|solucion(?:es)?|tool|system|platform|software)"
)
_PLACE = (
    r"(?:del? (?:mercado|sector|mundo|pais|isla|españa|mexico|canarias|barcelona|europa|todo el)|"
    r"in (?:the|spain|europe)|the market)"
)
_RANKED = re.compile(
    rf"\b(?:numero (?:1|uno)|n[.ºo]{{1,2}} ?1|number one|lideres?|leading|pionero[as]*)\b.{{0,40}}\b{_PLACE}"
    rf"|\b{_TOOL}\b.{{0,30}}\b(?:numero (?:1|uno)|n\.? ?º ?1|number one|lider)\b"
    rf"|\b(?:somos|es|we are|is)\b.{{0,20}}\b(?:los? lider(?:es)?|numero (?:1|uno)|n\.? ?º ?1|la referencia)\b"
)
_BEST = re.compile(
    rf"\b(?:el|la|los|las) (?:mejor(?:es)?|unic[oa]s?) {_TOOL}\b"
    rf"|\b(?:el|la) {_TOOL} (?:de [a-zñ]+ |para [a-zñ]+ )?(?:mas|mejor|que mas) [a-zñ]+"
    rf"|\b(?:the )?(?:best|only|most [a-z]+|fastest|easiest|cheapest) {_TOOL}\b"
    rf"|\b(?:el|la|los|las) (?:mejor(?:es)?|mas [a-zñ]+) {_PLACE}"
)
_COMPARED = re.compile(
    rf"\b(?:ningun[oa]?|ningun otr[oa]|nadie|no other|no one else|ningun[oa]? otr[oa])(?: otr[oa])? {_TOOL}\b"
    rf"|\bningun[oa]? otr[oa]\b.{{0,40}}\b(?:tan|mas|mejor)\b|\bnadie mas (?:ofrece|lo hace|te|le)\b"
    r"|\bnadie (?:te |le |les |os )\w+ (?:tan|mas|menos|mejor)\b"
    r"|\b(?:2|3|4|5|10) veces mas \w+ que\b|\b(?:el doble|el triple) de \w+ que\b"
    rf"|\b(?:mejor|mas \w+|menos \w+|better|cheaper|faster) (?:que|than)(?: con| en| de)? (?:cualquier|otr[oa]s?|"
    rf"el resto|los demas|la competencia|any|other|the rest)"
    rf"|\b(?:frente a|a diferencia de) (?:otr[oa]s? )?{_TOOL}\b"
)
_STRAIGHT = r"(?:(?!\b(?:y|con|por|desde|prueb\w*|empiez\w*|and|with|for|from|try)\b)[^.:;])"
"""On the way from a verb to its figure: `gana tiempo y prueba 14 días` wins no days."""
_PROMISED = re.compile(
    r"\b(?:garantiz\w+|garantia de|aseguramos|te aseguramos|guarantee[ds]?|resultados? (?:asegurad|garantizad)\w+)\b"
    r"|\b(?:duplic|triplic|multiplic)(?:a|as|aras|ara|an|amos|aremos)\b.{0,30}\b(?:client|ingres|vent|"
    r"factur|reserv|alumn|cita|benefici|mesa)\w*"
    r"|\b(?:gana|ganas|ganaras|ingresa|ingresas|ingresaras|factura|facturas|facturaras|vende|vendes|"
    rf"venderas|ahorra|ahorras|ahorraras|ahorrate|recupera|recuperas)\b{_STRAIGHT}{{0,24}}\d"
    r"|\b(?:mas|more) (?:ingresos|ventas|beneficios|revenue|sales)\b"
    r"|\b(?:nunca|jamas|never) (?:mas )?(?:volver\w+|perder\w+|tendr\w+|te falt\w+|fall\w+|lose)\b"
    r"|\b(?:elimin\w+|acab\w+ con|olvidate de|cero) (?:el |los |las |todos los |todas las )?(?:impag|"
    r"ausenci|plantones|no-?shows?|error|cancelacion)\w*"
    r"|\b(?:al |a )?100 ?% (?:segur|fiable|garantiz|automatic|satisf)\w*|\bsin (?:ningun )?(?:error|"
    r"fallo|riesgo)(?:es|s)?\b"
    r"|\b(?:curan|curamos|previene|previenen|evita enfermedad|alarga la vida|viven mas)\b"
)
_SAVED = re.compile(
    rf"\b(?:ahorr\w+|gan(?:a|as|aras)|recuper(?:a|as|aras)|sav(?:e|es)|earn)\b{_STRAIGHT}{{0,24}}?"
    r"\b\d+ (?:horas?|minutos?|euros?|€|%|dias?|clientes?|citas?|hours?|minutes?|days?)"
)
_VOUCHED = re.compile(
    r"\b(?:certificad|homologad|avalad|acreditad|premiad|galardonad|patentad|recomendad|recomiend|"
    r"premio|galardon|award|certified|approved by|recommended by)\w*"
)
_FREEDOM = re.compile(
    r"\b(?:sin|ningun[ao]?|cero|no (?:hay|tiene|cobra(?:mos)?|pedimos|lleva)|no|"
    r"without) (?:ningun[ao]? |una? |de |la |el )?"
    r"(?P<what>permanencia|comision(?:es)?|cuota de alta|plazo forzoso|tarjeta(?: de credito)?|"
    r"contrato|fee|commission|contract)\b"
)
_SERVED = re.compile(r"\b(?:soporte|atencion al cliente|asistencia|te atendemos|support)\b")
_ALWAYS = re.compile(
    r"\b24 ?/ ?7\b|\b24 ?(?:h|horas|hours)\b|\b(?:dia y noche|a cualquier hora|siempre disponible|"
    r"365 dias|los siete dias|fin(?:es)? de semana|festivos|domingos?|sabados?|de lunes a (?:sabado|"
    r"domingo)|inmediat\w+|al instante|day and night|around the clock)\b"
)
_READY = re.compile(
    r"\b(?:lista|listo|alta|configur\w+|instal\w+|mont\w+|pon\w* en marcha|en marcha|funcionando|"
    r"activ\w+|empiez\w+|arranc\w+|"
    r"respond\w+|respuesta|contestamos|implant\w+|migra\w*|traslad\w+|ready|set up|up and running|install\w*)\b"
)
_WITHIN = re.compile(r"\b(?:en|in|within)(?: (?:menos de|solo|tan solo|apenas|unos|less than|just|under|only))?$")
_USED = re.compile(r"\b(?:us[ao]n?|utilizan?|confia[n]?|trabajan?|ya|clientes?|elegid[oa]s?|con nosotros|use|trust)\b")


def check(draft: Draft, book: Book) -> Iterator[Finding]:
    """The sentences that boast of what no fact carries."""
    lines = [bare(line) for line in book]
    for sentence in sentences(unquoted(read(draft.words))):
        words = bare(sentence)
        if detail := _boast(words, lines) or _figure(sentence, words, book):
            yield Finding(key=KEY, detail=detail, instead=nearest(sentence, book))


def _boast(words: str, lines: list[str]) -> str:
    """The boasting words, unless a line of the book says the same."""
    for form in (_RANKED, _BEST, _COMPARED, _PROMISED, _VOUCHED):
        if (match := form.search(words)) and not any(match[0] in line for line in lines):
            return match[0].strip()
    if (match := _SAVED.search(in_digits(words))) and not any(match[0] in in_digits(line) for line in lines):
        return match[0]
    for match in _FREEDOM.finditer(words):
        what = stem(match["what"].split()[0])
        if not any(what in content(line) and re.search(r"\b(?:sin|no|ningun\w*|without)\b", line) for line in lines):
            return match[0]
    if _SERVED.search(words) and (match := _ALWAYS.search(words)):
        served = [line for line in lines if _SERVED.search(line)]
        if not any(plain(match[0]) in plain(line) for line in served):
            return match[0]
    return ""


def _figure(sentence: str, words: str, book: Book) -> str:
    """A share, a multiple, a time or a number of users that no line has."""
    known = [figure for line in book for figure in figures(line)]
    counted = content(" ".join(book.lines[:4])) | _PEOPLE | {f.unit for f in known} - _MEASURES
    used = _USED.search(words) or (book.name and plain(book.name) in plain(sentence))
    for figure in figures(sentence):
        share = figure.unit in ("%", "x") and figure.value > 1
        span = figure.unit in ("min", "day") and _READY.search(words) and _WITHIN.search(figure.lead)
        users = figure.unit in counted and figure.value > SMALL and (used or figure.sense in (Sense.OVER, Sense.ABOUT))
        if (share or span or users) and not any(figure.agrees(one) for one in known):
            return figure.written
    return ""


_MEASURES = frozenset({"", "%", "x", "min", "day", "month"})
_PEOPLE = frozenset(
    map(stem, ("clientes", "usuarios", "negocios", "empresas", "profesionales", "locales", "users", "customers"))
)


def nearest(text: str, book: Book) -> str:
    """The fact that has most in common with a text; empty when none has anything."""
    mine = content(text)
    best = max(book.facts, key=lambda fact: len(mine & content(fact.claim)), default=None)
    return best.claim if best and mine & content(best.claim) else ""
