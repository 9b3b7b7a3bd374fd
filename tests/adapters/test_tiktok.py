"""TikTok at the wire: the creator's choices, the upload in pieces, and the post that comes of its last byte."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos import clock
from marketingos.adapters.tiktok import TikTok, chunks
from marketingos.adapters.tiktok.chunks import plan
from marketingos.adapters.tiktok.wire import BY_CODE, BY_FAIL_REASON
from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Content
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Format, Platform, wire_length
from marketingos.domain.ports import Absent, Accepted, Dropped, Live, Published, Ready, Undecided, Working
from marketingos.errors import (
    AccountBlocked,
    BadAnswer,
    ContentRefused,
    NotSent,
    OutcomeUnknown,
    OutsideError,
    PermissionMissing,
    PostFailed,
    RateLimited,
    TokenRejected,
)
from marketingos.text import catalogue
from tests.adapters import samples
from tests.adapters.wire import NOW, TOKEN, Shelf, Wire, content, grant, plain, prepared, published, settled

CREATOR = grant(AccountKind.CREATOR, "-000abc")
QUERY, INIT = "/v2/post/publish/creator_info/query/", "/v2/post/publish/video/init/"
STATUS, PHOTOS = "/v2/post/publish/status/fetch/", "/v2/post/publish/content/init/"
UPLOAD = "/video/"
PUBLIC = {"privacy_level": "PUBLIC_TO_EVERYONE"}
ID = 7400000000000000001

pytestmark = pytest.mark.usefixtures("still")


@pytest.fixture
def tiktok(shelf: Shelf) -> TikTok:
    return TikTok(shelf)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of ten bytes, so that a few bytes are a long upload."""
    monkeypatch.setattr(chunks, "ONE_PIECE", 20)
    monkeypatch.setattr(chunks, "CHUNK", 10)


def video(shelf: Shelf, text: str = "Hoy", size: int = 50, seconds: float = 15.0, **options: Any) -> Content:
    data = bytes(n % 251 for n in range(size))
    clip = shelf.add("v.mp4", data, "video/mp4", seconds=seconds)
    return content(Platform.TIKTOK, text, clip, format=Format.VIDEO, options={**PUBLIC, **options})


def no(code: str) -> dict[str, Any]:
    return {"data": {}, "error": {"code": code, "message": "no", "log_id": "L1"}}


def state(status: str, **more: Any) -> dict[str, Any]:
    return {"data": {"status": status, **more}, "error": samples.TIKTOK_OK}


def opened(**more: Any) -> dict[str, Any]:
    """Progress of a walk whose upload is open and whose bytes but the last piece are sent."""
    return {
        "begun_at": NOW.isoformat(),
        "creator": {"creator_username": "tiktok"},
        **samples.TIKTOK_VIDEO_OPENED["data"],
        "opened_at": NOW.isoformat(),
        "sent": 0,
        "ready": True,
        **more,
    }


# -- what is sent ------------------------------------------------------------------------------------------------------


async def test_video_of_one_piece(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """Creator, announcement, the only piece, status: the shapes of TikTok's documents, byte for byte."""
    sample = samples.TIKTOK_VIDEO_INIT
    options = {"privacy_level": "MUTUAL_FOLLOW_FRIENDS", "disable_comment": True, "video_cover_timestamp_ms": 1000}
    post = video(shelf, sample["post_info"]["title"], **options)
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR).on("POST", INIT, samples.TIKTOK_VIDEO_OPENED)
    wire.on("PUT", UPLOAD, status=201).on("POST", STATUS, state("PUBLISH_COMPLETE"))
    found = await published(tiktok, CREATOR, post)
    assert wire.asked == [f"POST {QUERY}", f"POST {INIT}", f"PUT {UPLOAD}", f"POST {STATUS}"]
    assert wire.json(1) == sample
    put = wire.requests[2]
    assert str(put.url) == samples.TIKTOK_VIDEO_OPENED["data"]["upload_url"]
    assert put.headers["content-range"] == "bytes 0-49/50"
    assert put.headers["content-length"] == "50"
    assert put.headers["content-type"] == "video/mp4"
    assert "authorization" not in put.headers
    assert put.content == shelf.files["v.mp4"]
    assert wire.json(3) == {"publish_id": "v_pub_file~v2-1.123456789"}
    assert found.external_id == "v_pub_file~v2-1.123456789"


