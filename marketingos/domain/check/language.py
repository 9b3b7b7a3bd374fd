"""Whether a text is in the product's language, by py3langid's model (labels of 9 languages near ours).

Sentences are asked one by one, because a call to action that slips into English hides in a Spanish post. Quotations,
names, hashtags and addresses say nothing; nor do sentences of a few words, or mixed ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from marketingos.domain.check.draft import Book, Draft
from marketingos.domain.check.finding import Finding
from marketingos.domain.check.wording import plain, read, sentences, unquoted

KEY = "check.off_language"

NEIGHBOURS = ("es", "en", "pt", "ca", "gl", "fr", "it", "eu", "de")
SURE = 0.90
"""Probability from which a sentence is another language; measured on the open cases: theirs have 0.95 and more, those
of Spanish sentences that the model mistakes stay under 0.5, dishes and street names apart."""
WORDS = 5
"""Shorter sentences are not asked."""
TOGETHER = 4
"""Shorter texts are not asked either, all sentences together."""

_OURS = {
    "es": frozenset(
        [
            "y",
            "los",
            "las",
            "pero",
            "muy",
            "hay",
            "también",
            "sus",
            "usted",
            "ustedes",
            "tú",
            "él",
            "más",
            "está",
            "del",
            "al",
            "con",
            "una",
            "sin",
        ]
    ),
    "en": frozenset(["the", "and", "of", "with", "you", "your", "is", "are"]),
}
_ONLY = {"es": frozenset(["y", "los", "las", "pero", "muy", "hay", "usted", "ustedes"]), "en": frozenset(("the",))}


def check(draft: Draft, book: Book) -> Iterator[Finding]:
    """The first sentence that is in another language than the product's."""
    language = book.language.partition("-")[0].lower()
    if language not in NEIGHBOURS:
        return
    text = _speakable(draft.words, book)
    for sentence in sentences(text):
        if other := _foreign(sentence, language):
            yield Finding(key=KEY, detail=f"“{_short(sentence)}”", instead=f"{other} ≠ {language}")
            return


def _speakable(text: str, book: Book) -> str:
    """What can be told a language from."""
    return read(unquoted(text)).replace(book.name or "\0", " ")


def _foreign(sentence: str, language: str) -> str:
    """The other language that a sentence is in; empty when it is ours, too short, or not sure."""
    words = re.findall(r"[^\W\d_]{1,}(?:['’][^\W\d_]+)?", sentence)
    if len(words) < WORDS or sum(word.isupper() and len(word) > 1 for word in words) > len(words) // 2:
        return ""
    mine = {word.casefold() for word in words} & _ONLY.get(language, frozenset())
    if mine:
        return ""
    found, sure = _model().classify(" ".join(words).lower())
    return str(found) if found != language and float(sure) >= SURE else ""


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(list(NEIGHBOURS))
    return model


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= 90 else f"{sentence[:88].rstrip()}…"


def reads_as(text: str) -> str:
    """The language that a whole text is most like; empty when there is next to nothing to go by."""
    return str(_model().classify(text)[0]) if len(plain(text).split()) >= TOGETHER else ""
