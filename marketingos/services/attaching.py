"""Attaching: people give a post their own pictures, videos and documents, put them in order, describe them, choose
their shape.

What is attached is part of what was approved, so every change here takes the approval back, as an edit of the text
does. A file is told by its bytes, never by its name, and is converted for each platform by `fitting`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from marketingos import clock
from marketingos.db import AsyncSession, session
from marketingos.domain.check import PAPER_TITLE_LIMIT
from marketingos.domain.media import Fit, Media, MediaKind
from marketingos.domain.platform import RULES, Format, Platform
from marketingos.domain.post import Post, Variant, VariantMedia, VariantStatus
from marketingos.domain.requirement import Problem, format_for, judge, judge_count, requirement
from marketingos.domain.user import Deed
from marketingos.errors import InvalidInput, NotFound, Refused
from marketingos.services import audit, fitting, media, posts, review
from marketingos.services.people import require
from marketingos.services.views import PersonView, PostView

ALT_LIMIT = 1000
"""Characters: Instagram's limit, the shortest of the four."""


@dataclass(frozen=True, kw_only=True)
class Attached:
    """The post with the new file, and the platforms that would not take it, each with why."""

    post: PostView
    media_id: int
    left_out: dict[Platform, Problem]


async def may_attach(actor: PersonView, post_id: int) -> None:
    """Whether somebody may give this post a file; asked before the file is received. Raises `Forbidden`, `NotFound`."""
    require(actor, Deed.EDIT)
    await posts.post(actor, post_id)


async def attach(
    actor: PersonView,
    post_id: int,
    platforms: Sequence[Platform],
    file: bytes | Path,
    *,
    replace: bool,
    ai_generated: bool = False,
    name: str = "",
) -> Attached:
    """Gives the post's variants on these platforms a file, instead of theirs or after them.

    A video ends what pictures there were, and the other way round, where the platform does not mix them; the format
    follows. A document is called by its file's `name` until somebody calls it otherwise. Raises `InvalidInput` for what
    is no file we know, and `Refused` when no platform takes it.
    """
    require(actor, Deed.EDIT)
    kept = await media.keep(file)
    async with session() as s:
        post = await review.locked(s, post_id)
        row = await media.record(s, kept, ai_generated=ai_generated)
        await s.flush()
        chosen = [v for v in post.variants if v.platform in platforms and v.status is not VariantStatus.REJECTED]
        refused = [await _give(s, variant, row, replace=replace) for variant in chosen]
        left_out = {v.platform: problem for v, problem in zip(chosen, refused, strict=True) if problem}
        if len(left_out) == len(chosen):
            problem = next(iter(left_out.values()), Problem(key="review.already_going"))
            raise Refused(problem.key, **problem.values)
        taken = [v for v in chosen if v.platform not in left_out]
        if row.kind is MediaKind.DOCUMENT:
            for variant in taken:
                _call(variant, _title_of(name))
        _changed(s, actor, post, taken, "media.attach")
        media_id, changed = row.id or 0, [v.id or 0 for v in taken]
    if row.kind is MediaKind.IMAGE:
        await _fit(changed)
    return Attached(post=await posts.post(actor, post_id), media_id=media_id, left_out=left_out)


async def detach(actor: PersonView, variant_id: int, media_id: int) -> PostView:
    """Takes a file from a variant."""

    async def change(s: AsyncSession, variant: Variant) -> None:
        await _drop(s, variant, [_piece(variant, media_id)])
        fitting.wait_if_needed(variant)

    return await _edit(actor, variant_id, "media.detach", change)


async def put_back(
    actor: PersonView, variant_id: int, media_id: int, place: int, alt_text: str = "", fit: Fit = Fit.PAD
) -> PostView:
    """Gives a variant a file back that was taken from it, as it was. `Refused` when it no longer fits there."""

    async def change(s: AsyncSession, variant: Variant) -> None:
        file = await s.get(Media, media_id)
        if file is None:
            raise NotFound("media.gone")
        if problem := await _give(s, variant, file, replace=False):
            raise Refused(problem.key, **problem.values)
        back = _piece(variant, media_id)
        back.alt_text, back.fit = alt_text[:ALT_LIMIT], fit
        _put(variant, back, place)

    return await _edit(actor, variant_id, "media.put_back", change)


async def arrange(actor: PersonView, variant_id: int, media_id: int, place: int) -> PostView:
    """Puts a file of a variant at another place, 0 being the first; a place beyond the end is the last."""

    async def change(s: AsyncSession, variant: Variant) -> None:
        _put(variant, _piece(variant, media_id), place)

    return await _edit(actor, variant_id, "media.arrange", change)


async def describe(actor: PersonView, variant_id: int, media_id: int, alt_text: str) -> PostView:
    """Says what is seen, for those who do not see it."""
    words = " ".join(alt_text.split())
    if len(words) > ALT_LIMIT:
        raise InvalidInput("media.alt_too_long", field="alt_text", most=ALT_LIMIT)

    async def change(s: AsyncSession, variant: Variant) -> None:
        _give_words(variant)
        _piece(variant, media_id).alt_text = words

    return await _edit(actor, variant_id, "media.describe", change)


