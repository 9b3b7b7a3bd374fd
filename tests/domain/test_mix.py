"""The mix of a product's posts: neighbours differ, and everything gets its turn."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.mix import ANGLES, CTA_TYPES, FORMATS, HOOK_TYPES, Factors, Learned, next_factors
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


leanings = st.fixed_dictionaries(
    {
        "angle": st.dictionaries(st.sampled_from(ANGLES), st.floats(-1, 1)),
        "format": st.dictionaries(st.sampled_from(FORMATS), st.floats(-1, 1)),
    }
)


@given(nearest=st.lists(factors, min_size=2, max_size=12), turn=st.integers(0, 1000), leaning=leanings)
def test_whatever_was_learned_neighbours_share_nothing(nearest: list[Factors], turn: int, leaning: object) -> None:
    """The post before and the post after: the new one differs from both in every factor."""
    chosen = next_factors(nearest, turn, Learned(leaning=leaning, exploration=0))  # type: ignore[arg-type]
    for other in nearest[:2]:
        assert not set(vars(chosen).values()) & set(vars(other).values())


@given(posts=st.integers(1, 7), start=st.integers(0, 10_000))
def test_a_week_does_not_repeat_itself(posts: int, start: int) -> None:
    """Up to seven posts in a row: no angle thrice, and no angle twice with the same kind of hook."""
    told: list[Factors] = []
    for turn in range(start, start + posts):
        told.insert(0, next_factors(told, turn))
    assert max(Counter(f.angle for f in told).values()) <= 2
    assert len({(f.angle, f.hook_type) for f in told}) == posts


def test_what_did_well_comes_oftener_and_the_rest_keeps_its_chance() -> None:
    """With a fifth of the posts exploring, the angle that did best leads, and every other one still comes."""
    told: list[Factors] = []
    learned = Learned(leaning={"angle": {"objection": 1.0}}, exploration=0.2)
    for turn in range(400):
        told.insert(0, next_factors(told, turn, learned))
    counts = Counter(f.angle for f in told)
    assert counts.most_common(1)[0][0] == "objection"
    assert set(counts) == set(ANGLES)


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
