"""A place to publish: a Page, an Instagram account, a TikTok creator, a LinkedIn organisation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel, UniqueConstraint

from marketingos.domain.columns import Embedded, word
from marketingos.domain.platform import Platform


class AccountKind(StrEnum):
    """What a platform calls the thing that posts."""

    PAGE = "page"
    INSTAGRAM = "instagram"
    CREATOR = "creator"
    ORGANIZATION = "organization"
    MEMBER = "member"


class AccountState(StrEnum):
    """Whether its permission works."""

    ACTIVE = "active"
    NEEDS_RECONNECT = "needs_reconnect"
    REMOVED = "removed"


class Account(SQLModel, table=True):
    """`sealed_token` and `sealed_refresh_token` are vault ciphertext; clear tokens never reach a row.

    `options` holds standing choices such as TikTok's privacy level, which a person made. `grantor_id` is who gave the
    permission, as the platform names them. A removed account keeps its row for what it published, without its tokens.
    While `renewing_until` lies ahead, one process is renewing the token and nobody else may.

    Until `resting_until` nothing new is sent, for `rest_reason`; `strikes` counts the failures in a row that say
    nothing about what was sent (see pace.py).
    """

    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: Platform = Field(sa_type=word(Platform))
    kind: AccountKind = Field(sa_type=word(AccountKind))
    external_id: str = Field(max_length=255)
    parent_external_id: str | None = Field(default=None, max_length=255)
    name: str = Field(max_length=200)
    handle: str = Field(default="", max_length=200)
    followers: int | None = None
    sealed_token: str
    sealed_refresh_token: str | None = None
    token_expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    renewed_at: datetime | None = None
    renewing_until: datetime | None = None
    checked_at: datetime | None = None
    grantor_id: str | None = Field(default=None, max_length=255)
    connected_by: str | None = Field(default=None, max_length=254)
    scopes: tuple[str, ...] = Field(default=(), sa_type=Embedded(tuple[str, ...]))
    state: AccountState = Field(default=AccountState.ACTIVE, sa_type=word(AccountState))
    state_reason: str | None = Field(default=None, max_length=120)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=Embedded(dict[str, Any]))
    resting_until: datetime | None = None
    rest_reason: str | None = Field(default=None, max_length=80)
    strikes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    connected_at: datetime

    def rests(self, now: datetime) -> bool:
        """Whether nothing new may be sent for it now."""
        return self.resting_until is not None and self.resting_until > now

    def rest(self, until: datetime, reason: str) -> None:
        """Gives it a rest; a longer one stays."""
        if self.resting_until is None or self.resting_until < until:
            self.resting_until, self.rest_reason = until, reason

    def recover(self) -> None:
        """It works: its failures are forgotten. A rest that its platform asked for goes on."""
        self.strikes = 0


class ProductAccount(SQLModel, table=True):
    """Which accounts a product publishes on."""

    product_id: int = Field(foreign_key="product.id", primary_key=True, ondelete="CASCADE")
    account_id: int = Field(foreign_key="account.id", primary_key=True, ondelete="CASCADE")
