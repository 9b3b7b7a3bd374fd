"""TikTok: ask the creator, initialise, upload in order, wait; what is public is what the ledger shows."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.sandbox.tiktok.posts import _check_chunks
from marketingos.sandbox.tiktok.wire import TikTokError, utf16
from tests.sandbox.conftest import Sandbox, picture, video


class TikTok:
    """A client of the sandbox's TikTok for one creator."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.creator = sandbox.account("tiktok")
        self.token = self.creator.access_token

    def call(self, path: str, body: Any = None) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json; charset=UTF-8"}
        content = b"" if body is None else json.dumps(body).encode()
        return self.sandbox.http.post(f"/tiktok{path}", content=content, headers=headers)

    def init(self, size: int, chunk: int, count: int, **info: Any) -> httpx.Response:
        info = {
            "privacy_level": "PUBLIC_TO_EVERYONE",
            "title": "Hola",
            "brand_content_toggle": False,
            "brand_organic_toggle": True,
            **info,
        }
        source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk, "total_chunk_count": count}
        return self.call("/v2/post/publish/video/init/", {"post_info": info, "source_info": source})

    def put(self, url: str, data: bytes, first: int, total: int, **headers: str) -> httpx.Response:
        span = f"bytes {first}-{first + len(data) - 1}/{total}"
        return self.sandbox.http.put(
            url, content=data, headers={"content-type": "video/mp4", "content-range": span, **headers}
        )

    def publish(self, data: bytes, **info: Any) -> str:
        made = self.init(len(data), len(data), 1, **info).json()["data"]
        assert self.put(made["upload_url"], data, 0, len(data)).status_code == 201
        return str(made["publish_id"])

    def status(self, publish_id: str) -> dict[str, Any]:
        answer = self.call("/v2/post/publish/status/fetch/", {"publish_id": publish_id})
        data: dict[str, Any] = answer.json()["data"]
        return data


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def tiktok(sandbox: Sandbox) -> TikTok:
    return TikTok(sandbox)


def test_creator_info_offers_what_the_account_may_choose(sandbox: Sandbox, tiktok: TikTok) -> None:
    """A public account has PUBLIC_TO_EVERYONE, a private one has FOLLOWER_OF_CREATOR instead."""
    path = "/v2/post/publish/creator_info/query/"
    info = tiktok.call(path)
    assert info.json()["error"]["code"] == "ok"
    assert info.json()["data"]["privacy_level_options"][0] == "PUBLIC_TO_EVERYONE"
    sandbox.control("accounts", {"external_id": tiktok.creator.external_id, "private": True})
    assert tiktok.call(path).json()["data"]["privacy_level_options"][0] == "FOLLOWER_OF_CREATOR"


def test_a_video_in_one_chunk_becomes_public_after_processing(sandbox: Sandbox, tiktok: TikTok) -> None:
    """201, then processing, PUBLISH_COMPLETE, and only then the id of the public post."""
    publish_id = tiktok.publish(video(), title="Reserva en 10 segundos #barberia")
    assert publish_id.startswith("v_pub_file~v2-1.")
    assert tiktok.status(publish_id)["status"] == "PROCESSING_UPLOAD"
    assert sandbox.ledger() == []
    sandbox.clock.forward(4)
    assert tiktok.status(publish_id) | {"uploaded_bytes": 0} == {
        "status": "PUBLISH_COMPLETE",
        "publicaly_available_post_id": [],
        "uploaded_bytes": 0,
    }
    sandbox.clock.forward(3)
    [post_id] = tiktok.status(publish_id)["publicaly_available_post_id"]
    [post] = sandbox.ledger(platform="tiktok")
    assert (post["id"], post["text"]) == (str(post_id), "Reserva en 10 segundos #barberia")
    assert str(post_id) not in publish_id


