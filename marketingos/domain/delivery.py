"""A delivery: one approved variant on its way to one account. The state machine that must never post twice.

::

    queued ──claim──> sending ──published──> published
      ^                 │ ├──refused────> failed
      │                 │ ├──unknown────> unknown ──looked up──> published | queued (surely absent) | a person
      ├──retry at── retrying             (never sent again before it was looked up)
      └── held (late, paused, permission dead)          cancelled (undone, rejected, edited)

There is one row for each variant and account, whatever happens, so the database itself refuses a second publication.
`fence` grows with every claim; a worker that lost its lease can no longer write.
"""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, Index, Relationship, SQLModel, UniqueConstraint

from marketingos.domain.account import Account
from marketingos.domain.columns import RELATED, Embedded, word
from marketingos.domain.platform import Format, Platform
from marketingos.errors import OutsideError

UNDO_WINDOW = timedelta(seconds=10)
"""An approved delivery cannot be claimed for this long, so that undo is real."""

LEASE = timedelta(minutes=2)
"""How long a worker may hold a delivery without saying that it is alive."""

MAX_SETBACKS = 6
"""So often a post may fail for its own sake before it is given up. What says nothing about the post, such as a cut
connection or a limit, is tried again until the post is late."""

READ_BACK_AFTER = timedelta(seconds=30)
"""When a published post is read back the first time."""


class DeliveryStatus(StrEnum):
    """Stored: where a delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    RETRYING = "retrying"
    PUBLISHED = "published"
    FAILED = "failed"
    UNKNOWN = "unknown"
    HELD = "held"
    CANCELLED = "cancelled"


class HoldReason(StrEnum):
    """Why a delivery waits for a person."""

    LATE = "late"
    PAUSED = "paused"
    PERMISSION = "permission"
    BLOCKED = "blocked"


NEEDS_RECONNECTION = (HoldReason.PERMISSION, HoldReason.BLOCKED)
"""What ends when its account is connected again."""


class Outcome(StrEnum):
    """How an attempt ended."""

    PUBLISHED = "published"
    ACCEPTED = "accepted"
    NOT_PUBLISHED = "not_published"
    UNKNOWN = "unknown"


class Attachment(BaseModel):
    """A picture or video as it was approved."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    name: str
    mime: str
    size: int
    width: int
    height: int
    seconds: float | None = None
    alt_text: str = ""
    ai_generated: bool = False


