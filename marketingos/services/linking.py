"""Links: the addresses in posts that wait or are about to go out are opened, and what came of it is kept.

An address is opened again after a day; one that did not open, after an hour. In the sandbox world nothing outside is
asked: its products have sites that do not exist.
"""

from __future__ import annotations

from datetime import timedelta

from anyio import create_task_group
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import clock, log
from marketingos.adapters import web
from marketingos.db import reading, session
from marketingos.domain.check import links
from marketingos.domain.checked import OpenedLink
from marketingos.domain.post import Post, Variant, VariantStatus
from marketingos.services import checking
from marketingos.settings import get_settings

logger = log.get_logger(__name__)

FRESH, FRESH_DEAD = timedelta(days=1), timedelta(hours=1)
AT_ONCE = 8
"""Addresses opened in one sweep, all at the same time."""


async def open_links() -> int:
    """Opens addresses of coming posts that were not opened lately; answers how many."""
    if get_settings().is_sandbox:
        return 0
    due = await _due()
    try:
        async with create_task_group() as group:
            for url in due:
                group.start_soon(_open, url)
    except* web.Unresolved:
        logger.warning("links.no_name_servers")
    return len(due)


async def _due() -> list[str]:
    waiting = (VariantStatus.PENDING, VariantStatus.APPROVED)
    coming = select(Variant).join(Post).where(col(Variant.status).in_(waiting), Post.scheduled_at > clock.now())
    async with reading() as s:
        found = (await s.exec(coming.options(selectinload(Variant.pieces)))).all()  # type: ignore[arg-type]
        said = {url for variant in found for url in links.addresses(checking.draft_of(variant))}
        known = (await s.exec(select(OpenedLink).where(col(OpenedLink.url).in_(said)))).all()
    now = clock.now()
    fresh = {row.url for row in known if now - row.at < (FRESH_DEAD if row.cause else FRESH)}
    return sorted(said - fresh)[:AT_ONCE]


async def _open(url: str) -> None:
    reached = await web.reach(url)
    async with session() as s:
        await s.merge(OpenedLink(url=url, cause=reached.cause, status=reached.status, at=clock.now()))
    if reached.is_dead:
        logger.info("links.dead", url=url, cause=reached.cause, status=reached.status)
