"""Replicate's adapter asks once, waits with a deadline, and fetches files only from where they may come."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from marketingos import clock
from marketingos.adapters import http
from marketingos.adapters import replicate as adapter
from marketingos.adapters.replicate import Replicate
from marketingos.domain.ports import Illustration
from marketingos.errors import (
    BadAnswer,
    ContentRefused,
    MarketingError,
    Misconfigured,
    NotSent,
    OutcomeUnknown,
    OverBudget,
    RateLimited,
    TokenRejected,
)
from marketingos.sandbox import replicate as twin
from marketingos.text import catalogue
from tests.conftest import Serve

MODEL = "google/nano-banana-2"


def jpeg(size: tuple[int, int] = (108, 135), kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#6B1F2A").save(out, kind)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries are not what these tests are about."""
    monkeypatch.setattr(adapter, "_POLL", 0.01)


class Fake:
    """A Replicate that answers what the test says; `states` are given one after the other, the last one again."""

    def __init__(self, *states: Mapping[str, Any] | Response, file: Response | None = None) -> None:
        self.states = states
        self.file = file or Response(jpeg(), media_type="image/jpeg")
        self.listed: list[Mapping[str, Any]] = []
        self.asked: list[tuple[str, Any]] = []
        self.file_headers: Mapping[str, str] = {}
        self.fetched = 0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/models/google/nano-banana-2", self.schema),
                Route("/v1/models/google/nano-banana-2/predictions", self.create, methods=["POST"]),
                Route("/v1/predictions", self.list),
                Route("/v1/predictions/{id}", self.next),
                Route("/files/out.jpg", self.download),
            ]
        )

    async def schema(self, request: Request) -> Response:
        names = {name: {"type": "string"} for name in ("prompt", "aspect_ratio", "output_format")}
        version = {
            "id": "v", "created_at": "2026-10-07T09:00:00Z", "cog_version": "0.16.2",
            "openapi_schema": {"components": {"schemas": {"Input": {"properties": names}}}},
        }  # fmt: skip
        return JSONResponse(
            {"url": "u", "owner": "google", "name": "nano-banana-2", "visibility": "public", "run_count": 1,
             "latest_version": version}
        )  # fmt: skip

    async def create(self, request: Request) -> Response:
        self.asked.append((request.headers.get("prefer", ""), await request.json()))
        return self.state(request)

    async def next(self, request: Request) -> Response:
        return self.state(request)

    async def list(self, request: Request) -> Response:
        return JSONResponse({"previous": None, "next": None, "results": self.listed})

    async def download(self, request: Request) -> Response:
        self.file_headers, self.fetched = dict(request.headers), self.fetched + 1
        return self.file

    def state(self, request: Request) -> Response:
        state, *rest = self.states
        self.states = (*rest,) or (state,)
        if isinstance(state, Response):
            return state
        base = {
            "id": "p1", "model": MODEL, "version": "hidden", "status": "succeeded", "input": {}, "error": None,
            "output": f"{str(request.base_url).rstrip('/')}/files/out.jpg", "logs": "", "metrics": {}, "urls": {},
            "created_at": None, "started_at": None, "completed_at": None,
        }  # fmt: skip
        return JSONResponse({**base, **state}, 201)


def painter(base: str, *, token: str = "r8_test", patience: float = 20.0) -> Replicate:
    return Replicate(token=SecretStr(token), base_url=base, model=MODEL, patience=patience)


async def drawn_by(artist: Replicate, prompt: str) -> Illustration:
    """A picture from its order to its file."""
    return await artist.fetch(await artist.order(prompt, "4:5"))


@pytest.mark.parametrize("model", [MODEL, "black-forest-labs/flux-schnell"])
async def test_it_draws_a_picture(serve: Serve, tmp_path: Path, model: str) -> None:
    """Against the strict twin a prompt becomes a picture in the asked aspect, whether one file is answered or many."""
    app = Starlette()
    base = await serve(app)
    routes = twin.routes(
        data_dir=tmp_path, public_base=base, clock=lambda: datetime(2026, 11, 23, tzinfo=UTC), seconds=lambda: 0
    )
    app.router.routes.append(Mount("/replicate", routes=routes))
    artist = Replicate(token=SecretStr("r8_test"), base_url=f"{base}/replicate", model=model)
    drawn = await drawn_by(artist, "A barber chair, palette #6B1F2A, #F6EBDD, no text")
    await artist.close()
    await http.close()
    with Image.open(io.BytesIO(drawn.data)) as picture:
        assert picture.format == "JPEG"
        assert picture.width / picture.height == pytest.approx(0.8, abs=0.01)
    assert (drawn.usage.units, drawn.usage.model) == (1, model)
    assert drawn.usage.request_id


