"""Opening addresses: what a reader gets, and what nobody gets through us."""

from __future__ import annotations

import socket
from collections.abc import Callable

import httpx
import pytest

from marketingos.adapters import http, web

PUBLIC = "93.184.216.34"
Answer = Callable[[httpx.Request], httpx.Response]


async def opened(url: str, answer: Answer, *addresses: str) -> tuple[str, int]:
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    async with http.replaced(httpx.AsyncClient(transport=httpx.MockTransport(answer))):
        found = await web.reach(url, resolve=resolve)
    return found.cause, found.status


def never(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"asked {request.url}")


@pytest.mark.parametrize(
    ("status", "cause"), [(200, ""), (403, ""), (429, ""), (404, "status"), (410, "status"), (500, "status")]
)
async def test_a_status_says_whether_it_opens(status: int, cause: str) -> None:
    """Gone, missing and broken do not open; what turns robots away opens for people."""
    assert await opened("https://x.es/a", lambda _: httpx.Response(status), PUBLIC) == (cause, status)


async def test_the_host_is_asked_by_the_address_that_was_looked_at() -> None:
    """The connection goes to the resolved address, under the host's own name, so that no second look-up can differ."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    await opened("https://x.es/a?b=1", answer, PUBLIC)
    assert str(seen[0].url) == f"https://{PUBLIC}/a?b=1"
    assert seen[0].headers["host"] == "x.es"
    assert seen[0].extensions["sni_hostname"] == "x.es"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.8", "169.254.169.254", "192.168.1.1", "::1", "fd00::1", "0.0.0.0", "::ffff:127.0.0.1"],
)
async def test_our_own_network_is_no_ones_business(address: str) -> None:
    """A host that leads inside is refused unasked, also when only one of its addresses does."""
    assert await opened("http://x.es", never, PUBLIC, address) == ("refused", 0)


async def test_a_redirect_leads_nowhere_else() -> None:
    """A redirect is held to the same rule: schemes and hosts of its own are looked at before they are asked."""
    away = httpx.Response(302, headers={"location": "file:///etc/passwd"})
    assert await opened("https://x.es", lambda _: away, PUBLIC) == ("refused", 0)


async def test_going_round_in_circles_ends() -> None:
    """A chain of redirects longer than a browser's patience does not open."""
    round_ = httpx.Response(301, headers={"location": "https://x.es/"})
    assert await opened("https://x.es", lambda _: round_, PUBLIC) == ("loop", 0)


async def test_a_host_that_does_not_exist() -> None:
    """No address, no page."""
    assert await opened("https://x.es", never) == ("no_host", 0)


async def test_silent_name_servers_say_nothing_about_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name server every host would look dead; the question is left open."""

    async def silent(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    import asyncio

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", silent)
    with pytest.raises(web.Unresolved):
        await web.look_up("x.es", 443)
