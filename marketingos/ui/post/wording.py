"""How a post is told: rows from the service's views, in the person's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from marketingos import clock
from marketingos.domain.check import Severity, severity
from marketingos.domain.delivery import DeliveryStatus, HoldReason, Outcome
from marketingos.domain.media import MediaKind
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Platform, hashtags_in
from marketingos.domain.post import Origin, PostStatus, VariantStatus
from marketingos.domain.receipt import Verdict
from marketingos.services.views import DeliveryView, PostView, VariantView
from marketingos.text import catalogue, format_date, format_number, format_slot, relative, sentence
from marketingos.ui.post.files import MEDIA, draw_price, drawings_of, filming, media_note, pieces_of
from marketingos.ui.post.receipts import receipt_row
from marketingos.ui.post.rewrites import proposal_row
from marketingos.ui.post.rows import (
    AttemptRow,
    CheckRow,
    DeliveryRow,
    FindingRow,
    PostRow,
    VariantRow,
)
from marketingos.ui.post.why import why_row
from marketingos.ui.rules import rule_row
from marketingos.ui.theme import PLATFORM_NAMES

CHECKS = {
    "length": ("check.empty", "check.too_long"),
    "media": ("check.no_media", "check.no_title", "check.media_failed", *MEDIA),
    "hashtags": ("check.too_many_hashtags", "check.too_many_tags"),
    "facts": ("check.wrong_price", "check.false_claim", "check.unknown_fact"),
    "words": ("check.banned_word", "check.competitor"),
    "language": ("check.off_language",),
    "repetition": ("check.near_duplicate", "check.same_picture", "check.repeats"),
    "links": ("check.foreign_link", "check.dead_link", "check.untagged_link"),
    "people": ("check.personal_data",),
    "orders": ("check.injection",),
    "risk": ("check.risky",),
    "access": ("check.missing_alt_text",),
    "disclosure": (
        "check.undisclosed_ai",
        "check.label_ai_facebook",
        "check.label_ai_instagram",
        "check.label_ai_linkedin",
    ),
    "account": ("check.no_account", "check.account_needs_reconnect"),
}
"""What is looked at in every variant, and the findings that belong to each."""


def post_row(post: PostView, language: str) -> PostRow:
    """A post in a language, now."""
    now = clock.now()
    findings = tuple(f for v in post.variants for f in _findings(v, language))
    pending = [v for v in post.variants if v.status is VariantStatus.PENDING]
    deliveries = [d for v in post.variants for d in v.deliveries]
    checks = _checks(findings, language)
    movable = not any(d.status in _OUT for d in deliveries)
    return PostRow(
        id=post.id,
        product=post.product,
        title=post.title,
        status=badge_of(post),
        slot=format_slot(_moment(post, deliveries), now, language, post.timezone),
        city=post.timezone.rsplit("/", 1)[-1].replace("_", " "),
        date=f"{post.wall:%Y-%m-%d}",
        time=f"{post.wall:%H:%M}",
        today=_today(now, post.timezone).isoformat(),
        origin=_origin(post, language),
        next=_next(post, deliveries, now, language),
        differs=_differs(post, language),
        media_error=sentence(post.media_error, language)
        if post.media_error in catalogue(language)
        else post.media_error or "",
        drawings=drawings_of(post, language),
        draw_price=draw_price(post, language),
        filming=filming(post, language),
        variants=tuple(_variant(v, post, language) for v in post.variants),
        findings=findings,
        checks=checks,
        passed=sum(c.level == "ok" for c in checks),
        deliveries=tuple(
            _delivery(d, v.platform, post.timezone, now, language) for v in post.variants for d in v.deliveries
        ),
        unconfirmed=next((d.id for d in deliveries if d.unconfirmed), 0),
        why=why_row(post, language),
        rule=rule_row(post.rule, language),
        waiting=len(pending),
        clear=sum(not _is_blocked(v) for v in pending),
        can_edit=post.can_edit and any(_is_writable(v) for v in post.variants),
        can_approve=post.can_approve and bool(pending),
        can_reject=post.can_approve and any(_is_writable(v) for v in post.variants),
        can_move=post.can_edit and movable,
        can_withdraw=post.can_approve
        and any(v.status is VariantStatus.APPROVED and _is_editable(v) for v in post.variants),
        can_publish_now=post.can_approve and any(d.status in _WAITING for d in deliveries),
        can_restore=post.can_approve and post.status is PostStatus.REJECTED,
        can_settle=post.can_approve,
        platforms=" ".join(v.platform.value for v in post.variants),
        faces=tuple(v.face for v in post.variants),
    )


def _moment(post: PostView, deliveries: Sequence[DeliveryView]) -> datetime:
    """When it goes out, or went out once it has."""
    out = [d.published_at for d in deliveries if d.published_at]
    return min(out) if post.status is PostStatus.PUBLISHED and out else post.scheduled_at


def badge_of(post: PostView) -> str:
    """The word of the badge: the post's status, or why it is held."""
    reasons = {d.hold_reason for v in post.variants for d in v.deliveries if d.status is DeliveryStatus.HELD}
    if post.status is not PostStatus.APPROVED or not reasons:
        return post.status.value
    return "LATE" if HoldReason.LATE in reasons else "HELD"