async def test_api_calls_carry_the_token_and_utf8_json(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """TikTok asks for both."""
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR).on("POST", INIT, samples.TIKTOK_VIDEO_OPENED)
    await tiktok.prepare(CREATOR, video(shelf), {})
    assert wire.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert wire.requests[0].headers["content-type"] == "application/json; charset=UTF-8"


@pytest.mark.usefixtures("small_pieces")
async def test_each_piece_is_a_step_and_the_last_one_is_the_commit(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """Every piece but the last goes up before `Ready`, in order and one a step; together they are the file."""
    post = video(shelf, size=57)
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR).on("POST", INIT, samples.TIKTOK_VIDEO_OPENED)
    wire.on("PUT", UPLOAD, status=206, times=4).on("PUT", UPLOAD, status=201)
    progress: Any = {}
    for calls in range(2, 7):
        step = await tiktok.prepare(CREATOR, post, progress)
        assert isinstance(step, Working)
        assert len(wire.requests) == calls
        progress = plain(step.progress)
    ready = await tiktok.prepare(CREATOR, post, progress)
    assert isinstance(ready, Ready)
    assert isinstance(await tiktok.commit(CREATOR, post, ready.progress), Accepted)
    puts = [r for r in wire.requests if r.method == "PUT"]
    ranges = [r.headers["content-range"] for r in puts]
    assert ranges == [f"bytes {a}-{b}/57" for a, b in ((0, 9), (10, 19), (20, 29), (30, 39), (40, 56))]
    assert b"".join(r.content for r in puts) == shelf.files["v.mp4"]


