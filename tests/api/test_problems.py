"""What a machine reads when what it sent cannot be read."""

import httpx
import pytest

from marketingos.api import create_api


@pytest.mark.parametrize("path", ["/api/posts/abc/media?platforms=facebook", "/api/posts/1/media?platforms=myspace"])
async def test_a_request_of_another_shape_is_a_problem(path: str) -> None:
    """Problem JSON like every other refusal, naming the field and repeating nothing of what was sent."""
    transport = httpx.ASGITransport(create_api())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post(path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    told = answer.json()
    assert told["type"] == "urn:marketingos:problem:error.invalid"
    assert told["errors"][0]["field"].split(".")[0] in ("post_id", "platforms")
    assert "abc" not in answer.text
    assert "myspace" not in answer.text
