"""Orders that somebody hid in a product's fields, and a text that obeys them.

What a field orders is taken apart into what can be recognised again: addresses, mentions, telephones, codes, words in
capitals, quoted words and names. A text that says one of these, which no fact carries, has obeyed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from marketingos.domain.check.draft import Book, Draft
from marketingos.domain.check.finding import Finding
from marketingos.domain.check.wording import bare, plain, unquoted

KEY = "check.injection"

_ORDER = re.compile(
    r"\b(?:ignor[ae]\w*|olvid[ae]\w*|forget|disregard|override|omite|descarta)\b.{0,40}\b"
    r"(?:instruc\w+|anterior\w*|reglas?|rules?|above|previous|todo|everything|prompt)\b"
    r"|\b(?:system|sistema|assistant|asistente|usuario|admin(?:istrator)?)\s*:|</?(?:product|facts|"
    r"brief|system|instructions?)\b"
    r"|\b(?:nueva (?:orden|instruccion|regla)|new (?:instructions?|rule|task)|"
    r"instruccion\w* para (?:la|el) (?:ia|modelo|asistente)|nota para (?:la|el) (?:ia|modelo|"
    r"asistente|redactor)|note to (?:the )?(?:ai|model|assistant|writer))\b"
    r"|\b(?:a partir de ahora|from now on|de ahora en adelante)\b|\b(?:responde|contesta|respond|"
    r"answer|reply|di|escribe|write|say) (?:unicamente|solo|solamente|only|exactly|exactamente)\b"
    r"|\b(?:en|in) (?:cada|todos? l[oa]s?|every|all) (?:post|publicaci\w+|textos?|posts|texts?)\b"
    r"|\b(?:siempre|always|obligatori\w+|must)\b.{0,30}\b(?:pon|ponga|incluy\w+|incluir|añad\w+|"
    r"menciona\w*|etiqueta\w*|enlaza\w*|recomienda\w*|termina\w*|empieza\w*|escrib\w+|di|tag|mention|"
    r"include|add|end|link|recommend|write|put)\b"
    r"|\b(?:pon|incluye|añade|menciona|etiqueta|enlaza|recomienda|termina|pide|add|include|mention|"
    r"tag|link|recommend|put) siempre\b"
    r"|\b(?:revela|muestra|imprime|print|reveal|show|repeat|repite)\b.{0,40}\b(?:prompt|instruc\w+|reglas|rules)\b",
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"«»,;]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|es|net|org|io|app|mx|"
    r"info|shop|link|example|xyz|ru|click|top|co)\b(?:/[^\s<>\"«»,;]*)?",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?<!\w)@[\w.]{3,}")
_NUMBER = re.compile(r"(?<!\w)\+?\d(?:[ .-]?\d){6,}(?!\w)")
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[A-Z])[A-Z0-9_-]{4,}\b")
_SHOUT = re.compile(r"\b[A-ZÁÉÍÓÚÑ]{3,}(?:[ ][A-ZÁÉÍÓÚÑ]{2,})+\b|\b[A-ZÁÉÍÓÚÑ]{5,}\b")
_QUOTED = re.compile(r"«([^»]{4,})»|“([^”]{4,})”|\"([^\"]{4,})\"|'([^']{6,})'|(?<!:):\s([^.<\n]{6,80})$")
_NAME = re.compile(r"(?<=[a-záéíóúñ,] )[A-ZÁÉÍÓÚÑ][\wáéíóúñ]+(?: (?:de |del |la )?[A-ZÁÉÍÓÚÑ][\wáéíóúñ]+)+")
_TALK = re.compile(
    r"\b(?:system prompt|prompt del sistema|he sido hackead[oa]|i have been hacked|as an ai (?:language )?model|"
    r"como (?:modelo de lenguaje|inteligencia artificial),? (?:no )?(?:puedo|soy)|ignore (?:all |"
    r"the )?(?:previous|above)|"
    r"my instructions (?:are|say)|mis instrucciones (?:son|dicen))\b|</?(?:product|facts|brief|recent_hooks|system)>"
)
_SHINGLE = 6
_TELLING = 4
"""So many runs of `_SHINGLE` words in common with the rules are no chance."""


def check(draft: Draft, book: Book) -> Iterator[Finding]:
    """What a text says because a field of the product ordered it, or of its own orders."""
    if told := _obeyed(draft, book) or _betrayed(draft, book):
        yield Finding(key=KEY, detail=told)


def orders_in(line: str) -> tuple[str, ...]:
    """The parts of a product's line that speak to the writer, not of the product."""
    words = bare(line)
    match = _ORDER.search(words)
    if match is None or len(words) != len(line):
        return () if match is None else (line,)
    start = max(line.rfind(". ", 0, match.start()), line.rfind("> ", 0, match.start())) + 1
    return (line[max(start, 0) :],)


def _obeyed(draft: Draft, book: Book) -> str:
    text = f"{draft.words}\n{draft.link_url}"
    sheet = plain(" ".join((*(fact.claim for fact in book.facts), *book.contacts, book.name)))
    for line in book.lines:
        for order in orders_in(line):
            for sign in _signs(order, book):
                if plain(sign) not in sheet and _says(text, sign):
                    return sign
    return ""


def _signs(order: str, book: Book) -> Iterator[str]:
    """What an order can be recognised by in a text."""
    home = re.sub(r"^(?:https?://)?(?:www\.)?|/.*$", "", book.website.casefold())
    for address in _ADDRESS.findall(order):
        host = re.sub(r"^(?:https?://)?(?:www\.)?|/.*$", "", address.casefold())
        if not (home and f".{host}".endswith(f".{home}")):
            yield address.rstrip(".)")
    yield from (name for name in _MENTION.findall(order) if name.rstrip(".").casefold() not in _lower(book.contacts))
    yield from _NUMBER.findall(order)
    yield from _CODE.findall(order)
    yield from (words for words in _SHOUT.findall(order) if plain(words) not in _ALOUD)
    yield from (next(filter(None, groups)) for groups in _QUOTED.findall(order))
    yield from _NAME.findall(order)


_ALOUD = frozenset(
    [
        "important",
        "system",
        "importante",
        "atencion",
        "note",
        "nota",
        "warning",
        "instructions",
        "instrucciones",
        "admin",
        "override",
        "urgente",
    ]
)


def _lower(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _says(text: str, sign: str) -> bool:
    """Whether a text says it: words in capitals only in capitals, the rest however it is written."""
    if sign.isupper() and not re.search(r"\d", sign):
        return sign in text
    if digits := re.fullmatch(r"\+?[\d .-]{7,}", sign):
        return re.sub(r"\D", "", digits[0]) in re.sub(r"\D", "", text)
    return f" {plain(sign)} " in f" {plain(text)} "


def _betrayed(draft: Draft, book: Book) -> str:
    """Words that only a model says of itself, or the writer's own rules told to the reader."""
    if match := _TALK.search(bare(draft.words)):
        return match[0]
    rules = _shingles(unquoted(book.orders))
    told = _shingles(draft.words) & rules
    return next(iter(sorted(told)), "") if len(told) >= _TELLING else ""


def _shingles(text: str) -> frozenset[str]:
    words = plain(text).split()
    return frozenset(" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))
