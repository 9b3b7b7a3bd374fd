"""Every kind of post through the real adapters, over real HTTP, against the sandbox: once, whatever goes wrong."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from marketingos import adapters, clock
from marketingos.adapters import http
from marketingos.domain import walk
from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Attachment, Content
from marketingos.domain.performance import as_columns
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import Absent, Live, Published, Undecided
from marketingos.errors import ContentRefused, TokenRejected
from tests.adapters.engine import Delivery, PersonAskedError
from tests.adapters.wire import Shelf, grant
from tests.conftest import Setter
from tests.sandbox.conftest import HandClock, Sandbox, free_port, picture, running, serve, video

NUMBERS = itertools.count(1)
START_SETTINGS = {"instagram_publishing_quota": 9999, "tiktok_posts_per_day": 9999, "linkedin_duplicate_seconds": 600.0}


@dataclass
class Stage:
    """A running sandbox, files that it can fetch, and deliveries on both."""

    world: Sandbox
    shelf: Shelf
    before: set[str] = field(default_factory=set)

    def delivery(self, kind: Kind) -> Delivery:
        """A new post of a kind, its text like no other's."""
        platform = kind.platform.value
        account = self.world.account(platform, kind.account)
        text = f"Texto {next(NUMBERS)} (de prueba) con {{llaves}}_y #Barbería"
        files = tuple(kind.files(self.shelf))
        what = Content(
            platform=kind.platform, format=kind.format, text=text, attachments=files, options=kind.options, **kind.more
        )
        self.before = {post["id"] for post in self._posts(account.external_id)}
        who = grant(AccountKind(account.kind), account.external_id, account.access_token)
        return Delivery(adapters.publisher_for(kind.platform, self.shelf), who, what, self.world.clock)

    def live(self, delivery: Delivery) -> list[dict[str, Any]]:
        """The posts with this delivery's text that its account has since it began; stories have no text."""
        posts = [post for post in self._posts(delivery.grant.external_id) if post["id"] not in self.before]
        if delivery.content.format is Format.STORY:
            return [post for post in posts if post["kind"] in ("story", "stories")]
        return [post for post in posts if delivery.content.text in (post["text"], post["title"])]

    def was_hit(self) -> bool:
        """Whether the fault script's only rule has spoilt a call."""
        return bool(self.world.http.get("/control/faults").json()["rules"][0]["done"])

    def _posts(self, account: str) -> list[dict[str, Any]]:
        return self.world.ledger(account=account)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of post, and where."""

    platform: Platform
    format: Format
    files: Callable[[Shelf], list[Attachment]] = lambda shelf: []
    account: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    asks: bool = False
    """Whether a lost answer of the visible call may end with a person, because nothing can be read back."""
    hidden: bool = False
    """Whether the platform keeps the post's own id to itself."""


def one_picture(shelf: Shelf) -> list[Attachment]:
    return [shelf.add("one.jpg", PICTURE, alt_text="Una silla")]


def pictures(shelf: Shelf) -> list[Attachment]:
    return [shelf.add(f"{n}.jpg", PICTURE, alt_text=f"Foto {n}") for n in range(2)]


def plain_pictures(shelf: Shelf) -> list[Attachment]:
    """TikTok's photos have no descriptions."""
    return [shelf.add(f"{n}.jpg", PICTURE) for n in range(2)]


def one_video(shelf: Shelf) -> list[Attachment]:
    return [shelf.add("one.mp4", VIDEO, "video/mp4", seconds=3.2, ai_generated=True)]


def one_story(shelf: Shelf) -> list[Attachment]:
    return [shelf.add("one.jpg", PICTURE)]


def one_document(shelf: Shelf) -> list[Attachment]:
    return [shelf.add("one.pdf", PDF, "application/pdf")]


PICTURE = picture()
VIDEO = video(noise=True)
PDF = b"%PDF-1.4\n1 0 obj<</Type /Page /Parent 2 0 R>>endobj\ntrailer<<>>\n%%EOF"
PUBLIC = {"privacy_level": "PUBLIC_TO_EVERYONE"}

