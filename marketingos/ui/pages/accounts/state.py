"""What the accounts page shows and what its buttons do; each calls one service."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from marketingos import clock
from marketingos.services import accounts, connecting, connections, creators, upkeep
from marketingos.services.connection_views import ConnectionsView
from marketingos.settings import get_settings
from marketingos.text import catalogue
from marketingos.ui.address import id_in
from marketingos.ui.components.overlay import close_dialog, open_dialog
from marketingos.ui.notices import notice, refusal
from marketingos.ui.pages.accounts import rows
from marketingos.ui.pages.accounts.rows import Alarm, Brand, Offer, Row, Speaker, Way
from marketingos.ui.session import actor_of, language_of

OFFERS, PRODUCTS, AUDIENCE, REMOVAL = "offers-dialog", "products-dialog", "audience-dialog", "removal-dialog"


class AccountsState(rx.State):
    """`phase` is `loading`, `ready` or `failed`; `chosen` is the account that a dialog is about."""

    phase: str = "loading"
    rows: tuple[Row, ...] = ()
    days: tuple[str, ...] = ()
    summary: str = ""
    alarm: Alarm = Alarm()
    ways: tuple[Way, ...] = ()
    brands: tuple[Brand, ...] = ()
    may_connect: bool = False
    may_choose: bool = False
    checking: int = 0
    failing: str = ""

    chosen: Row = Row()
    ticked: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    audience: str = ""
    offers: tuple[Offer, ...] = ()
    picked: int = 0

    _consent: int = 0
    _revision: str = ""

    # -- reading -------------------------------------------------------------------------------------------------------

    @rx.event
    async def load(self) -> Any:
        """Reads the accounts, and tells what came of a visit to a consent page."""
        asked = self.router.url.query_parameters
        await self._read()
        if consent := id_in(asked.get("consent", "")):
            return await self._conclude(consent)
        return self._complain(asked.get("problem", ""))

    @rx.event
    async def tick(self) -> None:
        """Looks again when an account or what is scheduled moved."""
        if self.phase != "ready" or await connections.revision() != self._revision:
            await self._read()

    async def _read(self) -> None:
        actor = await actor_of(self)
        # Counts as failed until it has been read: an error leaves it so, and the page says it in its place.
        self.phase = "failed" if self.phase == "loading" else self.phase
        self._show(await connections.overview(actor), await self._speaker())
        self.phase = "ready"

    def _show(self, view: ConnectionsView, speaker: Speaker) -> None:
        """Only what changed is assigned, so only that is sent."""
        wanted = {
            "rows": rows.rows(view, speaker),
            "days": rows.days(view, speaker),
            "summary": rows.summary(view, speaker),
            "alarm": rows.alarm(view, speaker),
            "ways": rows.ways(view),
            "brands": tuple(map(rows.brand, view.products)),
            "may_connect": view.can_connect,
            "may_choose": view.can_choose,
            "_revision": view.revision,
        }
        for name, value in wanted.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    async def _speaker(self) -> Speaker:
        return Speaker(language=await language_of(self), zone=get_settings().timezone, now=clock.now())

    # -- connecting ----------------------------------------------------------------------------------------------------

    async def _conclude(self, consent_id: int) -> Any:
        """A sentence, or accounts to choose from; the address is tidied so that it is told once."""
        outcome = await connecting.outcome(await actor_of(self), consent_id)
        speaker = await self._speaker()
        if outcome.problem == "connect.denied":
            return [_tidied(), refusal(outcome.problem)]
        if outcome.problem:
            self.failing = rows.problem(outcome, speaker)
            return _tidied()
        if outcome.offers:
            self._offer(rows.offers(outcome, speaker))
            self._consent = consent_id
            return open_dialog(OFFERS)
        names = outcome.details.get("names")
        return [_tidied(), _connected(str(names), int(outcome.details.get("n", 1)))] if names else _tidied()

    def _offer(self, offers: tuple[Offer, ...]) -> None:
        self.offers, self.picked = offers, sum(offer.chosen for offer in offers)

    def _complain(self, key: str) -> Any:
        """A reason that came in the address: only sentences of ours are shown."""
        if key and key in catalogue("es") and key.startswith(("connect.", "error.")):
            return [_tidied(), refusal(key)]
        return None

    @rx.event
    def toggle_offer(self, key: str) -> None:
        """Chooses an offered account, or not."""
        self._offer(tuple(_flipped(o) if o.key == key and o.possible else o for o in self.offers))

    @rx.event
    async def accept(self) -> Any:
        """Connects what is chosen."""
        keys = [offer.key for offer in self.offers if offer.chosen]
        connected = await connecting.accept(await actor_of(self), self._consent, keys)
        await self._read()
        names = ", ".join(dict.fromkeys(view.name for view in connected))
        return [close_dialog(OFFERS), _tidied(), _connected(names, len(connected))]

    @rx.event
    def decline(self) -> Any:
        """Connects nothing."""
        return [close_dialog(OFFERS), _tidied()]

    @rx.event
    def dismiss(self) -> None:
        """Puts away why connecting failed."""
        self.failing = ""

    # -- one account ---------------------------------------------------------------------------------------------------

    @rx.event
    async def check(self, account_id: int) -> Any:
        """Asks the platform how a permission is, now."""
        self.checking = account_id
        yield
        self.checking = 0
        await upkeep.check(await actor_of(self), account_id)
        await self._read()
        yield notice("accounts.check.good", name=self._row(account_id).name)

    @rx.event
    def ask_products(self, account_id: int) -> EventSpec:
        """Opens the choice of products."""
        self.chosen = self._row(account_id)
        self.ticked = tuple(product.id for product in self.chosen.products)
        return open_dialog(PRODUCTS)

    @rx.event
    def toggle_product(self, product_id: str) -> None:
        """Ticks a product, or not."""
        others = tuple(ticked for ticked in self.ticked if ticked != product_id)
        self.ticked = others if product_id in self.ticked else (*self.ticked, product_id)

    @rx.event
    async def save_products(self) -> Any:
        """Keeps which products publish on the account."""
        await accounts.set_products(await actor_of(self), self.chosen.id, [int(p) for p in self.ticked])
        await self._read()
        return [close_dialog(PRODUCTS), notice("accounts.products.saved", name=self.chosen.name)]

    @rx.event
    async def ask_audience(self, account_id: int) -> Any:
        """Opens the choice of who sees a creator's posts, from what TikTok offers at this moment."""
        creator = await creators.creator(await actor_of(self), account_id)
        self.chosen, self.audiences, self.audience = self._row(account_id), creator.audiences, ""
        return open_dialog(AUDIENCE)

    @rx.event
    def pick_audience(self, level: str) -> None:
        """Picks one; nothing is kept before it is saved."""
        self.audience = level

    @rx.event
    async def save_audience(self) -> Any:
        """Keeps the person's choice."""
        await creators.choose_audience(await actor_of(self), self.chosen.id, self.audience)
        await self._read()
        return [close_dialog(AUDIENCE), notice("accounts.audience.saved", name=self.chosen.name)]

    @rx.event
    def ask_removal(self, account_id: int) -> EventSpec:
        """Asks before an account is disconnected."""
        self.chosen = self._row(account_id)
        return open_dialog(REMOVAL)

    @rx.event
    async def remove(self) -> Any:
        """Disconnects the account."""
        await accounts.remove(await actor_of(self), self.chosen.id)
        await self._read()
        return [close_dialog(REMOVAL), notice("accounts.removed", name=self.chosen.name)]

    def _row(self, account_id: int) -> Row:
        return next((row for row in self.rows if row.id == account_id), Row())


def _flipped(offer: Offer) -> Offer:
    return Offer(**{**vars(offer), "chosen": not offer.chosen})


def _connected(names: str, n: int) -> EventSpec:
    return notice("accounts.offer.done", names=names, n=n, detail="accounts.offer.done_note")


def _tidied() -> EventSpec:
    return rx.call_script("history.replaceState(history.state, '', '/accounts')")
