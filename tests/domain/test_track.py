"""What a post gained in a span is a difference of readings: gains add up, and what was not read is not known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.performance import Metrics
from marketingos.domain.track import COUNTS, Track, summed

BORN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
LIKES = COUNTS.index("likes")


def track(*likes: int | None, every: timedelta = timedelta(hours=1)) -> Track:
    """A post read every hour from its first hour on."""
    counts = tuple(tuple(n if i == LIKES else None for i in range(len(COUNTS))) for n in likes)
    return Track(published_at=BORN, times=tuple(BORN + every * (n + 1) for n in range(len(likes))), counts=counts)


def gained(post: Track, first: float, last: float) -> int | None:
    """Likes gained between two hours after publication."""
    return summed([post.gained(BORN + timedelta(hours=first), BORN + timedelta(hours=last))]).likes


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=20).map(lambda steps: list(accumulate(steps))),
    st.lists(st.integers(0, 25), min_size=2, max_size=6, unique=True).map(sorted),
)
def test_gains_add_up(likes: list[int], edges: list[int]) -> None:
    """The gains of neighbouring spans together are the gain of the whole span."""
    post = track(*likes)
    parts = [gained(post, a, b) for a, b in pairwise(edges)]
    assert sum(n or 0 for n in parts) == (gained(post, edges[0], edges[-1]) or 0)


def test_a_span_without_a_reading_is_not_zero() -> None:
    """A span in which nothing was read has no figure; one in which nothing happened has zero."""
    post = track(5, 5)
    assert gained(post, 1, 2) == 0
    assert gained(post, 3, 9) is None


def test_the_first_reading_counts_only_from_publication_on() -> None:
    """What a post gathered before its first reading belongs to the span it was published in, and to no later one."""
    post = Track(published_at=BORN, times=(BORN + timedelta(days=3),), counts=track(40).counts)
    assert gained(post, -1, 100) == 40
    assert gained(post, 60, 100) is None


def test_a_count_corrected_downwards_is_no_loss() -> None:
    """Platforms take counts back (spam, deleted likes): the day then gained nothing."""
    assert gained(track(9, 7), 1, 2) == 0


def test_a_sum_knows_what_anybody_knows() -> None:
    """A count nobody tells stays unknown; one that somebody tells is summed over those who do."""
    total = summed([track(3).counts[0], None, track(4).counts[0]])
    assert (total.likes, total.views) == (7, None)
    assert summed([]) == Metrics()
