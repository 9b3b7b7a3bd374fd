"""A post's files: given, put in order, described, made to fit. A page's State takes `GalleryDesk` as a
mixin through `PostDesk`."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from marketingos.domain.check import PAPER_TITLE_LIMIT
from marketingos.domain.media import Fit
from marketingos.services import attaching
from marketingos.services.views import PostView
from marketingos.ui.actor import actor_of
from marketingos.ui.components.buttons import icon, icon_button, segmented, spinner
from marketingos.ui.components.fields import tick
from marketingos.ui.components.media_drop import media_drop
from marketingos.ui.components.status import platform_name
from marketingos.ui.notices import notice, refusal
from marketingos.ui.post.drawings import drawings
from marketingos.ui.post.rows import NOTHING, PieceRow, PostRow
from marketingos.ui.words import t


class GalleryDesk(rx.State, mixin=True):
    """What is done to files. `everywhere` says whether what is given goes to all platforms of the post."""

    shown: PostRow = NOTHING
    everywhere: bool = True

    async def _reload(self) -> None:
        """The page shows the post as it stands now."""
        raise NotImplementedError

    async def _take(self, view: PostView) -> None:
        """The page shows what a service answered."""
        raise NotImplementedError

    async def _changed(self) -> None:
        """The post is not what it was."""
        raise NotImplementedError

    @rx.event
    def spread(self, everywhere: bool) -> None:
        """To all platforms, or to the one that is looked at."""
        self.everywhere = everywhere

    @rx.event
    async def media_came(self, left_out: str):
        """The server has a file; `left_out` is what some platform would not take, or ""."""
        await self._reload()
        await self._changed()
        return notice("post.media.partly", why=left_out) if left_out else notice("post.media.came")

    @rx.event
    def media_refused(self, why: str) -> EventSpec:
        """Nothing was taken."""
        return refusal("post.media.refused", why=why)

    @rx.event
    async def remove_media(self, variant_id: int, media_id: int, place: int, words: str, fit: str):
        """Takes a file away; it can be put back as it was."""
        await self._take(await attaching.detach(await actor_of(self), variant_id, media_id))
        return notice("post.media.removed", undo=type(self).put_back_media(variant_id, media_id, place, words, fit))

    @rx.event
    async def put_back_media(self, variant_id: int, media_id: int, place: int, words: str, fit: str):
        """Gives a file back that was taken away."""
        view = await attaching.put_back(await actor_of(self), variant_id, media_id, place, words, Fit(fit))
        await self._take(view)
        return notice("post.media.back")

    @rx.event
    async def place_media(self, variant_id: int, media_id: int, place: int):
        """Puts a file at another place."""
        await self._take(await attaching.arrange(await actor_of(self), variant_id, media_id, place))

    @rx.event
    async def describe_media(self, variant_id: int, media_id: int, words: str):
        """Says what is seen, when that is something new."""
        known = (p.alt for v in self.shown.variants if v.id == variant_id for p in v.pieces if p.id == media_id)
        if next(known, words).strip() != words.strip():
            await self._take(await attaching.describe(await actor_of(self), variant_id, media_id, words))

    @rx.event
    async def entitle_media(self, variant_id: int, title: str):
        """Says what a document is called, when that is something new."""
        known = next((v.view.title for v in self.shown.variants if v.id == variant_id), title)
        if known != title.strip():
            await self._take(await attaching.entitle(await actor_of(self), variant_id, title))

    @rx.event
    async def shape_media(self, variant_id: int, media_id: int, fit: str):
        """Fills room at its sides, or cuts them."""
        await self._take(await attaching.shape(await actor_of(self), variant_id, media_id, Fit(fit)))


Desk = type[GalleryDesk]


def gallery(desk: Any, variant: Any, *, opened: bool = False) -> rx.Component:
    """The files of a variant with what can be done to them; folded until somebody asks."""
    shown = rx.cond(variant.pieces.length() > 0, _list(desk, variant), rx.el.p(t("post.media.empty"), class_name="dim"))
    head = rx.el.summary(
        icon("image-up", 14), rx.el.span(t("post.media.title"), class_name="grow"), rx.el.span(variant.media_note)
    )
    change = rx.fragment(_givers(desk, variant), drawings(desk))
    filming = rx.cond(
        desk.shown.filming != "", rx.el.p(spinner(14), desk.shown.filming, role="status", class_name="row")
    )
    body = rx.el.div(shown, filming, rx.cond(variant.editable, change), class_name="gallery-body")
    folded = rx.el.details(head, body, class_name="gallery", open=opened, key=variant.id)
    return rx.cond((variant.pieces.length() > 0) | variant.editable, folded)


def _list(desk: Any, variant: Any) -> rx.Component:
    return rx.el.ol(rx.foreach(variant.pieces, lambda piece: _piece(desk, variant, piece)), class_name="gallery-list")


def _piece(desk: Any, variant: Any, piece: rx.Var[PieceRow]) -> rx.Component:
    return rx.el.li(
        rx.el.img(src=piece.thumbnail, alt="", width=44, height=52, loading="lazy", class_name="gallery-thumb"),
        rx.el.div(
            rx.el.div(_facts(piece), rx.cond(variant.editable, _moves(desk, variant, piece)), class_name="row"),
            rx.cond(piece.note != "", rx.el.p(piece.note, class_name="t-11 faint")),
            rx.cond(variant.editable & piece.reshaped, _shapes(desk, variant, piece)),
            rx.cond(piece.paper, _title(desk, variant, piece), _words(desk, variant, piece)),
            class_name="col gap-1 grow",
        ),
        key=piece.id,
        class_name="gallery-piece",
    )


def _facts(piece: rx.Var[PieceRow]) -> rx.Component:
    preparing = rx.el.span(spinner(14), t("post.media.preparing"), class_name="row gap-1", role="status")
    return rx.el.span(rx.cond(piece.preparing, preparing, rx.el.span(piece.facts)), class_name="grow clip t-12")


def _moves(desk: Any, variant: Any, piece: rx.Var[PieceRow]) -> rx.Component:
    earlier = icon_button(
        "arrow-up",
        t("post.media.earlier"),
        size="xs",
        disabled=piece.place == 0,
        on_click=desk.place_media(variant.id, piece.id, piece.place - 1),
    )
    later = icon_button(
        "arrow-down",
        t("post.media.later"),
        size="xs",
        disabled=piece.last,
        on_click=desk.place_media(variant.id, piece.id, piece.place + 1),
    )
    away = icon_button(
        "x",
        t("post.media.remove"),
        size="xs",
        on_click=desk.remove_media(variant.id, piece.id, piece.place, piece.alt, piece.fit),
    )
    return rx.el.span(rx.cond(variant.pieces.length() > 1, rx.fragment(earlier, later)), away, class_name="row gap-1")


def _shapes(desk: Any, variant: Any, piece: rx.Var[PieceRow]) -> rx.Component:
    options = [(fit.value, t(f"post.media.{fit.value}")) for fit in Fit]
    return segmented(
        options,
        piece.fit,
        lambda fit: desk.shape_media(variant.id, piece.id, fit),
        label=t("post.media.shape"),
        size="sm",
    )


def _words(desk: Any, variant: Any, piece: rx.Var[PieceRow]) -> rx.Component:
    field = rx.el.input(
        default_value=piece.alt,
        placeholder=t("post.media.alt_hint"),
        aria_label=t("post.media.alt"),
        max_length=attaching.ALT_LIMIT,
        on_blur=lambda words: desk.describe_media(variant.id, piece.id, words),
        class_name="input gallery-alt",
        key=piece.alt,
    )
    return rx.cond(variant.editable, field, rx.cond(piece.alt != "", rx.el.p(piece.alt, class_name="t-12 dim")))


def _title(desk: Any, variant: Any, piece: rx.Var[PieceRow]) -> rx.Component:
    field = rx.el.input(
        default_value=piece.title,
        placeholder=t("post.media.title_hint"),
        aria_label=t("post.media.paper_title"),
        max_length=PAPER_TITLE_LIMIT,
        on_blur=lambda words: desk.entitle_media(variant.id, words),
        class_name="input gallery-alt",
        key=piece.title,
    )
    return rx.cond(variant.editable, field, rx.cond(piece.title != "", rx.el.p(piece.title, class_name="t-12 dim")))


def _givers(desk: Any, variant: Any) -> rx.Component:
    shared = {
        "post": desk.shown.id,
        "platforms": rx.cond(desk.everywhere, desk.shown.platforms, variant.platform),
        "on_done": desk.media_came,
        "on_failed": desk.media_refused,
    }
    has_some, room = variant.pieces.length() > 0, variant.view.most_media > variant.pieces.length()
    change = media_drop(
        rx.cond(has_some, t("post.media.change"), t("post.media.upload")), "image-up", replace=True, many=True, **shared
    )
    add = media_drop(t("post.media.add"), "plus", replace=False, many=True, **shared)
    scope = tick(t("post.media.everywhere"), checked=desk.everywhere, on_change=desk.spread)
    return rx.el.div(
        rx.el.div(change, rx.cond(has_some & room, add), class_name="row wrap"),
        rx.cond(desk.shown.variants.length() > 1, scope),
        rx.el.p(t("post.media.kinds"), class_name="faint t-11"),
        rx.cond(
            variant.view.status == "approved",
            rx.el.p(t("post.media.asks_again", platform=platform_name(variant.platform)), class_name="t-11 dim"),
        ),
        class_name="col gap-2",
    )