async def test_the_request_follows_the_contract(serve: Serve) -> None:
    """The call asks to wait, names only inputs that the model has, and the file is fetched without the token."""
    fake = Fake({"status": "starting"}, {"status": "processing"}, {"status": "succeeded"})
    drawn = await drawn_by(painter(await serve(fake.app())), "a chair")
    assert drawn.data == jpeg()
    wait, body = fake.asked[0]
    assert wait == "wait=30"
    assert body["input"] == {"prompt": "a chair", "aspect_ratio": "4:5", "output_format": "jpg"}
    assert "authorization" not in fake.file_headers


def refusal(status: int, detail: str = "no") -> JSONResponse:
    return JSONResponse({"title": "t", "detail": detail, "status": status}, status)


THROTTLED = refusal(429, "Request was throttled. Your rate limit resets in ~0s.")


@pytest.mark.parametrize(
    ("state", "expected", "calls"),
    [
        (refusal(401), TokenRejected, 1),
        (refusal(402), OverBudget, 1),
        (refusal(404), Misconfigured, 1),
        (refusal(422, "input: prompt is required"), ContentRefused, 1),
        (THROTTLED, RateLimited, 3),
        (refusal(500), OutcomeUnknown, 1),
        ({"status": "failed", "error": "NSFW content detected", "output": None}, ContentRefused, 1),
        ({"status": "failed", "error": "CUDA out of memory", "output": None}, NotSent, 1),
        ({"status": "canceled", "output": None}, BadAnswer, 1),
        (Response(b'{"id": "p1", "sta', 201, media_type="application/json"), OutcomeUnknown, 1),
        ({"status": "succeeded", "output": None}, BadAnswer, 1),
    ],
)
async def test_every_failure_has_its_error_and_sentence(
    serve: Serve, state: Any, expected: type[MarketingError], calls: int
) -> None:
    """Whatever goes wrong becomes one of our errors; what may have been created is asked for once."""
    fake = Fake(state)
    with pytest.raises(MarketingError) as caught:
        await drawn_by(painter(await serve(fake.app())), "a chair")
    assert type(caught.value) is expected
    assert caught.value.key in catalogue("es")
    assert len(fake.asked) == calls


async def test_a_throttled_moment_is_waited_out(serve: Serve) -> None:
    """A 429 says when to come back, and coming back works."""
    fake = Fake(THROTTLED, {"status": "succeeded"})
    assert (await drawn_by(painter(await serve(fake.app())), "a chair")).data == jpeg()


@pytest.mark.parametrize("before", [[], [{"status": "starting", "output": None}]])
async def test_a_prediction_that_never_started_is_told(serve: Serve, before: list[Any]) -> None:
    """The status `aborted`, which the SDK cannot read, ends the waiting, at once or later."""
    fake = Fake(*before, {"status": "aborted", "output": None})
    with pytest.raises(NotSent) as caught:
        await drawn_by(painter(await serve(fake.app())), "a chair")
    assert caught.value.key == "error.replicate_aborted"


async def test_waiting_has_an_end(serve: Serve) -> None:
    """A prediction that never ends costs the deadline, no more."""
    fake = Fake({"status": "processing", "output": None})
    with pytest.raises(OutcomeUnknown):
        await drawn_by(painter(await serve(fake.app()), patience=0.2), "a chair")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.com/out.jpg",
        "http://replicate.delivery/out.jpg",
        "https://replicate.delivery.evil.com/out.jpg",
        "https://notreplicate.delivery/out.jpg",
        "file:///etc/passwd",
    ],
)
async def test_files_come_only_from_known_hosts(serve: Serve, address: str) -> None:
    """An address elsewhere is not even asked."""
    fake = Fake({"output": address})
    with pytest.raises(BadAnswer):
        await drawn_by(painter(await serve(fake.app())), "a chair")
    assert fake.fetched == 0


async def test_a_file_is_what_is_in_it(serve: Serve) -> None:
    """A page that calls itself a picture, and a picture of another kind, are refused."""
    for body in (b"<html>not a picture</html>", jpeg(kind="GIF")):
        fake = Fake({}, file=Response(body, media_type="image/jpeg"))
        with pytest.raises(BadAnswer):
            await drawn_by(painter(await serve(fake.app())), "a chair")


