"""A sample of a voice: from the form as it stands, paid and booked, never stored."""

from __future__ import annotations

import pytest
from sqlmodel import select

from marketingos import db
from marketingos.domain.cycle import Spend
from marketingos.domain.platform import Platform
from marketingos.domain.post import Post
from marketingos.domain.user import Role
from marketingos.errors import BadAnswer, ContentRefused, Forbidden, OutcomeUnknown, OverBudget
from marketingos.services import sampling
from tests.conftest import Setter
from tests.services import stage
from tests.services.studio import Studio, api_error, message, person

FORM = {
    "name": "AulaPlus",
    "voice": {"tone": "seco", "banned_words": ["barato"]},
    "facts": [
        {"claim": "Prueba de 14 días gratis"},
        {"claim": "Desde 9 € en noviembre", "valid_until": "2020-11-30"},
    ],
}


async def spends() -> list[Spend]:
    async with db.reading() as s:
        return list((await s.exec(select(Spend))).all())


async def test_a_sample_is_booked_and_not_stored(studio: Studio) -> None:
    """It costs what the answer said, at most what was announced, and leaves nothing but its cost."""
    product = await stage.product()
    made = await sampling.sample(person(), FORM, Platform.INSTAGRAM, product_id=product)
    [spend] = await spends()
    assert (spend.purpose, spend.product_id, spend.settled, spend.euro) == ("sample", product, True, made.euro)
    assert 0 < made.euro <= sampling.price()
    assert made.text
    async with db.reading() as s:
        assert (await s.exec(select(Post))).all() == []


async def test_the_writer_is_told_what_the_form_says(studio: Studio) -> None:
    """Unsaved words too; a fact that is over is not among them."""
    await sampling.sample(person(), FORM, Platform.LINKEDIN)
    [asked] = studio.asked["messages"]
    book = asked["system"][1]["text"]
    assert "tone: seco" in book
    assert "Prueba de 14 días gratis" in book
    assert "noviembre" not in book
    assert "platforms: linkedin" in asked["messages"][0]["content"]


async def test_another_one_comes_from_another_angle(studio: Studio) -> None:
    """Each turn asks for something else."""
    for turn in range(3):
        await sampling.sample(person(), FORM, Platform.INSTAGRAM, turn=turn)
    assert len({asked["messages"][0]["content"] for asked in studio.asked["messages"]}) == 3


async def test_a_form_that_is_wrong_costs_nothing(studio: Studio) -> None:
    """The problems are told instead."""
    told = await sampling.sample(person(), {**FORM, "website": "no es"}, Platform.INSTAGRAM)
    assert [p.name for p in told.problems] == ["website"]
    assert studio.texts == 0


async def test_no_money_no_sample(studio: Studio, environment: Setter) -> None:
    """The caps count for samples as for posts."""
    environment(AI_BUDGET_DAY="0.01")
    with pytest.raises(OverBudget):
        await sampling.sample(person(), FORM, Platform.INSTAGRAM)
    assert studio.texts == 0


async def test_what_the_writer_declines_is_said(studio: Studio) -> None:
    """A refusal and nonsense are sentences, and both were paid."""
    answers = iter((message("No.", stop_reason="refusal"), message("{}")))
    studio.instead["messages"] = lambda _: next(answers)
    with pytest.raises(ContentRefused):
        await sampling.sample(person(), FORM, Platform.INSTAGRAM)
    with pytest.raises(BadAnswer):
        await sampling.sample(person(), FORM, Platform.INSTAGRAM)
    assert len(await spends()) == 2


async def test_a_viewer_spends_nothing(studio: Studio) -> None:
    """Only who may have posts written."""
    with pytest.raises(Forbidden):
        await sampling.sample(person(Role.VIEWER), FORM, Platform.INSTAGRAM)


async def test_a_large_sheet_is_entered_at_what_it_may_cost(studio: Studio) -> None:
    """A call whose answer is lost stays entered; the longer the sheet, the dearer, so that no cap is passed unseen."""
    studio.writes(api_error(500), api_error(500))
    large = {**FORM, "facts": [{"claim": f"{n} {'reservas y recordatorios ' * 10}"} for n in range(200)]}
    for form in (FORM, large):
        with pytest.raises(OutcomeUnknown):
            await sampling.sample(person(), form, Platform.INSTAGRAM)
    small_one, large_one = await spends()
    assert large_one.euro > small_one.euro + 0.04
