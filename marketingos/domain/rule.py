"""Rules: what a product's marketers taught by rejecting. The writer follows those that a person accepted."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel, UniqueConstraint

from marketingos.domain.columns import word
from marketingos.domain.post import RejectReason

LONGEST = 200
"""Characters of a rule: one sentence."""

TRIES = 5
"""So often a proposal is asked for; then the rejection stays without one."""


class RuleState(StrEnum):
    """`ASKED`: a rejection that may teach something; `PROPOSED`: it waits for a person; `SILENT`: nothing general could
    be learned; `ACTIVE` rules are told to the writer; `RETIRED` ones were."""

    ASKED = "asked"
    PROPOSED = "proposed"
    SILENT = "silent"
    DISMISSED = "dismissed"
    ACTIVE = "active"
    RETIRED = "retired"


class Rule(SQLModel, table=True):
    """One rule and the rejection it came from. `number` is given when it is accepted and never again to another rule of
    the product; the writer names it by its code. `due_at` is when it is asked for, `tries` how often that was done."""

    __table_args__ = (UniqueConstraint("product_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True, ondelete="CASCADE")
    post_id: int | None = Field(default=None, foreign_key="post.id", index=True, ondelete="SET NULL")
    number: int | None = None
    state: RuleState = Field(default=RuleState.ASKED, sa_type=word(RuleState), index=True)
    text: str = Field(default="", max_length=LONGEST)
    reason: RejectReason = Field(sa_type=word(RejectReason))
    note: str = ""
    due_at: datetime
    tries: int = 0
    created_at: datetime
    decided_by: str | None = Field(default=None, max_length=120)
    decided_at: datetime | None = None

    @property
    def code(self) -> str:
        """`R3`; empty until it is accepted."""
        return f"R{self.number}" if self.number else ""


class RuleUse(SQLModel, table=True):
    """A post that the writer wrote differently because of a rule."""

    rule_id: int = Field(foreign_key="rule.id", primary_key=True, ondelete="CASCADE")
    post_id: int = Field(foreign_key="post.id", primary_key=True, ondelete="CASCADE")


def ask_again(tries: int) -> timedelta:
    """How long to wait after so many tries; also how long one try is given."""
    return timedelta(minutes=5 << tries)
