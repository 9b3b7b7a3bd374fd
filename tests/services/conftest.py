"""The outside of the services: the strict twin of Claude and Replicate on a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from marketingos import adapters, clock
from marketingos.sandbox import claude, replicate
from tests.conftest import Serve
from tests.services.studio import PICTURE, Studio


@pytest.fixture
async def studio(
    database: str, serve: Serve, environment: Callable[..., object], tmp_path: Path
) -> AsyncIterator[Studio]:
    """Claude and Replicate answer at once; what was asked of them is counted, and any answer can be scripted."""
    studio = Studio()
    studio.base = base = await serve(studio)
    pictures = replicate.routes(data_dir=tmp_path / "twin", public_base=base, clock=clock.now, seconds=lambda: 0)
    texts = claude.routes(clock=clock.now, latency=lambda: 0)
    picture = Route("/picture.jpg", lambda _: Response(PICTURE, media_type="image/jpeg"))
    studio.app = Starlette(routes=[Mount("/claude", routes=texts), Mount("/replicate", routes=pictures), picture])
    environment(ANTHROPIC_BASE_URL=f"{base}/claude", REPLICATE_BASE_URL=f"{base}/replicate")
    yield studio
    await adapters.close()
