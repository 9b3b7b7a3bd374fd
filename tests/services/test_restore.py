"""The restore drill: whatever went out since the backup is found again and not sent twice, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.delivery import Delivery, DeliveryStatus, HoldReason
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Absent, Published, Undecided
from marketingos.domain.post import PostStatus
from marketingos.domain.walk import MODERATION, SETTLED, listed_within
from marketingos.errors import NotSent, Refused, TokenRejected
from marketingos.services import backup, posts, publishing, review, world
from marketingos.services.views import PersonView
from tests.services import stage
from tests.services.fake_platform import FakePlatform

pytestmark = pytest.mark.usefixtures("database")
HOUR = timedelta(hours=1)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """The one platform that every delivery goes to."""
    fake = FakePlatform()
    monkeypatch.setattr("marketingos.adapters.publisher_for", lambda *_: fake)
    return fake


@pytest.fixture
async def laura() -> PersonView:
    await world.settle()
    return await stage.person()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "before.zip"


@contextmanager
def later(span: timedelta) -> Iterator[None]:
    """The clock stands still, this much later."""
    with clock.frozen(clock.now() + span):
        yield


async def written(product: int, text: str, after: timedelta = HOUR) -> int:
    return await stage.post(product, after=after, text=text, with_picture=False)


async def approved(laura: PersonView, text: str, after: timedelta = HOUR) -> int:
    """A post of a product of its own, approved."""
    post_id = await written(await stage.product(text, (Platform.FACEBOOK,)), text, after)
    await review.approve(laura, post_id)
    return post_id


async def sweep(after: timedelta, times: int = 4) -> None:
    """Runs the publisher every minute from then on."""
    for n in range(times):
        with later(after + n * timedelta(minutes=1)):
            await publishing.publish_due()


async def statuses() -> list[DeliveryStatus]:
    async with db.reading() as s:
        return [row.status for row in (await s.exec(select(Delivery).order_by("id"))).all()]


async def test_the_drill(laura: PersonView, platform: FakePlatform, copy: Path) -> None:
    """Backup, 20 more posts go out, the old backup is put back: nothing goes out twice, nothing is lost."""
    product = await stage.product(platforms=(Platform.FACEBOOK,))
    out = [f"Publicación {n}" for n in range(20)]
    still = [f"Más tarde {n}" for n in range(5)]
    for text in out:
        await review.approve(laura, await written(product, text))
    for text in still:
        await review.approve(laura, await written(product, text, 3 * HOUR))
    await backup.backup(copy)
    await sweep(HOUR + timedelta(minutes=1), times=1)
    assert sorted(platform.ledger) == sorted(out)
    with later(HOUR + timedelta(minutes=2)):
        await backup.restore(copy, replace=True)
    assert await statuses() == [DeliveryStatus.UNKNOWN] * 20 + [DeliveryStatus.QUEUED] * 5
    await sweep(HOUR + timedelta(minutes=2), times=12)
    assert await statuses() == [DeliveryStatus.PUBLISHED] * 20 + [DeliveryStatus.QUEUED] * 5
    await sweep(3 * HOUR + timedelta(minutes=1))
    assert sorted(platform.ledger) == sorted(out + still)
    assert set(await statuses()) == {DeliveryStatus.PUBLISHED}


async def test_what_did_not_go_out_is_sent_after_all(laura: PersonView, platform: FakePlatform, copy: Path) -> None:
    """What was due in the gap and is on no list goes out once, or asks when it would be late."""
    prompt, tardy = await approved(laura, "A tiempo"), await approved(laura, "Tarde", timedelta(minutes=1))
    await backup.backup(copy)
    with later(HOUR + timedelta(minutes=2)):
        await backup.restore(copy, replace=True)
    async with db.session() as s:
        late = (await s.exec(select(Delivery).where(Delivery.variant_id == 2))).one()
        late.late_after = clock.now()
    await sweep(HOUR + timedelta(minutes=8))
    assert platform.ledger == ["A tiempo"]
    assert (await posts.post(laura, prompt)).status is PostStatus.PUBLISHED
    assert (await posts.post(laura, tardy)).variants[0].deliveries[0].hold_reason is HoldReason.LATE


async def test_lists_are_given_time(laura: PersonView, platform: FakePlatform, copy: Path) -> None:
    """Right after a restore an empty list proves nothing: nothing is asked and nothing is sent."""
    await approved(laura, "Hola")
    await backup.backup(copy)
    with later(HOUR + timedelta(minutes=2)):
        await backup.restore(copy, replace=True)
    await sweep(HOUR + timedelta(minutes=2), times=5)
    assert platform.ledger == []
    await sweep(HOUR + timedelta(minutes=2) + SETTLED)
    assert platform.ledger == ["Hola"]


async def test_an_approval_after_the_restore_looks_too(laura: PersonView, platform: FakePlatform, copy: Path) -> None:
    """A post that was approved and went out only after the backup is known again when it is approved anew."""
    post_id = await written(await stage.product(), "Hola")
    await backup.backup(copy)
    await review.approve(laura, post_id)
    await sweep(HOUR + timedelta(minutes=1), times=1)
    assert platform.ledger == ["Hola"]
    await backup.restore(copy, replace=True)
    await review.approve(laura, post_id)
    await sweep(HOUR + timedelta(minutes=1))
    assert platform.ledger == ["Hola"]
    assert (await posts.post(laura, post_id)).status is PostStatus.PUBLISHED


async def test_a_new_post_is_as_ever(laura: PersonView, platform: FakePlatform, copy: Path) -> None:
    """What is written after the backup's moment cannot have gone out before: it is just sent."""
    await stage.product()
    await backup.backup(copy)
    await backup.restore(copy, replace=True)
    await approved(laura, "Nuevo")
    async with db.reading() as s:
        assert (await s.exec(select(Delivery.verify_since))).one() is None
    await sweep(HOUR + timedelta(minutes=1))
    assert platform.ledger == ["Nuevo"]