_OUT = (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN, DeliveryStatus.PUBLISHED)
_WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING, DeliveryStatus.HELD, DeliveryStatus.FAILED)


def _today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def _is_editable(variant: VariantView) -> bool:
    return not any(d.status in _OUT for d in variant.deliveries)


def _is_writable(variant: VariantView) -> bool:
    return _is_editable(variant) and variant.status is not VariantStatus.REJECTED


def _keys(variant: VariantView) -> tuple[str, ...]:
    """The variant's findings, and that its account waits to be reconnected."""
    broken = variant.account is not None and not variant.account.working
    return (*variant.findings, "check.account_needs_reconnect") if broken else variant.findings


def _is_blocked(variant: VariantView) -> bool:
    return any(severity(key) is Severity.BLOCKS for key in _keys(variant))


def _findings(variant: VariantView, language: str) -> list[FindingRow]:
    if variant.status is not VariantStatus.PENDING:
        return []
    return [_finding(variant, key, language) for key in _keys(variant)] + [
        replace(
            _finding(variant, known.key, language),
            level="ok",
            excuse=sentence("check.set_aside", language, name=known.by, reason=known.reason),
        )
        for known in variant.set_aside
    ]


def _finding(variant: VariantView, key: str, language: str) -> FindingRow:
    values = variant.details.get(key, {})
    return FindingRow(
        key=key,
        level=severity(key).value,
        text=sentence(key, language, **values),
        platform=variant.platform.value,
        variant_id=variant.id,
        instead=_instead(key, str(values.get("instead", "")), language),
    )


def _instead(key: str, known: str, language: str) -> str:
    """What is known instead: the nearest fact, or the day of the other post."""
    if not known:
        return ""
    if key == "check.near_duplicate":
        day = format_date(date.fromisoformat(known), language)
        return sentence("check.other_day", language, date=day)
    return sentence("check.nearest", language, fact=known)


def _checks(findings: Sequence[FindingRow], language: str) -> tuple[CheckRow, ...]:
    """Every check, those with findings first."""
    rows = []
    for name, keys in CHECKS.items():
        found = [f for f in findings if f.key in keys and not f.excuse]
        level = "ok" if not found else "blocks" if any(f.level == "blocks" for f in found) else "warns"
        where = ", ".join(dict.fromkeys(PLATFORM_NAMES[Platform(f.platform)] for f in found))
        note = where or sentence("post.check_ok", language)
        rows.append(CheckRow(name=sentence(f"post.check.{name}", language), level=level, note=note))
    return tuple(sorted(rows, key=lambda row: ("blocks", "warns", "ok").index(row.level)))


def _variant(variant: VariantView, post: PostView, language: str) -> VariantRow:
    return VariantRow(
        id=variant.id,
        platform=variant.platform.value,
        kind=_kind(variant, language),
        mark=_mark(variant),
        pending=variant.status is VariantStatus.PENDING,
        approvable=variant.status is VariantStatus.PENDING and not _is_blocked(variant),
        editable=post.can_edit and _is_writable(variant),
        view=replace(variant, proposal=None),
        count=_count(variant, language),
        pieces=pieces_of(variant, language),
        media_note=media_note(variant, language),
        rejected=_rejected(variant, language),
        seen_by=sentence(f"post.privacy.{variant.privacy}", language) if variant.privacy else "",
        permalink=next((d.permalink for d in variant.deliveries if d.permalink), "") or "",
        proposal=proposal_row(variant, language),
    )


