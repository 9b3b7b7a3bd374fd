"""The house around the evaluation: a database of its own, the golden products, and the sandbox when there is no key."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import uvicorn
from sqlmodel import select

from marketingos import adapters, clock, db, sandbox, server
from marketingos.domain.product import Product
from marketingos.settings import get_settings
from tests.eval import golden


@asynccontextmanager
async def opened() -> AsyncIterator[str | None]:
    """A house with the golden products in it. Answers the sandbox's address, or None when Claude himself is asked."""
    with tempfile.TemporaryDirectory(prefix="eval-", ignore_cleanup_errors=True) as folder:
        real = bool(os.environ.get("ANTHROPIC_API_KEY"))
        os.environ["DATA_DIR"] = folder
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/eval.db"
        get_settings.cache_clear()
        await asyncio.to_thread(server.migrate)
        try:
            async with _world(Path(folder), real) as base:
                await settle_in()
                yield base
        finally:
            await adapters.close()
            await db.dispose()


def writer_name() -> str:
    """Who is asked."""
    settings = get_settings()
    return "the sandbox's writer" if settings.is_sandbox else settings.claude_model


async def script(base: str, *rules: dict[str, object]) -> None:
    """Tells the sandbox's writer how to fail; nothing: not at all."""
    async with httpx.AsyncClient(base_url=base) as client:
        (await client.delete("/control/writer")).raise_for_status()
        (await client.post("/control/writer", json=list(rules))).raise_for_status()


@asynccontextmanager
async def _world(folder: Path, real: bool) -> AsyncIterator[str | None]:
    if real:
        os.environ["SANDBOX"] = "0"
        get_settings.cache_clear()
        yield None
        return
    async with _served(folder) as base:
        os.environ |= {"SANDBOX": "1", "ANTHROPIC_BASE_URL": f"{base}/claude"}
        get_settings.cache_clear()
        async with httpx.AsyncClient(base_url=base) as client:
            (await client.post("/control/settings", json={"claude_seconds": 0})).raise_for_status()
        yield base


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _served(folder: Path) -> AsyncIterator[str]:
    twin = sandbox.create_app(data_dir=folder / "sandbox", public_base="http://sandbox.invalid", clock=clock.now)
    running = _Server(uvicorn.Config(twin, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    task = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    finally:
        running.should_exit = running.force_exit = True
        await task


async def settle_in() -> None:
    """Puts the golden products into the database."""
    for name in golden.product_ids():
        async with db.session() as s:
            row = golden.product_row(name)
            s.add(row)
            await s.flush()
            for fact in golden.fact_rows(name):
                fact.product_id = row.id or 0
                s.add(fact)


async def product(name: str) -> Product:
    """The product's row."""
    async with db.reading() as s:
        return (await s.exec(select(Product).where(Product.name == golden.sheet(name)["name"]))).one()