async def entitle(actor: PersonView, variant_id: int, title: str) -> PostView:
    """Says what a document is called, which is what readers see above it."""
    words = " ".join(title.split())
    if len(words) > PAPER_TITLE_LIMIT:
        raise InvalidInput("media.title_too_long", field="title", most=PAPER_TITLE_LIMIT)

    async def change(s: AsyncSession, variant: Variant) -> None:
        if variant.format is not Format.DOCUMENT:
            raise Refused("media.gone")
        _call(variant, words)

    return await _edit(actor, variant_id, "media.entitle", change)


async def shape(actor: PersonView, variant_id: int, media_id: int, fit: Fit) -> PostView:
    """Chooses how a file whose shape the platform refuses is made to fit."""

    async def change(s: AsyncSession, variant: Variant) -> None:
        piece = _piece(variant, media_id)
        if piece.fit is not fit:
            piece.fit, piece.fitted = fit, None
            fitting.wait_if_needed(variant)

    return await _edit(actor, variant_id, "media.shape", change)


async def _edit(
    actor: PersonView, variant_id: int, action: str, change: Callable[[AsyncSession, Variant], Awaitable[None]]
) -> PostView:
    """One change of a variant's files, and the conversions that it asks for. Pictures are done when this returns."""
    require(actor, Deed.EDIT)
    async with session() as s:
        known = await s.get(Variant, variant_id)
        if known is None:
            raise NotFound()
        post = await review.locked(s, known.post_id)
        variant = next(v for v in post.variants if v.id == variant_id)
        review.take_back(variant)
        await change(s, variant)
        _changed(s, actor, post, [variant], action)
        films = any(p.waiting and p.source.kind is MediaKind.VIDEO for p in variant.pieces)
    if not films:
        await _fit([variant_id])
    return await posts.post(actor, post.id or 0)


async def _give(s: AsyncSession, variant: Variant, file: Media, *, replace: bool) -> Problem | None:
    """Attaches a file to a variant; why not, when the platform would not take it or the variant is out."""
    if any(d.may_be_out for d in variant.deliveries):
        return Problem(key="review.already_going")
    kept = [] if replace else [p for p in variant.pieces if p.media_id != file.id]
    format = _format(variant, [*(p.source for p in kept), file])
    asked = requirement(variant.platform, format)
    if judge_count([*(p.source for p in kept), file], asked) == Problem(key="media.mixed"):
        kept, format = [], _format(variant, [file])
        asked = requirement(variant.platform, format)
    files = [*(p.source for p in kept), file]
    problem = judge_count(files, asked) or judge(file, asked, files[0] if kept else None).problem
    if problem:
        return problem
    review.take_back(variant)
    await _drop(s, variant, [p for p in variant.pieces if p not in kept])
    piece = VariantMedia(variant_id=variant.id or 0, media_id=file.id or 0, source=file)
    s.add(piece)
    variant.pieces.append(piece)
    if variant.format is Format.DOCUMENT and format is not Format.DOCUMENT:
        _call(variant, "")
    variant.format = format
    for position, known in enumerate(variant.pieces):
        known.position = position
    fitting.wait_if_needed(variant)
    return None


def _call(variant: Variant, title: str) -> None:
    """What a variant's document is called; "" takes the name away."""
    others = {name: value for name, value in variant.options.items() if name != "title"}
    variant.options = {**others, "title": title} if title else others


def _title_of(name: str) -> str:
    """A title from a file's name: `guia_de-precios.pdf` is `guia de-precios`."""
    stem = name.replace("\\", "/").rpartition("/")[2].removesuffix(".pdf").removesuffix(".PDF").replace("_", " ")
    return " ".join("".join(c if c.isprintable() else " " for c in stem).split())[:PAPER_TITLE_LIMIT].strip()


def _format(variant: Variant, files: Sequence[Media]) -> Format:
    return format_for(variant.platform, [f.kind for f in files], variant.format, RULES[variant.platform].formats)


async def _drop(s: AsyncSession, variant: Variant, pieces: Sequence[VariantMedia]) -> None:
    """At once: a file that is taken away and given again in one change is a new row."""
    _give_words(variant)
    for piece in pieces:
        variant.pieces.remove(piece)
        await s.delete(piece)
    await s.flush()


def _give_words(variant: Variant) -> None:
    """What the variant says of its picture becomes that picture's own: it is not true of another one."""
    for piece in variant.pieces:
        piece.alt_text = piece.alt_text or variant.alt_text
    variant.alt_text = ""


def _put(variant: Variant, moved: VariantMedia, place: int) -> None:
    others = [piece for piece in variant.pieces if piece is not moved]
    others.insert(max(place, 0), moved)
    for position, piece in enumerate(others):
        piece.position = position
    variant.pieces.sort(key=lambda piece: piece.position)
    fitting.wait_if_needed(variant)


def _piece(variant: Variant, media_id: int) -> VariantMedia:
    found = next((p for p in variant.pieces if p.media_id == media_id), None)
    if found is None:
        raise NotFound("media.gone")
    return found


def _changed(s: AsyncSession, actor: PersonView, post: Post, variants: Sequence[Variant], action: str) -> None:
    for variant in variants:
        variant.edited_by = actor.name
    if all(v.pieces for v in post.variants):
        post.media_error = None
    post.updated_at = clock.now()
    audit.note(s, actor.email, action, f"post:{post.id}", platforms=[v.platform.value for v in variants])


async def _fit(variants: Sequence[int]) -> None:
    for variant_id in variants:
        await fitting.fit(variant_id)
