"""The comparison page: for each brief what was asked, the texts, what the checks say of them, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tests.eval.writers import Asked

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1200px; padding: 0 1rem; color: #1e1c19; }
section { border-top: 1px solid #d9d5cc; padding: 1.5rem 0; }
.texts { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 1rem; }
.text { border: 1px solid #d9d5cc; border-radius: 8px; padding: .75rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.text b { display: block; text-transform: capitalize; margin-bottom: .5rem; }
.finding { color: #a3341c; margin: .25rem 0; } .quiet { color: #6b665c; }
@media (prefers-color-scheme: dark) { body { background: #171614; color: #efece6; }
.text, section { border-color: #3a3732; }
.finding { color: #ff9d85; } .quiet { color: #a8a297; } }
"""


def html(asked: Sequence[Asked], writer: str) -> str:
    """The whole page, one file."""
    euro, calls = sum(one.euro for one in asked), sum(one.calls for one in asked)
    lead = f"{len(asked)} briefs · {calls} calls · {euro:.3f} EUR · written by {writer}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Texts for each brief</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><h1>Texts for each brief</h1><p class=quiet>{escape(lead)}</p>"
        + "".join(map(_section, asked))
        + "</body></html>"
    )


def _section(one: Asked) -> str:
    brief = one.brief
    wanted = " · ".join(str(brief[name]) for name in ("product", "slot", "angle", "hook_type", "format", "cta_type"))
    took = f"{one.calls} calls, {one.tokens:,} tokens, {one.euro:.4f} EUR, {one.seconds:.1f} s"
    head = f"<h2>{escape(brief['id'])}</h2><p class=quiet>{escape(wanted)}<br>{escape(took)}</p>"
    return f"<section>{head}{_findings(one)}<div class=texts>{_texts(one)}</div></section>"


def _findings(one: Asked) -> str:
    if one.written is None:
        return f"<p class=finding>Nothing written: {escape(one.error)}</p>"
    told = [f"{finding.key.removeprefix('check.')}: {finding}" for finding in one.written.findings]
    return "".join(f"<p class=finding>{escape(text)}</p>" for text in told) or "<p class=quiet>No findings.</p>"


def _texts(one: Asked) -> str:
    copies = one.written.copies if one.written else ()
    return "".join(f"<div class=text><b>{copy.platform.value}</b>{escape(copy.text)}</div>" for copy in copies)
