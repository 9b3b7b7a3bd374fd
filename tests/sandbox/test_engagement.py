"""The hidden model: deterministic, never falling, quick at first, fair to what the text says."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.sandbox import engagement
from marketingos.sandbox.ledger import Ledger
from marketingos.sandbox.rows import Medium, Post

PLATFORMS = ("facebook", "instagram", "linkedin", "tiktok")
PICTURE = Medium(kind="image", sha256="0" * 64, size=1, format="jpeg", mime="image/jpeg", width=1, height=1)


def post(platform: str = "instagram", seed: str = "1", text: str = "Hola #a #b #c", **more) -> Post:
    return Post(
        **{
            "id": seed,
            "platform": platform,
            "account": "a",
            "kind": "image",
            "text": text,
            "created_at": 1e9,
            "visible_at": 1e9,
            "permalink": "",
            "followers": 3_000,
            "media": (PICTURE,),
            **more,
        }
    )


@given(platform=st.sampled_from(PLATFORMS), seed=st.text(max_size=8), ages=st.lists(st.floats(0, 1e7), min_size=2))
def test_counts_never_fall(platform: str, seed: str, ages: list[float]) -> None:
    """At a later moment no count is lower."""
    one, moments = post(platform, seed), sorted(ages)
    seen = [vars(engagement.counts(one, 1e9 + age)) for age in moments]
    for before, after in pairwise(seen):
        assert all(after[name] >= before[name] for name in before)


@given(platform=st.sampled_from(PLATFORMS), seed=st.text(max_size=8), age=st.floats(0, 1e7))
def test_nobody_reacts_without_seeing(platform: str, seed: str, age: float) -> None:
    """Reach is at most views, and no action outnumbers views."""
    seen = engagement.counts(post(platform, seed), 1e9 + age)
    assert seen.reach <= seen.views
    assert max(seen.likes, seen.comments, seen.shares, seen.saves, seen.clicks) <= seen.views


@given(platform=st.sampled_from(PLATFORMS), seed=st.text(max_size=8))
def test_the_first_views_come_within_ten_seconds(platform: str, seed: str) -> None:
    """An ordinary account's post is seen almost at once."""
    assert engagement.counts(post(platform, seed), 1e9 + 10).views > 0


@pytest.mark.parametrize("platform", PLATFORMS)
def test_half_has_come_about_the_half_life(platform: str) -> None:
    """Facebook burns out in hours, the others in a day or so; after a month all is done."""
    half = {"facebook": 81 * 60, "instagram": 20 * 3_600, "linkedin": 24 * 3_600, "tiktok": 9 * 3_600}[platform]
    assert 0.45 < engagement.grown(platform, half) < 0.6
    assert engagement.grown(platform, 60 * 86_400) > 0.97


def test_before_it_is_visible_nothing_counts() -> None:
    """A scheduled or processing post has no views."""
    assert engagement.counts(post(visible_at=2e9), 1e9).views == 0


def test_a_question_at_the_start_helps_and_chance_is_not_all() -> None:
    """Over many posts, a question in the first line and a good hour raise the mean audience."""

    def mean(text: str, hour: int = 17) -> float:
        at = 1_763_856_000 + hour * 3_600
        posts = [post(seed=f"{text}{n}", text=text, visible_at=at) for n in range(400)]
        return sum(map(engagement.audience, posts)) / len(posts)

    plain = mean("Reserva online en tu barbería sin llamadas y sin esperas, desde el móvil, cuando quieras")
    asking = mean("¿Reservas online en tu barbería? Sin llamadas y sin esperas, desde el móvil, cuando quieras")
    assert 1.1 < asking / plain < 1.4
    assert mean("Hola", hour=4) < mean("Hola", hour=17)


def test_the_same_post_has_the_same_fate() -> None:
    """The id decides the luck: equal ids agree, others differ."""
    moment = 1e9 + 86_400
    assert engagement.counts(post(seed="x"), moment) == engagement.counts(post(seed="x"), moment)
    assert len({engagement.counts(post(seed=str(n)), moment).views for n in range(50)}) > 20


def test_comments_appear_one_by_one_and_stay(tmp_path) -> None:
    """The list grows with the count, in order of time, and a deleted one stays away."""
    ledger, one = Ledger(tmp_path / "l.db"), post("facebook", followers=80_000)
    early = engagement.comments(one, 1e9 + 600, ledger)
    late = engagement.comments(one, 1e9 + 86_400, ledger)
    assert 0 < len(early) < len(late)
    assert [c.id for c in late[: len(early)]] == [c.id for c in early]
    assert engagement.comment_count(one, 1e9 + 86_400, ledger) == engagement.counts(one, 1e9 + 86_400).comments
    ledger.put_comment(replace(early[0], deleted=True))
    assert early[0].id not in {c.id for c in engagement.comments(one, 1e9 + 86_400, ledger)}
