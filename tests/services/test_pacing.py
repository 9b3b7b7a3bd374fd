"""Rests: a limited or a sick account waits, everything on it, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.adapters import http
from marketingos.domain.account import Account, AccountState
from marketingos.domain.delivery import Delivery, DeliveryStatus, HoldReason
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Grant
from marketingos.domain.post import Variant
from marketingos.errors import AccountBlocked, NotSent, OutsideError, PermissionMissing, PostFailed, RateLimited
from marketingos.services import accounts, claiming, connections, pacing, posts, publishing, review
from marketingos.services.views import DeliveryView, PersonView
from tests.services import stage
from tests.services.fake_platform import LOST, FakePlatform, accepts_then, fails_with

pytestmark = pytest.mark.usefixtures("database")
DUE = timedelta(minutes=31)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """The one platform that every delivery goes to."""
    fake = FakePlatform()
    monkeypatch.setattr("marketingos.adapters.publisher_for", lambda *_: fake)
    return fake


@pytest.fixture
async def laura() -> PersonView:
    return await stage.person()


async def scheduled(laura: PersonView, *texts: str, platform: Platform = Platform.FACEBOOK, name: str = "Una") -> None:
    """Approved posts on one account, due in half an hour."""
    product = await stage.product(name, (platform,))
    for text in texts:
        post = await stage.post(product, after=timedelta(minutes=30), text=text, platforms=(platform,))
        await review.approve(laura, post)


async def sweep(later: timedelta) -> datetime:
    """Runs the publisher; answers what time it was."""
    with clock.frozen(clock.now() + later):
        await publishing.publish_due()
        return clock.now()


async def next_due(later: timedelta) -> timedelta | None:
    """How long after `later` the next delivery wants a worker."""
    with clock.frozen(clock.now() + later):
        due = await claiming.next_due()
        return due - clock.now() if due else None


async def deliveries() -> dict[str, Delivery]:
    async with db.reading() as s:
        return {d.content.text: d for d in (await s.exec(select(Delivery))).all()}


async def the_account() -> Account:
    async with db.reading() as s:
        return (await s.exec(select(Account))).one()


async def test_a_limit_rests_the_whole_account(laura: PersonView, platform: FakePlatform) -> None:
    """After a 429 the other posts of the account are not even tried before the platform allows it."""
    await scheduled(laura, "uno", "dos", "tres")
    platform.script = [fails_with(RateLimited(retry_after=timedelta(minutes=20)))]
    await sweep(DUE)
    await sweep(DUE + timedelta(minutes=19))
    assert platform.ledger == []
    assert sorted(d.attempts for d in (await deliveries()).values()) == [0, 0, 1]
    assert platform.prepared == 1
    await sweep(DUE + timedelta(minutes=21))
    assert sorted(platform.ledger) == ["dos", "tres", "uno"]


async def test_another_account_does_not_rest(laura: PersonView, platform: FakePlatform) -> None:
    """One account's limit is not another's."""
    await scheduled(laura, "uno")
    await scheduled(laura, "dos", name="Otra")
    platform.script = [fails_with(RateLimited(retry_after=timedelta(hours=1)))]
    await sweep(DUE)
    assert len(platform.ledger) == 1


async def test_the_metronome_knows_of_the_rest(laura: PersonView, platform: FakePlatform) -> None:
    """The next due moment is when the rest ends, not each second of it."""
    await scheduled(laura, "uno", "dos")
    platform.script = [fails_with(RateLimited(retry_after=timedelta(minutes=20)))]
    await sweep(DUE)
    wait = await next_due(DUE + timedelta(minutes=1))
    assert wait is not None
    assert timedelta(minutes=18) < wait <= timedelta(minutes=20)


async def test_what_grows_late_meanwhile_asks_a_person(laura: PersonView, platform: FakePlatform) -> None:
    """A rest until tomorrow does not hide a post that is late today."""
    await scheduled(laura, "uno", "dos")
    platform.script = [fails_with(RateLimited(retry_after=timedelta(hours=30)))]
    await sweep(DUE)
    await sweep(DUE + timedelta(hours=6))
    assert {d.hold_reason for d in (await deliveries()).values()} == {HoldReason.LATE}
    assert platform.prepared == 1


async def test_what_may_be_out_is_looked_after_all_the_same(laura: PersonView, platform: FakePlatform) -> None:
    """A resting account's unconfirmed post is looked up: nobody waits for the truth."""
    await scheduled(laura, "uno", "dos")
    limit = RateLimited(retry_after=timedelta(hours=1))
    platform.script = [accepts_then(LOST), fails_with(limit)]
    await sweep(DUE)
    await sweep(DUE + timedelta(minutes=1))
    states = {text: d.status for text, d in (await deliveries()).items()}
    assert sorted(states.values()) == [DeliveryStatus.PUBLISHED, DeliveryStatus.RETRYING]


async def test_a_sick_account_is_tried_less_and_less(laura: PersonView, platform: FakePlatform) -> None:
    """Failures in a row open the circuit; one success closes it, and everything goes out."""
    await scheduled(laura, *"abcdef")
    platform.script = [fails_with(NotSent())] * 5
    await sweep(DUE)
    assert len(platform.script) == 2
    for minutes in (2, 6, 20, 40):
        await sweep(DUE + timedelta(minutes=minutes))
    assert sorted(platform.ledger) == list("abcdef")
    assert (await the_account()).strikes == 0


