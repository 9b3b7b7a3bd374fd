"""Whatever a platform answers ends in one plain sentence, in both languages, with the one thing to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketingos import errors
from marketingos.adapters import http
from marketingos.adapters.http import Ruling
from marketingos.adapters.linkedin import wire as linkedin
from marketingos.adapters.meta import refusals as meta
from marketingos.adapters.tiktok import wire as tiktok
from marketingos.errors import MarketingError, OutsideError
from marketingos.text import LANGUAGES, catalogue, placeholders, sentence

ROOT = Path(__file__).resolve().parents[2] / "marketingos"
TABLES = {
    "http by status": http.BY_STATUS,
    "meta by code": meta.BY_CODE,
    "meta by subcode": meta.BY_SUBCODE,
    "tiktok by code": tiktok.BY_CODE,
    "tiktok by fail_reason": tiktok.BY_FAIL_REASON,
    "linkedin by code": linkedin.BY_CODE,
    "linkedin by status": linkedin.BY_STATUS,
}
TO_DO = {
    "es": r"acorta|acórt|añade|ábrela|avisa|cambia|cámbi|comprueba|crea|dilo|di esta|elige|entra|espera|intent|lee"
    r"|mira|pide|píde|ponl|pon |prueba|recárg|reconec|reescríb|repite|revísa|revisa|saldrá|se enviará|se sigue|súbel"
    r"|usa|vuelve|la buscamos",
    "en": r"add|again|ask|change|check|choose|follow|go back|goes on|goes out|it will be|log in|make|open|quote|raise"
    r"|reconnect|rewrite|set|shorten|tell|top it|try|use|wait|we look",
}
"""What a person can do, or what we do for them without being asked."""


def rulings() -> Iterator[tuple[str, Ruling]]:
    for name, table in TABLES.items():
        for code, ruling in table.items():
            yield f"{name}: {code}", ruling


def raised() -> set[str]:
    """Keys of sentences named anywhere in the code as the reason of a failure outside."""
    found = {
        node.value
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in found if re.fullmatch(r"error(\.[a-z_]+)+", text)}


def kinds(root: type[MarketingError] = MarketingError) -> Iterator[type[MarketingError]]:
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


KEYS = sorted(
    {ruling.key or ruling.error.key for _, ruling in rulings()}
    | {kind.key for kind in kinds()}
    | raised()
    | {key for key in catalogue("es") if key.startswith(("error.", "permission."))}
)


@pytest.mark.parametrize(("code", "ruling"), list(rulings()))
def test_every_refusal_has_its_sentence(code: str, ruling: Ruling) -> None:
    """A code of a platform's contract is told without a value that only its answer would know: the key is all that a
    delivery keeps."""
    error = ruling.error(ruling.key, diagnostic="{'code': 190}")
    assert isinstance(error, OutsideError)
    for language in LANGUAGES:
        assert not placeholders(catalogue(language)[error.key][-1])
        assert sentence(error.key, language) != error.key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_is_plain_and_says_what_to_do(key: str, language: str) -> None:
    """It ends in a full stop, names no code and no inner word, and has an action or says what happens by itself."""
    (form,) = catalogue(language)[key]
    said = sentence(key, language, **dict.fromkeys(placeholders(form), "X"))
    assert said.endswith(".")
    assert said[0].isupper()
    assert not re.search(r"[{}<>_]|\b(token|webhook|scope|HTTP|JSON|API|\d{3,})\b", _without_names(said))
    assert re.search(TO_DO[language], said, re.IGNORECASE), said


def test_the_diagnostic_stays_with_the_engineers() -> None:
    """What the platform answered, to the letter, is never part of what a person reads."""
    for kind in kinds(errors.OutsideError):
        if kind is not linkedin.Duplicate:
            error = kind(diagnostic="POST /me/feed -> 400 #190")  # type: ignore[call-arg]
            assert "190" not in str(error)
            assert all("190" not in sentence(error.key, language, **error.values) for language in LANGUAGES)


def _without_names(said: str) -> str:
    """The sentence without the settings that it tells an engineer to change, and without figures with a unit."""
    return re.sub(r"\b[A-Z]+_[A-Z_]+\b|\d+ (píxeles|pixels)", "", said)
