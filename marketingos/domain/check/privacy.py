"""Data that point to a private person: numbers, addresses, and full names told with something private.

The product's own contacts, emergency numbers, numbers of laws and parts, and first names in a scene point to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from marketingos.domain.check.draft import Book, Draft
from marketingos.domain.check.finding import Finding
from marketingos.domain.check.lexicon import given_names
from marketingos.domain.check.wording import bare, plain

KEY = "check.personal_data"

_LINK = re.compile(r"https?://\S+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.,/+-])(?:\+|00)?\d(?:[ .\-()]{0,2}\d){8,13}(?![\w]|[.,/-]\d)")
_DNI = re.compile(r"(?<!\w)(?:\d{8}|\d{2}\.\d{3}\.\d{3}|[XYZxyz]-?\d{7})[ -]?[A-HJ-NP-TV-Z](?!\w)")
_CURP = re.compile(r"(?<!\w)[A-Z]{4}\d{6}(?:[HM][A-Z]{5}[A-Z\d]\d|[A-Z\d]{3})(?!\w)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?\d{4}){4,7}(?:[ -]?\d{1,3})?(?!\w)")
_BANK = re.compile(r"(?<!\w)(?:\d[ -]?){15,19}\d(?!\w)")
_PLATE = re.compile(
    r"(?<![\w-])(?:\d{4}[ -]?(?!(?:SMS|MMS|PDF|RPM|FPS|MXN|GBP|CLP)\b)[BCDFGHJ-NPR-TV-Z]{3}|"
    r"[A-Z]{1,2}[ -]\d{4}[ -][A-Z]{1,2}|"
    r"[A-Z]{3}-\d{2}-\d{2}|[A-Z]{3}-\d{3}-[A-Z])(?![\w-])"
)
_STREET = re.compile(
    r"(?:\b(?i:calle|avenida|avda?\.?|av\.|paseo|plaza|pza\.?|camino|carrer|ronda|colonia|street|road)\s+"
    r"(?:(?:de|del|la|las|los|el|d['’])\s?)*[A-ZÁÉÍÓÚÑ]|\b(?i:c/|avda\.|pza\.)\s*(?:de(?:l| la)? )?\w)"
    r"[\wáéíóúñü·'-]+(?:\s+(?:(?:de|del|la|las|los|y|i)\s+)*[A-ZÁÉÍÓÚÑ][\wáéíóúñü·'-]+)*"
    r",?\s*(?:n\.?[ºo°]\s?|núm(?:ero)?\.?\s?|#\s?)?\d{1,4}\b"
)
"""A street by its name: `en la calle hay 3 barberías` is none."""
_CAPITAL = r"[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+"
_FULL_NAME = re.compile(rf"(?<![\w@#])({_CAPITAL})((?:\s+(?:de\s+(?:la\s+|los\s+)?|del\s+)?{_CAPITAL}){{1,3}})")
_PRIVATE = re.compile(
    r"\b(?:celiac\w+|alerg\w+|diabet\w+|embaraz\w+|enferm\w+|cancer|operad[oa]|depresi\w+|ansiedad|discapacid\w+|tdah|"
    r"debe|deben|deuda\w*|moros\w+|impag\w+|no (?:ha )?pag\w+|sin pagar|despedid\w+|divorci\w+|separad[oa]|vive en|"
    r"nacid\w+ (?:el|en)|multa\w*|denunci\w+|suspend\w+|reprob\w+|plant\w+|dej\w+ (?:vaci|plantad)\w+|"
    r"no vino|no aparecio|"
    r"religi\w+|afiliad\w+|su (?:telefono|movil|direccion|correo|cuenta|dni|curp)|pregunta por|owes|allergic|pregnant|"
    r"diagnos\w+|tratamiento|medica\w+|leucemi\w+|dieta)\b"
)
_PUBLIC = re.compile(
    r"\b(?:decia|dice|escribio|segun|como dijo|receta de|libro de|en palabras de|premio|said|wrote)\s*$"
)


def check(draft: Draft, book: Book) -> Iterator[Finding]:
    """What points to a private person."""
    found = dict.fromkeys(item for item in _found(draft.words, book) if item)
    if found:
        yield Finding(key=KEY, detail=", ".join(found))


def _found(words: str, book: Book) -> Iterator[str]:
    text = _LINK.sub(" ", words)
    known = "\n".join((*book.contacts, *book))
    home = _host(book.website)
    for mail in _MAIL.findall(text):
        if mail.casefold() not in known.casefold() and not (home and mail.casefold().endswith(f"@{home}")):
            yield mail
    text = _MAIL.sub(" ", text)
    for form in (_IBAN, _BANK, _DNI, _CURP, _PLATE):
        yield from (match[0] for match in form.finditer(text))
        text = form.sub(" ", text)
    own = {_national(match[0]) for match in _PHONE.finditer(known)}
    yield from (match[0] for match in _PHONE.finditer(text) if _is_phone(match[0]) and _national(match[0]) not in own)
    yield from (match[0] for match in _STREET.finditer(text) if match[0] not in known)
    yield from _names(text, known)


def _host(website: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?|[/:].*$", "", website.casefold())


def _national(number: str) -> str:
    """The last nine digits: with or without the country's number in front."""
    return re.sub(r"\D", "", number)[-9:]


def _is_phone(number: str) -> bool:
    """Whether so many digits can be called: Spain has nine from 6 to 9, Mexico ten."""
    digits = re.sub(r"\D", "", number)
    abroad = number.startswith(("+", "00"))
    return abroad or (len(digits) == 9 and digits[0] in "6789") or len(digits) in (10, 11)


def _names(text: str, known: str) -> Iterator[str]:
    """Full names of persons: given name and two surnames, or one of both and something private around it."""
    for match in _FULL_NAME.finditer(text):
        first, rest = plain(match[1]), match[2].split()
        surnames = [word for word in rest if word[0].isupper()]
        if first not in given_names() or match[0] in known or _PUBLIC.search(bare(text[: match.start()]).rstrip()):
            continue
        if plain(surnames[0]) in given_names():
            surnames = surnames[1:]
        if len(surnames) >= 2 or (surnames and _PRIVATE.search(bare(_around(text, match)))):
            yield match[0]


def _around(text: str, match: re.Match[str]) -> str:
    return text[max(match.start() - 80, 0) : match.end() + 120]
