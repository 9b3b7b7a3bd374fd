"""Words that a product never says, and names of others that it never names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from marketingos.domain.check.draft import Book, Draft
from marketingos.domain.check.finding import Finding
from marketingos.domain.check.lexicon import given_names, is_word, lemma
from marketingos.domain.check.wording import bare, plain

_CAMEL = re.compile(r"(?<=[a-záéíóúñü])(?=[A-ZÁÉÍÓÚÑ])")
_SPACED = re.compile(r"(?<!\w)(?:\w[ ._*·\-]{1,2}){3,}\w(?!\w)")
_INNER = re.compile(r"(?<=\w)[.·*_\-’'](?=\w)")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+\.\w+")
_WORD = re.compile(r"#?@?[\w]+(?:[’'][a-z]\b)?")
_DETERMINER_WORDS = """
el la los las un una unos unas al del su sus tu tus mi mis este esta ese esa cada otro otra nuestro nuestra
"""
_DETERMINERS = frozenset(_DETERMINER_WORDS.split())
_INFINITIVE = re.compile(r"(\w+?(?:ar|er|ir))(?:lo|la|los|las|se|le|te|nos)?")


def check(draft: Draft, book: Book) -> Iterator[Finding]:
    """The banned words and the competitors that text, hashtags or first comment name."""
    if banned := banned_in(draft.words, book.banned_words, book.language):
        yield Finding(key="check.banned_word", detail=", ".join(banned))
    if rivals := competitors_in(f"{draft.words}\n{draft.link_url}", book.competitors):
        yield Finding(key="check.competitor", detail=", ".join(rivals))


def banned_in(text: str, words: Iterable[str], language: str = "es") -> tuple[str, ...]:
    """The banned words and phrases that a text says: in any capitals, accents, gender, number and, where the entry is a
    verb, conjugation; spelt apart too. Never inside another word, and not as somebody's name."""
    readings = _readings(text)
    return tuple(word for word in words if plain(word) and any(_says(one, word, language) for one in readings))


def _readings(text: str) -> tuple[str, ...]:
    """The text as written, with hashtags taken apart, and with letters that were drawn apart put together."""
    shown = _ADDRESS.sub(" ", text)
    tags = " . ".join(_CAMEL.sub(" ", tag) for tag in re.findall(r"#(\w+)", shown))
    joined = _SPACED.sub(lambda match: re.sub(r"\W|_", "", match[0]), shown)
    return (shown, tags, _INNER.sub("", joined))


def _says(text: str, entry: str, language: str) -> bool:
    form = _form(entry)
    phrase = " " in plain(entry)
    for match in form.finditer(bare(text)):
        if phrase or not _is_name(text, match.start(), match.end(), entry):
            return True
    return not phrase and _is_verb(entry) and _conjugated(text, entry, language)


@lru_cache(maxsize=512)
def _form(entry: str) -> re.Pattern[str]:
    """The entry in both genders and numbers, its words in their order."""
    words = [_inflected(word, alone=" " not in plain(entry)) for word in plain(entry).split()]
    apart = r"[\W_]+"
    return re.compile(rf"(?<!\w){apart.join(words)}(?!\w)")


def _inflected(word: str, *, alone: bool) -> str:
    if word in ("el", "un"):
        return {"el": r"(?:el|la|los|las|al|del)", "un": r"(?:un|una|unos|unas)"}[word]
    if len(word) <= 3 or word.isdigit():
        return re.escape(word)
    if alone and _infinitive(word):
        return re.escape(word)
    if re.fullmatch(r"\w+[oa]s?", word):
        root = re.escape(re.sub(r"[oa]s?$", "", word))
        return rf"{root}(?:[oa]s?|isim[oa]s?)"
    if word.endswith("z"):
        return rf"{re.escape(word[:-1])}(?:z|ces)"
    return rf"{re.escape(word)}(?:s|es|a|as)?"


def _is_verb(entry: str) -> bool:
    return _infinitive(entry) is not None


@lru_cache(maxsize=512)
def _infinitive(entry: str) -> str | None:
    """The verb that an entry is a form of: `petarlo` and `petar`, `garantizamos` and `garantizar`."""
    word = plain(entry)
    if match := _INFINITIVE.fullmatch(word):
        return match[1] if is_word(_gerund(match[1])) else None
    if re.fullmatch(r"\w+(?:amos|emos|imos)", word):
        known = plain(lemma(word, "es"))
        return known if re.fullmatch(r"\w+[aei]r", known) else None
    return None


