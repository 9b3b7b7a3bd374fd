"""The rows of the sandbox's ledger. Times are Unix seconds (float), ids are text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Facts = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Account:
    id: str
    platform: str
    kind: str
    brand: str
    name: str
    handle: str
    parent: str | None = None
    followers: int = 0
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Token:
    """An access token: who acts (`subject`), through which app, and for which accounts it may act (`grants`).

    `state` is active, expired or revoked, the last with Meta's subcode where it matters (`revoked:460`).
    """

    token: str
    platform: str
    kind: str
    subject: str
    app: str = ""
    grants: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    issued_at: float = 0
    expires_at: float | None = None
    state: str = "active"
    refresh: str | None = None
    refresh_expires_at: float | None = None

    @property
    def revoked(self) -> bool:
        return self.state.startswith("revoked")

    def expired(self, now: float) -> bool:
        return self.state == "expired" or (self.expires_at is not None and self.expires_at <= now)


@dataclass(frozen=True, kw_only=True)
class Asset:
    """Something the public never sees: an unpublished photo, a container, an upload, an OAuth code."""

    id: str
    platform: str
    kind: str
    owner: str
    created_at: float
    facts: Facts


@dataclass(frozen=True, kw_only=True)
class Medium:
    """Bytes as the platform received them, and what a probe found in them."""

    kind: str
    sha256: str
    size: int
    format: str
    mime: str
    width: int = 0
    height: int = 0
    seconds: float = 0
    fps: float = 0
    codec: str = ""
    pages: int = 0
    alt: str = ""

    @classmethod
    def load(cls, facts: Mapping[str, Any]) -> "Medium":
        return cls(**facts)


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post as followers see it from `visible_at` on (None: never, until somebody publishes it)."""

    id: str
    platform: str
    account: str
    kind: str
    text: str
    created_at: float
    visible_at: float | None
    permalink: str
    title: str = ""
    audience: str = "public"
    deleted_at: float | None = None
    followers: int = 0
    media: tuple[Medium, ...] = ()
    facts: Facts = field(default_factory=dict)
    seq: int = 0

    def visible(self, now: float) -> bool:
        return self.deleted_at is None and self.visible_at is not None and self.visible_at <= now

    def age(self, now: float) -> float:
        return max(0.0, now - (self.visible_at if self.visible_at is not None else now))


@dataclass(frozen=True, kw_only=True)
class Comment:
    id: str
    post: str
    author: str
    name: str
    text: str
    created_at: float
    parent: str | None = None
    hidden: bool = False
    deleted: bool = False
