"""TikTok's own rules: what a person chooses and declares each time a post is approved for it.

Rules: developers.tiktok.com/doc/content-sharing-guidelines (September 2026). Who sees a post has no default; comments,
duets and stitches are off until somebody allows them; what is paid for by a brand says so and cannot be private; an app
that TikTok has not audited posts for the creator alone, on an account that is private.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from marketingos.domain.columns import Embedded
from marketingos.domain.ports import Creator

VERSION = "2026-09"
"""Which wording of the declaration is in the catalogues; moves with any change of it."""

PRIVATE = "SELF_ONLY"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a person chose for one post, and the language they read the declaration in. `comments`, `duets` and
    `stitches` are allowed or not; `your_brand` and `branded_content` disclose what the post advertises."""

    privacy_level: str
    comments: bool = False
    duets: bool = False
    stitches: bool = False
    your_brand: bool = False
    branded_content: bool = False
    language: str = "es"

    def within(self, creator: Creator) -> Choices:
        """The same, without what the creator has switched off for every post."""
        return replace(
            self,
            comments=self.comments and not creator.comments_off,
            duets=self.duets and not creator.duets_off,
            stitches=self.stitches and not creator.stitches_off,
        )

    @property
    def agreement(self) -> str:
        """The catalogue key of the sentence that is agreed to."""
        return "terms.agree_branded" if self.branded_content else "terms.agree"

    @property
    def options(self) -> Mapping[str, Any]:
        """The choices under TikTok's own names, as they become part of the content."""
        return {
            "privacy_level": self.privacy_level,
            "disable_comment": not self.comments,
            "disable_duet": not self.duets,
            "disable_stitch": not self.stitches,
            "brand_organic_toggle": self.your_brand,
            "brand_content_toggle": self.branded_content,
        }


def offered(creators: Iterable[Creator], *, audited: bool) -> tuple[str, ...]:
    """The audiences that every creator may choose now, in TikTok's order."""
    each = [creator.audiences for creator in creators]
    shared = [level for level in each[0] if all(level in other for other in each)] if each else []
    return tuple(level for level in shared if audited or level == PRIVATE)


def objection(choices: Choices, levels: Iterable[str], *, audited: bool) -> str | None:
    """Why TikTok would refuse these choices, as a catalogue key; None when it would not."""
    if not choices.privacy_level:
        return "review.choose_privacy"
    if choices.branded_content and choices.privacy_level == PRIVATE:
        return "error.tiktok.branded_private"
    if choices.privacy_level in levels:
        return None
    return "review.privacy_gone" if audited else "error.tiktok.private_only"


class Declaration(SQLModel, table=True):
    """One approval of a post for a TikTok account: who agreed to what, when, in which words, for exactly which content.
    Kept whatever becomes of the approval. `offered` are the audiences that TikTok gave to choose from."""

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True, ondelete="CASCADE")
    account_id: int = Field(foreign_key="account.id", index=True)
    content_hash: str = Field(max_length=64)
    declared_by: str = Field(max_length=254)
    declared_at: datetime
    version: str = Field(max_length=20)
    language: str = Field(max_length=8)
    words: str
    creator: str = Field(max_length=200)
    offered: tuple[str, ...] = Field(default=(), sa_type=Embedded(tuple[str, ...]))
    privacy_level: str = Field(max_length=40)
    comments: bool
    duets: bool
    stitches: bool
    your_brand: bool
    branded_content: bool
    ai_generated: bool
