"""Writing: one gap becomes one package of texts. One call of the writer, at most one more to mend it.

Each answer is booked and kept before it is judged: whoever asks the same again, after a death or a bad moment, finds it
and does not pay twice. Nothing here touches posts; no transaction is open over the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete

from marketingos import adapters, clock, log
from marketingos.db import AsyncSession, reading, session
from marketingos.domain import check, package
from marketingos.domain.check import Draft, Finding
from marketingos.domain.cycle import KeptAnswer
from marketingos.domain.package import ContentPackage, Copy
from marketingos.domain.ports import Assignment, Manuscript, Usage
from marketingos.domain.product import Fact, Product
from marketingos.errors import BadAnswer, ContentRefused, MarketingError, NotSent, OutcomeUnknown, RateLimited
from marketingos.services import checking, prompts, spending
from marketingos.services.planning import Gap
from marketingos.settings import get_settings

logger = log.get_logger(__name__)

_CUT_SHORT = frozenset({"max_tokens", "model_context_window_exceeded"})
PASSING = (NotSent, RateLimited, OutcomeUnknown)
"""Errors of a bad moment: the same question may be asked later."""

_PROMPT_AT_MOST = 8_000
"""Tokens of rules, book and brief together; measured at about half of it."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the writer of a product has before him. `recent_hooks` grows as posts are written, so that those of one
    cycle know of each other."""

    product: Product
    facts: Sequence[Fact]
    cycle_id: int | None = None
    recent_hooks: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A package with its texts put together; `findings` is what is still wrong and a person has to see."""

    package: ContentPackage
    copies: tuple[Copy, ...]
    hook: str
    model: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    """One answer: what could be read of it, if anything, and what is wrong with it."""

    text: str
    written: Written | None
    findings: tuple[Finding, ...]


async def write(desk: Desk, gap: Gap) -> Written:
    """The texts for a gap. Raises `OverBudget` before spending, `ContentRefused` when the writer declines, `BadAnswer`
    when the answer cannot be read even after mending, and what the writer raises."""
    assignment = _assignment(desk, gap)
    best = await _attempt(desk, gap, assignment)
    if best.findings:
        best = _better(best, await _repair(desk, gap, assignment, best))
    if best.written is None:
        raise BadAnswer("error.claude_nonsense", diagnostic="; ".join(f.detail for f in best.findings))
    desk.recent_hooks.insert(0, best.written.hook)
    return best.written


async def _attempt(desk: Desk, gap: Gap, assignment: Assignment) -> _Attempt:
    manuscript = await _ask(desk, gap, assignment)
    try:
        written = _read(desk, gap, manuscript)
    except ValidationError as error:
        return _Attempt(text=manuscript.text, written=None, findings=_broken(error))
    return _Attempt(text=manuscript.text, written=written, findings=written.findings)


async def _repair(desk: Desk, gap: Gap, assignment: Assignment, first: _Attempt) -> _Attempt:
    """The answer with its findings mended; the first one again when mending fails and it can be read."""
    logger.info("writing.repair", slot=gap.slot_key, findings=[f.key for f in first.findings])
    asked = replace(assignment, purpose="repair", draft=first.text, findings=prompts.repair(first.findings))
    try:
        return await _attempt(desk, gap, asked)
    except MarketingError as error:
        if first.written is None:
            raise
        logger.warning("writing.repair_failed", slot=gap.slot_key, error=str(error))
        return first


def _better(first: _Attempt, second: _Attempt) -> _Attempt:
    if first.written is None or second.written is None:
        return first if second.written is None else second
    return second if len(second.findings) <= len(first.findings) else first


async def _ask(desk: Desk, gap: Gap, assignment: Assignment) -> Manuscript:
    """An answer that ended by itself: one that was cut short is asked for once more with twice the room."""
    manuscript = await _answer(desk, gap, assignment, assignment.purpose)
    if manuscript.stop_reason in _CUT_SHORT:
        roomier = replace(assignment, room=assignment.room * 2)
        manuscript = await _answer(desk, gap, roomier, f"{assignment.purpose}, longer")
    if manuscript.stop_reason == "refusal":
        raise ContentRefused("error.claude_refused", diagnostic=manuscript.text[:500])
    return manuscript


