"""One visit to a platform's consent page: its single-use state, and what came back until a person chose from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Field, SQLModel

from marketingos.domain.columns import Embedded, word
from marketingos.domain.permission import Provider

STATE_LIFETIME = timedelta(minutes=15)
"""How long a person may take on the consent page."""

OFFER_LIFETIME = timedelta(hours=1)
"""How long what the person may connect is kept for them to choose from."""


class Consent(SQLModel, table=True):
    """`state_hash` is the SHA-256 of the OAuth state and `session_hash` that of the session cookie it was begun with;
    `state_hash` is emptied when the platform comes back, so that a state works once. `sealed_offers` holds the accounts
    that may be connected, tokens and all, as vault ciphertext. `problem` is a catalogue key, filled with `details`."""

    id: int | None = Field(default=None, primary_key=True)
    provider: Provider = Field(sa_type=word(Provider))
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    session_hash: str = Field(max_length=64)
    state_hash: str | None = Field(default=None, unique=True, max_length=64)
    redirect_uri: str = Field(max_length=512)
    account_id: int | None = Field(default=None, foreign_key="account.id", ondelete="SET NULL")
    created_at: datetime
    expires_at: datetime
    sealed_offers: str | None = None
    problem: str | None = Field(default=None, max_length=80)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Embedded(dict[str, Any]))
