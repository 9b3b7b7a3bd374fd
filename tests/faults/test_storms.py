"""Trouble of our own house: a locked database, a clock that jumps, a person who edits while it goes out."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from sqlmodel import select

from marketingos import db
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.post import RejectReason, Variant
from marketingos.errors import Refused
from marketingos.services import receipts, review
from tests.faults.conftest import Build
from tests.faults.kinds import KINDS
from tests.faults.launcher import BUSY
from tests.faults.verdict import judge
from tests.faults.world import ANA, World

ALL = list(KINDS.values())
ASKING = [kind.name for kind in ALL if kind.asks]
VISIBLE = r"/feed$|/media_publish$|/tiktok/video/|/rest/posts$"
RESET = {"action": "accept_then_reset", "times": 1}


def sent(world: World) -> Sequence[str]:
    """One post of every kind is due; answers the accounts."""
    world.forget()
    wanted = [(kind, world.accounts[kind.name][0]) for kind in ALL]
    world.post(wanted)
    return [account for _, account in wanted]


def settled(world: World, may_ask: Collection[str] = ASKING) -> None:
    """Everything comes to rest, a person helps where one has to, receipts are read (where a video whose moderation was
    not waited for learns its name), and the ledger agrees."""
    rows = world.settle()
    while world.answer(rows):
        rows = world.settle()
    world.forward(timedelta(hours=2))
    world.do(receipts.read_back_due())
    verdict = judge(world.rows(), world.ledger(), before=world.rows(forgotten=True))
    assert not verdict.wrong
    assert set(verdict.by_hand) <= set(may_ask)


@contextmanager
def seized(seize: Callable[[], None], let_go: Callable[[], None], times: int = 5) -> Iterator[None]:
    """Somebody else takes the lock for a second, again and again."""

    def storm() -> None:
        for _ in range(times):
            seize()
            time.sleep(1.0)
            let_go()
            time.sleep(0.4)

    thread = threading.Thread(target=storm)
    thread.start()
    yield
    thread.join()


def test_sqlite_that_somebody_else_has_locked(build_world: Build) -> None:
    """Longer than a writer waits: what could not be written down is looked up."""
    world = build_world("sqlite", **{BUSY: 300})
    world.open(ALL)
    world.start()
    sent(world)
    file = world.folder / "data" / "marketingos.db"
    other = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
    with seized(lambda: other.execute("BEGIN IMMEDIATE"), lambda: other.execute("ROLLBACK")):
        world.settle(patience=8)
    settled(world)


def test_postgresql_that_somebody_else_has_locked(build_world: Build, empty_database: Callable[[], str]) -> None:
    """Rows that are locked for longer than `lock_timeout`."""
    address = empty_database()
    with psycopg.connect(address, autocommit=True) as administrator:
        administrator.execute(f"ALTER DATABASE {administrator.info.dbname} SET lock_timeout = '300ms'")
    world = build_world("postgresql", database_url=address)
    world.open(ALL)
    world.start()
    sent(world)
    with psycopg.connect(address) as other:
        other.execute("SET lock_timeout = 0")
        with seized(lambda: other.execute("SELECT * FROM delivery, account FOR UPDATE"), other.rollback):
            world.settle(patience=8)
    settled(world)


@pytest.fixture(scope="module")
def world(build_world: Build) -> World:
    """A server with one account for each kind."""
    world = build_world("sqlite")
    world.open(ALL)
    world.start()
    return world


@pytest.mark.parametrize("jump", [timedelta(hours=3), timedelta(hours=-3)], ids=["forward", "back"])
def test_a_clock_that_jumps_and_is_put_right(world: World, jump: timedelta) -> None:
    """Ours alone, in the middle of everything, while answers get lost."""
    accounts = sent(world)
    world.faults([{**RESET, "match": {"account": account, "nth": 2}} for account in accounts])
    world.settle(patience=1)
    world.jump(jump)
    world.settle(patience=4)
    world.jump(-jump)
    settled(world)


@pytest.mark.parametrize("name", ["facebook text", "instagram picture", "tiktok video", "linkedin text"])
@pytest.mark.parametrize(("jump", "back"), [(1, -1), (-1, 1), (1, 0)], ids=["ahead", "behind", "ahead for good"])
def test_a_lost_answer_under_a_wrong_clock(world: World, name: str, jump: int, back: int) -> None:
    """By an hour, and put right before it is looked up, or not: never two. What is known by its words and its time
    alone may ask a person, since with a wrong clock the time says nothing."""
    kind, account = KINDS[name], world.accounts[name][0]
    world.forget()
    world.faults([{**RESET, "match": {"account": account, "path_regex": VISIBLE}}])
    world.jump(timedelta(hours=jump))
    world.post([(kind, account)])
    world.settle(without=lambda: [account] if world.rows()[0].status is DeliveryStatus.UNKNOWN else [])
    world.jump(timedelta(hours=back))
    rows = world.settle(without=lambda: [account] if world.rows()[0].asks else [])
    assert len(rows[0].seen_in(world.ledger())) == 1
    world.jump(timedelta(hours=-jump - back))
    world.answer(rows)
    settled(world, may_ask=KINDS)


def test_what_is_going_out_cannot_be_changed(world: World) -> None:
    """Neither edited nor withdrawn nor rejected; it arrives as it was approved."""
    kind = KINDS["facebook photo"]
    account = world.accounts[kind.name][0]
    world.forget()
    world.faults([{"action": "hang_before_accept", "seconds": 3, "match": {"account": account}}])
    (delivery,) = world.post([(kind, account)])
    while world.rows()[0].status is not DeliveryStatus.SENDING:
        time.sleep(0.05)
    variant = world.do(_variant_of(delivery))
    for change in (
        review.edit_text(ANA, variant.id or 0, "Otra cosa", variant.version),
        review.withdraw(ANA, variant.post_id),
        review.reject(ANA, variant.post_id, RejectReason.TONE),
    ):
        with pytest.raises(Refused):
            world.do(change)
    settled(world)


async def _variant_of(delivery_id: int) -> Variant:
    asked = select(Variant).join(Delivery).where(Delivery.id == delivery_id)
    async with db.reading() as s:
        return (await s.exec(asked)).one()
