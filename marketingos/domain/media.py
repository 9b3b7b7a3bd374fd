"""Pictures and videos, stored once under the hash of their bytes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from marketingos.domain.columns import word


class MediaKind(StrEnum):
    """What a file is."""

    IMAGE = "image"
    VIDEO = "video"


class Media(SQLModel, table=True):
    """A stored file. `name` is `{sha256}.{extension}`; `thumbnail` the small picture of it; width and height in px."""

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
    ai_generated: bool = False
    created_at: datetime
