"""The world behind the platforms: who lives in it, the levers of tests, and that it survives."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from marketingos.sandbox.world import demo_accounts, demo_apps
from tests.sandbox.conftest import HandClock, Sandbox, _wait_for, free_port, running

ROOT = Path(__file__).parents[2]


def post(http: httpx.Client, account: Any, message: str) -> httpx.Response:
    return http.post(
        f"/meta/v25.0/{account.external_id}/feed",
        json={"message": message},
        headers={"authorization": f"Bearer {account.access_token}"},
    )


def test_three_brands_have_an_account_on_every_platform() -> None:
    """Each brand has a Page with its Instagram account, a creator and an organisation; one member besides."""
    accounts = demo_accounts()
    for brand in ("ReservasPro", "PulsoFit", "FacturaClara"):
        own = {a.platform: a for a in accounts if a.brand == brand and a.kind != "member"}
        assert set(own) == {"facebook", "instagram", "tiktok", "linkedin"}
        assert own["instagram"].parent_external_id == own["facebook"].external_id
        assert own["instagram"].access_token == own["facebook"].access_token
    assert [a.kind for a in accounts].count("member") == 1
    assert len({a.external_id for a in accounts}) == len(accounts)


def test_the_world_is_the_same_in_every_process() -> None:
    """Accounts and apps are pure data: another process, with another hash seed, sees exactly these."""
    code = (
        "from marketingos.sandbox.world import *; import json;"
        "print(json.dumps([[vars(a) for a in demo_accounts()], [vars(a) for a in demo_apps()]]))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "42"},
    ).stdout
    mine = [[vars(a) for a in demo_accounts()], [vars(a) for a in demo_apps()]]
    assert json.loads(out) == json.loads(json.dumps(mine))


def test_tokens_look_like_the_real_ones() -> None:
    """EAAB…, act.… with rft.…, AQ…."""
    shapes = {"facebook": "EAAB", "instagram": "EAAB", "tiktok": "act.", "linkedin": "AQ"}
    for account in demo_accounts():
        assert account.access_token.startswith(shapes[account.platform])
        assert len(account.access_token) > 60
        if account.platform == "tiktok":
            assert (account.refresh_token or "").startswith("rft.")


def test_further_accounts_can_be_opened_by_the_dozen(sandbox: Sandbox) -> None:
    """Benchmarks open accounts with their tokens; an Instagram account comes with its Page."""
    made = sandbox.control(
        "accounts",
        [
            {"platform": "facebook", "count": 5, "followers": 10},
            {"platform": "instagram", "name": "Nueva"},
            {"platform": "tiktok", "private": True},
            {"platform": "linkedin"},
        ],
    )["accounts"]
    assert [one["platform"] for one in made] == ["facebook"] * 6 + ["instagram", "tiktok", "linkedin"]
    page = made[0]
    answer = sandbox.http.post(
        f"/meta/v25.0/{page['external_id']}/feed",
        json={"message": "Hola"},
        headers={"authorization": f"Bearer {page['access_token']}"},
    )
    assert answer.status_code == 200
    creator = sandbox.http.post(
        "/tiktok/v2/post/publish/creator_info/query/", headers={"authorization": f"Bearer {made[7]['access_token']}"}
    ).json()["data"]
    assert creator["privacy_level_options"][0] == "FOLLOWER_OF_CREATOR"
    instagram = made[6]
    path = f"/meta/v25.0/{instagram['parent_external_id']}?fields=instagram_business_account{{username}}"
    shown = sandbox.http.get(path, headers={"authorization": f"Bearer {instagram['access_token']}"}).json()
    assert shown["instagram_business_account"]["id"] == instagram["external_id"]


def test_calls_are_counted_by_method_and_path(sandbox: Sandbox) -> None:
    """Every call to a service counts, those to the levers do not."""
    page = sandbox.account("facebook")
    post(sandbox.http, page, "a")
    post(sandbox.http, page, "b")
    calls = sandbox.http.get("/control/calls").json()
    assert calls == {
        "calls": [{"method": "POST", "path": f"/meta/v25.0/{page.external_id}/feed", "count": 2}],
        "total": 2,
    }
    assert sandbox.http.delete("/control/calls").json()["total"] == 0


def test_a_revoked_token_says_so(sandbox: Sandbox) -> None:
    """Revoked is 190/458 on Meta, REVOKED_ACCESS_TOKEN on LinkedIn; an unknown token is an error of the lever."""
    page, company = sandbox.account("facebook"), sandbox.account("linkedin", kind="organization")
    sandbox.control("tokens", {"account": page.external_id, "action": "revoke"})
    sandbox.control("tokens", {"token": company.access_token, "action": "revoke"})
    assert post(sandbox.http, page, "a").json()["error"]["error_subcode"] == 458
    me = sandbox.http.get("/linkedin/v2/me", headers={"authorization": f"Bearer {company.access_token}"})
    assert me.json()["code"] == "REVOKED_ACCESS_TOKEN"
    assert sandbox.http.post("/control/tokens", json={"token": "x", "action": "revoke"}).status_code == 400


def test_settings_refuse_names_that_do_not_exist(sandbox: Sandbox) -> None:
    """A typo in a benchmark's setting is told, not swallowed."""
    assert sandbox.http.post("/control/settings", json={"latency": 5}).status_code == 400
    changed = sandbox.control("settings", {"processing_seconds": {"tiktok": 0}})
    assert changed["processing_seconds"]["tiktok"] == 0
    assert changed["processing_seconds"]["instagram"] > 0


