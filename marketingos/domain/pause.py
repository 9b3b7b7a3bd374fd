"""Stop-the-line: while a pause stands, nothing that it covers begins to go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, SQLModel

from marketingos.domain.columns import word
from marketingos.domain.platform import Platform

REASON_MAX = 200


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a pause stops: everything that fits each part that is named. `Scope()` is everything."""

    product_id: int | None = None
    platform: Platform | None = None
    account_id: int | None = None

    def covers(self, place: Scope) -> bool:
        """Whether a delivery at this place, all its parts named, is stopped."""
        named = (
            (self.product_id, place.product_id),
            (self.platform, place.platform),
            (self.account_id, place.account_id),
        )
        return all(mine is None or mine == theirs for mine, theirs in named)


EVERYTHING = Scope()


class Pause(SQLModel, table=True):
    """It stands until `resumed_at`. `paused_by` and `resumed_by` are names of people."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int | None = Field(default=None, foreign_key="product.id", ondelete="CASCADE")
    platform: Platform | None = Field(default=None, sa_type=word(Platform))
    account_id: int | None = Field(default=None, foreign_key="account.id", ondelete="CASCADE")
    reason: str = Field(default="", max_length=REASON_MAX)
    paused_by: str = Field(max_length=120)
    paused_at: datetime
    resumed_by: str | None = Field(default=None, max_length=120)
    resumed_at: datetime | None = Field(default=None, index=True)

    @property
    def scope(self) -> Scope:
        return Scope(product_id=self.product_id, platform=self.platform, account_id=self.account_id)
