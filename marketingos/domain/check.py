"""What can be wrong with a text before it goes out. Pure rules; a finding is a catalogue key and what it is about.

Findings that block would be refused by the platform; the others ask a person to look. Numbers, because an invented
figure is the costliest thing a model writes, must stand in what is known of the product.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from urllib.parse import urlsplit

from marketingos.domain.platform import RULES, Format, Platform, hashtags_in, wire_length


class Severity(StrEnum):
    """Whether a variant with this finding may be approved."""

    BLOCKS = "blocks"
    WARNS = "warns"


SEVERITIES: Mapping[str, Severity] = {
    "check.empty": Severity.BLOCKS,
    "check.too_long": Severity.BLOCKS,
    "check.no_media": Severity.BLOCKS,
    "check.media_failed": Severity.BLOCKS,
    "check.too_many_hashtags": Severity.WARNS,
    "check.banned_word": Severity.WARNS,
    "check.unsupported_number": Severity.WARNS,
    "check.unknown_fact": Severity.WARNS,
    "check.foreign_link": Severity.WARNS,
    "check.repeats": Severity.WARNS,
}

TOO_ALIKE = 0.75
"""Similarity (0..1) from which two hooks are the same hook: measured on Spanish variants of one post, a light edit
scores 0.76 and a new benefit in the same template 0.59."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something wrong: its catalogue key and, for the writer who repairs it, what exactly."""

    key: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A text on its way to one platform."""

    platform: Platform
    format: Format
    text: str
    link_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Book:
    """What is known of a product: everything that may be claimed, the words it never says, and its site."""

    claims: str = ""
    banned_words: tuple[str, ...] = ()
    website: str = ""


def about_text(draft: Draft, book: Book | None = None) -> tuple[Finding, ...]:
    """What is wrong with the words; without a book only what the platform itself would say."""
    found = list(_of_the_platform(draft))
    if book is not None:
        found += _of_the_product(draft, book)
    return tuple(found)


def about_media(format: Format, pieces: int, *, failed: bool) -> tuple[Finding, ...]:
    """What is wrong with the picture or video: `pieces` is how many there are."""
    if format is Format.TEXT or pieces:
        return ()
    return (Finding(key="check.media_failed" if failed else "check.no_media"),)


def repeated_hook(hook: str, others: Iterable[str]) -> str | None:
    """The first of the other hooks that says the same."""
    ours = plain(hook)
    return next((o for o in others if SequenceMatcher(None, ours, plain(o)).ratio() >= TOO_ALIKE), None)


def plain(text: str) -> str:
    """Lower case without accents, for comparing; `ñ` stays a letter of its own."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if c not in "\u0301\u0300\u0308\u0302")
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", bare)))


def _of_the_platform(draft: Draft) -> Iterator[Finding]:
    rules, length = RULES[draft.platform], wire_length(draft.platform, draft.text)
    if not draft.text.strip():
        yield Finding(key="check.empty")
    if length > rules.text_limit:
        yield Finding(key="check.too_long", detail=f"{length} of {rules.text_limit} characters")
    if (tags := len(hashtags_in(draft.text))) > rules.hashtag_limit:
        yield Finding(key="check.too_many_hashtags", detail=f"{tags} hashtags, at most {rules.hashtag_limit}")


def _of_the_product(draft: Draft, book: Book) -> Iterator[Finding]:
    if banned := banned_in(draft.text, book.banned_words):
        yield Finding(key="check.banned_word", detail=", ".join(banned))
    if numbers := unsupported_numbers(draft.text, book.claims):
        yield Finding(key="check.unsupported_number", detail=", ".join(numbers))
    if links := foreign_links(f"{draft.text} {draft.link_url}", book.website):
        yield Finding(key="check.foreign_link", detail=", ".join(links))


def banned_in(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """The banned words and phrases that a text says, also in the plural, never inside another word."""
    said = plain(text)
    return tuple(word for word in words if plain(word) and re.search(rf"\b{re.escape(plain(word))}(?:s|es)?\b", said))


_LINK = re.compile(
    r"https?://[^\s)]+|\b(?:[a-z0-9-]+\.)+(?:com|es|net|org|io|app|dev|eu|info|shop|link|ly|co)\b", re.IGNORECASE
)


def foreign_links(text: str, website: str) -> tuple[str, ...]:
    """The addresses in a text that do not belong to the product's site."""
    home = _host(website)
    return tuple(link for link in _LINK.findall(text) if not home or not f".{_host(link)}".endswith(f".{home}"))


def _host(address: str) -> str:
    with_scheme = address if "://" in address else f"//{address}"
    return (urlsplit(with_scheme).hostname or "").removeprefix("www.")


_NOT_A_CLAIM = re.compile(
    rf"{_LINK.pattern}|#\w+|@\w+"
    r"|\b(?:[01]?\d|2[0-3]):[0-5]\d\b"  # a clock time
    r"|(?m:^\s*\d{1,2}[.)]\s)"  # a list's own numbering
    r"|\b\d{1,2} de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\w,.])\d+(?:[.,]\d+)*(?P<unit>\s*(?:%|€|\$|euros?\b|de cada\b|veces\b|x\b|mil\b|times\b|out of\b))?"
)
_EVERYDAY = 12
"""Whole numbers up to here count things in a story ("3 señales") and claim nothing, unless a unit makes them one."""


def unsupported_numbers(text: str, claims: str) -> tuple[str, ...]:
    """The figures of a text that stand nowhere in the claims, as written."""
    known = {_value(match[0]) for match in _NUMBER.finditer(claims)}
    told = _NUMBER.finditer(_NOT_A_CLAIM.sub(" ", text))
    return tuple(m[0].strip() for m in told if _value(m[0]) not in known and not _is_everyday(m))


def _is_everyday(match: re.Match[str]) -> bool:
    return match["unit"] is None and _value(match[0]) in range(_EVERYDAY + 1)


def _value(number: str) -> float:
    """What a figure says, written the Spanish way (`1.234,5`) or the English (`1,234.5`)."""
    digits = re.match(r"[\d.,]*\d", number)
    bare = digits[0] if digits else "0"
    bare = re.sub(r"[.,](?=\d{3}(?!\d))", "", bare)
    return float(bare.replace(",", ".")) if bare.count(",") + bare.count(".") <= 1 else float(re.sub(r"\D", "", bare))
