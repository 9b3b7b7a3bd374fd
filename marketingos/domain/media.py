"""Pictures, videos and documents, stored once under the hash of their bytes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, SQLModel

from marketingos.domain.columns import Embedded, word

PICTURE_LIMIT = 40_000_000
PAPER_LIMIT = 100_000_000
FILM_LIMIT = 500_000_000
"""Bytes of a file that a person may give us; LinkedIn's videos are the heaviest that any format takes."""


class MediaKind(StrEnum):
    """What a file is."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"


class Fit(StrEnum):
    """What is done with a file whose shape a platform refuses: room is filled at its sides, or its sides go."""

    PAD = "pad"
    CROP = "crop"


class Film(BaseModel):
    """What the platforms' rules ask of a video. `acodec` is "" for one without a sound track; a sound track has `arate`
    samples a second in `channels` (0: not known). `edits` says that the file has an edit list, `faststart` that its
    index comes first, `hdr` that its colours are brighter than sRGB's."""

    model_config = ConfigDict(frozen=True)

    fps: float
    vcodec: str
    acodec: str = ""
    arate: int = 0
    channels: int = 0
    pixels: str = "yuv420p"
    edits: bool = False
    faststart: bool = True
    hdr: bool = False


class Media(SQLModel, table=True):
    """A stored file. `name` is `{sha256}.{extension}`; `thumbnail` the small picture of it; width and height in px as
    it is seen. A `plain` picture looks alike everywhere: 8 bits, sRGB, upright; it does not say where it was taken.
    `pages` is how many a document has, if it can be told; its width and height are its first page's, in points.
    `ai_marked` says that the file itself owns up to a model; `print` is what a picture is recognised by
    (`domain.check.picture`)."""

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True, max_length=64)
    kind: MediaKind = Field(sa_type=word(MediaKind))
    mime: str = Field(max_length=64)
    name: str = Field(max_length=80)
    thumbnail: str | None = Field(default=None, max_length=80)
    size: int
    width: int
    height: int
    seconds: float | None = None
    film: Film | None = Field(default=None, sa_type=Embedded(Film))
    pages: int | None = None
    plain: bool = True
    ai_generated: bool = False
    ai_marked: bool = False
    print: str = Field(default="", max_length=1000)
    created_at: datetime


class Drawing(SQLModel, table=True):
    """A picture or a film that was ordered for a post, as the illustrator makes it, before headline and brand. `name`
    is its file once it is there; `wish` what a person wanted to be different; `spend_id` its entry among the costs."""

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True, ondelete="CASCADE")
    film: bool = False
    wish: str = Field(default="", max_length=300)
    order: str = Field(max_length=120)
    spend_id: int
    name: str | None = Field(default=None, max_length=80)
    asked_at: datetime
