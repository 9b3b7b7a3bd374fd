"""Posts, their variants, and the one word that says how a post stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text as sql
from sqlmodel import Field, Relationship, SQLModel, UniqueConstraint

from marketingos.domain.columns import RELATED, Embedded, word
from marketingos.domain.delivery import Attachment, Content, Delivery, DeliveryStatus
from marketingos.domain.media import Fit, Media
from marketingos.domain.platform import Format, Platform


class VariantStatus(StrEnum):
    """Stored: how a person decided about a variant."""

    DRAFT = "draft"
    PENDING = "pending_approval"
    APPROVED = "approved"
    REJECTED = "rejected"


class PostStatus(StrEnum):
    """Derived from the variants and deliveries by `status_of`; the words are the API's."""

    DRAFT = "DRAFT"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    APPROVED = "APPROVED"
    PUBLISHING = "PUBLISHING"
    PUBLISHED = "PUBLISHED"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    EXPIRED = "EXPIRED"
    PARTIAL = "PARTIAL"


class RejectReason(StrEnum):
    """Why a person said no."""

    TONE = "tone"
    FACT = "fact"
    BRAND = "brand"
    TIMING = "timing"
    LEGAL = "legal"
    DUPLICATE = "duplicate"
    IMAGE = "image"


class Origin(StrEnum):
    """Who wrote a post."""

    AI = "ai"
    HAND = "hand"
    API = "api"


class Claim(BaseModel):
    """A statement in the text and the codes of the facts behind it."""

    model_config = ConfigDict(frozen=True)

    text: str
    facts: tuple[str, ...] = ()


class FactTold(BaseModel):
    """A fact as it stood on the sheet when the post was written."""

    model_config = ConfigDict(frozen=True)

    code: str
    claim: str


class Alternative(BaseModel):
    """An opening that the writer thought of and did not choose, and why not."""

    model_config = ConfigDict(frozen=True)

    hook: str
    why_not: str


