"""First templates: a product that came from another system gets a voice, openings and colours drawn by the writer.

A wish for one is a `Sketch` row; a sweep claims it, asks, books the cost, and fills what is still empty: whatever a
person wrote meanwhile stays. The description is somebody else's text, so what comes back of it is looked at: an opening
with a foreign address or an invented figure is dropped, as is whatever a sheet could not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from sqlmodel import col, or_, select

from marketingos import clock, log
from marketingos.db import AsyncSession, claimable, reading, session
from marketingos.domain import check
from marketingos.domain.ports import Assignment, Manuscript
from marketingos.domain.product import Product, Sketch, Template, Voice
from marketingos.domain.sheet import TemplateSheet, VoiceSheet
from marketingos.domain.user import Deed
from marketingos.errors import BadAnswer, ContentRefused, MarketingError, NotFound
from marketingos.services import asking, audit, products, prompts
from marketingos.services.people import require
from marketingos.services.views import PersonView

logger = log.get_logger(__name__)

TRIES_MAX = 6
_LEASE = timedelta(minutes=6)
_PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))
_ROOM = 6_000


class TemplateAnswer(BaseModel):
    """What the writer is asked for."""

    tone: str = Field(description="three adjectives")
    do: list[str]
    dont: list[str]
    banned_words: list[str]
    hooks: list[str] = Field(description="8 openings of at most 90 characters")
    hashtags: list[str] = Field(description="5 to 6, without #")
    calls_to_action: list[str]
    visual_style: str = Field(description="English")
    palette: list[str] = Field(description="3 colours as #RRGGBB: ground, paper, accent")
    mark: str = Field(description="one of the names in the rules")


async def draw_due() -> int:
    """Draws the templates that are wished for; answers how many were tried. One that fails is tried again later."""
    done = 0
    while (claimed := await _claim()) is not None:
        await _draw(claimed)
        done += 1
    return done


async def draw_again(actor: PersonView, product_id: int) -> None:
    """Another try for a template that could not be drawn; `NotFound` when none is missing."""
    require(actor, Deed.GENERATE)
    async with session() as s:
        row = await s.get(Sketch, product_id)
        if row is None:
            raise NotFound()
        row.tries, row.due_at, row.error_key = 0, clock.now(), None


async def _claim() -> int | None:
    """The product whose turn it is; while the lease runs it is nobody else's. Asking costs no write."""
    now = clock.now()
    free = or_(col(Sketch.lease_until).is_(None), col(Sketch.lease_until) <= now)
    oldest = select(Sketch).where(col(Sketch.due_at) <= now, col(Sketch.tries) < TRIES_MAX, free)
    oldest = oldest.order_by(col(Sketch.due_at)).limit(1)
    async with reading() as s:
        if (await s.exec(oldest)).first() is None:
            return None
    async with session() as s:
        row = (await s.exec(claimable(oldest))).first()
        if row is None:
            return None
        row.tries, row.lease_until = row.tries + 1, now + clock.human(_LEASE)
        return row.product_id


async def _draw(product_id: int) -> None:
    try:
        async with reading() as s:
            product = await s.get_one(Product, product_id)
        _judge(await _ask(product))
    except Exception as error:
        known = isinstance(error, MarketingError)
        logger.warning("sketch.failed", product=product_id, error=str(error), exc_info=not known)
        await _put_off(product_id, error if isinstance(error, MarketingError) else MarketingError())


async def _ask(product: Product) -> Manuscript:
    """One call. Its cost is settled in the transaction that keeps what it brought, so that nothing is paid twice."""
    asked = Assignment(
        rules=prompts.sketch_rules(),
        book=prompts.newcomer(product),
        brief="Draw this product's template.",
        platforms=(),
        purpose="template",
        room=_ROOM,
    )

    async def keep(s: AsyncSession, manuscript: Manuscript, _: int) -> None:
        if (answer := _read(manuscript)) is not None:
            await _fill(s, product.id or 0, answer)

    return await asking.ask(asked, TemplateAnswer.model_json_schema(), product_id=product.id, keep=keep)


def _judge(manuscript: Manuscript) -> None:
    """Why nothing could be kept of an answer."""
    if manuscript.stop_reason == "refusal":
        raise ContentRefused("error.claude_refused", diagnostic=manuscript.text[:500])
    if _read(manuscript) is None:
        raise BadAnswer("error.claude_nonsense", diagnostic=manuscript.text[:500])


def _read(manuscript: Manuscript) -> TemplateAnswer | None:
    try:
        return TemplateAnswer.model_validate_json(manuscript.text)
    except ValidationError:
        return None


async def _fill(s: AsyncSession, product_id: int, answer: TemplateAnswer) -> None:
    """Puts what was drawn where nothing is yet, and grants the wish to be active."""
    row = await products.locked(s, product_id)
    wish = await s.get(Sketch, product_id)
    voice, template = _usable(answer, VoiceSheet, row), _usable(answer, TemplateSheet, row)
    row.voice = Voice(**_where_empty(dict(row.voice), dict(Voice()), voice))
    row.template = Template(**_where_empty(dict(row.template), dict(Template()), template))
    row.version += 1
    if wish is not None:
        row.active = row.active or (wish.activate and row.archived_at is None)
        await s.delete(wish)
    audit.note(s, audit.SYSTEM, "product.sketch", f"product:{product_id}", active=row.active)


def _usable(answer: TemplateAnswer, kind: type[VoiceSheet | TemplateSheet], product: Product) -> Mapping[str, Any]:
    """The parts of an answer that a sheet can hold and that say nothing a post of the product could not."""
    told = {name: value for name, value in answer if name in kind.model_fields}
    for name in ("do", "dont", "hooks", "calls_to_action"):
        if name in told:
            told[name] = [line for line in told[name] if _is_harmless(line, product)]
    found: dict[str, Any] = {}
    for name, value in told.items():
        for part in _whole_or_pieces(value):
            try:
                kept = getattr(kind.model_validate({name: part}), name)
            except ValidationError:
                continue
            found[name] = (*found.get(name, ()), *kept) if isinstance(kept, tuple) else kept
    return found


def _whole_or_pieces(value: Any) -> Iterable[Any]:
    """A list entry by entry, so that one bad hashtag does not cost the others; three colours belong together."""
    pieces = isinstance(value, list) and not all(str(entry).startswith("#") for entry in value)
    return [[entry] for entry in value] if pieces else [value]


def _is_harmless(line: str, product: Product) -> bool:
    told = f"{product.name}\n{product.description}\n{product.usp}"
    return not check.foreign_links(line, product.website) and not check.unknown_figures(line, told)


def _where_empty(now: dict[str, Any], untouched: dict[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
    return {name: drawn.get(name, value) if value == untouched[name] else value for name, value in now.items()}


async def _put_off(product_id: int, error: MarketingError) -> None:
    """Later; never by itself when the writer declined, who would decline the same words again."""
    async with session() as s:
        row = await s.get(Sketch, product_id)
        if row is not None:
            row.tries = TRIES_MAX if isinstance(error, ContentRefused) else row.tries
            pause = _PAUSES[min(row.tries, len(_PAUSES)) - 1]
            row.lease_until, row.error_key, row.due_at = None, error.key, clock.now() + clock.human(pause)
