"""Orchestration cycles and what the AI cost."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from marketingos.domain.columns import word


class CycleState(StrEnum):
    """How a cycle stands."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class CycleRun(SQLModel, table=True):
    """One run: for every active product, or for `product_id` alone.

    `window` is unique (`scheduled:2026-11-23T06` or `manual:…`), so two replicas or a catch-up run it once. `planned`,
    `written`, `pictured` and `failed` count posts while it runs. A cycle that met a bad moment outside waits until
    `resume_at` and goes on; `rests` counts how often. `fence` grows with every claim: who was given up for dead cannot
    write any more.
    """

    id: int | None = Field(default=None, primary_key=True)
    window: str = Field(unique=True, max_length=80)
    product_id: int | None = Field(default=None, foreign_key="product.id")
    asked_by: str = Field(default="", max_length=120)
    state: CycleState = Field(default=CycleState.QUEUED, sa_type=word(CycleState), index=True)
    planned: int = 0
    written: int = 0
    pictured: int = 0
    failed: int = 0
    step: str = Field(default="", max_length=120)
    error_key: str | None = Field(default=None, max_length=80)
    lease_until: datetime | None = None
    fence: int = 0
    rests: int = 0
    resume_at: datetime | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    updated_at: datetime


class Shortfall(SQLModel, table=True):
    """Why a slot that a cycle wanted to fill is still empty; gone when it is filled."""

    cycle_id: int = Field(foreign_key="cyclerun.id", primary_key=True, ondelete="CASCADE")
    slot_key: str = Field(primary_key=True, max_length=80)
    product_id: int = Field(foreign_key="product.id")
    error_key: str = Field(max_length=80)
    at: datetime


class KeptAnswer(SQLModel, table=True):
    """What the writer answered for a slot, kept from the moment it arrives until its post is saved: whoever goes on
    after a death or a bad moment does not pay for it again. `step` is which question of the walk it answers, `spend_id`
    its entry among the costs."""

    slot_key: str = Field(primary_key=True, max_length=80)
    step: str = Field(primary_key=True, max_length=20)
    text: str
    stop_reason: str = Field(max_length=40)
    model: str = Field(max_length=80)
    prompt_version: str = Field(max_length=80)
    spend_id: int | None = Field(default=None, foreign_key="spend.id")
    received_at: datetime


class Spend(SQLModel, table=True):
    """One paid call. It is entered before the call at what it may cost at most, and corrected as its answer arrives,
    before the answer is judged: `settled`, with tokens as billed. One whose answer was lost stays as it was entered,
    since it may have been billed. `post_id` is the post that it went into, as soon as there is one."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    provider: str = Field(max_length=20)
    model: str = Field(max_length=80)
    purpose: str = Field(max_length=40)
    product_id: int | None = Field(default=None, foreign_key="product.id")
    cycle_id: int | None = Field(default=None, foreign_key="cyclerun.id")
    post_id: int | None = Field(default=None, foreign_key="post.id", index=True, ondelete="SET NULL")
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    units: int = 0
    euro: float = 0.0
    settled: bool = True
    request_id: str = Field(default="", max_length=120)
