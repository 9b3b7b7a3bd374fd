"""What the ways in see of how posts are written: why one is as it is, rewrites that were asked for, and rules. Frozen
values, as those of `views`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from marketingos.domain.check import Finding
from marketingos.domain.diff import Piece
from marketingos.domain.post import RejectReason
from marketingos.domain.proposal import Wish
from marketingos.domain.rule import RuleState


@dataclass(frozen=True, kw_only=True)
class ProposalView:
    """Another text for a variant that somebody asked for. Until `answered_at` it is under way and has no text.
    `changes` leads from the variant's text to this one, `findings` are what is wrong with it, and
    `length` is in the platform's own units."""

    wish: Wish
    instruction: str
    asked_by: str
    asked_at: datetime
    answered_at: datetime | None = None
    text: str = ""
    rationale: str = ""
    length: int = 0
    changes: tuple[Piece, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RuleView:
    """A rule of a product. `code` (`R3`) is empty until it is accepted; `reason` and `note` are those of the rejection
    it came from; `applied` counts the posts that it changed."""

    id: int
    code: str
    text: str
    state: RuleState
    reason: RejectReason | None = None
    note: str = ""
    post_id: int | None = None
    applied: int = 0
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RulesView:
    """The rules of a product. `can_decide` says whether this person may."""

    product_id: int
    proposed: tuple[RuleView, ...]
    active: tuple[RuleView, ...]
    retired: tuple[RuleView, ...]
    can_decide: bool


@dataclass(frozen=True, kw_only=True)
class ExpenseView:
    """What was paid for a post under one purpose: `post`, `repair`, `picture`, `rewrite`, `rule`."""

    purpose: str
    calls: int
    tokens: int
    euro: float


@dataclass(frozen=True, kw_only=True)
class FactUseView:
    """A fact as a post leans on it, and in how many of its product's posts it was told, this one among them; `last_at`
    is when the last of them goes or went out."""

    code: str
    claim: str
    used: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class WhyView:
    """Why this post is as it is. `claims` are statements with the codes of the facts behind them, `facts` those codes
    with their text; `alternatives` are openings not taken, with the reason; `euro` is the sum of the `expenses`.
    `holiday` is the one it was written for, and `off_day` says that it stands on another day now. `risks` are what the
    writer would have a person look at twice."""

    angle: str
    hook_type: str
    rationale: str
    format: str = ""
    cta_type: str = ""
    pillar: str = ""
    pain: str = ""
    holiday: str = ""
    off_day: bool = False
    claims: tuple[tuple[str, str], ...] = ()
    facts: tuple[FactUseView, ...] = ()
    risks: tuple[str, ...] = ()
    rules: tuple[RuleView, ...] = ()
    alternatives: tuple[tuple[str, str], ...] = ()
    model: str = ""
    prompt_version: str = ""
    euro: float = 0.0
    expenses: tuple[ExpenseView, ...] = ()
