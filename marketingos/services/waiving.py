"""Waiving: a person sets a finding aside with a reason, for exactly the content that was looked at."""

from __future__ import annotations

from sqlalchemy.orm import selectinload
from sqlmodel import col, delete, select

from marketingos import clock
from marketingos.db import AsyncSession, session
from marketingos.domain.check import Severity, severity
from marketingos.domain.checked import REASON_MAX, SetAside
from marketingos.domain.post import Variant
from marketingos.domain.user import Deed
from marketingos.errors import InvalidInput, NotFound, Refused
from marketingos.services import audit, posts
from marketingos.services.people import require
from marketingos.services.views import PersonView, PostView


async def set_aside(actor: PersonView, variant_id: int, key: str, reason: str) -> PostView:
    """Lets a finding stand until the content changes. Raises `Refused("check.cannot_be_set_aside")` for one that
    blocks, `InvalidInput` without a reason."""
    require(actor, Deed.APPROVE)
    said = " ".join(reason.split())
    if not said or len(said) > REASON_MAX:
        raise InvalidInput("check.say_why", field="reason", most=REASON_MAX)
    if severity(key) is Severity.BLOCKS:
        raise Refused("check.cannot_be_set_aside")
    async with session() as s:
        variant = await _variant(s, variant_id)
        await _forget(s, variant, key)
        s.add(
            SetAside(
                variant_id=variant_id,
                key=key,
                content_hash=variant.face,
                reason=said,
                by=actor.name,
                at=clock.now(),
            )
        )
        _note(s, actor, variant, "finding.set_aside", key=key, reason=said)
    return await posts.post(actor, variant.post_id)


async def bring_back(actor: PersonView, variant_id: int, key: str) -> PostView:
    """The finding counts again."""
    require(actor, Deed.APPROVE)
    async with session() as s:
        variant = await _variant(s, variant_id)
        await _forget(s, variant, key)
        _note(s, actor, variant, "finding.bring_back", key=key)
    return await posts.post(actor, variant.post_id)


async def _variant(s: AsyncSession, variant_id: int) -> Variant:
    parts = (selectinload(Variant.pieces), selectinload(Variant.post))  # type: ignore[arg-type]
    found = (await s.exec(select(Variant).where(Variant.id == variant_id).options(*parts))).first()
    if found is None:
        raise NotFound()
    return found


async def _forget(s: AsyncSession, variant: Variant, key: str) -> None:
    mine = (col(SetAside.variant_id) == variant.id, col(SetAside.key) == key)
    await s.exec(delete(SetAside).where(*mine, col(SetAside.content_hash) == variant.face))


def _note(s: AsyncSession, actor: PersonView, variant: Variant, deed: str, **detail: object) -> None:
    variant.post.updated_at = clock.now()
    audit.note(s, actor.email, deed, f"post:{variant.post_id}", platform=variant.platform.value, **detail)
