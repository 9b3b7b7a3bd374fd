"""Health tells the truth: alive, silent, overdue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketingos import clock
from marketingos.services import health, review
from tests.conftest import Setter
from tests.services import stage

pytestmark = pytest.mark.usefixtures("database")


async def test_a_beating_scheduler_is_healthy() -> None:
    """With a fresh sign of life and nothing overdue all checks are fine."""
    await health.beat(health.SCHEDULER)
    view = await health.report()
    assert view.status == "healthy"
    assert all(check.ok for check in view.checks.values())


async def test_silence_is_unhealthy() -> None:
    """A scheduler that never started, or fell silent, is named."""
    assert (await health.report()).checks["scheduler"].reason == "never started"
    await health.beat(health.SCHEDULER)
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        view = await health.report()
    assert (view.status, view.checks["scheduler"].reason) == ("unhealthy", "silent")


async def test_an_external_scheduler_need_not_beat(environment: Setter) -> None:
    """Whoever leaves the sweeps to cron is not called silent."""
    environment(SCHEDULER="external")
    assert (await health.report()).checks["scheduler"].ok


async def test_an_overdue_post_is_unhealthy() -> None:
    """A post that should have left long ago is told with its seconds."""
    laura = await stage.person()
    await review.approve(laura, await stage.post(await stage.product(), after=timedelta(minutes=5)))
    with clock.frozen(clock.now() + timedelta(minutes=30)):
        await health.beat(health.SCHEDULER)
        view = await health.report()
    assert view.status == "unhealthy"
    assert view.oldest_overdue_seconds == pytest.approx(25 * 60, abs=90)


async def test_a_version_that_ends_is_spoken_of_in_time(environment: Setter) -> None:
    """From sixty days before a pinned API version ends its check is degraded; once it has ended, health is gone."""
    environment(LINKEDIN_VERSION="202609")
    await health.beat(health.SCHEDULER)
    assert not (await health.report()).checks["linkedin"].degraded
    for day, status in (
        (datetime(2027, 7, 18, tzinfo=UTC), "degraded"),
        (datetime(2027, 9, 16, tzinfo=UTC), "unhealthy"),
    ):
        with clock.frozen(day):
            await health.beat(health.SCHEDULER)
            view = await health.report()
        assert (view.status, view.checks["linkedin"].degraded) == (status, True)


async def test_no_version_is_older_than_the_calendars(environment: Setter) -> None:
    """A Graph version that Meta ended is told, one whose end nobody has announced is fine."""
    for version, fine in (("v18.0", False), ("v21.0", True), ("v26.0", True)):
        environment(META_GRAPH_VERSION=version)
        assert (await health.report()).checks["meta"].ok is fine
