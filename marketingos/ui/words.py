"""Texts that follow the person's language at once.

`t("review.approve")` is a Var that holds both languages and switches in the browser, without asking the server.
Placeholders take Vars or plain values; `n` chooses the plural:

    t("calendar.more", n=State.hidden)        ->  "+1 más" / "+3 más"

An unknown key or a missing placeholder stops the build.
"""

import json
import re
from typing import Any

import reflex as rx
from reflex.vars import VarData

from marketingos.settings import get_settings
from marketingos.text import LANGUAGES, catalogue, language_or_default, placeholders

_DEFAULT = get_settings().language
_FIELD = re.compile(r"\{(\w+)\}")


class Language(rx.State):
    """The language on screen. The browser keeps it for who is not logged in."""

    code: str = rx.LocalStorage(_DEFAULT, name="language", sync=True)

    @property
    def spoken(self) -> str:
        """The language, or the default one if the browser sent something else."""
        return language_or_default(str(self.code))


def t(key: str, **values: Any) -> rx.Var[str]:
    """The text `key` in the person's language."""
    data: list[VarData | None] = [Language.code._get_all_var_data()]
    filled = {name: rx.Var.create(value) for name, value in values.items()}
    data += [value._get_all_var_data() for value in filled.values()]
    spanish, english = (_expression(key, language, filled) for language in LANGUAGES)
    chosen = spanish if spanish == english else f'({Language.code!s}==="en"?{english}:{spanish})'
    return rx.Var(chosen, _var_type=str, _var_data=VarData.merge(*data)).guess_type()


def _expression(key: str, language: str, values: dict[str, rx.Var[Any]]) -> str:
    forms = catalogue(language).get(key)
    if forms is None:
        raise KeyError(f"no text {key!r} in {language!r}")
    if missing := placeholders(forms[-1]) - values.keys():
        raise KeyError(f"text {key!r} needs {sorted(missing)}")
    parts = [_template(form, values) for form in forms]
    return parts[0] if len(parts) == 1 else f"({values['n']!s}===1?{parts[0]}:{parts[1]})"


def _template(form: str, values: dict[str, rx.Var[Any]]) -> str:
    pieces = _FIELD.split(form)
    return (
        "("
        + "+".join(
            f"({values[piece]!s})" if index % 2 else json.dumps(piece, ensure_ascii=False)
            for index, piece in enumerate(pieces)
            if piece or index == 0
        )
        + ")"
    )
