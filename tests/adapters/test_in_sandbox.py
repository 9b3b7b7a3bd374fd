"""Every kind of post through the real adapters, over real HTTP, against the sandbox: once, whatever goes wrong."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from marketingos import adapters
from marketingos.adapters import http
from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Attachment, Content
from marketingos.domain.platform import Format, Platform
from tests.adapters.engine import Delivery
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

    def delivery(self, kind: Kind) -> Delivery:
        """A new post of a kind, its text like no other's."""
        platform = kind.platform.value
        account = self.world.account(platform, kind.account)
        text = f"Texto {next(NUMBERS)} (de prueba) con {{llaves}}_y #Barbería"
        files = tuple(kind.files(self.shelf))
        what = Content(
            platform=kind.platform, format=kind.format, text=text, attachments=files, options=kind.options, **kind.more
        )
        who = grant(AccountKind(account.kind), account.external_id, account.access_token)
        return Delivery(adapters.publisher_for(kind.platform, self.shelf), who, what, self.world.clock)

    def live(self, delivery: Delivery) -> list[dict[str, Any]]:
        """The posts with this delivery's text on its account that exist at all."""
        posts = self.world.ledger(account=delivery.grant.external_id)
        return [post for post in posts if delivery.content.text in (post["text"], post.get("title"))]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of post, and where."""

    platform: Platform
    format: Format
    files: Callable[[Shelf], list[Attachment]] = lambda shelf: []
    account: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


def one_picture(shelf: Shelf) -> list[Attachment]:
    return [shelf.add("one.jpg", PICTURE, alt_text="Una silla")]


def three_pictures(shelf: Shelf) -> list[Attachment]:
    return [shelf.add(f"{n}.jpg", PICTURE, alt_text=f"Foto {n}") for n in range(3)]


def one_video(shelf: Shelf) -> list[Attachment]:
    return [shelf.add("one.mp4", VIDEO, "video/mp4", seconds=3.2, ai_generated=True)]


PICTURE = picture()
VIDEO = video()
PUBLIC = {"privacy_level": "PUBLIC_TO_EVERYONE"}

KINDS = {
    "facebook text": Kind(platform=Platform.FACEBOOK, format=Format.TEXT),
    "facebook link": Kind(platform=Platform.FACEBOOK, format=Format.TEXT, more={"link_url": "https://example.com/a"}),
    "facebook photo": Kind(platform=Platform.FACEBOOK, format=Format.IMAGE, files=one_picture),
    "facebook photos": Kind(platform=Platform.FACEBOOK, format=Format.IMAGE, files=three_pictures),
    "facebook commented": Kind(platform=Platform.FACEBOOK, format=Format.TEXT, more={"first_comment": "Reserva aquí"}),
    "instagram picture": Kind(platform=Platform.INSTAGRAM, format=Format.IMAGE, files=one_picture),
    "instagram carousel": Kind(platform=Platform.INSTAGRAM, format=Format.IMAGE, files=three_pictures),
    "tiktok video": Kind(platform=Platform.TIKTOK, format=Format.VIDEO, files=one_video, options=PUBLIC),
    "linkedin text": Kind(platform=Platform.LINKEDIN, format=Format.TEXT),
    "linkedin picture": Kind(platform=Platform.LINKEDIN, format=Format.IMAGE, files=one_picture),
    "linkedin pictures": Kind(platform=Platform.LINKEDIN, format=Format.IMAGE, files=three_pictures),
    "linkedin article": Kind(
        platform=Platform.LINKEDIN, format=Format.TEXT, more={"link_url": "https://example.com/a"}
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


@every_kind
async def test_a_post_arrives_as_it_was_written(stage: Stage, kind: Kind) -> None:
    """Once, with exactly its text, its files in order and their descriptions, and the address that it really has."""
    delivery = stage.delivery(kind)
    found = await delivery.run()
    (post,) = stage.live(delivery)
    assert found.external_id == post["id"]
    assert found.permalink == post["permalink"]
    assert [medium["alt"] for medium in post["media"]] == [a.alt_text for a in delivery.content.attachments]
    assert not delivery.errors


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


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@every_kind
async def test_one_fault_at_any_call_makes_neither_two_posts_nor_none(
    stage: Stage, kind: Kind, fault: dict[str, Any], environment: Setter
) -> None:
    """Every call of the walk is spoilt once, in turn; each time there is one post, and it is the one we say."""
    environment(OUTSIDE_TIMEOUT_SECONDS="0.2")
    for nth in range(1, 30):
        stage.world.http.delete("/control/faults")
        stage.world.control("faults", [{**fault, "match": {"nth": nth}, "times": 1}])
        delivery = stage.delivery(kind)
        found = await delivery.run()
        assert [post["id"] for post in stage.live(delivery)] == [found.external_id], nth
        if not stage.world.http.get("/control/faults").json()["rules"][0]["done"]:
            return
    raise AssertionError("the walk has no end")


@every_kind
async def test_a_process_that_dies_at_any_step_makes_neither_two_posts_nor_none(stage: Stage, kind: Kind) -> None:
    """Killed after the platform did its part and before it was saved: the next process finds its way."""
    for step in range(1, 30):
        delivery = stage.delivery(kind)
        delivery.dies_at = step
        found = await delivery.run()
        assert [post["id"] for post in stage.live(delivery)] == [found.external_id], step
        if delivery.steps < step:
            return
    raise AssertionError("the walk has no end")
