"""Planning finds the empty slots ahead, once each, at the right minute."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.mix import Factors
from marketingos.domain.platform import Platform
from marketingos.domain.post import Brief, Post
from marketingos.domain.product import Product
from marketingos.domain.slot import Slot
from marketingos.services import planning
from marketingos.services.planning import Gap
from tests.services.studio import MONDAY, demo, person

pytestmark = pytest.mark.usefixtures("database")


async def plan(name: str = "ReservasPro", now: datetime = MONDAY) -> tuple[Gap, ...]:
    ids = await demo()
    async with db.reading() as s:
        return await planning.plan(s, await s.get_one(Product, ids[name]), now)


async def fill(gap: Gap) -> None:
    """A post in that gap."""
    async with db.session() as s:
        brief = Brief(**vars(gap.factors))
        s.add(
            Post(
                product_id=gap.product_id,
                slot_key=gap.slot_key,
                wall_time=f"{gap.wall:%Y-%m-%dT%H:%M}",
                timezone=gap.timezone,
                scheduled_at=gap.scheduled_at,
                brief=brief,
                created_at=MONDAY,
                updated_at=MONDAY,
            )
        )


async def test_a_week_is_planned() -> None:
    """Every slot of the week ahead is a gap, in order, with its platforms, at its minute in Madrid."""
    gaps = await plan()
    assert [f"{g.wall:%a %H:%M}" for g in gaps] == [
        "Mon 09:30", "Tue 18:30", "Thu 12:30", "Thu 18:30", "Sat 10:30", "Sun 19:00",
    ]  # fmt: skip
    assert gaps[0].scheduled_at == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert gaps[1].platforms == (Platform.INSTAGRAM, Platform.FACEBOOK, Platform.LINKEDIN, Platform.TIKTOK)
    assert gaps[1].slot_key.endswith(":2026-11-24T18:30")


async def test_a_slot_too_near_is_left() -> None:
    """Forty-five minutes before a slot it is still filled, a minute later no more."""
    at = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert (await plan(now=at - planning.LEAD_TIME))[0].scheduled_at == at
    late = await plan(now=at - planning.LEAD_TIME + timedelta(minutes=1))
    assert at not in {gap.scheduled_at for gap in late}


async def test_a_filled_slot_is_no_gap() -> None:
    """What a post fills is planned no more, by anybody."""
    first, *rest = await plan()
    await fill(first)
    assert [g.slot_key for g in await plan()] == [g.slot_key for g in rest]


async def test_only_platforms_with_an_account_are_planned() -> None:
    """A slot keeps the platforms that can be reached and disappears with the last one."""
    ids = await demo(platforms=(Platform.INSTAGRAM,))
    async with db.reading() as s:
        gaps = await planning.plan(s, await s.get_one(Product, ids["ReservasPro"]), MONDAY)
    assert {g.platforms for g in gaps} == {(Platform.INSTAGRAM,)}
    assert len(gaps) == 5


async def test_consecutive_posts_differ() -> None:
    """No two neighbours share an angle, a kind of hook, a format or a call, also next to posts that are there."""
    first, *_ = await plan()
    await fill(first)
    told = [first.factors, *(gap.factors for gap in await plan())]
    for one, next in itertools.pairwise(told):
        assert not set(vars(one).values()) & set(vars(next).values())


async def test_two_planners_agree_on_the_slots() -> None:
    """Whoever plans names the same slots by the same keys, so the second writer finds them taken."""
    assert [g.slot_key for g in await plan()] == [g.slot_key for g in await plan()]


async def test_the_horizon_and_the_number_are_settings(environment: Callable[..., object]) -> None:
    """`HORIZON_DAYS` and `POSTS_PER_CYCLE` bound a plan."""
    environment(HORIZON_DAYS=1)
    assert len(await plan()) == 1
    environment(HORIZON_DAYS=14, POSTS_PER_CYCLE=8)
    assert len(await plan()) == 8


async def test_a_slot_keeps_its_wall_clock_over_the_change_of_time() -> None:
    """09:30 stays 09:30 in Madrid when summer time begins."""
    gaps = await plan(now=datetime(2027, 3, 25, 12, tzinfo=UTC))
    monday = next(g for g in gaps if g.wall.weekday() == 0)
    assert (monday.wall.hour, monday.wall.minute) == (9, 30)
    assert monday.scheduled_at == datetime(2027, 3, 29, 7, 30, tzinfo=UTC)


async def test_free_slots_are_shown_for_any_window() -> None:
    """The calendar gets the same openings, for several products, also beyond the horizon."""
    ids = await demo()
    start = MONDAY + timedelta(days=21)
    async with db.reading() as s:
        chosen = [await s.get_one(Product, ids[name]) for name in ("PulsoFit", "FacturaClara")]
        found = await planning.free_slots(s, chosen, start, start + timedelta(days=7))
    assert len(found) == 10
    assert [f.scheduled_at for f in found] == sorted(f.scheduled_at for f in found)
    assert {f.product.name for f in found} == {"PulsoFit", "FacturaClara"}


async def test_factors_survive_the_row() -> None:
    """What a post was made of is read back when the next one is planned."""
    first, *_ = await plan()
    await fill(first)
    async with db.reading() as s:
        brief = (await s.get_one(Post, 1)).brief
    assert Factors(**{name: getattr(brief, name) for name in vars(first.factors)}) == first.factors


# -- holidays and the best slot ----------------------------------------------------------------------------------------

CHRISTMAS_WEEK = datetime(2026, 12, 21, 7, tzinfo=UTC)


async def change(name: str, **values: object) -> int:
    """A product with other values; its id."""
    ids = await demo()
    async with db.session() as s:
        row = await s.get_one(Product, ids[name])
        for field, value in values.items():
            setattr(row, field, value)
    return ids[name]


async def test_a_slot_on_a_holiday_is_filled_for_that_day() -> None:
    """It knows what is celebrated; the slots of the days before know that it comes."""
    gaps = {f"{g.wall:%d}": g for g in await plan("FacturaClara", CHRISTMAS_WEEK)}
    assert gaps["25"].holiday == "Natividad del Señor"
    assert all(not g.holiday for day, g in gaps.items() if day != "25")
    assert [name for _, name in gaps["22"].soon] == ["Natividad del Señor"]


async def test_the_country_of_a_product_goes_before_its_zone() -> None:
    """A product of Mexico that posts at the hours of Madrid keeps Mexico's holidays."""
    await change("FacturaClara", country="MX")
    (christmas,) = [g for g in await plan("FacturaClara", CHRISTMAS_WEEK) if g.wall.day == 25]
    assert christmas.holiday == "Navidad"


