"""Rules of a product: proposed from what was rejected, decided by people, followed by the writer.

A rejection with a note asks for a proposal in its own transaction; a sweep has it written in the background, once the
rejection can no longer be undone. Only what a person accepted is told to the writer, by its number, and the posts that
it changed are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import delete, func, update
from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import clock, log
from marketingos.db import AsyncSession, one_at_a_time, reading, session
from marketingos.domain.delivery import UNDO_WINDOW
from marketingos.domain.ports import Assignment, Manuscript
from marketingos.domain.post import Post, RejectReason
from marketingos.domain.product import Fact, Product
from marketingos.domain.rule import LONGEST, TRIES, Rule, RuleState, RuleUse, ask_again
from marketingos.domain.user import Deed, may
from marketingos.errors import BadAnswer, InvalidInput, MarketingError, NotFound, Refused
from marketingos.services import asking, audit, prompts
from marketingos.services.people import require
from marketingos.services.views import PersonView
from marketingos.services.writing_views import RulesView, RuleView

logger = log.get_logger(__name__)

_SHOWN = (RuleState.PROPOSED, RuleState.ACTIVE, RuleState.RETIRED)
_UNDECIDED = (RuleState.ASKED, RuleState.PROPOSED, RuleState.SILENT)
_DEED = Deed.APPROVE
"""Who may reject may say what follows from it."""


class Lesson(BaseModel):
    """What the writer makes of a rejection."""

    rule: str = Field(description="one sentence, or empty when there is nothing general to learn")
    rationale: str = Field(description="one sentence for the marketer, in the product's language")


# -- for the writer ----------------------------------------------------------------------------------------------------


async def active_of(s: AsyncSession, product_id: int) -> tuple[Rule, ...]:
    """The rules that hold for a product, by their numbers."""
    wanted = select(Rule).where(Rule.product_id == product_id, Rule.state == RuleState.ACTIVE)
    return tuple((await s.exec(wanted.order_by(col(Rule.number)))).all())


def note_use(s: AsyncSession, post: Post, held: Sequence[Rule], codes: Iterable[str]) -> None:
    """Counts the rules that the writer says it applied; a code that no rule has is not believed."""
    said = {code.strip().upper() for code in codes}
    s.add_all(RuleUse(rule_id=rule.id or 0, post_id=post.id or 0) for rule in held if rule.code in said)


# -- from rejections ---------------------------------------------------------------------------------------------------


def learn_from(s: AsyncSession, post: Post, reason: RejectReason, note: str) -> None:
    """Asks for a rule from a rejection that says something; takes part in its transaction."""
    if not note.strip():
        return
    now = clock.now()
    s.add(
        Rule(
            product_id=post.product_id,
            post_id=post.id,
            reason=reason,
            note=note.strip(),
            due_at=now + clock.human(UNDO_WINDOW),
            created_at=now,
        )
    )


async def unlearn(s: AsyncSession, post: Post) -> None:
    """The rejection was taken back: what nobody decided about yet is dropped."""
    await s.exec(delete(Rule).where(col(Rule.post_id) == post.id, col(Rule.state).in_(_UNDECIDED)))


async def propose_due() -> int:
    """Has a rule written for every rejection whose time has come; answers how many were. What fails is tried again."""
    done = 0
    while (rule := await _claim()) is not None:
        try:
            await _propose(rule)
            done += 1
        except MarketingError as error:
            logger.warning("rules.failed", rule=rule.id, error=str(error), tries=rule.tries)
    return done


async def _claim() -> Rule | None:
    """Takes the rejection that waits longest; until it is due again nobody else does. Asking costs no write."""
    now = clock.now()
    waiting = (col(Rule.state) == RuleState.ASKED, col(Rule.due_at) <= now)
    oldest = select(Rule.id).where(*waiting).order_by(col(Rule.due_at)).limit(1)
    async with reading() as s:
        rule_id = (await s.exec(oldest)).first()
    if rule_id is None:
        return None
    async with session() as s:
        await one_at_a_time(s, "rules")
        rule = await s.get(Rule, rule_id, populate_existing=True)
        if rule is None or rule.state is not RuleState.ASKED or rule.due_at > now:
            return None
        rule.due_at, rule.tries = now + ask_again(rule.tries), rule.tries + 1
        if rule.tries >= TRIES:
            rule.state = RuleState.SILENT
        return rule


async def _propose(rule: Rule) -> None:
    assignment = await _assignment(rule)

    async def answer(asked: Assignment) -> Manuscript:
        schema = Lesson.model_json_schema()
        return await asking.ask(asked, schema, product_id=rule.product_id, post_id=rule.post_id)

    manuscript = await asking.whole(assignment, answer)
    try:
        lesson = Lesson.model_validate_json(manuscript.text)
    except ValidationError as error:
        raise BadAnswer("error.claude_nonsense", diagnostic=str(error)[:500]) from error
    text = _one_line(lesson.rule)
    state = RuleState.PROPOSED if 0 < len(text) <= LONGEST else RuleState.SILENT
    mine = (col(Rule.id) == rule.id, col(Rule.state).in_((RuleState.ASKED, RuleState.SILENT)))
    async with session() as s:
        await s.exec(update(Rule).where(*mine).values(state=state, text=text[:LONGEST]))
        await _stir(s, rule)


async def _assignment(rule: Rule) -> Assignment:
    async with reading() as s:
        product = await s.get_one(Product, rule.product_id)
        facts = (await s.exec(select(Fact).where(Fact.product_id == product.id).order_by(col(Fact.id)))).all()
        known = await active_of(s, rule.product_id)
        wanted = select(Post).where(Post.id == rule.post_id).options(selectinload(Post.variants))  # type: ignore[arg-type]
        post = (await s.exec(wanted)).first()
    texts = [(v.platform, v.text) for v in post.variants] if post else []
    return Assignment(
        rules=prompts.rules(),
        book=prompts.book(product, facts, known),
        brief=prompts.lesson(reason=rule.reason.value, note=rule.note, texts=texts, known=known),
        platforms=(),
        purpose="rule",
        room=2048,
        fast=True,
    )


# -- for people --------------------------------------------------------------------------------------------------------


async def of_product(actor: PersonView, product_id: int) -> RulesView:
    """The rules of a product: what is proposed, what holds, what was retired, and how often each was applied."""
    require(actor, Deed.LOOK)
    async with reading() as s:
        product = await s.get(Product, product_id)
        if product is None:
            raise NotFound()
        wanted = select(Rule).where(Rule.product_id == product_id, col(Rule.state).in_(_SHOWN))
        rows = (await s.exec(wanted.order_by(col(Rule.number), col(Rule.id)))).all()
        counts = await _uses(s, [row.id for row in rows])
    shown = [view(row, counts.get(row.id, 0)) for row in rows]
    return RulesView(
        product_id=product_id,
        proposed=tuple(r for r in shown if r.state is RuleState.PROPOSED),
        active=tuple(r for r in shown if r.state is RuleState.ACTIVE),
        retired=tuple(r for r in shown if r.state is RuleState.RETIRED),
        can_decide=may(actor.role, _DEED),
    )


async def accept(actor: PersonView, rule_id: int) -> RulesView:
    """Puts a proposed or retired rule in force. Raises `Refused` when it was decided meanwhile, `NotFound`."""
    return await _decide(actor, rule_id, RuleState.ACTIVE, (RuleState.PROPOSED, RuleState.RETIRED))


async def reword(actor: PersonView, rule_id: int, text: str) -> RulesView:
    """Other words for a rule in force, or for a proposal, which is accepted with them. Raises as `accept` does, and
    `InvalidInput` when there are no words or too many."""
    return await _decide(actor, rule_id, RuleState.ACTIVE, (RuleState.PROPOSED, RuleState.ACTIVE), text)


async def dismiss(actor: PersonView, rule_id: int) -> RulesView:
    """Says no to a proposal. Raises as `accept` does."""
    return await _decide(actor, rule_id, RuleState.DISMISSED, (RuleState.PROPOSED,))


async def retire(actor: PersonView, rule_id: int) -> RulesView:
    """Takes a rule out of force; its count stays. Raises as `accept` does."""
    return await _decide(actor, rule_id, RuleState.RETIRED, (RuleState.ACTIVE,))


async def add(actor: PersonView, product_id: int, text: str) -> RulesView:
    """A rule that a person writes without a rejection. Raises `InvalidInput`, `NotFound`."""
    require(actor, _DEED)
    now = clock.now()
    async with session() as s:
        await one_at_a_time(s, "rules")
        if await s.get(Product, product_id) is None:
            raise NotFound()
        rule = Rule(product_id=product_id, reason=RejectReason.BRAND, due_at=now, created_at=now)
        _mark(rule, actor, RuleState.ACTIVE, _checked(text))
        rule.number = await _next_number(s, product_id)
        s.add(rule)
        audit.note(s, actor.email, "rule.add", f"product:{product_id}", text=rule.text)
    return await of_product(actor, product_id)


async def _decide(
    actor: PersonView, rule_id: int, state: RuleState, allowed: Sequence[RuleState], text: str | None = None
) -> RulesView:
    require(actor, _DEED)
    async with session() as s:
        await one_at_a_time(s, "rules")
        rule = await s.get(Rule, rule_id)
        if rule is None:
            raise NotFound()
        if rule.state not in allowed:
            raise Refused("rule.decided")
        before = rule.text
        _mark(rule, actor, state, rule.text if text is None else _checked(text))
        if state is RuleState.ACTIVE and rule.number is None:
            rule.number = await _next_number(s, rule.product_id)
        audit.note(s, actor.email, f"rule.{state.value}", f"rule:{rule.id}", before=before, after=rule.text)
        await _stir(s, rule)
    return await of_product(actor, rule.product_id)


def _mark(rule: Rule, actor: PersonView, state: RuleState, text: str) -> None:
    rule.state, rule.text, rule.decided_by, rule.decided_at = state, text, actor.email, clock.now()


async def _next_number(s: AsyncSession, product_id: int) -> int:
    highest = select(func.max(Rule.number)).where(Rule.product_id == product_id)
    return ((await s.exec(highest)).one() or 0) + 1


async def _stir(s: AsyncSession, rule: Rule) -> None:
    """Pages that show the rejected post look again."""
    await s.exec(update(Post).where(col(Post.id) == rule.post_id).values(updated_at=clock.now()))


# -- what is shown -----------------------------------------------------------------------------------------------------


async def from_post(s: AsyncSession, post_id: int) -> RuleView | None:
    """The rule that came of a post's rejection, when there is one to show."""
    wanted = select(Rule).where(Rule.post_id == post_id, col(Rule.state).in_(_SHOWN)).order_by(col(Rule.id).desc())
    row = (await s.exec(wanted.limit(1))).first()
    return view(row, (await _uses(s, [row.id])).get(row.id, 0)) if row else None


