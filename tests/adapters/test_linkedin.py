"""LinkedIn at the wire: files first, then one call; what can be read back and what cannot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from marketingos import clock
from marketingos.adapters.linkedin import LinkedIn
from marketingos.adapters.linkedin.little_text import escape
from marketingos.adapters.linkedin.wire import BY_CODE, BY_STATUS
from marketingos.domain.account import AccountKind
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import Absent, Published, Ready, Removed, Undecided, Working
from marketingos.errors import (
    BadAnswer,
    ContentRefused,
    NotSent,
    OutcomeUnknown,
    OutsideError,
    PermissionMissing,
    RateLimited,
    TokenRejected,
)
from marketingos.text import catalogue
from tests.adapters import samples
from tests.adapters.wire import JPEG, NOW, TOKEN, Shelf, Wire, content, grant, plain, prepared, published

COMPANY = grant(AccountKind.ORGANIZATION, "urn:li:organization:12345678")
PERSON = grant(AccountKind.MEMBER, "urn:li:person:8hQ2vLmZ3x")
POSTS, INIT = "/rest/posts", r"/rest/images\?action=initializeUpload"
IMAGE = samples.LINKEDIN_IMAGE_INIT["value"]["image"]
IMAGE_STATE = "/rest/images/urn%3Ali%3Aimage%3A"
URN = "urn:li:share:6844785523593134080"
TEXT = content(Platform.LINKEDIN, "Sample (escaped) text")
LATER = NOW + timedelta(minutes=6)

pytestmark = pytest.mark.usefixtures("still")


@pytest.fixture
def linkedin(shelf: Shelf) -> LinkedIn:
    return LinkedIn(shelf)


def made(wire: Wire) -> None:
    """The answer to a post: 201, an empty body, the id in a header."""
    wire.on("POST", POSTS + "$", status=201, headers={"x-restli-id": URN})


def no(status: int, code: str, message: str = "") -> dict[str, Any]:
    return {"status": status, "code": code, "message": message}


def announced(number: str) -> dict[str, Any]:
    return {"value": {"uploadUrl": f"https://www.linkedin.com/dms-uploads/{number}", "image": f"urn:li:image:{number}"}}


# -- what is sent ------------------------------------------------------------------------------------------------------


async def test_text_is_one_call(linkedin: LinkedIn, wire: Wire) -> None:
    """Method, path, headers and body are those of the documents; the id comes in a header beside an empty body."""
    made(wire)
    post = await published(linkedin, COMPANY, TEXT)
    assert wire.asked == ["POST /rest/posts"]
    assert wire.json() == samples.LINKEDIN_TEXT
    headers = wire.requests[0].headers
    assert {name: headers[name] for name in samples.LINKEDIN_HEADERS} == samples.LINKEDIN_HEADERS
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert headers["content-type"] == "application/json"
    assert post == Published(external_id=URN, permalink=f"https://www.linkedin.com/feed/update/{URN}/")


async def test_member_writes_in_their_own_name(linkedin: LinkedIn, wire: Wire) -> None:
    """The author is the account, whichever kind it is."""
    made(wire)
    await published(linkedin, PERSON, TEXT)
    assert wire.json()["author"] == "urn:li:person:8hQ2vLmZ3x"


async def test_hashtags_stay_links(linkedin: LinkedIn, wire: Wire) -> None:
    """They travel as templates; everything else reserved is escaped."""
    made(wire)
    await published(linkedin, COMPANY, content(Platform.LINKEDIN, "Abrimos (hoy) #Barbería"))
    assert wire.json()["commentary"] == r"Abrimos \(hoy\) {hashtag|\#|Barbería}"


async def test_picture_is_uploaded_then_awaited_then_named(linkedin: LinkedIn, wire: Wire, shelf: Shelf) -> None:
    """Announce and PUT with the token, ask until it is available, post: what would be dear to repeat is a step."""
    post = content(Platform.LINKEDIN, "Menú", shelf.add("a.jpg", alt_text="alt"))
    wire.on("POST", INIT, samples.LINKEDIN_IMAGE_INIT).on("PUT", "/dms-uploads/example", status=201)
    wire.on("GET", IMAGE_STATE, {"status": "PROCESSING"}).on("GET", IMAGE_STATE, {"status": "AVAILABLE"})
    progress: Any = {}
    for calls, kind in ((2, Working), (3, Working), (4, Ready)):
        step = await linkedin.prepare(COMPANY, post, progress)
        assert isinstance(step, kind)
        assert len(wire.requests) == calls
        progress = plain(step.progress)
    assert wire.json(0) == {"initializeUploadRequest": {"owner": "urn:li:organization:12345678"}}
    put = wire.requests[1]
    assert str(put.url) == samples.LINKEDIN_IMAGE_INIT["value"]["uploadUrl"]
    assert put.headers["authorization"] == f"Bearer {TOKEN}"
    assert put.content == JPEG
    assert wire.requests[2].url.raw_path.decode() == "/rest/images/urn%3Ali%3Aimage%3AC4E10AQFoyyAjHPMQuQ"
    made(wire)
    await linkedin.commit(COMPANY, post, progress)
    assert wire.json()["content"] == {"media": {"id": IMAGE, "altText": "alt"}}


async def test_many_pictures(linkedin: LinkedIn, wire: Wire, shelf: Shelf) -> None:
    """Two or more pictures are a `multiImage`, in order; a description that is not there is not sent."""
    post = content(Platform.LINKEDIN, "Dos", shelf.add("a.jpg", alt_text="a"), shelf.add("b.jpg"))
    for number in ("A", "B"):
        wire.on("POST", INIT, announced(number)).on("PUT", f"/dms-uploads/{number}", status=201)
        wire.on("GET", IMAGE_STATE + number, {"status": "AVAILABLE"})
    made(wire)
    await published(linkedin, COMPANY, post)
    images = [{"id": "urn:li:image:A", "altText": "a"}, {"id": "urn:li:image:B"}]
    assert wire.json()["content"] == {"multiImage": {"images": images}}


async def test_member_may_not_ask_whether_a_picture_is_ready(linkedin: LinkedIn, wire: Wire, shelf: Shelf) -> None:
    """A member's token gets 403 for that question, so the picture is given twenty seconds instead."""
    post = content(Platform.LINKEDIN, "Menú", shelf.add("a.jpg"))
    wire.on("POST", INIT, samples.LINKEDIN_IMAGE_INIT).on("PUT", "/dms-uploads/example", status=201)
    progress: Any = {}
    for _ in range(3):
        step = await linkedin.prepare(PERSON, post, progress)
        progress = plain(step.progress)
    assert isinstance(step, Working)
    assert step.wait == timedelta(seconds=20)
    with clock.frozen(NOW + timedelta(seconds=21)):
        await prepared(linkedin, PERSON, post, progress)
    assert "GET" not in {request.method for request in wire.requests}


