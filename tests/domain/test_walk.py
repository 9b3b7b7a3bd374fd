"""Rules of a publication's walk that hold on every platform."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain import walk
from marketingos.domain.ports import Absent, Published, Undecided

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SPANS = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=30))


@given(st.integers(0, 4), SPANS, st.booleans())
def test_a_post_is_adopted_only_when_exactly_one_matches(count: int, waited: timedelta, doubtful: bool) -> None:
    """One match is the post. None is absent only when the list was complete and time enough has passed."""
    matches = [Published(external_id=str(n)) for n in range(count)]
    found = walk.verdict(matches, NOW - waited, NOW, doubtful=doubtful)
    if count == 1:
        assert found is matches[0]
    elif count == 0 and not doubtful and waited >= walk.SETTLED:
        assert isinstance(found, Absent)
    else:
        assert isinstance(found, Undecided)


@given(SPANS, SPANS)
def test_pauses_grow_and_stay_within_a_minute(one: timedelta, other: timedelta) -> None:
    """The longer something takes the less often it is asked, but every minute at least."""
    shorter, longer = sorted((one, other))
    assert timedelta(seconds=2) <= walk.pause(shorter) <= walk.pause(longer) <= timedelta(minutes=1)


@given(st.text(), st.sampled_from(["NFC", "NFD"]))
def test_same_text_survives_what_platforms_do_to_it(text: str, form: str) -> None:
    """Normalisation, trimming and folding of white space leave a text the same; another word does not."""
    returned = " ".join(unicodedata.normalize(form, f" {text}\n").split())  # type: ignore[arg-type]
    assert walk.same_text(text, returned)
    assert not walk.same_text(text, returned + " más")


@given(SPANS)
def test_moments_in_progress_are_read_back(span: timedelta) -> None:
    """A moment that was kept gives its age; one that is missing has none, and one in the future is not negative."""
    progress = {"at": walk.stamp(NOW - span)}
    assert walk.age(progress, "at", NOW) == span
    assert walk.age(progress, "other", NOW) == timedelta()
    assert walk.age(progress, "at", NOW - span - timedelta(seconds=1)) == timedelta()


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_midnight_is_ahead_and_within_a_day(hour: int) -> None:
    """Daily quotas start again at midnight UTC."""
    now = NOW.replace(hour=hour)
    span = walk.until_midnight(now)
    assert timedelta() < span <= timedelta(days=1)
    assert (now + span).hour == (now + span).minute == 0


def test_the_first_try_counts() -> None:
    """A walk that was tried again may have made its post at its first try."""
    begun = NOW - timedelta(hours=1)
    assert walk.begun({"begun_at": walk.stamp(begun)}, NOW) == begun
    assert walk.begun({}, NOW) == NOW
