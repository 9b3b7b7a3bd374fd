"""Who did what, what is alive, and facts about this database itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from marketingos.domain.columns import Embedded


class AuditEntry(SQLModel, table=True):
    """One deed. `actor` is a person's e-mail, `system`, or the name of an API token."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor: str = Field(max_length=254)
    action: str = Field(max_length=60)
    subject: str = Field(max_length=80, index=True)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Embedded(dict[str, Any]))


class Heartbeat(SQLModel, table=True):
    """The last sign of life of a part of the system, and how its last run ended."""

    name: str = Field(primary_key=True, max_length=40)
    at: datetime
    ok: bool = True
    detail: str = Field(default="", max_length=200)


class Mark(SQLModel, table=True):
    """A fact about this database, by name: `world` is `sandbox` or `live` from birth."""

    name: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=200)
