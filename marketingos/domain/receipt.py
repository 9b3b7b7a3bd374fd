"""A receipt: what was approved, what was sent, and whether that is what the platform shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, SQLModel

from marketingos.domain.columns import Embedded, word

_PAUSES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))


class Verdict(StrEnum):
    """What reading a post back came to. `UNREADABLE`: its platform does not let it be read; `REMOVED`: its platform
    says that it is not there any more."""

    MATCHES = "matches"
    DIFFERS = "differs"
    UNREADABLE = "unreadable"
    REMOVED = "removed"


class Sent(BaseModel):
    """What was sent: the text as readers are to see it and as it was written on the wire, and the SHA-256 of each file,
    in order."""

    model_config = ConfigDict(frozen=True)

    account: str
    text: str
    wire_text: str
    link_url: str = ""
    first_comment: str = ""
    files: tuple[str, ...] = ()


class Receipt(SQLModel, table=True):
    """One for each published delivery, from its first reading back on. Without a verdict it is read again."""

    delivery_id: int = Field(primary_key=True, foreign_key="delivery.id", ondelete="CASCADE")
    approved_hash: str = Field(max_length=64)
    sent: Sent = Field(sa_type=Embedded(Sent))
    external_id: str = Field(max_length=255)
    permalink: str | None = Field(default=None, max_length=500)
    live_text: str | None = None
    read_at: datetime
    looks: int = 0
    verdict: Verdict | None = Field(default=None, sa_type=word(Verdict))


def read_again(looks: int, now: datetime) -> datetime | None:
    """When to read back again after so many looks that showed nothing, or something else than was sent: platforms lag.
    None when that is the answer."""
    return now + _PAUSES[looks - 1] if 0 < looks <= len(_PAUSES) else None