def test_many_chunks_go_in_order(sandbox: Sandbox, tiktok: TikTok) -> None:
    """206 for each chunk, 416 with the progress for a wrong or repeated one, 201 for the last, once."""
    head = video()
    total = 12_000_123
    data = head + b"\0" * (total - len(head))
    url = tiktok.init(total, 5_000_000, 2).json()["data"]["upload_url"]
    skipped = tiktok.put(url, data[5_000_000:], 5_000_000, total)
    assert (skipped.status_code, skipped.headers["content-range"]) == (416, f"bytes 0-0/{total}")
    assert tiktok.put(url, data[:4_000_000], 0, total).status_code == 400
    assert tiktok.put(url, data[:5_000_000], 0, total).status_code == 206
    assert tiktok.put(url, data[:5_000_000], 0, total).status_code == 416
    assert tiktok.put(url, data[5_000_000:], 5_000_000, total).status_code == 201
    assert tiktok.put(url, data[5_000_000:], 5_000_000, total).status_code == 416
    sandbox.clock.forward(10)
    assert len(sandbox.ledger()) == 1


def test_upload_addresses_die_after_an_hour(sandbox: Sandbox, tiktok: TikTok) -> None:
    """403 when too late, 404 for an address that never was, 400 for a wrong header."""
    data = video()
    url = tiktok.init(len(data), len(data), 1).json()["data"]["upload_url"]
    assert tiktok.put(url, data, 0, len(data), **{"content-type": "text/plain"}).status_code == 400
    assert tiktok.put(url + "x", data, 0, len(data)).status_code == 404
    sandbox.clock.forward(3_601)
    assert tiktok.put(url, data, 0, len(data)).status_code == 403
    assert sandbox.ledger(pending="1") == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"privacy_level": "FOLLOWER_OF_CREATOR"}, (403, "privacy_level_option_mismatch")),
        ({"privacy_level": None}, (400, "invalid_param")),
        ({"title": "😀" * 1_101}, (400, "invalid_param")),
        ({"disable_comments": True}, (400, "invalid_param")),
        ({"brand_content_toggle": True, "privacy_level": "SELF_ONLY"}, (400, "invalid_param")),
    ],
)
def test_post_info_is_judged(tiktok: TikTok, change: dict[str, Any], expected: tuple[int, str]) -> None:
    """Privacy must be an option, the title fits in 2200 UTF-16 units, unknown fields are refused."""
    assert code(tiktok.init(1_000_000, 1_000_000, 1, **change)) == expected


def test_the_title_is_counted_in_utf16_units(tiktok: TikTok) -> None:
    """1100 emoji are exactly 2200 units and pass."""
    assert code(tiktok.init(1_000_000, 1_000_000, 1, title="😀" * 1_100)) == (200, "ok")


def test_sources_are_not_mixed(tiktok: TikTok) -> None:
    """FILE_UPLOAD with a video_url, or PULL_FROM_URL from a place nobody verified, is refused."""
    info = {"privacy_level": "SELF_ONLY"}
    source = {"source": "FILE_UPLOAD", "video_url": "https://x.es/a.mp4"}
    path = "/v2/post/publish/video/init/"
    assert code(tiktok.call(path, {"post_info": info, "source_info": source})) == (400, "invalid_param")
    pull = {"source": "PULL_FROM_URL", "video_url": "https://x.es/a.mp4"}
    assert code(tiktok.call(path, {"post_info": info, "source_info": pull})) == (403, "url_ownership_unverified")


def test_six_inits_a_minute(sandbox: Sandbox, tiktok: TikTok) -> None:
    """The seventh within a minute is 429 rate_limit_exceeded; a minute later it passes again."""
    answers = [code(tiktok.init(1_000, 1_000, 1)) for _ in range(7)]
    assert answers == [(200, "ok")] * 6 + [(429, "rate_limit_exceeded")]
    sandbox.clock.forward(61)
    assert code(tiktok.init(1_000, 1_000, 1)) == (200, "ok")


def test_a_bad_video_fails_in_processing(sandbox: Sandbox, tiktok: TikTok) -> None:
    """The upload is taken; the status says FAILED and why, and nothing is seen."""
    for data, reason in (
        (b"x" * 5_000, "file_format_check_failed"),
        (video(320, 320), "picture_size_check_failed"),
        (video(fps=10), "frame_rate_check_failed"),
    ):
        publish_id = tiktok.publish(data)
        sandbox.clock.forward(10)
        assert (tiktok.status(publish_id)["status"], tiktok.status(publish_id)["fail_reason"]) == ("FAILED", reason)
    assert sandbox.ledger() == []


