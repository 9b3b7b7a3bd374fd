"""What a person does to the post that is open. A page takes `PostDesk` as a mixin and hands its State to the parts.

Every handler calls one service with the actor of the session; what it refuses becomes a toast (`ui.failures`) and
nothing here has changed. `_changed` is the page's chance to look at the rest of itself again.
"""

from datetime import date, datetime, time
from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from marketingos import clock
from marketingos.domain.declaration import Choices
from marketingos.domain.platform import Platform, wire_length
from marketingos.domain.post import PostStatus, RejectReason, VariantStatus
from marketingos.services import generation, planning, posts, publishing, review, waiving
from marketingos.services.views import PostView
from marketingos.services.writing_views import RulesView
from marketingos.text import format_slot, sentence
from marketingos.ui.components.overlay import clear_forms, close_dialog, open_dialog
from marketingos.ui.notices import notice, refusal
from marketingos.ui.post.drawings import DrawingsDesk
from marketingos.ui.post.gallery import GalleryDesk
from marketingos.ui.post.rewrites import RewriteDesk
from marketingos.ui.post.rows import NO_VARIANT, NOTHING, PostRow, VariantRow
from marketingos.ui.post.terms import TermsDesk
from marketingos.ui.post.wording import post_row
from marketingos.ui.rules import RuleDesk
from marketingos.ui.session import actor_of, language_of

REJECT_DIALOG = "reject-post"
WAIVE_DIALOG = "set-finding-aside"
DISCARD_DIALOG = "discard-words"
REJECT_FORM, WAIVE_FORM = "reject-form", "waive-form"
MOVE_POPOVER = "move-post"

_INTO_SIGHT = (
    "setTimeout(() => document.querySelector('[data-editor] textarea')?.scrollIntoView({block: 'center'}), 80)"
)


class Words(TypedDict):
    """The editor's form."""

    text: str


class Note(TypedDict):
    """The reject dialog's form."""

    note: str


class Hour(TypedDict):
    """The mover's form."""

    date: str
    time: str


