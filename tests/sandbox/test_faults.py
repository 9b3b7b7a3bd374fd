"""The fault script: what happens and what the caller is told are two different things."""

import socket
from typing import Any

import httpx
import pytest

from marketingos.sandbox.faults import ACTIONS, Rule, platform_of
from marketingos.sandbox.world import demo_apps
from tests.sandbox.conftest import HandClock, Sandbox, picture, running, video


def feed(sandbox: Sandbox, message: str = "Hola", timeout: float = 10) -> httpx.Response:
    page = sandbox.account("facebook")
    return sandbox.http.post(
        f"/meta/v25.0/{page.external_id}/feed",
        json={"message": message},
        timeout=timeout,
        headers={"authorization": f"Bearer {page.access_token}"},
    )


def linkedin(sandbox: Sandbox) -> httpx.Response:
    account = sandbox.account("linkedin", kind="organization")
    body = {
        "author": account.external_id,
        "commentary": "Hola",
        "visibility": "PUBLIC",
        "lifecycleState": "PUBLISHED",
        "distribution": {"feedDistribution": "MAIN_FEED"},
    }
    return sandbox.http.post(
        "/linkedin/rest/posts",
        json=body,
        headers={
            "authorization": f"Bearer {account.access_token}",
            "linkedin-version": "202609",
            "x-restli-protocol-version": "2.0.0",
        },
    )


def tiktok(sandbox: Sandbox) -> httpx.Response:
    creator = sandbox.account("tiktok")
    return sandbox.http.post(
        "/tiktok/v2/post/publish/creator_info/query/", headers={"authorization": f"Bearer {creator.access_token}"}
    )


FEED = {"platform": "facebook", "method": "POST", "path_regex": "/feed$"}


def test_accept_then_hang_posts_and_says_nothing(sandbox: Sandbox) -> None:
    """The caller gives up waiting; the post is there, once."""
    sandbox.fault("accept_then_hang", match=FEED)
    with pytest.raises(httpx.ReadTimeout):
        feed(sandbox, timeout=0.5)
    assert [post["text"] for post in sandbox.ledger()] == ["Hola"]


def test_hang_before_accept_leaves_no_trace(sandbox: Sandbox) -> None:
    """The caller gives up waiting; nothing was posted."""
    sandbox.fault("hang_before_accept", match=FEED)
    with pytest.raises(httpx.ReadTimeout):
        feed(sandbox, timeout=0.5)
    assert sandbox.ledger() == []


def test_accept_then_500_posts_and_claims_to_have_failed(sandbox: Sandbox) -> None:
    """HTTP 500, code 2, and yet the post is live: Meta's documented habit."""
    sandbox.fault("accept_then_500", match=FEED)
    answer = feed(sandbox)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, 2)
    assert len(sandbox.ledger()) == 1


@pytest.mark.parametrize(("action", "posts"), [("accept_then_reset", 1), ("reset_before_accept", 0)])
def test_a_reset_is_a_broken_connection(sandbox: Sandbox, action: str, posts: int) -> None:
    """The client sees the connection break, whether or not the post was made."""
    sandbox.fault(action, match=FEED)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        feed(sandbox)
    assert len(sandbox.ledger()) == posts
    assert feed(sandbox, "Otra").status_code == 200


def test_a_reset_breaks_the_socket_itself(sandbox: Sandbox) -> None:
    """At the level of the socket too: the peer closes before the promised length."""
    sandbox.fault("reset_before_accept", match={"platform": "meta"})
    host, port = sandbox.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 5) as raw:
        raw.sendall(b"GET /meta/v25.0/me HTTP/1.1\r\nHost: x\r\n\r\n")
        received = b""
        while piece := raw.recv(4_096):
            received += piece
    _, _, body = received.partition(b"\r\n\r\n")
    assert len(body) < 4_096


def test_malformed_posts_and_breaks_off(sandbox: Sandbox) -> None:
    """Status 200 and half a JSON text; the post is there."""
    sandbox.fault("malformed", match=FEED)
    answer = feed(sandbox)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        answer.json()
    assert len(sandbox.ledger()) == 1


def test_status_answers_what_the_script_says(sandbox: Sandbox) -> None:
    """Any status, body and headers; nothing happens behind it."""
    sandbox.fault("status", match=FEED, status=503, body={"error": {"code": 1}}, headers={"retry-after": "7"})
    answer = feed(sandbox)
    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (503, {"error": {"code": 1}}, "7")
    assert sandbox.ledger() == []


def test_throttles_speak_each_platforms_language(sandbox: Sandbox) -> None:
    """Meta 80001 with its usage header in minutes, TikTok and LinkedIn 429, all with the wait where it is told."""
    sandbox.fault("throttle", times=3, retry_after=120)
    meta, tik, link = feed(sandbox), tiktok(sandbox), linkedin(sandbox)
    assert (meta.status_code, meta.json()["error"]["code"]) == (400, 80001)
    assert '"estimated_time_to_regain_access":2' in meta.headers["x-business-use-case-usage"]
    assert (tik.status_code, tik.json()["error"]["code"], tik.headers["retry-after"]) == (
        429,
        "rate_limit_exceeded",
        "120",
    )
    assert (link.status_code, link.json()["code"]) == (429, "TOO_MANY_REQUESTS")
    assert sandbox.ledger() == []


