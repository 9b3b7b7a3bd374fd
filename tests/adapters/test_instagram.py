"""Instagram at the wire: containers, the one publication each allows, and how a lost answer is settled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from marketingos import clock
from marketingos.adapters.meta import Instagram, graph
from marketingos.domain.account import AccountKind
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import Absent, Accepted, Published, Ready, Removed, Undecided, Working
from marketingos.errors import (
    AccountBlocked,
    ContentRefused,
    NotSent,
    OutcomeUnknown,
    OutsideError,
    PostFailed,
    RateLimited,
    TokenRejected,
)
from tests.adapters.test_facebook import error, metric
from tests.adapters.wire import NOW, Shelf, Wire, content, grant, plain, prepared, published, settled
from tests.conftest import Setter

ACCOUNT = grant(AccountKind.INSTAGRAM, "17841459031772846")
MEDIA, PUBLISH = "/v25.0/17841459031772846/media", "/v25.0/17841459031772846/media_publish"
CONTAINER, QUOTA = "/v25.0/179001", "/v25.0/17841459031772846/content_publishing_limit"
LATER = NOW + timedelta(minutes=2)

pytestmark = pytest.mark.usefixtures("still")


@pytest.fixture
def instagram(shelf: Shelf) -> Instagram:
    return Instagram(shelf)


def picture(shelf: Shelf, text: str = "Hoy abrimos", count: int = 1, **more: Any) -> Any:
    parts = [shelf.add(f"{n}.jpg", alt_text=f"Foto {n}") for n in range(count)]
    return content(Platform.INSTAGRAM, text, *parts, **more)


def status(code: str, detail: str = "") -> dict[str, Any]:
    return {"status_code": code, "status": detail or code.title(), "id": "179001"}


def room(wire: Wire, used: int = 0, total: int = 50) -> Wire:
    """What Instagram says of the day's quota."""
    return wire.on("GET", QUOTA, {"data": [{"quota_usage": used, "config": {"quota_total": total}}]})


def made(**more: Any) -> dict[str, Any]:
    """Progress with a container made now."""
    return {"begun_at": NOW.isoformat(), "container": "179001", "container_at": NOW.isoformat(), **more}


# -- what is sent ------------------------------------------------------------------------------------------------------


