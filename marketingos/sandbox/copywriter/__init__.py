"""The words behind the sandbox's Claude: reads a request's brief and writes the post a good copywriter would.

    request -> brief.read -> chooser.choose -> composer.compose -> answering.fill(schema)
                         `-> rewriter.rewrite -------------------^

The ideas are data (`corpus/*.toml`), the facts come from the brief, and nothing is drawn at random: the same
request always gets the same answer.
"""

import json
from collections.abc import Mapping
from typing import Any

from . import answering, brief, chooser, composer, rewriter


def answer(request: Mapping[str, Any]) -> str:
    """The text of the answer to a Messages request: JSON obeying its schema when it sent one, else prose."""
    asked = brief.read(request)
    package = rewriter.rewrite(asked) if asked.rewrite else composer.compose(asked, chooser.choose(asked))
    wanted = (request.get("output_config") or {}).get("format")
    if not wanted:
        return str(package["text"])
    alternatives = [] if asked.rewrite else chooser.ranking(asked)[1:4]
    more = [composer.compose(asked, idea) for idea in alternatives]
    return json.dumps(answering.fill(wanted["schema"], package, more), ensure_ascii=False)