async def test_public_video_waits_for_its_id(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """A public post is published when TikTok tells its id, after processing and moderation."""
    wire.on("POST", STATUS, state("PROCESSING_UPLOAD", uploaded_bytes=50)).on("POST", STATUS, state("PUBLISH_COMPLETE"))
    wire.on("POST", STATUS, state("PUBLISH_COMPLETE", publicaly_available_post_id=[ID]))
    progress = opened(posted_at=NOW.isoformat())
    found = await settled(tiktok, CREATOR, video(shelf), Accepted(progress=progress))
    assert found == Published(external_id=str(ID), permalink=f"https://www.tiktok.com/@tiktok/video/{ID}")
    assert len(wire.requests) == 3


@pytest.mark.parametrize("told", [ID, str(ID), [ID], [str(ID)]])
async def test_id_in_any_of_its_spellings(tiktok: TikTok, wire: Wire, shelf: Shelf, told: Any) -> None:
    """A number or a text, in a list or by itself: kept as text, for it is larger than a float can hold."""
    wire.on("POST", STATUS, state("PUBLISH_COMPLETE", publicaly_available_post_id=told))
    found = await tiktok.settle(CREATOR, video(shelf), opened(posted_at=NOW.isoformat()))
    assert isinstance(found, Published)
    assert found.external_id == str(ID)


async def test_public_video_that_never_gets_an_id_is_published_all_the_same(
    tiktok: TikTok, wire: Wire, shelf: Shelf
) -> None:
    """Moderation may take hours; the post is out, so after one hour it counts as what it is."""
    wire.on("POST", STATUS, state("PUBLISH_COMPLETE"), times=2)
    progress = opened(posted_at=NOW.isoformat())
    with clock.frozen(NOW + timedelta(minutes=59)):
        assert isinstance(await tiktok.settle(CREATOR, video(shelf), progress), Accepted)
    with clock.frozen(NOW + timedelta(minutes=61)):
        found = await tiktok.settle(CREATOR, video(shelf), progress)
    assert found == Published(external_id="v_pub_file~v2-1.123456789")


async def test_disclosures_and_ai_label_come_from_the_content(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """The toggles are a person's choice; the label follows the file; what the creator switched off stays off."""
    clip = shelf.add("v.mp4", b"1234567890", "video/mp4", seconds=9, ai_generated=True)
    options = PUBLIC | {"brand_organic_toggle": True, "disable_duet": True}
    post = content(Platform.TIKTOK, "Hoy", clip, format=Format.VIDEO, options=options)
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR).on("POST", INIT, samples.TIKTOK_VIDEO_OPENED)
    await prepared(tiktok, CREATOR, post)
    info = wire.json(1)["post_info"]
    assert info["is_aigc"] is True
    assert (info["brand_organic_toggle"], info["brand_content_toggle"]) == (True, False)
    assert (info["disable_comment"], info["disable_duet"], info["disable_stitch"]) == (False, True, True)


async def test_photos_are_posted_by_their_addresses(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """One call posts them; it is the commit, and nothing but the creator is asked before it."""
    photos = [shelf.add(f"{n}.webp", mime="image/webp") for n in (1, 2)]
    sample = samples.TIKTOK_PHOTO_INIT
    options = PUBLIC | {
        "title": "funny cat",
        "disable_comment": True,
        "auto_add_music": True,
        "photo_cover_index": 1,
    }
    post = content(Platform.TIKTOK, sample["post_info"]["description"], *photos, options=options)
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR)
    progress = await prepared(tiktok, CREATOR, post)
    assert wire.asked == [f"POST {QUERY}"]
    wire.on("POST", PHOTOS, {"data": {"publish_id": "p_pub_url~v2.1"}, "error": samples.TIKTOK_OK})
    outcome = await tiktok.commit(CREATOR, post, progress)
    assert wire.json() == sample
    assert isinstance(outcome, Accepted)
    wire.on("POST", STATUS, state("PROCESSING_DOWNLOAD")).on(
        "POST", STATUS, state("PUBLISH_COMPLETE", publicaly_available_post_id=[ID])
    )
    assert (await settled(tiktok, CREATOR, post, outcome)).external_id == str(ID)


# -- what the creator may post -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"privacy_level": None}, "error.tiktok.privacy"),
        ({"privacy_level": "FOLLOWER_OF_CREATOR"}, "error.tiktok.privacy"),
        ({"privacy_level": "SELF_ONLY", "brand_content_toggle": True}, "error.tiktok.branded_private"),
        ({"seconds": 301}, "error.tiktok.too_long"),
        ({"text": "🎉" * 1101}, "error.tiktok.text_length"),
    ],
)
async def test_what_the_creator_may_not_post_is_refused_before_anything_is_sent(
    tiktok: TikTok, wire: Wire, shelf: Shelf, options: dict[str, Any], key: str
) -> None:
    """No default for who can see it, no private advertising, no video longer than allowed, no cut text."""
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR)
    with pytest.raises(ContentRefused) as caught:
        await tiktok.prepare(CREATOR, video(shelf, **options), {})
    assert caught.value.key == key
    assert len(wire.requests) == 1


async def test_text_of_exactly_the_limit_goes_out(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """1,100 emoji are 2,200 UTF-16 units."""
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR).on("POST", INIT, samples.TIKTOK_VIDEO_OPENED)
    assert isinstance(await tiktok.prepare(CREATOR, video(shelf, "🎉" * 1100), {}), Ready)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_wire_length_counts_utf16_units(text: str) -> None:
    """A character beyond the basic plane counts two."""
    assert wire_length(Platform.TIKTOK, text) == sum(2 if ord(char) > 0xFFFF else 1 for char in text)