async def test_every_planned_post_differs_from_both_its_neighbours() -> None:
    """Also when it falls between two posts that are there."""
    gaps = await plan()
    for gap in (gaps[0], gaps[2], gaps[5]):
        await fill(gap)
    told = sorted([*(await plan()), gaps[0], gaps[2], gaps[5]], key=lambda g: g.scheduled_at)
    for one, next in itertools.pairwise(told):
        assert not set(vars(one.factors).values()) & set(vars(next.factors).values())


async def best(name: str, *platforms: Platform, now: datetime = MONDAY, angle: str = "") -> str:
    """The best slot for a post, as its day and hour."""
    ids = await demo()
    with clock.frozen(now):
        slot = await planning.best_slot(person(), ids[name], platforms, angle=angle)
    return f"{slot.wall:%a %d %H:%M}" if slot else ""


async def test_the_next_slot_is_the_best_one_unless_a_better_one_is_near() -> None:
    """A post for Instagram takes the first of its slots; one for LinkedIn waits a day for a slot that serves it."""
    assert await best("ReservasPro", Platform.INSTAGRAM) == "Mon 23 09:30"
    assert await best("ReservasPro", Platform.LINKEDIN) == "Tue 24 18:30"


async def test_the_best_slot_is_free_and_lies_ahead() -> None:
    """What is filled, or too near to be looked at in time, is not offered."""
    first, *_ = await plan()
    await fill(first)
    assert await best("ReservasPro", Platform.INSTAGRAM) == "Tue 24 18:30"
    assert await best("PulsoFit", now=datetime(2026, 11, 30, 6, 25, tzinfo=UTC)) != "Mon 30 07:30"


async def test_a_holiday_is_not_offered_when_a_working_day_is_near() -> None:
    """A post that was not written for it had better not stand on it."""
    monday = datetime(2026, 12, 7, 20, tzinfo=UTC)
    assert await best("ReservasPro", Platform.LINKEDIN, now=monday) == "Thu 10 12:30"


async def test_without_a_free_slot_none_is_offered() -> None:
    """A product without slots has no good one."""
    ids = await demo()
    async with db.session() as s:
        for slot in (await s.exec(select(Slot).where(Slot.product_id == ids["PulsoFit"]))).all():
            await s.delete(slot)
    assert await best("PulsoFit") == ""