def _mark(variant: VariantView) -> str:
    statuses = {d.status for d in variant.deliveries}
    for status, mark in _MARKS.items():
        if status in statuses and variant.status is VariantStatus.APPROVED:
            return mark
    if variant.status is not VariantStatus.PENDING:
        return variant.status.name
    return "blocks" if _is_blocked(variant) else "warns" if variant.findings else "ok"


_MARKS = {
    DeliveryStatus.UNKNOWN: PostStatus.UNKNOWN.value,
    DeliveryStatus.FAILED: PostStatus.FAILED.value,
    DeliveryStatus.HELD: "HELD",
    DeliveryStatus.SENDING: PostStatus.PUBLISHING.value,
    DeliveryStatus.RETRYING: PostStatus.APPROVED.value,
    DeliveryStatus.QUEUED: PostStatus.APPROVED.value,
    DeliveryStatus.PUBLISHED: PostStatus.PUBLISHED.value,
}


def _kind(variant: VariantView, language: str) -> str:
    film = next((m for m in variant.media if m.kind is MediaKind.VIDEO), None)
    if film and film.seconds:
        return sentence("post.kind.video_of", language, seconds=round(film.seconds))
    return sentence(f"post.kind.{variant.format.value}", language)


def _count(variant: VariantView, language: str) -> str:
    """`269 de 2.200 · 3 etiquetas`."""
    length, limit = format_number(variant.length, language), format_number(variant.limit, language)
    said = [sentence("post.count", language, length=length, limit=limit)]
    if tags := len(hashtags_in(variant.text)):
        said.append(sentence("post.hashtags", language, n=tags))
    if variant.platform is Platform.TIKTOK and any(file.ai_made for file in variant.media):
        said.append(sentence("post.made_with_ai", language))
    return " · ".join(said)


def _rejected(variant: VariantView, language: str) -> str:
    if variant.status is not VariantStatus.REJECTED or variant.reject_reason is None:
        return ""
    reason = sentence(f"post.reason.{variant.reject_reason.value}", language)
    return f"{reason}. {variant.reject_note}" if variant.reject_note else reason


def _origin(post: PostView, language: str) -> str:
    """`v3 · hecha con IA, retocada por Laura`."""
    editor = next((v.edited_by for v in post.variants if v.edited_by), None)
    made = sentence("post.origin.ai" if post.origin is Origin.AI else "post.origin.hand", language)
    touched = sentence("post.origin.edited", language, name=editor) if editor else ""
    version = max((v.version for v in post.variants), default=1)
    return f"v{version} · {made}{touched}"


def _next(post: PostView, deliveries: Sequence[DeliveryView], now: datetime, language: str) -> str:
    """What happens by itself, or what it waits for."""
    if post.status is PostStatus.APPROVED and any(d.paused for d in deliveries):
        return sentence("post.next.paused", language)
    waiting = [d.resting_until or d.due_at for d in deliveries if d.status is DeliveryStatus.QUEUED]
    if waiting and post.status is PostStatus.APPROVED:
        at = format_slot(max(min(waiting), now), now, language, post.timezone)
        return sentence("post.next.goes_out", language, at=at)
    if post.status is PostStatus.REJECTED:
        reason = next((_rejected(v, language) for v in post.variants if v.reject_reason), "")
        return sentence("post.next.rejected", language, reason=reason.rstrip("."))
    if post.status is PostStatus.UNKNOWN:
        asked = "post.next.unknown" if any(d.unconfirmed for d in deliveries) else "post.next.looking"
        return sentence(asked, language, platform=_platform_of(post, DeliveryStatus.UNKNOWN))
    if post.status in (PostStatus.FAILED, PostStatus.PARTIAL):
        cause = next((d.error_key for d in deliveries if d.status is DeliveryStatus.FAILED), None)
        where = _platform_of(post, DeliveryStatus.FAILED)
        return sentence(
            "post.next.failed", language, platform=where, cause=sentence(cause or "error.outside", language)
        )
    if post.status in _NEXT:
        return sentence(_NEXT[post.status], language)
    if badge_of(post) not in ("HELD", "LATE"):
        return ""
    refused = next((d.error_key for d in deliveries if d.status is DeliveryStatus.HELD and d.error_key), None)
    return sentence(refused or "post.next.held", language)


