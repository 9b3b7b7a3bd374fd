"""Productos: the list, the product that is open, and what its buttons do; each calls one service.

The draft lives on the server, so it survives a visit to another page; the address carries the product.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from marketingos.domain.platform import Platform
from marketingos.services import archiving, drafting, generation, importing, logos, portfolio, products, sampling
from marketingos.services.portfolio import Portfolio
from marketingos.text import format_euro
from marketingos.ui.address import id_in
from marketingos.ui.components.overlay import close_dialog, open_dialog
from marketingos.ui.notices import notice
from marketingos.ui.pages.products import rows
from marketingos.ui.pages.products.draft import Draft, data_of, draft_of
from marketingos.ui.pages.products.editor import _BLANK, Editor, blank, guard
from marketingos.ui.pages.products.rows import Row, SampleRow
from marketingos.ui.session import actor_of

LEAVE_DIALOG, ACTIVE_DIALOG, ARCHIVE_DIALOG = "leave-dialog", "active-dialog", "archive-dialog"
NEW = -1


class ProductsState(Editor, rx.State):
    """`phase` is `loading`, `ready` or `failed`; `open_id` the product in the editor (0: none, -1: a new one); `picked`
    says that a person chose it, which a phone shows alone."""

    phase: str = "loading"
    active: tuple[Row, ...] = ()
    inactive: tuple[Row, ...] = ()
    archived: int = 0
    may_edit: bool = False
    may_administer: bool = False
    may_generate: bool = False

    open_id: int = 0
    chosen: Row = Row()
    picked: bool = False
    stale: bool = False
    told: tuple[str, ...] = ()
    going: bool = False

    fact_uses: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    sample: SampleRow = SampleRow()
    sample_platform: str = Platform.INSTAGRAM.value
    sampling: bool = False
    price: str = ""

    _version: int = 0
    _wanted: int = 0
    _asked: int = 0
    _activate: bool = False
    _revision: str = ""
    _turn: int = 0

    # -- reading -------------------------------------------------------------------------------------------------------

    @rx.event
    async def load(self) -> Any:
        """Reads the products and opens the one that the address names, or the first."""
        # Counts as failed until it has been read: an error leaves it so, and the page says it in its place.
        self.phase = "failed" if self.phase == "loading" else self.phase
        view = await self._read()
        self.phase = "ready"
        self.price = format_euro(sampling.price(), (await self._speaker()).language)
        if self.dirty:
            # What was not saved is still here; the fields start from it.
            self.form, self.form_key, self.picked = dict(self._now.texts), self.form_key + 1, True
            await self._draw(view)
            return [guard(True), _address(self.open_id)]
        asked = self.router.url.query_parameters.get("product", "")
        wanted = NEW if asked == "new" and self.may_edit else id_in(asked)
        known = {NEW, *(row.id for row in (*self.active, *self.inactive))}
        self.picked = wanted in known
        return await self._open(wanted if wanted in known else self._first, view)

    @property
    def _first(self) -> int:
        """The product that is shown when none is asked for."""
        return next((row.id for row in (*self.active, *self.inactive)), 0)

    @rx.event
    async def tick(self) -> None:
        """Looks again when something moved; what is being typed stays."""
        if self.phase == "ready" and await portfolio.revision() == self._revision:
            return
        view = await self._read()
        self.phase = "ready"
        if self.open_id > 0 and not self.chosen.id:
            await self._open(self._first, view)
        elif self.open_id > 0 and not self.dirty:
            await self._refresh(view)

    async def _read(self) -> Portfolio:
        view, speaker = await portfolio.overview(await actor_of(self)), await self._speaker()
        wanted: dict[str, Any] = {
            "active": rows.rows(view, speaker, state="active"),
            "inactive": rows.rows(view, speaker, state="inactive"),
            "archived": sum(holding.archived for holding in view.holdings),
            "may_edit": view.can_edit,
            "may_administer": view.can_administer,
            "may_generate": view.can_generate,
            "_revision": view.revision,
        }
        for name, value in wanted.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
        chosen = next((row for row in (*self.active, *self.inactive) if row.id == self.open_id), None)
        self.chosen = chosen or (self.chosen if self.open_id == NEW else Row())
        return view

    async def _refresh(self, view: Portfolio) -> None:
        """Somebody else may have saved; the form starts anew only when its own words changed."""
        detail = await products.detail(await actor_of(self), self.open_id)
        self._version = detail.version
        self.fact_uses = rows.fact_uses(detail.uses, await self._speaker())
        if draft_of(detail.sheet) != self._saved:
            await self._start(draft_of(detail.sheet), view)

    # -- which one -----------------------------------------------------------------------------------------------------

    @rx.event
    async def open(self, product_id: int) -> Any:
        """Another product in the editor; asks first when words would be lost."""
        self._wanted = product_id
        if self.dirty and product_id != self.open_id:
            return open_dialog(LEAVE_DIALOG)
        self.picked = True
        if product_id == self.open_id:
            return _address(product_id)
        return [await self._open(product_id, await self._read()), _address(product_id)]

    @rx.event
    def back(self) -> EventSpec:
        """On a phone, to the list."""
        self.picked = False
        return _address(0)

    @rx.event
    async def leave(self) -> Any:
        """Opens the other one and forgets what was not saved."""
        self.dirty, self.picked = False, True
        opened = await self._open(self._wanted, await self._read())
        return [close_dialog(LEAVE_DIALOG), opened, _address(self._wanted)]

    @rx.event
    async def discard(self) -> Any:
        """Back to what is saved; a new product is given up."""
        self.dirty = False
        if self.open_id == NEW:
            self.picked = False
            return [await self._open(self._first, await self._read()), _address(0)]
        return await self._open(self.open_id, await self._read())

    async def _open(self, product_id: int, view: Portfolio) -> Any:
        self.open_id, self.stale, self.sample = product_id, False, SampleRow()
        self.told = ()
        if product_id == NEW:
            self.chosen, self.logo_url, self._version, self.fact_uses = Row(id=NEW), "", 0, {}
            return await self._start(blank(), view)
        if not product_id:
            self.chosen = Row()
            return guard(False)
        detail = await products.detail(await actor_of(self), product_id)
        self._version = detail.version
        self.chosen = next((row for row in (*self.active, *self.inactive) if row.id == product_id), Row())
        self.fact_uses = rows.fact_uses(detail.uses, await self._speaker())
        self.logo_url = await logos.address(detail.sheet.template.logo)
        return await self._start(draft_of(detail.sheet), view)

    # -- saving --------------------------------------------------------------------------------------------------------

    @rx.event
    async def save(self) -> Any:
        """Saves the whole product, or says at each field what is wrong with it."""
        if not self.dirty and self.open_id != NEW:
            return None
        return await self._save(self._version)

    @rx.event
    async def save_over(self) -> Any:
        """Saves although somebody else did meanwhile; theirs stays on record."""
        latest = await products.detail(await actor_of(self), self.open_id)
        return await self._save(latest.version)

    async def _save(self, version: int) -> Any:
        actor, data = await actor_of(self), data_of(self._now)
        # Until it is saved it counts as out of date: only a refused save leaves it so.
        self.stale = self.open_id != NEW and version != (await products.detail(actor, self.open_id)).version
        if self.open_id == NEW:
            saved = await products.create(actor, data)
        else:
            saved = await products.save(actor, self.open_id, data, version)
        if saved.problems:
            return await self._complain(saved.problems)
        self.dirty = False
        self.open_id = saved.product_id
        opened = await self._open(saved.product_id, await self._read())
        return [opened, _address(saved.product_id), notice("products.saved", name=self.chosen.name)]

    async def _complain(self, problems: Any) -> EventSpec:
        """Every sentence at its field; the first one comes into sight."""
        told = rows.errors_of(problems, await self._speaker())
        self.errors = {**_BLANK, **{name: words for name, words in told.items() if name in _BLANK}}
        facts = tuple(replace(f, error=told.get(f"facts.{n}", "")) for n, f in enumerate(self._now.facts))
        self._draft = replace(self._now, facts=facts)
        await self._draw()
        return rx.call_script(
            "setTimeout(() => document.querySelector('.product-form .field-error')"
            "?.scrollIntoView({block: 'center'}), 120)"
        )

    # -- active, archived ----------------------------------------------------------------------------------------------

    @rx.event
    async def ask_active(self) -> EventSpec:
        """Says what activating it, or letting it rest, means."""
        told, speaker = await archiving.consequence(await actor_of(self), self.open_id), await self._speaker()
        self._asked, self._activate = self.open_id, self.chosen.state != "active"
        if not self._activate:
            counts = {"pending": told.pending, "withdrawn": told.withdrawn}
            self.told = tuple(speaker.say(f"products.rest.{name}", n=n) for name, n in counts.items() if n)
        else:
            self.told = rows.lacking(self._saved or blank(), speaker)
        return open_dialog(ACTIVE_DIALOG)

    @rx.event
    async def set_active(self) -> Any:
        """Cycles write for it from now on, or do not any more: what was asked, however often it is confirmed."""
        if self._asked != self.open_id:
            return close_dialog(ACTIVE_DIALOG)
        await products.set_active(await actor_of(self), self._asked, self._activate)
        await self._moved()
        key = "products.activated" if self._activate else "products.rested"
        return [close_dialog(ACTIVE_DIALOG), notice(key, name=self.chosen.name)]

    @rx.event
    async def ask_archive(self) -> EventSpec:
        """Says what archiving means."""
        told = await archiving.consequence(await actor_of(self), self.open_id)
        self.told, self.going = rows.consequences(told, await self._speaker()), bool(told.going)
        self._asked = self.open_id
        return open_dialog(ARCHIVE_DIALOG)

    @rx.event
    async def archive(self) -> Any:
        """Puts away the product that was asked about; a second press finds another one open and leaves it alone."""
        name, gone = self.chosen.name, self._asked
        if gone != self.open_id:
            return close_dialog(ARCHIVE_DIALOG)
        await archiving.archive(await actor_of(self), gone)
        self.dirty, self.picked = False, False
        view = await self._read()
        opened = await self._open(self._first, view)
        undo = ProductsState.restore(gone)
        return [close_dialog(ARCHIVE_DIALOG), opened, _address(0), notice("products.archived", name=name, undo=undo)]

    @rx.event
    async def restore(self, product_id: int) -> Any:
        """Brings a product back."""
        await archiving.restore(await actor_of(self), product_id)
        return await self.open(product_id)

    async def _moved(self) -> None:
        """After a change that is not in the form: the version goes on, what is typed stays."""
        await self._read()
        self._version = (await products.detail(await actor_of(self), self.open_id)).version

    # -- the rest ------------------------------------------------------------------------------------------------------

    @rx.event
    async def generate(self) -> EventSpec:
        """Has this product's week written now."""
        await generation.request_cycle(await actor_of(self), self.open_id)
        return notice("products.generating", name=self.chosen.name)

    @rx.event
    async def draw_again(self) -> None:
        """Another try for the first template."""
        await drafting.draw_again(await actor_of(self), self.open_id)
        await self._read()

    @rx.event
    async def export(self) -> EventSpec:
        """The product as a YAML file."""
        text = await importing.export(await actor_of(self), self.open_id)
        name = "".join(c if c.isalnum() else "-" for c in self.chosen.name.lower()).strip("-") or "product"
        return rx.download(data=text, filename=f"{name}.yaml", mime_type="application/yaml")

    @rx.event
    def pick_platform(self, platform: str) -> None:
        """For which platform the sample is written."""
        self.sample_platform = platform if platform in [p.value for p in Platform] else self.sample_platform

    @rx.event(background=True)
    async def write_sample(self) -> Any:
        """One text with the voice as it stands in the form; the tab stays usable meanwhile."""
        async with self:
            if self.sampling:
                return
            self.sampling, self._turn = True, self._turn + 1
            actor, draft, platform = await actor_of(self), self._now, Platform(self.sample_platform)
            product_id, turn = self.open_id if self.open_id > 0 else None, self._turn
        try:
            made = await sampling.sample(actor, data_of(draft), platform, product_id=product_id, turn=turn)
        finally:
            async with self:
                self.sampling = False
        async with self:
            told = await self._show_sample(made, draft)
        yield told

    async def _show_sample(self, made: sampling.Sample, draft: Draft) -> EventSpec | None:
        if made.problems:
            return await self._complain(made.problems)
        self.sample = rows.sample(made, draft, await self._speaker())
        return None


def _address(product_id: int) -> EventSpec:
    """The address carries the product."""
    query = {NEW: "?product=new", 0: ""}.get(product_id, f"?product={product_id}")
    return rx.call_script(f"history.replaceState(history.state, '', '/products{query}')")
