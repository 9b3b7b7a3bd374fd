"""What the ways in get to see: frozen values, safe to send to a browser. Rows never leave the services floor.

Times are aware UTC instants; `wall` times are what the clock shows in `timezone`. Texts for people (dates, sentences)
are made by whoever shows them, in the person's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from marketingos.domain.cycle import CycleState
from marketingos.domain.delivery import DeliveryStatus, HoldReason
from marketingos.domain.media import Fit, MediaKind
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import Origin, PostStatus, RejectReason, VariantStatus
from marketingos.domain.receipt import Verdict
from marketingos.domain.requirement import Change
from marketingos.domain.user import Role
from marketingos.services.writing_views import ProposalView, RuleView, WhyView


@dataclass(frozen=True, kw_only=True)
class PersonView:
    """Who is here. `language` and `theme` are their own choice, or None."""

    id: int
    name: str
    email: str
    role: Role
    language: str | None = None
    theme: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProductView:
    """A product in lists and headers. `palette` ground first; `mark` is a lucide icon name."""

    id: int
    name: str
    mark: str
    palette: tuple[str, ...]
    active: bool
    website: str = ""
    language: str = "es"
    timezone: str = "Europe/Madrid"


@dataclass(frozen=True, kw_only=True)
class AccountView:
    """A connected account, without any secret. `privacy` is the standing choice of who may see TikTok posts."""

    id: int
    platform: Platform
    name: str
    handle: str
    followers: int | None = None
    working: bool = True
    privacy: str = ""


@dataclass(frozen=True, kw_only=True)
class MediaView:
    """A stored file: public addresses of the file and of its small picture; pixels; seconds for a video, pages for a
    document if they are known; bytes. `ai_made` says that a model made it.

    A file of a variant is known by the `id` of what was given, though the rest is about what goes out. `changes` are
    what was or will be converted, `fit` how its shape is made to fit; `preparing` while that is being done.
    """

    id: int
    kind: MediaKind
    url: str
    thumbnail_url: str
    width: int
    height: int
    seconds: float | None = None
    pages: int | None = None
    size: int = 0
    ai_made: bool = False
    alt_text: str = ""
    fit: Fit = Fit.PAD
    changes: tuple[Change, ...] = ()
    reshaped: bool = False
    preparing: bool = False
    given_url: str = ""


@dataclass(frozen=True, kw_only=True)
class AttemptView:
    """One try of a delivery. `error_key` names the sentence for people."""

    number: int
    started_at: datetime
    outcome: str | None
    error_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReceiptView:
    """What was approved and sent, and what was read back. Without a verdict it is still being read."""

    verdict: Verdict | None
    approved_hash: str
    external_id: str
    sent_text: str
    live_text: str | None
    files: int
    read_at: datetime


@dataclass(frozen=True, kw_only=True)
class DeliveryView:
    """One variant on its way to one account. `paused` says that a pause stops it, or will when its time comes;
    `resting_until` when its account's rest ends that keeps it back, for `rest_reason` (a catalogue key); `unconfirmed`
    that a person may say whether it is out; `note_key` is what it lacks although it is published."""

    id: int
    account: AccountView
    status: DeliveryStatus
    due_at: datetime
    next_try_at: datetime | None = None
    permalink: str | None = None
    published_at: datetime | None = None
    hold_reason: HoldReason | None = None
    paused: bool = False
    resting_until: datetime | None = None
    rest_reason: str | None = None
    error_key: str | None = None
    unconfirmed: bool = False
    undo_until: datetime | None = None
    note_key: str | None = None
    receipt: ReceiptView | None = None
    attempts: tuple[AttemptView, ...] = ()
    metrics: Metrics | None = None
    measured_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SetAsideView:
    """A finding that a person set aside, and why."""

    key: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class VariantView:
    """The post on one platform. `length` and `limit` are in the platform's own units; `findings` are catalogue keys of
    what is wrong with it (`check.too_long`, `check.no_media`), empty when it may go out, `set_aside` those that a
    person lets stand, and `details` the values in the sentences of both; `most_media` is how many files its format
    takes; `title` is what a document is called; `privacy` is who may see a TikTok post, as it was approved; `face` the
    hash of what a reader sees of it."""

    id: int
    platform: Platform
    format: Format
    status: VariantStatus
    text: str
    length: int
    limit: int
    cut: int
    version: int
    title: str = ""
    media: tuple[MediaView, ...] = ()
    alt_text: str = ""
    link_url: str = ""
    first_comment: str = ""
    findings: tuple[str, ...] = ()
    set_aside: tuple[SetAsideView, ...] = ()
    details: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    most_media: int = 1
    edited_by: str | None = None
    account: AccountView | None = None
    deliveries: tuple[DeliveryView, ...] = ()
    reject_reason: RejectReason | None = None
    reject_note: str = ""
    privacy: str = ""
    face: str = ""
    proposal: ProposalView | None = None


@dataclass(frozen=True, kw_only=True)
class PostView:
    """Everything about a post, for the panel and the page. `drawings` are the pictures that were drawn for it, of which
    it uses `drawing_id`; `filmed` is how much of its video is done, in percent, while it is being made."""

    id: int
    product: ProductView
    title: str
    status: PostStatus
    scheduled_at: datetime
    wall: datetime
    timezone: str
    origin: Origin
    variants: tuple[VariantView, ...]
    why: WhyView
    media_error: str | None = None
    drawings: tuple[MediaView, ...] = ()
    drawing_id: int | None = None
    is_drawing: bool = False
    filmed: int | None = None
    can_edit: bool = False
    can_approve: bool = False
    undo_until: datetime | None = None
    updated_at: datetime | None = None
    rule: RuleView | None = None


@dataclass(frozen=True, kw_only=True)
class TermsView:
    """What TikTok wants a person to choose and agree to. `names` are the creators' as TikTok shows them, `audiences`
    what may be chosen now, `proposed` the standing choice if it is among them; `audited` whether TikTok has audited our
    app: until then it posts for the creator alone. `problem` is why nothing can be chosen (a catalogue key)."""

    accounts: tuple[AccountView, ...]
    photo: bool
    ai_made: bool
    audited: bool
    names: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    proposed: str = ""
    comments_off: bool = False
    duets_off: bool = False
    stitches_off: bool = False
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class PauseView:
    """What is stopped: everything, unless a product, a platform or an account is named. `waiting` counts the posts that
    would go out by themselves and do not."""

    id: int
    product_id: int | None
    product: str
    platform: Platform | None
    account_id: int | None
    account: str
    reason: str
    paused_by: str
    paused_at: datetime
    waiting: int


@dataclass(frozen=True, kw_only=True)
class ChipView:
    """A post in the calendar; `lead` is how its main text begins. `cause` is a catalogue key for the second line
    of a post that needs a hand."""

    id: int
    product: ProductView
    title: str
    status: PostStatus
    scheduled_at: datetime
    wall: datetime
    timezone: str
    platforms: tuple[Platform, ...]
    thumbnail_url: str = ""
    lead: str = ""
    cause: str | None = None
    movable: bool = True


@dataclass(frozen=True, kw_only=True)
class FreeSlotView:
    """A slot that no post fills yet."""

    product: ProductView
    wall: datetime
    scheduled_at: datetime
    platforms: tuple[Platform, ...]


@dataclass(frozen=True, kw_only=True)
class CalendarView:
    """A window of the calendar. `counts` by status word over the window, before the status filter."""

    chips: tuple[ChipView, ...]
    free_slots: tuple[FreeSlotView, ...]
    counts: dict[str, int]
    products: tuple[ProductView, ...]
    revision: str


@dataclass(frozen=True, kw_only=True)
class CycleView:
    """A cycle while it runs and when it is over. Counts are posts."""

    id: int
    state: CycleState
    planned: int
    written: int
    pictured: int
    failed: int
    step: str = ""
    product_name: str | None = None
    error_key: str | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PulseView:
    """What the frame shows on every page: what goes out next, and what waits for a person."""

    revision: str
    next_due_at: datetime | None
    to_approve: int
    troubled: int
    sandbox: bool


@dataclass(frozen=True, kw_only=True)
class DayView:
    """One day of the chart: what was gained on that day and on the matching day of the period before; None is not
    known."""

    day: date
    metrics: Metrics
    before: Metrics
    posts: int


@dataclass(frozen=True, kw_only=True)
class MomentView:
    """One point of the live chart: total engagement known at an instant."""

    at: datetime
    engagement: int


@dataclass(frozen=True, kw_only=True)
class PlatformFigures:
    """A platform's share of the period, and of the period before."""

    platform: Platform
    posts: int
    metrics: Metrics
    before: Metrics
    measured_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PostFigures:
    """One published delivery in the table."""

    post_id: int
    title: str
    product: ProductView
    platform: Platform
    published_at: datetime
    permalink: str | None
    thumbnail_url: str
    metrics: Metrics


@dataclass(frozen=True, kw_only=True)
class EngagementView:
    """The analytics page: a period, the equal period before it, and the figures of both."""

    start: date
    end: date
    published: int
    published_before: int
    failed: int
    totals: Metrics
    totals_before: Metrics
    days: tuple[DayView, ...]
    moments: tuple[MomentView, ...]
    platforms: tuple[PlatformFigures, ...]
    posts: tuple[PostFigures, ...]
    products: tuple[ProductView, ...]
    measured_at: datetime | None
    revision: str