async def test_a_slow_upload_is_given_its_time_all_the_same(linkedin: LinkedIn, wire: Wire, shelf: Shelf) -> None:
    """The twenty seconds begin when the last byte is there, however long ago the file was announced."""
    post = content(Platform.LINKEDIN, "Guía", shelf.add("a.pdf", mime="application/pdf"), format=Format.DOCUMENT)
    value = {"uploadUrl": "https://www.linkedin.com/dms-uploads/example", "document": "urn:li:document:1"}
    wire.on("POST", "initializeUpload", {"value": value}).on("PUT", "/dms-uploads", status=201)
    progress = plain((await linkedin.prepare(PERSON, post, {})).progress)
    progress["uploads"][0] |= {"at": (NOW - timedelta(minutes=3)).isoformat()}
    step = await linkedin.prepare(PERSON, post, progress)
    assert isinstance(step, Working)
    assert step.wait == timedelta(seconds=20)


async def test_link_travels_as_a_card(linkedin: LinkedIn, wire: Wire) -> None:
    """LinkedIn does not read the page: title and description are sent, the host when there is no title."""
    made(wire)
    made(wire)
    options = {"link_title": "t", "link_description": "d"}
    await published(
        linkedin, COMPANY, content(Platform.LINKEDIN, "Lee", link_url="https://example.com/a", options=options)
    )
    assert wire.json()["content"] == {"article": {"source": "https://example.com/a", "title": "t", "description": "d"}}
    await published(linkedin, COMPANY, content(Platform.LINKEDIN, "Lee", link_url="https://example.com/a"))
    assert wire.json()["content"] == {"article": {"source": "https://example.com/a", "title": "example.com"}}