def test_private_posts_never_get_a_public_id(sandbox: Sandbox, tiktok: TikTok) -> None:
    """SELF_ONLY completes without an id, and video/list does not know it."""
    publish_id = tiktok.publish(video(), privacy_level="SELF_ONLY")
    sandbox.clock.forward(60)
    assert tiktok.status(publish_id)["publicaly_available_post_id"] == []
    assert tiktok.call("/v2/video/list/?fields=id", {}).json()["data"]["videos"] == []
    assert sandbox.ledger(audience="public") == []


def test_an_unaudited_app_reaches_private_accounts_only(sandbox: Sandbox, tiktok: TikTok) -> None:
    """The account must be private and the post SELF_ONLY."""
    sandbox.control("settings", {"tiktok_audited": False})
    refused = (403, "unaudited_client_can_only_post_to_private_accounts")
    assert code(tiktok.init(1_000, 1_000, 1, privacy_level="SELF_ONLY")) == refused
    sandbox.control("accounts", {"external_id": tiktok.creator.external_id, "private": True})
    assert code(tiktok.init(1_000, 1_000, 1, privacy_level="SELF_ONLY")) == (200, "ok")


def test_the_daily_cap_is_told_with_200_by_creator_info(sandbox: Sandbox, tiktok: TikTok) -> None:
    """Init is refused with 403, creator_info answers 200 with the same code."""
    sandbox.control("settings", {"tiktok_posts_per_day": 1})
    tiktok.publish(video())
    assert code(tiktok.init(1_000, 1_000, 1)) == (403, "spam_risk_too_many_posts")
    assert code(tiktok.call("/v2/post/publish/creator_info/query/")) == (200, "spam_risk_too_many_posts")


def test_photos_are_pulled_and_posted_by_one_call(sandbox: Sandbox, tiktok: TikTok, files) -> None:
    """Init itself commits; JPEG and WebP only, at most 1080p, the rest fails in processing."""
    info = {
        "title": "Antes y después",
        "description": "Dos fotos #barberia",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
    }

    def post(*urls: str) -> str:
        body = {
            "media_type": "PHOTO",
            "post_mode": "DIRECT_POST",
            "post_info": info,
            "is_aigc": True,
            "source_info": {"source": "PULL_FROM_URL", "photo_images": list(urls), "photo_cover_index": 0},
        }
        answer = tiktok.call("/v2/post/publish/content/init/", body)
        assert code(answer) == (200, "ok"), answer.text
        return str(answer.json()["data"]["publish_id"])

    good = post(files("1.jpg", picture(1080, 1350)), files("2.webp", picture(format="WEBP")))
    bad = post(files("3.png", picture(format="PNG")))
    sandbox.clock.forward(10)
    assert tiktok.status(good)["status"] == "PUBLISH_COMPLETE"
    assert tiktok.status(bad)["fail_reason"] == "file_format_check_failed"
    [post_] = sandbox.ledger()
    assert (post_["title"], post_["text"], len(post_["media"])) == ("Antes y después", "Dos fotos #barberia", 2)


def test_metrics_belong_to_the_creator_and_grow(sandbox: Sandbox, tiktok: TikTok) -> None:
    """video/query gives counts by id, leaves out unknown ids, refuses a publish_id."""
    publish_id = tiktok.publish(video())
    sandbox.clock.forward(10)
    [post_id] = tiktok.status(publish_id)["publicaly_available_post_id"]
    path = "/v2/video/query/?fields=id,view_count,share_url,create_time"
    views = []
    for seconds in (0, 30, 3_600, 86_400):
        sandbox.clock.forward(seconds)
        [one] = tiktok.call(path, {"filters": {"video_ids": [str(post_id), "7000000000000000000"]}}).json()["data"][
            "videos"
        ]
        views.append(one["view_count"])
    assert views == sorted(views)
    assert views[0] > 0
    assert code(tiktok.call(path, {"filters": {"video_ids": [publish_id]}})) == (400, "invalid_params")
    assert code(tiktok.call("/v2/video/query/", {"filters": {"video_ids": ["1"]}})) == (400, "invalid_params")


