"""Writing: one gap becomes one package of texts. One call of the writer, at most one more to mend it.

Each answer is booked and kept before it is judged: whoever asks the same again, after a death or a bad moment, finds it
and does not pay twice. Nothing here touches posts; no transaction is open over the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from pydantic import ValidationError
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select

from marketingos import clock, log
from marketingos.db import AsyncSession, reading
from marketingos.domain import check, package
from marketingos.domain.check import Draft, Finding, Told, links
from marketingos.domain.cycle import KeptAnswer, Spend
from marketingos.domain.package import ContentPackage, Copy
from marketingos.domain.platform import without_hashtags
from marketingos.domain.ports import Assignment, Manuscript, Usage
from marketingos.domain.post import Post
from marketingos.domain.product import Fact, Product
from marketingos.domain.rule import Rule
from marketingos.domain.said import Ledger, Said
from marketingos.domain.similarity import TOO_ALIKE
from marketingos.errors import BadAnswer, MarketingError, NotSent, OutcomeUnknown, RateLimited
from marketingos.services import asking, checking, prompts
from marketingos.services.planning import Gap

logger = log.get_logger(__name__)

PASSING = (NotSent, RateLimited, OutcomeUnknown)
"""Errors of a bad moment: the same question may be asked later."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the writer of a product has before him. The `ledger` grows as posts are written, so that those of one cycle
    know of each other; `rules` are those that the product's marketers accepted."""

    product: Product
    facts: Sequence[Fact]
    cycle_id: int | None = None
    ledger: Ledger = field(default_factory=Ledger)
    rules: Sequence[Rule] = ()


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
    when the answer cannot be read or repeats another post even after mending, and what the writer raises. The facts are
    those that still hold when the post goes out."""
    desk = replace(desk, facts=checking.valid_on(desk.facts, gap.scheduled_at, gap.timezone))
    assignment = _assignment(desk, gap)
    best = await _attempt(desk, gap, assignment)
    if best.findings:
        best = _better(best, await _repair(desk, gap, assignment, best))
    if best.written is None:
        raise BadAnswer("error.claude_nonsense", diagnostic="; ".join(f.detail for f in best.findings))
    # Again: another post may have been written while this one was mended. No await from here to the note.
    echo = desk.ledger.echo(copy.text for copy in best.written.copies)
    if echo and echo.likeness >= TOO_ALIKE:
        raise BadAnswer("error.claude_repeats", diagnostic=f"{echo.likeness:.2f} like {echo.hook}")
    desk.ledger.note(_said(gap, best.written))
    return best.written


def _said(gap: Gap, written: Written) -> Said:
    answer = written.package
    return Said(
        at=gap.scheduled_at,
        hook=written.hook,
        pillar=answer.pillar,
        pain=answer.audience_pain,
        angle=gap.factors.angle,
        facts=tuple(dict.fromkeys(code for claim in answer.claims for code in claim.fact_ids)),
        texts=tuple(copy.text for copy in written.copies),
    )


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
    async def answer(asked: Assignment) -> Manuscript:
        longer = asked.room > assignment.room
        return await _answer(desk, gap, asked, f"{asked.purpose}, longer" if longer else asked.purpose)

    return await asking.whole(assignment, answer)


async def _answer(desk: Desk, gap: Gap, assignment: Assignment, step: str) -> Manuscript:
    """The answer to a step: the one that is paid for already, else a new one, kept as it is booked."""
    async with reading() as s:
        kept = await s.get(KeptAnswer, (gap.slot_key, step))
    if kept is not None and kept.prompt_version == prompts.version():
        usage = Usage(provider="anthropic", model=kept.model, purpose=assignment.purpose)
        return Manuscript(text=kept.text, stop_reason=kept.stop_reason, usage=usage)

    async def keep(s: AsyncSession, manuscript: Manuscript, spend_id: int) -> None:
        await _keep(s, gap, step, manuscript, spend_id)

    about = {"product_id": desk.product.id, "cycle_id": desk.cycle_id}
    return await asking.ask(assignment, package.schema(), **about, keep=keep)


async def _keep(s: AsyncSession, gap: Gap, step: str, manuscript: Manuscript, spend_id: int) -> None:
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
        spend_id=spend_id,
        received_at=clock.now(),
    )
    with suppress(IntegrityError):
        async with s.begin_nested():
            s.add(row)


async def hand_over(s: AsyncSession, slot_key: str, post: Post) -> None:
    """A slot's answers became this post: what they cost is the post's, and they are kept no longer."""
    paid = select(KeptAnswer.spend_id).where(
        col(KeptAnswer.slot_key) == slot_key, col(KeptAnswer.spend_id).is_not(None)
    )
    await s.exec(update(Spend).where(col(Spend.id).in_(paid)).values(post_id=post.id))
    await forget(s, slot_key)


async def forget(s: AsyncSession, slot_key: str) -> None:
    """Drops the answers of a slot: they led nowhere."""
    await s.exec(delete(KeptAnswer).where(col(KeptAnswer.slot_key) == slot_key))


def _assignment(desk: Desk, gap: Gap) -> Assignment:
    return Assignment(
        rules=prompts.rules(),
        book=prompts.book(desk.product, desk.facts, desk.rules),
        brief=prompts.brief(
            platforms=gap.platforms,
            wall=gap.wall,
            timezone=gap.timezone,
            language=desk.product.language,
            factors=gap.factors,
            nearest=desk.ledger.near(gap.scheduled_at, prompts.HOOKS_TOLD),
            rested=desk.ledger.rested([fact.code for fact in desk.facts]),
            holiday=gap.holiday,
            soon=gap.soon,
        ),
        platforms=gap.platforms,
    )


def _read(desk: Desk, gap: Gap, manuscript: Manuscript) -> Written:
    """The package of an answer and what is wrong with it; pydantic's `ValidationError` when it is none."""
    answer = ContentPackage.model_validate_json(manuscript.text)
    copies = tuple(_tagged(desk, gap, package.copy_for(answer, platform)) for platform in gap.platforms)
    hook = package.hook_of(answer, gap.platforms)
    return Written(
        package=answer,
        copies=copies,
        hook=hook,
        model=manuscript.usage.model,
        findings=(*_findings(desk, copies), *_about_the_whole(desk, gap, answer, hook), *_repeats(desk, copies)),
    )


