"""A brand template for a product that has none: what a colleague would note down after reading its description.

Openings, hashtags and calls are those of the posts that would be written about it; the rest is data of its language.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import chooser, composer
from .brief import Brief

_FIELDS = frozenset({"tone", "hooks", "calls_to_action", "visual_style", "palette"})
_CALLS = ("trial", "demo", "comment", "save", "share")
_MANNERS = {
    "es": {
        "tone": "cercano, concreto, tranquilo",
        "do": ("Tutea.", "Frases cortas.", "Empieza por una escena que el lector haya vivido.",
               "Una sola idea por publicación."),
        "dont": ("Prometer resultados.", "Hablar mal de la competencia.", "Más de un emoji.", "Jerga técnica."),
        "banned_words": ("revolucionario", "el mejor", "garantizado", "innovador", "solución integral"),
    },
    "en": {
        "tone": "warm, concrete, calm",
        "do": ("Say you.", "Short sentences.", "Open with a moment the reader has lived.", "One idea a post."),
        "dont": ("Promise results.", "Talk down competitors.", "More than one emoji.", "Jargon."),
        "banned_words": ("game-changer", "the best", "guaranteed", "innovative", "seamless"),
    },
}  # fmt: skip
_LOOKS = (
    ("Flat editorial illustration with soft grain, warm evening light, one clear subject",
     ("#23406B", "#F5F1E8", "#F2B544")),
    ("Calm paper-cut still life, clean desk objects, generous empty space", ("#1F4D3F", "#F4EFE3", "#F2785C")),
    ("Gouache scene with visible brush strokes, morning light, quiet background", ("#5A2A4D", "#F8F0EA", "#E8A15C")),
)  # fmt: skip
_MARKS = (
    ("scissors", r"barber|peluquer|hair"), ("graduation-cap", r"academi|escuel|alumn|school|course"),
    ("utensils", r"restaurant|cocin|mesa"), ("paw-print", r"veterin|mascota|\bpets?\b"), ("car", r"taller|coche|\bcar"),
    ("dumbbell", r"gimnas|\bgym|fitness"), ("receipt-text", r"factur|invoic|impuest"), ("store", r"tienda|shop|retail"),
    ("stethoscope", r"clínic|médic|clinic|health"), ("calendar-check", r"reserv|cita|agenda|booking"),
)  # fmt: skip


def is_asked(request: Mapping[str, Any]) -> bool:
    """Whether a request wants a template: its schema says so."""
    schema = ((request.get("output_config") or {}).get("format") or {}).get("schema") or {}
    return set(schema.get("properties", {})) >= _FIELDS


def template(asked: Brief) -> dict[str, Any]:
    """The answer, in the product's language."""
    ideas = chooser.ranking(asked)[:12]
    posts = [composer.compose(asked, idea) for idea in ideas]
    calls = [composer.compose(replace(asked, cta_type=kind), ideas[0])["cta"] for kind in _CALLS]
    style, palette = _LOOKS[asked.seed % len(_LOOKS)]
    return {
        **_MANNERS["es" if asked.spanish else "en"],
        "hooks": _each_once([post["hook"] for post in posts])[:8],
        "hashtags": _each_once([tag for post in posts for tag in post["hashtags"]])[:6],
        "calls_to_action": _each_once(calls),
        "visual_style": style,
        "palette": palette,
        "mark": _mark(f"{asked.product.description} {asked.product.audience}"),
    }


def _mark(text: str) -> str:
    return next((mark for mark, words in _MARKS if re.search(words, text, re.IGNORECASE)), "package")


def _each_once(lines: list[str]) -> list[str]:
    return list(dict.fromkeys(line for line in lines if line))
