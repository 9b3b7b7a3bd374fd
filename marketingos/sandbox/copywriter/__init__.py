"""The words behind the sandbox's Claude: reads a request's brief and writes the post a good copywriter would.

    request -> brief.read -> templater.template, for a product that has none yet
    request -> brief.read -> chooser.choose -> composer.compose -> answering.fill(schema)
                         |-> rewriter.rewrite -------------------^
                         `-> lessons.learn ----------------------^
                                                  lapses.spoil --'

The ideas are data (`corpus/*.toml`): written whole, and put together from parts (`moments`) once those are told. The
facts come from the brief, and nothing is drawn at random: the same request always gets the same answer. A writer who
shall fail is told how by a `Lapse`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import answering, brief, chooser, composer, lapses, lessons, rewriter, templater
from .idea import Idea


def answer(request: Mapping[str, Any], lapse: lapses.Lapse | None = None) -> str:
    """The text of the answer to a Messages request: JSON obeying its schema when it sent one, else prose."""
    asked = brief.read(request)
    if templater.is_asked(request):
        return json.dumps(templater.template(asked), ensure_ascii=False)
    package = _package(asked)
    if lapse:
        package = lapses.spoil(package, asked, lapse)
    wanted = (request.get("output_config") or {}).get("format")
    if not wanted:
        return str(package["text"])
    alternatives = [] if asked.rewrite or asked.rejection else chooser.ranking(asked)[1:4]
    more = [composer.compose(asked, idea) for idea in alternatives]
    text = json.dumps(answering.fill(wanted["schema"], package, more), ensure_ascii=False)
    return lapses.garble(text, lapse) if lapse else text


def _package(asked: brief.Brief) -> dict[str, Any]:
    """What was asked for: a rule from a rejection, a changed text, or a post."""
    if asked.rejection:
        return lessons.learn(asked, asked.rejection)
    if asked.rewrite:
        return rewriter.rewrite(asked)
    idea = chooser.choose(asked)
    others = [other for other in chooser.ranking(asked) if other.hook_type != idea.hook_type]
    applied = {"rules_applied": list(asked.house_rules), "alternatives": _weighed(asked, others)}
    return composer.compose(asked, idea) | applied


def _weighed(asked: brief.Brief, others: Sequence[Idea]) -> list[dict[str, str]]:
    """Two openings of another kind, and why the chosen one is better."""
    reasons = ("Cuenta una situación menos concreta.", "Dice lo mismo sin una escena que se reconozca.")
    if not asked.spanish:
        reasons = ("It tells a less concrete moment.", "It says the same without a scene that one recognises.")
    return [{"hook": other.hook, "why_not": why} for other, why in zip(others, reasons, strict=False)]
