"""What the writer answers: one idea told for each platform, the picture it wants, and the facts it leans on.

The schema is one and the same for every post, every field required, so that the model's host compiles and caches it
once. Lengths and hashtags are hints there; what counts is checked here, on the text as it goes out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from marketingos.domain.platform import RULES, Format, Platform

HookType = Literal[
    "question", "stat", "mistake", "story", "how_to", "contrarian", "social_proof", "announcement", "checklist",
    "comparison",
]  # fmt: skip
CtaType = Literal["trial", "demo", "comment", "save", "share", "link", "none"]

FORMATS: dict[Platform, Format] = {
    Platform.INSTAGRAM: Format.IMAGE,
    Platform.FACEBOOK: Format.IMAGE,
    Platform.LINKEDIN: Format.IMAGE,
    Platform.TIKTOK: Format.VIDEO,
}
"""What the cycle makes for each platform."""


def _lower(value: Any) -> Any:
    # The host does not promise the capitals of an enumeration.
    return value.lower() if isinstance(value, str) else value


class ClaimMade(BaseModel):
    """A factual statement in any of the texts."""

    text: str
    fact_ids: list[str] = Field(description="codes of the facts behind it, such as F1; never empty")


class InstagramText(BaseModel):
    """For the feed: short paragraphs, the link lives in the bio."""

    hook: str
    body: str
    cta: str
    hashtags: list[str] = Field(description="3 to 5, without #")
    first_comment: str = Field(description="a question or a detail for the first comment, or empty")


class FacebookText(BaseModel):
    """For the Page: a little more told, the address may stand in it."""

    hook: str
    body: str
    cta: str
    hashtags: list[str] = Field(description="0 to 2, without #")
    link_url: str = Field(description="the product's address or empty")


class LinkedInText(BaseModel):
    """For a company page: professional, one observation, no emoji."""

    hook: str
    body: str
    cta: str
    hashtags: list[str] = Field(description="2 to 4, without #")
    first_comment: str = Field(description="where to read more, or empty")


class Scene(BaseModel):
    """A moment of the vertical video."""

    seconds: int = Field(description="2 to 5")
    on_screen_text: str = Field(description="at most 46 characters")
    visual_prompt: str = Field(description="English")


class TikTokText(BaseModel):
    """For the vertical video."""

    caption: str = Field(description="one or two spoken sentences")
    hashtags: list[str] = Field(description="3 to 5, without #")
    scenes: list[Scene] = Field(description="3 to 6, together 6 to 30 seconds")
    cover_text: str


class Picture(BaseModel):
    """The picture of the post; words are drawn on it by us, never by the model that paints."""

    concept: str = Field(description="what is seen, in the product's language")
    prompt_en: str = Field(
        description="one concrete subject, setting, light, framing; English; no words in the picture"
    )
    avoid: str
    headline_overlay: str = Field(description="at most 8 words, in the product's language")
    alt_text: str = Field(description="what a blind reader needs to know, in the product's language")


class Risk(BaseModel):
    """What a person should look at twice."""

    level: Annotated[Literal["none", "low", "high"], BeforeValidator(_lower)]
    reasons: list[str]


class Opening(BaseModel):
    """Another way to open the same post."""

    hook: str
    why_not: str = Field(description="why the chosen one is better, in one short sentence, in the product's language")


class ContentPackage(BaseModel):
    """One post for all its platforms. A platform that was not asked for has empty fields."""

    language: Annotated[Literal["es", "en", "pt"], BeforeValidator(_lower)]
    pillar: str
    angle: str
    audience_pain: str
    hook_type: Annotated[HookType, BeforeValidator(_lower)]
    cta_type: Annotated[CtaType, BeforeValidator(_lower)]
    claims: list[ClaimMade] = Field(description="every factual statement of all texts")
    instagram: InstagramText
    facebook: FacebookText
    linkedin: LinkedInText
    tiktok: TikTokText
    image: Picture
    risk: Risk
    alternatives: list[Opening] = Field(description="two other openings that you considered, of another kind")
    rules_applied: list[str] = Field(description="codes of the product's rules that changed what you wrote, such as R2")
    rationale: str = Field(description="why this post, in two sentences for the marketer, in the product's language")


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What goes out on one platform. `text` is final: normalised (NFC), hashtags included."""

    platform: Platform
    format: Format
    text: str
    link_url: str = ""
    first_comment: str = ""


def schema() -> dict[str, Any]:
    """The JSON schema that the writer's answer obeys."""
    return ContentPackage.model_json_schema()


def copy_for(package: ContentPackage, platform: Platform) -> Copy:
    """The text of a platform, put together."""
    text, link, comment = _parts(package, platform)
    return Copy(
        platform=platform, format=FORMATS[platform], text=text, link_url=link.strip(), first_comment=normalised(comment)
    )


def hook_of(package: ContentPackage, platforms: Sequence[Platform]) -> str:
    """The words the post opens with: those of its first platform that has any."""
    told = (getattr(package, p.value) for p in platforms if p is not Platform.TIKTOK)
    hooks = [normalised(text.hook) for text in told] + [
        normalised(package.tiktok.cover_text),
        normalised(package.image.headline_overlay),
    ]
    return next((hook for hook in hooks if hook), "")


def hashtags(tags: Iterable[str], at_most: int) -> tuple[str, ...]:
    """Tags as they are written, with `#`: each once, letters, digits and `_` alone."""
    unique: dict[str, str] = {}
    for tag in tags:
        bare = re.sub(r"\W", "", normalised(tag))
        if 2 <= len(bare) <= 40 and not bare.isdigit():
            unique.setdefault(bare.casefold(), bare)
    return tuple(f"#{tag}" for tag in unique.values())[:at_most]


def _parts(package: ContentPackage, platform: Platform) -> tuple[str, str, str]:
    """Text, link and first comment."""
    limit = RULES[platform].hashtag_limit
    match platform:
        case Platform.INSTAGRAM:
            told = package.instagram
            return _joined(told.hook, told.body, told.cta, tags=hashtags(told.hashtags, limit)), "", told.first_comment
        case Platform.FACEBOOK:
            page = package.facebook
            return _joined(page.hook, page.body, page.cta, tags=hashtags(page.hashtags, limit)), page.link_url, ""
        case Platform.LINKEDIN:
            firm = package.linkedin
            return _joined(firm.hook, firm.body, firm.cta, tags=hashtags(firm.hashtags, limit)), "", firm.first_comment
        case Platform.TIKTOK:
            film = package.tiktok
            # TikTok may swallow line breaks, so the tags stand on the caption's own line.
            return " ".join(filter(None, (normalised(film.caption), *hashtags(film.hashtags, limit)))), "", ""


def _joined(*paragraphs: str, tags: Sequence[str]) -> str:
    parts = [*(normalised(p) for p in paragraphs), " ".join(tags)]
    return "\n\n".join(part for part in parts if part)


def normalised(text: str) -> str:
    """Composed letters, and no blanks at the ends of lines."""
    lines = (line.rstrip() for line in unicodedata.normalize("NFC", text).strip().splitlines())
    return "\n".join(lines)
