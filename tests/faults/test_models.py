"""Claude and Replicate going wrong in every way: a clear state, another try at the next sweep, and nothing that had
arrived is paid for twice. The sandbox counts and bills; its script spoils the calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from marketingos import adapters, clock, db
from marketingos.adapters import claude, replicate
from marketingos.domain.cycle import CycleState
from marketingos.domain.platform import Platform
from marketingos.sandbox import painter
from marketingos.services import generation
from marketingos.services.views import CycleView
from tests.conftest import Setter
from tests.faults.paying import price_of, scene, unexplained
from tests.sandbox.conftest import HandClock, Sandbox, running
from tests.services.studio import MONDAY, demo, person

POSTS = 2
SILENCE = 1.0
"""Seconds that the models may be silent, here."""

WAITS, ENDS, FAILS = CycleState.WAITING, CycleState.DONE, CycleState.FAILED


def _problem(kind: str, message: str, **more: Any) -> Mapping[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message, **more}}


SPENT = _problem("invalid_request_error", "You have reached your specified API usage limits. Come back on 2026-12-01.")
ENFORCED = _problem("rate_limit_error", "no", details={"error_code": "enforced_spend_limit_reached"})
BUSY = {"title": "Throttled", "status": 429, "detail": "Request was throttled. Your rate limit resets in ~90s."}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A rule of the script, and what it leads to: the state and the sentence after the first sweep; how many paid
    calls came to nobody; and for how long at least the cycle rests."""

    rule: Mapping[str, Any]
    state: CycleState
    key: str | None = None
    lost: int = 0
    rest: timedelta = timedelta(minutes=1)


def at_claude(action: str, state: CycleState = WAITS, key: str | None = "error.claude_busy", **more: Any) -> Fault:
    return _fault(action, {"platform": "claude"}, state, key, **more)


def at_order(action: str, state: CycleState, key: str | None = None, **more: Any) -> Fault:
    return _fault(action, {"platform": "replicate", "method": "POST"}, state, key, **more)


def at_file(action: str, state: CycleState, key: str | None = None, **more: Any) -> Fault:
    return _fault(action, {"platform": "replicate", "path_regex": "/files/"}, state, key, **more)


def _fault(action: str, match: Mapping[str, Any], state: CycleState, key: str | None, **more: Any) -> Fault:
    expected = {name: more.pop(name) for name in ("lost", "rest") if name in more}
    return Fault(rule={"action": action, "match": match, "times": 1, **more}, state=state, key=key, **expected)


AFTER_A_WHILE = timedelta(seconds=90)

FAULTS: Mapping[str, Fault] = {
    "claude, 500 though written": at_claude("accept_then_500", lost=1),
    "claude, 500": at_claude("status", status=500),
    "claude, overloaded": at_claude("status", status=529, times=3, headers={"retry-after": "0"}),
    "claude, overloaded for a moment": at_claude("status", ENDS, None, status=529, headers={"retry-after": "0"}),
    "claude, cut though written": at_claude("accept_then_reset", lost=1),
    "claude, cut": at_claude("reset_before_accept"),
    "claude, silent though written": at_claude("accept_then_hang", lost=1),
    "claude, silent": at_claude("hang_before_accept"),
    "claude, half an answer": at_claude("malformed", lost=1),
    "claude, limited for long": at_claude("throttle", retry_after=90, rest=AFTER_A_WHILE),
    "claude, limited for a moment": at_claude("throttle", ENDS, None, retry_after=0),
    "claude, no money": at_claude("status", FAILS, "error.claude_spend_limit", status=402),
    "claude, own limit": at_claude("status", FAILS, "error.claude_spend_limit", status=400, body=SPENT),
    "claude, spending stopped": at_claude("status", FAILS, "error.claude_spend_limit", status=429, body=ENFORCED,
                                          headers={"retry-after": "0"}, times=3),
    "replicate, 500 though ordered": at_order("accept_then_500", ENDS),
    "replicate, 500": at_order("status", WAITS, "error.replicate_unreachable", status=500),
    "replicate, cut though ordered": at_order("accept_then_reset", ENDS),
    "replicate, cut": at_order("reset_before_accept", WAITS, "error.replicate_unreachable"),
    "replicate, half an answer": at_order("malformed", ENDS),
    "replicate, silent though ordered": at_order("accept_then_hang", ENDS),
    "replicate, limited for long": at_order("status", WAITS, "error.replicate_busy", status=429, body=BUSY,
                                            rest=AFTER_A_WHILE),
    "replicate, no money": at_order("status", ENDS, "error.replicate_credit", status=402, times=2),
    "replicate, it fails": at_order("fail_processing", WAITS, "error.replicate_failed"),
    "replicate, it is aborted": at_order("fail_processing", WAITS, "error.replicate_aborted", reason="aborted"),
    "replicate, it is stopped": at_order("fail_processing", ENDS, "error.replicate_failed", reason="canceled", lost=1),
    "replicate, it takes long": at_order("slow_processing", WAITS, "error.replicate_slow", seconds=5.5),
    "replicate, the file is cut": at_file("accept_then_reset", ENDS),
    "replicate, half a file": at_file("malformed", ENDS),
    "replicate, no file for a while": at_file("status", WAITS, "error.replicate_unreachable", status=503, times=5),
}  # fmt: skip


