"""The ledger of what is visible, against what the product says and was to do."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marketingos.domain.delivery import DeliveryStatus
from marketingos.domain.first_comment import LACKING
from marketingos.domain.platform import Format
from tests.faults.kinds import Kind
from tests.staging import Draft

LOOKS = 6
"""After so many looks without a result a person is asked."""

Live = Mapping[str, Any]
"""A visible post, as the sandbox's ledger tells it."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What the product says of one delivery."""

    id: int
    kind: Kind
    draft: Draft
    status: DeliveryStatus
    external_id: str | None
    lease_until: datetime | None
    not_before: datetime
    looks: int
    error_key: str | None
    hold_reason: str | None
    fence: int
    note_key: str | None = None
    by_hand: bool = False

    @property
    def asks(self) -> bool:
        """Whether a person has been asked."""
        return self.status is DeliveryStatus.UNKNOWN and self.looks >= LOOKS

    @property
    def rests(self) -> bool:
        """Whether nothing will happen to it by itself that a test should wait for."""
        ended = {DeliveryStatus.PUBLISHED, DeliveryStatus.FAILED, DeliveryStatus.HELD, DeliveryStatus.CANCELLED}
        return self.status in ended or (self.kind.asks and self.asks)

    @property
    def files(self) -> list[str]:
        """The files that were to go out, by their SHA-256."""
        return [hashlib.sha256(file).hexdigest() for file in self.draft.files]

    def seen_in(self, ledger: Iterable[Live]) -> list[Live]:
        """The visible posts that are this one: by its words, a story by its file."""
        live = [post for post in ledger if post["account"] == self.draft.account]
        if self.draft.format is Format.STORY:
            files = self.files
            return [post for post in live if any(medium["sha256"] in files for medium in post["media"])]
        return [post for post in live if self.draft.text in (post["text"], post["title"])]


@dataclass(kw_only=True)
class Verdict:
    """What is wrong, in words, by the kind of wrong; and who had to be asked."""

    deliveries: int = 0
    duplicates: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    by_hand: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> list[str]:
        return [*self.duplicates, *self.losses, *self.false]

    def add(self, other: Verdict) -> None:
        self.deliveries += other.deliveries
        self.duplicates += other.duplicates
        self.losses += other.losses
        self.false += other.false
        self.by_hand += other.by_hand


def judge(
    rows: Iterable[Row], ledger: Sequence[Live], *, refused: Collection[int] = (), before: Iterable[Row] = ()
) -> Verdict:
    """Every delivery against the ledger, and every visible post against the deliveries, to which those of `before`
    belong too; of the deliveries `refused` a platform had reason to refuse a file."""
    verdict, ours = Verdict(), set[str]()
    by_account: dict[str, list[Live]] = {}
    for post in ledger:
        by_account.setdefault(post["account"], []).append(post)
    for row in rows:
        seen = row.seen_in(by_account.get(row.draft.account, ()))
        ours |= {post["id"] for post in seen}
        verdict.deliveries += 1
        verdict.by_hand[row.kind.name] += row.by_hand or row.asks
        _judge_one(verdict, row, seen, row.id in refused)
    for row in before:
        ours |= {post["id"] for post in row.seen_in(by_account.get(row.draft.account, ()))}
    verdict.by_hand = +verdict.by_hand
    # One whose words were mangled is none of ours, and would hide that it is there twice.
    verdict.false += [
        f"{post['id']}: nobody's post, {post['text'][:40]!r}" for post in ledger if post["id"] not in ours
    ]
    return verdict


def _judge_one(verdict: Verdict, row: Row, live: Sequence[Live], refused: bool) -> None:
    words = f"{row.kind.name} {row.id}: {row.status} ({row.error_key}, {row.hold_reason}), {len(live)} visible"
    if len(live) > 1:
        verdict.duplicates.append(words)
    if row.status is DeliveryStatus.PUBLISHED:
        if not live:
            verdict.losses.append(words)
        elif not (row.kind.hidden or row.by_hand) and row.external_id != live[0]["id"]:
            verdict.false.append(f"{words}; it says {row.external_id}, not {live[0]['id']}")
        elif not (live[0]["visible"] or row.by_hand):
            verdict.false.append(f"{words}; it is not visible yet")
        elif [medium["sha256"] for medium in live[0]["media"]] != row.files:
            verdict.false.append(f"{words}; its media are others")
        else:
            _judge_comment(verdict, row, _comments(live[0]), words)
    elif row.kind.asks and row.asks:
        pass
    elif live:
        verdict.false.append(words)
    elif not (refused and row.status is DeliveryStatus.FAILED):
        verdict.losses.append(words)


def _judge_comment(verdict: Verdict, row: Row, comments: Sequence[str], words: str) -> None:
    """Once, or not and said."""
    wanted, told = [row.draft.first_comment] if row.draft.first_comment else [], row.note_key
    if len(comments) > len(wanted):
        verdict.duplicates.append(f"{words}; comments {comments}")
    elif list(comments) != wanted and told is None:
        verdict.losses.append(f"{words}; comments {comments}")
    elif list(comments) == wanted and told == LACKING:
        verdict.false.append(f"{words}; {told}, but comments {comments}")


def _comments(live: Live) -> list[str]:
    return [comment["text"] for comment in live["comments"]]