def test_expired_tokens_speak_each_platforms_language(sandbox: Sandbox) -> None:
    """190/463, access_token_invalid, EXPIRED_ACCESS_TOKEN: all 401."""
    sandbox.fault("token_expired", times=None)
    meta, tik, link = feed(sandbox), tiktok(sandbox), linkedin(sandbox)
    assert [answer.status_code for answer in (meta, tik, link)] == [401, 401, 401]
    assert (meta.json()["error"]["code"], meta.json()["error"]["error_subcode"]) == (190, 463)
    assert tik.json()["error"]["code"] == "access_token_invalid"
    assert link.json()["code"] == "EXPIRED_ACCESS_TOKEN"


def test_nth_and_times_choose_the_calls(sandbox: Sandbox) -> None:
    """nth=2, times=2: the second and third matching calls are hit, no other."""
    sandbox.fault("status", match={**FEED, "nth": 2}, times=2, status=500)
    assert [feed(sandbox, str(n)).status_code for n in range(5)] == [200, 500, 500, 200, 200]


def test_a_rule_may_name_an_account(sandbox: Sandbox) -> None:
    """Only calls for that account are hit, be it in the path or behind the token."""
    sandbox.fault("status", times=None, match={"account": sandbox.account("facebook", brand="PulsoFit").external_id})
    assert feed(sandbox).status_code == 200
    sandbox.fault("status", times=None, match={"account": sandbox.account("linkedin", "organization").external_id})
    assert linkedin(sandbox).status_code == 500


def test_a_rule_for_an_account_hits_what_names_it_only_indirectly(sandbox: Sandbox, files: Any) -> None:
    """Its containers and its uploads, whose addresses name neither it nor a token."""
    instagram, company = sandbox.account("instagram"), sandbox.account("linkedin", "organization")
    auth = {"authorization": f"Bearer {instagram.access_token}"}
    path, body = f"/meta/v25.0/{instagram.external_id}/media", {"image_url": files("a.jpg", picture())}
    container = sandbox.http.post(path, headers=auth, json=body).json()["id"]
    versions = {"linkedin-version": "202609", "x-restli-protocol-version": "2.0.0"}
    opened = sandbox.http.post(
        "/linkedin/rest/images?action=initializeUpload",
        json={"initializeUploadRequest": {"owner": company.external_id}},
        headers={"authorization": f"Bearer {company.access_token}", **versions},
    ).json()["value"]
    for account in (instagram, company):
        sandbox.fault("status", times=None, match={"account": account.external_id}, status=503)
    assert sandbox.http.get(f"/meta/v25.0/{container}", headers=auth).status_code == 503
    assert sandbox.http.put(opened["uploadUrl"], content=b"x").status_code == 503


def test_slow_and_failing_processing_of_a_container(sandbox: Sandbox, files: Any) -> None:
    """What the marked call submits takes its time, or ends in ERROR with the scripted subcode."""
    account = sandbox.account("instagram")
    auth = {"authorization": f"Bearer {account.access_token}"}

    def container() -> str:
        made = sandbox.http.post(
            f"/meta/v25.0/{account.external_id}/media", headers=auth, json={"image_url": files("a.jpg", picture())}
        )
        return str(made.json()["id"])

    def status(one: str) -> str:
        shown = sandbox.http.get(f"/meta/v25.0/{one}?fields=status_code,status", headers=auth).json()
        return f"{shown['status_code']} {shown['status'][-7:]}"

    match = {"platform": "instagram", "path_regex": "/media$"}
    sandbox.fault("slow_processing", match=match, seconds=300)
    sandbox.fault("fail_processing", match=match, reason="2207082")
    slow, failing = container(), container()
    sandbox.clock.forward(290)
    assert status(slow).startswith("IN_PROGRESS")
    assert status(failing) == "ERROR 2207082"
    sandbox.clock.forward(20)
    assert status(slow).startswith("FINISHED")


def test_failing_processing_of_a_tiktok_video(sandbox: Sandbox) -> None:
    """The upload is taken with 201 and ends FAILED with the scripted reason."""
    sandbox.fault("fail_processing", match={"platform": "tiktok", "method": "PUT"}, reason="spam_risk_text")
    creator, data = sandbox.account("tiktok"), video()
    auth = {"authorization": f"Bearer {creator.access_token}"}
    body = {
        "post_info": {"privacy_level": "SELF_ONLY"},
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": len(data),
            "chunk_size": len(data),
            "total_chunk_count": 1,
        },
    }
    made = sandbox.http.post("/tiktok/v2/post/publish/video/init/", json=body, headers=auth).json()["data"]
    span = f"bytes 0-{len(data) - 1}/{len(data)}"
    put = sandbox.http.put(
        made["upload_url"], content=data, headers={"content-type": "video/mp4", "content-range": span}
    )
    assert put.status_code == 201
    sandbox.clock.forward(60)
    status = sandbox.http.post(
        "/tiktok/v2/post/publish/status/fetch/", json={"publish_id": made["publish_id"]}, headers=auth
    )
    assert status.json()["data"]["fail_reason"] == "spam_risk_text"


