"""What the product says: sentences in Spanish and English, and how both write dates and numbers.

Catalogues are gettext `.po` files read as they are (no compile step). A `msgid` is a dotted key such as
`review.approve`; a message with a plural carries the same key twice and is chosen by `n`.

    sentence("review.approve_some", "es", ready=3, total=4)   ->  "Aprobar 3 de 4"
    sentence("calendar.more", "es", n=1)                      ->  "+1 más"
"""

import logging
import string
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel.messages.pofile import read_po

from marketingos.text.format import (
    format_change,
    format_compact,
    format_date,
    format_datetime,
    format_day,
    format_euro,
    format_number,
    format_percent,
    format_slot,
    format_time,
    relative,
)

__all__ = [
    "LANGUAGES",
    "catalogue",
    "format_change",
    "format_compact",
    "format_date",
    "format_datetime",
    "format_day",
    "format_euro",
    "format_number",
    "format_percent",
    "format_slot",
    "format_time",
    "language_or_default",
    "placeholders",
    "relative",
    "sentence",
]

LANGUAGES: Final = ("es", "en")
_FOLDER = Path(__file__).parent
_log = logging.getLogger(__name__)


@cache
def catalogue(language: str) -> Mapping[str, tuple[str, ...]]:
    """Every message of a language: key -> (text,) or (singular, plural)."""
    messages: dict[str, tuple[str, ...]] = {}
    for path in sorted((_FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language, abort_invalid=True):
                if message.id:
                    messages[_key(message.id)] = _forms(message.string or "")
    return MappingProxyType(messages)


def sentence(key: str, language: str, **values: object) -> str:
    """The message `key` in `language` with its placeholders filled; `n` also chooses the plural.

    An unknown key is logged and comes back as it is, so that a person still sees a page.
    """
    forms = catalogue(language_or_default(language)).get(key)
    if forms is None:
        _log.error("unknown text %r", key)
        return key
    one_or_many = forms[0] if values.get("n") == 1 else forms[-1]
    return one_or_many.format(**values)


def language_or_default(language: str | None) -> str:
    """`language` if we speak it, else Spanish."""
    return language if language in LANGUAGES else LANGUAGES[0]


def placeholders(text: str) -> frozenset[str]:
    """Names of the `{placeholders}` of a message."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _key(identifier: str | tuple[str, ...] | list[str]) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
