"""Receipts: a published post is read back, and what its platform shows is compared with what was approved.

Lists and caches lag, so what is missing or differs is read again some times before it counts.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import adapters, clock, log
from marketingos.db import claimable, session
from marketingos.domain import walk
from marketingos.domain.account import Account, AccountState
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.ports import Live, Publisher, Removed, Shown, Undecided
from marketingos.domain.receipt import Receipt, Sent, Verdict, read_again
from marketingos.errors import OutsideError
from marketingos.services import accounts, media, pacing, permissions, recording

logger = log.get_logger(__name__)

BATCH = 200
_HOLD = timedelta(minutes=5)
"""For so long nobody else reads what one worker has taken."""


async def read_back_due() -> int:
    """Reads the published posts whose receipt is due, an account's one after the other; answers how many."""
    by_account: dict[int, list[Delivery]] = defaultdict(list)
    for delivery in await _take_due():
        by_account[delivery.account_id].append(delivery)
    counts = await asyncio.gather(*(_read_all(group) for group in by_account.values()))
    return sum(counts)


async def _take_due() -> Sequence[Delivery]:
    now = clock.now()
    async with session() as s:
        statement = (
            select(Delivery)
            .join(Account)
            .where(Delivery.status == DeliveryStatus.PUBLISHED, col(Delivery.read_back_at) <= now)
            .where(Account.state == AccountState.ACTIVE)
            .options(selectinload(Delivery.account))  # type: ignore[arg-type]
            .order_by(col(Delivery.read_back_at))
            .limit(BATCH)
        )
        due = (await s.exec(claimable(statement, of=Delivery))).all()
        for delivery in due:
            delivery.read_back_at = now + clock.human(_HOLD)
        return due


async def _read_all(due: Sequence[Delivery]) -> int:
    """One account's posts; whatever goes wrong with them is its own trouble. A limit lets the account rest."""
    account = due[0].account
    publisher = permissions.kept(adapters.publisher_for(account.platform, media.library()))
    try:
        with adapters.advised() as advice:
            for delivery in due:
                await _enter(delivery, account, publisher, await _shown(delivery, account, publisher))
        if advice.rest:
            await pacing.rest(account.id or 0, clock.now() + advice.rest, pacing.USAGE)
    except Exception:
        logger.exception("receipt.broke", account=account.id)
        return 0
    return len(due)


async def _shown(delivery: Delivery, account: Account, publisher: Publisher) -> Shown:
    """What the platform shows; a question that fails says nothing about the post."""
    try:
        return await publisher.read_back(accounts.grant_of(account), delivery.content, delivery.external_id or "")
    except OutsideError as error:
        logger.warning("receipt.not_read", delivery=delivery.id, error=error.key, diagnostic=error.diagnostic)
        return Undecided()


async def _enter(delivery: Delivery, account: Account, publisher: Publisher, shown: Shown) -> None:
    """Writes the receipt down; without a verdict it is read again."""
    async with session() as s:
        row, now = await s.get_one(Delivery, delivery.id, with_for_update=True), clock.now()
        receipt = await s.get(Receipt, row.id) or _begun(row, account, publisher)
        receipt.read_at, receipt.looks = now, receipt.looks + 1
        if isinstance(shown, Live):
            row.external_id = receipt.external_id = shown.external_id or receipt.external_id
            row.permalink = receipt.permalink = shown.permalink or row.permalink
            receipt.live_text = shown.text
        again = read_again(receipt.looks, now)
        receipt.verdict = _verdict(receipt.sent, shown, is_last=again is None)
        row.read_back_at = None if receipt.verdict else again
        s.add(receipt)
        await recording.touch(s, row)
    if receipt.verdict is Verdict.DIFFERS:
        logger.error("receipt.differs", delivery=row.id, sent=receipt.sent.text, live=receipt.live_text)


def _begun(delivery: Delivery, account: Account, publisher: Publisher) -> Receipt:
    content = delivery.content
    sent = Sent(
        account=account.external_id,
        text=walk.shown_text(content),
        wire_text=publisher.wire_text(content),
        link_url=content.link_url,
        first_comment=content.first_comment,
        files=tuple(attachment.sha256 for attachment in content.attachments),
    )
    return Receipt(
        delivery_id=delivery.id or 0,
        approved_hash=delivery.content_hash,
        sent=sent,
        external_id=delivery.external_id or "",
        permalink=delivery.permalink,
        read_at=clock.now(),
    )


def _verdict(sent: Sent, shown: Shown, *, is_last: bool) -> Verdict | None:
    """What this reading means; None when it is not the last and may yet change: platforms have said for a while that
    what was there was not."""
    if shown is None:
        return Verdict.UNREADABLE
    if isinstance(shown, Live) and walk.same_text(shown.text, sent.text):
        return Verdict.MATCHES
    if not is_last:
        return None
    if isinstance(shown, Removed):
        return Verdict.REMOVED
    return Verdict.DIFFERS if isinstance(shown, Live) else Verdict.UNREADABLE
