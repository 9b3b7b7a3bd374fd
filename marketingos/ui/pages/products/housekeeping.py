"""Products from a file, archived ones, and the clean-up: each is shown before it is done."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from marketingos import clock
from marketingos.services import archiving, importing, portfolio
from marketingos.settings import get_settings
from marketingos.ui.components.overlay import close_dialog, open_dialog
from marketingos.ui.notices import notice
from marketingos.ui.pages.products import rows
from marketingos.ui.pages.products.rows import ChangeRow, Row, Speaker
from marketingos.ui.pages.products.state import ProductsState
from marketingos.ui.session import actor_of, language_of

IMPORT_DIALOG, ARCHIVE_LIST = "import-dialog", "archive-list"


class HousekeepingState(rx.State):
    """`plan` is what the file or the clean-up would do; `sound` that it may be done."""

    plan: tuple[ChangeRow, ...] = ()
    sound: bool = False
    count: int = 0
    archived: tuple[Row, ...] = ()
    live: tuple[Row, ...] = ()
    kept: tuple[str, ...] = ()
    failing: str = ""

    _text: str = ""

    # -- from a file ---------------------------------------------------------------------------------------------------

    @rx.event
    def ask_import(self) -> EventSpec:
        """Asks for a file."""
        self._clear()
        return open_dialog(IMPORT_DIALOG)

    @rx.event
    async def file_taken(self, text: str) -> None:
        """Shows what a file would change, or what is wrong with it."""
        self._clear()
        done = await importing.import_file(await actor_of(self), text, dry_run=True)
        speaker = await self._speaker()
        self.plan = rows.problems(done.problems, speaker) or rows.arrivals(done, speaker)
        changed = [a for a in done.arrivals if a.new or a.changes]
        self.sound, self.count, self._text = bool(changed), len(changed), text

    @rx.event
    def file_refused(self, why: str) -> None:
        """Why a file could not be read."""
        self._clear()
        self.failing = why

    @rx.event
    async def import_file(self) -> Any:
        """Does what was shown, or says what is in its way by now."""
        if not self.sound:
            return None
        done = await importing.import_file(await actor_of(self), self._text, dry_run=False)
        if done.problems:
            self.plan, self.sound = rows.problems(done.problems, await self._speaker()), False
            return None
        self._clear()
        return [close_dialog(IMPORT_DIALOG), ProductsState.tick, notice("products.imported", n=len(done.arrivals))]

    # -- put away ------------------------------------------------------------------------------------------------------

    @rx.event
    async def ask_archived(self) -> EventSpec:
        """What is archived, and what could be."""
        self._clear()
        await self._read()
        self.kept = tuple(row.name for row in self.live)
        return open_dialog(ARCHIVE_LIST)

    @rx.event
    async def restore(self, product_id: int) -> Any:
        """Brings an archived product back, inactive."""
        await archiving.restore(await actor_of(self), product_id)
        name = next((row.name for row in self.archived if row.id == product_id), "")
        await self._read()
        return [ProductsState.tick, notice("products.restored", name=name)]

    @rx.event
    async def toggle_kept(self, name: str) -> None:
        """Keeps a product, or lets it go; what would go is shown at once."""
        self.kept = tuple(row.name for row in self.live if (row.name in self.kept) != (row.name == name))
        done = await archiving.clean_up(await actor_of(self), self.kept, dry_run=True, among=self._shown)
        self.plan = rows.clean_up(done, await self._speaker())
        self.count, self.sound = len(done.archived), bool(done.archived)

    @rx.event
    async def clean_up(self) -> Any:
        """Archives what was shown; a product that came meanwhile stays."""
        if not self.sound:
            return None
        done = await archiving.clean_up(await actor_of(self), self.kept, dry_run=False, among=self._shown)
        self._clear()
        n = len(done.archived)
        return [close_dialog(ARCHIVE_LIST), ProductsState.load, notice("products.cleaned", n=n)]

    @property
    def _shown(self) -> tuple[int, ...]:
        return tuple(row.id for row in self.live)

    async def _read(self) -> None:
        view, speaker = await portfolio.overview(await actor_of(self)), await self._speaker()
        self.archived = rows.rows(view, speaker, state="archived")
        live = (*rows.rows(view, speaker, state="active"), *rows.rows(view, speaker, state="inactive"))
        self.live = tuple(sorted(live, key=lambda row: row.name))

    def _clear(self) -> None:
        self.plan, self.sound, self.count, self.failing, self._text = (), False, 0, "", ""

    async def _speaker(self) -> Speaker:
        return Speaker(language=await language_of(self), zone=get_settings().timezone, now=clock.now())
