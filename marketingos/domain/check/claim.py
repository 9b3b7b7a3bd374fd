"""Statements that the writer declares: each must be carried by the facts it is laid to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marketingos.domain.check import boast
from marketingos.domain.check.draft import Book, Draft, Told
from marketingos.domain.check.figure import SMALL, Figure, figures
from marketingos.domain.check.finding import Finding
from marketingos.domain.check.wording import bare, content, plain, stem

KEY = "check.false_claim"

ENOUGH = 0.30
"""Share of a claim's words that its facts must have."""

_STRENGTH = re.compile(
    r"\b(?:siempre|nunca|jamas|tod[oa]s|ilimitad\w+|sin limites?|cualquier\w*|para siempre|de por vida|al instante|"
    r"instantane\w+|inmediat\w+|automatic\w+|always|never|every|unlimited|instant\w*|automatic\w*)\b"
)
_DAYS = re.compile(r"\b(?:lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|festivos?|fin(?:es)? de semana)\b")
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)(?<![«“\"])\b(?:[A-ZÁÉÍÓÚÑ][\w&+-]*|[A-Z]{2,}[\w&+-]*)(?: \d[\w.]*)?")
_SAME = tuple(
    frozenset(map(stem, group.split()))
    for group in (
        "movil celular telefono smartphone mobile phone", "correo email mail", "tableta tablet",
        "avisar aviso recordar recordatorio recuerda notificar notificacion reminder remind",
        "configurar montar lista listo alta instalar activar marcha arrancar empezar ready",
        "permanencia plazo forzoso contrato compromiso ata", "dueño propietario cuida casa owner",
        "foto fotos fotografia imagen", "copia respaldo backup", "gratis gratuito pagar paga coste regalo free",
        "reservar reserva cita citas", "prueba probar probarlo pruebalo trial", "precio tarifa cuota cuesta",
        "hueco huecos libre libres", "cancelar cancela anular dejar", "internet online web",
    )
)  # fmt: skip


def check(draft: Draft, book: Book) -> Iterator[Finding]:
    """The declared statements that their facts do not carry."""
    for told in draft.claims:
        if lacking := _lacks(told, book):
            yield Finding(key=KEY, detail=lacking, instead=boast.nearest(told.text, book))


def unknown(draft: Draft, book: Book) -> Iterator[Finding]:
    """Codes of facts that the sheet does not have, or has no longer."""
    codes = {fact.code for fact in book.facts}
    missing = sorted({code for told in draft.claims for code in told.facts} - codes)
    if missing:
        yield Finding(key="check.unknown_fact", detail=", ".join(missing))


def _lacks(told: Told, book: Book) -> str:
    """What of a statement stands in no fact: a name, a figure, a strong word, or the whole of it."""
    cited = [fact.told for fact in book.facts if fact.code in told.facts]
    evidence = cited or [fact.told for fact in book.facts]
    sheet = " \n ".join((*book, *cited))
    return (
        _names(told.text, sheet)
        or _figures(told.text, evidence, book)
        or _strength(told.text, evidence, book)
        or ("" if _covered(told.text, evidence, book) else told.text)
    )


def _names(text: str, sheet: str) -> str:
    known = plain(sheet)
    return ", ".join(name for name in _NAME.findall(text) if plain(name) and plain(name) not in known)


def _figures(text: str, evidence: list[str], book: Book) -> str:
    known = [figure for line in evidence for figure in figures(line)]
    everything = known + [figure for line in book for figure in figures(line)]
    for figure in figures(text):
        if figure.is_money or _is_small(figure, known) or (not figure.unit and _has_value(figure, everything)):
            continue
        if not any(figure.agrees(one) for one in (known if figure.unit in {k.unit for k in known} else everything)):
            return figure.written
    return ""


def _has_value(figure: Figure, known: list[Figure]) -> bool:
    return any(abs(figure.value - one.value) < 1e-6 for one in known)


def _is_small(figure: Figure, known: list[Figure]) -> bool:
    """Counts of a few things that the facts do not count."""
    return figure.value <= SMALL and figure.unit not in {one.unit for one in known} | {"%", "x"}


def _strength(text: str, evidence: list[str], book: Book) -> str:
    known = plain(" ".join((*evidence, *book.lines)))
    for form in (_STRENGTH, _DAYS):
        for match in form.finditer(bare(text)):
            if stem(match[0].split()[0]) not in {stem(word) for word in known.split()} and not _is_round_the_clock(
                match[0], known
            ):
                return match[0]
    return ""


def _is_round_the_clock(words: str, known: str) -> bool:
    return words.startswith(("cualquier", "siempre")) and re.search(r"\b24 ?(?:h|horas)\b", known) is not None


def _covered(text: str, evidence: list[str], book: Book) -> bool:
    mine = _canonical(content(text)) - _canonical(content(book.name))
    theirs = _canonical(frozenset().union(*(content(line) for line in evidence)))
    if not mine:
        return True
    return len(mine & theirs) / len(mine) >= ENOUGH


def _canonical(stems: frozenset[str]) -> frozenset[str]:
    return frozenset(next((f"={n}" for n, group in enumerate(_SAME) if one in group), one) for one in stems)
