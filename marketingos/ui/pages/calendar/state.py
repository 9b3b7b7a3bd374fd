"""The calendar's State: what is looked at, what is drawn of it, and the post on the desk.

The address carries view, day, filters and the open post. A handler acts at once and then writes the address; a load
(first visit, back button, another language) reads it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from marketingos import clock
from marketingos.domain.platform import Platform
from marketingos.domain.slot import wall_time
from marketingos.domain.user import Deed, may
from marketingos.services import accounts, generation, posts
from marketingos.services.views import CalendarView, ProductView
from marketingos.settings import get_settings
from marketingos.ui.address import id_in
from marketingos.ui.components.calendar_view import Entry
from marketingos.ui.components.overlay import close_dialog, open_dialog
from marketingos.ui.notices import notice, refusal
from marketingos.ui.pages.calendar import rows
from marketingos.ui.pages.calendar.rows import Choice, CycleRow, DayRow, SlotRow, StripRow
from marketingos.ui.pages.calendar.window import VIEWS, Window
from marketingos.ui.post.desk import DISCARD_DIALOG, PostDesk
from marketingos.ui.session import actor_of, language_of

FREE_DIALOG, GENERATE_DIALOG = "free-slot", "generate"
_EARLIEST, _LATEST = 1970, 2199
"""Years that can be looked at."""


class CalendarState(PostDesk, rx.State):
    """See the module. `loaded` is false until the first answer; `failed` when there was none."""

    view: str = "month"
    span: int = 7
    day: str = ""
    tab: str = "all"
    product_id: int = 0
    product_name: str = ""
    hidden: tuple[str, ...] = ()

    loaded: bool = False
    failed: bool = False
    title: str = ""
    year: str = ""
    shows_today: bool = True
    now: str = ""
    entries: rx.Field[list[Entry]] = rx.field(default_factory=list)
    revision: int = 0
    days: tuple[DayRow, ...] = ()
    strip: tuple[StripRow, ...] = ()
    counts: rx.Field[dict[str, int]] = rx.field(default_factory=lambda: dict.fromkeys(rows.FILTERS, 0))
    products: tuple[ProductView, ...] = ()
    accounts: int = 0
    may_generate: bool = False
    unborn: bool = False
    cycle: CycleRow = CycleRow()
    slot: SlotRow = SlotRow()
    asked: int = 0
    asked_name: str = ""
    forecast: str = ""
    _seen: str = ""
    _minute: str = ""

    # -- looking -------------------------------------------------------------------------------------------------------

    @rx.event
    async def load(self) -> list[EventSpec] | None:
        """What the address asks for. Words that are being written stay, whatever it says."""
        query = self.router.url.query_parameters
        self.view = query["view"] if query.get("view") in VIEWS else "month"
        self.day = _day(query.get("date", "")) or self._today()
        self.tab = query["status"] if query.get("status") in rows.FILTERS else "all"
        self.product_id = id_in(query.get("product", ""))
        self.hidden = tuple(p.value for p in Platform if p.value in query.get("hide", "").split(","))
        post = id_in(query.get("post", ""))
        writing = self._would_lose_words() and post != self.shown.id
        if not (post or writing):
            self._clear()
        self._take_up()
        # Said first and taken back at the end: a service that refuses leaves it standing.
        self.failed = not self.loaded
        await self._read()
        self.loaded, self.failed = True, False
        if writing:
            self._wanted = post
            return [self._address(), open_dialog(DISCARD_DIALOG)]
        if post:
            await self._open(post)
        return None

    @rx.event
    async def tick(self):
        """Looks again when a post has changed or a minute has passed; tells when a cycle is over."""
        if not self.loaded:
            return None
        cycle = rows.cycle_row(latest := await generation.latest_cycle(), await language_of(self))
        over = self.cycle.running and not cycle.running and latest is not None
        if cycle != self.cycle:
            self.cycle = cycle
        if over or self._minute != _minute() or self._seen != await posts.revision():
            await self._read()
            await self._reload()
        if not over:
            return None
        if latest.error_key and not latest.written:
            return notice(latest.error_key)
        return notice("calendar.written" if latest.written else "calendar.nothing_written", n=latest.written)

    @rx.event
    async def show(self, view: str):
        """Month, week, day or list."""
        self.view = view if view in VIEWS else "month"
        return await self._turned()

    @rx.event
    async def fit(self, narrow: bool) -> None:
        """A week of three days where there is no room for seven."""
        span = 3 if narrow else 7
        if span == self.span:
            return
        self.span = span
        if self.loaded and self.view == "week":
            await self._read()

    @rx.event
    async def step(self, steps: int):
        """The next or the one before; its first day, or today where it lies in it."""
        self.day = self._window().shifted(1 if steps > 0 else -1).isoformat()
        today = date.fromisoformat(self._today())
        if self._window().shows(today):
            self.day = today.isoformat()
        return await self._turned()

    @rx.event
    async def go(self, day: str):
        """To a day."""
        self.day = _day(day) or self._today()
        return await self._turned()

    @rx.event
    async def go_today(self):
        """To today."""
        return await self.go("")

    @rx.event
    async def choose_tab(self, tab: str):
        """One status, or all."""
        self.tab = tab if tab in rows.FILTERS else "all"
        return await self._turned()

    @rx.event
    async def choose_product(self, product_id: int):
        """One product, or all (0)."""
        self.product_id = product_id
        return await self._turned()

    @rx.event
    async def toggle(self, platform: str):
        """Shows or hides a platform."""
        known = [p.value for p in Platform]
        hidden = tuple(p for p in known if (p in self.hidden) != (p == platform))
        self.hidden = () if len(hidden) == len(known) else hidden
        return await self._turned()

    @rx.event
    async def show_everything(self):
        """Without filters."""
        self.tab, self.product_id, self.hidden = "all", 0, ()
        return await self._turned()

    async def _turned(self) -> EventSpec:
        await self._read()
        return self._address()

    async def _read(self) -> None:
        actor, window = await actor_of(self), self._window()
        self.may_generate = may(actor.role, Deed.GENERATE)
        calendar = await posts.calendar(actor, start=window.start, end=window.end, product_id=self.product_id or None)
        self._seen, self._minute = calendar.revision, _minute()
        self.unborn = calendar.revision == ""
        if self.unborn:
            self.accounts = len(await accounts.list_accounts())
        self._draw(calendar, window, await language_of(self))

    def _draw(self, calendar: CalendarView, window: Window, language: str) -> None:
        choice, now = Choice(tab=self.tab, hidden=self.hidden), clock.now()
        self.title, self.year = window.title(language)
        self.shows_today = window.shows(date.fromisoformat(self._today()))
        self.now = now.isoformat() if get_settings().clock_start else ""
        self.counts = rows.counts_of(calendar, window, choice)
        self.days = rows.days(calendar, window, choice, now, language)
        self.strip = rows.strip(calendar, window, choice, now, language)
        self.products = calendar.products
        self.product_name = next((p.name for p in calendar.products if p.id == self.product_id), "")
        drawn = rows.entries(calendar, window, choice, language)
        if drawn != self.entries:
            self.entries = drawn

    # -- the open post -------------------------------------------------------------------------------------------------

    @rx.event
    async def open(self, entry: str):
        """A post of the grid or the list."""
        return await self._turn_to(int(entry))

    @rx.event
    async def close(self):
        """Puts the panel away."""
        return await self._turn_to(0)

    async def _turn_to(self, post_id: int) -> EventSpec:
        """Another post on the desk, or none (0); asks first when words would be lost."""
        self._wanted = post_id
        if self._would_lose_words() and post_id != self.shown.id:
            return open_dialog(DISCARD_DIALOG)
        if post_id:
            await self._open(post_id)
        else:
            self._clear()
        self._wanted = -1
        return self._address()

    async def _go_on(self) -> list[EventSpec]:
        return [] if self._wanted < 0 else [await self._turn_to(self._wanted)]

    async def _changed(self) -> None:
        await self._read()

    # -- moving --------------------------------------------------------------------------------------------------------

    @rx.event
    async def drop(self, entry: str, start: str):
        """A chip was put on another time (an instant in UTC)."""
        post = await posts.post(await actor_of(self), int(entry))
        return await self._move(post, wall_time(datetime.fromisoformat(start), post.timezone))

    @rx.event
    async def carry(self, entry: str, days: int):
        """A chip was moved by keyboard."""
        if not entry.isdecimal():
            return None
        post = await posts.post(await actor_of(self), int(entry))
        return await self._move(post, post.wall + timedelta(days=days))

    @rx.event
    def refuse_drop(self) -> EventSpec:
        """A chip was let go over the past."""
        return refusal("move.past")

    @rx.event
    async def dropped(self) -> None:
        """After a drop, refused or not, the grid shows what is stored."""
        self.revision += 1

    # -- writing -------------------------------------------------------------------------------------------------------

    @rx.event
    async def ask_free(self, entry: str):
        """A free slot was pressed."""
        actor, window = await actor_of(self), self._window()
        calendar = await posts.calendar(actor, start=window.start, end=window.end)
        slot = next((f for f in calendar.free_slots if rows.slot_id(f) == entry), None)
        if slot is None:
            return None
        horizon = timedelta(days=get_settings().horizon_days)
        self.slot = rows.slot_row(slot, clock.now(), horizon, await language_of(self))
        if self.may_generate:
            await self._forecast(slot.product.id)
        return open_dialog(FREE_DIALOG)

    @rx.event
    async def ask_generate(self, product_id: int):
        """What a cycle would cost, for one product or for all (0), before it is asked for."""
        self.asked = product_id
        self.asked_name = next((p.name for p in self.products if p.id == product_id), "")
        await self._forecast(product_id)
        return open_dialog(GENERATE_DIALOG)

    async def _forecast(self, product_id: int) -> None:
        forecast = await generation.forecast(await actor_of(self), product_id or None)
        self.forecast = rows.forecast_text(forecast, await language_of(self))

    @rx.event
    async def generate(self, product_id: int):
        """Asks for a cycle: for one product, or for all (0)."""
        cycle = await generation.request_cycle(await actor_of(self), product_id or None)
        self.cycle = rows.cycle_row(cycle, await language_of(self))
        return [close_dialog(FREE_DIALOG), close_dialog(GENERATE_DIALOG)]

    # -- the address ---------------------------------------------------------------------------------------------------

    def _address(self) -> EventSpec:
        """Writes the address without leaving the page; the back button comes back here."""
        asked: dict[str, Any] = {
            "view": self.view if self.view != "month" else "",
            "date": self.day if self.day != self._today() else "",
            "status": self.tab if self.tab != "all" else "",
            "product": self.product_id or "",
            "hide": ",".join(self.hidden),
            "post": self.shown.id or "",
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return rx.call_script(_WRITE % repr(f"/?{query}" if query else "/"))

    def _window(self) -> Window:
        day = date.fromisoformat(self.day or self._today())
        return Window(view=self.view, day=day, zone=get_settings().timezone, span=self.span)

    def _today(self) -> str:
        return clock.today(get_settings().timezone).isoformat()


_WRITE = """((to) => {
  if (location.pathname + location.search === to) return;
  history.pushState({...history.state, key: Math.random().toString(36).slice(2)}, "", to);
})(%s)"""


def _day(text: str) -> str:
    """The day that a text names, or nothing."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return day.isoformat() if _EARLIEST <= day.year <= _LATEST else ""


def _minute() -> str:
    return f"{clock.now():%H:%M}"