def test_tokens_and_scopes(sandbox: Sandbox, tiktok: TikTok) -> None:
    """A dead token is 401 access_token_invalid, a missing scope 401, a field without its scope 400."""
    sandbox.control("tokens", {"token": tiktok.token, "scopes": ["user.info.basic"]})
    assert code(tiktok.init(1_000, 1_000, 1)) == (401, "scope_not_authorized")
    headers = {"authorization": f"Bearer {tiktok.token}"}
    stats = sandbox.http.get("/tiktok/v2/user/info/?fields=open_id,follower_count", headers=headers)
    assert code(stats) == (400, "scope_permission_missed")
    sandbox.control("tokens", {"token": tiktok.token, "action": "expire"})
    assert code(tiktok.call("/v2/post/publish/creator_info/query/")) == (401, "access_token_invalid")


def test_paths_end_in_a_slash(sandbox: Sandbox, tiktok: TikTok) -> None:
    """Without the slash there is nothing, not even a redirect."""
    assert tiktok.call("/v2/post/publish/status/fetch", {"publish_id": "x"}).status_code == 404


def test_another_creators_publish_id_is_not_ours(sandbox: Sandbox, tiktok: TikTok) -> None:
    """Status is for the creator who published; unknown ids are invalid_publish_id."""
    publish_id = tiktok.publish(video())
    tiktok.token = sandbox.account("tiktok", brand="PulsoFit").access_token
    answer = tiktok.call("/v2/post/publish/status/fetch/", {"publish_id": publish_id})
    assert code(answer) == (400, "token_not_authorized_for_specified_publish_id")
    unknown = tiktok.call("/v2/post/publish/status/fetch/", {"publish_id": "v_pub_file~v2-1.1"})
    assert code(unknown) == (400, "invalid_publish_id")


def test_refresh_rotates_strictly(sandbox: Sandbox, tiktok: TikTok) -> None:
    """A refresh gives a new pair for two hours; the old refresh token and access token are dead from then on."""
    from marketingos.sandbox.world import demo_apps

    app = next(app for app in demo_apps() if app.platform == "tiktok")
    form = {
        "client_key": app.client_id,
        "client_secret": app.client_secret,
        "grant_type": "refresh_token",
        "refresh_token": tiktok.creator.refresh_token,
    }
    fresh = sandbox.http.post("/tiktok/v2/oauth/token/", data=form).json()
    assert fresh["expires_in"] == 7_200
    again = sandbox.http.post("/tiktok/v2/oauth/token/", data=form)
    assert again.json()["error"] == "invalid_grant"
    assert tiktok.call("/v2/post/publish/creator_info/query/").status_code == 401
    tiktok.token = fresh["access_token"]
    assert tiktok.call("/v2/post/publish/creator_info/query/").status_code == 200


@given(size=st.integers(1, 4 * 1024**3))
def test_the_safe_plan_of_the_contract_is_always_accepted(size: int) -> None:
    """One chunk up to 64 000 000 bytes, else chunks of 10 000 000 with the rest in the last: never refused."""
    chunk = size if size <= 64_000_000 else 10_000_000
    _check_chunks(size, chunk, size // chunk)


@given(size=st.integers(65 * 1024**2, 4 * 1024**3), chunk=st.integers(1, 4_999_999))
def test_small_chunks_of_a_large_file_are_refused(size: int, chunk: int) -> None:
    """Below 5 MB a chunk is only right when it is the whole file."""
    with pytest.raises(TikTokError):
        _check_chunks(size, chunk, size // chunk)


@given(st.text())
def test_utf16_counts_code_units(text: str) -> None:
    """A character beyond the basic plane counts two."""
    assert utf16(text) == sum(2 if ord(c) > 0xFFFF else 1 for c in text)
