"""Journeys through the real product: the production server as a process, the sandbox over real HTTP, a real Chromium.

The pages are built once for all; every journey has a world of its own (folder, port, database, clock). When one fails,
its server's log and a picture of the last screen stand in the report.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from psycopg.sql import SQL, Identifier

from tests.chromium import FLAGS, executable
from tests.e2e.screen import Screen
from tests.server import Server

PATIENCE_MS = 20_000
"""How long an expectation may take: generous, because machines that test are small and busy."""

World = Callable[..., Server]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey is marked, and may take minutes."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(600))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Adds the server's log and the last screen to a failure."""
    report = yield
    if report.when == "call" and report.failed:
        for server in getattr(item, "servers", []):
            report.sections.append((f"server at {server.url}", server.log.read_text()[-8000:]))
        for number, page in enumerate(getattr(item, "pages", [])):
            picture = Path(os.environ.get("E2E_PICTURES", ".pytest_cache")) / f"{item.name}-{number}.png"
            page.screenshot(path=picture)
            report.sections.append(("last screen", f"{page.url}\n{picture}"))
    return report


@pytest.fixture(scope="package")
def built_pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The pages, built once before any world's clock starts, by whichever of the workers comes first."""
    builder = Server(tmp_path_factory.mktemp("build"))
    with Path(tempfile.gettempdir(), f"marketingos-build-{os.getuid()}").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        subprocess.run(builder.command("build"), cwd=builder.folder, env=builder.environment(), check=True, timeout=600)


@pytest.fixture
def world(request: pytest.FixtureRequest, built_pages: None, tmp_path: Path) -> Iterator[World]:
    """Starts a server: `world(database="postgresql", CLOCK_SPEED=60)`. It is stopped when the journey ends."""
    with ExitStack() as stack:
        request.node.servers = []

        def start(*, database: str = "sqlite", **settings: object) -> Server:
            if database == "postgresql":
                address, name = request.getfixturevalue("migrated_server"), f"world_{abs(hash(request.node.nodeid)):x}"
                settings["DATABASE_URL"] = stack.enter_context(_new_database(address, name))
            server = stack.enter_context(Server(tmp_path / "world", **settings))
            request.node.servers.append(server)
            return server

        yield start


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys; gone with the last of them, and its event loop with it."""
    path = executable()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A new person's browser: Spanish, a laptop's screen, nothing remembered."""
    expect.set_options(timeout=PATIENCE_MS)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="es-ES", timezone_id="Europe/Madrid")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    request.node.pages = [page]
    yield page
    context.close()


@pytest.fixture
def screen(page: Page) -> Screen:
    """What a person can do in the product."""
    return Screen(page)


@contextmanager
def _new_database(address: str, name: str) -> Iterator[str]:
    """An empty PostgreSQL database, gone after the journey."""
    with psycopg.connect(address, autocommit=True) as administrator:
        administrator.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        yield address.replace("/postgres?", f"/{name}?")
        administrator.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
