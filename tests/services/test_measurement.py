"""Readings are appended, figures are differences between them, and what is not known is never zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.delivery import Delivery
from marketingos.domain.performance import Metrics, Reading, as_columns
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Grant
from marketingos.errors import NotSent
from marketingos.services import measurement, publishing, review
from marketingos.services.views import PersonView
from tests.services import stage
from tests.services.fake_platform import FakePlatform

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """The one platform that everything is published on and read from."""
    fake = FakePlatform()
    monkeypatch.setattr("marketingos.adapters.publisher_for", lambda *_: fake)
    return fake


async def published(laura: PersonView, text: str = "¿Todavía pierdes clientes?") -> datetime:
    """A post that went out; answers when."""
    post_id = await stage.post(await stage.product(text, (Platform.FACEBOOK,)), after=timedelta(minutes=1), text=text)
    await review.approve(laura, post_id)
    at = clock.now() + timedelta(minutes=2)
    with clock.frozen(at):
        await publishing.publish_due()
    return at


async def readings() -> Sequence[Reading]:
    async with db.reading() as s:
        return (await s.exec(select(Reading).order_by(Reading.id))).all()  # type: ignore[arg-type]


async def read(at: datetime, metrics: Metrics) -> None:
    """A reading of the one delivery, as if the platform had said this then."""
    async with db.session() as s:
        delivery = (await s.exec(select(Delivery))).one()
        s.add(Reading(delivery_id=delivery.id or 0, taken_at=at, **as_columns(metrics)))


async def test_a_fresh_post_is_read_at_once_and_then_on_the_ladder(platform: FakePlatform) -> None:
    """The first reading follows publication, the next one waits for its rung."""
    at = await published(await stage.person())
    with clock.frozen(at + timedelta(seconds=1)):
        assert await measurement.measure_due() == 1
        assert await measurement.measure_due() == 0
    with clock.frozen(at + timedelta(seconds=70)):
        assert await measurement.measure_due() == 1
    kept = await readings()
    assert [(r.views, r.likes, r.clicks) for r in kept] == [(100, 7, None)] * 2


async def test_a_reading_that_failed_comes_again_soon(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform that does not answer costs minutes and not a rung of the ladder, and writes nothing."""
    at = await published(await stage.person()) + timedelta(hours=30)

    async def fail(grant: Grant, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        raise NotSent

    with monkeypatch.context() as broken:
        broken.setattr(platform, "measure", fail)
        with clock.frozen(at):
            assert await measurement.measure_due() == 0
    assert list(await readings()) == []
    with clock.frozen(at + measurement.RETRY):
        assert await measurement.measure_due() == 1


async def test_days_are_gains_and_unread_days_are_unknown(platform: FakePlatform) -> None:
    """A day shows what was gained in it; before the first reading nothing is known, and that is not zero."""
    laura = await stage.person()
    at = await published(laura)
    await read(at + timedelta(hours=1), Metrics(likes=10, comments=2))
    await read(at + timedelta(days=1), Metrics(likes=25, comments=5))
    with clock.frozen(at + timedelta(days=1, minutes=1)):
        view = await measurement.engagement(laura, days=7)
    assert [day.metrics.engagement for day in view.days] == [None] * 5 + [12, 18]
    assert sum(day.posts for day in view.days) == view.published == 1
    assert view.totals.likes == 25
    assert view.totals.views is None


async def test_a_count_that_a_platform_corrects_is_no_loss(platform: FakePlatform) -> None:
    """A platform that takes a number back does not make a negative day."""
    laura = await stage.person()
    at = await published(laura)
    await read(at + timedelta(hours=1), Metrics(likes=10))
    await read(at + timedelta(days=1), Metrics(likes=8))
    with clock.frozen(at + timedelta(days=1, minutes=1)):
        view = await measurement.engagement(laura, days=7)
    assert [day.metrics.engagement for day in view.days][-2:] == [10, 0]


async def test_platforms_and_products_have_their_own_figures(platform: FakePlatform) -> None:
    """A figure is of its platform, and a filter by product leaves the others out."""
    laura = await stage.person()
    at = await published(laura)
    await read(at + timedelta(minutes=5), Metrics(views=500, likes=10))
    with clock.frozen(at + timedelta(minutes=6)):
        everything = await measurement.engagement(laura, days=7)
        nothing = await measurement.engagement(laura, days=7, product_id=4711)
    by_platform = {row.platform: row.metrics.engagement for row in everything.platforms}
    assert by_platform[Platform.FACEBOOK] == 10
    assert by_platform[Platform.LINKEDIN] is None
    assert nothing.published == 0
    assert [post.metrics.engagement for post in everything.posts] == [10]


async def test_the_live_chart_grows_with_readings(platform: FakePlatform) -> None:
    """Every new reading is a later point, and the total never falls while counts rise."""
    laura = await stage.person()
    at = await published(laura)
    for minutes, likes in ((1, 1), (2, 4), (3, 9)):
        await read(at + timedelta(minutes=minutes), Metrics(likes=likes))
    with clock.frozen(at + timedelta(minutes=4)):
        moments = (await measurement.engagement(laura, days=7)).moments
    assert [m.engagement for m in moments][-3:] == [1, 4, 9]
    assert [m.at for m in moments] == sorted(m.at for m in moments)


async def test_a_new_reading_changes_the_revision(platform: FakePlatform) -> None:
    """Screens that compare revisions see every reading."""
    at = await published(await stage.person())
    before = await measurement.revision()
    await read(at, Metrics(likes=1))
    assert await measurement.revision() != before
