"""A post in the person's words: frozen rows with ready-made strings, what the browser gets."""

from __future__ import annotations

from dataclasses import dataclass, field

from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import PostStatus, VariantStatus
from marketingos.services.views import ProductView, VariantView
from marketingos.ui.post.receipts import ReceiptRow
from marketingos.ui.post.rewrites import NO_PROPOSAL, ProposalRow
from marketingos.ui.post.why import WhyRow
from marketingos.ui.rules import NO_RULE, RuleRow


@dataclass(frozen=True, kw_only=True)
class FindingRow:
    """What is wrong with one platform's variant; `level` is `warns` or `blocks`, or `ok` when somebody set it aside and
    `excuse` says who and why. `instead` is what is known."""

    key: str
    level: str
    text: str
    platform: str
    variant_id: int = 0
    instead: str = ""
    excuse: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckRow:
    """One thing that was looked at in all variants, and what came of it."""

    name: str
    level: str
    note: str


@dataclass(frozen=True, kw_only=True)
class AttemptRow:
    """One try, in plain words."""

    number: int
    text: str
    when: str
    level: str


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """One account: how it stands there, in a sentence; `mark` as in `VariantRow`; `note` is what it lacks."""

    id: int
    platform: str
    account: str
    mark: str
    text: str
    detail: str = ""
    permalink: str = ""
    figures: str = ""
    unconfirmed: bool = False
    note: str = ""
    receipt: ReceiptRow = field(default_factory=ReceiptRow)
    attempts: tuple[AttemptRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PieceRow:
    """A file of a variant; `place` counts from 0, `note` says what was converted; a document (`paper`) has a title."""

    id: int
    place: int
    last: bool
    thumbnail: str
    facts: str
    note: str
    alt: str
    fit: str
    reshaped: bool
    preparing: bool
    paper: bool = False
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class VariantRow:
    """One platform. `mark` is `ok`, `warns` or `blocks` while it waits for a person, then the word of a status;
    `approvable` says that it waits and nothing blocks it; `count` is the line under its preview, `media_note` how
    many files there are."""

    id: int
    platform: str
    kind: str
    mark: str
    pending: bool
    approvable: bool
    editable: bool
    view: VariantView
    count: str
    pieces: tuple[PieceRow, ...] = ()
    media_note: str = ""
    rejected: str = ""
    seen_by: str = ""
    permalink: str = ""
    proposal: ProposalRow = NO_PROPOSAL


@dataclass(frozen=True, kw_only=True)
class DrawingRow:
    """A picture that was drawn for the post; `name` tells them apart for those who do not see them."""

    id: int
    thumbnail: str
    name: str
    used: bool


_NO_PRODUCT = ProductView(id=0, name="", mark="package", palette=("#1E1C19",), active=False)


@dataclass(frozen=True, kw_only=True)
class PostRow:
    """Everything that the panel and the page show. `id` 0 is no post at all.

    `status` is the badge's word (with `HELD` and `LATE`); `next` says what happens by itself;
    `differs` where what is live is not what was approved; `draw_price` what another picture costs, empty where none can
    be drawn; `filming` how far its video is; `waiting` counts the parts that wait for a person and `clear` those that
    nothing blocks; the mover starts with `date` and `time`; `unconfirmed` is the delivery to ask about, or 0; `faces`
    say what is on screen, so that nothing else is approved.
    """

    id: int = 0
    product: ProductView = _NO_PRODUCT
    title: str = ""
    status: str = PostStatus.DRAFT.value
    slot: str = ""
    city: str = ""
    date: str = ""
    time: str = ""
    today: str = ""
    origin: str = ""
    next: str = ""
    differs: str = ""
    media_error: str = ""
    drawings: tuple[DrawingRow, ...] = ()
    draw_price: str = ""
    filming: str = ""
    variants: tuple[VariantRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    passed: int = 0
    deliveries: tuple[DeliveryRow, ...] = ()
    unconfirmed: int = 0
    why: WhyRow = field(default_factory=WhyRow)
    rule: RuleRow = NO_RULE
    waiting: int = 0
    clear: int = 0
    can_edit: bool = False
    can_approve: bool = False
    can_reject: bool = False
    can_move: bool = False
    can_withdraw: bool = False
    can_publish_now: bool = False
    can_restore: bool = False
    can_settle: bool = False
    platforms: str = ""
    faces: tuple[str, ...] = ()


NOTHING = PostRow()
NO_VARIANT = VariantRow(
    id=0,
    platform="",
    kind="",
    mark="ok",
    pending=False,
    approvable=False,
    editable=False,
    count="",
    view=VariantView(
        id=0,
        platform=Platform.INSTAGRAM,
        format=Format.IMAGE,
        status=VariantStatus.DRAFT,
        text="",
        length=0,
        limit=0,
        cut=0,
        version=0,
    ),
)
