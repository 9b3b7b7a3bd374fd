"""How long browsers may keep things."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketingos.api.caching import ASK_AGAIN, FOREVER, keep_assets


async def answer(path: str, **told: object) -> httpx.Response:
    """What the wrapped app says at a path."""

    async def say(_: object) -> Response:
        return PlainTextResponse("x", **told)  # type: ignore[arg-type]

    app = keep_assets(Starlette(routes=[Route("/{path:path}", say)]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(path)


@pytest.mark.parametrize(
    ("path", "told", "wanted"),
    [
        ("/assets/app-1a2b3c.js", {}, FOREVER),
        ("/assets/missing.js", {"status_code": 404}, None),
        ("/login/", {"media_type": "text/html"}, ASK_AGAIN),
        ("/logo.svg", {"headers": {"etag": '"1"'}}, ASK_AGAIN),
        ("/api/v1/posts", {"media_type": "application/json"}, None),
        ("/media/1", {"headers": {"cache-control": "private", "etag": '"1"'}}, "private"),
    ],
)
async def test_only_hashed_files_are_kept(path: str, told: dict[str, object], wanted: str | None):
    """Hashed files for a year, pages never without asking, and who decided already is left alone."""
    assert (await answer(path, **told)).headers.get("cache-control") == wanted


async def test_no_other_site_frames_a_page():
    """A page says so itself; other answers have nothing to press."""
    said = (await answer("/login/", media_type="text/html")).headers
    assert said["content-security-policy"] == "frame-ancestors 'none'"
    assert "content-security-policy" not in (await answer("/logo.svg")).headers