def test_the_ledger_is_filtered(sandbox: Sandbox) -> None:
    """By platform, account, brand and moment; a moment that is none is a 400."""
    mine, other = sandbox.account("facebook"), sandbox.account("facebook", brand="PulsoFit")
    post(sandbox.http, mine, "a")
    sandbox.clock.forward(100)
    post(sandbox.http, other, "b")
    assert [p["text"] for p in sandbox.ledger(account=mine.external_id)] == ["a"]
    assert [p["text"] for p in sandbox.ledger(brand="PulsoFit")] == ["b"]
    assert [p["text"] for p in sandbox.ledger(since=str(sandbox.clock.now.timestamp() - 50))] == ["b"]
    assert [p["text"] for p in sandbox.ledger(since=sandbox.clock.now.isoformat())] == ["b"]
    assert sandbox.ledger(platform="tiktok") == []
    assert sandbox.http.get("/ledger", params={"since": "ayer"}).status_code == 400


def test_media_are_served_as_they_were_received(sandbox: Sandbox, files: Any) -> None:
    """The ledger's address gives the very bytes, in ranges too."""
    import hashlib

    from tests.sandbox.conftest import picture

    page, data = sandbox.account("facebook"), picture()
    sandbox.http.post(
        f"/meta/v25.0/{page.external_id}/photos",
        files={"source": data},
        data={"caption": "x"},
        headers={"authorization": f"Bearer {page.access_token}"},
    )
    [medium] = sandbox.ledger()[0]["media"]
    assert (medium["sha256"], medium["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
    served = sandbox.http.get(medium["url"], headers={"range": "bytes=0-9"})
    assert (served.status_code, served.content, served.headers["content-type"]) == (206, data[:10], "image/jpeg")
    assert sandbox.http.get("/media/" + "0" * 64).status_code == 404


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    """Posts, tokens and containers under way are there after a restart."""
    clock = HandClock()
    with running(tmp_path, clock) as first:
        page = first.account("facebook")
        post(first.http, page, "Sigo aquí")
        first.control(
            "tokens", {"account": first.account("facebook", brand="PulsoFit").external_id, "action": "expire"}
        )
    with running(tmp_path, clock) as second:
        assert [p["text"] for p in second.ledger()] == ["Sigo aquí"]
        assert post(second.http, second.account("facebook", brand="PulsoFit"), "x").status_code == 401


SERVE = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from granian.constants import Interfaces
from granian.server.embed import Server
from marketingos.sandbox import create_app
port = int(sys.argv[1])
app = create_app(data_dir=Path(sys.argv[2]), public_base=f"http://127.0.0.1:{port}", clock=lambda: datetime.now(UTC))
asyncio.run(Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False).serve())
"""


@pytest.mark.parametrize("round_", range(2))
def test_kill_9_loses_no_answered_post(tmp_path: Path, round_: int) -> None:
    """Whatever was answered 200 before the process was killed is in the ledger afterwards, once."""
    page, port, answered = demo_accounts()[0], free_port(), []

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", SERVE, str(port), str(tmp_path)], cwd=ROOT)
        _wait_for(port)
        return process

    process = start()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as http:
        for number in range(20 + round_):
            assert post(http, page, f"n{number}").status_code == 200
            answered.append(f"n{number}")
    process.send_signal(signal.SIGKILL)
    process.wait()
    process = start()
    try:
        found = httpx.get(f"http://127.0.0.1:{port}/ledger", trust_env=False).json()["posts"]
    finally:
        process.kill()
        process.wait()
    assert sorted(p["text"] for p in found) == sorted(answered)
