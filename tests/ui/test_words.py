"""Texts that switch in the browser."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import reflex as rx

from marketingos.text import catalogue, sentence
from marketingos.ui.words import Language, t

NODE = Path(sys.executable).with_name("node")


def evaluated(expressions: list[str]) -> list[str]:
    """What a browser makes of some expressions."""
    script = f"console.log(JSON.stringify([{','.join(expressions)}]))"
    answer = subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, check=True)
    return json.loads(answer.stdout)


def in_language(text: rx.Var[str], language: str, **values: object) -> str:
    """The expression with the language and other names put in."""
    expression = str(text).replace(str(Language.code), json.dumps(language))
    for name, value in values.items():
        expression = expression.replace(f"State.{name}", json.dumps(value))
    return expression


def test_browser_and_server_say_the_same():
    """A text in the page reads exactly as the same text made on the server, in both languages, with its plural."""
    count, wanted, asked = rx.Var("State.n", _var_type=int), [], []
    for language in ("es", "en"):
        for key in (key for key, forms in catalogue(language).items() if "{" not in forms[-1]):
            wanted.append(sentence(key, language))
            asked.append(in_language(t(key), language))
        for n in (0, 1, 7):
            wanted.append(sentence("counter.left", language, n=n))
            asked.append(in_language(t("counter.left", n=count), language, n=n))
    assert evaluated(asked) == wanted


def test_an_unknown_key_stops_the_build():
    """A page cannot be built with a text that nobody wrote."""
    with pytest.raises(KeyError, match=r"nobody\.wrote\.this"):
        t("nobody.wrote.this")


def test_a_missing_value_stops_the_build():
    """A page cannot be built with a sentence whose blank is left open."""
    with pytest.raises(KeyError, match="when"):
        t("frame.next")


def test_a_strange_language_is_answered_in_the_default_one():
    """What the browser stored is not trusted."""
    language = rx.State().get_substate(Language.get_full_name().split("."))
    language.code = "tlh"
    assert language.spoken == "es"