@pytest.mark.parametrize("status", [400, 403, 404, 410])
async def test_dead_upload_address_begins_again(linkedin: LinkedIn, wire: Wire, shelf: Shelf, status: int) -> None:
    """The file is announced anew; the files before it are kept."""
    post = content(Platform.LINKEDIN, "Dos", shelf.add("a.jpg"), shelf.add("b.jpg"))
    first = {"urn": "urn:li:image:A", "at": NOW.isoformat(), "parts": [["u", 0, 1]], "etags": [""], "usable": True}
    wire.on("POST", INIT, announced("B")).on("PUT", "/B", no(status, "EXPIRED_UPLOAD_URL"), status)
    wire.on("POST", INIT, announced("C")).on("PUT", "/C", status=201).on("GET", "3AC", {"status": "AVAILABLE"})
    progress = await prepared(linkedin, COMPANY, post, {"uploads": [first]})
    assert [upload["urn"] for upload in progress["uploads"]] == ["urn:li:image:A", "urn:li:image:C"]


async def test_file_that_linkedin_cannot_process(linkedin: LinkedIn, wire: Wire, shelf: Shelf) -> None:
    """A person has to change it."""
    post = content(Platform.LINKEDIN, "Menú", shelf.add("a.jpg"))
    wire.on("POST", INIT, announced("A")).on("PUT", "/A", status=201)
    wire.on("GET", "3AA", {"status": "PROCESSING_FAILED"})
    with pytest.raises(ContentRefused) as caught:
        await prepared(linkedin, COMPANY, post)
    assert caught.value.key == "error.linkedin.media"


VIDEO_INIT = {
    "value": {
        "video": "urn:li:video:D4D10AQE_p-P_odQhXQ",
        "uploadToken": "",
        "uploadInstructions": [
            {"uploadUrl": "https://www.linkedin.com/dms-uploads/example?part=1", "firstByte": 0, "lastByte": 59},
            {"uploadUrl": "https://www.linkedin.com/dms-uploads/example?part=2", "firstByte": 60, "lastByte": 99},
        ],
    }
}


async def test_video_goes_up_in_the_parts_that_linkedin_names(linkedin: LinkedIn, wire: Wire, shelf: Shelf) -> None:
    """Each part to its own address, their tags handed back verbatim and in order, members' videos awaited, too."""
    clip = shelf.add("v.mp4", bytes(range(100)), "video/mp4")
    wire.on("POST", r"/rest/videos\?action=initializeUpload", VIDEO_INIT)
    wire.on("PUT", "part=1", headers={"etag": '"etag-1"'}).on("PUT", "part=2", headers={"etag": '"etag-2"'})
    wire.on("POST", r"/rest/videos\?action=finalizeUpload")
    wire.on("GET", "/rest/videos/urn%3Ali%3Avideo%3AD4D10AQE_p-P_odQhXQ", {"status": "AVAILABLE"})
    made(wire)
    await published(linkedin, PERSON, content(Platform.LINKEDIN, "Corte", clip, format=Format.VIDEO))
    request = {"owner": PERSON.external_id, "fileSizeBytes": 100, "uploadCaptions": False, "uploadThumbnail": False}
    assert wire.json(0) == {"initializeUploadRequest": request}
    assert [wire.requests[n].content for n in (1, 2)] == [bytes(range(60)), bytes(range(60, 100))]
    assert wire.requests[1].headers["content-type"] == "application/octet-stream"
    ended = {
        "video": "urn:li:video:D4D10AQE_p-P_odQhXQ",
        "uploadToken": "",
        "uploadedPartIds": ['"etag-1"', '"etag-2"'],
    }
    assert wire.json(3) == {"finalizeUploadRequest": ended}
    assert wire.json()["content"] == {"media": {"id": "urn:li:video:D4D10AQE_p-P_odQhXQ"}}