@pytest.mark.parametrize(
    ("code", "status", "kind", "key"),
    [
        ("spam_risk_too_many_posts", 200, RateLimited, "error.tiktok.daily"),
        ("spam_risk_user_banned_from_posting", 200, AccountBlocked, "error.tiktok.banned"),
        ("reached_active_user_cap", 200, RateLimited, "error.tiktok.daily"),
        ("access_token_invalid", 401, TokenRejected, "error.token_rejected"),
        ("scope_not_authorized", 401, PermissionMissing, "error.permission_missing"),
        ("rate_limit_exceeded", 429, RateLimited, "error.rate_limited"),
        ("internal_error", 500, NotSent, "error.not_sent"),
        ("invalid_param", 400, ContentRefused, "error.content_refused"),
        ("something_new", 400, BadAnswer, "error.bad_answer"),
    ],
)
async def test_refusal_before_the_commit_point(
    tiktok: TikTok, wire: Wire, shelf: Shelf, code: str, status: int, kind: type[OutsideError], key: str
) -> None:
    """Only `error.code` decides: the creator query says no with HTTP 200."""
    wire.on("POST", QUERY, no(code), status)
    with pytest.raises(OutsideError) as caught:
        await tiktok.prepare(CREATOR, video(shelf), {})
    assert (type(caught.value), caught.value.key) == (kind, key)
    assert "L1" in caught.value.diagnostic


@pytest.mark.parametrize(
    ("code", "kind", "key"),
    [
        ("unaudited_client_can_only_post_to_private_accounts", ContentRefused, "error.tiktok.private_only"),
        ("privacy_level_option_mismatch", ContentRefused, "error.tiktok.privacy"),
        ("url_ownership_unverified", ContentRefused, "error.tiktok.domain"),
    ],
)
async def test_refusal_of_the_announcement(
    tiktok: TikTok, wire: Wire, shelf: Shelf, code: str, kind: type[OutsideError], key: str
) -> None:
    """Each of TikTok's reasons says the one thing to do."""
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR).on("POST", INIT, no(code), 403)
    with pytest.raises(kind) as caught:
        await prepared(tiktok, CREATOR, video(shelf))
    assert caught.value.key == key


async def test_daily_cap_waits_for_the_next_day(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """TikTok's caps are by day, so the wait ends at midnight UTC."""
    wire.on("POST", QUERY, no("spam_risk_too_many_posts"))
    with pytest.raises(RateLimited) as caught:
        await tiktok.prepare(CREATOR, video(shelf), {})
    assert NOW + (caught.value.retry_after or timedelta()) == datetime(2026, 11, 24, tzinfo=UTC)


def test_every_ruling_has_its_sentence() -> None:
    """No code of the tables ends in a sentence that does not exist."""
    keys = {ruling.key or ruling.error.key for table in (BY_CODE, BY_FAIL_REASON) for ruling in table.values()}
    for language in ("es", "en"):
        assert keys <= set(catalogue(language))


# -- uploads that go wrong ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("status", [403, 404])
async def test_upload_that_died_begins_again(tiktok: TikTok, wire: Wire, shelf: Shelf, status: int) -> None:
    """A dead address before the last piece means a new announcement: nothing was visible."""
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR, times=2).on("POST", INIT, samples.TIKTOK_VIDEO_OPENED, times=2)
    wire.on("PUT", UPLOAD, status=206).on("PUT", UPLOAD, status=status).on("PUT", UPLOAD, status=206, times=4)
    progress = await prepared(tiktok, CREATOR, video(shelf, size=50))
    assert progress["ready"]
    assert wire.asked.count(f"POST {INIT}") == 2


