"""The pictures that were drawn for a post: another one, and the choice among them. A page's State takes `DrawingsDesk`
as a mixin through `PostDesk`."""

from typing import Any, TypedDict

import reflex as rx

from marketingos.services import redrawing
from marketingos.services.views import PostView
from marketingos.ui.actor import actor_of
from marketingos.ui.components.buttons import button
from marketingos.ui.components.overlay import clear_forms
from marketingos.ui.notices import notice
from marketingos.ui.post.rows import NOTHING, DrawingRow, PostRow
from marketingos.ui.words import t

_WISHING = "drawing-wish"


class Wish(TypedDict):
    """What shall be different."""

    wish: str


class DrawingsDesk(rx.State, mixin=True):
    """What is done to drawings. `drawing` while this page waits for one."""

    shown: PostRow = NOTHING
    drawing: bool = False

    async def _take(self, view: PostView) -> None:
        """The page shows what a service answered."""
        raise NotImplementedError

    @rx.event(background=True)
    async def redraw(self, form: Wish):
        """Has another picture drawn; the page stays usable meanwhile, and the post keeps what it has until then."""
        async with self:
            actor, post_id = await actor_of(self), self.shown.id
            self.drawing = True
        try:
            view = await redrawing.redraw(actor, post_id, form["wish"])
        finally:
            async with self:
                self.drawing = False
        async with self:
            if self.shown.id == post_id:
                await self._take(view)
        return [clear_forms(f".{_WISHING}"), notice("drawing.came")]

    @rx.event
    async def choose_drawing(self, media_id: int):
        """Gives the post another one of its pictures."""
        await self._take(await redrawing.choose(await actor_of(self), self.shown.id, media_id))


def drawings(desk: Any) -> rx.Component:
    """The pictures side by side, and a line to ask for another one."""
    wish = rx.el.input(
        name="wish",
        placeholder=t("drawing.wish"),
        aria_label=t("drawing.wish"),
        max_length=redrawing.WISH_LIMIT,
        class_name="input grow gallery-alt",
    )
    more = button(
        t("drawing.another"),
        size="xs",
        icon_name="sparkles",
        type="submit",
        busy=desk.drawing,
        busy_label=t("drawing.busy"),
    )
    ask = rx.el.form(
        rx.el.div(wish, more, class_name="row gap-2"),
        rx.el.p(desk.shown.draw_price, class_name="faint t-11"),
        on_submit=desk.redraw,
        class_name=f"col gap-1 {_WISHING}",
    )
    strip = rx.el.div(
        rx.foreach(desk.shown.drawings, lambda row: _drawing(desk, row)),
        role="group",
        aria_label=t("drawing.all"),
        class_name="drawings",
    )
    choices = rx.cond(desk.shown.drawings.length() > 1, strip)
    return rx.cond(desk.shown.draw_price != "", rx.el.div(choices, ask, class_name="col gap-2"))


def _drawing(desk: Any, row: rx.Var[DrawingRow]) -> rx.Component:
    return rx.el.button(
        rx.el.img(src=row.thumbnail, alt="", width=44, height=52, loading="lazy", class_name="gallery-thumb"),
        type="button",
        aria_label=row.name,
        aria_pressed=row.used,
        title=row.name,
        on_click=desk.choose_drawing(row.id),
        class_name="drawing",
        key=row.id,
    )
