"""Picturing: the picture of a post, and the vertical video made from it. Paid for once, kept at once.

The number of an order is kept as soon as there is one, and the drawing as it came is stored and named in the post's
brief before anything is made of it, so that a later step that fails, or a process that dies, does not cost a second
drawing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, partial

from anyio import CapacityLimiter, to_thread
from sqlalchemy.orm import selectinload
from sqlmodel import select

from marketingos import adapters, clock, log
from marketingos.adapters import images, video
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.platform import Format
from marketingos.domain.ports import Usage
from marketingos.domain.post import Brief, Post, Variant, VariantMedia
from marketingos.domain.product import Product
from marketingos.errors import BadAnswer, ContentRefused, MarketingError, NotFound, NotSent
from marketingos.services import fitting, media, spending
from marketingos.settings import get_settings

logger = log.get_logger(__name__)

UNDER_WAY = "media.under_way"
"""What a post's `media_error` says while another try is made."""

LASTING = (UNDER_WAY, "error.replicate_refused", MarketingError.key)
"""Marks that coming again would not lift: somebody is at it, or the reason lies in the picture or in ourselves."""

_NO_PICTURE = (ContentRefused, NotSent, BadAnswer)
"""After these there will be no picture from an order; after any other error it may be fetched again."""

ASPECT = "4:5"
"""What every feed shows without cropping (1080 x 1350)."""


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
    """The picture as the illustrator made it: the one that is kept, the one that is ordered already, else a new one."""
    if canvas.brief.drawing and await adapters.media_store().exists(canvas.brief.drawing):
        return await adapters.media_store().open(canvas.brief.drawing)
    ordered = canvas.brief if canvas.brief.order else await _order(canvas)
    bill = spending.Bill(spend_id=ordered.bill) if ordered.bill else None
    try:
        drawn = await adapters.illustrator().fetch(ordered.order)
    except _NO_PICTURE as error:
        await _remember(canvas.post_id, order="", bill=None)
        if bill and not isinstance(error, BadAnswer):
            await bill.strike()
        raise
    kept = await media.keep(drawn.data)
    async with session() as s:
        await media.record(s, kept, ai_generated=True)
        if bill:
            await bill.settle(s, drawn.usage)
        await _note(s, canvas.post_id, drawing=kept.name, order="", bill=None)
    return drawn.data


async def _order(canvas: _Canvas) -> Brief:
    """Orders a drawing and keeps its number at once; the brief with it."""
    at_most = Usage(provider="replicate", model=get_settings().replicate_image_model, purpose="picture", units=1)
    async with spending.paying(at_most, product_id=canvas.product.id, cycle_id=canvas.cycle_id) as bill:
        order = await adapters.illustrator().order(canvas.brief.image_prompt, ASPECT)
    return await _remember(canvas.post_id, order=order, bill=bill.spend_id)


async def _remember(post_id: int, **known: object) -> Brief:
    async with session() as s:
        return await _note(s, post_id, **known)


async def _note(s: AsyncSession, post_id: int, **known: object) -> Brief:
    post = await s.get_one(Post, post_id)
    post.brief = post.brief.model_copy(update=known)
    return post.brief


async def _composed(canvas: _Canvas, drawing: bytes) -> bytes:
    """The drawing with headline and brand."""
    product = canvas.product
    compose = partial(
        images.compose_post,
        drawing,
        headline=canvas.brief.headline,
        brand=product.name,
        palette=product.template.palette,
    )
    return await to_thread.run_sync(compose, limiter=_table())


async def _filmed(canvas: _Canvas, drawing: bytes) -> bytes:
    """The vertical video: the drawing in motion, a caption a scene."""
    captions = canvas.brief.scenes or (canvas.brief.headline,)
    palette, lengths = canvas.product.template.palette, [_reading_time(text) for text in captions]
    make = partial(video.make_vertical, [drawing], captions, palette=palette, seconds_each=lengths)
    return await to_thread.run_sync(make, limiter=_camera())


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