async def test_part_without_a_tag_is_sent_again(linkedin: LinkedIn, wire: Wire, shelf: Shelf) -> None:
    """A video cannot be put together without the tags of all its parts."""
    clip = shelf.add("v.mp4", bytes(range(100)), "video/mp4")
    post = content(Platform.LINKEDIN, "Corte", clip, format=Format.VIDEO)
    wire.on("POST", "initializeUpload", VIDEO_INIT, times=2).on("PUT", "part=1")
    wire.on("PUT", "part=1", headers={"etag": "e"})
    with pytest.raises(BadAnswer) as caught:
        await linkedin.prepare(COMPANY, post, {})
    assert caught.value.retryable
    step = await linkedin.prepare(COMPANY, post, {})
    assert step.progress["uploads"][0]["etags"] == ["e"]


@pytest.mark.parametrize(
    ("text", "options", "title"),
    [("Guía\ncompleta", {}, "Guía"), ("Guía", {"title": "Manual"}, "Manual"), ("", {}, "g.pdf")],
)
async def test_document_has_a_title(
    linkedin: LinkedIn, wire: Wire, shelf: Shelf, text: str, options: dict[str, Any], title: str
) -> None:
    """LinkedIn demands one: what was chosen, the first line of the text, or the file's name."""
    paper = shelf.add("g.pdf", b"%PDF", "application/pdf")
    urn = "urn:li:document:D4D10AQHr-e30QZCAjQ"
    value = {"uploadUrl": "https://www.linkedin.com/dms-uploads/example", "document": urn}
    wire.on("POST", r"/rest/documents\?action=initializeUpload", {"value": value}).on("PUT", "/dms-uploads", status=201)
    wire.on("GET", "/rest/documents/", {"status": "AVAILABLE"})
    made(wire)
    post = content(Platform.LINKEDIN, text, paper, format=Format.DOCUMENT, options=options)
    await published(linkedin, COMPANY, post)
    assert wire.json()["content"] == {"media": {"id": urn, "title": title}}


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "kind", "key"),
    [
        (400, no(400, "MISSING_FIELD"), ContentRefused, "error.content_refused"),
        (400, no(400, "FIELD_LENGTH_TOO_LONG"), ContentRefused, "error.linkedin.text"),
        (401, no(401, "EXPIRED_ACCESS_TOKEN"), TokenRejected, "error.token_rejected"),
        (401, {"serviceErrorCode": 65600}, TokenRejected, "error.token_rejected"),
        (403, no(403, "ACCESS_DENIED"), PermissionMissing, "error.linkedin.role"),
        (409, no(409, "CONFLICT"), OutcomeUnknown, "error.outcome_unknown"),
        (422, no(422, "UNPROCESSABLE_ENTITY"), ContentRefused, "error.content_refused"),
        (400, no(400, "MEDIA_ASSET_WAITING_UPLOAD"), NotSent, "error.not_sent"),
        (400, no(400, "MEDIA_ASSET_PROCESSING_FAILED"), ContentRefused, "error.linkedin.media"),
        (426, no(426, "NONEXISTENT_VERSION"), NotSent, "error.linkedin.version"),
        (429, no(429, "TOO_MANY_REQUESTS"), RateLimited, "error.linkedin.daily"),
        (500, no(500, "INTERNAL_SERVER_ERROR"), OutcomeUnknown, "error.outcome_unknown"),
        (503, None, OutcomeUnknown, "error.outcome_unknown"),
        (418, no(418, "SOMETHING_NEW"), OutcomeUnknown, "error.outcome_unknown"),
    ],
)
async def test_refusal_at_the_commit_point(
    linkedin: LinkedIn, wire: Wire, status: int, body: Any, kind: type[OutsideError], key: str
) -> None:
    """Each of LinkedIn's codes is one of our errors; a page of HTML from a gateway leaves the outcome open."""
    wire.on("POST", POSTS, body, status, text=None if body else "<html>Internal Server Error</html>")
    with pytest.raises(OutsideError) as caught:
        await linkedin.commit(COMPANY, TEXT, {})
    assert (type(caught.value), caught.value.key) == (kind, key)


