"""A post's status is one word, derived from its parts by the first line that fits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.delivery import DeliveryStatus as D
from marketingos.domain.post import Part, PostStatus, VariantStatus, status_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
PENDING, DRAFT, REJECTED = (
    Part(variant=v) for v in (VariantStatus.PENDING, VariantStatus.DRAFT, VariantStatus.REJECTED)
)


def sent(status: D) -> Part:
    return Part(variant=VariantStatus.APPROVED, delivery=status)


parts = st.one_of(
    st.sampled_from([PENDING, DRAFT, REJECTED]),
    st.sampled_from(list(D)).map(sent),
)


@pytest.mark.parametrize(
    ("given_parts", "at", "word"),
    [
        ([], LATER, PostStatus.DRAFT),
        ([PENDING, PENDING], LATER, PostStatus.PENDING_APPROVAL),
        ([PENDING, sent(D.PUBLISHED)], EARLIER, PostStatus.EXPIRED),
        ([PENDING, sent(D.QUEUED)], LATER, PostStatus.PENDING_APPROVAL),
        ([sent(D.QUEUED), sent(D.HELD)], LATER, PostStatus.APPROVED),
        ([sent(D.PUBLISHED), sent(D.RETRYING)], EARLIER, PostStatus.APPROVED),
        ([sent(D.SENDING), sent(D.PUBLISHED)], EARLIER, PostStatus.PUBLISHING),
        ([sent(D.PUBLISHED), sent(D.PUBLISHED)], EARLIER, PostStatus.PUBLISHED),
        ([sent(D.PUBLISHED), REJECTED], EARLIER, PostStatus.PUBLISHED),
        ([sent(D.PUBLISHED), sent(D.CANCELLED)], EARLIER, PostStatus.PUBLISHED),
        ([sent(D.PUBLISHED), sent(D.FAILED)], EARLIER, PostStatus.PARTIAL),
        ([sent(D.FAILED), sent(D.QUEUED)], EARLIER, PostStatus.FAILED),
        ([sent(D.UNKNOWN), sent(D.SENDING)], EARLIER, PostStatus.UNKNOWN),
        ([REJECTED, REJECTED], LATER, PostStatus.REJECTED),
        ([DRAFT], LATER, PostStatus.DRAFT),
    ],
)
def test_each_line_of_the_rule(given_parts: list[Part], at: datetime, word: PostStatus) -> None:
    """Every line of the rule gives its word."""
    assert status_of(given_parts, at, NOW) is word


@given(st.lists(parts, max_size=6), st.randoms())
def test_order_of_parts_does_not_matter(some: list[Part], random: object) -> None:
    """The word does not depend on the order in which parts are listed."""
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert status_of(some, LATER, NOW) is status_of(shuffled, LATER, NOW)


@given(st.lists(parts, max_size=6))
def test_nothing_hides_a_doubt(some: list[Part]) -> None:
    """An unconfirmed part makes the post unconfirmed, whatever else it has."""
    assert status_of([*some, sent(D.UNKNOWN)], EARLIER, NOW) is PostStatus.UNKNOWN


@given(st.lists(parts, max_size=6))
def test_published_means_all_of_it(some: list[Part]) -> None:
    """PUBLISHED is never said while a counted part is anything else."""
    if status_of(some, EARLIER, NOW) is PostStatus.PUBLISHED:
        out = {D.PUBLISHED, D.CANCELLED, None}
        assert all(p.delivery in out and (p.delivery or p.variant is VariantStatus.REJECTED) for p in some)
