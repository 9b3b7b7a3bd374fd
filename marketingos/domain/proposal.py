"""Rewrites that were asked for and that a person has still to accept or drop."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel

from marketingos.domain.columns import Embedded, word
from marketingos.domain.post import Claim

LONGEST_WISH = 300
"""Characters of a free instruction."""

PATIENCE = timedelta(minutes=10)
"""After so long without an answer whoever asked for it is taken for dead."""


class Wish(StrEnum):
    """What shall be changed. `OTHER` is said in words."""

    SHORTER = "shorter"
    HOOK = "hook"
    FORMAL = "formal"
    OTHER = "other"


class Proposal(SQLModel, table=True):
    """Another text for a variant, the one that was asked for last; under way until `answered_at`. Gone once a person
    accepts or drops it."""

    variant_id: int = Field(foreign_key="variant.id", primary_key=True, ondelete="CASCADE")
    wish: Wish = Field(sa_type=word(Wish))
    instruction: str = Field(default="", max_length=LONGEST_WISH)
    text: str = ""
    rationale: str = ""
    claims: tuple[Claim, ...] = Field(default=(), sa_type=Embedded(tuple[Claim, ...]))
    model: str = Field(default="", max_length=80)
    asked_by: str = Field(max_length=120)
    asked_at: datetime
    answered_at: datetime | None = None