async def test_daily_quota_waits_for_midnight(linkedin: LinkedIn, wire: Wire) -> None:
    """LinkedIn's quotas end with the day in UTC; what it says itself counts more."""
    wire.on("POST", POSTS, no(429, "TOO_MANY_REQUESTS"), 429)
    wire.on("POST", POSTS, no(429, "TOO_MANY_REQUESTS"), 429, headers={"retry-after": "60"})
    with pytest.raises(RateLimited) as caught:
        await linkedin.commit(COMPANY, TEXT, {})
    assert NOW + (caught.value.retry_after or timedelta()) == datetime(2026, 11, 24, tzinfo=UTC)
    with pytest.raises(RateLimited) as caught:
        await linkedin.commit(COMPANY, TEXT, {})
    assert caught.value.retry_after == timedelta(minutes=1)


async def test_success_without_an_id_leaves_the_outcome_open(linkedin: LinkedIn, wire: Wire) -> None:
    """201 without the header may well be a post."""
    wire.on("POST", POSTS, status=201)
    with pytest.raises(OutcomeUnknown):
        await linkedin.commit(COMPANY, TEXT, {})


async def test_lost_answer(linkedin: LinkedIn, wire: Wire) -> None:
    """A time-out leaves the outcome open."""
    wire.on("POST", POSTS, error=httpx.ReadTimeout("slow"))
    with pytest.raises(OutcomeUnknown):
        await linkedin.commit(COMPANY, TEXT, {})


def test_every_ruling_has_its_sentence() -> None:
    """No code of the tables ends in a sentence that does not exist."""
    keys = {ruling.key or ruling.error.key for table in (BY_CODE, BY_STATUS) for ruling in table.values()}
    for language in ("es", "en"):
        assert keys <= set(catalogue(language))


# -- duplicates --------------------------------------------------------------------------------------------------------

DUPLICATE_URN = "urn:li:share:7141138937766391808"


def listed(text: str, minutes: float = 0, urn: str = URN, **more: Any) -> dict[str, Any]:
    """A post as LinkedIn tells it, its text in little text."""
    moment = int((NOW + timedelta(minutes=minutes)).timestamp() * 1000)
    return {"id": urn, "commentary": escape(text), "lifecycleState": "PUBLISHED", "createdAt": moment, **more}


async def test_duplicate_at_the_first_try_is_a_text_written_twice(linkedin: LinkedIn, wire: Wire) -> None:
    """Nothing of this walk can be out yet, so the other post is somebody else's doing."""
    wire.on("POST", POSTS, samples.LINKEDIN_DUPLICATE, 422)
    with pytest.raises(ContentRefused) as caught:
        await linkedin.commit(COMPANY, TEXT, await prepared(linkedin, COMPANY, TEXT))
    assert caught.value.key == "error.linkedin.duplicate"


