"""The real production server as a process of its own: `marketingos run` in the sandbox world, with its own data folder.

with Server(tmp_path, CLOCK_SPEED=60) as server:
    server.kill()       # as a power cut would
    server.start()      # the same world goes on
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import httpx

from marketingos.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
EMAIL = "ana@example.com"
PASSWORD = "una-clave-de-prueba"
ZONE = ZoneInfo("Europe/Madrid")

_START_SECONDS = 300
"""The first start in a fresh clone builds the pages."""


class Server:
    """One world: a folder, a port, and the process that serves it while it runs. Settings are environment variables;
    `root` is the checkout whose code and pages it runs, `words` the command that serves."""

    def __init__(
        self, folder: Path, *, root: Path = ROOT, words: tuple[str, ...] = ("run",), **settings: object
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.root = root
        self.words = words
        self.port = _free_port()
        self.log = folder / "server.log"
        self._settings = {
            "DATA_DIR": folder / "data",
            "PORT": self.port,
            "SANDBOX": 1,
            "ADMIN_EMAIL": EMAIL,
            "ADMIN_PASSWORD": PASSWORD,
            "MEASURE_EVERY_SECONDS": 1,
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns once the server answers. Raises `RuntimeError` with its log when it does not."""
        with self.log.open("ab") as log:
            # Not in the repository's root: a developer's own `.env` must not be seen.
            self.process = subprocess.Popen(
                self.command(*self.words),
                cwd=self.folder,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_alive()

    def kill(self) -> None:
        """The process is gone at once, without a chance to tidy up."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """The process is asked to end and does."""
        self._signal(signal.SIGTERM)

    def fetch(self, path: str) -> httpx.Response:
        """What a browser gets for a path."""
        return httpx.get(f"{self.url}{path}", timeout=30, follow_redirects=True).raise_for_status()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON behind a path."""
        answer = httpx.get(f"{self.url}{path}", params=query, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Any) -> Any:
        """Sends JSON to a path and answers what comes back."""
        answer = httpx.post(f"{self.url}{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def delete(self, path: str) -> None:
        """Takes away what a path stands for."""
        httpx.delete(f"{self.url}{path}", timeout=30).raise_for_status()

    def run(self, *words: str, **settings: object) -> subprocess.CompletedProcess[str]:
        """Runs a `marketingos` command in this world, with other settings if given, to its end."""
        environment = {**self.environment(), **{name: str(value) for name, value in settings.items()}}
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def command(self, *words: str) -> list[str]:
        """A `marketingos` command of this world."""
        return [sys.executable, "-m", "marketingos.cli", *words]

    def environment(self) -> dict[str, str]:
        """What the process sees: the machine's ground (its certificates too, for npm), the settings of this world, and
        nothing that would be a setting of another."""
        ours = {name.upper() for name in Settings.model_fields}
        ground = {name: value for name, value in os.environ.items() if name.upper() not in ours}
        return {**ground, "PYTHONPATH": str(self.root), **{name: str(value) for name, value in self._settings.items()}}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_alive(self) -> None:
        patience = time.monotonic() + _START_SECONDS
        while time.monotonic() < patience:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/livez", timeout=2).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-4000:]}")

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


def world_at(weekday: int, hour: int, minute: int = 0, *, speed: float) -> dict[str, object]:
    """Settings of a world in which it is now this weekday (Monday is 0) and time in Madrid, in the week after next, and
    time runs `speed` times as fast (more than 1): what is planned is the same on whatever day the tests run."""
    real = datetime.now(UTC)
    monday = (real.astimezone(ZONE) + timedelta(days=14 - real.astimezone(ZONE).weekday())).date()
    wanted = datetime(monday.year, monday.month, monday.day, hour, minute, tzinfo=ZONE) + timedelta(days=weekday)
    start = real - (wanted.astimezone(UTC) - real) / (speed - 1)
    return {"CLOCK_SPEED": speed, "CLOCK_START": start.isoformat()}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
