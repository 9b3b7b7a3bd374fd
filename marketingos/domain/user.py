"""People, their sessions, and what a role allows."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel

from marketingos.domain.columns import word

TICKET_LIFETIME = timedelta(seconds=30)
SESSION_LIFETIME = timedelta(hours=12)
REMEMBERED_LIFETIME = timedelta(days=30)
ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_ALLOWED = 8
PASSWORD_MIN = 10
EMAIL_MAX = 254
"""RFC 5321 section 4.5.3.1 leaves no more."""


class Role(StrEnum):
    """Each role may do what the ones before it may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    APPROVER = "approver"
    ADMIN = "admin"


class Deed(StrEnum):
    """What is allowed or not. Stopping the line is easier than starting it again."""

    LOOK = "look"
    EDIT = "edit"
    GENERATE = "generate"
    PAUSE = "pause"
    APPROVE = "approve"
    RESUME = "resume"
    ADMINISTER = "administer"


_NEEDED = {
    Deed.LOOK: Role.VIEWER,
    Deed.EDIT: Role.EDITOR,
    Deed.GENERATE: Role.EDITOR,
    Deed.PAUSE: Role.EDITOR,
    Deed.APPROVE: Role.APPROVER,
    Deed.RESUME: Role.APPROVER,
    Deed.ADMINISTER: Role.ADMIN,
}
_RANK = {role: rank for rank, role in enumerate(Role)}


def may(role: Role, deed: Deed) -> bool:
    """Whether a role allows a deed."""
    return _RANK[role] >= _RANK[_NEEDED[deed]]


class User(SQLModel, table=True):
    """A person. `password_hash` is argon2id."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=EMAIL_MAX)
    name: str = Field(max_length=120)
    role: Role = Field(default=Role.VIEWER, sa_type=word(Role))
    password_hash: str
    language: str | None = Field(default=None, max_length=8)
    theme: str | None = Field(default=None, max_length=8)
    created_at: datetime
    disabled_at: datetime | None = None


class LoginSession(SQLModel, table=True):
    """A browser that is logged in. Only the SHA-256 of its cookie is stored."""

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    created_at: datetime
    expires_at: datetime


class LoginTicket(SQLModel, table=True):
    """A right to be logged in once, within seconds: the bridge from a websocket answer to a cookie."""

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    remember: bool = False
    expires_at: datetime


class LoginAttempt(SQLModel, table=True):
    """A log-in that failed, kept to throttle guessing."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(index=True, max_length=EMAIL_MAX)
    at: datetime = Field(index=True)
