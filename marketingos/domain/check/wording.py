"""Texts taken apart for comparing: plain words, sentences, what is quoted, and stems of Spanish and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ACCENTS = "\u0301\u0300\u0308\u0302"
_ADDRESS = r"https?://[^\s<>\"«»]+"
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"\n]*\"|(?m:^[ \t]*[—–-] ?[^\n—–]*(?:[—–]|$))")
_UNREAD = re.compile(rf"{_ADDRESS}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[#@]\w+")
_ENDS = re.compile(r"(?<=[.!?…])[»”\")]*\s+(?=[^a-záéíóúñü])|\n+|\s+[·|•]\s+")


def plain(text: str) -> str:
    """Lower case without accents, for comparing; `ñ` stays a letter of its own."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if c not in _ACCENTS)
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", bare)))


def bare(text: str) -> str:
    """Lower case without accents, signs kept in their places."""
    letters = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if c not in _ACCENTS)
    return unicodedata.normalize("NFC", letters)


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order; a line break ends one as well."""
    return [part.strip() for part in _ENDS.split(text) if part and re.search(r"\w", part)]


def unquoted(text: str) -> str:
    """The text without what somebody else says in it: quotations and lines of dialogue."""
    return _QUOTED.sub(" … ", text)


def read(text: str) -> str:
    """The text without addresses, mentions and hashtags."""
    return _UNREAD.sub(" ", text)


_SMALL_WORDS = """
a al ante bajo con contra de del desde donde durante e el ella ellas ello ellos en entre era es esa ese eso esta
estan estar este esto fue ha han has hasta hay la las le les lo los me mi mis mas muy nada ni no nos nosotros o os
otra otro para pero por porque pues que quien se sea segun ser si sin sobre solo son su sus tal tambien tan te tener
ti tiene tienes toda todo tu tus u un una unas uno unos usted ustedes va van vosotros y ya yo cada cuando como hace
hacer cual esta asi aqui ahi puede pueden puedes entonces mientras despues antes luego ahora misma mismo propio
propia propios propias cuyo vez veces dos the a an of to in on for and or but with without by from at as is are was
were be been it its this that these those you your we our they their he she his her not no yes do does did has have
had will would can could may more most than then so if when while who what which there here up out into over under
about also just only own each
"""
_SMALL = frozenset(_SMALL_WORDS.split())

_STEMMING = (
    (re.compile(r"(?:amente|mente)$"), ""),
    (re.compile(r"(?:aciones|acion|adores|adoras|adora|ador|imientos|imiento|amientos|amiento)$"), ""),
    (re.compile(r"(?:ciones|cion|siones|sion)$"), ""),
    (re.compile(r"(?:ados|adas|ado|ada|idos|idas|ido|ida|ando|iendo|yendo|ing|ed)$"), ""),
    (re.compile(r"(?:aremos|eremos|iremos|abamos|aban|aran|eran|iran|aras|eras|iras|ando|ieron|aron)$"), ""),
    (re.compile(r"(?:amos|emos|imos|aste|iste|ais|eis|ara|era|ira|aba|aban|ase|ese)$"), ""),
    (re.compile(r"(?:ar|er|ir|an|en|as|es|os|a|e|o|s|is|io|ia)$"), ""),
)
_CLITICS = re.compile(r"(?:(?<=[aei]r)|(?<=ndo))(?:me|te|se|lo|la|le|los|las|les|nos|os)$")
_BROKEN = (("ie", "e"), ("ue", "o"), ("qu", "c"), ("gu", "g"), ("z", "c"))


def stem(word: str) -> str:
    """A short form that most inflections of a Spanish word share; of a figure, itself."""
    if not word.isalpha() or len(word) <= 3:
        return word
    short = _CLITICS.sub("", word)
    for ending, instead in _STEMMING:
        if len(cut := ending.sub(instead, short)) >= 3 and cut != short:
            short = cut
            break
    for broken, whole in _BROKEN:
        short = short.replace(broken, whole)
    return short[:6]


def content(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; figures are left out."""
    words = (w for w in plain(text).split() if w not in _SMALL and not w[0].isdigit())
    return frozenset(stem(w) for w in words if len(w) > 1)


def mentions(words: Iterable[str], text: str) -> bool:
    """Whether one of these words or phrases stands in a text that `plain` made."""
    return any(re.search(rf"\b{re.escape(word)}\b", text) for word in words)
