"""What the sandbox's models bill, and how its predictions can be made to go wrong."""

from typing import Any

import pytest

from tests.sandbox.conftest import Sandbox

MODEL = "google/nano-banana-2"
ASKED = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 4096,
    "messages": [{"role": "user", "content": "Escribe un post."}],
}


@pytest.fixture(autouse=True)
def _quick(sandbox: Sandbox) -> None:
    sandbox.control("settings", {"claude_seconds": 0, "replicate_seconds": 0})


def written(sandbox: Sandbox) -> Any:
    headers = {"x-api-key": "k", "anthropic-version": "2023-06-01"}
    return sandbox.http.post("/claude/v1/messages", json=ASKED, headers=headers)


def drawn(sandbox: Sandbox, prompt: str = "a chair") -> Any:
    headers = {"authorization": "Bearer k", "prefer": "wait"}
    asked = {"input": {"prompt": prompt, "aspect_ratio": "1:1"}}
    return sandbox.http.post(f"/replicate/v1/models/{MODEL}/predictions", json=asked, headers=headers)


def bills(sandbox: Sandbox) -> list[Any]:
    found: list[Any] = sandbox.http.get("/control/bills").json()["bills"]
    return found


def test_a_message_is_billed_by_its_request(sandbox: Sandbox) -> None:
    """The bill names the request as its answer's header does, and the same tokens."""
    answer = written(sandbox)
    (bill,) = bills(sandbox)
    assert (bill["service"], bill["request"]) == ("claude", answer.headers["request-id"])
    assert bill["usage"]["output_tokens"] == answer.json()["usage"]["output_tokens"]
    assert bill["usage"]["calls"] == 1


def test_a_lost_answer_is_billed_too(sandbox: Sandbox) -> None:
    """What the client never read was written all the same; what was refused before was not."""
    sandbox.fault("accept_then_500", match={"platform": "claude"})
    sandbox.fault("throttle", match={"platform": "claude"})
    assert [written(sandbox).status_code for _ in range(2)] == [500, 429]
    assert len(bills(sandbox)) == 1


def test_a_picture_is_billed_by_its_prediction(sandbox: Sandbox) -> None:
    """One unit for each output of a prediction that succeeded."""
    made = drawn(sandbox).json()
    (bill,) = bills(sandbox)
    assert (bill["service"], bill["model"], bill["request"]) == ("replicate", MODEL, made["id"])
    assert bill["usage"] == {"calls": 1, "units": 1}


@pytest.mark.parametrize(
    ("reason", "status", "billed"),
    [("internal", "failed", 0), ("nsfw", "failed", 0), ("aborted", "aborted", 0), ("canceled", "canceled", 1)],
)
def test_predictions_can_be_made_to_fail(sandbox: Sandbox, reason: str, status: str, billed: int) -> None:
    """The script's reason decides how one ends; only what was stopped at work is billed."""
    sandbox.fault("fail_processing", match={"platform": "replicate", "method": "POST"}, reason=reason)
    assert drawn(sandbox).json()["status"] == status
    assert drawn(sandbox, "a table").json()["status"] == "succeeded"
    assert len(bills(sandbox)) == billed + 1


def test_predictions_can_be_made_to_take_long(sandbox: Sandbox) -> None:
    """One that outlasts the wait is answered while it is at work."""
    sandbox.fault("slow_processing", match={"platform": "replicate", "method": "POST"}, seconds=600)
    headers = {"authorization": "Bearer k", "prefer": "wait=1"}
    asked = {"input": {"prompt": "a chair", "aspect_ratio": "1:1"}}
    made = sandbox.http.post(f"/replicate/v1/models/{MODEL}/predictions", json=asked, headers=headers).json()
    assert made["status"] in ("starting", "processing")
    assert bills(sandbox) == []