async def test_an_endless_file_is_cut(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file over the limit is not read to its end."""
    monkeypatch.setattr(adapter, "SIZE_LIMIT", 100)
    with pytest.raises(BadAnswer):
        await drawn_by(painter(await serve(Fake({}).app())), "a chair")


def listed(prompt: str, created_at: str = "2026-11-23T09:00:10Z", **more: str) -> Mapping[str, Any]:
    """A prediction as the list of the newest tells it."""
    known = {"id": "p7", "model": MODEL, "status": "processing", "created_at": created_at}
    return {**known, "input": {"prompt": prompt}, **more}


NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_an_order_whose_answer_was_lost_is_found(serve: Serve) -> None:
    """What was created though nobody told us is looked up among the newest and fetched, not ordered again."""
    fake = Fake(refusal(500), {"id": "p7"})
    fake.listed = [listed("another", id="p8"), listed("a chair", status="aborted", model="x/y"), listed("a chair")]
    with clock.frozen(NINE):
        order = await painter(await serve(fake.app())).order("a chair", "4:5")
    assert (order, len(fake.asked)) == ("p7", 1)


@pytest.mark.parametrize("others", [[], [listed("a chair", "2026-11-23T08:00:00Z")], [listed("a table")], [{}]])
async def test_what_is_not_found_stays_unknown(serve: Serve, others: list[Any]) -> None:
    """An older prediction, one of other words, or a list that cannot be read is not taken for ours."""
    fake = Fake(refusal(503))
    fake.listed = others
    with clock.frozen(NINE), pytest.raises(OutcomeUnknown):
        await painter(await serve(fake.app())).order("a chair", "4:5")
    assert len(fake.asked) == 1


async def test_a_broken_file_is_fetched_again(serve: Serve) -> None:
    """A picture that breaks off in the middle is not kept."""
    fake = Fake({}, file=Response(jpeg((1080, 1350))[:5000], media_type="image/jpeg"))
    with pytest.raises(BadAnswer):
        await drawn_by(painter(await serve(fake.app())), "a chair")
    assert fake.fetched == 3


async def test_a_paid_picture_is_fetched_with_patience(serve: Serve) -> None:
    """A hiccup of the file host is met with another try."""
    fake = Fake({}, file=Response("later", 503))
    with pytest.raises(OutcomeUnknown):
        await drawn_by(painter(await serve(fake.app())), "a chair")
    assert fake.fetched == 3


async def test_without_a_token_nothing_is_asked() -> None:
    """A missing token is named before any request leaves."""
    with pytest.raises(Misconfigured):
        await drawn_by(painter("http://127.0.0.1:9", token=""), "a chair")


async def test_nobody_listening_is_not_sent() -> None:
    """A refused connection surely cost nothing."""
    with pytest.raises(NotSent):
        await drawn_by(painter("http://127.0.0.1:9"), "a chair")


async def test_an_order_is_fetched_by_whoever_comes_next(serve: Serve) -> None:
    """The picture that one process ordered is fetched by another, and asked for once."""
    fake = Fake({"status": "starting", "output": None}, {"status": "processing", "output": None}, {})
    base = await serve(fake.app())
    order = await painter(base).order("a chair", "4:5")
    assert (await painter(base).fetch(order)).data == jpeg()
    assert len(fake.asked) == 1


async def test_a_forgotten_order_gives_no_picture(serve: Serve) -> None:
    """Replicate forgets a prediction after an hour; that is told as a failure, so that another may be ordered, and not
    as one that was free."""
    with pytest.raises(BadAnswer):
        await painter(await serve(Fake(refusal(404)).app())).fetch("unknown")


async def test_a_picture_that_is_gone_was_paid_for(serve: Serve) -> None:
    """Files live for an hour; one that is asked for later is lost, and was billed."""
    with pytest.raises(BadAnswer):
        await drawn_by(painter(await serve(Fake({}, file=Response(status_code=404)).app())), "a chair")


async def test_before_the_order_nothing_can_cost(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model whose inputs cannot be read was not asked for a picture."""
    fake = Fake({})
    monkeypatch.setattr(fake, "schema", lambda _: Response(status_code=500))
    with pytest.raises(NotSent):
        await drawn_by(painter(await serve(fake.app())), "a chair")
    assert not fake.asked
