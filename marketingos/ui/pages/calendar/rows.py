"""What the calendar draws: entries of the grid, days of the list, counts of the tabs, in the person's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import dates

from marketingos.domain.cycle import CycleState
from marketingos.domain.post import PostStatus
from marketingos.services.spending import Forecast
from marketingos.services.views import CalendarView, ChipView, CycleView, FreeSlotView
from marketingos.text import format_day, format_euro, format_slot, format_time, sentence
from marketingos.ui.components.calendar_view import Entry
from marketingos.ui.pages.calendar.window import AGENDA, Window, monday

TROUBLE = (PostStatus.FAILED, PostStatus.UNKNOWN, PostStatus.EXPIRED, PostStatus.PARTIAL)
FILTERS: dict[str, tuple[str, ...]] = {
    "all": (),
    "pending": (PostStatus.PENDING_APPROVAL,),
    "approved": (PostStatus.APPROVED, PostStatus.PUBLISHING, "HELD", "LATE"),
    "published": (PostStatus.PUBLISHED,),
    "trouble": (*TROUBLE, "LATE"),
    "free": (),
}
"""The tabs: legend, count and filter in one. What goes out right now still counts as approved."""

_HELD = {"hold.late": "LATE", "hold.paused": "HELD", "hold.permission": "HELD", "hold.blocked": "HELD"}


@dataclass(frozen=True, kw_only=True)
class CardRow:
    """A post, or a free slot, in the list."""

    id: str
    free: bool
    time: str
    status: str
    title: str
    cause: str
    product: str
    mark: str
    ground: str
    ink: str
    thumb: str
    platforms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """A day of the list: `Hoy`, `domingo 22`."""

    day: str
    name: str
    date: str
    today: bool
    cards: tuple[CardRow, ...]


@dataclass(frozen=True, kw_only=True)
class StripRow:
    """A day of the week above the phone's list, with a dot for each of its first posts."""

    day: str
    weekday: str
    number: str
    name: str
    today: bool
    chosen: bool
    dots: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CycleRow:
    """A cycle under way. `done` of `planned` steps are over: a text and a picture for each post."""

    running: bool = False
    text: str = ""
    done: int = 0
    planned: int = 0