def test_a_cut_chunk_leaves_the_upload_where_it_was(sandbox: Sandbox) -> None:
    """reset_before_accept on a chunk: the server's progress has not moved and the chunk can be sent again."""
    sandbox.fault("reset_before_accept", match={"platform": "tiktok", "method": "PUT", "nth": 2})
    creator, data = sandbox.account("tiktok"), video() + b"\0" * 10_000_000
    auth, total, half = {"authorization": f"Bearer {creator.access_token}"}, len(data), 5_000_000
    body = {
        "post_info": {"privacy_level": "PUBLIC_TO_EVERYONE"},
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": total,
            "chunk_size": half,
            "total_chunk_count": total // half,
        },
    }
    made = sandbox.http.post("/tiktok/v2/post/publish/video/init/", json=body, headers=auth)
    url = made.json()["data"]["upload_url"]

    def put(first: int, last: int) -> int:
        span = f"bytes {first}-{last - 1}/{total}"
        return sandbox.http.put(
            url, content=data[first:last], headers={"content-type": "video/mp4", "content-range": span}
        ).status_code

    assert put(0, half) == 206
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)):
        put(half, total)
    assert put(half, total) == 201
    sandbox.clock.forward(60)
    assert len(sandbox.ledger()) == 1


def test_rules_outlive_the_process(tmp_path: Any) -> None:
    """A rule loaded before a restart is due after it."""
    with running(tmp_path, HandClock()) as first:
        first.fault("status", match=FEED, status=418)
    with running(tmp_path, HandClock()) as second:
        assert feed(second).status_code == 418
        second.http.delete("/control/faults")
        assert second.http.get("/control/faults").json() == {"rules": []}


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "explode"},
        {"action": "status", "match": {"platform": "myspace"}},
        {"action": "status", "when": 1},
        {"match": {}},
        {"action": "status", "match": {"path_regex": "("}},
    ],
)
def test_a_script_with_a_mistake_is_refused_whole(sandbox: Sandbox, rule: dict[str, Any]) -> None:
    """400 with the reason, and none of its rules is loaded."""
    answer = sandbox.http.post("/control/faults", json=[{"action": "status"}, rule])
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert sandbox.http.get("/control/faults").json() == {"rules": []}


def test_every_action_is_known_by_its_name() -> None:
    """Each action of the list parses."""
    assert [Rule.parse({"action": action}).action for action in ACTIONS] == list(ACTIONS)


@pytest.mark.parametrize(
    ("path", "platform"),
    [
        ("/meta/v25.0/104823915627341/feed", "facebook"),
        ("/meta/v25.0/17841459031772846/media", "instagram"),
        ("/meta/ig-api-upload/v25.0/17912345678901234", "instagram"),
        ("/meta/v25.0/oauth/access_token", "facebook"),
        ("/tiktok/video/", "tiktok"),
        ("/linkedin/rest/posts", "linkedin"),
        ("/claude/v1/messages", "claude"),
        ("/replicate/v1/predictions", "replicate"),
        ("/wall", None),
        ("/control/faults", None),
        ("/ledger", None),
    ],
)
def test_paths_tell_their_platform(path: str, platform: str | None) -> None:
    """Instagram's seventeen-digit ids tell it from Facebook on the shared host."""
    assert platform_of(path) == platform


def test_an_error_of_ones_choice_after_the_effect(sandbox: Sandbox, files: Any) -> None:
    """Instagram's 4/2207051 after the post went live: the scripted body is answered, and the post is there."""
    account = sandbox.account("instagram")
    auth = {"authorization": f"Bearer {account.access_token}"}
    path = f"/meta/v25.0/{account.external_id}"
    made = sandbox.http.post(f"{path}/media", headers=auth, json={"image_url": files("a.jpg", picture())}).json()
    sandbox.clock.forward(4)
    body = {"error": {"code": 4, "error_subcode": 2207051, "message": "Blocked", "type": "OAuthException"}}
    sandbox.fault("status", match={"path_regex": "media_publish$"}, status=400, body=body, accept=True)
    answer = sandbox.http.post(f"{path}/media_publish", headers=auth, json={"creation_id": made["id"]})
    assert (answer.status_code, answer.json()) == (400, body)
    assert len(sandbox.ledger(platform="instagram")) == 1


def test_an_expired_token_can_still_be_refreshed(sandbox: Sandbox) -> None:
    """token_expired without a path never hits the sign-in paths, so that a refresh gets through."""
    app, creator = next(a for a in demo_apps() if a.platform == "tiktok"), sandbox.account("tiktok")
    sandbox.fault("token_expired", times=None)
    assert tiktok(sandbox).status_code == 401
    form = {
        "client_key": app.client_id,
        "client_secret": app.client_secret,
        "grant_type": "refresh_token",
        "refresh_token": creator.refresh_token,
    }
    assert "access_token" in sandbox.http.post("/tiktok/v2/oauth/token/", data=form).json()
