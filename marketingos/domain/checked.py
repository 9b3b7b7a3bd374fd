"""What is remembered of checks: findings that a person set aside, and what came of opening an address."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

REASON_MAX = 300


class SetAside(SQLModel, table=True):
    """A person says why a finding may stand. It holds for exactly the content that was looked at: `content_hash` is
    `Variant.face`, so that an edit brings the finding back."""

    __tablename__ = "setaside"
    __table_args__ = (UniqueConstraint("variant_id", "key", "content_hash"),)

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True, ondelete="CASCADE")
    key: str = Field(max_length=80)
    content_hash: str = Field(max_length=64)
    reason: str = Field(max_length=REASON_MAX)
    by: str = Field(max_length=120)
    at: datetime


class OpenedLink(SQLModel, table=True):
    """The last try to open an address: `cause` and `status` as in `check.Reach`, empty and 200 or so when it opens."""

    __tablename__ = "openedlink"

    url: str = Field(primary_key=True, max_length=2000)
    cause: str = Field(default="", max_length=20)
    status: int = 0
    at: datetime = Field(index=True)