@dataclass(frozen=True, kw_only=True)
class SlotRow:
    """A free slot that somebody pressed; `reached` says whether the next cycle would fill it."""

    product_id: int = 0
    product: str = ""
    when: str = ""
    platforms: tuple[str, ...] = ()
    reached: bool = True


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is left in: the tab and the platforms that are shown."""

    tab: str = "all"
    hidden: tuple[str, ...] = ()

    def has(self, chip: ChipView) -> bool:
        """Whether the tab lets a post through."""
        return self.tab == "all" or word_of(chip) in FILTERS[self.tab]

    def sees(self, platforms: Iterable[str]) -> bool:
        """Whether any of the platforms is shown."""
        return any(p not in self.hidden for p in platforms)


def counts_of(calendar: CalendarView, window: Window, choice: Choice) -> dict[str, int]:
    """How many posts each tab has, of the platforms that are shown, in the days that are drawn."""
    zone = ZoneInfo(window.zone)
    inside = [c for c in calendar.chips if choice.sees(c.platforms) and _is_drawn(c.scheduled_at, window, zone)]
    free = [f for f in calendar.free_slots if choice.sees(f.platforms) and _is_drawn(f.scheduled_at, window, zone)]
    words = Counter(word_of(c) for c in inside)
    return {
        tab: len(inside) if tab == "all" else len(free) if tab == "free" else sum(words[str(s)] for s in statuses)
        for tab, statuses in FILTERS.items()
    }


def entries(calendar: CalendarView, window: Window, choice: Choice, language: str) -> list[Entry]:
    """The grid: posts, and after them the slots that nobody fills."""
    posts = [_post(c, window.zone, language) for c in calendar.chips if choice.sees(c.platforms) and choice.has(c)]
    free = [_free(f, window.zone) for f in calendar.free_slots if choice.sees(f.platforms)]
    return posts + (free if choice.tab in ("all", "free") else [])


def days(calendar: CalendarView, window: Window, choice: Choice, now: datetime, language: str) -> tuple[DayRow, ...]:
    """The list from the chosen day on; days with nothing are left out."""
    zone = ZoneInfo(window.zone)
    by_day: dict[date, list[tuple[datetime, CardRow]]] = {}
    for chip in calendar.chips:
        if choice.sees(chip.platforms) and choice.has(chip):
            by_day.setdefault(_day(chip.scheduled_at, zone), []).append(
                (chip.scheduled_at, _card(chip, window, language))
            )
    for slot in calendar.free_slots:
        if choice.sees(slot.platforms) and choice.tab in ("all", "free"):
            by_day.setdefault(_day(slot.scheduled_at, zone), []).append((slot.scheduled_at, _free_card(slot, window)))
    shown = sorted(day for day in by_day if window.day <= day < window.day + AGENDA)
    return tuple(_day_row(day, by_day[day], _day(now, zone), language) for day in shown)


def strip(calendar: CalendarView, window: Window, choice: Choice, now: datetime, language: str) -> tuple[StripRow, ...]:
    """The week of the chosen day."""
    zone, first = ZoneInfo(window.zone), monday(window.day)
    dots: dict[date, list[str]] = {}
    for chip in calendar.chips:
        if choice.sees(chip.platforms):
            dots.setdefault(_day(chip.scheduled_at, zone), []).append(word_of(chip))
    return tuple(
        StripRow(
            day=day.isoformat(),
            weekday=dates.format_date(day, "EEE", locale=language).rstrip("."),
            number=str(day.day),
            name=_day_name(day, len(dots.get(day, ())), language),
            today=day == _day(now, zone),
            chosen=day == window.day,
            dots=tuple(dots.get(day, ())[:3]),
        )
        for day in (first + timedelta(days=n) for n in range(7))
    )


def _day_name(day: date, posts: int, language: str) -> str:
    """What the dots say, for who does not see them."""
    return f"{format_day(day, language, long=True)}, {sentence('calendar.day_posts', language, n=posts)}"


def cycle_row(cycle: CycleView | None, language: str) -> CycleRow:
    """`Escribiendo 7 de 14… ReservasPro`; not running when it is over."""
    if cycle is None or cycle.state not in (CycleState.QUEUED, CycleState.RUNNING, CycleState.WAITING):
        return CycleRow()
    written, pictured = cycle.written + cycle.failed, cycle.pictured + cycle.failed
    if cycle.state is CycleState.WAITING:
        text = sentence("cycle.waiting", language)
    elif not cycle.planned:
        text = sentence("calendar.preparing", language)
    else:
        key, done = ("writing", written) if written < cycle.planned else ("picturing", pictured)
        text = sentence(f"calendar.{key}", language, n=min(done + 1, cycle.planned), total=cycle.planned)
    text = f"{text} {cycle.product_name}" if cycle.product_name else text
    return CycleRow(running=True, text=text, done=written + pictured, planned=2 * cycle.planned)


def forecast_text(forecast: Forecast, language: str) -> str:
    """`Unos 0,42 € por 6 publicaciones. Hoy quedan 3,10 €.`; what cannot be written any more is said."""
    if not forecast.posts:
        return sentence("calendar.forecast.none", language)
    key = "calendar.forecast" if forecast.suffices else "calendar.forecast.short"
    euro, left = format_euro(forecast.euro, language), format_euro(forecast.left, language)
    return sentence(key, language, n=forecast.posts, euro=euro, left=left)


def slot_row(slot: FreeSlotView, now: datetime, horizon: timedelta, language: str) -> SlotRow:
    """A free slot in words."""
    return SlotRow(
        product_id=slot.product.id,
        product=slot.product.name,
        when=format_slot(slot.scheduled_at, now, language, slot.product.timezone),
        platforms=tuple(p.value for p in slot.platforms),
        reached=slot.scheduled_at <= now + horizon,
    )


def slot_id(slot: FreeSlotView) -> str:
    """How the grid names a free slot."""
    return f"free:{slot.product.id}:{slot.wall:%Y-%m-%dT%H:%M}"


def word_of(chip: ChipView) -> str:
    """The word of a chip: its status, or why it is held."""
    if chip.status is PostStatus.APPROVED and chip.cause:
        return _HELD.get(chip.cause, chip.status.value)
    return chip.status.value


def _post(chip: ChipView, zone: str, language: str) -> Entry:
    return Entry(
        id=str(chip.id),
        kind="post",
        start=chip.scheduled_at.astimezone(ZoneInfo(zone)).isoformat(),
        time=format_time(chip.scheduled_at, zone),
        title=chip.title,
        lead=chip.lead,
        status=word_of(chip),
        product=chip.product.name,
        thumb=chip.thumbnail_url,
        platforms=[p.value for p in chip.platforms],
        cause=_cause(chip, language),
        movable=chip.movable,
    )


def _free(slot: FreeSlotView, zone: str) -> Entry:
    return Entry(
        id=slot_id(slot),
        kind="free",
        start=slot.scheduled_at.astimezone(ZoneInfo(zone)).isoformat(),
        time=format_time(slot.scheduled_at, zone),
        title=slot.product.name,
        product=slot.product.name,
        platforms=[p.value for p in slot.platforms],
        passed=False,
    )


def _card(chip: ChipView, window: Window, language: str) -> CardRow:
    palette = chip.product.palette
    return CardRow(
        id=str(chip.id),
        free=False,
        time=format_time(chip.scheduled_at, window.zone),
        status=word_of(chip),
        title=chip.title,
        cause=_cause(chip, language),
        product=chip.product.name,
        mark=chip.product.mark,
        ground=palette[0],
        ink=palette[1] if len(palette) > 1 else "#ffffff",
        thumb=chip.thumbnail_url,
        platforms=tuple(p.value for p in chip.platforms),
    )


def _free_card(slot: FreeSlotView, window: Window) -> CardRow:
    palette = slot.product.palette
    return CardRow(
        id=slot_id(slot),
        free=True,
        time=format_time(slot.scheduled_at, window.zone),
        status="",
        title="",
        cause="",
        product=slot.product.name,
        mark=slot.product.mark,
        ground=palette[0],
        ink=palette[1] if len(palette) > 1 else "#ffffff",
        thumb="",
        platforms=tuple(p.value for p in slot.platforms),
    )


def _cause(chip: ChipView, language: str) -> str:
    """The second line of a chip that asks for a hand."""
    return (
        sentence(chip.cause, language).rstrip(".")
        if chip.cause and chip.status is not PostStatus.PENDING_APPROVAL
        else ""
    )


def _day_row(day: date, cards: Sequence[tuple[datetime, CardRow]], today: date, language: str) -> DayRow:
    weekday = dates.format_date(day, "EEEE", locale=language)
    near = {0: "calendar.today", 1: "calendar.tomorrow", -1: "calendar.yesterday"}.get((day - today).days)
    far = f"{day.day}" if day.month == today.month else dates.format_date(day, "d MMMM", locale=language)
    return DayRow(
        day=day.isoformat(),
        name=sentence(near, language) if near else weekday.capitalize(),
        date=f"{weekday} {far}" if near else far,
        today=day == today,
        cards=tuple(card for _, card in sorted(cards, key=lambda pair: (pair[0], pair[1].free))),
    )


def _is_drawn(at: datetime, window: Window, zone: ZoneInfo) -> bool:
    return window.first <= _day(at, zone) < window.last


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
