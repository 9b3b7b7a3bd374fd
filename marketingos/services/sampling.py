"""A taste of a voice: one text by the writer from a sheet as it stands in the editor. Paid for, and not stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from marketingos import clock
from marketingos.domain import package
from marketingos.domain.mix import next_factors
from marketingos.domain.package import ContentPackage
from marketingos.domain.platform import RULES, Platform
from marketingos.domain.ports import Assignment, Manuscript, Usage
from marketingos.domain.product import Fact, Product
from marketingos.domain.sheet import Problem, ProductSheet
from marketingos.domain.slot import wall_time
from marketingos.domain.user import Deed
from marketingos.errors import BadAnswer, ContentRefused
from marketingos.services import asking, products, prompts, spending
from marketingos.services.people import require
from marketingos.services.views import PersonView
from marketingos.settings import get_settings

_ROOM = 8192
_USUAL_PROMPT = 10_000


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A text as it would go out on a platform; `claims` are its statements, each with the facts behind it. `cut` is
    where the feed folds it. With problems nothing was asked and nothing paid."""

    platform: Platform
    text: str = ""
    cut: int = 0
    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()
    euro: float = 0.0
    at: datetime | None = None
    problems: tuple[Problem, ...] = ()


def price() -> float:
    """The euro that a sample costs at most, from a sheet of the usual size."""
    return spending.euro_of(
        Usage(
            provider="anthropic",
            model=get_settings().claude_model,
            purpose="sample",
            cache_write_tokens=_USUAL_PROMPT,
            output_tokens=_ROOM,
        )
    )


async def sample(
    actor: PersonView, data: Mapping[str, Any], platform: Platform, *, product_id: int | None = None, turn: int = 0
) -> Sample:
    """A text for a platform; another `turn` starts from another angle.

    Raises `OverBudget` before spending, `ContentRefused` when the writer declines, `BadAnswer`, and what it raises.
    """
    require(actor, Deed.GENERATE)
    sheet = products.check(data)
    if not isinstance(sheet, ProductSheet):
        return Sample(platform=platform, problems=sheet)
    asked = _assignment(sheet, platform, turn)
    manuscript = await asking.ask(asked, package.schema(), product_id=product_id)
    answer = _read(manuscript)
    return Sample(
        platform=platform,
        text=package.copy_for(answer, platform).text,
        cut=RULES[platform].cut,
        claims=tuple((claim.text, tuple(claim.fact_ids)) for claim in answer.claims),
        euro=spending.euro_of(manuscript.usage),
        at=clock.now(),
    )


def _assignment(sheet: ProductSheet, platform: Platform, turn: int) -> Assignment:
    row = Product(created_at=clock.now(), **products.columns_of(sheet))
    today = clock.today(sheet.timezone)
    facts = [Fact(product_id=0, **dict(f)) for f in sheet.facts if f.valid_until is None or f.valid_until >= today]
    return Assignment(
        rules=prompts.rules(),
        book=prompts.book(row, facts),
        brief=prompts.brief(
            platforms=(platform,),
            wall=wall_time(clock.now() + timedelta(days=1), sheet.timezone),
            timezone=sheet.timezone,
            language=sheet.language,
            factors=next_factors([], turn),
        ),
        platforms=(platform,),
        purpose="sample",
        room=_ROOM,
    )


def _read(manuscript: Manuscript) -> ContentPackage:
    if manuscript.stop_reason == "refusal":
        raise ContentRefused("error.claude_refused", diagnostic=manuscript.text[:500])
    try:
        return ContentPackage.model_validate_json(manuscript.text)
    except ValidationError as error:
        raise BadAnswer("error.claude_nonsense", diagnostic=str(error)[:500]) from error
