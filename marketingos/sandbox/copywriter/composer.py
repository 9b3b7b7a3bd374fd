"""A post from an idea and the facts: one text per platform, each in its register, and only claims with a fact.

The package is a plain tree whose names are the fields a schema may ask for; `answering` picks from it.
"""

import re
from collections.abc import Iterable
from typing import Any

from . import orders, phrases
from .brief import PLATFORMS, Brief
from .chooser import trade
from .facts import Claims
from .idea import Idea

_SCENE_SECONDS = 3
_LONGEST_COVER = 6
_ANSWER_PICTURES = {
    "barbershop": "a list of booking cards with faces and one confirmed appointment",
    "gym": "class schedule cards that fill up",
    "invoicing": "a clean invoice sheet with a round seal",
    "": "an abstract composition in the brand's colours",
}


def compose(brief: Brief, idea: Idea) -> dict[str, Any]:
    """Everything a content schema may ask about one post. Platforms nobody asked for have empty fields."""
    words = phrases.of(brief, idea)
    claims = Claims(brief, idea.topic)
    writers = {"instagram": _instagram, "facebook": _facebook, "linkedin": _linkedin, "tiktok": _tiktok}
    made = {name: _finished(name, writers[name](brief, idea, words, claims), brief) for name in brief.platforms}
    made |= {name: _BLANK | {"platform": name} for name in PLATFORMS if name not in made}
    main = made[brief.platforms[0]]
    return made | {
        "variants": [made[name] for name in brief.platforms],
        "language": brief.product.language, "pillar": words.pillar(), "angle": idea.angle, "audience_pain": idea.pain,
        "topic": idea.topic, "title": idea.headline, "headline": idea.headline,
        "hook_type": idea.hook_type or "announcement", "cta_type": brief.cta_type or "link",
        "hook": idea.hook, "text": main["text"], "body": main["body"] or main["text"], "cta": main["cta"],
        "hashtags": main["hashtags"], "claims": claims.made(), "rationale": words.rationale(claims.used),
        "image": _image(idea, words), "alt_text": words.alt_text(), "risk": _risk(brief),
        "hooks": list(dict.fromkeys((idea.hook, *brief.product.hooks))), "ctas": list(brief.product.ctas),
        "confidence": 1,
    }  # fmt: skip


def _risk(brief: Brief) -> dict[str, Any]:
    """Somebody who gives the writer orders through a product's fields is worth a second look."""
    if not orders.found(brief.product):
        return {"level": "none", "reasons": []}
    told = "La ficha da órdenes al redactor; no se han seguido." if brief.spanish else (
        "The product's fields give the writer orders; they were not followed.")  # fmt: skip
    return {"level": "low", "reasons": [told]}


def _instagram(brief: Brief, idea: Idea, words: phrases.Phrases, claims: Claims) -> dict[str, Any]:
    body = [idea.instagram, words.solution("instagram", claims.take(1))]
    return {
        "hook": words.with_emoji(idea.hook), "body": _paragraphs(body), "cta": words.call("instagram", claims),
        "hashtags": words.hashtags(3 + brief.seed % 3), "first_comment": idea.ask,
    }  # fmt: skip


def _facebook(brief: Brief, idea: Idea, words: phrases.Phrases, claims: Claims) -> dict[str, Any]:
    opening, _, rest = idea.facebook.partition("\n")
    asks = brief.seed % 3 == 0 and brief.cta_type != "comment"
    body = [rest.strip(), words.solution("facebook", claims.take(_facts_for(idea))), idea.ask if asks else ""]
    return {
        "hook": opening, "body": _paragraphs(body), "cta": words.call("facebook", claims),
        "hashtags": words.hashtags(brief.seed % 3), "link_url": brief.product.website,
    }  # fmt: skip


def _linkedin(brief: Brief, idea: Idea, words: phrases.Phrases, claims: Claims) -> dict[str, Any]:
    opening, *rest = idea.linkedin
    body = [*rest, words.solution("linkedin", claims.take(_facts_for(idea)))]
    return {
        "hook": opening, "body": _paragraphs(body), "cta": words.call("linkedin", claims),
        "hashtags": words.hashtags(3), "first_comment": words.link_comment(), "title": idea.headline,
    }  # fmt: skip


def _facts_for(idea: Idea) -> int:
    """Ideas that others share a part with are told with one fact, so that they do not share the facts as well."""
    return 2 if idea.own else 1


def _tiktok(brief: Brief, idea: Idea, words: phrases.Phrases, claims: Claims) -> dict[str, Any]:
    answers = [words.short_solution(claims), words.short_call(claims)]
    told = [*idea.scenes[:3], *(line for line in answers if line)]
    scenes = [
        {"seconds": _SCENE_SECONDS, "on_screen_text": line, "visual_prompt": _scene_prompt(brief, idea, place)}
        for place, line in enumerate(told)
    ]
    return {"caption": words.with_emoji(idea.tiktok), "hook": idea.tiktok, "cover_text": _cover(idea),
            "hashtags": words.hashtags(3 + brief.seed % 3), "scenes": scenes, "title": idea.headline}  # fmt: skip


_BLANK: dict[str, Any] = {
    "hook": "", "body": "", "cta": "", "caption": "", "text": "", "hashtags": [], "first_comment": "",
    "link_url": "", "scenes": [], "cover_text": "", "title": "",
}  # fmt: skip


def _finished(platform: str, variant: dict[str, Any], brief: Brief) -> dict[str, Any]:
    """The variant with its whole text, and every sentence that holds a banned word taken out."""
    for field in ("hook", "body", "cta", "caption", "first_comment"):
        if field in variant:
            variant[field] = _without_banned(variant[field], brief.product.banned)
    text = variant.get("caption") or _paragraphs(variant[part] for part in ("hook", "body", "cta"))
    return _BLANK | {"caption": text} | variant | {"platform": platform, "text": text}


def _without_banned(text: str, banned: Iterable[str]) -> str:
    for word in banned:
        text = re.sub(rf"[^.!?\n]*\b{re.escape(word)}\b[^.!?\n]*[.!?]*\s?", "", text, flags=re.IGNORECASE)
    return text.strip()


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _cover(idea: Idea) -> str:
    """At most six words for the cover of a vertical video."""
    short = [text for text in (idea.headline, idea.scenes[0]) if len(text.split()) <= _LONGEST_COVER]
    return (short or [" ".join(idea.headline.split()[:_LONGEST_COVER])])[0].rstrip(".")


def _image(idea: Idea, words: phrases.Phrases) -> dict[str, Any]:
    prompt, seen = _prompt(idea.picture), words.alt_text()
    return {
        "concept_es": idea.concept, "concept": idea.concept, "prompt_en": prompt, "prompt": prompt,
        "avoid": "text, letters, logos, watermarks, faces, clutter", "headline": idea.headline,
        "headline_overlay_es": idea.headline, "headline_overlay": idea.headline,
        "alt_text_es": seen, "alt_text": seen,
    }  # fmt: skip


def _prompt(picture: str) -> str:
    """The subject alone: style and palette are the brand's, and whoever asks for the picture adds them."""
    return f"{picture[:1].upper()}{picture[1:]}, calm empty space in the upper part of the frame, no text."


def _scene_prompt(brief: Brief, idea: Idea, place: int) -> str:
    """The pain for the first scenes, the answer for the last ones."""
    if place >= len(idea.scenes[:3]):
        return _prompt(f"{_ANSWER_PICTURES[trade(brief.product)]}, vertical")
    framing = ("wide shot", "close-up from the left", "close-up from the right")[place]
    return _prompt(f"{idea.picture}, {framing}, vertical")
