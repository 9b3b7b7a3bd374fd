"""Rows for tests of services, made with few words: a product with its accounts, and posts on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image
from pydantic import SecretStr

from marketingos import clock, db
from marketingos.domain.account import AccountKind
from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import Post, Variant, VariantMedia
from marketingos.domain.product import Product
from marketingos.domain.slot import wall_time
from marketingos.domain.user import Role
from marketingos.services import accounts, media, people
from marketingos.services.views import PersonView

KINDS = {
    Platform.FACEBOOK: AccountKind.PAGE,
    Platform.INSTAGRAM: AccountKind.INSTAGRAM,
    Platform.LINKEDIN: AccountKind.ORGANIZATION,
    Platform.TIKTOK: AccountKind.CREATOR,
}


async def person(role: Role = Role.ADMIN) -> PersonView:
    """Somebody who may do what the role allows."""
    return await people.add_user(f"{role.value}@codetix.es", role.value.title(), role, "una-clave-larga")


async def product(name: str = "ReservasPro", platforms: Sequence[Platform] = tuple(Platform)) -> int:
    """An active product with one account on each platform; answers its id."""
    async with db.session() as s:
        row = Product(name=name, active=True, created_at=clock.now(), website="https://reservaspro.es")
        s.add(row)
        await s.flush()
    for platform in platforms:
        await accounts.connect(
            platform=platform,
            kind=KINDS[platform],
            external_id=f"{name}-{platform.value}",
            name=name,
            token=SecretStr(f"token-{name}-{platform.value}"),
            products=(name,),
        )
    return row.id or 0


async def post(
    product_id: int,
    *,
    after: timedelta = timedelta(hours=2),
    platforms: Sequence[Platform] = (Platform.FACEBOOK,),
    text: str = "¿Todavía pierdes clientes por no contestar?",
    with_picture: bool = True,
) -> int:
    """A pending post `after` from now, with a variant on each platform; answers its id."""
    at = clock.now() + after
    wall = wall_time(at, "Europe/Madrid")
    async with db.session() as s:
        picture = await media.store(s, picture_bytes(at), ai_generated=True) if with_picture else None
        row = Post(
            product_id=product_id,
            title=text[:60],
            wall_time=f"{wall:%Y-%m-%dT%H:%M}",
            timezone="Europe/Madrid",
            scheduled_at=at,
            created_at=clock.now(),
            updated_at=clock.now(),
        )
        s.add(row)
        await s.flush()
        for platform in platforms:
            kind = Format.IMAGE if picture else Format.TEXT
            variant = Variant(post_id=row.id or 0, platform=platform, format=kind, text=text)
            s.add(variant)
            await s.flush()
            if picture:
                s.add(VariantMedia(variant_id=variant.id or 0, media_id=picture.id or 0))
    return row.id or 0


def picture_bytes(seed: datetime) -> bytes:
    """A small JPEG that differs with the seed."""
    shade = int(seed.timestamp() * 1000) % 255
    file = BytesIO()
    Image.new("RGB", (1080, 1350), (shade, 120, 255 - shade)).save(file, "JPEG")
    return file.getvalue()