async def test_what_cannot_be_told_waits_for_a_person(laura: PersonView, platform: FakePlatform, copy: Path) -> None:
    """It stays unconfirmed, cannot be edited, and goes out only when a person says that it is not there."""
    post_id = await approved(laura, "Hola")
    await backup.backup(copy)
    with later(HOUR + timedelta(minutes=2)):
        await backup.restore(copy, replace=True)
    platform.readable = False
    await sweep(HOUR + timedelta(minutes=8), times=20)
    view = await posts.post(laura, post_id)
    assert (platform.ledger, view.status) == ([], PostStatus.UNKNOWN)
    with pytest.raises(Refused):
        await review.edit_text(laura, view.variants[0].id, "Otra cosa", 1)
    with later(2 * HOUR):
        await publishing.settle_by_hand(laura, view.variants[0].deliveries[0].id, published=False)
    await sweep(2 * HOUR)
    assert platform.ledger == ["Hola"]


async def test_a_twin_is_not_taken_for_another(laura: PersonView, platform: FakePlatform, copy: Path) -> None:
    """Two deliveries with the same words never count one post for both."""
    product = await stage.product(platforms=(Platform.FACEBOOK,))
    for _ in range(2):
        await review.approve(laura, await written(product, "Igual"))
    await backup.backup(copy)
    platform.ledger.append("Igual")
    with later(HOUR + timedelta(minutes=2)):
        await backup.restore(copy, replace=True)
    await sweep(HOUR + timedelta(minutes=8))
    assert platform.ledger == ["Igual"]
    assert sorted(await statuses()) == [DeliveryStatus.PUBLISHED, DeliveryStatus.UNKNOWN]


@pytest.mark.parametrize("error", [NotSent(), TokenRejected()])
async def test_a_question_that_fails_sends_nothing(
    laura: PersonView, platform: FakePlatform, copy: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """While the platform cannot be asked, nothing is sent."""
    await approved(laura, "Hola")
    await backup.backup(copy)
    with later(HOUR + timedelta(minutes=2)):
        await backup.restore(copy, replace=True)

    async def broken(*_: object) -> Published | Absent | Undecided:
        raise error

    monkeypatch.setattr(platform, "find", broken)
    await sweep(HOUR + timedelta(minutes=8), times=20)
    assert platform.ledger == []
    assert set(await statuses()) <= {DeliveryStatus.UNKNOWN, DeliveryStatus.HELD}


async def test_slow_kinds_are_given_longer(laura: PersonView, platform: FakePlatform) -> None:
    """TikTok's moderation and the processing of videos keep posts off the lists longest."""
    await approved(laura, "Hola")
    async with db.reading() as s:
        content = (await s.exec(select(Delivery))).one().content
    assert listed_within(content) == SETTLED
    assert listed_within(content.model_copy(update={"platform": Platform.TIKTOK})) == MODERATION
