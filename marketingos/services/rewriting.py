"""Rewriting on request: a person asks for another text for one platform, looks at what it would change, and decides.

What is asked for is paid for like everything else and kept as soon as it is there; the text itself changes only when a
person accepts, which is an edit like any other: a new revision, and an approval is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import delete, update
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import clock, log
from marketingos.db import AsyncSession, one_at_a_time, reading, session
from marketingos.domain import package
from marketingos.domain.check import Finding
from marketingos.domain.package import ClaimMade
from marketingos.domain.ports import Assignment, Manuscript
from marketingos.domain.post import Claim, Post, Variant, VariantStatus
from marketingos.domain.product import Fact, Product
from marketingos.domain.proposal import LONGEST_WISH, Proposal, Wish
from marketingos.domain.rule import Rule
from marketingos.domain.user import Deed
from marketingos.errors import BadAnswer, InvalidInput, MarketingError, NotFound, Refused
from marketingos.services import asking, audit, posts, products, prompts, proposals, review, rules
from marketingos.services.people import require
from marketingos.services.views import PersonView, PostView

logger = log.get_logger(__name__)

_ROOM = 4096
"""Tokens that the answer may take: the longest text, and thinking."""


class Rewriting(BaseModel):
    """One text of a post, changed as asked."""

    text: str = Field(description="the whole text as it goes out, hashtags included")
    claims: list[ClaimMade] = Field(description="every factual statement of the text")
    rationale: str = Field(description="one sentence for the marketer, in the product's language: what was changed")


@dataclass(frozen=True, kw_only=True)
class _Task:
    """What the writer needs to change a text, and the proposal that waits for it."""

    proposal: Proposal
    variant: Variant
    product: Product
    facts: Sequence[Fact]
    rules: Sequence[Rule]


async def propose(actor: PersonView, variant_id: int, wish: Wish, instruction: str = "") -> PostView:
    """Has a variant rewritten as wished (in these words, when the wish is another than ours) and keeps the answer for a
    person to look at. The text stays as it is.

    Raises `Refused` when it is out or on its way, rejected, or a rewrite is under way; `InvalidInput` for a wish with
    no words or with too many; `OverBudget` before spending; `BadAnswer`, `ContentRefused`, and what the writer raises.
    """
    require(actor, Deed.EDIT)
    proposal = await _begin(actor, variant_id, wish, _checked(wish, instruction))
    try:
        await _rewrite(await _task(proposal))
    except BaseException:
        await _end(variant_id)
        raise
    return await posts.post(actor, await _post_id(variant_id))


async def accept(actor: PersonView, variant_id: int, version: int) -> PostView:
    """Takes a proposal over into the text that stands at `version`, the one that the person compared it with. An edit:
    see `review.edit_text` for what it does and raises; `NotFound` when there is no proposal any more."""
    async with reading() as s:
        row = await s.get(Proposal, variant_id)
    if row is None or row.answered_at is None:
        raise NotFound("rewrite.gone")
    await review.edit_text(actor, variant_id, row.text, version)
    return await discard(actor, variant_id)


async def discard(actor: PersonView, variant_id: int) -> PostView:
    """Drops a proposal; the text stays as it is."""
    require(actor, Deed.EDIT)
    await _end(variant_id)
    return await posts.post(actor, await _post_id(variant_id))


# -- before ------------------------------------------------------------------------------------------------------------


def _checked(wish: Wish, instruction: str) -> str:
    words = " ".join(instruction.split()) if wish is Wish.OTHER else ""
    if wish is Wish.OTHER and not words:
        raise InvalidInput("rewrite.empty", field="instruction")
    if len(words) > LONGEST_WISH:
        raise InvalidInput("rewrite.too_long", field="instruction", most=LONGEST_WISH)
    return words


async def _begin(actor: PersonView, variant_id: int, wish: Wish, instruction: str) -> Proposal:
    """Marks the variant, so that a second click does not pay a second time."""
    now = clock.now()
    async with session() as s:
        await one_at_a_time(s, f"rewrite {variant_id}")
        deliveries = selectinload(Variant.deliveries)  # type: ignore[arg-type]
        variant = (await s.exec(select(Variant).where(Variant.id == variant_id).options(deliveries))).first()
        if variant is None:
            raise NotFound()
        if variant.status is VariantStatus.REJECTED or any(d.may_be_out for d in variant.deliveries):
            raise Refused("review.already_going")
        known = await s.get(Proposal, variant_id)
        if known and proposals.is_under_way(known):
            raise Refused("rewrite.under_way")
        fresh = Proposal(variant_id=variant_id, wish=wish, instruction=instruction, asked_by=actor.name, asked_at=now)
        await s.merge(fresh)
        audit.note(s, actor.email, "variant.rewrite", f"variant:{variant_id}", wish=wish.value)
        await _stir(s, variant)
        return fresh


async def _end(variant_id: int) -> None:
    async with session() as s:
        await s.exec(delete(Proposal).where(col(Proposal.variant_id) == variant_id))
        if variant := await s.get(Variant, variant_id):
            await _stir(s, variant)


async def _task(proposal: Proposal) -> _Task:
    async with reading() as s:
        variant = await s.get_one(Variant, proposal.variant_id)
        post = await s.get_one(Post, variant.post_id)
        product = await s.get_one(Product, post.product_id)
        return _Task(
            proposal=proposal,
            variant=variant,
            product=product,
            facts=await products.facts_of(s, post.product_id, clock.today(product.timezone)),
            rules=await rules.active_of(s, post.product_id),
        )


async def _post_id(variant_id: int) -> int:
    async with reading() as s:
        found = (await s.exec(select(Variant.post_id).where(Variant.id == variant_id))).first()
    if found is None:
        raise NotFound()
    return found


async def _stir(s: AsyncSession, variant: Variant) -> None:
    """Pages that show the post look again."""
    await s.exec(update(Post).where(col(Post.id) == variant.post_id).values(updated_at=clock.now()))


# -- writing -----------------------------------------------------------------------------------------------------------


async def _rewrite(task: _Task) -> None:
    """One answer, and one more when it has faults that the present text has not."""
    assignment = _assignment(task)
    manuscript, answer = await _ask(task, assignment)
    if wrong := _faults(task, answer):
        again = replace(assignment, purpose="rewrite repair", draft=manuscript.text, findings=prompts.repair(wrong))
        try:
            _, mended = await _ask(task, again)
        except MarketingError as error:
            logger.warning("rewriting.repair_failed", variant=task.variant.id, error=str(error))
        else:
            answer = mended if len(_faults(task, mended)) <= len(wrong) else answer
    await _keep(task, answer, manuscript.usage.model)


def _assignment(task: _Task) -> Assignment:
    wish = task.proposal.instruction or task.proposal.wish.value
    return Assignment(
        rules=prompts.rules(),
        book=prompts.book(task.product, task.facts, task.rules),
        brief=prompts.rewrite(platform=task.variant.platform, wish=wish, text=task.variant.text),
        platforms=(task.variant.platform,),
        purpose="rewrite",
        room=_ROOM,
    )


async def _ask(task: _Task, assignment: Assignment) -> tuple[Manuscript, Rewriting]:
    async def answer(asked: Assignment) -> Manuscript:
        schema = Rewriting.model_json_schema()
        return await asking.ask(asked, schema, product_id=task.product.id, post_id=task.variant.post_id)

    manuscript = await asking.whole(assignment, answer)
    try:
        read = Rewriting.model_validate_json(manuscript.text)
    except ValidationError as error:
        raise BadAnswer("error.claude_nonsense", diagnostic=str(error)[:500]) from error
    if not read.text.strip():
        raise BadAnswer("error.claude_nonsense", diagnostic=read.rationale[:500])
    return manuscript, read


def _faults(task: _Task, answer: Rewriting) -> list[Finding]:
    """What is wrong with the new text and was not with the old one."""
    variant, product, facts = task.variant, task.product, task.facts
    old = {finding.key for finding in proposals.findings(variant, variant.text, (), product, facts)}
    new = proposals.findings(variant, answer.text, _claims(answer), product, facts)
    return [finding for finding in new if finding.key not in old]


def _claims(answer: Rewriting) -> tuple[Claim, ...]:
    return tuple(Claim(text=claim.text, facts=tuple(claim.fact_ids)) for claim in answer.claims)


async def _keep(task: _Task, answer: Rewriting, model: str) -> None:
    """Puts the answer where a person waits for it; nowhere when the proposal was dropped meanwhile."""
    mine = (
        col(Proposal.variant_id) == task.variant.id,
        col(Proposal.asked_at) == task.proposal.asked_at,
        col(Proposal.answered_at).is_(None),
    )
    values = {
        "text": package.normalised(answer.text),
        "rationale": answer.rationale.strip(),
        "claims": _claims(answer),
        "model": model,
        "answered_at": clock.now(),
    }
    async with session() as s:
        await s.exec(update(Proposal).where(*mine).values(**values))
        await _stir(s, task.variant)