class Content(BaseModel):
    """Exactly what goes out. Its hash is what a person approves."""

    model_config = ConfigDict(frozen=True)

    platform: Platform
    format: Format
    text: str
    link_url: str = ""
    first_comment: str = ""
    attachments: tuple[Attachment, ...] = ()
    options: dict[str, Any] = {}

    @property
    def is_ai_made(self) -> bool:
        """Whether a model made any of its files."""
        return any(attachment.ai_generated for attachment in self.attachments)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, hex."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Delivery(SQLModel, table=True):
    """See the module. `progress` keeps the harmless steps already done (uploads, containers) so that they are not
    repeated; `intent_at` is written before the call that makes the post visible; `looks` counts look-ups of an
    unconfirmed one. `verify_since` says that a restore may have forgotten what was done after that moment: the post is
    looked for by its content before anything is sent. `setbacks` counts the tries that failed for the post's own sake;
    `note_key` is what a published post lacks all the same; `read_back_at` when its receipt is (next) checked."""

    __table_args__ = (
        UniqueConstraint("variant_id", "account_id"),
        Index("ix_delivery_account_id_status", "account_id", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    status: DeliveryStatus = Field(default=DeliveryStatus.QUEUED, sa_type=word(DeliveryStatus), index=True)
    content: Content = Field(sa_type=Embedded(Content))
    content_hash: str = Field(max_length=64)
    due_at: datetime
    not_before: datetime = Field(index=True)
    late_after: datetime
    attempts: int = 0
    lease_until: datetime | None = None
    fence: int = 0
    progress: dict[str, Any] = Field(default_factory=dict, sa_type=Embedded(dict[str, Any]))
    intent_at: datetime | None = None
    accepted_at: datetime | None = None
    looks: int = 0
    setbacks: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    verify_since: datetime | None = None
    external_id: str | None = Field(default=None, max_length=255)
    permalink: str | None = Field(default=None, max_length=500)
    published_at: datetime | None = None
    hold_reason: HoldReason | None = Field(default=None, sa_type=word(HoldReason))
    error_key: str | None = Field(default=None, max_length=80)
    note_key: str | None = Field(default=None, max_length=80)
    next_reading_at: datetime | None = Field(default=None, index=True)
    read_back_at: datetime | None = Field(default=None, index=True)
    created_at: datetime

    account: Account = Relationship(sa_relationship_kwargs=dict(RELATED))

    @property
    def may_be_out(self) -> bool:
        """Whether it is visible, or may be: nothing about it can be changed any more. Also while it is held, if the
        permission died before its outcome was known."""
        going = self.status in (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN, DeliveryStatus.PUBLISHED)
        return going or self.intent_at is not None

    def is_free(self, now: datetime) -> bool:
        """Whether a worker may take it now: due, and nobody alive holds it."""
        if self.status in (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING):
            return self.not_before <= now
        if self.status in (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN):
            return self.not_before <= now and (self.lease_until is None or self.lease_until <= now)
        return False

    def is_late(self, now: datetime) -> bool:
        """Whether it would go out later than its product allows without asking. What may be out is not late."""
        return now > self.late_after and self.intent_at is None and self.verify_since is None

    def claim(self, now: datetime, lease: timedelta = LEASE) -> int:
        """Takes it for one worker; answers the fencing number that every later write must show."""
        if self.status is not DeliveryStatus.UNKNOWN:
            self.status = DeliveryStatus.SENDING
        self.lease_until = now + lease
        self.fence += 1
        return self.fence

    def requeue(self, content: Content, due_at: datetime, not_before: datetime, late_after: datetime) -> None:
        """Puts it (back) in the queue with what was approved now. Uploads of other content, or of a try that failed,
        are forgotten; a worker that still has it has it no longer."""
        if self.content_hash != content.hash or self.status is DeliveryStatus.FAILED:
            self.progress = {}
        self.status = DeliveryStatus.QUEUED
        self.content, self.content_hash = content, content.hash
        self.due_at, self.not_before, self.late_after = due_at, not_before, late_after
        self.attempts = self.looks = self.setbacks = 0
        self.fence += 1
        self.intent_at = self.accepted_at = self.lease_until = self.hold_reason = self.error_key = None

    def publish(self, external_id: str, permalink: str | None, now: datetime, note_key: str | None = None) -> None:
        """It is visible; the first reading is due soon, and soon after it is read back."""
        self.status = DeliveryStatus.PUBLISHED
        self.external_id = external_id
        self.permalink = permalink
        self.published_at = now
        self.note_key = note_key
        self.next_reading_at = now
        self.read_back_at = now + READ_BACK_AFTER
        self.lease_until = self.verify_since = self.hold_reason = self.error_key = None

    def wait(self, until: datetime) -> None:
        """A harmless step needs time (processing); the same attempt goes on later."""
        self.status = DeliveryStatus.SENDING
        self.lease_until = None
        self.not_before = until

    def retry(self, at: datetime, error_key: str) -> None:
        """It surely did not go out; try again. A try that would be late is none: a person is asked at that moment."""
        self.status = DeliveryStatus.RETRYING
        self.lease_until = self.intent_at = None
        self.not_before = min(at, self.late_after + timedelta(seconds=1))
        self.error_key = error_key

    def doubt(self, look_again_at: datetime, error_key: str) -> None:
        """It may have gone out: look before anything else."""
        self.status = DeliveryStatus.UNKNOWN
        self.lease_until = None
        self.not_before = look_again_at
        self.error_key = error_key

    def verify_first(self, since: datetime, now: datetime) -> None:
        """A restore put it back to where it was at `since`: it is looked for before it is sent. What was due by now may
        be out, so it counts as unconfirmed. A worker that still has it has it no longer."""
        self.verify_since = min(since, self.verify_since or since)
        self.lease_until = None
        self.fence += 1
        if self.is_free(now) and self.intent_at is None:
            self.doubt(now, "error.outcome_unknown")

    def verified(self, now: datetime) -> None:
        """It was looked for and surely never went out: it is sent as any other."""
        self.status = DeliveryStatus.QUEUED
        self.not_before = max(self.not_before, now)
        self.attempts = self.looks = 0
        self.lease_until = self.verify_since = self.error_key = None

    def fail(self, error_key: str) -> None:
        """It did not go out and will not by itself."""
        self.status = DeliveryStatus.FAILED
        self.lease_until = self.intent_at = None
        self.error_key = error_key

    def hold(self, reason: HoldReason) -> None:
        """It waits for a person; a worker that still has it has it no longer."""
        self.status = DeliveryStatus.HELD
        self.fence += 1
        self.hold_reason = reason
        self.lease_until = None

    def release(self, now: datetime) -> None:
        """Its account may post again: it goes on where it stood. What may be out is looked for and not sent; what would
        now be too late asks a person."""
        if self.is_late(now):
            return self.hold(HoldReason.LATE)
        if self.accepted_at:
            self.status = DeliveryStatus.SENDING
        else:
            self.status = DeliveryStatus.UNKNOWN if self.intent_at else DeliveryStatus.QUEUED
        self.not_before = max(self.not_before, now)
        self.attempts = self.setbacks = 0
        self.lease_until = self.hold_reason = self.error_key = None


class Attempt(SQLModel, table=True):
    """One try of a delivery, written before the network is touched. `diagnostic` is for engineers only."""

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True, ondelete="CASCADE")
    number: int
    started_at: datetime
    finished_at: datetime | None = None
    outcome: Outcome | None = Field(default=None, sa_type=word(Outcome))
    error_key: str | None = Field(default=None, max_length=80)
    diagnostic: str = ""


def next_attempt(error: OutsideError, attempts: int, setbacks: int, now: datetime, jitter: float) -> datetime | None:
    """When to try again, or None when trying again is of no use: after `setbacks` failures of the post's own, or with
    an error that another try cannot mend.

    Exponential from 15 s to 30 min, the upper half of it by `jitter` (0..1); a longer Retry-After of the platform wins.
    """
    if not error.retryable or setbacks >= MAX_SETBACKS:
        return None
    ceiling = min(15.0 * 4 ** min(attempts - 1, 9), 1800.0)
    pause = timedelta(seconds=ceiling * (0.5 + jitter / 2))
    return now + max(pause, error.retry_after or timedelta())


def look_again(looks: int, now: datetime) -> datetime | None:
    """When to look for an unconfirmed post the next time: lists lag, so several times over some minutes."""
    pauses = (10, 30, 60, 120, 300)
    return now + timedelta(seconds=pauses[looks]) if looks < len(pauses) else None
