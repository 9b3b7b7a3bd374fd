"""What a receipt promises: the live text is the approved one, or somebody hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.delivery import Delivery
from marketingos.domain.receipt import Verdict
from marketingos.errors import NotSent
from marketingos.services import posts, publishing, receipts, review
from marketingos.services.views import PersonView, ReceiptView
from tests.services import stage
from tests.services.fake_platform import FakePlatform

pytestmark = pytest.mark.usefixtures("database")
TEXT = "¿Todavía pierdes clientes por no contestar?"
DUE = timedelta(minutes=31)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """The one platform that every delivery goes to."""
    fake = FakePlatform()
    monkeypatch.setattr("marketingos.adapters.publisher_for", lambda *_: fake)
    return fake


async def published() -> tuple[PersonView, int]:
    laura = await stage.person()
    post_id = await stage.post(await stage.product(), after=timedelta(minutes=30), text=TEXT)
    await review.approve(laura, post_id)
    with clock.frozen(clock.now() + DUE):
        await publishing.publish_due()
    return laura, post_id


async def read_back(*, later: timedelta) -> int:
    with clock.frozen(clock.now() + DUE + later):
        return await receipts.read_back_due()


async def receipt_of(laura: PersonView, post_id: int) -> ReceiptView | None:
    return (await posts.post(laura, post_id)).variants[0].deliveries[0].receipt


async def test_what_is_shown_as_approved_has_its_receipt(platform: FakePlatform) -> None:
    """Soon after publication the post is read back once; white space and composed characters do not matter."""
    laura, post_id = await published()
    platform.shows[TEXT] = TEXT.replace("í", "i\u0301") + "\n"
    assert await read_back(later=timedelta(seconds=5)) == 0
    assert await read_back(later=timedelta(minutes=1)) == 1
    receipt = await receipt_of(laura, post_id)
    assert receipt is not None
    assert (receipt.verdict, receipt.sent_text) == (Verdict.MATCHES, TEXT)
    assert await read_back(later=timedelta(hours=5)) == 0


async def test_a_name_that_was_not_final_is_put_right(platform: FakePlatform) -> None:
    """A platform that names a post only later is believed: receipt and figures go by the new name."""
    laura, post_id = await published()
    platform.renamed = "id:later"
    await read_back(later=timedelta(minutes=1))
    receipt = await receipt_of(laura, post_id)
    assert receipt is not None
    async with db.reading() as s:
        delivery = (await s.exec(select(Delivery))).one()
    assert (delivery.external_id, receipt.verdict) == ("id:later", Verdict.MATCHES)


async def test_what_differs_is_said_after_it_had_time_to_settle(
    platform: FakePlatform, caplog: pytest.LogCaptureFixture
) -> None:
    """Another text than the approved one is read several times, and then it is an error that the post shows."""
    laura, post_id = await published()
    platform.shows[TEXT] = "¿Todavía pierdes"
    await read_back(later=timedelta(minutes=1))
    receipt = await receipt_of(laura, post_id)
    assert receipt is not None
    assert receipt.verdict is None
    for hours in (1, 2, 3, 4):
        await read_back(later=timedelta(hours=hours))
    receipt = await receipt_of(laura, post_id)
    assert receipt is not None
    assert (receipt.verdict, receipt.live_text) == (Verdict.DIFFERS, "¿Todavía pierdes")


async def test_a_list_that_lags_is_asked_again(platform: FakePlatform) -> None:
    """A post that is not there yet is looked for again, and matches when it is."""
    laura, post_id = await published()
    platform.shows[TEXT] = None
    await read_back(later=timedelta(minutes=1))
    platform.shows.clear()
    await read_back(later=timedelta(minutes=10))
    receipt = await receipt_of(laura, post_id)
    assert receipt is not None
    assert receipt.verdict is Verdict.MATCHES


async def test_what_cannot_be_read_says_so(platform: FakePlatform) -> None:
    """Where a platform lets nobody read, or never answers, the receipt says that and nothing more."""
    laura, post_id = await published()
    platform.readable = False
    await read_back(later=timedelta(minutes=1))
    receipt = await receipt_of(laura, post_id)
    assert receipt is not None
    assert receipt.verdict is Verdict.UNREADABLE


async def test_what_was_taken_down_is_said(platform: FakePlatform) -> None:
    """A platform that says again and again that there is no such post is believed, and not at its first word."""
    laura, post_id = await published()
    platform.gone = True
    await read_back(later=timedelta(minutes=1))
    receipt = await receipt_of(laura, post_id)
    assert receipt is not None
    assert receipt.verdict is None
    for hours in (1, 2, 3):
        await read_back(later=timedelta(hours=hours))
    receipt = await receipt_of(laura, post_id)
    assert receipt is not None
    assert receipt.verdict is Verdict.REMOVED


async def test_a_question_that_fails_decides_nothing(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform that is down when a post is read back leaves the receipt open."""
    laura, post_id = await published()

    async def down(*_: object) -> None:
        raise NotSent()

    with monkeypatch.context() as patch:
        patch.setattr(platform, "read_back", down)
        await read_back(later=timedelta(minutes=1))
    await read_back(later=timedelta(minutes=10))
    receipt = await receipt_of(laura, post_id)
    assert receipt is not None
    assert receipt.verdict is Verdict.MATCHES
