"""The period on screen: read from the address, renewed whenever a reading arrives."""

from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from marketingos import clock
from marketingos.domain.platform import Platform
from marketingos.services import measurement, spending
from marketingos.services.views import EngagementView
from marketingos.settings import get_settings
from marketingos.ui.address import id_in
from marketingos.ui.components.charts import NO_PLOT, Plot
from marketingos.ui.pages.analytics.costs import CostRow, cost_rows
from marketingos.ui.pages.analytics.curves import NO_LIVE, Live
from marketingos.ui.pages.analytics.report import (
    MEASURES,
    KeyFigure,
    PostRow,
    Report,
    Share,
    Source,
    report,
    sources,
)
from marketingos.ui.pages.analytics.words import Speaker
from marketingos.ui.session import actor_of, language_of

PERIODS = ("7", "30", "90")
ROWS = 20
"""Posts in the table before one asks for more."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An entry of the product menu."""

    value: str
    name: str


class AnalyticsState(rx.State):
    """What the page shows; the rows of `Report`, var by var. `phase` is `loading`, `ready` or `failed`."""

    phase: str = "loading"
    busy: bool = False
    period: str = "30"
    product: str = ""
    measure: str = MEASURES[0]
    products: tuple[Choice, ...] = ()
    product_name: str = ""

    figures: tuple[KeyFigure, ...] = ()
    sources: tuple[Source, ...] = ()
    daily: Plot = NO_PLOT
    live: Live = NO_LIVE
    shares: tuple[Share, ...] = ()
    posts: tuple[PostRow, ...] = ()
    published: int = 0
    hidden: int = 0
    measured: bool = False
    has_before: bool = False
    costs: tuple[CostRow, ...] = ()

    _rows: int = ROWS
    _revision: str = ""
    _read_at: tuple[tuple[Platform, datetime | None], ...] = ()

    @rx.event
    async def load(self):
        """Reads what the address asks for; what was there stays, paler, until it comes."""
        self._read_address()
        self.busy = self.phase == "ready"
        self.phase = "ready" if self.busy else "loading"
        yield
        # Said first and taken back by what was read: a service that fails leaves it standing.
        self.phase, self.busy = "failed", False
        await self._read()

    @rx.event
    async def tick(self) -> None:
        """Redraws when a reading arrived; keeps "12 min ago" true in between."""
        if self.phase != "ready":
            return
        if await measurement.revision() != self._revision:
            await self._read()
        else:
            self._show({"sources": sources(self._read_at, await self._speaker())})

    @rx.event
    def choose_period(self, period: str) -> EventSpec:
        """Another number of days."""
        return self._go(days=period)

    @rx.event
    def choose_product(self, product: str) -> EventSpec:
        """One product, or all."""
        return self._go(product=product)

    @rx.event
    def choose_measure(self, measure: str) -> EventSpec:
        """What the daily chart counts."""
        return self._go(show=measure)

    @rx.event
    async def show_more(self) -> None:
        """A longer table of posts."""
        self._rows += 5 * ROWS
        await self._read()

    def _read_address(self) -> None:
        asked = self.router.url.query_parameters
        period, measure, product = asked.get("days", "30"), asked.get("show", MEASURES[0]), asked.get("product", "")
        self.period = period if period in PERIODS else "30"
        self.measure = measure if measure in MEASURES else MEASURES[0]
        self.product = product if id_in(product) else ""

    def _go(self, **changed: str) -> EventSpec:
        wanted = {"days": self.period, "product": self.product, "show": self.measure} | changed
        usual = {"days": "30", "product": "", "show": MEASURES[0]}
        query = urlencode({name: value for name, value in wanted.items() if value != usual[name]})
        return rx.redirect(f"/analytics?{query}" if query else "/analytics")

    async def _read(self) -> None:
        actor = await actor_of(self)
        product, speaker = int(self.product or 0) or None, await self._speaker()
        view = await measurement.engagement(actor, days=int(self.period), product_id=product)
        self._keep(view)
        drawn = report(view, speaker, measure=self.measure, rows=self._rows)
        self._show({field.name: getattr(drawn, field.name) for field in fields(Report)} | _products(view, self.product))
        self._show({"costs": cost_rows(await spending.costs(actor, product), speaker)})
        self.phase = "ready"

    def _keep(self, view: EngagementView) -> None:
        self._revision = view.revision
        self._read_at = tuple((p.platform, p.measured_at) for p in view.platforms)

    async def _speaker(self) -> Speaker:
        return Speaker(language=await language_of(self), zone=get_settings().timezone, now=clock.now())

    def _show(self, wanted: dict[str, object]) -> None:
        """Only what changed is assigned, so only that is sent."""
        for name, value in wanted.items():
            if getattr(self, name) != value:
                setattr(self, name, value)


def _products(view: EngagementView, chosen: str) -> dict[str, object]:
    choices = tuple(Choice(value=str(p.id), name=p.name) for p in view.products)
    return {"products": choices, "product_name": next((c.name for c in choices if c.value == chosen), "")}