@pytest.fixture
async def sandbox(tmp_path: Path, environment: Setter, sqlite_url: str) -> AsyncIterator[Sandbox]:
    """Models that answer at once, on Monday morning, and a calendar with two empty slots a cycle."""
    with running(tmp_path / "twin", HandClock(MONDAY)) as world:
        environment(DATABASE_URL=sqlite_url, SANDBOX_URL=world.base, POSTS_PER_CYCLE=POSTS)
        world.control("settings", {"claude_seconds": 0, "replicate_seconds": 0})
        yield world
        await adapters.close()
        await db.dispose()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that are minutes in earnest are seconds, and a picture is one colour."""
    monkeypatch.setattr(
        painter, "paint", lambda prompt, width, height, seed=0: Image.new("RGB", (width, height), "navy")
    )
    monkeypatch.setattr(claude, "SILENCE", SILENCE)
    monkeypatch.setattr(replicate, "_POLL", 0.05)
    monkeypatch.setattr(replicate, "_WAIT", 1)
    monkeypatch.setattr(replicate.Replicate.__init__, "__kwdefaults__", {"patience": 3.0})


async def swept(sandbox: Sandbox, after: timedelta) -> CycleView:
    """What the sweep makes of the newest cycle, so long after Monday morning."""
    sandbox.clock.now = MONDAY + after
    with clock.frozen(MONDAY + after):
        await generation.run_cycles()
    view = await generation.latest_cycle()
    assert view is not None
    return view


async def begun(sandbox: Sandbox, after: timedelta = timedelta()) -> CycleView:
    with clock.frozen(MONDAY + after):
        await generation.request_cycle(person())
    return await swept(sandbox, after)


def bills(sandbox: Sandbox) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = sandbox.http.get("/control/bills").json()["bills"]
    return found


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_told_survived_and_not_paid_for_twice(sandbox: Sandbox, name: str) -> None:
    """After the first sweep the cycle says how it stands and why; after the next one all is written and pictured; each
    text and picture was billed once, save what came to nobody, and that stays booked."""
    fault = FAULTS[name]
    await demo("ReservasPro", platforms=(Platform.INSTAGRAM,))
    sandbox.control("faults", [fault.rule])
    view = await begun(sandbox)
    assert (view.state, view.error_key) == (fault.state, fault.key)
    now = await scene()
    planned = {post.slot_key or "" for post in now.posts} | {row.slot_key for row in now.shortfalls}
    assert len(planned) == POSTS
    wrong = [] if fault.state is WAITS else unexplained(now, planned)
    if fault.state is WAITS:
        assert (await swept(sandbox, fault.rest - timedelta(seconds=1))).state is WAITS
        view = await swept(sandbox, fault.rest)
    elif fault.key:
        view = await begun(sandbox, timedelta(minutes=15))
    assert (view.state, view.error_key) == (ENDS, None)
    now = await scene()
    assert [*wrong, *unexplained(now, planned), *(p.media_error for p in now.posts if p.media_error)] == []
    judge_costs(now.spends, bills(sandbox), texts=len(now.posts), pictures=len(now.posts), lost=fault.lost)


def judge_costs(spends: Sequence[Any], billed: Sequence[Any], *, texts: int, pictures: int, lost: int) -> None:
    """Bills against costs: each thing once, and no euro that is not booked."""
    settled = {row.request_id: row for row in spends if row.settled}
    arrived = Counter(bill["service"] for bill in billed if bill["request"] in settled)
    assert arrived == {"claude": texts, "replicate": pictures}
    assert len(billed) == texts + pictures + lost
    assert sum(not row.settled for row in spends) >= lost
    for bill in billed:
        if row := settled.get(bill["request"]):
            assert row.euro == pytest.approx(price_of(bill))
    assert sum(map(price_of, billed)) <= sum(row.euro for row in spends) + 1e-9


@pytest.mark.parametrize(
    ("lapse", "more"),
    [
        ({"lapse": "truncated"}, 1),
        ({"lapse": "off_schema"}, 1),
        ({"lapse": "prose"}, 1),
        ({"lapse": "silent_refusal"}, 0),
        ({"lapse": "off_schema", "mended": False}, 1),
    ],
)
async def test_a_bad_answer_costs_what_it_cost(sandbox: Sandbox, lapse: Mapping[str, Any], more: int) -> None:
    """It is booked before it is judged; mended at most once; and a slot that stays empty says why."""
    await demo("ReservasPro", platforms=(Platform.INSTAGRAM,))
    sandbox.control("writer", [lapse])
    view = await begun(sandbox)
    now, billed = await scene(), bills(sandbox)
    lost = lapse.get("mended", True) and lapse["lapse"] != "silent_refusal"
    assert (view.state, len(now.posts), len(now.shortfalls)) == (ENDS, POSTS if lost else 1, 0 if lost else 1)
    assert {row.error_key for row in now.shortfalls} <= {"error.claude_refused", "error.claude_nonsense"}
    assert sum(bill["service"] == "claude" for bill in billed) == POSTS + more
    assert all(row.settled for row in now.spends)
    assert {row.request_id for row in now.spends} == {bill["request"] for bill in billed}