class Brief(BaseModel):
    """What was asked of the writer and why the answer is as it is. Shown as "why this post". `pillar` and `pain` are
    the theme and the trouble it speaks of; `holiday` the national holiday that it was written for; `facts` are as the
    sheet had them. `drawing` is the file of the picture as the illustrator made it, before headline and brand. `risk`
    (`none`, `low`, `high`) and `risk_reasons` are what the writer would have a person look at twice."""

    model_config = ConfigDict(frozen=True)

    angle: str = ""
    hook_type: str = ""
    format: str = ""
    hook: str = ""
    cta_type: str = ""
    pillar: str = ""
    pain: str = ""
    holiday: str = ""
    rationale: str = ""
    image_prompt: str = ""
    drawing: str = ""
    headline: str = ""
    scenes: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    facts: tuple[FactTold, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    model: str = ""
    prompt_version: str = ""
    risk: str = "none"
    risk_reasons: tuple[str, ...] = ()


class Post(SQLModel, table=True):
    """One idea for one product at one time, with a variant for each platform.

    `wall_time` and `timezone` are the intention; `scheduled_at` is its instant, kept for queries. `slot_key` names the
    slot and day it fills and is unique, so that no slot is filled twice. `filmed` is how much of its video is done
    while it is being made, in percent; until `drawing_until` another picture is being drawn for it. `updated_at` moves
    with every change of the post, its variants or deliveries, and `moves` counts them by itself: screens compare the
    sum to know whether to look again, which no clock that differs and no transaction that commits late can hide.
    """

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    cycle_id: int | None = Field(default=None, foreign_key="cyclerun.id", index=True)
    slot_key: str | None = Field(default=None, unique=True, max_length=80)
    title: str = Field(default="", max_length=200)
    wall_time: str = Field(max_length=16)
    timezone: str = Field(max_length=64)
    scheduled_at: datetime = Field(index=True)
    origin: Origin = Field(default=Origin.AI, sa_type=word(Origin))
    brief: Brief = Field(default_factory=Brief, sa_type=Embedded(Brief))
    media_error: str | None = Field(default=None, max_length=120)
    filmed: int | None = None
    drawing_until: datetime | None = None
    created_at: datetime
    updated_at: datetime = Field(index=True)
    moves: int = Field(default=0, index=True, sa_column_kwargs={"server_default": "0", "onupdate": sql("moves + 1")})

    variants: list["Variant"] = Relationship(
        back_populates="post", sa_relationship_kwargs={**RELATED, "order_by": "Variant.id"}
    )


class Variant(SQLModel, table=True):
    """The post on one platform. `text` is exactly what goes out, hashtags included.

    `version` counts edits: a save names the version it started from, so that nobody overwrites another's words.
    `approved_hash` is the hash of the content that a person approved.
    """

    __table_args__ = (UniqueConstraint("post_id", "platform"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True, ondelete="CASCADE")
    platform: Platform = Field(sa_type=word(Platform))
    format: Format = Field(sa_type=word(Format))
    status: VariantStatus = Field(default=VariantStatus.PENDING, sa_type=word(VariantStatus))
    text: str
    alt_text: str = ""
    link_url: str = ""
    first_comment: str = ""
    options: dict[str, Any] = Field(default_factory=dict, sa_type=Embedded(dict[str, Any]))
    version: int = 1
    edited_by: str | None = Field(default=None, max_length=120)
    approved_hash: str | None = Field(default=None, max_length=64)
    decided_by: str | None = Field(default=None, max_length=120)
    decided_at: datetime | None = None
    reject_reason: RejectReason | None = Field(default=None, sa_type=word(RejectReason))
    reject_note: str = ""

    post: Post = Relationship(back_populates="variants", sa_relationship_kwargs=dict(RELATED))
    deliveries: list[Delivery] = Relationship(sa_relationship_kwargs={**RELATED, "order_by": "Delivery.id"})
    pieces: list["VariantMedia"] = Relationship(
        sa_relationship_kwargs={**RELATED, "order_by": "VariantMedia.position", "viewonly": True}
    )

    @property
    def media(self) -> list[Media]:
        """The files that go out, in order. Needs `pieces` loaded."""
        return [piece.file for piece in self.pieces]

    @property
    def face(self) -> str:
        """The hash of what a reader sees of it, whoever may see it. Needs `pieces` loaded."""
        return self.content().model_copy(update={"options": {"title": self.options.get("title", "")}}).hash

    def content(self) -> Content:
        """Exactly what goes out. Needs `pieces` loaded."""
        attached = (
            Attachment(**piece.file.model_dump(include=_ATTACHED), alt_text=piece.alt_text or self.alt_text)
            for piece in self.pieces
        )
        return Content(
            platform=self.platform,
            format=self.format,
            text=self.text,
            link_url=self.link_url,
            first_comment=self.first_comment,
            attachments=tuple(attached),
            options=dict(self.options),
        )


_ATTACHED = set(Attachment.model_fields) - {"alt_text"}


class VariantMedia(SQLModel, table=True):
    """A picture or video of a variant: `media_id` as it was given, `fitted_id` what goes out instead once it was
    converted for the platform in the way that `fit` says. `waiting` while that has still to be done; `problem` is why
    it could not. Without an `alt_text` of its own it has the variant's."""

    variant_id: int = Field(foreign_key="variant.id", primary_key=True, ondelete="CASCADE")
    media_id: int = Field(foreign_key="media.id", primary_key=True)
    position: int = 0
    fit: Fit = Field(default=Fit.PAD, sa_type=word(Fit))
    alt_text: str = ""
    fitted_id: int | None = Field(default=None, foreign_key="media.id")
    waiting: bool = Field(default=False, index=True)
    problem: str | None = Field(default=None, max_length=80)

    source: Media = Relationship(
        sa_relationship_kwargs={"lazy": "joined", "innerjoin": True, "foreign_keys": "VariantMedia.media_id"}
    )
    fitted: Media | None = Relationship(
        sa_relationship_kwargs={"lazy": "joined", "foreign_keys": "VariantMedia.fitted_id"}
    )

    @property
    def file(self) -> Media:
        """What goes out."""
        return self.fitted or self.source


class Revision(SQLModel, table=True):
    """A text that a variant had, so that nothing written is lost."""

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True, ondelete="CASCADE")
    version: int
    text: str
    author: str = Field(max_length=120)
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a post that ends on its own: a variant that waits for a person, or one delivery of an approved one."""

    variant: VariantStatus
    delivery: DeliveryStatus | None = None


_ON_ITS_WAY = {DeliveryStatus.QUEUED, DeliveryStatus.RETRYING, DeliveryStatus.HELD}


def parts_of(variants: Iterable[Variant]) -> tuple[Part, ...]:
    """The parts of a post. Needs `deliveries` loaded."""
    found: list[Part] = []
    for variant in variants:
        if variant.status is VariantStatus.APPROVED:
            found += [Part(variant=variant.status, delivery=delivery.status) for delivery in variant.deliveries]
        else:
            found.append(Part(variant=variant.status))
    return tuple(found)


def status_of(parts: Sequence[Part], scheduled_at: datetime, now: datetime) -> PostStatus:
    """How a post stands: the first line that fits."""
    counted = [p for p in parts if not _is_out(p)]
    if not counted:
        rejected = any(p.variant is VariantStatus.REJECTED for p in parts)
        return PostStatus.REJECTED if rejected else PostStatus.DRAFT
    deliveries = {p.delivery for p in counted if p.delivery}
    waiting = any(p.variant is VariantStatus.PENDING for p in counted)
    published = DeliveryStatus.PUBLISHED in deliveries
    if DeliveryStatus.UNKNOWN in deliveries:
        return PostStatus.UNKNOWN
    if DeliveryStatus.SENDING in deliveries:
        return PostStatus.PUBLISHING
    if all(p.delivery is DeliveryStatus.PUBLISHED for p in counted):
        return PostStatus.PUBLISHED
    if published and not waiting and not deliveries & _ON_ITS_WAY:
        return PostStatus.PARTIAL
    if DeliveryStatus.FAILED in deliveries and not published:
        return PostStatus.FAILED
    if waiting:
        return PostStatus.EXPIRED if scheduled_at <= now else PostStatus.PENDING_APPROVAL
    if deliveries & _ON_ITS_WAY:
        return PostStatus.APPROVED
    return PostStatus.DRAFT


def _is_out(part: Part) -> bool:
    return part.variant is VariantStatus.REJECTED or part.delivery is DeliveryStatus.CANCELLED
