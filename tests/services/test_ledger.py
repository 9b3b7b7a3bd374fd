"""No two similar posts stand near each other: what was said is told to the writer, and looked for in the answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.cycle import Shortfall
from marketingos.domain.platform import Platform
from marketingos.domain.post import RejectReason
from marketingos.domain.said import FactUse
from marketingos.services import generation, ledger, review
from tests.services.studio import HOOKS, MONDAY, Studio, demo, person, posts

pytestmark = pytest.mark.usefixtures("database")
OLD = "Son las 20:47 y el móvil vuelve a sonar mientras terminas un degradado. Nadie te paga esa llamada perdida."


@pytest.fixture(autouse=True)
async def product(studio: Studio) -> int:
    """ReservasPro on Instagram."""
    studio.writes()
    studio.draws()
    return (await demo("ReservasPro", platforms=(Platform.INSTAGRAM,)))["ReservasPro"]


async def cycle(after: timedelta = timedelta()) -> None:
    with clock.frozen(MONDAY + after):
        await generation.request_cycle(person())
        await generation.run_cycles()


def told(text: str) -> dict[str, object]:
    return {"instagram": {"body": text}}


async def test_a_text_that_was_told_is_told_anew(studio: Studio) -> None:
    """The answer that repeats another post is sent back once, with that post quoted."""
    studio.writes(told(OLD), told(OLD.replace("degradado", "afeitado")))
    await cycle()
    repairs = [body for body in studio.asked["messages"] if len(body["messages"]) == 3]
    assert len(repairs) == 1
    assert OLD in repairs[0]["messages"][2]["content"]
    assert len([p for p in await posts() if "degradado" in p.variants[0].text]) == 1


def wish(body: Any) -> dict[str, str]:
    """What a question wants: slot, angle, kind of opening, format and call."""
    lines = (line.partition(": ") for line in body["messages"][0]["content"].splitlines())
    return {name: value for name, _, value in lines if name in ("slot", "angle", "hook_type", "format", "cta_type")}


async def test_one_that_repeats_again_leaves_its_slot_empty_and_says_why(studio: Studio) -> None:
    """Rather no post than the same twice; the next cycle tries another idea."""
    again = told(OLD.replace("degradado", "afeitado"))
    studio.writes(told(OLD), again, *([again] * 8))
    await cycle()
    async with db.reading() as s:
        reasons = set((await s.exec(select(Shortfall.error_key))).all())
    assert reasons == {"error.claude_repeats"}
    assert len(await posts()) == 1
    studio.writes()
    asked = len(studio.asked["messages"])
    await cycle(timedelta(minutes=5))
    assert len(await posts()) == 5
    first, second = (
        {wish(body)["slot"]: wish(body) for body in bodies if len(body["messages"]) == 1}
        for bodies in (studio.asked["messages"][:asked], studio.asked["messages"][asked:])
    )
    assert all(first[slot] != wanted for slot, wanted in second.items())


async def test_after_ninety_days_it_may_be_said_again(studio: Studio, product: int) -> None:
    """The ledger holds what readers remember, and all that lies ahead."""
    await cycle()
    async with db.reading() as s:
        soon = await ledger.of(s, product, MONDAY + timedelta(days=60))
        late = await ledger.of(s, product, MONDAY + timedelta(days=100))
    assert {said.hook for said in soon.near(MONDAY, 20)} == {p.title for p in await posts()}
    assert late.near(MONDAY, 20) == []


async def test_the_writer_knows_what_is_near_and_which_facts_rested(studio: Studio) -> None:
    """Openings, topics and facts of the posts around; the facts that nobody told yet come first."""
    await cycle()
    await cycle(timedelta(days=7))
    brief = studio.asked["messages"][-1]["messages"][0]["content"]
    assert f"- {HOOKS[1]}" in brief
    assert "| reservas | llamadas perdidas | F3" in brief
    rested = next(line for line in brief.splitlines() if line.startswith("facts_rested: "))
    assert "F3" not in rested


async def test_a_fact_counts_the_posts_that_told_it(studio: Studio, product: int) -> None:
    """How many, and when the last goes out; a post that is rejected whole told nothing."""
    await cycle()
    told = await posts()
    async with db.reading() as s:
        assert (await ledger.uses(s, product))["F3"] == FactUse(count=len(told), last_at=told[-1].scheduled_at)
    with clock.frozen(MONDAY):
        await review.reject(person(), told[-1].id or 0, RejectReason.TONE)
    async with db.reading() as s:
        assert (await ledger.uses(s, product))["F3"] == FactUse(count=len(told) - 1, last_at=told[-2].scheduled_at)
