"""Picturing: the picture of a post with headline and brand, and the vertical video made from it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from functools import cache, partial

from anyio import CapacityLimiter, to_thread
from sqlalchemy import ColumnElement, and_, exists, update
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import adapters, clock, log
from marketingos.adapters import images, video
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.platform import Format
from marketingos.domain.post import Brief, Post, Variant, VariantMedia
from marketingos.domain.product import Product
from marketingos.errors import BadAnswer, ContentRefused, MarketingError, NotFound, NotSent, OverBudget
from marketingos.services import fitting, media
from marketingos.services.drawing import Wanted, draw
from marketingos.settings import get_settings

logger = log.get_logger(__name__)

UNDER_WAY = "media.under_way"
"""What a post's `media_error` says while another try is made."""

LASTING = (UNDER_WAY, "error.replicate_refused", MarketingError.key)
"""Marks that coming again would not lift: somebody is at it, or the reason lies in the picture or in ourselves."""


@dataclass(frozen=True, kw_only=True)
class _Canvas:
    """A post that wants pictures: which of its variants still lack them, and what they shall look like."""

    post_id: int
    cycle_id: int | None
    product: Product
    brief: Brief
    bare: dict[Format, tuple[int, ...]]


async def wants(post_id: int) -> bool:
    """Whether a variant of the post still lacks its picture or video. `NotFound` when there is no such post."""
    async with reading() as s:
        return any((await _canvas(s, post_id)).bare.values())


def is_bare() -> ColumnElement[bool]:
    """Of a variant: it wants a picture or a video and has none."""
    drawn = col(Variant.format).in_((Format.IMAGE, Format.VIDEO))
    return and_(drawn, ~exists().where(col(VariantMedia.variant_id) == col(Variant.id)))


async def picture(post_id: int) -> None:
    """Makes what is missing and clears the post's `media_error`; what was made before an error stays.

    Raises `OverBudget` before spending and what the illustrator raises.
    """
    async with reading() as s:
        canvas = await _canvas(s, post_id)
    if any(canvas.bare.values()):
        drawing = await _drawing(canvas)
        if canvas.bare[Format.IMAGE]:
            await _attach(canvas, Format.IMAGE, await _composed(canvas, drawing))
        if canvas.bare[Format.VIDEO]:
            await _attach(canvas, Format.VIDEO, await _filmed(canvas, drawing))
    await mark(post_id, None)


async def attempt(post_id: int, *, forgiven: tuple[type[MarketingError], ...] = ()) -> MarketingError | None:
    """`picture`, with an error kept on the post, unless it is one of the `forgiven`, and answered instead of raised."""
    try:
        await picture(post_id)
    except MarketingError as error:
        failure, unexpected = error, False
    except Exception:
        failure, unexpected = MarketingError(), True
    else:
        return None
    diagnostic = getattr(failure, "diagnostic", "")
    logger.warning("picture.failed", post=post_id, error=str(failure), diagnostic=diagnostic, exc_info=unexpected)
    if not isinstance(failure, forgiven):
        await mark(post_id, failure.key)
    return failure


async def composed(post_id: int, name: str) -> dict[Format, bytes]:
    """What a drawing becomes for the formats that the post's variants have: the picture, and the video."""
    async with reading() as s:
        canvas = await _canvas(s, post_id)
        formats = {v.format for v in (await s.exec(select(Variant).where(Variant.post_id == post_id))).all()}
    data = await adapters.media_store().open(name)
    makers = {Format.IMAGE: _composed, Format.VIDEO: _animated}
    return {kind: await make(canvas, data) for kind, make in makers.items() if kind in formats}


async def mark(post_id: int, error: str | None) -> None:
    """Says on the post why it has no picture, or that it has."""
    async with session() as s:
        post = await s.get_one(Post, post_id)
        if post.media_error != error:
            post.media_error, post.updated_at = error, clock.now()


async def _canvas(s: AsyncSession, post_id: int) -> _Canvas:
    parts = selectinload(Post.variants).selectinload(Variant.pieces)  # type: ignore[arg-type]
    post = (await s.exec(select(Post).where(Post.id == post_id).options(parts))).first()
    if post is None:
        raise NotFound()
    bare = {kind: tuple(v.id or 0 for v in post.variants if v.format is kind and not v.media) for kind in Format}
    return _Canvas(
        post_id=post_id,
        cycle_id=post.cycle_id,
        product=await s.get_one(Product, post.product_id),
        brief=post.brief,
        bare={**bare, Format.TEXT: ()},
    )


