"""A post from an idea and the facts: one text per platform, each in its register, and only claims with a fact.

The package is a plain tree whose names are the fields a schema may ask for; `answering` picks from it.
"""

import re
from collections.abc import Iterable
from typing import Any

from . import phrases
from .brief import Brief, Fact
from .chooser import Idea
from .facts import Claims

_SCENE_SECONDS = 3


def compose(brief: Brief, idea: Idea) -> dict[str, Any]:
    """Everything a content schema may ask about one post."""
    words = phrases.of(brief, idea)
    claims = Claims(brief, idea.topic)
    variants = {
        "instagram": _instagram(brief, idea, words, claims),
        "facebook": _facebook(brief, idea, words, claims),
        "linkedin": _linkedin(brief, idea, words, claims),
        "tiktok": _tiktok(brief, idea, words, claims),
    }
    made = {name: _finished(name, variants[name], brief) for name in variants}
    main = made[brief.platforms[0]]
    return made | {
        "variants": [made[name] for name in brief.platforms],
        "language": brief.product.language, "pillar": idea.topic, "angle": brief.angle or idea.angle,
        "audience_pain": idea.pain, "topic": idea.topic, "title": idea.headline, "headline": idea.headline,
        "hook_type": idea.hook_type or "announcement", "cta_type": brief.cta_type or "link",
        "hook": idea.hook, "text": main["text"], "body": main.get("body", main["text"]),
        "cta": main.get("cta", ""), "hashtags": main["hashtags"], "claims": claims.made(),
        "rationale": words.rationale(claims.used), "image": _image(brief, idea),
        "alt_text": words.alt_text(), "risk": {"level": "none", "reasons": []},
        "hooks": _hooks(brief, idea), "ctas": list(brief.product.ctas), "confidence": 1,
    }  # fmt: skip


def _instagram(brief: Brief, idea: Idea, words: phrases.Phrases, claims: Claims) -> dict[str, Any]:
    body = [idea.instagram, words.solution("instagram", claims.take(1))]
    return {
        "hook": words.with_emoji(idea.hook), "body": _paragraphs(body), "cta": words.call("instagram", claims),
        "hashtags": words.hashtags(3 + brief.seed % 3), "first_comment": idea.ask,
    }  # fmt: skip


def _facebook(brief: Brief, idea: Idea, words: phrases.Phrases, claims: Claims) -> dict[str, Any]:
    opening, _, rest = idea.facebook.partition("\n")
    body = [rest.strip(), words.solution("facebook", claims.take(2)), idea.ask if brief.seed % 3 == 0 else ""]
    return {
        "hook": opening, "body": _paragraphs(body), "cta": words.call("facebook", claims),
        "hashtags": words.hashtags(brief.seed % 2), "link_url": brief.product.website,
    }  # fmt: skip


def _linkedin(brief: Brief, idea: Idea, words: phrases.Phrases, claims: Claims) -> dict[str, Any]:
    opening, *rest = idea.linkedin
    body = [*rest, words.solution("linkedin", claims.take(2))]
    return {
        "hook": opening, "body": _paragraphs(body), "cta": words.call("linkedin", claims),
        "hashtags": words.hashtags(3), "first_comment": words.link_comment(), "title": idea.headline,
    }  # fmt: skip


def _tiktok(brief: Brief, idea: Idea, words: phrases.Phrases, claims: Claims) -> dict[str, Any]:
    told = [*idea.scenes[:3], words.short_solution(claims.take(1)), words.short_call(claims)]
    told = [line for line in told if line]
    scenes = [
        {"seconds": _SCENE_SECONDS, "on_screen_text": line, "visual_prompt": _scene_prompt(brief, idea, place)}
        for place, line in enumerate(told)
    ]
    caption = words.with_emoji(idea.tiktok)
    return {"caption": caption, "text": caption, "hook": idea.tiktok, "cover_text": idea.headline,
            "hashtags": words.hashtags(3 + brief.seed % 2), "scenes": scenes, "title": idea.headline}  # fmt: skip


def _finished(platform: str, variant: dict[str, Any], brief: Brief) -> dict[str, Any]:
    """The variant with its whole text, and every sentence that holds a banned word taken out."""
    for field in ("hook", "body", "cta", "caption", "first_comment"):
        if field in variant:
            variant[field] = _without_banned(variant[field], brief.product.banned)
    text = variant.get("caption") or _paragraphs(variant[part] for part in ("hook", "body", "cta"))
    return {"link_url": "", "first_comment": "", "alt_text": ""} | variant | {"platform": platform, "text": text}


def _without_banned(text: str, banned: Iterable[str]) -> str:
    for word in banned:
        text = re.sub(rf"[^.!?\n]*\b{re.escape(word)}\b[^.!?\n]*[.!?]*\s?", "", text, flags=re.IGNORECASE)
    return text.strip()


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _image(brief: Brief, idea: Idea) -> dict[str, Any]:
    return {
        "concept_es": idea.concept, "concept": idea.concept, "prompt_en": _prompt(brief, idea.picture),
        "prompt": _prompt(brief, idea.picture), "avoid": "text, letters, logos, watermarks, faces, clutter",
        "headline_overlay_es": idea.headline, "headline_overlay": idea.headline, "headline": idea.headline,
        "alt_text_es": phrases.of(brief, idea).alt_text(), "alt_text": phrases.of(brief, idea).alt_text(),
    }  # fmt: skip


def _prompt(brief: Brief, picture: str) -> str:
    palette = ", ".join(brief.product.palette)
    style = brief.product.visual_style.rstrip(". ") or "flat vector illustration, soft light, gentle grain"
    return (
        f"{picture[:1].upper()}{picture[1:]}. {style}. Palette {palette}. " if palette
        else f"{picture[:1].upper()}{picture[1:]}. {style}. "
    ) + "Calm empty space in the upper 40 % of the frame, no text, no letters, no logos."  # fmt: skip


def _scene_prompt(brief: Brief, idea: Idea, place: int) -> str:
    framing = ("wide shot", "close-up from the left", "close-up from the right", "low angle", "centred")[place % 5]
    return _prompt(brief, f"{idea.picture}, {framing}, vertical")


def _hooks(brief: Brief, idea: Idea) -> list[str]:
    return list(dict.fromkeys((idea.hook, *brief.product.hooks)))


def cited(facts: Iterable[Fact]) -> str:
    """The ids of these facts as a list for people."""
    return ", ".join(fact.id for fact in facts)
