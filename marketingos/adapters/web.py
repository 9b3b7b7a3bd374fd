"""Whether an address opens for a reader, asked without becoming anybody's way into our own network.

Each host is resolved once, refused unless all its addresses are public, and connected to by the address that was
looked at, so that no second answer of a name server can lead elsewhere. Redirects are followed by hand, under the same
rule. Nothing of an answer's body is read.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from urllib.parse import urljoin, urlsplit

import httpx

from marketingos.adapters import http
from marketingos.domain.check import Reach

HOPS = 5
"""Redirects that a reader's browser would put up with."""

_PATIENCE = httpx.Timeout(10.0)
_OPEN_TO_PEOPLE = frozenset({401, 402, 403, 405, 406, 407, 408, 429, 451, 501, 999})
"""Answers to robots of sites that open for people, or that want something first."""

Resolve = Callable[[str, int], Awaitable[list[str]]]


class Unresolved(Exception):
    """Name servers do not answer: nothing can be said about any address."""


async def look_up(host: str, port: int) -> list[str]:
    """The network addresses of a host; empty when it does not exist. Raises `Unresolved`."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise Unresolved from error
        return []
    return [str(entry[4][0]) for entry in found]


async def reach(url: str, *, resolve: Resolve = look_up) -> Reach:
    """What comes of opening an address. Raises `Unresolved` when this machine cannot find out."""
    for _ in range(HOPS + 1):
        try:
            answer = await _opened(url, resolve)
        except httpx.TimeoutException:
            return Reach(cause="timeout")
        except httpx.HTTPError as error:
            return Reach(cause="certificate" if _is_certificate(error) else "refused")
        if isinstance(answer, Reach):
            return answer
        if answer.status_code not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
            return _judged(answer.status_code)
        url = urljoin(url, answer.headers["location"])
    return Reach(cause="loop")


def _judged(status: int) -> Reach:
    dead = status >= 400 and status not in _OPEN_TO_PEOPLE
    return Reach(cause="status" if dead else "", status=status)


async def _opened(url: str, resolve: Resolve) -> httpx.Response | Reach:
    """The answer to HEAD, or to GET where a server has something against HEAD."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return Reach(cause="refused")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = await resolve(parts.hostname, port)
    if not addresses:
        return Reach(cause="no_host")
    if not all(ipaddress.ip_address(address).is_global for address in addresses):
        return Reach(cause="refused")
    answer = await _asked("HEAD", url, addresses[0])
    return answer if answer.status_code < 400 else await _asked("GET", url, addresses[0])


async def _asked(method: str, url: str, address: str) -> httpx.Response:
    """One request to that very address, under the host's own name."""
    asked = httpx.URL(url)
    request = http.client().build_request(
        method,
        asked.copy_with(host=address),
        headers={"Host": asked.netloc.decode("ascii"), "Accept": "text/html,*/*"},
        timeout=_PATIENCE,
        extensions={"sni_hostname": asked.host},
    )
    answer = await http.client().send(request, stream=True)
    await answer.aclose()
    return answer


def _is_certificate(error: Exception) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return "CERTIFICATE_VERIFY_FAILED" in str(error)
