"""Fixtures for adapters: a wire to fake a platform at, an empty shelf of files, a clock that stands."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from marketingos import clock
from marketingos.adapters import http
from tests.adapters.wire import NOW, Shelf, Wire
from tests.conftest import Setter


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, environment: Setter) -> Wire:
    """Every call of the adapters goes to this script instead of the network, at the platforms' own addresses."""
    environment(SANDBOX="0")
    fake = Wire()
    client = httpx.AsyncClient(transport=httpx.MockTransport(fake))
    monkeypatch.setattr(http, "client", lambda: client)
    return fake


@pytest.fixture
def shelf() -> Shelf:
    """No files yet."""
    return Shelf()


@pytest.fixture
def still() -> Iterator[None]:
    """The clock stands at `NOW`."""
    with clock.frozen(NOW):
        yield