class PostDesk(TermsDesk, GalleryDesk, DrawingsDesk, RewriteDesk, RuleDesk, mixin=True):
    """The post that is open, the platform that is looked at, and what is being done to it. An edit began from the words
    in `started_with`; the field opens with `written`, which is more when somebody comes back to it."""

    shown: PostRow = NOTHING
    current: VariantRow = NO_VARIANT
    look: str = ""
    editing: int = 0
    started_with: str = ""
    written: str = ""
    draft: str = ""
    length: int = 0
    overtaken: bool = False
    reason: str = ""
    picturing: bool = False
    next_slot: str = ""
    _next_wall: str = ""
    _version: int = 0
    _wanted: int = -1
    _waived: tuple[int, str] = (0, "")

    async def _changed(self) -> None:
        """The post is not what it was."""

    # -- opening -------------------------------------------------------------------------------------------------------

    async def _open(self, post_id: int) -> None:
        """Puts a post on the desk. Raises `NotFound`."""
        view = await posts.post(await actor_of(self), post_id)
        if view.id != self.shown.id:
            self._clear()
        await self._show(view)

    async def _reload(self) -> None:
        """The same post as it stands now; words that are being written stay."""
        if self.shown.id:
            await self._show(await posts.post(await actor_of(self), self.shown.id))

    async def _show(self, view: PostView) -> None:
        row = post_row(view, await language_of(self))
        if row != self.shown:
            self.shown = row
        platform = self.current.platform
        chosen = next(
            (v for v in row.variants if v.platform == platform), row.variants[0] if row.variants else NO_VARIANT
        )
        if chosen != self.current:
            self.current = chosen
        edited = next((v.view for v in row.variants if v.id == self.editing), None)
        self.overtaken = edited is not None and edited.version != self._version
        await self._suggest(view)

    async def _suggest(self, view: PostView) -> None:
        """For a post whose time has passed: the next good slot of its product."""
        self.next_slot = self._next_wall = ""
        if view.status is not PostStatus.EXPIRED:
            return
        platforms = [variant.platform for variant in view.variants]
        slot = await planning.best_slot(await actor_of(self), view.product.id, platforms, angle=view.why.angle)
        if slot is not None:
            self._next_wall = slot.wall.isoformat()
            self.next_slot = format_slot(slot.scheduled_at, clock.now(), await language_of(self), view.timezone)

    async def _rules_changed(self, view: RulesView) -> None:
        await self._reload()

    async def _take(self, view: PostView) -> None:
        """What a service answered is what is shown."""
        await self._show(view)
        await self._changed()

    def _clear(self) -> None:
        self.shown, self.current = NOTHING, NO_VARIANT
        self.reason = self.look = ""
        self._stop_editing()

    @rx.event
    def choose(self, platform: str) -> None:
        """Looks at another platform."""
        self.current = next((v for v in self.shown.variants if v.platform == platform), self.current)

    @rx.event
    def turn(self, look: str) -> None:
        """Shows the previews light or dark against the theme, and back."""
        self.look = "" if self.look else look

    # -- words ---------------------------------------------------------------------------------------------------------

    @rx.event
    def edit(self, variant_id: int) -> EventSpec | None:
        """Opens the text inside its preview, and brings it into sight."""
        variant = next((v for v in self.shown.variants if v.id == variant_id and v.editable), None)
        if variant is None:
            return None
        self.current = variant
        self.editing, self._version, self.overtaken = variant.id, variant.view.version, False
        self.started_with = self.written = self.draft = variant.view.text
        self.length = variant.view.length
        return rx.call_script(_INTO_SIGHT)

    @rx.event
    def typed(self, text: str) -> None:
        """Counts as the platform counts."""
        self.draft, self.length = text, wire_length(Platform(self.current.platform), text)

    @rx.event
    def cancel_edit(self) -> EventSpec | None:
        """Leaves the text as it was; asks first when words would be lost."""
        self._wanted = -1
        if self._would_lose_words():
            return open_dialog(DISCARD_DIALOG)
        self._stop_editing()
        return None

    @rx.event
    async def discard(self):
        """The words may go; what waited for that answer goes on."""
        self._stop_editing()
        return [close_dialog(DISCARD_DIALOG), *await self._go_on()]

    async def _go_on(self) -> list[EventSpec]:
        """What the person wanted before being asked about the words."""
        return []

    def _would_lose_words(self) -> bool:
        return bool(self.editing) and self.draft.strip() != self.started_with.strip()

    @rx.event
    async def save(self, form: Words):
        """Saves the words. What is refused stays in the field."""
        if not self.editing:
            return None
        self.draft = form["text"]
        view = await review.edit_text(await actor_of(self), self.editing, form["text"], self._version)
        asks_again = self.current.view.status is VariantStatus.APPROVED
        self._stop_editing()
        await self._take(view)
        return notice("post.saved_asks_again" if asks_again else "post.saved")

    @rx.event
    async def after_save(self) -> None:
        """When another version was in the way: it is known now, and saving again replaces it."""
        if not self.editing:
            return
        await self._reload()
        edited = next((v.view for v in self.shown.variants if v.id == self.editing), None)
        if edited is not None and self.overtaken:
            self._version = edited.version

    def _stop_editing(self) -> None:
        self.editing, self.length, self.overtaken = 0, 0, False
        self.draft = self.started_with = self.written = ""

    def _take_up(self) -> None:
        """A page that is drawn anew shows the words as far as they were written."""
        if self.editing:
            self.written = self.draft

    # -- deciding ------------------------------------------------------------------------------------------------------

    @rx.event
    async def approve(self, faces: list[str]):
        """Approves every part that nothing blocks. `faces` are what the browser showed when it was pressed."""
        platforms = tuple(Platform(v.platform) for v in self.shown.variants if v.approvable)
        return await self._approve_or_ask(platforms, tuple(faces))

    @rx.event
    async def approve_one(self, faces: list[str]):
        """Approves the platform that is looked at."""
        return await self._approve_or_ask((Platform(self.current.platform),), tuple(faces))

    async def _approve_or_ask(self, platforms: tuple[Platform, ...], faces: tuple[str, ...]) -> EventSpec:
        """TikTok wants more than a press of a button."""
        if Platform.TIKTOK in platforms:
            return await self._ask_terms(self.shown.id, platforms, faces)
        return await self._approve(platforms, None, faces)

    async def _approve(
        self, platforms: tuple[Platform, ...], choices: Choices | None, faces: tuple[str, ...]
    ) -> EventSpec:
        before = {v.platform for v in self.shown.variants if v.view.status is VariantStatus.APPROVED}
        view = await review.approve(await actor_of(self), self.shown.id, platforms, tiktok=choices, seen=faces)
        done = [
            v.platform.value for v in view.variants if v.status is VariantStatus.APPROVED and v.platform not in before
        ]
        self._stop_editing()
        await self._take(view)
        return notice("post.approved", n=len(done), undo=type(self).withdraw(view.id, done))

    @rx.event
    async def withdraw(self, post_id: int, platforms: list[str]):
        """Takes an approval back."""
        chosen = [Platform(p) for p in platforms]
        await self._settle(await review.withdraw(await actor_of(self), post_id, chosen))
        return notice("post.withdrawn")

    @rx.event
    async def withdraw_all(self):
        """Takes every approval of the open post back that has not gone out."""
        await self._take(await review.withdraw(await actor_of(self), self.shown.id))
        return notice("post.withdrawn")

    @rx.event
    def ask_reject(self) -> list[EventSpec]:
        """Asks why."""
        self.reason = ""
        return [clear_forms(f"#{REJECT_FORM}"), open_dialog(REJECT_DIALOG)]

    @rx.event
    def choose_reason(self, reason: str) -> None:
        """Why it is rejected."""
        self.reason = RejectReason(reason).value

    @rx.event
    async def reject(self, form: Note):
        """Rejects what is not out yet."""
        view = await review.reject(await actor_of(self), self.shown.id, RejectReason(self.reason), form["note"])
        self._stop_editing()
        await self._take(view)
        learns = "rule.comes" if form["note"].strip() else ""
        said = notice("post.rejected", undo=type(self).restore(view.id), detail=learns)
        return [close_dialog(REJECT_DIALOG), said]

    @rx.event
    async def restore(self, post_id: int):
        """Takes a rejection back."""
        await self._settle(await review.restore(await actor_of(self), post_id))
        return notice("post.restored")

    @rx.event
    async def restore_shown(self):
        """Takes the rejection of the open post back."""
        return await self.restore(self.shown.id)

    @rx.event
    def ask_why(self, variant_id: int, key: str) -> list[EventSpec]:
        """Asks why a finding may stand."""
        self._waived = (variant_id, key)
        return [clear_forms(f"#{WAIVE_FORM}"), open_dialog(WAIVE_DIALOG)]

    @rx.event
    async def set_aside(self, form: Note):
        """Lets a finding stand until the content changes."""
        variant_id, key = self._waived
        await self._take(await waiving.set_aside(await actor_of(self), variant_id, key, form["note"]))
        return [close_dialog(WAIVE_DIALOG), notice("post.set_aside_done", undo=type(self).bring_back(variant_id, key))]

    @rx.event
    async def bring_back(self, variant_id: int, key: str):
        """The finding counts again."""
        await self._settle(await waiving.bring_back(await actor_of(self), variant_id, key))
        return notice("post.brought_back")

    # -- when ----------------------------------------------------------------------------------------------------------

    @rx.event
    async def move(self, form: Hour):
        """Gives the open post another time."""
        try:
            wall = datetime.combine(date.fromisoformat(form["date"]), time.fromisoformat(form["time"]))
        except ValueError:
            return refusal("post.no_such_time")
        said = await self._move(await posts.post(await actor_of(self), self.shown.id), wall)
        return [rx.call_script(f"document.getElementById({MOVE_POPOVER!r})?.hidePopover()"), said]

    @rx.event
    async def take_next_slot(self):
        """Gives the open post the slot that was suggested."""
        if not self._next_wall:
            return None
        post = await posts.post(await actor_of(self), self.shown.id)
        return await self._move(post, datetime.fromisoformat(self._next_wall))

    @rx.event
    async def move_back(self, post_id: int, wall: str):
        """Gives a post the time back that it had."""
        await self._settle(await review.move(await actor_of(self), post_id, datetime.fromisoformat(wall)))
        return notice("post.moved_back")

    async def _move(self, post: PostView, wall: datetime) -> EventSpec:
        language = await language_of(self)
        view = await review.move(await actor_of(self), post.id, wall)
        row = post_row(view, language)
        await self._settle(view)
        title = row.title if len(row.title) <= 32 else f"{row.title[:30].rstrip()}…"
        state = sentence(f"status.{row.status}", language).lower()
        passed = post.scheduled_at <= clock.now()
        back = None if passed else type(self).move_back(post.id, post.wall.isoformat())
        return notice("post.moved", undo=back, detail="post.moved_state", title=title, slot=row.slot, state=state)

    @rx.event
    async def publish_now(self):
        """Lets what is approved go out as soon as the time to undo has passed."""
        before = await posts.post(await actor_of(self), self.shown.id)
        view = await review.publish_now(await actor_of(self), before.id)
        await self._take(view)
        going = [v.platform.value for v in view.variants if v.status is VariantStatus.APPROVED]
        if before.scheduled_at > clock.now():
            return notice("post.goes_now", undo=type(self).move_back(before.id, before.wall.isoformat()))
        return notice("post.goes_now", undo=type(self).withdraw(view.id, going))

    @rx.event
    async def settle(self, delivery_id: int, published: bool):
        """A person says whether an unconfirmed post is out."""
        await self._take(await publishing.settle_by_hand(await actor_of(self), delivery_id, published=published))
        return notice("post.settled_out" if published else "post.settled_again")

    @rx.event(background=True)
    async def retry_media(self):
        """Asks for the picture again; the page stays usable meanwhile."""
        async with self:
            actor, post_id = await actor_of(self), self.shown.id
            self.picturing = True
        try:
            await generation.retry_media(actor, post_id)
        finally:
            async with self:
                self.picturing = False
                await self._reload()
                await self._changed()

    async def _settle(self, view: PostView) -> None:
        """An action on any post: the open one is shown anew if it was that."""
        if view.id == self.shown.id:
            await self._show(view)
        await self._changed()