def _tagged(desk: Desk, gap: Gap, copy: Copy) -> Copy:
    """The copy whose addresses of the product's site say where the reader came from, and why."""
    campaign = f"{gap.wall:%Y-%m-%d}-{gap.factors.angle}"

    def tagged(text: str) -> str:
        return links.tagged_in(text, desk.product.website, copy.platform, campaign)

    link = tagged(copy.link_url) if links.is_home(copy.link_url, desk.product.website) else ""
    return replace(copy, text=tagged(copy.text), link_url=link, first_comment=tagged(copy.first_comment))


def _findings(desk: Desk, copies: Sequence[Copy]) -> list[Finding]:
    """What is wrong with the texts, each named by its platform."""
    book = checking.book_of(desk.product, desk.facts)
    found = []
    for copy in copies:
        draft = Draft(
            platform=copy.platform,
            format=copy.format,
            text=copy.text,
            link_url=copy.link_url,
            first_comment=copy.first_comment,
        )
        nothing = [] if without_hashtags(copy.text) else [Finding(key="check.empty")]
        for finding in (*nothing, *check.about_text(draft, book)):
            found.append(Finding(key=finding.key, detail=f"{copy.platform.value}: {finding}"))
    return found


def _about_the_whole(desk: Desk, gap: Gap, answer: ContentPackage, hook: str) -> list[Finding]:
    """Claims that their facts do not carry, a picture that nobody described, and an opening that was used before."""
    found = list(check.about_claims(_told(answer), checking.book_of(desk.product, desk.facts)))
    if not check.describes(answer.image.alt_text):
        found.append(Finding(key="check.missing_alt_text", detail="image.alt_text"))
    openings = [said.hook for said in desk.ledger.near(gap.scheduled_at, prompts.HOOKS_TOLD)]
    if same := check.repeated_hook(hook, openings):
        found.append(Finding(key="check.repeats", detail=f"“{hook}” is too close to “{same}”"))
    return found


def _repeats(desk: Desk, copies: Sequence[Copy]) -> list[Finding]:
    """The text of another post that is told again, quoted whole."""
    echo = desk.ledger.echo(copy.text for copy in copies)
    return [Finding(key="check.repeats", detail=f"this was told already: “{echo.text}”")] if echo else []


def _told(answer: ContentPackage) -> tuple[Told, ...]:
    return tuple(Told(text=claim.text, facts=tuple(claim.fact_ids)) for claim in answer.claims)


def _broken(error: ValidationError) -> tuple[Finding, ...]:
    """What the schema says of an answer that does not obey it."""
    told = (f"{'.'.join(map(str, e['loc'])) or 'answer'}: {e['msg']}" for e in error.errors()[:8])
    return tuple(Finding(key="schema", detail=text) for text in told)
