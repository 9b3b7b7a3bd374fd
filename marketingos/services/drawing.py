"""Drawings: pictures and films as the illustrator makes them, each ordered once and paid for once.

The number of an order is kept as soon as there is one, and what came of it is stored before anything is made of it. So
a later step that fails, or a process that dies, does not cost a second one: whoever asks for the same goes on with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from marketingos import adapters, clock
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.media import Drawing, Media
from marketingos.domain.ports import Illustrator, Usage
from marketingos.errors import BadAnswer, ContentRefused, NotSent
from marketingos.services import media, spending
from marketingos.settings import get_settings

ASPECT, TALL = "4:5", "9:16"
"""What every feed shows without cropping (1080 x 1350), and what fills a phone."""

FILM_SECONDS = 5

_NOTHING_COMES = (ContentRefused, NotSent, BadAnswer)
"""After these nothing will come of an order; after any other error it may be fetched again."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of the illustrator. `wish` is what a person wants to be different from the drawings before."""

    post_id: int
    product_id: int | None
    cycle_id: int | None
    prompt: str
    wish: str = ""
    film: bool = False


async def draw(wanted: Wanted) -> tuple[str, bytes]:
    """The drawing, as the name of its file and its bytes: from the order that is open, else from a new one.

    Raises `OverBudget` before spending and what the illustrator raises.
    """
    drawing = await _open_order(wanted) or await _order(wanted)
    bill = spending.Bill(spend_id=drawing.spend_id)
    try:
        made = await _illustrator(wanted.film).fetch(drawing.order)
    except _NOTHING_COMES as error:
        await _drop(drawing)
        if not isinstance(error, BadAnswer):
            await bill.strike()
        raise
    kept = await media.keep(made.data)
    async with session() as s:
        await media.record(s, kept, ai_generated=True)
        await bill.settle(s, made.usage)
        row = await s.get_one(Drawing, drawing.id)
        row.name = kept.name
    return kept.name, made.data


async def drawings_of(s: AsyncSession, post_id: int) -> Sequence[Media]:
    """The pictures that were drawn for a post, the newest first."""
    drawn = select(Media).join(Drawing, col(Drawing.name) == Media.name)
    mine = drawn.where(Drawing.post_id == post_id, col(Drawing.film).is_(False))
    return (await s.exec(mine.order_by(col(Drawing.id).desc()))).all()


async def _open_order(wanted: Wanted) -> Drawing | None:
    same = (Drawing.post_id == wanted.post_id, Drawing.film == wanted.film, Drawing.wish == wanted.wish)
    async with reading() as s:
        return (await s.exec(select(Drawing).where(*same, col(Drawing.name).is_(None)))).first()


async def _order(wanted: Wanted) -> Drawing:
    """Orders it and keeps the number at once."""
    about = {"product_id": wanted.product_id, "cycle_id": wanted.cycle_id, "post_id": wanted.post_id}
    async with spending.paying(at_most(film=wanted.film), **about) as bill:
        order = await _illustrator(wanted.film).order(_prompt(wanted), TALL if wanted.film else ASPECT)
        drawing = Drawing(
            post_id=wanted.post_id,
            film=wanted.film,
            wish=wanted.wish,
            order=order,
            spend_id=bill.spend_id,
            asked_at=clock.now(),
        )
        async with session() as s:
            s.add(drawing)
    return drawing


def _prompt(wanted: Wanted) -> str:
    return f"{wanted.prompt} Different from before: {wanted.wish}" if wanted.wish else wanted.prompt


def at_most(*, film: bool = False) -> Usage:
    """What one drawing may cost."""
    settings = get_settings()
    if film:
        model = settings.replicate_video_model
        return Usage(provider="replicate", model=model, purpose="film", units=FILM_SECONDS)
    return Usage(provider="replicate", model=settings.replicate_image_model, purpose="picture", units=1)


def _illustrator(film: bool) -> Illustrator:
    return adapters.filmer(seconds=FILM_SECONDS) if film else adapters.illustrator()


async def _drop(drawing: Drawing) -> None:
    async with session() as s:
        await s.delete(await s.get_one(Drawing, drawing.id))