async def test_duplicate_of_our_own_lost_post_is_adopted(linkedin: LinkedIn, wire: Wire) -> None:
    """After a try whose outcome was lost the named post is read; if it is ours, it is the post."""
    wire.on("POST", POSTS, samples.LINKEDIN_DUPLICATE, 422)
    wire.on("GET", "urn%3Ali%3Ashare%3A7141138937766391808", listed(TEXT.text, urn=DUPLICATE_URN))
    progress = await prepared(linkedin, COMPANY, TEXT, await prepared(linkedin, COMPANY, TEXT))
    found = await linkedin.commit(COMPANY, TEXT, progress)
    assert isinstance(found, Published)
    assert found.external_id == DUPLICATE_URN


async def test_duplicate_of_an_older_post_is_refused_also_later(linkedin: LinkedIn, wire: Wire) -> None:
    """A post from before the walk began was not made by it."""
    wire.on("POST", POSTS, samples.LINKEDIN_DUPLICATE, 422)
    wire.on("GET", "3A7141138937766391808", listed(TEXT.text, minutes=-60, urn=DUPLICATE_URN))
    progress = await prepared(linkedin, COMPANY, TEXT, await prepared(linkedin, COMPANY, TEXT))
    with pytest.raises(ContentRefused):
        await linkedin.commit(COMPANY, TEXT, progress)


async def test_duplicate_that_cannot_be_read_is_for_a_person(linkedin: LinkedIn, wire: Wire) -> None:
    """LinkedIn may name a post that was deleted, and its answers may fail."""
    wire.on("POST", POSTS, samples.LINKEDIN_DUPLICATE, 422).on("GET", "3A7141138937766391808", status=404)
    progress = await prepared(linkedin, COMPANY, TEXT, await prepared(linkedin, COMPANY, TEXT))
    with pytest.raises(OutcomeUnknown):
        await linkedin.commit(COMPANY, TEXT, progress)


async def test_duplicate_that_a_member_cannot_read_is_for_a_person(linkedin: LinkedIn, wire: Wire) -> None:
    """Nobody can tell whose it is."""
    wire.on("POST", POSTS, samples.LINKEDIN_DUPLICATE, 422)
    progress = await prepared(linkedin, PERSON, TEXT, await prepared(linkedin, PERSON, TEXT))
    with pytest.raises(OutcomeUnknown):
        await linkedin.commit(PERSON, TEXT, progress)


# -- looking up --------------------------------------------------------------------------------------------------------


async def look_up(linkedin: LinkedIn, wire: Wire, what: Any, progress: Any, *rows: dict[str, Any]) -> Any:
    wire.on("GET", POSTS, {"paging": {"start": 0, "count": 100}, "elements": list(rows)})
    return await linkedin.look_up(COMPANY, what, progress, NOW)


async def test_one_exact_match_is_adopted(linkedin: LinkedIn, wire: Wire) -> None:
    """The finder is asked in Rest.li syntax; texts are compared after unescaping."""
    found = await look_up(linkedin, wire, TEXT, {}, listed(TEXT.text), listed("Otra", urn="urn:li:share:2"))
    assert found.external_id == URN
    asked = wire.requests[0].url.raw_path.decode()
    assert asked == "/rest/posts?q=author&author=urn%3Ali%3Aorganization%3A12345678&count=100&sortBy=CREATED"


async def test_duplicate_that_is_not_there_has_to_be_reworded(linkedin: LinkedIn, wire: Wire) -> None:
    """LinkedIn refuses the words of a deleted post for a day or two: another try would hear the same."""
    with clock.frozen(LATER):
        found = await look_up(linkedin, wire, TEXT, {"refused": "error.linkedin.duplicate"})
    assert isinstance(found, Absent)
    assert isinstance(found.error, ContentRefused)


async def test_text_may_come_back_plain(linkedin: LinkedIn, wire: Wire) -> None:
    """Whether LinkedIn writes it back escaped is not documented: both are read."""
    found = await look_up(linkedin, wire, TEXT, {}, listed("") | {"commentary": TEXT.text})
    assert isinstance(found, Published)


