"""Stop-the-line on screen: whether something is paused, and the cord. It is on every page, so it has its own State.

on_click=Line.ask_account(account.id)      on_click=Line.resume(pause_id)
"""

from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from marketingos import clock
from marketingos.domain.pause import EVERYTHING, Scope
from marketingos.domain.platform import Platform
from marketingos.domain.user import Deed, may
from marketingos.services import accounts, pauses, people, products
from marketingos.services.views import PauseView
from marketingos.settings import get_settings
from marketingos.text import format_slot, sentence
from marketingos.ui.actor import actor_of, language_of, session_token
from marketingos.ui.components.cord import PAUSE_DIALOG, PAUSE_FORM, SCOPES, Cord, Part, PauseRow
from marketingos.ui.components.overlay import clear_forms, close_dialog, open_dialog
from marketingos.ui.notices import notice
from marketingos.ui.theme import PLATFORM_NAMES


class Reason(TypedDict):
    """The dialog's form."""

    reason: str


class Line(rx.State):
    """What is paused, and what the dialog would pause."""

    rows: tuple[PauseRow, ...] = ()
    stopped: str = ""
    since: str = ""
    everything: bool = False
    may_pause: bool = False
    may_resume: bool = False
    scope: str = "everything"
    target: str = ""
    parts: tuple[Part, ...] = ()

    @rx.event
    async def read(self) -> None:
        """What is paused now; only what changed is sent."""
        actor = await people.who_is(session_token(self))
        if actor is None:
            return
        language = await language_of(self)
        active = await pauses.active(actor)
        stopped, since = _chip(active, language)
        wanted = {
            "rows": tuple(_row(view, language) for view in active),
            "stopped": stopped,
            "since": since,
            "everything": any(_is_everything(view) for view in active),
            "may_pause": may(actor.role, Deed.PAUSE),
            "may_resume": may(actor.role, Deed.RESUME),
        }
        for name, value in wanted.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    @rx.event
    async def ask(self, scope: str) -> list[EventSpec]:
        """Opens the question."""
        await self._choose(scope)
        return _asked()

    @rx.event
    async def ask_account(self, account_id: int) -> list[EventSpec]:
        """Opens the question about an account."""
        await self._choose("account")
        self.target = str(account_id)
        return _asked()

    @rx.event
    async def choose_scope(self, scope: str) -> None:
        """What kind of thing to stop."""
        await self._choose(scope)

    @rx.event
    def choose_target(self, target: str) -> None:
        """Which one."""
        self.target = target

    @rx.event
    async def pause(self, form: Reason) -> list[EventSpec]:
        """Stops what was chosen."""
        await pauses.pause(await actor_of(self), self._scope(), form["reason"])
        await self.read()
        return [close_dialog(PAUSE_DIALOG), notice("pause.done")]

    @rx.event
    async def resume(self, pause_id: int) -> EventSpec:
        """Lets it go on."""
        await pauses.resume(await actor_of(self), pause_id)
        await self.read()
        return notice("pause.resumed")

    async def _choose(self, scope: str) -> None:
        await actor_of(self)
        self.scope, self.target = scope if scope in SCOPES else "everything", ""
        self.parts = await _parts(self.scope)

    def _scope(self) -> Scope:
        match self.scope:
            case "product":
                return Scope(product_id=int(self.target))
            case "platform":
                return Scope(platform=Platform(self.target))
            case "account":
                return Scope(account_id=int(self.target))
        return EVERYTHING


def cord() -> Cord:
    """The cord, for the frame."""
    return Cord(
        pauses=Line.rows,
        stopped=Line.stopped,
        since=Line.since,
        everything=Line.everything,
        may_pause=Line.may_pause,
        may_resume=Line.may_resume,
        scope=Line.scope,
        target=Line.target,
        parts=Line.parts,
        on_ask=Line.ask,
        on_scope=Line.choose_scope,
        on_target=Line.choose_target,
        on_pause=Line.pause,
        on_resume=Line.resume,
    )


def _asked() -> list[EventSpec]:
    return [clear_forms(f"#{PAUSE_FORM}"), open_dialog(PAUSE_DIALOG)]


async def _parts(scope: str) -> tuple[Part, ...]:
    if scope == "product":
        return tuple(Part(id=str(p.id), name=p.name) for p in await products.list_products())
    if scope == "platform":
        return tuple(Part(id=p.value, name=PLATFORM_NAMES[p]) for p in Platform)
    if scope == "account":
        known = await accounts.list_accounts()
        return tuple(Part(id=str(a.id), name=f"{PLATFORM_NAMES[a.platform]}: {a.name}") for a in known)
    return ()


def _is_everything(view: PauseView) -> bool:
    return not (view.product_id or view.platform)


def _chip(active: tuple[PauseView, ...], language: str) -> tuple[str, str]:
    """What the chip says: a word, and where there is room since when."""
    if not active:
        return "", ""
    if not _is_everything(active[0]):
        return sentence("pause.parts", language, n=len(active)), ""
    return sentence("pause.stopped", language), sentence("pause.since", language, at=_slot(active[0], language))


def _row(view: PauseView, language: str) -> PauseRow:
    """`TikTok está en pausa desde hoy 12:10.` and `Laura: «precio equivocado». 3 publicaciones esperan.`"""
    what = view.account and f"{PLATFORM_NAMES[Platform(view.platform or '')]} · {view.account}"
    what = what or view.product or (PLATFORM_NAMES[view.platform] if view.platform else "")
    key = "pause.part_since" if what else "pause.all_since"
    why = "pause.by_why" if view.reason else "pause.by"
    said = sentence(why, language, name=view.paused_by, reason=view.reason.rstrip("."))
    waits = sentence("pause.waiting" if view.waiting else "pause.nothing_waits", language, n=view.waiting)
    return PauseRow(
        id=view.id,
        platform=view.platform or "",
        title=sentence(key, language, what=what, at=_slot(view, language)),
        detail=f"{said} {waits}",
    )


def _slot(view: PauseView, language: str) -> str:
    return format_slot(view.paused_at, clock.now(), language, get_settings().timezone)