async def _answer(desk: Desk, gap: Gap, assignment: Assignment, step: str) -> Manuscript:
    """The answer to a step: the one that is paid for already, else a new one, kept as it is booked."""
    async with reading() as s:
        kept = await s.get(KeptAnswer, (gap.slot_key, step))
    if kept is not None and kept.prompt_version == prompts.version():
        usage = Usage(provider="anthropic", model=kept.model, purpose=assignment.purpose)
        return Manuscript(text=kept.text, stop_reason=kept.stop_reason, usage=usage)
    async with spending.paying(_at_most(assignment), product_id=desk.product.id, cycle_id=desk.cycle_id) as bill:
        manuscript = await adapters.writer().write(assignment, package.schema())
        async with session() as s:
            await bill.settle(s, manuscript.usage)
            await _keep(s, gap, step, manuscript)
    return manuscript


async def _keep(s: AsyncSession, gap: Gap, step: str, manuscript: Manuscript) -> None:
    """Keeps an answer in the place of one to an older prompt; of two that arrive at the same time, the first."""
    here = (col(KeptAnswer.slot_key) == gap.slot_key, col(KeptAnswer.step) == step)
    await s.exec(delete(KeptAnswer).where(*here, col(KeptAnswer.prompt_version) != prompts.version()))
    row = KeptAnswer(
        slot_key=gap.slot_key,
        step=step,
        text=manuscript.text,
        stop_reason=manuscript.stop_reason,
        model=manuscript.usage.model,
        prompt_version=prompts.version(),
        received_at=clock.now(),
    )
    with suppress(IntegrityError):
        async with s.begin_nested():
            s.add(row)


async def forget(s: AsyncSession, slot_key: str) -> None:
    """Drops the answers of a slot: its post is saved, or they led nowhere."""
    await s.exec(delete(KeptAnswer).where(col(KeptAnswer.slot_key) == slot_key))


def _at_most(assignment: Assignment) -> Usage:
    return Usage(
        provider="anthropic",
        model=get_settings().claude_model,
        purpose=assignment.purpose,
        cache_write_tokens=_PROMPT_AT_MOST,
        output_tokens=assignment.room,
    )


def _assignment(desk: Desk, gap: Gap) -> Assignment:
    return Assignment(
        rules=prompts.rules(),
        book=prompts.book(desk.product, desk.facts),
        brief=prompts.brief(
            platforms=gap.platforms,
            wall=gap.wall,
            timezone=gap.timezone,
            language=desk.product.language,
            factors=gap.factors,
            recent_hooks=desk.recent_hooks,
        ),
        platforms=gap.platforms,
    )


def _read(desk: Desk, gap: Gap, manuscript: Manuscript) -> Written:
    """The package of an answer and what is wrong with it; pydantic's `ValidationError` when it is none."""
    answer = ContentPackage.model_validate_json(manuscript.text)
    copies = tuple(package.copy_for(answer, platform) for platform in gap.platforms)
    hook = package.hook_of(answer, gap.platforms)
    return Written(
        package=answer,
        copies=copies,
        hook=hook,
        model=manuscript.usage.model,
        findings=(*_findings(desk, copies), *_about_the_whole(desk, answer, hook)),
    )


def _findings(desk: Desk, copies: Sequence[Copy]) -> list[Finding]:
    """What is wrong with the texts, each named by its platform."""
    book = checking.book_of(desk.product, desk.facts)
    found = []
    for copy in copies:
        draft = Draft(platform=copy.platform, format=copy.format, text=copy.text, link_url=copy.link_url)
        for finding in check.about_text(draft, book):
            found.append(Finding(key=finding.key, detail=f"{copy.platform.value}: {finding.detail}"))
    return found


def _about_the_whole(desk: Desk, answer: ContentPackage, hook: str) -> list[Finding]:
    """Facts that do not exist, and an opening that was used before."""
    known = {fact.code for fact in desk.facts}
    missing = sorted({code for claim in answer.claims for code in claim.fact_ids} - known)
    found = [Finding(key="check.unknown_fact", detail=", ".join(missing))] if missing else []
    if same := check.repeated_hook(hook, desk.recent_hooks):
        found.append(Finding(key="check.repeats", detail=f"“{hook}” is too close to “{same}”"))
    return found


def _broken(error: ValidationError) -> tuple[Finding, ...]:
    """What the schema says of an answer that does not obey it."""
    told = (f"{'.'.join(map(str, e['loc'])) or 'answer'}: {e['msg']}" for e in error.errors()[:8])
    return tuple(Finding(key="schema", detail=text) for text in told)
