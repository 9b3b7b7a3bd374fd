"""Rewrites of a text that exists: shorter, another hook, more formal, closer, or a free instruction."""

import re
from collections.abc import Callable
from typing import Any

from . import phrases
from .brief import Brief
from .chooser import plain, ranking
from .facts import Claims
from .idea import Idea

_EMOJI = re.compile("[\U0001f1e6-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3]+ ?")
_TAGS = re.compile(r"(?:\s*#\w+)+\s*\Z")
_FORMAL = {
    r"\bmóvil\b": "teléfono", r"\bcurro\b": "trabajo", r"\blío\b": "problema", r"\bun montón de\b": "muchos",
    r"\bquitártelo de encima\b": "resolverlo", r"\béchale un vistazo\b": "consúltalo", r"\bte suena\b": "lo reconoces",
    r"\bcosas\b": "tareas", r"\bpillar?\b": "encontrar", r"\bya está\b": "queda resuelto", r"\bno para\b":
    "no deja de sonar", r"\bpásaselo\b": "compártelo", r"\bstuff\b": "work", r"\bgot to\b": "must",
}  # fmt: skip
_KINDS = {
    "shorter": r"cort|breve|resum|menos texto|short|trim|concise",
    "hook": r"gancho|otra apertura|otro comienzo|hook|opening",
    "formal": r"formal|serio|profesional|sobri|professional",
    "closer": r"cercan|informal|colega|divertid|friendl|warm|casual",
    "longer": r"larg|detall|desarroll|amplía|longer|expand",
    "bare": r"sin emoji|quita\w* (los )?emoji|no emoji|without emoji",
    "price": r"precio|cuesta|price",
}


def rewrite(brief: Brief) -> dict[str, Any]:
    """The changed text as a package: whole (`text`) and in its parts, the hashtags kept as they were."""
    assert brief.rewrite is not None
    old = brief.rewrite.text
    tags = re.findall(r"#(\w+)", _TAGS.search(old)[0]) if _TAGS.search(old) else []  # type: ignore[index]
    parts = [part.strip() for part in re.split(r"\n\s*\n", _TAGS.sub("", old)) if part.strip()]
    idea = _other_idea(brief, old)
    asked = brief.rewrite.instruction.lower()
    kinds = [kind for kind, words in _KINDS.items() if re.search(words, asked)] or ["hook"]
    for kind in kinds:
        parts = _CHANGES[kind](parts, brief, idea)
    return _package(brief, [part for part in parts if part], tags, idea)


_WISHES = {"shorter": "más corto", "hook": "otro gancho", "formal": "más formal"}


def _package(brief: Brief, parts: list[str], tags: list[str], idea: Idea) -> dict[str, Any]:
    text = "\n\n".join(parts)
    ending = ("\n\n" + " ".join(f"#{tag}" for tag in tags)) if tags else ""
    closing = parts[-1] if len(parts) > 2 else ""
    told = "Cambio pedido: " if brief.spanish else "Asked change: "
    wish = brief.rewrite.instruction if brief.rewrite else ""
    return {
        "text": text + ending, "caption": text + ending, "hook": parts[0] if parts else "", "cta": closing,
        "body": "\n\n".join(parts[1:-1] if closing else parts[1:]), "hashtags": tags,
        "platform": brief.rewrite.platform if brief.rewrite else "", "language": brief.product.language,
        "rationale": told + (_WISHES.get(wish, wish) if brief.spanish else wish), "claims": [],
        "headline": idea.headline, "image": {}, "summary": told, "first_comment": "", "link_url": "",
        "alt_text": "", "title": "", "scenes": [],
    }  # fmt: skip


def _other_idea(brief: Brief, old: str) -> Idea:
    ranked = ranking(brief)
    unlike = [idea for idea in ranked if plain(idea.hook) not in plain(old)]
    return unlike[brief.seed % min(len(unlike), 6)] if unlike else ranked[-1]


def _shorter(parts: list[str], brief: Brief, idea: Idea) -> list[str]:
    """Keeps hook, the first sentences of the story and the call; at most about three fifths of the length."""
    if len(parts) < 2:
        sentences = _sentences(parts[0]) if parts else []
        return [" ".join(sentences[: max(1, len(sentences) // 2)])] if len(sentences) > 1 else parts
    head, *middle = parts
    call = middle.pop() if len(middle) > 1 else ""
    room = max(60, int(sum(map(len, parts)) * 0.6) - len(head) - len(call))
    kept = ""
    for sentence in _sentences(" ".join(middle)):
        if kept and len(kept) + len(sentence) > room:
            break
        kept = f"{kept} {sentence}".strip()
    return [head, kept, call]


def _sentences(text: str) -> list[str]:
    return re.findall(r"[^.!?…]+[.!?…]+[\"»”)]*|[^.!?…]+\Z", text.replace("\n", " ")) and [
        part.strip() for part in re.split(r"(?<=[.!?…])\s+", text.replace("\n", " ")) if part.strip()
    ]


def _hook(parts: list[str], brief: Brief, idea: Idea) -> list[str]:
    return [idea.hook, *parts[1:]] if len(parts) > 1 else [idea.tiktok if parts else idea.hook]


def _formal(parts: list[str], brief: Brief, idea: Idea) -> list[str]:
    text = "\n\n".join(_bare(parts, brief, idea))
    for words, better in _FORMAL.items():
        text = re.sub(words, lambda m, better=better: _cased(m[0], better), text, flags=re.IGNORECASE)  # type: ignore[misc]
    return text.replace("¡", "").replace("!", ".").split("\n\n")


def _cased(old: str, new: str) -> str:
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


def _closer(parts: list[str], brief: Brief, idea: Idea) -> list[str]:
    if len(parts) < 2:
        return [phrases.of(brief, idea).with_emoji(" ".join(_bare(parts, brief, idea)))]
    warm = ("A ver si te suena:", "Entre tú y nosotros:", "Te lo contamos como a un vecino:")
    if not brief.spanish:
        warm = ("Tell us if this rings a bell:", "Between us:", "As one neighbour to another:")
    return [parts[0], f"{warm[brief.seed % 3]} {phrases.lowered(parts[1])}", *parts[2:]]


def _longer(parts: list[str], brief: Brief, idea: Idea) -> list[str]:
    """Adds two facts that the text does not tell yet, before its last paragraph."""
    told = " ".join(parts).lower()
    fresh = [fact for fact in Claims(brief, idea.topic).take(9) if fact.text.lower()[1:] not in told]
    return [*parts[:-1], phrases.of(brief, idea).solution("facebook", fresh[:2]), *parts[-1:]]


def _bare(parts: list[str], brief: Brief, idea: Idea) -> list[str]:
    return [re.sub(r"[ \t]+$", "", _EMOJI.sub("", part), flags=re.MULTILINE).strip() for part in parts]


def _price(parts: list[str], brief: Brief, idea: Idea) -> list[str]:
    price = Claims(brief, idea.topic).offer("price")
    return [*parts[:-1], f"{price.text}.", *parts[-1:]] if price else parts


_CHANGES: dict[str, Callable[[list[str], Brief, Idea], list[str]]] = {
    "shorter": _shorter, "hook": _hook, "formal": _formal, "closer": _closer, "longer": _longer, "bare": _bare,
    "price": _price,
}  # fmt: skip
