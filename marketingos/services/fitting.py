"""Fitting: files become what the platform of their variant takes. What was given is kept; what goes out is a file of
its own, under its own hash, so that a person approves exactly the bytes that are sent.

A file that has to be converted says so in its row (`waiting`), so a process that dies leaves nothing undone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import adapters, clock, log
from marketingos.adapters import film, images
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.framing import Frame
from marketingos.domain.media import Fit, Media, MediaKind
from marketingos.domain.post import Post, Variant, VariantMedia
from marketingos.domain.requirement import Change, Requirement, framed, judge, requirement
from marketingos.errors import InvalidInput, NotFound, OutsideError
from marketingos.services import media
from marketingos.services.media import Kept

logger = log.get_logger(__name__)

SPOILT = "media.spoilt"

_under_way: set[int] = set()
"""Variants whose files this process is converting."""


@dataclass(frozen=True, kw_only=True)
class _Job:
    """One file to convert: what was given, what it has to become, and in which way its shape is made to fit."""

    variant_id: int
    source: Media
    asked: Requirement
    like: Media | None
    fit: Fit
    changes: tuple[Change, ...]

    @property
    def frame(self) -> Frame:
        return framed(self.source, self.asked, self.like, self.fit)


async def fit_waiting() -> int:
    """Converts everything that waits, as after a start; answers how many variants that were."""
    ids = select(VariantMedia.variant_id).where(col(VariantMedia.waiting)).distinct()
    async with reading() as s:
        found = (await s.exec(ids)).all()
    for variant_id in found:
        try:
            await fit(variant_id)
        except Exception:  # such as a store that does not answer: it waits on, and keeps no other waiting
            logger.exception("fitting.broke", variant=variant_id)
    return len(found)


async def settle(variant_ids: Sequence[int]) -> None:
    """Looks at files that were just given to these variants, and converts what has to be."""
    async with session() as s:
        for variant_id in variant_ids:
            variant = await _loaded(s, variant_id)
            if variant is not None:
                wait_if_needed(variant)
    for variant_id in variant_ids:
        await fit(variant_id)


async def fit(variant_id: int) -> None:
    """Converts the files of a variant that wait, in order; one that cannot be converted says why. Does nothing while
    another call is at it, which will see what is new."""
    if variant_id in _under_way:
        return
    _under_way.add(variant_id)
    try:
        while job := await _next(variant_id):
            await _record(job, *await _tried(job))
    finally:
        _under_way.discard(variant_id)


def wait_if_needed(variant: Variant) -> None:
    """Marks the files of a variant that have to be converted, from what was given and from nothing else. To be called
    whenever files, their order, their shape or the format changed."""
    asked, like = requirement(variant.platform, variant.format), None
    for piece in variant.pieces:
        verdict = judge(piece.source, asked, like)
        if not (verdict.changes and _is_fitted(piece, asked, like)):
            piece.fitted, piece.fitted_id, piece.problem = None, None, None
            piece.waiting = bool(verdict.changes) and verdict.problem is None
        like = like or piece.file


def _is_fitted(piece: VariantMedia, asked: Requirement, like: Media | None) -> bool:
    """Whether what was made of a file is what would be made of it now."""
    made = piece.fitted
    if made is None or piece.waiting or not judge(made, asked, like).fits:
        return False
    whole = (piece.source.width, piece.source.height)
    return (made.width, made.height) in (framed(piece.source, asked, like, piece.fit).size, whole)


async def _next(variant_id: int) -> _Job | None:
    """The first file that waits; what turns out to need nothing is told so on the way."""
    async with session() as s:
        variant = await _loaded(s, variant_id)
        if variant is None:
            return None
        asked, like = requirement(variant.platform, variant.format), None
        for piece in variant.pieces:
            verdict = judge(piece.source, asked, like)
            if piece.waiting and verdict.changes and verdict.problem is None:
                return _Job(
                    variant_id=variant_id,
                    source=piece.source,
                    asked=asked,
                    like=like,
                    fit=piece.fit,
                    changes=verdict.changes,
                )
            piece.waiting = False
            like = like or piece.file
    return None


async def _loaded(s: AsyncSession, variant_id: int) -> Variant | None:
    whole = select(Variant).where(Variant.id == variant_id).options(selectinload(Variant.pieces))  # type: ignore[arg-type]
    return (await s.exec(whole)).first()


async def _tried(job: _Job) -> tuple[Kept | None, str | None]:
    """The converted file, or the key of what is wrong with what was given."""
    try:
        return await _converted(job), None
    except (InvalidInput, NotFound) as error:
        logger.warning("fitting.failed", variant=job.variant_id, media=job.source.id, error=str(error))
        return None, error.key
    except OutsideError:
        raise
    except Exception:  # whatever a strange file does to a decoder, it would do again
        logger.exception("fitting.failed", variant=job.variant_id, media=job.source.id)
        return None, SPOILT


async def _converted(job: _Job) -> Kept:
    if job.source.kind is MediaKind.IMAGE:
        return await media.keep(await _fitted_picture(job))
    with tempfile.TemporaryDirectory() as folder:
        return await media.keep(await _fitted_film(job, Path(folder)))


async def _fitted_picture(job: _Job) -> bytes:
    asked = job.asked.pictures
    assert asked is not None
    data = await adapters.media_store().open(job.source.name)
    made = partial(images.fitted, data, job.frame, most_bytes=min(asked.most_bytes, images.HEAVIEST))
    return await to_thread.run_sync(made, limiter=_table())


async def _fitted_film(job: _Job, folder: Path) -> Path:
    """Put in order if that is enough, else encoded anew."""
    asked, source, target = job.asked.films, folder / "given.mp4", folder / "made.mp4"
    assert asked is not None
    await adapters.media_store().fetch(job.source.name, source)
    if job.changes == (Change.REMUX,) and await to_thread.run_sync(film.remux, source, target, limiter=_camera()):
        return target
    encode = partial(film.encode, source, target, job.frame, most_bytes=asked.most_bytes)
    await to_thread.run_sync(encode, limiter=_camera())
    return target


async def _record(job: _Job, kept: Kept | None, problem: str | None) -> None:
    """What came of it, unless the person chose otherwise meanwhile: then it waits for what it has to become now."""
    async with session() as s:
        made = await media.record(s, kept, ai_generated=job.source.ai_generated) if kept else None
        variant = await _loaded(s, job.variant_id)
        if variant is None:
            return
        asked, like = requirement(variant.platform, variant.format), None
        for piece in variant.pieces:
            if piece.waiting and _is_wanted(job, piece, asked, like):
                fits = made is not None and judge(made, asked, like).fits
                piece.waiting = False
                piece.fitted = made if fits else None
                piece.problem = None if fits else problem or SPOILT
                (await s.get_one(Post, variant.post_id)).updated_at = clock.now()
            like = like or piece.file


def _is_wanted(job: _Job, piece: VariantMedia, asked: Requirement, like: Media | None) -> bool:
    """Whether a file would still be converted in the way in which it was."""
    same = piece.media_id == job.source.id and piece.fit is job.fit and asked == job.asked
    return same and framed(piece.source, asked, like, piece.fit) == job.frame


@cache
def _table() -> CapacityLimiter:
    """Pictures take tenths of a second each."""
    return CapacityLimiter(2)


@cache
def _camera() -> CapacityLimiter:
    """Encoding keeps a processor busy for seconds; the others are for the pages, which this machine serves as well."""
    return CapacityLimiter(1)