async def test_upload_is_the_fingerprint(linkedin: LinkedIn, wire: Wire, shelf: Shelf) -> None:
    """Each upload mints a fresh URN, so of two equal texts the one with our picture is ours."""
    post = content(Platform.LINKEDIN, "Menú", shelf.add("a.jpg"))
    progress = {"uploads": [{"urn": IMAGE}]}
    ours = listed("Menú", content={"media": {"id": IMAGE}})
    other = listed("Menú", urn="urn:li:share:2", content={"media": {"id": "urn:li:image:X"}})
    assert (await look_up(linkedin, wire, post, progress, ours, other)).external_id == URN


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([], Absent),
        ([listed("Otra")], Absent),
        ([listed(TEXT.text, minutes=-9)], Undecided),
        ([listed(TEXT.text, minutes=-2 * 24 * 60)], Absent),
        ([listed(TEXT.text), listed(TEXT.text, urn="urn:li:share:2")], Undecided),
        ([listed(TEXT.text, lifecycleState="PUBLISH_REQUESTED")], Undecided),
        ([listed(f"Otra {n}", urn=f"urn:li:share:{n}") for n in range(100)], Undecided),
    ],
)
async def test_what_the_list_of_a_company_says(
    linkedin: LinkedIn, wire: Wire, rows: list[Any], kind: type[object]
) -> None:
    """Absent only when the whole span was seen and nothing is alike, not even what our clock, if it was wrong, may have
    put before its time; two matches are for a person."""
    with clock.frozen(LATER):
        assert isinstance(await look_up(linkedin, wire, TEXT, {}, *rows), kind)


async def test_too_early_to_say_absent(linkedin: LinkedIn, wire: Wire) -> None:
    """The list may lag."""
    assert isinstance(await look_up(linkedin, wire, TEXT, {}), Undecided)


async def test_like_text_with_another_picture_is_for_a_person(linkedin: LinkedIn, wire: Wire, shelf: Shelf) -> None:
    """Neither surely ours nor surely absent."""
    post = content(Platform.LINKEDIN, "Menú", shelf.add("a.jpg"))
    row = listed("Menú", content={"media": {"id": "urn:li:image:X"}})
    with clock.frozen(LATER):
        assert isinstance(await look_up(linkedin, wire, post, {"uploads": [{"urn": IMAGE}]}, row), Undecided)


# -- the first comment -------------------------------------------------------------------------------------------------

COMMENTED = content(Platform.LINKEDIN, "Hoy abrimos", first_comment="Más (aquí)")
COMMENTS = "/rest/socialActions/urn%3Ali%3Ashare%3A6844785523593134080/comments"


async def test_first_comment_follows_the_post(linkedin: LinkedIn, wire: Wire) -> None:
    """It is written as little text, by the company itself, and looked for before it is written."""
    wire.on("POST", f"{POSTS}$", status=201, headers={"x-restli-id": URN})
    wire.on("GET", COMMENTS, {"elements": []}).on("POST", COMMENTS, {"id": "1"}, 201)
    assert await published(linkedin, COMPANY, COMMENTED) == Published(
        external_id=URN, permalink=f"https://www.linkedin.com/feed/update/{URN}/"
    )
    assert wire.json() == {"actor": COMPANY.external_id, "object": URN, "message": {"text": r"Más \(aquí\)"}}


@pytest.mark.parametrize("text", ["Más (aquí)", r"Más \(aquí\)"])
async def test_first_comment_is_not_repeated(linkedin: LinkedIn, wire: Wire, text: str) -> None:
    """One that is there is seen, be it told as little text or plain."""
    wire.on("GET", COMMENTS, {"elements": [{"message": {"text": text}}]})
    found = await linkedin.settle(COMPANY, COMMENTED, {"post": URN})
    assert isinstance(found, Published)
    assert found.note_key is None


