"""LinkedIn's little text format: what has to be escaped, and what becomes a link.

An unescaped reserved character cuts the post short without any error. See learn.microsoft.com/linkedin/marketing/
community-management/shares/little-text-format (2026-05).
"""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"(?<![\w&/])#(?P<word>[^\W_]*[^\W\d_][^\W_]*)(?!\w)|(?P<reserved>[|{}@\[\]()<>#\\*_~])")
_READ = re.compile(r"\{hashtag\|\\#\|(?P<word>(?:\\.|[^{}|\\])*)\}|\\(?P<reserved>.)", re.DOTALL)


def escape(text: str) -> str:
    """Plain text as little text, in one pass; hashtags become `{hashtag|\\#|word}` and stay links.

    One with an underscore is written as plain text: nobody says how a reserved character is read inside a template.
    """
    return _ESCAPED.sub(_written, text)


def unescape(text: str) -> str:
    """Little text as plain text: what `escape` was given."""
    return _READ.sub(_shown, text)


def _written(found: re.Match[str]) -> str:
    if word := found["word"]:
        return "{hashtag|\\#|" + word + "}"
    return "\\" + found["reserved"]


def _shown(found: re.Match[str]) -> str:
    return found["reserved"] or "#" + unescape(found["word"])
