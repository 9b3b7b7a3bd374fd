"""The sandbox on a real socket: every test here talks HTTP to it, as the product does."""

import asyncio
import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from PIL import Image, ImageChops

from marketingos.sandbox import create_app
from marketingos.sandbox.world import DemoAccount, demo_accounts

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass
class HandClock:
    """A clock that stands still until a test moves it."""

    now: datetime = field(default=START)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(app: Any, port: int) -> Iterator[str]:
    """Run an ASGI app with granian in a thread until the block ends; yields its base address."""
    loop, stop = asyncio.new_event_loop(), threading.Event()
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False)

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(server.serve())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        stop.set()

    threading.Thread(target=run, daemon=True).start()
    _wait_for(port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(server.stop)
        stop.wait(5)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.02)
    raise RuntimeError("the server did not start")


@dataclass
class Sandbox:
    """A running sandbox, its clock, and a client that knows its address."""

    base: str
    clock: HandClock
    http: httpx.Client

    def account(self, platform: str, kind: str | None = None, brand: str = "ReservasPro") -> DemoAccount:
        return next(
            a
            for a in demo_accounts()
            if a.platform == platform and ((kind is None and a.brand == brand) or a.kind == kind)
        )

    def ledger(self, **wanted: str) -> list[dict[str, Any]]:
        posts: list[dict[str, Any]] = self.http.get("/ledger", params=wanted).json()["posts"]
        return posts

    def control(self, name: str, body: Any) -> Any:
        answer = self.http.post(f"/control/{name}", json=body)
        answer.raise_for_status()
        return answer.json()

    def fault(self, action: str, *, times: int | None = 1, match: dict[str, Any] | None = None, **more: Any) -> None:
        self.control("faults", [{"action": action, "match": match or {}, "times": times, **more}])


@contextmanager
def running(folder: Path, clock: HandClock, webhook_target: str | None = None) -> Iterator[Sandbox]:
    port = free_port()
    app = create_app(
        data_dir=folder, public_base=f"http://127.0.0.1:{port}", clock=clock, webhook_target=webhook_target
    )
    with serve(app, port) as base, httpx.Client(base_url=base, timeout=10, trust_env=False) as http:
        yield Sandbox(base, clock, http)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A fresh sandbox whose clock only a test moves."""
    with running(tmp_path / "world", HandClock()) as world:
        yield world


@pytest.fixture
def sandbox_server(sandbox: Sandbox) -> str:
    """The base address of a fresh sandbox."""
    return sandbox.base


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Callable[[str, bytes], str]]:
    """A file server of the product's kind: put a file, get the address the platforms can fetch it at."""
    shelf: dict[str, bytes] = {}
    agents: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        agents.append(dict(scope["headers"]).get(b"user-agent", b"").decode())
        data = shelf.get(scope["path"].strip("/"))
        status = 404 if data is None else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": data or b""})

    with serve(app, free_port()) as base:

        def put(name: str, data: bytes) -> str:
            shelf[name] = data
            return f"{base}/{name}"

        put.agents = agents  # type: ignore[attr-defined]
        yield put


def picture(width: int = 1080, height: int = 1080, format: str = "JPEG", colour: str = "#4a45cf") -> bytes:
    """An encoded image of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, format)
    return buffer.getvalue()


def video(width: int = 540, height: int = 960, seconds: float = 3.2, fps: int = 24, noise: bool = False) -> bytes:
    """A short H.264 MP4; `noise` makes it heavy (several hundred kB)."""
    buffer = io.BytesIO()
    plain = Image.effect_noise((width, height), 90).convert("RGB") if noise else Image.new("RGB", (width, height))
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(int(seconds * fps)):
            frame = ImageChops.offset(plain, 0, index * 5)
            container.mux(stream.encode(av.VideoFrame.from_image(frame)))
        container.mux(stream.encode())
    return buffer.getvalue()
