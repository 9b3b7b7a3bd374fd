"""Approved posts of any kind, written straight into a world's database: what a server finds when it starts.

within(server, schedule(drafts))
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from unittest.mock import patch

from pydantic import SecretStr
from sqlmodel import select

from marketingos import adapters, clock, db, vault
from marketingos.db import AsyncSession
from marketingos.domain.account import Account, AccountKind
from marketingos.domain.delivery import Delivery
from marketingos.domain.media import Media
from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import Post, Variant, VariantMedia, VariantStatus
from marketingos.domain.product import Product
from marketingos.domain.slot import wall_time
from marketingos.services import accounts, media
from marketingos.services.views import AccountView
from marketingos.settings import Settings, get_settings
from tests.server import Server

ZONE = "Europe/Madrid"

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A post that a person approved. `files` are the bytes of its media, in order; `account` is the platform's name of
    the account that it goes to."""

    account: str
    platform: Platform
    format: Format
    text: str
    due: datetime
    files: Sequence[bytes] = ()
    alt_text: str = ""
    link_url: str = ""
    first_comment: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    late_after: timedelta = timedelta(days=30)


def within(server: Server, work: Coroutine[Any, Any, Answer]) -> Answer:
    """Runs code to its end with the settings and the database of this server's world."""

    async def whole() -> Answer:
        try:
            return await work
        finally:
            await adapters.close()
            await db.dispose()

    with patch.dict(os.environ, server.environment(), clear=True), patch.dict(Settings.model_config, env_file=None):
        _read_anew()
        try:
            return asyncio.run(whole())
        finally:
            _read_anew()


def _read_anew() -> None:
    get_settings.cache_clear()
    vault.forget()


async def connect(platform: Platform, kind: AccountKind, external_id: str, token: str, **facts: Any) -> AccountView:
    """A connected account; no product has to be linked to it."""
    return await accounts.connect(
        platform=platform,
        kind=kind,
        external_id=external_id,
        name=facts.pop("name", external_id),
        token=SecretStr(token),
        **facts,
    )


async def schedule(drafts: Sequence[Draft]) -> list[int]:
    """Writes every draft as an approved post with its delivery; answers the deliveries' ids, in order."""
    async with db.session() as s:
        product = await _product(s)
        ids = {row.external_id: row.id or 0 for row in (await s.exec(select(Account))).all()}
        files: dict[bytes, Media] = {}
        for data in {data: None for draft in drafts for data in draft.files}:
            files[data] = await _file(s, data)
        posts = [_post(draft, product, [files[data] for data in draft.files]) for draft in drafts]
        s.add_all(posts)
        await s.flush()
        variants = [post.variants[0] for post in posts]
        for variant in variants:
            for piece in variant.pieces:
                piece.variant_id = variant.id or 0
                s.add(piece)
        rows = [_delivery(variant, draft, ids) for variant, draft in zip(variants, drafts, strict=True)]
        s.add_all(rows)
        await s.flush()
        return [row.id or 0 for row in rows]


async def _product(s: AsyncSession) -> int:
    known = (await s.exec(select(Product))).first()
    if known is None:
        known = Product(name="Banco", active=False, created_at=clock.now(), website="https://example.com")
        s.add(known)
        await s.flush()
    return known.id or 0


async def _file(s: AsyncSession, data: bytes) -> Media:
    digest = hashlib.sha256(data).hexdigest()
    if known := (await s.exec(select(Media).where(Media.sha256 == digest))).first():
        return known
    return await media.store(s, data)


def _post(draft: Draft, product: int, files: Sequence[Media]) -> Post:
    variant = Variant(
        platform=draft.platform,
        format=draft.format,
        status=VariantStatus.APPROVED,
        text=draft.text,
        alt_text=draft.alt_text,
        link_url=draft.link_url,
        first_comment=draft.first_comment,
        options=dict(draft.options),
        decided_by="Ana",
    )
    variant.pieces = [
        VariantMedia(variant_id=0, media_id=file.id or 0, source=file, fitted=None, position=n)
        for n, file in enumerate(files)
    ]
    variant.approved_hash = variant.content().hash
    return Post(
        product_id=product,
        title=draft.text[:60],
        wall_time=f"{wall_time(draft.due, ZONE):%Y-%m-%dT%H:%M}",
        timezone=ZONE,
        scheduled_at=draft.due,
        created_at=clock.now(),
        updated_at=clock.now(),
        variants=[variant],
    )


def _delivery(variant: Variant, draft: Draft, ids: Mapping[str, int]) -> Delivery:
    content = variant.content()
    return Delivery(
        variant_id=variant.id or 0,
        account_id=ids[draft.account],
        content=content,
        content_hash=content.hash,
        due_at=draft.due,
        not_before=draft.due,
        late_after=draft.due + draft.late_after,
        created_at=clock.now(),
    )
