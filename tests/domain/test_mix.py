"""The mix of a product's posts: neighbours differ, and everything gets its turn."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.mix import ANGLES, CTA_TYPES, FORMATS, HOOK_TYPES, Factors, next_factors
from marketingos.text import catalogue

factors = st.builds(
    Factors,
    angle=st.sampled_from(ANGLES),
    hook_type=st.sampled_from(HOOK_TYPES),
    format=st.sampled_from(FORMATS),
    cta_type=st.sampled_from(CTA_TYPES),
)


@given(nearest=st.lists(factors, min_size=1, max_size=12), turn=st.integers(0, 1000))
def test_neighbours_share_nothing(nearest: list[Factors], turn: int) -> None:
    """Whatever came before, the next post differs from its nearest neighbour in every factor."""
    chosen, last = next_factors(nearest, turn), nearest[0]
    assert chosen.angle != last.angle
    assert chosen.hook_type != last.hook_type
    assert chosen.format != last.format
    assert chosen.cta_type != last.cta_type


def week_after_week(posts: int) -> list[Factors]:
    told: list[Factors] = []
    for turn in range(posts):
        told.insert(0, next_factors(told, turn))
    return told


def test_everything_gets_its_turn() -> None:
    """Over eighty posts every angle, hook, format and call is used, none of them thrice as often as another."""
    told = week_after_week(80)
    for name, options in (("angle", ANGLES), ("hook_type", HOOK_TYPES), ("format", FORMATS), ("cta_type", CTA_TYPES)):
        counts = Counter(getattr(f, name) for f in told)
        assert set(counts) == set(options)
        assert max(counts.values()) <= 3 * min(counts.values())


def test_the_factors_mix() -> None:
    """An angle meets many kinds of hook, so that what works can be told apart later."""
    told = week_after_week(80)
    met = {angle: {f.hook_type for f in told if f.angle == angle} for angle in ANGLES}
    assert min(len(hooks) for hooks in met.values()) >= 4


def test_two_products_do_not_march_in_step() -> None:
    """Products begin at different places."""
    assert next_factors([], 1) != next_factors([], 2)


def test_every_factor_has_its_words() -> None:
    """Each value has a text in both languages."""
    wanted = {f"angle.{v}" for v in ANGLES} | {f"hook_type.{v}" for v in HOOK_TYPES}
    wanted |= {f"format.{v}" for v in FORMATS} | {f"cta_type.{v}" for v in CTA_TYPES}
    assert wanted <= set(catalogue("es"))
    assert wanted <= set(catalogue("en"))
