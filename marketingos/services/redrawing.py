"""Redrawing: another picture for a post, beside those it has, and the choice among them.

A new picture takes the place of the old one only when it is there: one that fails costs nothing that was good.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import clock
from marketingos.db import reading, session
from marketingos.domain.platform import Format
from marketingos.domain.post import Post, Variant, VariantStatus
from marketingos.domain.user import Deed
from marketingos.errors import InvalidInput, NotFound, Refused
from marketingos.services import attaching, drawing, picturing, posts, spending
from marketingos.services.drawing import Wanted
from marketingos.services.people import require
from marketingos.services.views import PersonView, PostView

WISH_LIMIT = 300
MOST = 8
"""Drawings of one post: each costs, and who has not found one among eight wants another brief."""

_PATIENCE = timedelta(minutes=10)
"""How long a drawing counts as under way."""


async def redraw(actor: PersonView, post_id: int, wish: str = "") -> PostView:
    """Has another picture drawn, different as `wish` says, and gives it to the post.

    Raises `Refused` when one is under way, there are eight, nothing of the post may change any more, or it has no
    brief; `OverBudget` before spending; and what the illustrator raises. The post keeps what it had then.
    """
    require(actor, Deed.GENERATE)
    wish = " ".join(wish.split())
    if len(wish) > WISH_LIMIT:
        raise InvalidInput("media.wish_too_long", field="wish", most=WISH_LIMIT)
    async with _brush(post_id):
        await _changeable(post_id)
        wanted = await _wanted(post_id, wish)
        name, _ = await drawing.draw(wanted)
        return await _use(actor, post_id, name)


async def choose(actor: PersonView, post_id: int, media_id: int) -> PostView:
    """Gives the post another one of its drawings."""
    require(actor, Deed.EDIT)
    async with reading() as s:
        found = next((m for m in await drawing.drawings_of(s, post_id) if m.id == media_id), None)
    if found is None:
        raise NotFound("media.gone")
    return await _use(actor, post_id, found.name)


def price() -> float:
    """The euro that another picture costs."""
    return spending.euro_of(drawing.at_most())


async def _wanted(post_id: int, wish: str) -> Wanted:
    async with reading() as s:
        post = await s.get_one(Post, post_id)
        drawn = len(await drawing.drawings_of(s, post_id))
    if not post.brief.image_prompt:
        raise Refused("media.no_brief")
    if drawn >= MOST:
        raise Refused("media.drawn_enough", most=MOST)
    return Wanted(
        post_id=post_id,
        product_id=post.product_id,
        cycle_id=post.cycle_id,
        prompt=post.brief.image_prompt,
        wish=wish or f"no. {drawn + 1}, another subject and angle",
    )


async def _use(actor: PersonView, post_id: int, name: str) -> PostView:
    """What is made of a drawing, to every variant that may still be changed; approvals are taken back."""
    made = await picturing.composed(post_id, name)
    changeable = await _changeable(post_id)
    for kind, data in made.items():
        if platforms := [v.platform for v in changeable if v.format is kind]:
            await attaching.attach(actor, post_id, platforms, data, replace=True, ai_generated=True)
    async with session() as s:
        post = await s.get_one(Post, post_id)
        post.brief = post.brief.model_copy(update={"drawing": name})
        post.updated_at = clock.now()
    return await posts.post(actor, post_id)


async def _changeable(post_id: int) -> list[Variant]:
    """`Refused` when every part is out, rejected, or has no picture."""
    whole = select(Variant).where(Variant.post_id == post_id).options(selectinload(Variant.deliveries))  # type: ignore[arg-type]
    async with reading() as s:
        found = (await s.exec(whole)).all()
    left = [
        v
        for v in found
        if v.format in (Format.IMAGE, Format.VIDEO)
        and v.status is not VariantStatus.REJECTED
        and not any(d.may_be_out for d in v.deliveries)
    ]
    if not left:
        raise Refused("review.already_going")
    return left


@asynccontextmanager
async def _brush(post_id: int) -> AsyncIterator[None]:
    """One drawing of a post at a time, so that a second click does not pay a second time."""
    now = clock.now()
    free = or_(col(Post.drawing_until).is_(None), col(Post.drawing_until) <= now)
    taken = update(Post).where(col(Post.id) == post_id, free).values(drawing_until=now + clock.human(_PATIENCE))
    async with session() as s:
        if (await s.exec(taken)).rowcount == 0:
            raise Refused("media.under_way") if await s.get(Post, post_id) else NotFound()
    try:
        yield
    finally:
        async with session() as s:
            await s.exec(update(Post).where(col(Post.id) == post_id).values(drawing_until=None, updated_at=clock.now()))
