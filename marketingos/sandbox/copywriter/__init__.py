"""The words behind the sandbox's Claude: reads a request's brief and writes the post a good copywriter would.

    request -> brief.read -> templater.template, for a product that has none yet
    request -> brief.read -> chooser.choose -> composer.compose -> answering.fill(schema)
                         `-> rewriter.rewrite -------------------^
                                                  lapses.spoil --'

The ideas are data (`corpus/*.toml`), the facts come from the brief, and nothing is drawn at random: the same
request always gets the same answer. A writer who shall fail is told how by a `Lapse`.
"""

import json
from collections.abc import Mapping
from typing import Any

from . import answering, brief, chooser, composer, lapses, rewriter, templater


def answer(request: Mapping[str, Any], lapse: lapses.Lapse | None = None) -> str:
    """The text of the answer to a Messages request: JSON obeying its schema when it sent one, else prose."""
    asked = brief.read(request)
    if templater.is_asked(request):
        return json.dumps(templater.template(asked), ensure_ascii=False)
    package = rewriter.rewrite(asked) if asked.rewrite else composer.compose(asked, chooser.choose(asked))
    if lapse:
        package = lapses.spoil(package, asked, lapse)
    wanted = (request.get("output_config") or {}).get("format")
    if not wanted:
        return str(package["text"])
    alternatives = [] if asked.rewrite else chooser.ranking(asked)[1:4]
    more = [composer.compose(asked, idea) for idea in alternatives]
    text = json.dumps(answering.fill(wanted["schema"], package, more), ensure_ascii=False)
    return lapses.garble(text, lapse) if lapse else text
