"""The sandbox on a real socket as the outside world of a test, and a person who answers its consent pages."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from marketingos import clock
from marketingos.sandbox import create_app
from marketingos.sandbox.world import DemoAccount, demo_accounts
from tests.conftest import Serve, Setter


@dataclass
class Outside:
    """The twin at `base`; its time and the product's are moved together by `later`."""

    base: str = ""
    offset: timedelta = timedelta()
    twin: Any = None
    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=20, trust_env=False))

    def now(self) -> datetime:
        return clock.wall_clock() + self.offset

    @contextmanager
    def later(self, by: timedelta) -> Iterator[datetime]:
        """The product and the twin, `by` from now on."""
        self.offset += by
        now = self.now()
        with clock.frozen(now):
            yield now

    def account(self, platform: str, kind: str = "", brand: str = "ReservasPro") -> DemoAccount:
        return next(
            a for a in demo_accounts() if a.platform == platform and (a.kind == kind if kind else a.brand == brand)
        )

    async def control(self, name: str, body: Any) -> Any:
        answer = await self.http.post(f"{self.base}/control/{name}", json=body)
        return answer.raise_for_status().json()

    async def fault(self, action: str, path: str, *, times: int | None = 1, **more: Any) -> None:
        await self.control("faults", [{"action": action, "match": {"path_regex": path}, "times": times, **more}])

    async def calls(self, path: str) -> int:
        """How often a path was called."""
        rows = (await self.http.get(f"{self.base}/control/calls")).json()["calls"]
        return sum(row["count"] for row in rows if path in row["path"])

    async def consent(self, page: str, decision: str = "allow", *, accounts: Any = None) -> dict[str, str]:
        """What comes back to us when a person presses a button of the page; all accounts are ticked by default."""
        back = await self.answer(page, decision, accounts=accounts)
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}

    async def answer(self, page: str, decision: str = "allow", *, accounts: Any = None) -> str:
        """The address to which the platform sends the browser."""
        shown = await self.http.get(page)
        if shown.status_code == 302:
            return shown.headers["location"]
        assert shown.status_code == 200, shown.text
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html.unescape(shown.text)))
        boxes = re.findall(r'type="checkbox" name="account" value="([^"]*)"', shown.text)
        form = {**hidden, "decision": decision, "account": boxes if accounts is None else accounts}
        back = await self.http.post(page.partition("?")[0], data=form)
        assert back.status_code == 302, back.text
        return back.headers["location"]


@pytest.fixture
async def outside(serve: Serve, environment: Setter, tmp_path: Path) -> AsyncIterator[Outside]:
    """A fresh outside world, at which every setting points."""
    world = Outside()
    app = create_app(data_dir=tmp_path / "twin", public_base="http://sandbox.invalid", clock=world.now)
    world.base, world.twin = await serve(app), app.state.twin
    environment(SANDBOX_URL=world.base)
    yield world
    await world.http.aclose()
