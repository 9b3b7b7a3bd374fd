"""What a rejection teaches: one rule for the posts to come, or none when the note says nothing general."""

import re
from typing import Any

from .brief import Brief, Rejection
from .chooser import plain

_ABOUT_THIS_ONE = r"\b(hoy|manana|ayer|esta (foto|imagen|semana)|este dia|today|tomorrow|this (picture|week))\b"
_SHORTEST = 8
_WANTS = {
    "tone": ("Cuida el tono: ", "Mind the tone: "),
    "fact": ("Cuida los datos: ", "Mind the facts: "),
    "brand": ("Por la marca: ", "For the brand: "),
    "timing": ("Cuida el momento: ", "Mind the moment: "),
    "legal": ("Por norma: ", "By the law: "),
    "duplicate": ("No te repitas: ", "Do not repeat yourself: "),
    "image": ("En la imagen: ", "In the picture: "),
}


def learn(brief: Brief, rejection: Rejection) -> dict[str, Any]:
    """`rule` and `rationale` in the product's language."""
    note = rejection.note.strip().rstrip(".")
    known = {plain(rule) for rule in rejection.known}
    rule = f"{_WANTS.get(rejection.reason, _WANTS['tone'])[0 if brief.spanish else 1]}{note[:1].lower()}{note[1:]}."
    silent = len(note) < _SHORTEST or re.search(_ABOUT_THIS_ONE, plain(note)) or plain(rule) in known
    because = ("La nota lo pide para cualquier publicación.", "The note asks for it in any post.")
    if silent:
        because = ("La nota habla solo de esta publicación.", "The note is about this post alone.")
    told = because[0 if brief.spanish else 1]
    return {"rule": "" if silent else rule, "rationale": told, "text": told, "image": {}}