async def test_trouble_with_one_post_is_not_the_accounts(laura: PersonView, platform: FakePlatform) -> None:
    """A file that a platform cannot process does not stop the account's other posts."""
    await scheduled(laura, *"abcdef")
    platform.script = [fails_with(PostFailed())] * 4
    await sweep(DUE)
    assert len(platform.ledger) == 2
    assert (await the_account()).resting_until is None


async def test_a_cut_line_is_tried_until_the_post_is_late(laura: PersonView, platform: FakePlatform) -> None:
    """However often the connection fails, a post does not fail: it goes out, or a person decides."""
    await scheduled(laura, "uno")
    platform.script = [fails_with(NotSent())] * 40
    for minutes in range(0, 180, 4):
        await sweep(DUE + timedelta(minutes=minutes))
    row = (await deliveries())["uno"]
    assert row.attempts > 6
    assert row.hold_reason is HoldReason.LATE


async def test_a_post_that_fails_for_its_own_sake_is_given_up(laura: PersonView, platform: FakePlatform) -> None:
    """What a platform cannot process six times over fails, with its reason."""
    await scheduled(laura, "uno")
    platform.script = [fails_with(PostFailed("error.instagram.processing"))] * 40
    for minutes in range(0, 110, 4):
        await sweep(DUE + timedelta(minutes=minutes))
    row = (await deliveries())["uno"]
    assert (row.status, row.error_key, len(platform.script)) == (
        DeliveryStatus.FAILED,
        "error.instagram.processing",
        34,
    )


async def test_no_more_inits_a_minute_than_tiktok_takes(laura: PersonView, platform: FakePlatform) -> None:
    """Six posts of a creator go out at once, the seventh when the minute is over."""
    await scheduled(laura, *"abcdefgh", platform=Platform.FACEBOOK)
    async with db.session() as s:
        (await s.exec(select(Account))).one().kind = stage.KINDS[Platform.TIKTOK]
    at = await sweep(DUE)
    assert len(platform.ledger) == 6
    with clock.frozen(at + timedelta(seconds=59)):
        await publishing.publish_due()
    assert len(platform.ledger) == 6
    with clock.frozen(at + timedelta(seconds=61)):
        await publishing.publish_due()
    assert len(platform.ledger) == 8


async def test_advice_by_the_way_is_taken(laura: PersonView, platform: FakePlatform) -> None:
    """A platform that says in passing that its limit is near is left alone before it refuses anything."""
    await scheduled(laura, "uno", "dos")
    platform.before_step = lambda: http.advise(timedelta(minutes=10))
    await sweep(DUE)
    assert len(platform.ledger) == 1
    assert (await the_account()).rest_reason == "rest.usage"


@pytest.mark.parametrize("reason", [pacing.LIMIT, pacing.USAGE, pacing.PACE, pacing.CIRCUIT])
async def test_a_rest_is_said_where_a_person_looks(laura: PersonView, platform: FakePlatform, reason: str) -> None:
    """The post that it keeps back and the account's row say why, and when it goes on; a post for later does not."""
    await scheduled(laura, "uno")
    account, delivery = await the_account(), (await deliveries())["uno"]
    until = delivery.not_before + timedelta(minutes=10)
    await pacing.rest(account.id or 0, delivery.not_before - timedelta(minutes=1), reason)
    assert (await shown(laura, delivery)).resting_until is None
    await pacing.rest(account.id or 0, until, reason)
    told = await shown(laura, delivery)
    assert (told.rest_reason, told.resting_until) == (reason, until)
    (row,) = await connections.every()
    assert (row.rest_reason, row.resting_until) == (reason, until)
    with clock.frozen(until):
        assert (await shown(laura, delivery)).rest_reason is None
        (row,) = await connections.every()
        assert row.rest_reason is None


async def shown(laura: PersonView, delivery: Delivery) -> DeliveryView:
    """The delivery as its post shows it."""
    async with db.reading() as s:
        variant = await s.get_one(Variant, delivery.variant_id)
    return (await posts.post(laura, variant.post_id)).variants[0].deliveries[0]


HOLDS: list[tuple[Callable[[], OutsideError], HoldReason]] = [
    (PermissionMissing, HoldReason.PERMISSION),
    (AccountBlocked, HoldReason.BLOCKED),
]


@pytest.mark.parametrize(("refusal", "reason"), HOLDS)
async def test_what_only_a_person_can_mend_is_held(
    laura: PersonView, platform: FakePlatform, refusal: Callable[[], OutsideError], reason: HoldReason
) -> None:
    """A permission that does not cover posting, or a stopped account, holds its posts; once it is connected again they
    go out."""
    await scheduled(laura, "uno", "dos")
    platform.script = [fails_with(refusal())]
    await sweep(DUE)
    rows = await deliveries()
    assert {d.status for d in rows.values()} == {DeliveryStatus.HELD}
    assert reason in {d.hold_reason for d in rows.values()}
    account = await the_account()
    assert (account.state, account.state_reason) == (AccountState.NEEDS_RECONNECT, refusal().key)
    with clock.frozen(clock.now() + DUE + timedelta(minutes=1)):
        await reconnected(account)
        await publishing.publish_due()
    assert sorted(platform.ledger) == ["dos", "uno"]


async def reconnected(account: Account) -> Grant:
    await accounts.connect(
        platform=account.platform,
        kind=account.kind,
        external_id=account.external_id,
        name=account.name,
        token=accounts.secret("another"),
    )
    return accounts.grant_of(await the_account())
