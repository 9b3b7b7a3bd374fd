"""Which world a database belongs to. It is born `sandbox` or `live` and refuses the other, so that play money and real
posts never mix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from marketingos import clock
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.audit import Mark
from marketingos.errors import Misconfigured
from marketingos.settings import get_settings

WORLD, BORN, RESTORED = "world", "born", "restored"


@dataclass(frozen=True, kw_only=True)
class Restored:
    """The database was put back, at `at`, to where it was at `since`: what was done in between is not in it."""

    since: datetime
    at: datetime


async def settle() -> None:
    """Marks a new database with its world; `Misconfigured` when an old one belongs to the other."""
    async with session() as s:
        if not await refuse_other(s):
            s.add(Mark(name=WORLD, value=here()))
            s.add(Mark(name=BORN, value=clock.now().isoformat()))


def here() -> str:
    """The world that the settings ask for."""
    return "sandbox" if get_settings().is_sandbox else "live"


async def refuse_other(s: AsyncSession) -> bool:
    """Whether the database has a world; `Misconfigured` when it is not the one of the settings."""
    mark = await s.get(Mark, WORLD)
    if mark and mark.value != here():
        raise Misconfigured("error.other_world", database=mark.value, settings=here())
    return mark is not None


async def mark_restored(s: AsyncSession, since: datetime) -> None:
    """Remembers a restore; of several gaps, the one that began first."""
    earlier = await restored(s)
    gap = Restored(since=min(since, earlier.since) if earlier else since, at=clock.now())
    await s.merge(Mark(name=RESTORED, value=f"{gap.since.isoformat()} {gap.at.isoformat()}"))


async def restored(s: AsyncSession) -> Restored | None:
    """The gap in what this database knows, if it was ever restored."""
    mark = await s.get(Mark, RESTORED)
    if mark is None:
        return None
    since, at = map(datetime.fromisoformat, mark.value.split())
    return Restored(since=since, at=at)


async def born() -> datetime:
    """When this database came to be."""
    async with reading() as s:
        mark = await s.get_one(Mark, BORN)
    return datetime.fromisoformat(mark.value)
