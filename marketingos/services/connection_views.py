"""What the accounts page gets to see: permissions, and what came of asking for one. Frozen, as in `views`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marketingos.domain.account import AccountKind
from marketingos.domain.permission import Health, Provider
from marketingos.domain.platform import Platform
from marketingos.services.views import AccountView, ProductView


@dataclass(frozen=True, kw_only=True)
class DueView:
    """A post that is scheduled on an account."""

    post_id: int
    title: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConnectionView:
    """An account with its permission. `ends_at` is when it stops working unless a person does something (None: never by
    date); `renews` says that it renews itself until then; `granted` and `missing` are scopes. `due` are the moments at
    which something is scheduled, `lost` those of them that this permission would not live to see, `lost_posts` the
    posts. `audience` is the standing choice of who sees a TikTok creator's posts, with who made it and when;
    `private_only` says that TikTok lately refused to post for others than the creator alone. `paused` says that it, or
    its platform, is paused; `pause_id` is the one that is about this account alone. Until `resting_until` nothing new
    is sent for it, for `rest_reason` (a catalogue key)."""

    account: AccountView
    external_id: str
    kind: AccountKind
    provider: Provider
    products: tuple[ProductView, ...]
    health: Health
    reason: str | None
    ends_at: datetime | None
    renews: bool
    granted: tuple[str, ...]
    missing: tuple[str, ...]
    connected_at: datetime
    connected_by: str | None
    checked_at: datetime | None
    due: tuple[datetime, ...] = ()
    lost: tuple[datetime, ...] = ()
    lost_posts: tuple[DueView, ...] = ()
    audience: str = ""
    audience_by: str = ""
    audience_at: datetime | None = None
    private_only: bool = False
    paused: bool = False
    pause_id: int | None = None
    resting_until: datetime | None = None
    rest_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class ConnectionsView:
    """The accounts page. `configured` are the apps that may ask for permission; `can_connect` says whether this person
    may, `can_choose` whether they may choose a TikTok audience."""

    rows: tuple[ConnectionView, ...]
    products: tuple[ProductView, ...]
    configured: tuple[Provider, ...]
    now: datetime
    until: datetime
    can_connect: bool
    can_choose: bool
    revision: str


@dataclass(frozen=True, kw_only=True)
class OfferView:
    """An account that a consent reaches and that may be connected, unless there is an obstacle (a catalogue key)."""

    key: str
    platform: Platform
    kind: AccountKind
    name: str
    handle: str
    followers: int | None
    connected: bool
    obstacle: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ConsentView:
    """What came of a visit to a consent page: a problem (a catalogue key, with its values), accounts to choose from, or
    neither once they are connected."""

    id: int
    provider: Provider
    problem: str | None
    details: Mapping[str, Any] = field(default_factory=dict)
    offers: tuple[OfferView, ...] = ()