KINDS = {
    "facebook text": Kind(platform=Platform.FACEBOOK, format=Format.TEXT),
    "facebook link": Kind(platform=Platform.FACEBOOK, format=Format.TEXT, more={"link_url": "https://example.com/a"}),
    "facebook photo": Kind(platform=Platform.FACEBOOK, format=Format.IMAGE, files=one_picture),
    "facebook photos": Kind(platform=Platform.FACEBOOK, format=Format.IMAGE, files=pictures),
    "facebook commented": Kind(platform=Platform.FACEBOOK, format=Format.TEXT, more={"first_comment": "Reserva aquí"}),
    "facebook video": Kind(platform=Platform.FACEBOOK, format=Format.VIDEO, files=one_video),
    "facebook reel": Kind(
        platform=Platform.FACEBOOK, format=Format.REEL, files=one_video, more={"first_comment": "Reserva aquí"}
    ),
    "facebook story": Kind(platform=Platform.FACEBOOK, format=Format.STORY, files=one_story, asks=True),
    "facebook video story": Kind(platform=Platform.FACEBOOK, format=Format.STORY, files=one_video, asks=True),
    "instagram picture": Kind(platform=Platform.INSTAGRAM, format=Format.IMAGE, files=one_picture),
    "instagram commented": Kind(
        platform=Platform.INSTAGRAM, format=Format.IMAGE, files=one_picture, more={"first_comment": "Reserva aquí"}
    ),
    "instagram carousel": Kind(platform=Platform.INSTAGRAM, format=Format.IMAGE, files=pictures),
    "instagram reel": Kind(platform=Platform.INSTAGRAM, format=Format.REEL, files=one_video),
    "instagram story": Kind(platform=Platform.INSTAGRAM, format=Format.STORY, files=one_story),
    "tiktok video": Kind(platform=Platform.TIKTOK, format=Format.VIDEO, files=one_video, options=PUBLIC),
    "tiktok private video": Kind(
        platform=Platform.TIKTOK,
        format=Format.VIDEO,
        files=one_video,
        options={"privacy_level": "SELF_ONLY"},
        hidden=True,
    ),
    "tiktok photos": Kind(
        platform=Platform.TIKTOK, format=Format.IMAGE, files=plain_pictures, options=PUBLIC, asks=True
    ),
    "linkedin text": Kind(platform=Platform.LINKEDIN, format=Format.TEXT),
    "linkedin commented": Kind(
        platform=Platform.LINKEDIN,
        format=Format.TEXT,
        more={"first_comment": "Reserva (aquí): https://example.com/a_b"},
    ),
    "linkedin picture": Kind(platform=Platform.LINKEDIN, format=Format.IMAGE, files=one_picture),
    "linkedin pictures": Kind(platform=Platform.LINKEDIN, format=Format.IMAGE, files=pictures),
    "linkedin article": Kind(
        platform=Platform.LINKEDIN, format=Format.TEXT, more={"link_url": "https://example.com/a"}
    ),
    "linkedin video": Kind(platform=Platform.LINKEDIN, format=Format.VIDEO, files=one_video),
    "linkedin document": Kind(platform=Platform.LINKEDIN, format=Format.DOCUMENT, files=one_document),
    "linkedin member": Kind(platform=Platform.LINKEDIN, format=Format.TEXT, account="member", asks=True),
    "linkedin member picture": Kind(
        platform=Platform.LINKEDIN, format=Format.IMAGE, files=one_picture, account="member", asks=True
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for all tests of this module; every post has a text of its own."""
    with running(tmp_path_factory.mktemp("world"), HandClock()) as world:
        world.control("settings", START_SETTINGS)
        yield world


@pytest.fixture(scope="module")
def served() -> Iterator[Shelf]:
    """Files that the platforms can fetch from us."""
    shelf = Shelf()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        data = shelf.files.get(scope["path"].strip("/"))
        await send({"type": "http.response.start", "status": 404 if data is None else 200, "headers": []})
        await send({"type": "http.response.body", "body": data or b""})

    with serve(app, free_port()) as shelf.base:
        yield shelf


@pytest.fixture
async def stage(world: Sandbox, served: Shelf, environment: Setter) -> AsyncIterator[Stage]:
    """The adapters pointed at the sandbox."""
    environment(SANDBOX="1", SANDBOX_URL=world.base, OUTSIDE_TIMEOUT_SECONDS="5")
    yield Stage(world, served)
    world.http.delete("/control/faults")
    await http.close()


def ids(stage: Stage, delivery: Delivery, kind: Kind, found: Published | None) -> tuple[list[str], list[str]]:
    """What is live and what we say is, as lists of ids; a hidden post's id is not ours to know."""
    live = [post["id"] for post in stage.live(delivery)]
    told = [] if found is None else live[:1] if kind.hidden else [found.external_id]
    return live, told


async def carried(delivery: Delivery, kind: Kind) -> Published | None:
    """The published post; None when only a person can tell, which few kinds may end with."""
    try:
        return await delivery.run()
    except PersonAskedError:
        assert kind.asks
        return None


@every_kind
async def test_a_post_arrives_as_it_was_written(stage: Stage, kind: Kind) -> None:
    """Once, with exactly its text, its files in order and their descriptions, and the address that it really has."""
    delivery = stage.delivery(kind)
    found = await delivery.run()
    (post,) = stage.live(delivery)
    live, told = ids(stage, delivery, kind, found)
    assert live == told
    assert [medium["alt"] for medium in post["media"]] == [a.alt_text for a in delivery.content.attachments]
    if not kind.hidden and "/stories/" not in post["permalink"]:
        assert found.permalink == post["permalink"]
    assert not delivery.errors


UNREADABLE = ("facebook story", "facebook video story", "tiktok private video", "linkedin member")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_post_is_read_back_as_it_was_written(stage: Stage, kind: str) -> None:
    """What a platform shows is, but for white space, what was sent; where it lets nobody read, that is said."""
    delivery = stage.delivery(KINDS[kind])
    found = await delivery.run()
    with clock.frozen(stage.world.clock.now):
        shown = await delivery.publisher.read_back(delivery.grant, delivery.content, found.external_id)
    if kind.startswith(UNREADABLE):
        assert shown is None
    else:
        assert isinstance(shown, Live)
        assert walk.same_text(shown.text, walk.shown_text(delivery.content))


FAULTS: dict[str, dict[str, Any]] = {
    "reset after accepting": {"action": "accept_then_reset"},
    "500 after accepting": {"action": "accept_then_500"},
    "silence after accepting": {"action": "accept_then_hang", "seconds": 1},
    "nonsense after accepting": {"action": "malformed"},
    "reset before accepting": {"action": "reset_before_accept"},
    "silence before accepting": {"action": "hang_before_accept", "seconds": 1},
    "503 before accepting": {"action": "status", "status": 503},
    "throttle": {"action": "throttle", "retry_after": 90},
}


USUAL = ("reset after accepting", "reset before accepting")
THOROUGH = ("facebook photo", "instagram picture", "tiktok video", "linkedin picture")
"""One kind of each platform meets every fault; what an answer means is the same for the platform's other kinds."""

CASES = [(kind, fault) for kind in KINDS for fault in FAULTS if fault in USUAL or kind in THOROUGH]


@pytest.mark.parametrize(("kind", "fault"), CASES)
async def test_one_fault_at_any_call_makes_neither_two_posts_nor_none(
    stage: Stage, kind: str, fault: str, environment: Setter
) -> None:
    """Every call of the walk is spoilt once, in turn; each time there is one post, and it is the one we say."""
    environment(OUTSIDE_TIMEOUT_SECONDS="0.2")
    for nth in range(1, 30):
        stage.world.http.delete("/control/faults")
        stage.world.control("faults", [{**FAULTS[fault], "match": {"nth": nth}, "times": 1}])
        delivery = stage.delivery(KINDS[kind])
        found = await carried(delivery, KINDS[kind])
        live, told = ids(stage, delivery, KINDS[kind], found)
        assert live == told or (found is None and len(live) <= 1), nth
        if not stage.was_hit():
            return
    raise AssertionError("the walk has no end")


@every_kind
async def test_a_process_that_dies_at_any_step_makes_neither_two_posts_nor_none(stage: Stage, kind: Kind) -> None:
    """Killed after the platform did its part and before it was saved: the next process finds its way."""
    for step in range(1, 30):
        delivery = stage.delivery(kind)
        delivery.dies_at = step
        found = await carried(delivery, kind)
        live, told = ids(stage, delivery, kind, found)
        assert live == told or (found is None and len(live) <= 1), step
        if delivery.steps < step:
            return
    raise AssertionError("the walk has no end")


@pytest.mark.parametrize("kind", [KINDS[name] for name in (*THOROUGH, "facebook reel", "tiktok photos")])
async def test_permission_that_dies_at_any_call_only_delays_the_post(stage: Stage, kind: Kind) -> None:
    """A person reconnects, and the walk goes on where it stood: one post in the end."""
    for nth in range(1, 30):
        stage.world.http.delete("/control/faults")
        stage.world.fault("token_expired", match={"nth": nth})
        delivery = stage.delivery(kind)
        try:
            found = await delivery.run()
        except TokenRejected:
            found = await delivery.run()
        live, told = ids(stage, delivery, kind, found)
        assert live == told, nth
        if not stage.was_hit():
            return
    raise AssertionError("the walk has no end")


PROCESSED = {
    "facebook video": ContentRefused,
    "facebook reel": ContentRefused,
    "instagram picture": None,
    "instagram carousel": None,
    "instagram reel": None,
    "tiktok video": None,
    "tiktok photos": None,
    "linkedin picture": ContentRefused,
    "linkedin video": ContentRefused,
}
"""What a kind ends with whose processing fails once: the post after all, or a clear refusal."""


@pytest.mark.parametrize("kind", PROCESSED)
async def test_processing_that_fails_once(stage: Stage, kind: str) -> None:
    """A platform's own fault is tried anew; a file that it does not take is told, and nothing is visible."""
    for nth in range(1, 30):
        stage.world.http.delete("/control/faults")
        stage.world.fault("fail_processing", match={"nth": nth})
        delivery = stage.delivery(KINDS[kind])
        try:
            found: Published | None = await delivery.run()
        except ContentRefused:
            assert PROCESSED[kind] is ContentRefused
            found = None
        live, told = ids(stage, delivery, KINDS[kind], found)
        assert live == told, nth
        if not stage.was_hit():
            return
    raise AssertionError("the walk has no end")


@pytest.mark.parametrize("kind", PROCESSED)
async def test_processing_that_takes_minutes(stage: Stage, kind: str) -> None:
    """The walk waits as long as the platform works."""
    stage.world.fault("slow_processing", times=None, seconds=400)
    delivery = stage.delivery(KINDS[kind])
    found = await delivery.run()
    live, told = ids(stage, delivery, KINDS[kind], found)
    assert live == told


@pytest.mark.parametrize("kind", ["facebook photo", "linkedin picture", "tiktok video", "instagram reel"])
async def test_lists_that_lag(stage: Stage, kind: str) -> None:
    """A post that the platform's lists show only minutes later is found all the same, and not sent twice."""
    stage.world.control("settings", {"listing_lag_seconds": 150})
    try:
        for nth in range(1, 30):
            stage.world.http.delete("/control/faults")
            stage.world.fault("accept_then_reset", match={"nth": nth})
            delivery = stage.delivery(KINDS[kind])
            found = await delivery.run()
            live, told = ids(stage, delivery, KINDS[kind], found)
            assert live == told, nth
            if not stage.was_hit():
                return
    finally:
        stage.world.control("settings", {"listing_lag_seconds": 0})


MEASURED = {
    "facebook photo": {"views", "reach", "likes", "comments", "shares", "clicks"},
    "facebook reel": {"likes", "comments", "shares"},
    "instagram picture": {"views", "reach", "likes", "comments", "shares", "saves"},
    "instagram reel": {"views", "reach", "likes", "comments", "shares", "saves"},
    "tiktok video": {"views", "likes", "comments", "shares"},
    "linkedin picture": {"views", "reach", "likes", "comments", "shares", "clicks"},
    "linkedin pictures": {"views", "reach", "likes", "comments", "shares", "clicks"},
}


@pytest.mark.parametrize("kind", MEASURED)
async def test_figures_of_a_post_grow(stage: Stage, kind: str) -> None:
    """A day later every figure that the platform has is known, none is invented, and the views have grown."""
    delivery = stage.delivery(KINDS[kind])
    found = await delivery.run()
    readings = []
    for _ in range(2):
        stage.world.clock.forward(6 * 3600)
        readings.append((await delivery.publisher.measure(delivery.grant, [found.external_id]))[found.external_id])
    known = {name for name, value in as_columns(readings[1]).items() if value is not None}
    assert MEASURED[kind] <= known
    assert {"saves"} & known == {"saves"} & MEASURED[kind]
    assert (readings[1].likes or 0) >= (readings[0].likes or 0)
    assert readings[1].engagement


async def test_many_posts_are_measured_in_few_calls(stage: Stage) -> None:
    """TikTok twenty at a time, LinkedIn fifty at a time with two calls for each of its two kinds of post."""
    for kind, most in (("tiktok video", 1), ("linkedin text", 2)):
        deliveries = [stage.delivery(KINDS[kind]) for _ in range(4)]
        posts = [(await delivery.run()).external_id for delivery in deliveries]
        stage.world.clock.forward(6 * 3600)
        stage.world.http.delete("/control/calls")
        found = await deliveries[0].publisher.measure(deliveries[0].grant, posts)
        assert set(found) == set(posts)
        assert stage.world.http.get("/control/calls").json()["total"] == most


UNTELLABLE = {name for name, kind in KINDS.items() if kind.hidden or kind.account or kind.format is Format.STORY}
"""Kinds that are in no list, or in one that says nothing to know them by."""


async def looked_for(delivery: Delivery, since: datetime) -> Published | Absent | Undecided:
    """What is found by the content alone, asked two hours after `since` or later."""
    delivery.time.forward(max(0.0, 7200 - (delivery.time.now - since).total_seconds()))
    with clock.frozen(delivery.time.now):
        return await delivery.publisher.find(delivery.grant, delivery.content, since)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_post_is_found_by_its_content_alone(stage: Stage, kind: str) -> None:
    """Before it is sent it is surely absent, afterwards it is found, under the id that its walk had told."""
    delivery = stage.delivery(KINDS[kind])
    since = delivery.time.now
    before = await looked_for(delivery, since)
    sent = await delivery.run()
    after = await looked_for(delivery, since)
    if kind in UNTELLABLE:
        assert (before, after) == (Undecided(), Undecided())
    else:
        assert before == Absent()
        assert after == sent


@pytest.mark.parametrize("kind", ["facebook text", "facebook reel", "instagram picture", "tiktok video"])
async def test_one_post_of_two_alike_is_never_picked(stage: Stage, kind: str) -> None:
    """Two posts with the same words are for a person to tell apart; one of before the gap is none."""
    delivery = stage.delivery(KINDS[kind])
    since = delivery.time.now
    await delivery.run()
    delivery.time.forward(2 * 86400)
    again = Delivery(delivery.publisher, delivery.grant, delivery.content, delivery.time)
    gap = again.time.now
    assert await looked_for(again, gap) == Absent()
    second = await again.run()
    assert await looked_for(again, gap) == second
    assert await looked_for(again, since) == Undecided()


@pytest.mark.parametrize("kind", ["facebook commented", "facebook reel", "instagram commented", "linkedin commented"])
async def test_of_a_post_that_is_found_it_is_told_whether_its_comment_is_there(stage: Stage, kind: str) -> None:
    """It may have been written in the gap, so it is not written again."""
    delivery = stage.delivery(KINDS[kind])
    since, whole = delivery.time.now, delivery.content
    sent = await delivery.run()
    assert await looked_for(delivery, since) == sent
    assert len(stage.live(delivery)[0]["comments"]) == 1
    bare = stage.delivery(KINDS[kind])
    bare.content = bare.content.model_copy(update={"first_comment": ""})
    sent = await bare.run()
    (post,) = stage.live(bare)
    bare.content = bare.content.model_copy(update={"first_comment": whole.first_comment})
    assert await looked_for(bare, since) == replace(sent, note_key="note.first_comment")
    assert post["comments"] == stage.live(bare)[0]["comments"] == []
