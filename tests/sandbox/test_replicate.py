"""The sandbox's Replicate, spoken to by the real SDK through its own ASGI application."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image
from replicate.client import Client
from replicate.exceptions import ReplicateError
from starlette.applications import Starlette
from starlette.routing import Mount

from marketingos.sandbox import replicate
from marketingos.sandbox.replicate_models import MODELS

PROMPT = "Barber chair before a mirror, palette #7a1f2b, #f2c777"
BANANA = ("google", "nano-banana-2")


class World:
    """A client, a data folder, and a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, datetime(2026, 11, 22, 17, 42, tzinfo=UTC)
        self.restart()

    def restart(self) -> None:
        """The server dies and comes back over the same folder."""
        routes = replicate.routes(data_dir=self.folder, public_base="http://sandbox", clock=lambda: self.now,
                                  seconds=lambda: 0.05)  # fmt: skip
        self.app = Starlette(routes=[Mount("/replicate", routes=routes)])
        transport = httpx.ASGITransport(app=self.app)
        self.client = Client(api_token="r8_test", base_url="http://sandbox/replicate", transport=transport)
        self.plain = httpx.AsyncClient(transport=transport)

    async def make(self, model: tuple[str, str] = BANANA, **given: Any) -> Any:
        return await self.client.models.predictions.async_create(
            model=model, input={"prompt": PROMPT, **given}, wait=30
        )


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize(
    ("model", "given", "kind", "ratio"),
    [
        (BANANA, {"aspect_ratio": "4:5", "output_format": "jpg"}, "JPEG", 4 / 5),
        (("black-forest-labs", "flux-schnell"), {"aspect_ratio": "1:1", "output_format": "png"}, "PNG", 1),
        (("black-forest-labs", "flux-1.1-pro"), {"aspect_ratio": "9:16"}, "WEBP", 9 / 16),
    ],
)  # fmt: skip
async def test_pictures_have_the_asked_shape_and_format(
    world: World, model: tuple[str, str], given: dict[str, Any], kind: str, ratio: float
) -> None:
    """aspect_ratio and output_format are obeyed; list models give lists, the others one address."""
    made = await world.make(model, **given)
    assert made.status == "succeeded"
    assert isinstance(made.output, list) == (MODELS[model].output == "list")
    address = made.output[0] if isinstance(made.output, list) else made.output
    answer = await world.plain.get(address)
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.format == kind
    assert picture.width / picture.height == pytest.approx(ratio, rel=0.03)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"aspect_ratio": "5:9"}, "aspect_ratio"),
        ({"output_format": "tiff"}, "output_format"),
        ({"guidance": 3}, "guidance"),
        ({"prompt": 7}, "prompt"),
        ({"image_input": ["x:1"] * 15}, "image_input"),
    ],
)
async def test_bad_input_is_refused_naming_the_field(world: World, given: dict[str, Any], field: str) -> None:
    """What the model's schema does not allow is a 422 that says which input it was."""
    with pytest.raises(ReplicateError, match=field) as caught:
        await world.make(**given)
    assert caught.value.status == 422


async def test_without_a_token_nothing_answers(world: World) -> None:
    """Every call of the API wants a token; the outputs do not."""
    answer = await world.plain.get("http://sandbox/replicate/v1/account")
    assert answer.status_code == 401
    assert (await world.client.accounts.async_current()).username


async def test_a_prediction_moves_through_its_states(world: World) -> None:
    """Without wait it is `starting`, and polling sees it succeed."""
    answer = await world.plain.post(
        "http://sandbox/replicate/v1/models/google/nano-banana-2/predictions", json={"input": {"prompt": PROMPT}},
        headers={"Authorization": "Bearer r8"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["status"]) == (201, "starting")
    assert await _ended(world, answer.json()["id"]) == "succeeded"


async def _ended(world: World, prediction_id: str) -> str:
    while True:
        prediction = await world.client.predictions.async_get(prediction_id)
        if prediction.status in replicate.ENDED:
            return str(prediction.status)
        await asyncio.sleep(0.02)


async def test_outputs_expire_after_an_hour(world: World) -> None:
    """After an hour the file is gone and the prediction says that its data was removed."""
    made = await world.make()
    world.now += timedelta(minutes=59)
    assert (await world.plain.get(made.output)).status_code == 200
    world.now += timedelta(minutes=2)
    assert (await world.plain.get(made.output)).status_code == 404
    assert (await world.client.predictions.async_get(made.id)).output is None


async def test_a_restart_finishes_what_was_running(world: World) -> None:
    """A prediction that a dead server left unfinished succeeds on the next server."""
    created = await world.plain.post(
        "http://sandbox/replicate/v1/models/google/nano-banana-2/predictions", json={"input": {"prompt": PROMPT}},
        headers={"Authorization": "Bearer r8"},
    )  # fmt: skip
    world.restart()
    assert await _ended(world, created.json()["id"]) == "succeeded"


async def test_unsafe_prompts_fail_with_a_reason(world: World) -> None:
    """A refused prompt ends as failed, with the model's sentence and no output."""
    made = await world.client.models.predictions.async_create(model=BANANA, input={"prompt": "nsfw"}, wait=30)
    assert made.status == "failed"
    assert "NSFW" in made.error
    assert made.output is None


async def test_cancel_stops_a_prediction(world: World) -> None:
    """A cancelled prediction stays cancelled."""
    created = await world.plain.post(
        "http://sandbox/replicate/v1/models/google/nano-banana-2/predictions", json={"input": {"prompt": PROMPT}},
        headers={"Authorization": "Bearer r8"},
    )  # fmt: skip
    prediction = await world.client.predictions.async_get(created.json()["id"])
    await prediction.async_cancel()
    assert await _ended(world, prediction.id) == "canceled"


async def test_video_models_give_a_playable_mp4(world: World) -> None:
    """Seedance's output is a real H.264 video of the asked length and shape."""
    made = await world.make(("bytedance", "seedance-2.0"), aspect_ratio="9:16", duration=1)
    with av.open(io.BytesIO((await world.plain.get(made.output)).content)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.width / stream.height == pytest.approx(9 / 16, rel=0.03)
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(1, abs=0.1)


async def test_models_publish_their_input_schema(world: World) -> None:
    """The schema that inputs are checked against can be fetched."""
    model = await world.client.models.async_get("google/nano-banana-2")
    assert model.latest_version is not None
    schema = model.latest_version.openapi_schema["components"]["schemas"]["Input"]
    assert schema["required"] == ["prompt"]
    assert "4:5" in schema["properties"]["aspect_ratio"]["enum"]
    with pytest.raises(ReplicateError):
        await world.client.models.async_get("google/nano-papaya")