async def test_a_permission_that_covers_no_comments_is_told(linkedin: LinkedIn, wire: Wire) -> None:
    """Members grant none: their post goes out without, and says so."""
    wire.on("GET", COMMENTS, {"status": 403, "code": "ACCESS_DENIED"}, 403)
    found = await linkedin.settle(PERSON, COMMENTED, {"post": URN})
    assert isinstance(found, Published)
    assert found.note_key == "note.first_comment"


async def test_a_post_that_was_taken_down_is_told(linkedin: LinkedIn, wire: Wire) -> None:
    """LinkedIn says that there is no such post."""
    wire.on("GET", "/rest/posts/", {"status": 404, "code": "RESOURCE_NOT_FOUND"}, 404)
    assert await linkedin.read_back(COMPANY, TEXT, URN) == Removed()


async def test_members_posts_cannot_be_read(linkedin: LinkedIn, wire: Wire) -> None:
    """They always go to a person, and no call is wasted on them."""
    with clock.frozen(LATER):
        assert isinstance(await linkedin.look_up(PERSON, TEXT, {}, NOW), Undecided)
    assert not wire.requests


# -- figures -----------------------------------------------------------------------------------------------------------

SHARE, UGC = "urn:li:share:7000000000000000002", "urn:li:ugcPost:7000000000000000003"


async def test_figures_of_shares_and_ugc_posts(linkedin: LinkedIn, wire: Wire) -> None:
    """Each kind has its own list; reactions of this moment win over a count that can fall below zero."""
    wire.on("GET", r"shares=List\(", samples.LINKEDIN_STATISTICS)
    wire.on("GET", r"ugcPosts=List\(", {"elements": []})
    wire.on("GET", "/rest/socialMetadata", {"results": {SHARE: samples.LINKEDIN_SOCIAL}})
    wire.on("GET", "/rest/socialMetadata", {"results": {}})
    found = await linkedin.measure(COMPANY, [SHARE, UGC])
    assert found == {SHARE: Metrics(views=200, reach=120, clicks=4, likes=6, comments=3, shares=1)}
    asked = {r.url.raw_path.decode() for r in wire.requests}
    assert (
        "/rest/organizationalEntityShareStatistics?q=organizationalEntity"
        "&organizationalEntity=urn%3Ali%3Aorganization%3A12345678&shares=List(urn%3Ali%3Ashare%3A7000000000000000002)"
    ) in asked
    assert "/rest/socialMetadata?ids=List(urn%3Ali%3AugcPost%3A7000000000000000003)" in asked


async def test_likes_below_zero_are_not_known(linkedin: LinkedIn, wire: Wire) -> None:
    """More likes taken back than given says nothing about how many there are."""
    wire.on("GET", "shares=List", samples.LINKEDIN_STATISTICS)
    wire.on("GET", "/rest/socialMetadata", no(403, "ACCESS_DENIED"), 403)
    found = await linkedin.measure(COMPANY, [SHARE])
    assert found[SHARE] == Metrics(views=200, reach=120, clicks=4, comments=2, shares=1)


async def test_posts_without_activity_are_left_out(linkedin: LinkedIn, wire: Wire) -> None:
    """Absent is not zero."""
    wire.on("GET", "shares=List", {"elements": []}).on("GET", "/rest/socialMetadata", {"results": {}})
    assert await linkedin.measure(COMPANY, [SHARE]) == {}


async def test_figures_come_in_batches(linkedin: LinkedIn, wire: Wire) -> None:
    """An address stays well under LinkedIn's 4,000 characters."""
    wire.on("GET", "shares=List", {"elements": []}, times=3)
    wire.on("GET", "/rest/socialMetadata", {"results": {}}, times=3)
    await linkedin.measure(COMPANY, [f"urn:li:share:7{n:018}" for n in range(120)])
    assert len(wire.requests) == 6
    assert max(len(r.url.raw_path) for r in wire.requests) < 4000


async def test_members_figures_are_not_asked(linkedin: LinkedIn, wire: Wire) -> None:
    """The permission for them is given to few."""
    assert await linkedin.measure(PERSON, [SHARE]) == {}
    assert not wire.requests
