"""A delivery never forgets that it may be out, and retries by a rule that is a value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.delivery import MAX_SETBACKS, Content, Delivery, DeliveryStatus, next_attempt
from marketingos.domain.platform import Format, Platform
from marketingos.errors import ContentRefused, NotSent, OutsideError, PostFailed, RateLimited

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def content(text: str = "hola") -> Content:
    return Content(platform=Platform.FACEBOOK, format=Format.TEXT, text=text)


def delivery() -> Delivery:
    mine = content()
    return Delivery(
        variant_id=1,
        account_id=1,
        content=mine,
        content_hash=mine.hash,
        due_at=NOW,
        not_before=NOW,
        late_after=NOW + timedelta(hours=2),
        created_at=NOW,
    )


@given(st.integers(1, 500), st.floats(0, 1), st.integers(0, 7200))
def test_a_retry_lies_ahead_and_respects_the_platform(attempts: int, jitter: float, seconds: int) -> None:
    """The next attempt is later than now, never sooner than asked, never later than half an hour beyond."""
    asked = timedelta(seconds=seconds)
    at = next_attempt(RateLimited(retry_after=asked), attempts, 0, NOW, jitter)
    assert at is not None
    assert max(asked, timedelta(seconds=7)) <= at - NOW <= max(asked, timedelta(minutes=30))


@given(st.integers(1, 20), st.floats(0, 1))
def test_hopeless_errors_are_not_retried(attempts: int, jitter: float) -> None:
    """What the platform will never take is not sent again, and what fails for its own sake not for ever."""
    assert next_attempt(ContentRefused(), attempts, 0, NOW, jitter) is None
    assert next_attempt(PostFailed(), attempts, MAX_SETBACKS, NOW, jitter) is None


@given(st.lists(st.integers(1, 20), min_size=2, max_size=2, unique=True), st.floats(0, 1))
def test_pauses_grow(pair: list[int], jitter: float) -> None:
    """The more attempts, the longer the pause, at equal jitter."""
    first, second = sorted(pair)
    error: OutsideError = NotSent()
    sooner, later = next_attempt(error, first, 0, NOW, jitter), next_attempt(error, second, 0, NOW, jitter)
    assert sooner is not None
    assert later is not None
    assert sooner <= later


def test_a_claim_shuts_others_out_until_its_lease_ends() -> None:
    """A claimed delivery is not free before the lease ends, and the next claim shows a higher fence."""
    mine = delivery()
    first = mine.claim(NOW)
    assert not mine.is_free(NOW + timedelta(seconds=30))
    assert mine.is_free(NOW + timedelta(minutes=10))
    assert mine.claim(NOW + timedelta(minutes=10)) == first + 1


def test_an_unconfirmed_delivery_stays_unconfirmed_while_it_is_looked_for() -> None:
    """Looking for a post does not show it as being published again."""
    mine = delivery()
    mine.claim(NOW)
    mine.intent_at = NOW
    mine.doubt(NOW, "error.outcome_unknown")
    mine.claim(NOW)
    assert mine.status is DeliveryStatus.UNKNOWN
    assert mine.intent_at == NOW


def test_other_content_forgets_old_uploads() -> None:
    """Uploads made for one content are not used for another."""
    mine = delivery()
    mine.progress = {"photo": "1"}
    mine.requeue(content(), NOW, NOW, NOW)
    assert mine.progress == {"photo": "1"}
    mine.requeue(content("otra"), NOW, NOW, NOW)
    assert mine.progress == {}


@given(st.text(), st.text())
def test_the_hash_tells_contents_apart(one: str, other: str) -> None:
    """Two contents have the same hash exactly when they are the same."""
    assert (content(one).hash == content(other).hash) is (one == other)