def _gerund(verb: str) -> str:
    """What only verbs have: `curando`, but no `tallerando`."""
    return verb[:-2] + ("ando" if verb.endswith("ar") else "iendo")


def _conjugated(text: str, entry: str, language: str) -> bool:
    """Whether a form of the verb stands in the text; a noun of the same letters has its determiner before it."""
    verb = _infinitive(entry) or ""
    words = bare(text)
    root = _shared(verb)
    for match in re.finditer(r"[^\W\d_]+", words):
        if not match[0].startswith(root):
            continue
        before = re.search(r"(\w+)\W*$", words[: match.start()])
        noun = before is not None and before[1] in _DETERMINERS and not _is_clear_verb(match[0], verb)
        if not noun and verb in _verbs_of(match[0], language) and not _is_name(text, match.start(), match.end(), entry):
            return True
    return False


def _shared(verb: str) -> str:
    """The letters that even irregular forms begin with."""
    return verb[: max(2, len(verb) - 4)]


def _is_clear_verb(word: str, verb: str) -> bool:
    return word == verb or re.search(r"(?:ando|iendo|amos|emos|imos|aron|ieron)$", word) is not None


def _verbs_of(word: str, language: str) -> set[str]:
    """The infinitives that a form may belong to, with and without pronouns behind it."""
    bases = {word, re.sub(r"(?:me|te|se|lo|la|le|los|las|les|nos|os)$", "", word)}
    found = {plain(lemma(base, language)) for base in bases}
    return found | {re.sub(r"(?:o|as?|an|e|es|en)$", ending, word) for ending in ("ar", "er", "ir")}


def _is_name(text: str, start: int, end: int, entry: str) -> bool:
    """Whether these letters are somebody's or something's name: a given name, or capitals inside a sentence."""
    said = text[start:end]
    if not said[:1].isupper() or entry[:1].isupper() or said.isupper() or text[max(start - 1, 0) : start] in ("#", "@"):
        return False
    if plain(said) in given_names():
        return True
    lead = text[:start].rstrip(" «“\"'¡¿(")
    return bool(lead) and lead[-1] not in ".!?…:;\n" and "\n" not in text[len(lead) : start]


def competitors_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """The competitors that a text names, also as a hashtag, a mention or an address; never inside a longer word, and
    not the common noun of the same letters."""
    return tuple(
        name for name in names if plain(name) and any(_named(match, name) for match in _spelt(name).finditer(text))
    )


@lru_cache(maxsize=512)
def _spelt(name: str) -> re.Pattern[str]:
    """A name in one word or several, as it may be written."""
    parts = plain(_CAMEL.sub(" ", name)).split()
    letters = r"[\s\-_.·]?".join(_accented(part) for part in parts)
    return re.compile(
        rf"(?<!\w)[#@]?(?P<name>{letters})(?=(?:[’']s)?(?!\w)|\.(?:com|es|mx|net|io|app|org)\b)", re.IGNORECASE
    )


_VARIANTS = {"a": "aá", "e": "eé", "i": "ií", "o": "oó", "u": "uúü"}


def _accented(part: str) -> str:
    return "".join(f"[{_VARIANTS[c]}]" if c in _VARIANTS else re.escape(c) for c in part)


def _named(match: re.Match[str], name: str) -> bool:
    """Whether the firm is meant: a coined name always is; a word of the language is when it stands as a name."""
    text, said = match.string, match["name"]
    marked = match[0][0] in "#@" or re.match(r"\.\w", text[match.end() :]) is not None
    if marked or not _is_common(name):
        return True
    if not said[0].isupper():
        return False
    lead = text[: match.start()].rstrip(" «“\"'¡¿(")
    opens = not lead or lead[-1] in ".!?…:\n" or "\n" in text[len(lead) : match.start()]
    before = re.search(r"(\w+)$", bare(lead))
    listed = before is not None and before[1] in _DETERMINERS - {"al", "del"}
    return not opens and not (listed and said.split()[0].casefold() not in ("el", "la"))


def _is_common(name: str) -> bool:
    """Whether a name is one word of the language, with or without its article."""
    parts = [part.casefold() for part in _CAMEL.sub(" ", name).split()]
    said = [part for part in parts if part not in _DETERMINERS]
    return len(said) == 1 and is_word(said[0])