@pytest.mark.usefixtures("small_pieces")
async def test_upload_out_of_step_goes_on_where_tiktok_is(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """A piece that arrived although its answer was lost is refused the second time: the next one is wanted."""
    wire.on("PUT", UPLOAD, status=416).on("POST", STATUS, state("PROCESSING_UPLOAD", uploaded_bytes=20))
    step = await tiktok.prepare(CREATOR, video(shelf, size=50), opened(sent=1, ready=False))
    assert step.progress["sent"] == 2
    assert "restarts" not in step.progress


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("told", [state("PROCESSING_UPLOAD", uploaded_bytes=10), no("invalid_publish_id")])
async def test_upload_that_refuses_the_piece_it_wants_begins_again(
    tiktok: TikTok, wire: Wire, shelf: Shelf, told: dict[str, Any]
) -> None:
    """Such an upload goes nowhere."""
    wire.on("PUT", UPLOAD, status=416).on("POST", STATUS, told)
    step = await tiktok.prepare(CREATOR, video(shelf, size=50), opened(sent=1, ready=False))
    assert step.progress == {"begun_at": NOW.isoformat(), "restarts": 1}


@pytest.mark.usefixtures("small_pieces")
async def test_upload_that_dies_again_and_again_fails(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """Three new beginnings, then the walk ends instead of circling."""
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR, times=9).on("POST", INIT, samples.TIKTOK_VIDEO_OPENED, times=9)
    wire.on("PUT", UPLOAD, status=403, times=9)
    with pytest.raises(NotSent) as caught:
        await prepared(tiktok, CREATOR, video(shelf, size=50))
    assert not caught.value.retryable


@pytest.mark.usefixtures("small_pieces")
async def test_piece_that_fails_is_sent_again(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """A server fault in the middle leaves the progress as it was: the same piece is next."""
    wire.on("PUT", UPLOAD, status=503).on("PUT", UPLOAD, status=206)
    progress = opened(sent=1, ready=False)
    with pytest.raises(NotSent):
        await tiktok.prepare(CREATOR, video(shelf, size=50), progress)
    step = await tiktok.prepare(CREATOR, video(shelf, size=50), progress)
    assert step.progress["sent"] == 2
    assert {r.headers["content-range"] for r in wire.requests} == {"bytes 10-19/50"}


async def test_address_older_than_an_hour_is_not_used(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """Upload addresses live an hour: a walk taken up later announces the video anew."""
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR).on("POST", INIT, samples.TIKTOK_VIDEO_OPENED)
    with clock.frozen(NOW + timedelta(hours=1)):
        progress = await prepared(tiktok, CREATOR, video(shelf), opened(ready=False))
        assert progress["opened_at"] == clock.now().isoformat()


@pytest.mark.parametrize("status", [400, 403, 404, 416, 500, 503, 206])
async def test_last_piece_that_is_not_taken_clearly_leaves_the_outcome_open(
    tiktok: TikTok, wire: Wire, shelf: Shelf, status: int
) -> None:
    """A refusal of the last piece may mean that an earlier sending of it worked: the status decides, not the PUT."""
    wire.on("PUT", UPLOAD, status=status)
    with pytest.raises(OutcomeUnknown):
        await tiktok.commit(CREATOR, video(shelf), opened())


async def test_lost_answer_of_the_last_piece(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """A reset leaves the outcome open, and the upload's token out of the diagnostic."""
    wire.on("PUT", UPLOAD, error=httpx.ReadError("reset by https://h/?upload_token=Xza123"))
    with pytest.raises(OutcomeUnknown) as caught:
        await tiktok.commit(CREATOR, video(shelf), opened())
    assert "Xza123" not in caught.value.diagnostic


# -- going on after a commit that seemed not to happen -----------------------------------------------------------------


@pytest.mark.usefixtures("small_pieces")
async def test_retry_takes_up_the_same_upload(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """The pieces that TikTok has are not sent again; the same upload cannot become two posts."""
    wire.on("POST", STATUS, state("PROCESSING_UPLOAD", uploaded_bytes=40))
    progress = await prepared(tiktok, CREATOR, video(shelf, size=50), opened(sent=4))
    assert (progress["publish_id"], progress["sent"], progress["ready"]) == ("v_pub_file~v2-1.123456789", 4, True)
    assert wire.asked == [f"POST {STATUS}"]


@pytest.mark.usefixtures("small_pieces")
async def test_retry_goes_back_to_the_piece_that_tiktok_lacks(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """TikTok's count of bytes wins over ours."""
    wire.on("POST", STATUS, state("PROCESSING_UPLOAD", uploaded_bytes=20)).on("PUT", UPLOAD, status=206, times=2)
    await prepared(tiktok, CREATOR, video(shelf, size=50), opened(sent=4))
    ranges = [r.headers["content-range"] for r in wire.requests if r.method == "PUT"]
    assert ranges == ["bytes 20-29/50", "bytes 30-39/50"]


@pytest.mark.parametrize("told", ["PUBLISH_COMPLETE", "PROCESSING_DOWNLOAD"])
async def test_retry_of_a_post_that_is_out_sends_nothing(tiktok: TikTok, wire: Wire, shelf: Shelf, told: str) -> None:
    """If the last byte did arrive, the commit is a matter of waiting."""
    wire.on("POST", STATUS, state(told))
    progress = await prepared(tiktok, CREATOR, video(shelf), opened())
    assert isinstance(await tiktok.commit(CREATOR, video(shelf), progress), Accepted)
    assert wire.asked == [f"POST {STATUS}"]


@pytest.mark.parametrize("answer", [state("FAILED", fail_reason="internal"), no("invalid_publish_id")])
async def test_retry_of_a_post_that_failed_begins_again(
    tiktok: TikTok, wire: Wire, shelf: Shelf, answer: dict[str, Any]
) -> None:
    """A post that TikTok gave up or does not know needs a new upload, even if its last byte was taken once."""
    wire.on("POST", STATUS, answer, 200 if "status" in answer["data"] else 400)
    wire.on("POST", QUERY, samples.TIKTOK_CREATOR).on("POST", INIT, samples.TIKTOK_VIDEO_OPENED)
    progress = await prepared(tiktok, CREATOR, video(shelf), opened(posted_at=NOW.isoformat()))
    assert "posted_at" not in progress
    assert progress["restarts"] == 1


# -- settling ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "kind", "key"),
    [
        ("file_format_check_failed", ContentRefused, "error.tiktok.video"),
        ("picture_size_check_failed", ContentRefused, "error.tiktok.picture"),
        ("spam_risk_text", ContentRefused, "error.tiktok.text"),
        ("spam_risk", ContentRefused, "error.tiktok.spam"),
        ("spam_risk_something_new", ContentRefused, "error.tiktok.spam"),
        ("spam_risk_too_many_posts", RateLimited, "error.tiktok.daily"),
        ("spam_risk_user_banned_from_posting", AccountBlocked, "error.tiktok.banned"),
        ("auth_removed", TokenRejected, "error.token_rejected"),
        ("internal", PostFailed, "error.tiktok.processing"),
        ("photo_pull_failed", PostFailed, "error.tiktok.fetch"),
        ("", ContentRefused, "error.content_refused"),
    ],
)
async def test_post_that_tiktok_gives_up(
    tiktok: TikTok, wire: Wire, shelf: Shelf, reason: str, kind: type[OutsideError], key: str
) -> None:
    """The post is dropped, with a reason that is one of our errors."""
    wire.on("POST", STATUS, state("FAILED", fail_reason=reason))
    found = await tiktok.settle(CREATOR, video(shelf), opened(posted_at=NOW.isoformat()))
    assert isinstance(found, Dropped)
    assert (type(found.error), found.error.key) == (kind, key)


@pytest.mark.parametrize("failure", [{"status": 500}, {"error": httpx.ConnectError("down")}])
async def test_question_that_fails_after_the_commit_is_never_a_not_sent(
    tiktok: TikTok, wire: Wire, shelf: Shelf, failure: dict[str, Any]
) -> None:
    """The post may be out; only the question did not get through."""
    wire.on("POST", STATUS, **failure)
    with pytest.raises(OutcomeUnknown):
        await tiktok.settle(CREATOR, video(shelf), opened(posted_at=NOW.isoformat()))


async def test_waits_between_questions_grow(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """TikTok allows thirty questions a minute for an account, however many posts it has."""
    wire.on("POST", STATUS, state("PROCESSING_UPLOAD", uploaded_bytes=50), times=3)
    waits = []
    for seconds in (0, 20, 600):
        with clock.frozen(NOW + timedelta(seconds=seconds)):
            outcome = await tiktok.settle(CREATOR, video(shelf), opened(posted_at=NOW.isoformat()))
            assert isinstance(outcome, Accepted)
            waits.append(outcome.wait.total_seconds())
    assert waits == [3, 10, 60]


# -- looking up --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "minutes", "kind"),
    [
        (state("PUBLISH_COMPLETE", publicaly_available_post_id=[ID]), 0, Published),
        (state("PUBLISH_COMPLETE"), 0, Accepted),
        (state("PROCESSING_UPLOAD", uploaded_bytes=50), 0, Accepted),
        (state("PROCESSING_UPLOAD", uploaded_bytes=0), 0, Undecided),
        (state("PROCESSING_UPLOAD", uploaded_bytes=0), 2, Absent),
        (state("PROCESSING_UPLOAD"), 2, Absent),
        (state("FAILED", fail_reason="internal"), 0, Accepted),
    ],
)
async def test_status_decides_what_became_of_a_lost_answer(
    tiktok: TikTok, wire: Wire, shelf: Shelf, told: dict[str, Any], minutes: int, kind: type[object]
) -> None:
    """Bytes missing and a minute gone: absent. All bytes there: TikTok works on it, or `settle` tells how it ended."""
    wire.on("POST", STATUS, told)
    with clock.frozen(NOW + timedelta(minutes=minutes)):
        assert isinstance(await tiktok.look_up(CREATOR, video(shelf), opened(), NOW), kind)


async def test_private_video_is_known_by_its_publish_id(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """Posts that are not public never get an id."""
    wire.on("POST", STATUS, state("PUBLISH_COMPLETE"))
    found = await tiktok.look_up(CREATOR, video(shelf, privacy_level="SELF_ONLY"), opened(), NOW)
    assert found == Published(external_id="v_pub_file~v2-1.123456789")


async def test_a_video_that_moderation_kept_gets_its_name_later(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """What was known by its upload is read back by it, and told apart by its own id once it has one."""
    wire.on("POST", STATUS, state("PUBLISH_COMPLETE"))
    wire.on("POST", STATUS, state("PUBLISH_COMPLETE", publicaly_available_post_id=[7654321]))
    wire.on(
        "POST",
        "/v2/video/query/",
        {"data": {"videos": [{"id": "7654321", "title": "Hoy"}]}, "error": samples.TIKTOK_OK},
    )
    assert isinstance(await tiktok.read_back(CREATOR, video(shelf), "v_pub_file~v2-1.123456789"), Undecided)
    shown = await tiktok.read_back(CREATOR, video(shelf), "v_pub_file~v2-1.123456789")
    assert shown == Live(text="Hoy", external_id="7654321")


async def test_without_an_announcement_a_video_cannot_be_out(tiktok: TikTok, wire: Wire, shelf: Shelf) -> None:
    """No upload, no post; but photos are posted by the very call whose answer was lost."""
    assert isinstance(await tiktok.look_up(CREATOR, video(shelf), {}, NOW), Absent)
    photos = content(Platform.TIKTOK, "Hoy", shelf.add("a.jpg"), options=PUBLIC)
    with clock.frozen(NOW + timedelta(hours=1)):
        assert isinstance(await tiktok.look_up(CREATOR, photos, {"ready": True}, NOW), Undecided)


# -- the plan of pieces ------------------------------------------------------------------------------------------------

MB = 1_000_000


@pytest.mark.parametrize(
    ("size", "chunk", "count", "last"),
    [
        (4_194_304, 4_194_304, 1, (0, 4_194_303)),
        (64_000_000, 64_000_000, 1, (0, 63_999_999)),
        (64_000_001, 10_000_000, 6, (50_000_000, 64_000_000)),
        (150_000_000, 10_000_000, 15, (140_000_000, 149_999_999)),
        (4_294_967_296, 10_000_000, 429, (4_280_000_000, 4_294_967_295)),
    ],
)
def test_plan_of_known_sizes(size: int, chunk: int, count: int, last: tuple[int, int]) -> None:
    """The rows of the contract."""
    pieces = plan(size)
    assert (pieces.chunk_size, pieces.count) == (chunk, count)
    assert pieces.span(count - 1) == last


@given(st.integers(1, 4 * 1024**3))
def test_plan_covers_every_file_within_the_limits(size: int) -> None:
    """Pieces follow each other without a gap, and keep TikTok's limits in both readings of MB."""
    pieces = plan(size)
    assert pieces.count == size // pieces.chunk_size
    assert 1 <= pieces.count <= 1000
    spans = [pieces.span(index) for index in range(pieces.count)]
    assert spans[0][0] == 0
    assert spans[-1][1] == size - 1
    assert all(before[1] + 1 == after[0] for before, after in itertools.pairwise(spans))
    assert all(5 * 1024**2 <= b - a + 1 <= 64 * MB for a, b in spans[:-1])
    assert spans[-1][1] - spans[-1][0] + 1 <= 128 * MB
    assert size <= 64 * 1024**2 or pieces.count > 1


# -- figures -----------------------------------------------------------------------------------------------------------


def counted(video_id: str, views: int = 456) -> dict[str, Any]:
    return {"id": video_id, "like_count": 12, "comment_count": 3, "share_count": 1, "view_count": views}


async def test_figures_come_twenty_at_a_time(tiktok: TikTok, wire: Wire) -> None:
    """A post without a video id is not asked for, since one such id fails the batch; what is missing is left out."""
    ids = [str(ID + n) for n in range(25)]
    for batch in (ids[:20], ids[20:]):
        body = {"data": {"videos": [counted(i) for i in batch[1:]]}, "error": samples.TIKTOK_OK}
        wire.on("POST", "/v2/video/query/", body)
    found = await tiktok.measure(CREATOR, [*ids, "v_pub_file~v2-1.1"])
    assert [len(wire.json(n)["filters"]["video_ids"]) for n in (0, 1)] == [20, 5]
    assert wire.query() == {"fields": "id,view_count,like_count,comment_count,share_count"}
    assert set(found) == set(ids) - {ids[0], ids[20]}
    assert found[ids[1]] == Metrics(views=456, likes=12, comments=3, shares=1)


async def test_nothing_to_ask_is_not_asked(tiktok: TikTok, wire: Wire) -> None:
    """An account of private posts costs no call."""
    assert await tiktok.measure(CREATOR, ["v_pub_file~v2-1.1"]) == {}
    assert not wire.requests


async def test_limit_ends_the_reading_and_keeps_what_was_read(tiktok: TikTok, wire: Wire) -> None:
    """A limit after the first batch costs only the rest."""
    ids = [str(ID + n) for n in range(25)]
    wire.on("POST", "/v2/video/query/", {"data": {"videos": [counted(ids[0])]}, "error": samples.TIKTOK_OK})
    wire.on("POST", "/v2/video/query/", no("rate_limit_exceeded"), 429, times=2)
    assert set(await tiktok.measure(CREATOR, ids)) == {ids[0]}
    with pytest.raises(RateLimited):
        await tiktok.measure(CREATOR, ids)
