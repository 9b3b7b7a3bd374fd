"""The first comment: a second visible call, which is never made twice either."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain import first_comment, walk
from marketingos.domain.delivery import LEASE, Delivery
from marketingos.domain.post import PostStatus, Variant
from marketingos.errors import NotSent, OutsideError, TokenRejected
from marketingos.services import posts, publishing, review
from marketingos.services.views import PersonView
from tests.services import stage
from tests.services.fake_platform import LOST, FakePlatform, Killed

pytestmark = pytest.mark.usefixtures("database")
COMMENT = "Reserva aquí"
DUE = timedelta(minutes=31)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """The one platform that every delivery goes to."""
    fake = FakePlatform(accepts=True)
    monkeypatch.setattr("marketingos.adapters.publisher_for", lambda *_: fake)
    return fake


async def approved() -> tuple[PersonView, int]:
    """A post with a first comment, due in half an hour."""
    laura = await stage.person()
    post_id = await stage.post(await stage.product(), after=timedelta(minutes=30))
    async with db.session() as s:
        (await s.exec(select(Variant))).one().first_comment = COMMENT
    await review.approve(laura, post_id)
    return laura, post_id


async def sweep(later: timedelta) -> None:
    with clock.frozen(clock.now() + later):
        await publishing.publish_due()


async def the_delivery() -> Delivery:
    async with db.reading() as s:
        return (await s.exec(select(Delivery))).one()


async def finished(laura: PersonView, post_id: int) -> str | None:
    """What the post lacks in the end."""
    for minutes in (3, 5, 9, 15, 30):
        await sweep(DUE + timedelta(minutes=minutes))
    view = await posts.post(laura, post_id)
    assert view.status is PostStatus.PUBLISHED
    return view.variants[0].deliveries[0].note_key


async def test_it_is_said_before_it_is_made(platform: FakePlatform) -> None:
    """Whoever goes on after a death finds in the row that the call may have been made."""
    laura, post_id = await approved()
    seen: list[Mapping[str, Any]] = []
    comment = platform.comment

    async def watched(*given: Any) -> Any:
        seen.append((await the_delivery()).progress)
        return await comment(*given)

    platform.comment = watched  # type: ignore[method-assign]
    await sweep(DUE)
    assert "comment_asked_at" in seen[0]
    assert await finished(laura, post_id) is None
    assert platform.comments == [COMMENT]


@pytest.mark.parametrize("arrives", [False, True], ids=["never", "late"])
async def test_a_death_while_it_is_made(platform: FakePlatform, arrives: bool) -> None:
    """The request may still be under way when the next process looks, however soon that is: it waits until it can do
    nothing any more, and there is one comment in the end."""
    laura, post_id = await approved()
    platform.comment_script = [Killed()]
    with pytest.raises(Killed):
        await sweep(DUE)
    async with db.session() as s:
        (await s.exec(select(Delivery))).one().lease_until = None
    await sweep(DUE + timedelta(seconds=1))
    assert platform.comments == []
    if arrives:
        platform.comments.append(COMMENT)
    assert await finished(laura, post_id) is None
    assert platform.comments == [COMMENT]


async def test_a_death_before_anything_was_said(platform: FakePlatform) -> None:
    """What was not said was not made."""
    laura, post_id = await approved()
    platform.settle_script = [Killed()]
    with pytest.raises(Killed):
        await sweep(DUE)
    await sweep(DUE + LEASE + timedelta(seconds=1))
    assert await finished(laura, post_id) is None
    assert platform.comments == [COMMENT]


@pytest.mark.parametrize(
    ("failures", "note"), [([LOST], None), ([NotSent()], None), ([LOST] * 3, first_comment.LACKING)]
)
async def test_a_call_that_fails(platform: FakePlatform, failures: list[OutsideError], note: str | None) -> None:
    """It is made again when it surely is not there, some times; then the post lacks it and says so."""
    laura, post_id = await approved()
    platform.comment_script = list(failures)
    await sweep(DUE)
    assert await finished(laura, post_id) == note
    assert platform.comments == ([] if note else [COMMENT])


async def test_a_permission_that_ends_before_it(platform: FakePlatform) -> None:
    """What was said is kept through the hold; afterwards it is looked for like any other."""
    await approved()
    platform.comment_script = [TokenRejected()]
    await sweep(DUE)
    row = await the_delivery()
    assert row.hold_reason == "permission"
    assert "comment_asked_at" in row.progress
    assert walk.IN_FLIGHT < walk.SETTLED