async def _drawing(canvas: _Canvas) -> bytes:
    """The picture as the illustrator made it: the one that the post has, else a new one."""
    if canvas.brief.drawing and await adapters.media_store().exists(canvas.brief.drawing):
        return await adapters.media_store().open(canvas.brief.drawing)
    name, data = await draw(_wanted(canvas))
    async with session() as s:
        post = await s.get_one(Post, canvas.post_id)
        post.brief = post.brief.model_copy(update={"drawing": name})
    return data


def _wanted(canvas: _Canvas) -> Wanted:
    return Wanted(
        post_id=canvas.post_id,
        product_id=canvas.product.id,
        cycle_id=canvas.cycle_id,
        prompt=canvas.brief.image_prompt,
    )


async def _composed(canvas: _Canvas, drawing: bytes) -> bytes:
    """The drawing with headline and brand."""
    product, store = canvas.product, adapters.media_store()
    logo = product.template.logo
    compose = partial(
        images.compose_post,
        drawing,
        headline=canvas.brief.headline,
        brand=product.name,
        palette=product.template.palette,
        by_model=True,
        logo=await store.open(logo) if logo and await store.exists(logo) else None,
    )
    return await to_thread.run_sync(compose, limiter=_table())


async def _filmed(canvas: _Canvas, drawing: bytes) -> bytes:
    """The vertical video: by a video model where one is set, else, and when that fails for good, from the drawing."""
    if get_settings().replicate_video_model:
        try:
            return (await draw(replace(_wanted(canvas), film=True)))[1]
        except (ContentRefused, NotSent, BadAnswer, OverBudget) as error:
            diagnostic = getattr(error, "diagnostic", "")
            logger.warning("picture.no_model_film", post=canvas.post_id, error=str(error), diagnostic=diagnostic)
    return await _animated(canvas, drawing)


async def _animated(canvas: _Canvas, drawing: bytes) -> bytes:
    """The drawing in motion, a caption a scene."""
    captions = canvas.brief.scenes or (canvas.brief.headline,)
    palette, lengths = canvas.product.template.palette, [_reading_time(text) for text in captions]
    loop = asyncio.get_running_loop()
    told = _Progress(canvas.post_id)

    def progress(share: float) -> None:
        asyncio.run_coroutine_threadsafe(told.tell(share), loop)

    make = partial(video.make_vertical, [drawing], captions, palette=palette, seconds_each=lengths, progress=progress)
    try:
        return await to_thread.run_sync(make, limiter=_camera())
    finally:
        await told.end()


class _Progress:
    """How much of a video is done, onto its post: a fifth at a time, so that screens need not ask often."""

    def __init__(self, post_id: int) -> None:
        self._post_id, self._told = post_id, -1

    async def tell(self, share: float) -> None:
        percent = int(share * 5) * 20
        if self._told < percent < 100:
            self._told = percent
            await self._write(percent)

    async def end(self) -> None:
        self._told = 100
        await self._write(None)

    async def _write(self, percent: int | None) -> None:
        values = {"filmed": percent, "updated_at": clock.now()}
        async with session() as s:
            await s.exec(update(Post).where(col(Post.id) == self._post_id).values(**values))


def _reading_time(caption: str) -> float:
    """Seconds in which a caption is read without haste: about fifteen letters a second after a first second."""
    return min(max(1.0 + len(caption) / 15, 2.0), 4.0)


@cache
def _table() -> CapacityLimiter:
    """Pictures take tenths of a second each."""
    return CapacityLimiter(2)


@cache
def _camera() -> CapacityLimiter:
    """Encoding keeps a processor busy for seconds; one is left for the pages, which this machine serves as well."""
    return CapacityLimiter(max(1, (os.cpu_count() or 2) - 1))


async def _attach(canvas: _Canvas, kind: Format, made: bytes) -> None:
    """Keeps the file and gives it to every variant of that kind that lacks one."""
    kept = await media.keep(made)
    async with session() as s:
        row = await media.record(s, kept, ai_generated=True)
        for variant_id in canvas.bare[kind]:
            await s.merge(VariantMedia(variant_id=variant_id, media_id=row.id or 0))
        post = await s.get_one(Post, canvas.post_id)
        post.updated_at = clock.now()
    await fitting.settle(canvas.bare[kind])
