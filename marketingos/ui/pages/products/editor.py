"""The form's State: what is typed goes into the draft, and the page is told only what it has to draw anew.

Texts are kept by the browser's own fields; `form` is what they start with and `form_key` makes them start again.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from marketingos import clock
from marketingos.domain.platform import Platform
from marketingos.domain.sheet import ProductSheet
from marketingos.services.portfolio import Portfolio
from marketingos.settings import get_settings
from marketingos.ui.components.overlay import close_dialog, open_dialog
from marketingos.ui.pages.products import rows
from marketingos.ui.pages.products.draft import (
    LISTS,
    OTHERS,
    TEXTS,
    Draft,
    FactDraft,
    SlotDraft,
    data_of,
    draft_of,
    tiles,
)
from marketingos.ui.pages.products.rows import AccountRow, Contrast, DayRow, Speaker
from marketingos.ui.session import language_of

SLOT_DIALOG = "slot-dialog"
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_BLANK = dict.fromkeys((*TEXTS, *LISTS, *OTHERS, "external_id"), "")


class Editor(rx.State, mixin=True):
    """The form. `dirty` says that something is not saved; `errors` has a sentence for each field, or ""."""

    form: rx.Field[dict[str, str]] = rx.field(default_factory=lambda: dict.fromkeys(TEXTS, ""))
    form_key: int = 0
    lists: rx.Field[dict[str, list[str]]] = rx.field(default_factory=lambda: {name: [] for name in LISTS})
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=lambda: dict(_BLANK))
    facts: tuple[FactDraft, ...] = ()
    days: tuple[DayRow, ...] = ()
    slot_count: int = 0
    city: str = ""
    palette: tuple[str, ...] = ("#1E1C19", "#F6F4F0", "#4A45CF")
    contrast: Contrast = Contrast()
    mark: str = "package"
    logo_url: str = ""
    accounts: tuple[AccountRow, ...] = ()
    lacking: tuple[str, ...] = ()
    dirty: bool = False

    slot_key: str = ""
    slot_day: str = "0"
    slot_time: str = "09:30"
    slot_platforms: tuple[str, ...] = ()
    slot_error: str = ""

    _draft: Draft | None = None
    _saved: Draft | None = None

    # -- typing --------------------------------------------------------------------------------------------------------

    @rx.event
    async def edit(self, name: str, value: str) -> Any:
        """A field says something else."""
        return await self._changed_to(self._now.with_text(name, value), name)

    @rx.event
    async def edit_list(self, name: str, values: list[str]) -> Any:
        """A list of words is another."""
        return await self._changed_to(self._now.with_list(name, values), name)

    @rx.event
    async def edit_fact(self, key: str, name: str, value: str) -> Any:
        """A line of the facts sheet says something else."""
        return await self._changed_to(self._now.with_fact(key, name, value), "facts")

    @rx.event
    async def add_fact(self) -> Any:
        """An empty line at the end of the facts sheet, with the cursor in it."""
        key = f"new-{self._now.serial}"
        told = await self._changed_to(self._now.with_new_fact(), "facts")
        focus = rx.call_script(f"setTimeout(() => document.getElementById('claim-{key}')?.focus(), 60)")
        return [told, focus] if told else focus

    @rx.event
    async def drop_fact(self, key: str) -> Any:
        """One line less."""
        return await self._changed_to(self._now.without_fact(key), "facts")

    @rx.event
    async def pick_colour(self, place: int, colour: str) -> Any:
        """One of the three colours."""
        palette = list(self._now.palette)
        if not (0 <= place < len(palette) and re.fullmatch(r"#[0-9a-fA-F]{6}", colour.strip())):
            return None
        palette[place] = colour.strip().upper()
        return await self._changed_to(replace(self._now, palette=tuple(palette)), "palette")

    @rx.event
    async def pick_mark(self, mark: str) -> Any:
        """The icon that stands for the product."""
        return await self._changed_to(self._now.with_text("mark", mark), "mark")

    @rx.event
    async def logo_taken(self, answer: str) -> Any:
        """A picture was stored; it is the logo once the product is saved."""
        told = json.loads(answer)
        self.logo_url = str(told["url"])
        return await self._changed_to(replace(self._now, logo=str(told["name"])), "logo")

    @rx.event
    async def logo_refused(self, why: str) -> None:
        """Why a picture was not taken."""
        self.errors = {**self.errors, "logo": why}

    @rx.event
    async def drop_logo(self) -> Any:
        """Without a logo."""
        self.logo_url = ""
        return await self._changed_to(replace(self._now, logo=""), "logo")

    @rx.event
    async def toggle_account(self, key: str) -> Any:
        """Publishes on an account, or not any more."""
        now = self._now
        others = tuple(a for a in now.accounts if a != key)
        chosen = others if key in now.accounts else tuple(sorted((*now.accounts, key)))
        return await self._changed_to(replace(now, accounts=chosen), "accounts")

    # -- the week ------------------------------------------------------------------------------------------------------

    @rx.event
    def ask_slot(self, day: int, key: str) -> EventSpec:
        """A slot to look at, or a new one on a day."""
        slot = next((s for s in self._now.slots if s.key == key), None)
        self.slot_key, self.slot_day, self.slot_error = key if slot else "", str(day), ""
        self.slot_time = slot.time if slot else "09:30"
        linked = {a.split(" ", 1)[0] for a in self._now.accounts} or {p.value for p in Platform}
        self.slot_platforms = slot.platforms if slot else tiles(tuple(linked))
        return open_dialog(SLOT_DIALOG)

    @rx.event
    def set_slot_day(self, day: str) -> None:
        """Moves the slot to another day."""
        self.slot_day = day

    @rx.event
    def set_slot_time(self, time: str) -> None:
        """Moves the slot to another time."""
        self.slot_time = time

    @rx.event
    def toggle_slot_platform(self, platform: str) -> None:
        """Serves a platform, or not."""
        chosen = set(self.slot_platforms) ^ {platform}
        self.slot_platforms = tiles(tuple(chosen))

    @rx.event
    async def keep_slot(self) -> Any:
        """Puts the slot where it was moved to."""
        speaker, time = await self._speaker(), _TIME.fullmatch(self.slot_time.strip())
        day = int(self.slot_day) if self.slot_day in tuple("0123456") else 0
        slot = SlotDraft(
            weekday=day,
            time=f"{int(time[1]):02}:{time[2]}" if time else "",
            platforms=tiles(self.slot_platforms),
        )
        if wrong := _wrong(slot, self.slot_key, self._now):
            self.slot_error = speaker.say(wrong, time=slot.time)
            return None
        told = await self._changed_to(self._now.with_slot(slot, instead_of=self.slot_key), "slots")
        return [close_dialog(SLOT_DIALOG), *([told] if told else [])]

    @rx.event
    async def drop_slot(self) -> Any:
        """Takes the slot out of the week."""
        told = await self._changed_to(self._now.without_slot(self.slot_key), "slots")
        return [close_dialog(SLOT_DIALOG), *([told] if told else [])]

    # -- the draft -----------------------------------------------------------------------------------------------------

    @property
    def _now(self) -> Draft:
        """What is in the editor."""
        return self._draft or blank()

    async def _changed_to(self, draft: Draft, name: str) -> EventSpec | None:
        """Takes a new draft in; answers a guard for the browser when what is unsaved came or went."""
        if draft == self._draft:
            return None
        self._draft = draft
        if self.errors.get(name):
            self.errors = {**self.errors, name: ""}
        if name in (*LISTS, *OTHERS, "mark", "timezone"):
            await self._draw()
        return self._weigh()

    def _weigh(self) -> EventSpec | None:
        dirty = self._draft is not None and data_of(self._draft) != data_of(self._saved or blank())
        if dirty == self.dirty:
            return None
        self.dirty = dirty
        return guard(dirty)

    async def _draw(self, view: Portfolio | None = None) -> None:
        """The parts of the form that are not fields of the browser's own."""
        draft, speaker = self._now, await self._speaker()
        wanted: dict[str, Any] = {
            "lists": {name: list(values) for name, values in draft.lists.items()},
            "facts": draft.facts,
            "days": rows.week(draft, speaker),
            "slot_count": len(draft.slots),
            "palette": draft.palette,
            "contrast": rows.contrast(draft.palette, speaker),
            "mark": draft.texts["mark"],
            "city": draft.texts["timezone"].rpartition("/")[2].replace("_", " "),
            "lacking": rows.lacking(draft, speaker),
            "accounts": self._accounts(draft, view),
        }
        for name, value in wanted.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    def _accounts(self, draft: Draft, view: Portfolio | None) -> tuple[AccountRow, ...]:
        if view is not None:
            return rows.accounts(view, draft)
        return tuple(replace(row, chosen=row.key in draft.accounts) for row in self.accounts)

    async def _start(self, draft: Draft, view: Portfolio) -> EventSpec:
        """Another product in the form."""
        self._draft = self._saved = draft
        self.form, self.form_key = dict(draft.texts), self.form_key + 1
        self.errors, self.dirty = dict(_BLANK), False
        await self._draw(view)
        return guard(False)

    async def _speaker(self) -> Speaker:
        return Speaker(language=await language_of(self), zone=get_settings().timezone, now=clock.now())


def blank() -> Draft:
    """An empty form, in the organisation's language and zone."""
    settings = get_settings()
    sheet = ProductSheet(name="-", language=settings.language, timezone=settings.timezone)
    return draft_of(sheet).with_text("name", "")


def guard(on: bool) -> EventSpec:
    """The browser asks before it leaves the page, or does not any more."""
    return rx.call_script(f"window.onbeforeunload = {'(event) => event.preventDefault()' if on else 'null'}")


def _wrong(slot: SlotDraft, key: str, draft: Draft) -> str:
    """Why a slot cannot be as it is: the key of a sentence, or ""."""
    if not slot.time:
        return "sheet.bad_time"
    if not slot.platforms:
        return "products.slot.no_platform"
    return "sheet.slot_twice" if slot.key != key and any(s.key == slot.key for s in draft.slots) else ""
