"""What every catalogue promises."""

import ast
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketingos.errors import MarketingError
from marketingos.text import LANGUAGES, catalogue, placeholders, sentence

ROOT = Path(__file__).resolve().parents[2] / "marketingos"


def keys_in_code() -> Iterator[tuple[str, str]]:
    """Keys given as literals to `t()`, `sentence()`, `notice()` or `refusal()`, with the file that does so."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                asks = node.func.id in {"t", "sentence", "notice", "refusal"}
                if asks and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, path.name


def test_both_languages_hold_the_same_keys():
    """Whatever is said in Spanish is said in English."""
    spanish, english = (catalogue(language).keys() for language in LANGUAGES)
    assert spanish ^ english == set()


@pytest.mark.parametrize("key", sorted(catalogue("es")))
def test_translations_take_the_same_values(key: str):
    """A sentence asks for the same placeholders in every language and form, and is never empty."""
    forms = [form for language in LANGUAGES for form in catalogue(language)[key]]
    assert all(forms)
    assert len({placeholders(form) for form in forms}) == 1
    assert len({len(catalogue(language)[key]) for language in LANGUAGES}) == 1


def test_every_key_in_the_code_exists():
    """No page, service or error asks for a sentence that nobody wrote."""
    known = catalogue("es").keys()
    assert {(key, file) for key, file in keys_in_code() if key not in known} == set()


def test_a_plural_follows_its_number():
    """One thing is said in the singular, none or several in the plural."""
    assert sentence("counter.left", "es", n=1) == "queda 1"
    assert [sentence("counter.left", "es", n=n) for n in (0, 2)] == ["quedan 0", "quedan 2"]


def test_an_unknown_key_is_logged_and_shown(caplog: pytest.LogCaptureFixture):
    """A missing sentence never breaks a page: the key is shown and the log says so."""
    with caplog.at_level(logging.ERROR):
        assert sentence("nobody.wrote.this", "es") == "nobody.wrote.this"
    assert "nobody.wrote.this" in caplog.text


def test_an_unknown_language_is_answered_in_spanish():
    """Spanish stands in for languages that we do not speak."""
    assert sentence("action.undo", "fr") == "Deshacer"


def test_what_goes_wrong_behind_a_person_s_back_can_be_said():
    """The sentence of an error that only its key is kept of, on a post or a cycle, needs nothing else to be said."""
    for language in LANGUAGES:
        assert sentence(MarketingError().key, language)