async def test_picture_goes_through_a_container(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """Container from the public address, a look at its status and at the quota, the publication, the address: one call
    each."""
    room(wire).on("POST", MEDIA + "$", {"id": "179001"}).on("GET", CONTAINER, status("FINISHED"))
    wire.on("POST", PUBLISH, {"id": "180001"}).on("GET", "/180001", {"id": "180001", "permalink": "https://i/p/x"})
    post = await published(instagram, ACCOUNT, picture(shelf))
    assert wire.asked == [f"POST {MEDIA}", f"GET {CONTAINER}", f"GET {QUOTA}", f"POST {PUBLISH}", "GET /v25.0/180001"]
    assert wire.json(0) == {
        "image_url": "https://media.example.com/0.jpg",
        "caption": "Hoy abrimos",
        "alt_text": "Foto 0",
    }
    assert wire.query(1) == {"fields": "status_code,status"}
    assert wire.query(2) == {"fields": "quota_usage,config"}
    assert wire.json(3) == {"creation_id": "179001"}
    assert wire.query(3) == {}
    assert post == Published(external_id="180001", permalink="https://i/p/x")


async def test_every_step_is_one_call_and_survives_a_restart(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """The container is kept right after it was made; a picture is not published before it is finished."""
    post = picture(shelf)
    wire.on("POST", MEDIA, {"id": "179001"}).on("GET", CONTAINER, status("IN_PROGRESS"))
    first = await instagram.prepare(ACCOUNT, post, {})
    assert isinstance(first, Working)
    assert plain(first.progress)["container"] == "179001"
    second = await Instagram(shelf).prepare(ACCOUNT, post, plain(first.progress))
    assert isinstance(second, Working)
    assert second.wait >= timedelta(seconds=1)
    room(wire).on("GET", CONTAINER, status("FINISHED"))
    third = await instagram.prepare(ACCOUNT, post, plain(second.progress))
    assert isinstance(third, Ready)
    assert len(wire.requests) == 4


@pytest.mark.parametrize(
    ("used", "total", "waits"), [(49, 50, False), (50, 50, True), (25, 25, True), (99, 100, False)]
)
async def test_a_full_quota_is_waited_for(
    instagram: Instagram, wire: Wire, shelf: Shelf, used: int, total: int, waits: bool
) -> None:
    """How many posts a day there are is what Instagram says at that moment; the container is kept meanwhile."""
    room(wire, used, total).on("GET", CONTAINER, status("FINISHED"))
    if not waits:
        assert isinstance(await instagram.prepare(ACCOUNT, picture(shelf), made()), Ready)
        return
    with pytest.raises(RateLimited) as caught:
        await instagram.prepare(ACCOUNT, picture(shelf), made())
    assert (caught.value.key, caught.value.retry_after) == ("error.instagram.quota", timedelta(hours=1))


@pytest.mark.parametrize("answer", [({"data": []}, 200), (error(200), 403), ({}, 500)])
async def test_a_quota_that_is_not_told_stops_nothing(
    instagram: Instagram, wire: Wire, shelf: Shelf, answer: tuple[dict[str, Any], int]
) -> None:
    """Then Instagram's own refusal is the limit."""
    wire.on("GET", QUOTA, answer[0], answer[1]).on("GET", CONTAINER, status("FINISHED"))
    assert isinstance(await instagram.prepare(ACCOUNT, picture(shelf), made()), Ready)


async def test_pause_between_looks_grows(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """A container that takes long is asked less and less often, at most once a minute."""
    waits = []
    for seconds in (0, 10, 60, 3600):
        wire.on("GET", CONTAINER, status("IN_PROGRESS"))
        with clock.frozen(NOW + timedelta(seconds=seconds)):
            step = await instagram.prepare(ACCOUNT, picture(shelf), made())
            assert isinstance(step, Working)
            waits.append(step.wait.total_seconds())
    assert waits == sorted(waits)
    assert waits[-1] == 60


@pytest.mark.parametrize("age", [timedelta(hours=23, minutes=30), timedelta(days=3)])
async def test_expired_container_is_made_anew(instagram: Instagram, wire: Wire, shelf: Shelf, age: timedelta) -> None:
    """A walk taken up a day later begins again without asking for a container that is gone."""
    wire.on("POST", MEDIA, {"id": "179002"})
    with clock.frozen(NOW + age):
        step = await instagram.prepare(ACCOUNT, picture(shelf), made())
    assert step.progress["container"] == "179002"
    assert step.progress["begun_at"] == NOW.isoformat()


async def test_container_that_says_it_expired_is_made_anew(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """`EXPIRED` drops the container; the next step makes another."""
    room(wire).on("GET", CONTAINER, status("EXPIRED")).on("POST", MEDIA, {"id": "179002"})
    wire.on("GET", "/179002", status("FINISHED"))
    progress = await prepared(instagram, ACCOUNT, picture(shelf), made())
    assert progress["container"] == "179002"


@pytest.mark.parametrize(
    ("subcode", "kind", "key"),
    [
        (2207026, ContentRefused, "error.instagram.video"),
        (2207009, ContentRefused, "error.instagram.picture"),
        (2207050, AccountBlocked, "error.instagram.restricted"),
    ],
)
async def test_spoilt_container_whose_file_is_to_blame(
    instagram: Instagram, wire: Wire, shelf: Shelf, subcode: int, kind: type[OutsideError], key: str
) -> None:
    """The subcode in the status text tells what a person can do."""
    wire.on("GET", CONTAINER, status("ERROR", f"Error: Media upload has failed with error code {subcode}"))
    with pytest.raises(kind) as caught:
        await instagram.prepare(ACCOUNT, picture(shelf), made())
    assert caught.value.key == key


@pytest.mark.parametrize("detail", ["Error: … error code 2207053", "Error: … error code 2207077", "Error"])
async def test_spoilt_container_is_made_anew_some_times(
    instagram: Instagram, wire: Wire, shelf: Shelf, detail: str
) -> None:
    """Instagram's own faults begin again with a new container, three times; then the walk fails for good."""
    wire.on("POST", MEDIA, {"id": "179001"}, times=9).on("GET", CONTAINER, status("ERROR", detail), times=9)
    with pytest.raises(NotSent) as caught:
        await prepared(instagram, ACCOUNT, picture(shelf))
    assert caught.value.key == "error.instagram.processing"
    assert not caught.value.retryable
    assert wire.asked.count(f"POST {MEDIA}") == 4


async def test_carousel(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """Each picture becomes a child without caption; the parent comes when all are finished, in order."""
    for child in ("179101", "179102"):
        wire.on("POST", MEDIA + "$", {"id": child}).on("GET", f"/{child}", status("FINISHED"))
    room(wire).on("POST", MEDIA + "$", {"id": "179001"}).on("GET", CONTAINER, status("FINISHED"))
    progress = await prepared(instagram, ACCOUNT, picture(shelf, "Dos", count=2))
    assert progress["container"] == "179001"
    children = [wire.json(n) for n in (0, 1)]
    assert [c["image_url"] for c in children] == [f"https://media.example.com/{n}.jpg" for n in (0, 1)]
    assert all(c["is_carousel_item"] is True and c["alt_text"] and "caption" not in c for c in children)
    assert wire.json(4) == {"media_type": "CAROUSEL", "children": ["179101", "179102"], "caption": "Dos"}


async def test_carousel_resumes_at_the_next_picture(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """A child that was made before a crash is not made again."""
    wire.on("POST", MEDIA, {"id": "179102"})
    progress = {"begun_at": NOW.isoformat(), "container_at": NOW.isoformat(), "children": ["179101"]}
    step = await instagram.prepare(ACCOUNT, picture(shelf, count=2), progress)
    assert step.progress["children"] == ["179101", "179102"]


async def test_carousel_may_have_videos(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """A video child says so, and has no description."""
    parts = (shelf.add("0.jpg"), shelf.add("1.mp4", mime="video/mp4", alt_text="no"))
    wire.on("POST", MEDIA, {"id": "1"}).on("POST", MEDIA, {"id": "2"})
    progress: Any = {}
    for _ in range(2):
        progress = (await instagram.prepare(ACCOUNT, content(Platform.INSTAGRAM, "Dos", *parts), progress)).progress
    child = {"is_carousel_item": True, "media_type": "VIDEO", "video_url": "https://media.example.com/1.mp4"}
    assert wire.json() == child


async def test_reel(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """A reel by the video's public address, shown in the feed, too; descriptions are for pictures alone."""
    clip = shelf.add("v.mp4", mime="video/mp4", alt_text="no")
    wire.on("POST", MEDIA, {"id": "179001"})
    post = content(Platform.INSTAGRAM, "Corte", clip, format=Format.REEL, options={"thumb_offset": 900})
    await instagram.prepare(ACCOUNT, post, {})
    assert wire.json() == {
        "media_type": "REELS",
        "share_to_feed": True,
        "video_url": "https://media.example.com/v.mp4",
        "caption": "Corte",
        "thumb_offset": 900,
    }


async def test_story(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """A story has no words; what stories there were is kept, for it can only be known by being new."""
    wire.on("GET", "/stories", {"data": [{"id": "7", "timestamp": "2026-11-23T08:00:00+0000"}]})
    room(wire).on("POST", MEDIA, {"id": "179001"}).on("GET", CONTAINER, status("FINISHED"))
    post = content(Platform.INSTAGRAM, "Nadie lo ve", shelf.add("a.jpg", alt_text="no"), format=Format.STORY)
    progress = await prepared(instagram, ACCOUNT, post)
    assert wire.json(1) == {"media_type": "STORIES", "image_url": "https://media.example.com/a.jpg"}
    now = NOW.strftime("%Y-%m-%dT%H:%M:%S+0000")
    rows = [{"id": "7", "timestamp": now}, {"id": "8", "timestamp": now}]
    wire.on("GET", CONTAINER, status("PUBLISHED")).on("GET", "/stories", {"data": rows})
    found = await instagram.look_up(ACCOUNT, post, progress, NOW)
    assert isinstance(found, Accepted)
    assert found.progress["media"] == "8"


def newer(path: str) -> str:
    """The address in the version that brought the label."""
    return path.replace("/v25.0/", "/v26.0/")


@pytest.mark.parametrize("format", [Format.IMAGE, Format.REEL, Format.STORY])
async def test_what_a_model_made_carries_the_label(
    instagram: Instagram, wire: Wire, shelf: Shelf, environment: Setter, format: Format
) -> None:
    """From version 26 on the container says so; what people made says nothing."""
    environment(META_GRAPH_VERSION="v26.0")
    wire.on("POST", newer(MEDIA), {"id": "1"}, times=2)
    for made in (True, False):
        file = shelf.add("v.mp4", mime="video/mp4" if format is Format.REEL else "image/jpeg", ai_generated=made)
        await instagram.prepare(ACCOUNT, content(Platform.INSTAGRAM, "Hoy", file, format=format), {"before": []})
    assert [wire.json(n).get("is_ai_generated") for n in (0, 1)] == [True, None]


async def test_an_older_version_is_not_told(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """It does not know the word."""
    wire.on("POST", MEDIA, {"id": "1"})
    made = content(Platform.INSTAGRAM, "Hoy", shelf.add("a.jpg", ai_generated=True))
    await instagram.prepare(ACCOUNT, made, {"before": []})
    assert "is_ai_generated" not in wire.json(0)


async def test_a_carousel_carries_the_label_as_a_whole(
    instagram: Instagram, wire: Wire, shelf: Shelf, environment: Setter
) -> None:
    """One picture by a model is enough; the pictures themselves do not say it."""
    environment(META_GRAPH_VERSION="v26.0")
    for child in ("1", "2"):
        wire.on("POST", newer(MEDIA) + "$", {"id": child}).on("GET", f"/{child}", status("FINISHED"))
    wire.on("GET", newer(QUOTA), {"data": [{"quota_usage": 0, "config": {"quota_total": 50}}]})
    wire.on("POST", newer(MEDIA) + "$", {"id": "179001"}).on("GET", newer(CONTAINER), status("FINISHED"))
    parts = (shelf.add("0.jpg"), shelf.add("1.jpg", ai_generated=True))
    await prepared(instagram, ACCOUNT, content(Platform.INSTAGRAM, "Dos", *parts))
    assert [wire.json(n).get("is_ai_generated") for n in (0, 1, 4)] == [None, None, True]


async def test_reel_is_not_taken_for_a_picture(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """Two posts of the same words are told apart by their kind."""
    post = content(Platform.INSTAGRAM, "Corte", shelf.add("v.mp4", mime="video/mp4"), format=Format.REEL)
    rows = [listed("Corte", number="1"), listed("Corte", number="2") | {"media_product_type": "REELS"}]
    wire.on("GET", CONTAINER, status("PUBLISHED")).on("GET", MEDIA, {"data": rows})
    found = await instagram.look_up(ACCOUNT, post, made(), NOW)
    assert isinstance(found, Accepted)
    assert found.progress["media"] == "2"


# -- after publishing --------------------------------------------------------------------------------------------------


async def test_media_id_is_kept_before_anything_else(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """Once it is known a repeated commit asks nobody."""
    wire.on("POST", PUBLISH, {"id": "180001"})
    outcome = await instagram.commit(ACCOUNT, picture(shelf), made())
    assert isinstance(outcome, Accepted)
    assert outcome.progress["media"] == "180001"
    assert (await instagram.commit(ACCOUNT, picture(shelf), plain(outcome.progress))).progress["media"] == "180001"  # type: ignore[union-attr]
    assert isinstance(await instagram.prepare(ACCOUNT, picture(shelf), plain(outcome.progress)), Ready)
    assert len(wire.requests) == 1


@pytest.mark.parametrize("failure", [{"status": 500}, {"body": error(100, 33), "status": 400}, {"text": "<html>"}])
async def test_address_that_cannot_be_read_never_fails_the_post(
    instagram: Instagram, wire: Wire, shelf: Shelf, failure: dict[str, Any]
) -> None:
    """The post is out; its address is only nice to have."""
    wire.on("GET", "/180001", **failure)
    found = await instagram.settle(ACCOUNT, picture(shelf), made(media="180001"))
    assert found == Published(external_id="180001")


async def test_first_comment(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """The comment follows the post, without `fields`, which Instagram answers with an error; one that seems to have
    failed is looked for before it is made again."""
    post = picture(shelf, first_comment="#barbería")
    wire.on("GET", "/180001/comments", {"data": []}).on("POST", "/180001/comments", error(20, 1772107), 400)
    wire.on("GET", "/180001/comments", {"data": [{"id": "c", "text": "#barbería"}]})
    wire.on("GET", r"/180001\?", {"permalink": "https://i/p/x"})
    found = await settled(instagram, ACCOUNT, post, Accepted(progress=made(media="180001")))
    assert found.permalink == "https://i/p/x"
    assert wire.json(1) == {"message": "#barbería"}
    assert wire.query(1) == {}


async def test_a_post_that_was_taken_down_is_told(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """Meta says that there is no such object, or none that we may see."""
    wire.on("GET", "/180001", error(100, 33), 400)
    assert await instagram.read_back(ACCOUNT, picture(shelf), "180001") == Removed()


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "subcode", "kind", "key"),
    [
        (9, 2207042, RateLimited, "error.instagram.quota"),
        (25, 2207050, AccountBlocked, "error.instagram.restricted"),
        (110, 2207013, TokenRejected, "error.instagram.professional"),
        (9007, 2207027, NotSent, "error.not_sent"),
        (-2, 2207020, NotSent, "error.not_sent"),
        (36004, 2207010, ContentRefused, "error.instagram.text"),
        (4, 2207051, OutcomeUnknown, "error.instagram.spam"),
        (24, 2207008, OutcomeUnknown, "error.outcome_unknown"),
        (24, 2207006, OutcomeUnknown, "error.outcome_unknown"),
        (-1, 2207001, OutcomeUnknown, "error.outcome_unknown"),
        (4, None, RateLimited, "error.rate_limited"),
    ],
)
async def test_refusal_at_the_commit_point(
    instagram: Instagram, wire: Wire, shelf: Shelf, code: int, subcode: int | None, kind: type[OutsideError], key: str
) -> None:
    """A spam block may come after the post went live, and a container that is not found may be published."""
    wire.on("POST", PUBLISH, error(code, subcode), 400)
    with pytest.raises(OutsideError) as caught:
        await instagram.commit(ACCOUNT, picture(shelf), made())
    assert (type(caught.value), caught.value.key) == (kind, key)


@pytest.mark.parametrize(
    ("code", "subcode", "kind", "key"),
    [
        (9004, 2207052, PostFailed, "error.instagram.fetch"),
        (-2, 2207003, PostFailed, "error.instagram.fetch"),
        (36001, 2207005, ContentRefused, "error.instagram.picture"),
        (36000, None, ContentRefused, "error.instagram.picture"),
        (100, 2207028, ContentRefused, "error.instagram.carousel"),
        (100, 2207040, ContentRefused, "error.instagram.text"),
        (-1, 2207001, NotSent, "error.not_sent"),
        (80002, None, RateLimited, "error.rate_limited"),
    ],
)
async def test_refusal_of_a_container(
    instagram: Instagram, wire: Wire, shelf: Shelf, code: int, subcode: int | None, kind: type[OutsideError], key: str
) -> None:
    """Making a container is harmless, so Instagram's own faults may be tried again."""
    wire.on("POST", MEDIA, error(code, subcode), 400)
    with pytest.raises(OutsideError) as caught:
        await instagram.prepare(ACCOUNT, picture(shelf), {})
    assert (type(caught.value), caught.value.key) == (kind, key)


async def test_account_that_is_no_longer_professional(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """Instagram tells it by words alone."""
    wire.on("POST", MEDIA, error(100, message="The user is not an Instagram Business account"), 400)
    with pytest.raises(TokenRejected) as caught:
        await instagram.prepare(ACCOUNT, picture(shelf), {})
    assert caught.value.key == "error.instagram.professional"


# -- looking up --------------------------------------------------------------------------------------------------------


async def test_a_block_that_was_meant_lets_the_account_rest(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """Instagram says so of posts that are out, too; once it is known that this one is not, nothing is sent for an hour.
    Before the visible call there is no doubt."""
    wire.on("GET", CONTAINER, status("FINISHED")).on("POST", MEDIA, error(4, 2207051), 400)
    with clock.frozen(LATER):
        found = await instagram.look_up(ACCOUNT, picture(shelf), made(refused="error.instagram.spam"), NOW)
    assert isinstance(found, Absent)
    with pytest.raises(RateLimited) as caught:
        await instagram.prepare(ACCOUNT, picture(shelf), {})
    for told in (found.error, caught.value):
        assert isinstance(told, RateLimited)
        assert (told.key, told.retry_after) == ("error.instagram.restricted", timedelta(hours=1))


def listed(caption: str, minutes: float = 0, number: str = "180001") -> dict[str, Any]:
    moment = (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {"id": number, "caption": caption, "timestamp": moment}


async def test_published_container_is_found_in_the_list(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """A container never tells its post, so the list does: same caption, not older than the walk."""
    rows = [listed("Hoy abrimos "), listed("Otra", number="180002"), listed("Hoy abrimos", -9, "180003")]
    wire.on("GET", CONTAINER, status("PUBLISHED")).on("GET", MEDIA, {"data": rows})
    found = await instagram.look_up(ACCOUNT, picture(shelf), made(), NOW)
    assert isinstance(found, Accepted)
    assert found.progress["media"] == "180001"


@pytest.mark.parametrize("rows", [[], [listed("Hoy abrimos"), listed("Hoy abrimos", number="180002")]])
async def test_published_container_without_one_exact_match(
    instagram: Instagram, wire: Wire, shelf: Shelf, rows: list[Any]
) -> None:
    """It is out, so it is never absent; which post it is, nobody guesses."""
    wire.on("GET", CONTAINER, status("PUBLISHED")).on("GET", MEDIA, {"data": rows})
    with clock.frozen(NOW + timedelta(hours=1)):
        assert isinstance(await instagram.look_up(ACCOUNT, picture(shelf), made(), NOW), Undecided)


@pytest.mark.parametrize("code", ["FINISHED", "IN_PROGRESS"])
async def test_unpublished_container_after_a_minute(instagram: Instagram, wire: Wire, shelf: Shelf, code: str) -> None:
    """A publication in flight may still land; after a minute the same container can be published."""
    wire.on("GET", CONTAINER, status(code), times=2)
    assert isinstance(await instagram.look_up(ACCOUNT, picture(shelf), made(), NOW), Undecided)
    with clock.frozen(LATER):
        assert isinstance(await instagram.look_up(ACCOUNT, picture(shelf), made(), NOW), Absent)


@pytest.mark.parametrize("code", ["EXPIRED", "ERROR"])
async def test_dead_container_was_not_published(instagram: Instagram, wire: Wire, shelf: Shelf, code: str) -> None:
    """A container that expired or failed is no post."""
    wire.on("GET", CONTAINER, status(code))
    assert isinstance(await instagram.look_up(ACCOUNT, picture(shelf), made(), NOW), Absent)


@pytest.mark.parametrize("failure", [{"status": 500}, {"body": error(100, 33), "status": 400}])
async def test_container_that_cannot_be_read_decides_nothing(
    instagram: Instagram, wire: Wire, shelf: Shelf, failure: dict[str, Any]
) -> None:
    """In Meta's own incidents reads of good objects fail while publishing works: ask again later."""
    wire.on("GET", CONTAINER, **failure)
    with clock.frozen(LATER), pytest.raises(OutsideError) as caught:
        await instagram.look_up(ACCOUNT, picture(shelf), made(), NOW)
    assert caught.value.retryable


async def test_nothing_can_be_out_without_a_container(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """The publication names the container; before one was made there is nothing to look for."""
    assert isinstance(await instagram.look_up(ACCOUNT, picture(shelf), {}, NOW), Absent)


async def test_publication_that_landed_late_is_noticed_before_a_second_one(
    instagram: Instagram, wire: Wire, shelf: Shelf
) -> None:
    """A retry finds its container published: it does not publish, it looks the post up."""
    wire.on("GET", CONTAINER, status("PUBLISHED"), times=2).on("GET", MEDIA, {"data": [listed("Hoy abrimos")]})
    progress = await prepared(instagram, ACCOUNT, picture(shelf), made())
    with pytest.raises(OutcomeUnknown):
        await instagram.commit(ACCOUNT, picture(shelf), progress)
    found = await instagram.look_up(ACCOUNT, picture(shelf), progress, NOW)
    assert isinstance(found, Accepted)
    assert "POST" not in {request.method for request in wire.requests}


async def test_lost_answer_of_the_publication(instagram: Instagram, wire: Wire, shelf: Shelf) -> None:
    """A time-out leaves the outcome open."""
    wire.on("POST", PUBLISH, error=httpx.ReadTimeout("slow"))
    with pytest.raises(OutcomeUnknown):
        await instagram.commit(ACCOUNT, picture(shelf), made())


# -- figures -----------------------------------------------------------------------------------------------------------


async def test_figures_of_a_post(instagram: Instagram, wire: Wire) -> None:
    """One call a post; `saved` is what we call saves, and a figure may stand in `total_value`."""
    graph._unknown_metrics.clear()
    rows = [metric("views", 300), metric("reach", 200), metric("likes", 20), metric("saved", 4)]
    rows.append({"name": "shares", "total_value": {"value": 3}})
    wire.on("GET", "/180001/insights", {"data": rows})
    found = await instagram.measure(ACCOUNT, ["180001"])
    assert found == {"180001": Metrics(views=300, reach=200, likes=20, saves=4, shares=3)}
    assert wire.query() == {"metric": "views,reach,likes,comments,shares,saved"}


async def test_story_without_likes_costs_other_posts_nothing(instagram: Instagram, wire: Wire) -> None:
    """Which metrics there are depends on the kind of post: what one lacks is still asked of the next."""
    graph._unknown_metrics.clear()
    bad = error(100, message="(#100) The value must be a valid insights metric")
    wire.on("GET", "/1/insights.*views%2Creach", bad, 400)
    for name in ("views", "reach", "shares"):
        wire.on("GET", f"/1/insights.*metric={name}$", {"data": [metric(name, 5)]})
    wire.on("GET", "/1/insights", bad, 400, times=3)
    wire.on("GET", "/2/insights", {"data": [metric("likes", 9)]})
    found = await instagram.measure(ACCOUNT, ["1", "2"])
    assert found == {"1": Metrics(views=5, reach=5, shares=5), "2": Metrics(likes=9)}
    assert wire.query()["metric"].count(",") in (0, 5)
    wire.on("GET", "/1/insights", {"data": []})
    await instagram.measure(ACCOUNT, ["1"])
    assert wire.query() == {"metric": "views,reach,shares"}
