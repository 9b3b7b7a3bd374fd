"""One fault at one call of a post's walk: every call in turn, many posts at once, each on an account of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.kinds import Kind
from tests.faults.verdict import Verdict, judge
from tests.faults.world import World

NEVER = 10**6

FAULTS: Mapping[str, Mapping[str, Any]] = {
    "silence after accepting": {"action": "accept_then_hang", "seconds": 30},
    "500 after accepting": {"action": "accept_then_500"},
    "reset after accepting": {"action": "accept_then_reset"},
    "nonsense after accepting": {"action": "malformed"},
    "silence before accepting": {"action": "hang_before_accept", "seconds": 30},
    "503 before accepting": {"action": "status", "status": 503},
    "reset before accepting": {"action": "reset_before_accept"},
    "throttle": {"action": "throttle", "retry_after": 90},
    "token expired": {"action": "token_expired"},
    "slow processing": {"action": "slow_processing", "seconds": 400},
    "failed processing": {"action": "fail_processing"},
}


@dataclass(frozen=True, kw_only=True)
class Spoilt:
    """What a fault did: how many calls it hit, and how the posts ended."""

    hits: int
    verdict: Verdict


def count_calls(world: World, kinds: Sequence[Kind]) -> dict[str, int]:
    """How many calls each kind takes when nothing goes wrong."""
    first = {world.accounts[kind.name][0]: kind for kind in kinds}
    world.faults([_rule({"action": "status"}, account, NEVER) for account in first])
    world.forget()
    world.post([(kind, account) for account, kind in first.items()])
    verdict = judge(world.settle(), world.ledger(), before=world.rows(forgotten=True))
    assert not verdict.wrong, verdict.wrong
    return {first[rule["match"]["account"]].name: rule["seen"] for rule in _rules(world)}


def spoil(world: World, kinds: Sequence[Kind], fault: str, calls: Mapping[str, int]) -> Spoilt:
    """Posts of each kind, one for each call of its walk, which is the call that the fault hits."""
    targets = {
        account: (kind, nth)
        for kind in kinds
        for nth, account in enumerate(world.accounts[kind.name][: calls[kind.name]], 1)
    }
    world.faults([_rule(FAULTS[fault], account, nth) for account, (_, nth) in targets.items()])
    world.forget()
    world.post([(kind, account) for account, (kind, _) in targets.items()])
    rows = world.settle()
    while world.answer(rows) or _reconnect(world, fault):
        rows = world.settle()
    hits = sum(rule["done"] for rule in _rules(world))
    if fault == "token expired":  # what hits a reading, or came when the post was out, holds no delivery up
        world.faults([])
        world.reconnect(world.dead())
    refused = {row.id for row in rows} if fault == "failed processing" else set()
    verdict = judge(rows, world.ledger(), refused=refused, before=world.rows(forgotten=True))
    return Spoilt(hits=hits, verdict=verdict)


def _rule(fault: Mapping[str, Any], account: str, nth: int) -> Mapping[str, Any]:
    return {**fault, "match": {"account": account, "nth": nth}, "times": 1}


def _rules(world: World) -> Sequence[Mapping[str, Any]]:
    rules: Sequence[Mapping[str, Any]] = world.http.get("/control/faults").json()["rules"]
    return rules


def _reconnect(world: World, fault: str) -> bool:
    """A person connects again the accounts whose permission died; whether there were any."""
    held = {row.draft.account for row in world.rows() if row.hold_reason == "permission"}
    if fault != "token expired" or not held:
        return False
    world.reconnect(held)
    return True