async def applied_to(s: AsyncSession, post_id: int) -> tuple[RuleView, ...]:
    """The rules that changed a post, by their numbers."""
    wanted = select(Rule).join(RuleUse, col(RuleUse.rule_id) == Rule.id).where(RuleUse.post_id == post_id)
    rows = (await s.exec(wanted.order_by(col(Rule.number)))).all()
    counts = await _uses(s, [row.id for row in rows])
    return tuple(view(row, counts.get(row.id, 0)) for row in rows)


def view(row: Rule, applied: int) -> RuleView:
    """A rule as pages show it."""
    return RuleView(
        id=row.id or 0,
        code=row.code,
        text=row.text,
        state=row.state,
        reason=row.reason if row.post_id else None,
        note=row.note,
        post_id=row.post_id,
        applied=applied,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


async def _uses(s: AsyncSession, ids: Sequence[int | None]) -> dict[int | None, int]:
    counted = select(RuleUse.rule_id, func.count()).where(col(RuleUse.rule_id).in_(ids)).group_by(col(RuleUse.rule_id))
    return dict((await s.exec(counted)).all())


def _checked(text: str) -> str:
    one = _one_line(text)
    if not one:
        raise InvalidInput("rule.empty", field="text")
    if len(one) > LONGEST:
        raise InvalidInput("rule.too_long", field="text", most=LONGEST)
    return one


def _one_line(text: str) -> str:
    return " ".join(text.split())
