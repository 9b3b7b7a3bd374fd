"""Asking the writer: every question is entered among the costs first, and one with a cut answer is asked again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from marketingos import adapters
from marketingos.db import AsyncSession, session
from marketingos.domain.ports import Assignment, Manuscript, Usage
from marketingos.errors import ContentRefused
from marketingos.services import spending
from marketingos.settings import get_settings

_BYTES, _SCHEMA = 2, 2_500
"""Bytes that a token has at least (Spanish has three, emoji two), and tokens that the schema takes at most."""

_CUT_SHORT = frozenset({"max_tokens", "model_context_window_exceeded"})

Keep = Callable[[AsyncSession, Manuscript, int], Awaitable[None]]
"""Keeps an answer in the transaction that books it; the number is that of its entry among the costs."""


async def ask(
    assignment: Assignment,
    schema: Mapping[str, Any],
    *,
    product_id: int | None,
    cycle_id: int | None = None,
    post_id: int | None = None,
    keep: Keep | None = None,
) -> Manuscript:
    """One question and its answer, booked. Raises `OverBudget` before spending and what the writer raises."""
    about = {"product_id": product_id, "cycle_id": cycle_id, "post_id": post_id}
    async with spending.paying(at_most(assignment), **about) as bill:
        manuscript = await adapters.writer(fast=assignment.fast).write(assignment, schema)
        async with session() as s:
            await bill.settle(s, manuscript.usage)
            if keep:
                await keep(s, manuscript, bill.spend_id)
    return manuscript


async def whole(assignment: Assignment, answer: Callable[[Assignment], Awaitable[Manuscript]]) -> Manuscript:
    """An answer that ended by itself: one that was cut short is asked for once more with twice the room.

    Raises `ContentRefused` when the writer declines.
    """
    manuscript = await answer(assignment)
    if manuscript.stop_reason in _CUT_SHORT:
        manuscript = await answer(replace(assignment, room=assignment.room * 2))
    if manuscript.stop_reason == "refusal":
        raise ContentRefused("error.claude_refused", diagnostic=manuscript.text[:500])
    return manuscript


def at_most(assignment: Assignment) -> Usage:
    """What it may cost at most: nothing cached, and all the room used."""
    settings = get_settings()
    told = "".join((assignment.rules, assignment.book, assignment.brief, assignment.draft, assignment.findings))
    return Usage(
        provider="anthropic",
        model=settings.claude_fast_model if assignment.fast else settings.claude_model,
        purpose=assignment.purpose,
        cache_write_tokens=_SCHEMA + len(told.encode()) // _BYTES,
        output_tokens=assignment.room,
    )