_NEXT = {
    PostStatus.EXPIRED: "post.next.expired",
    PostStatus.PUBLISHING: "post.next.publishing",
}


def _differs(post: PostView, language: str) -> str:
    """Where what is live is not what was approved."""
    names = [
        PLATFORM_NAMES[v.platform]
        for v in post.variants
        if any(d.receipt and d.receipt.verdict is Verdict.DIFFERS for d in v.deliveries)
    ]
    return sentence("receipt.differs_on", language, platform=", ".join(names)) if names else ""


def _platform_of(post: PostView, status: DeliveryStatus) -> str:
    """The platforms where a delivery stands like that."""
    return ", ".join(PLATFORM_NAMES[v.platform] for v in post.variants if any(d.status is status for d in v.deliveries))


def _delivery(delivery: DeliveryView, platform: Platform, zone: str, now: datetime, language: str) -> DeliveryRow:
    mark = _MARKS.get(delivery.status, PostStatus.DRAFT.value)
    at = delivery.published_at or delivery.resting_until or delivery.next_try_at or delivery.due_at
    name = PLATFORM_NAMES[platform]
    when = format_slot(at, now, language, zone)
    return DeliveryRow(
        id=delivery.id,
        platform=platform.value,
        account=delivery.account.handle or delivery.account.name,
        mark=mark,
        text=sentence(f"post.delivery.{delivery.status.value}", language, platform=name, at=when),
        detail=_detail(delivery, name, when, language),
        permalink=delivery.permalink or "",
        figures=_figures(delivery.metrics, language) if delivery.metrics else "",
        unconfirmed=delivery.unconfirmed,
        note=sentence(delivery.note_key, language) if delivery.note_key else "",
        receipt=receipt_row(delivery, name, now, language, zone),
        attempts=tuple(_attempts(delivery, zone, now, language)),
    )


def _detail(delivery: DeliveryView, platform: str, when: str, language: str) -> str:
    """Why it stands as it does: its account rests, something went wrong, or a person has to decide."""
    cause = delivery.error_key if delivery.status in _EXPLAINED else None
    held = f"hold.{delivery.hold_reason.value}" if delivery.hold_reason else None
    key = delivery.rest_reason or cause or held
    return sentence(key, language, platform=platform, at=when) if key else ""


_EXPLAINED = (DeliveryStatus.FAILED, DeliveryStatus.RETRYING, DeliveryStatus.UNKNOWN, DeliveryStatus.HELD)


def _attempts(delivery: DeliveryView, zone: str, now: datetime, language: str) -> list[AttemptRow]:
    rows = []
    for attempt in delivery.attempts:
        outcome = attempt.outcome or "under_way"
        told = sentence(f"post.attempt.{outcome}", language)
        why = f" {sentence(attempt.error_key, language)}" if attempt.error_key else ""
        when = relative(now, attempt.started_at, language, zone)
        rows.append(
            AttemptRow(number=attempt.number, text=told + why, when=when, level=_LEVELS.get(outcome, "looking"))
        )
    return rows


_LEVELS = {Outcome.PUBLISHED.value: "ok", Outcome.NOT_PUBLISHED.value: "blocks", Outcome.UNKNOWN.value: "warns"}


def _figures(metrics: Metrics, language: str) -> str:
    """The counts that the platform gives: `1.204 vistas · 31 me gusta`. Missing is not said."""
    known = [(name, getattr(metrics, name)) for name in ("views", "likes", "comments", "shares", "saves")]
    return " · ".join(
        sentence(f"post.figure.{name}", language, n=count, count=format_number(count, language))
        for name, count in known
        if count is not None
    )
