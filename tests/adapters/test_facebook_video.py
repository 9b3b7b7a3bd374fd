"""Videos, reels and stories of a Page at the wire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from marketingos import clock
from marketingos.adapters.meta import Facebook
from marketingos.domain.delivery import Content
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import Absent, Accepted, Dropped, Published, Undecided, Working
from marketingos.errors import ContentRefused, OutcomeUnknown, OutsideError
from tests.adapters.test_facebook import PAGE, error
from tests.adapters.wire import NOW, TOKEN, Shelf, Wire, content, plain, prepared, published
from tests.conftest import Setter

VIDEOS, REELS = "/v25.0/104823915627341/videos", "/v25.0/104823915627341/video_reels"
PHOTO_STORIES, VIDEO_STORIES = "/v25.0/104823915627341/photo_stories", "/v25.0/104823915627341/video_stories"
UPLOAD = "https://rupload.facebook.com/video-upload/v25.0/555"
LATER = NOW + timedelta(minutes=6)

pytestmark = pytest.mark.usefixtures("still")


@pytest.fixture
def facebook(shelf: Shelf) -> Facebook:
    return Facebook(shelf)


def clip(shelf: Shelf, format: Format, text: str = "Así se corta", **more: Any) -> Content:
    data = bytes(range(100))
    return content(Platform.FACEBOOK, text, shelf.add("v.mp4", data, "video/mp4", seconds=15), format=format, **more)


def status(name: str, **more: Any) -> dict[str, Any]:
    return {"id": "555", "status": {"video_status": name, "publishing_phase": {"status": "not_started"}}, **more}


def offsets(start: int, end: int) -> dict[str, str]:
    return {"start_offset": str(start), "end_offset": str(end)}


OPENED = {"video_id": "555", "upload_session_id": "777", **offsets(0, 60)}
OUT = status("ready", published=True, post_id="104823915627341_9", permalink_url="/reel/555/")


def sent(**more: Any) -> dict[str, Any]:
    """Progress of a video whose bytes are there."""
    return {"begun_at": NOW.isoformat(), "opened_at": NOW.isoformat(), "video": "555", "session": "777"} | {
        "from": 100,
        "to": 100,
        **more,
    }


# -- videos ------------------------------------------------------------------------------------------------------------


async def test_video_goes_up_in_the_spans_that_meta_asks_for(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """Start, transfer until the offsets meet, finish with the words, wait for the post: on the video host."""
    wire.on("POST", VIDEOS, OPENED).on("POST", VIDEOS, offsets(60, 100)).on("POST", VIDEOS, offsets(100, 100))
    wire.on("POST", VIDEOS, {"success": True}).on("GET", "/555", status("processing")).on("GET", "/555", OUT)
    found = await published(facebook, PAGE, clip(shelf, Format.VIDEO, options={"title": "Corte"}))
    assert found == Published(external_id="104823915627341_9", permalink="https://www.facebook.com/reel/555/")
    assert wire.asked == [f"POST {VIDEOS}"] * 4 + ["GET /v25.0/555"] * 2
    assert {request.url.host for request in wire.requests[:4]} == {"graph-video.facebook.com"}
    start, first, second, finish = (request.content for request in wire.requests[:4])
    assert start == b"upload_phase=start&file_size=100"
    assert bytes(range(60)) in first
    assert b'name="start_offset"\r\n\r\n60' in second
    assert bytes(range(60, 100)) in second
    assert finish == b"upload_phase=finish&upload_session_id=777&description=As%C3%AD+se+corta&title=Corte"


async def test_video_host_follows_the_graph_unless_it_is_set(
    facebook: Facebook, wire: Wire, shelf: Shelf, environment: Setter
) -> None:
    """Another base for the Graph API is the base for videos, too; a setting of its own wins."""
    wire.on("POST", VIDEOS, OPENED, times=2)
    environment(META_GRAPH_URL="https://graph.example")
    await facebook.prepare(PAGE, clip(shelf, Format.VIDEO), {})
    environment(META_VIDEO_URL="https://video.example")
    await facebook.prepare(PAGE, clip(shelf, Format.VIDEO), {})
    assert [request.url.host for request in wire.requests] == ["graph.example", "video.example"]


async def test_each_span_is_a_step(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """A process that dies in between resumes with the next span."""
    wire.on("POST", VIDEOS, offsets(100, 100))
    step = await facebook.prepare(PAGE, clip(shelf, Format.VIDEO), sent(**{"from": 60}))
    assert isinstance(step, Working)
    assert plain(step.progress)["from"] == 100


async def test_upload_out_of_step_begins_again(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """A span that arrived although its answer was lost cannot be sent twice: a new upload is harmless."""
    wire.on("POST", VIDEOS, error(6001, 1363037), 400).on("POST", VIDEOS, OPENED | offsets(100, 100))
    progress = await prepared(facebook, PAGE, clip(shelf, Format.VIDEO), sent(**{"from": 60}))
    assert progress["restarts"] == 1


async def test_upload_that_never_works_ends(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """After three new beginnings the person is told that the video is not taken."""
    wire.on("POST", VIDEOS, error(6000), 400)
    with pytest.raises(ContentRefused) as caught:
        await prepared(facebook, PAGE, clip(shelf, Format.VIDEO), sent(**{"from": 60, "restarts": 3}))
    assert caught.value.key == "error.meta.video"


@pytest.mark.parametrize("told", ["error", "upload_failed", "expired"])
async def test_processing_that_failed_is_told(facebook: Facebook, wire: Wire, shelf: Shelf, told: str) -> None:
    """Nothing is visible, and the file is to blame."""
    wire.on("GET", "/555", status(told))
    found = await facebook.settle(PAGE, clip(shelf, Format.VIDEO), sent(sent_at=NOW.isoformat()))
    assert isinstance(found, Dropped)
    assert isinstance(found.error, ContentRefused)


@pytest.mark.parametrize("answer", [{"error": httpx.ReadError("reset")}, {"status": 500}, {"text": "{}"}])
async def test_question_that_fails_after_the_commit_keeps_the_post_in_sight(
    facebook: Facebook, wire: Wire, shelf: Shelf, answer: dict[str, Any]
) -> None:
    """It is retryable and never says that the post is not out."""
    wire.on("GET", "/555", **answer)
    with pytest.raises(OutsideError) as caught:
        await facebook.settle(PAGE, clip(shelf, Format.VIDEO), sent(sent_at=NOW.isoformat()))
    assert caught.value.retryable
    assert "NotSent" not in type(caught.value).__name__


async def test_repeated_commit_asks_nobody(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """Once Meta has taken the finish, a repeated one could make a second post."""
    for format in (Format.VIDEO, Format.REEL):
        outcome = await facebook.commit(PAGE, clip(shelf, format), sent(sent_at=NOW.isoformat()))
        assert isinstance(outcome, Accepted)
    assert not wire.requests


@pytest.mark.parametrize("body", [{}, {"success": False}, None])
async def test_finish_without_a_success_leaves_the_outcome_open(
    facebook: Facebook, wire: Wire, shelf: Shelf, body: Any
) -> None:
    """It may have been taken."""
    wire.on("POST", VIDEOS, body)
    with pytest.raises(OutcomeUnknown):
        await facebook.commit(PAGE, clip(shelf, Format.VIDEO), sent())


@pytest.mark.parametrize(
    ("state", "text", "kind"),
    [
        (OUT, "Así se corta", Accepted),
        (status("processing", description="Así se  corta"), "Así se corta", Accepted),
        (status("processing"), "Así se corta", Absent),
        (status("upload_complete"), "Así se corta", Absent),
        (status("processing"), "", Undecided),
    ],
)
async def test_the_video_itself_tells_whether_it_was_published(
    facebook: Facebook, wire: Wire, shelf: Shelf, state: dict[str, Any], text: str, kind: type[object]
) -> None:
    """The publishing call gives a video its words: without any nothing can be concluded from a video in processing."""
    wire.on("GET", "/555", state)
    with clock.frozen(LATER):
        assert isinstance(await facebook.look_up(PAGE, clip(shelf, Format.VIDEO, text), sent(), NOW), kind)


async def test_too_early_to_say_absent(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """The publishing call may still land."""
    wire.on("GET", "/555", status("processing"))
    assert isinstance(await facebook.look_up(PAGE, clip(shelf, Format.VIDEO), sent(), NOW), Undecided)


async def test_video_without_its_posts_id_counts_as_published_in_the_end(
    facebook: Facebook, wire: Wire, shelf: Shelf
) -> None:
    """It is out; half an hour is patience enough for an id."""
    wire.on("GET", "/555", status("ready", published=True), times=2)
    progress = sent(sent_at=NOW.isoformat())
    assert isinstance(await facebook.settle(PAGE, clip(shelf, Format.VIDEO), progress), Accepted)
    with clock.frozen(NOW + timedelta(minutes=31)):
        found = await facebook.settle(PAGE, clip(shelf, Format.VIDEO), progress)
    assert found == Published(external_id="555", permalink="https://www.facebook.com/reel/555/")


# -- reels and stories -------------------------------------------------------------------------------------------------


async def test_reel(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """Start, the whole file to the upload host with its own word for the token, finish as PUBLISHED."""
    wire.on("POST", REELS, {"video_id": "555", "upload_url": UPLOAD}).on("POST", "/video-upload", {"success": True})
    wire.on("POST", REELS, {"success": True}).on("GET", "/555", OUT)
    found = await published(facebook, PAGE, clip(shelf, Format.REEL))
    assert found.external_id == "104823915627341_9"
    upload = wire.requests[1]
    assert str(upload.url) == UPLOAD
    assert upload.headers["authorization"] == f"OAuth {TOKEN}"
    assert (upload.headers["offset"], upload.headers["file_size"]) == ("0", "100")
    assert upload.content == bytes(range(100))
    finish = wire.requests[2].content
    assert finish == b"upload_phase=finish&video_id=555&video_state=PUBLISHED&description=As%C3%AD+se+corta"


@pytest.mark.parametrize(
    "answer", [{"body": {"debug_info": {"retriable": False}}, "status": 400}, {"body": {"success": False}}]
)
async def test_upload_that_is_not_taken_begins_again(
    facebook: Facebook, wire: Wire, shelf: Shelf, answer: dict[str, Any]
) -> None:
    """The upload host has words of its own; a success that is none is no upload."""
    wire.on("POST", "/video-upload", **answer)
    progress = {"begun_at": NOW.isoformat(), "opened_at": NOW.isoformat(), "video": "555", "upload_url": UPLOAD}
    step = await facebook.prepare(PAGE, clip(shelf, Format.REEL), progress)
    assert step.progress == {"begun_at": NOW.isoformat(), "restarts": 1}


@pytest.mark.parametrize(("version", "told"), [("v25.0", False), ("v26.0", True)])
@pytest.mark.parametrize("format", [Format.VIDEO, Format.REEL, Format.STORY])
async def test_what_a_model_made_is_declared_where_the_version_takes_it(
    facebook: Facebook, wire: Wire, shelf: Shelf, environment: Setter, version: str, told: bool, format: Format
) -> None:
    """Version 26 brought the word for it; an older one is not told."""
    environment(META_GRAPH_VERSION=version)
    made = shelf.add("m.mp4", b"film", "video/mp4", seconds=15, ai_generated=True)
    wire.on("POST", "/video", {"success": True, "post_id": "9"})
    await facebook.commit(PAGE, content(Platform.FACEBOOK, "Hoy", made, format=format), sent(uploaded=True))
    assert (b"is_ai_generated=true" in wire.requests[0].content) is told


async def test_old_upload_is_made_anew(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """What was uploaded and not used within a day is gone."""
    wire.on("POST", REELS, {"video_id": "556", "upload_url": UPLOAD})
    with clock.frozen(NOW + timedelta(days=1)):
        step = await facebook.prepare(PAGE, clip(shelf, Format.REEL), sent(uploaded=True))
    assert step.progress["video"] == "556"


async def test_photo_story(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """An unpublished photo, then the call that shows it."""
    story = content(Platform.FACEBOOK, "", shelf.add("a.jpg"), format=Format.STORY)
    wire.on("POST", "/photos", {"id": "1"}).on("POST", PHOTO_STORIES, {"success": True, "post_id": "42"})
    found = await published(facebook, PAGE, story)
    assert wire.requests[1].content == b"photo_id=1"
    assert found == Published(external_id="104823915627341_42", permalink="https://www.facebook.com/stories/42")


async def test_video_story_is_out_when_it_is_processed(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """The answer names the story before it can be seen."""
    wire.on("POST", VIDEO_STORIES, {"video_id": "555", "upload_url": UPLOAD})
    wire.on("POST", "/video-upload", {"success": True}).on("POST", VIDEO_STORIES, {"success": True, "post_id": "42"})
    wire.on("GET", "/555", status("processing")).on("GET", "/555", status("ready"))
    found = await published(facebook, PAGE, clip(shelf, Format.STORY, ""))
    assert wire.requests[2].content == b"upload_phase=finish&video_id=555"
    assert found.external_id == "104823915627341_42"
    assert len(wire.requests) == 5


async def test_lost_answer_of_a_story_is_for_a_person(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """Stories say nothing by which one could be known again."""
    with clock.frozen(LATER):
        assert isinstance(await facebook.look_up(PAGE, clip(shelf, Format.STORY), sent(), NOW), Undecided)
    assert not wire.requests
