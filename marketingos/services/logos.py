"""Logos: a product's mark as a picture, kept like any other file and named by the product's template."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from marketingos.db import reading, session
from marketingos.domain.media import Media, MediaKind
from marketingos.domain.user import Deed
from marketingos.errors import InvalidInput
from marketingos.services import audit, media
from marketingos.services.people import require
from marketingos.services.views import PersonView

SIZE_MAX = 5_000_000
"""Bytes."""


@dataclass(frozen=True, kw_only=True)
class Logo:
    """A stored logo: the name that a template holds, and its address on this host."""

    name: str
    url: str


async def keep(actor: PersonView, data: bytes) -> Logo:
    """Stores a picture; `InvalidInput` when it is none or too large. It is a logo once a product names it."""
    require(actor, Deed.EDIT)
    if len(data) > SIZE_MAX:
        raise InvalidInput("product.logo_too_large", field="logo", most=SIZE_MAX // 1_000_000)
    kept = await media.keep(data)
    async with session() as s:
        row = await media.record(s, kept)
        if row.kind is not MediaKind.IMAGE:
            raise InvalidInput("product.logo_not_a_picture", field="logo")
        await s.flush()
        audit.note(s, actor.email, "media.logo", f"media:{row.id}")
        return Logo(name=row.name, url=media.path_of(row.thumbnail or row.name))


async def address(name: str) -> str:
    """Where the small picture of a logo is fetched; empty when it names none that is stored."""
    async with reading() as s:
        row = (await s.exec(select(Media).where(Media.name == name))).first() if name else None
    return media.path_of(row.thumbnail or row.name) if row else ""
