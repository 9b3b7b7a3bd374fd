"""Why this post, in a person's words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketingos import clock, db
from marketingos.domain.platform import Platform
from marketingos.domain.post import Post
from marketingos.services import generation, posts, review
from marketingos.ui.post.why import WhyRow, why_row
from tests.services.conftest import studio as studio
from tests.services.studio import MONDAY, Studio, demo, person

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def post_id(studio: Studio) -> int:
    """A post of ReservasPro, written and pictured."""
    studio.writes()
    studio.draws()
    await demo("ReservasPro", platforms=(Platform.INSTAGRAM,))
    with clock.frozen(MONDAY):
        await generation.request_cycle(person())
        await generation.run_cycles()
    return 1


async def told(post_id: int, language: str = "es") -> WhyRow:
    return why_row(await posts.post(person(), post_id), language)


async def test_facts_are_told_in_full_and_as_they_were(post_id: int) -> None:
    """The text behind each code, also after the sheet has changed; and the ideas that were not chosen."""
    async with db.session() as s:
        post = await s.get_one(Post, post_id)
        assert [fact.code for fact in post.brief.facts] == ["F3"]
    row = await told(post_id)
    assert row.facts == (("F3", "Prueba de 14 días gratis, sin tarjeta", "usado en 5 publicaciones"),)
    assert [hook for hook, _ in row.alternatives] == [
        "La llamada que no cogiste tenía nombre", "Reservan solos mientras tú cortas",
    ]  # fmt: skip
    assert all(why_not for _, why_not in row.alternatives)


async def test_what_it_cost_is_told_by_what_it_was_for(post_id: int) -> None:
    """Texts and picture, each with its calls and its euro, in the language of the person."""
    assert {name for name, _, _ in (await told(post_id)).expenses} == {"Textos", "Imagen"}
    english = await told(post_id, "en")
    assert {name for name, _, _ in english.expenses} == {"Texts", "Picture"}
    assert english.made_with.startswith("claude-sonnet-5-5 · instructions 2026-11.")


async def test_a_post_for_a_holiday_says_so_and_says_when_it_was_moved_off_it(post_id: int) -> None:
    """Christmas on Boxing Day is worth a second look."""
    christmas = MONDAY.replace(month=12, day=25, hour=10)
    async with db.session() as s:
        post = await s.get_one(Post, post_id)
        post.brief = post.brief.model_copy(update={"holiday": "Navidad"})
    with clock.frozen(MONDAY):
        await review.move(person(), post_id, christmas.replace(tzinfo=None))
        assert (await told(post_id)).holiday == "Festivo nacional: Navidad. Está escrita para ese día."
        await review.move(person(), post_id, christmas.replace(tzinfo=None) + timedelta(days=3))
        assert "ahora sale otro día" in (await told(post_id)).holiday
    assert (await told(2)).holiday == ""
