"""Permissions: who grants them, what they must cover, until when they work, and what would not go out after that.

Scopes as of November 2026: developers.facebook.com/docs/permissions, developers.tiktok.com/doc/scopes-overview,
learn.microsoft.com/linkedin/marketing/increasing-access.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import SecretStr

from marketingos.domain.account import Account, AccountKind, AccountState
from marketingos.domain.platform import Platform


class Provider(StrEnum):
    """An app of ours that a platform knows. Each has a consent page and tokens of its own; LinkedIn wants community
    management alone on its app, so members are asked by another one."""

    META = "meta"
    TIKTOK = "tiktok"
    LINKEDIN = "linkedin"
    LINKEDIN_MEMBER = "linkedin-member"


PROVIDERS: Mapping[AccountKind, Provider] = {
    AccountKind.PAGE: Provider.META,
    AccountKind.INSTAGRAM: Provider.META,
    AccountKind.CREATOR: Provider.TIKTOK,
    AccountKind.ORGANIZATION: Provider.LINKEDIN,
    AccountKind.MEMBER: Provider.LINKEDIN_MEMBER,
}

NEEDED: Mapping[AccountKind, tuple[str, ...]] = {
    AccountKind.PAGE: ("pages_manage_posts", "pages_read_engagement"),
    AccountKind.INSTAGRAM: ("instagram_basic", "instagram_content_publish", "pages_read_engagement"),
    AccountKind.CREATOR: ("user.info.basic", "video.publish"),
    AccountKind.ORGANIZATION: ("w_organization_social", "r_organization_social", "rw_organization_admin"),
    AccountKind.MEMBER: ("openid", "profile", "w_member_social"),
}
"""Without these an account cannot be published to, or not be recognised."""

WELCOME: Mapping[AccountKind, tuple[str, ...]] = {
    AccountKind.PAGE: (
        "read_insights",
        "pages_manage_engagement",
        "pages_read_user_content",
        "pages_manage_metadata",
    ),
    AccountKind.INSTAGRAM: ("instagram_manage_insights", "instagram_manage_comments"),
    AccountKind.CREATOR: ("video.list", "user.info.profile", "user.info.stats"),
    AccountKind.ORGANIZATION: ("r_basicprofile", "w_organization_social_feed", "r_organization_social_feed"),
    AccountKind.MEMBER: (),
}
"""For figures, comments and names: an account works without them, with less."""

_TO_LIST: Mapping[Provider, tuple[str, ...]] = {Provider.META: ("pages_show_list", "business_management")}
"""For finding the accounts themselves."""

NOTICES = (30, 14, 7, 2)
"""Days before its end at which a permission is spoken of."""

SOON = timedelta(days=14)
"""A permission that ends within this asks for a hand."""


class Health(StrEnum):
    """How a permission is."""

    WORKING = "working"
    LIMITED = "limited"
    ENDING = "ending"
    ENDED = "ended"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class Permit:
    """A token as a platform issued it. None for an end means that it has none, or that nobody said."""

    token: SecretStr
    expires_at: datetime | None = None
    refresh_token: SecretStr | None = None
    refresh_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    grantor_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An account that a person's consent reaches. `obstacle` is the catalogue key of why it cannot be connected."""

    platform: Platform
    kind: AccountKind
    external_id: str
    name: str
    permit: Permit
    handle: str = ""
    parent_external_id: str | None = None
    followers: int | None = None
    obstacle: str | None = None


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What a platform says of a living token and its account; None is not told. `dated` says that the ends were told,
    so that None then means that there is none."""

    name: str = ""
    handle: str = ""
    followers: int | None = None
    scopes: tuple[str, ...] | None = None
    dated: bool = False
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    grantor_id: str | None = None


def asked_of(provider: Provider) -> tuple[str, ...]:
    """Every scope that a consent page is asked for: always the same, since LinkedIn ends older tokens of a person who
    is asked for others."""
    kinds = [kind for kind, its in PROVIDERS.items() if its is provider]
    wanted = [*_TO_LIST.get(provider, ()), *(scope for kind in kinds for scope in (*NEEDED[kind], *WELCOME[kind]))]
    return tuple(dict.fromkeys(wanted))


def lacking(kind: AccountKind, scopes: Iterable[str]) -> tuple[str, ...]:
    """The needed scopes that were not granted."""
    return tuple(scope for scope in NEEDED[kind] if scope not in set(scopes))


def granted(kind: AccountKind, scopes: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of what this kind of account makes use of: what was granted, and what was not."""
    useful, given = (*NEEDED[kind], *WELCOME[kind]), set(scopes)
    return tuple(s for s in useful if s in given), tuple(s for s in useful if s not in given)


def end_of(life: object, now: datetime) -> datetime | None:
    """When something that a platform gave so many seconds ends; None when what it said is no number. A token is kept
    all the same: that it has ended shows when it is refused."""
    return now + timedelta(seconds=int(life)) if isinstance(life, int | str) and str(life).isdecimal() else None


def ends_at(account: Account) -> datetime | None:
    """When the permission stops working unless a person does something; None when it has no end.

    A token that can be renewed lasts as long as its renewal. Meta also ends access to data when the person has not been
    seen for 90 days.
    """
    last = account.refresh_expires_at if account.sealed_refresh_token else account.token_expires_at
    return min((end for end in (last, account.data_access_expires_at) if end), default=None)


def health_of(account: Account, now: datetime) -> Health:
    """How the permission of a connected account is."""
    if account.state is not AccountState.ACTIVE:
        return Health.REJECTED
    end = ends_at(account)
    if end is not None and end <= now:
        return Health.ENDED
    if end is not None and end - now <= SOON:
        return Health.ENDING
    return Health.LIMITED if account.scopes and granted(account.kind, account.scopes)[1] else Health.WORKING


def would_not_go_out(account: Account, due: Sequence[datetime]) -> tuple[datetime, ...]:
    """Of what is due at these moments, what this permission would not live to see."""
    end = ends_at(account)
    return tuple(at for at in due if account.state is not AccountState.ACTIVE or (end is not None and at >= end))


def notice(end: datetime | None, now: datetime) -> int | None:
    """The tightest of `NOTICES` that an end has come within, 0 once it has passed, None while it is far off."""
    if end is None:
        return None
    if end <= now:
        return 0
    return min((days for days in NOTICES if end - now <= timedelta(days=days)), default=None)


def renew_from(issued_at: datetime, expires_at: datetime) -> datetime:
    """From when a token is renewed ahead of its end: in the last quarter of its life, at most a week before."""
    return expires_at - min((expires_at - issued_at) / 4, timedelta(days=7))
