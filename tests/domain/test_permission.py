"""Rules of permissions: what they must cover, until when they last, what would not go out after that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.account import Account, AccountKind, AccountState
from marketingos.domain.permission import (
    NEEDED,
    NOTICES,
    PROVIDERS,
    SOON,
    WELCOME,
    Health,
    Provider,
    asked_of,
    ends_at,
    granted,
    health_of,
    lacking,
    notice,
    renew_from,
    would_not_go_out,
)
from marketingos.domain.platform import Platform

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)

spans = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=400))
moments = st.builds(lambda span: NOW + span, st.timedeltas(min_value=-400 * DAY, max_value=400 * DAY))


def account(**facts: object) -> Account:
    given = {"platform": Platform.TIKTOK, "kind": AccountKind.CREATOR, "external_id": "x", "name": "X"}
    return Account(**{**given, "sealed_token": "t", "connected_at": NOW, **facts})


@pytest.mark.parametrize("kind", list(AccountKind))
def test_everything_that_is_made_use_of_is_asked_for(kind: AccountKind) -> None:
    """A consent page asks for all that an account needs or profits from, and for nothing twice."""
    asked = asked_of(PROVIDERS[kind])
    assert set(NEEDED[kind] + WELCOME[kind]) <= set(asked)
    assert len(asked) == len(set(asked))


def test_each_linkedin_app_is_asked_for_its_own_scopes() -> None:
    """Community management must be alone on its app: nothing of the members' app is asked of it."""
    assert not set(asked_of(Provider.LINKEDIN)) & {"openid", "profile", "w_member_social"}


@given(kind=st.sampled_from(AccountKind), data=st.data())
def test_what_is_granted_and_what_is_missing_make_a_whole(kind: AccountKind, data: st.DataObject) -> None:
    """Granted and missing are what is made use of; an account lacks exactly the needed ones that are missing."""
    scopes = data.draw(st.sets(st.sampled_from((*asked_of(PROVIDERS[kind]), "of.no.use"))))
    given, missing = granted(kind, scopes)
    assert sorted(given + missing) == sorted(NEEDED[kind] + WELCOME[kind])
    assert set(lacking(kind, scopes)) == set(missing) & set(NEEDED[kind])


def test_a_permission_that_renews_itself_ends_with_its_renewal() -> None:
    """The end of a token that can be renewed is of no interest to a person; the end of its renewal is."""
    token = account(token_expires_at=NOW + DAY)
    assert ends_at(token) == NOW + DAY
    renewable = account(token_expires_at=NOW + DAY, sealed_refresh_token="r", refresh_expires_at=NOW + 180 * DAY)
    assert ends_at(renewable) == NOW + 180 * DAY
    assert ends_at(account(token_expires_at=NOW + DAY, sealed_refresh_token="r")) is None


def test_the_end_of_data_access_is_an_end() -> None:
    """Meta's tokens may have no date while the access they give has one."""
    assert ends_at(account(data_access_expires_at=NOW + 90 * DAY)) == NOW + 90 * DAY
    assert ends_at(account()) is None


@given(end=moments, due=st.lists(moments))
def test_what_is_due_from_the_end_on_would_not_go_out(end: datetime, due: list[datetime]) -> None:
    """Every moment is on one side of the end; with a dead permission all are on the wrong one."""
    lost = would_not_go_out(account(token_expires_at=end), due)
    assert all(at >= end for at in lost)
    assert len(lost) + sum(at < end for at in due) == len(due)
    dead = account(token_expires_at=end, state=AccountState.NEEDS_RECONNECT)
    assert would_not_go_out(dead, due) == tuple(due)
    assert would_not_go_out(account(), due) == ()


@given(end=moments)
def test_a_notice_is_the_tightest_that_was_reached(end: datetime) -> None:
    """30, 14, 7 and 2 days before its end, and 0 from then on; nothing while it is far off."""
    told = notice(end, NOW)
    left = end - NOW
    if left <= timedelta():
        assert told == 0
    elif left > timedelta(days=max(NOTICES)):
        assert told is None
    else:
        assert told in NOTICES
        assert left <= timedelta(days=told or 0)
        assert not any(left <= timedelta(days=days) for days in NOTICES if days < (told or 0))


@given(end=moments, earlier=moments, later=moments)
def test_notices_only_get_tighter(end: datetime, earlier: datetime, later: datetime) -> None:
    """As time goes by, what is told never becomes less urgent, so that each is told once."""
    first, second = (notice(end, at) for at in sorted((earlier, later)))
    assert (second if second is not None else 99) <= (first if first is not None else 99)


def test_a_permission_without_an_end_is_never_spoken_of() -> None:
    """No date, no notice."""
    assert notice(None, NOW) is None


@given(issued=moments, life=spans)
def test_renewal_begins_in_the_last_quarter_and_at_most_a_week_ahead(issued: datetime, life: timedelta) -> None:
    """Soon enough to survive a bad hour of the platform, late enough not to renew all day."""
    start = renew_from(issued, issued + life)
    assert issued + life * 0.74 < start < issued + life
    assert issued + life - start <= 7 * DAY


@pytest.mark.parametrize(
    ("facts", "health"),
    [
        ({}, Health.WORKING),
        ({"scopes": ("user.info.basic", "video.publish")}, Health.LIMITED),
        ({"token_expires_at": NOW + SOON}, Health.ENDING),
        ({"token_expires_at": NOW + SOON + DAY}, Health.WORKING),
        ({"token_expires_at": NOW}, Health.ENDED),
        ({"state": AccountState.NEEDS_RECONNECT, "token_expires_at": NOW}, Health.REJECTED),
    ],
)
def test_health_is_the_worst_that_is_known(facts: dict[str, object], health: Health) -> None:
    """Dead before ended, ended before ending, ending before incomplete; unknown scopes are not taken for missing."""
    assert health_of(account(**facts), NOW) is health
