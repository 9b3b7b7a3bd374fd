"""The post as a page: every platform beside the others, and under them what is known of it."""

from urllib.parse import urlsplit

import reflex as rx
from reflex.event import EventSpec

from marketingos.services import posts
from marketingos.ui.address import id_in
from marketingos.ui.components.buttons import icon, icon_button, link, link_button
from marketingos.ui.components.feedback import bone, empty, skeleton
from marketingos.ui.components.frame import sheet
from marketingos.ui.components.overlay import open_dialog
from marketingos.ui.components.status import platform_name, platform_tile
from marketingos.ui.components.ticker import ticker
from marketingos.ui.post import acts, parts
from marketingos.ui.post.desk import DISCARD_DIALOG, PostDesk
from marketingos.ui.post.gallery import gallery
from marketingos.ui.post.rewrites import rewrites
from marketingos.ui.post.rows import VariantRow
from marketingos.ui.post.terms import terms_dialog
from marketingos.ui.post.why import why
from marketingos.ui.rules import proposed_rule
from marketingos.ui.session import page
from marketingos.ui.words import t

TICK = 2_000
"""Milliseconds between looks at whether something moved."""


class PostState(PostDesk, rx.State):
    """The post of the address."""

    missing: bool = False
    _seen: str = ""

    @rx.event
    async def load(self) -> None:
        """What the address names."""
        asked = urlsplit(str(self.router.url)).path.rstrip("/").rsplit("/", 1)[-1]
        # Said first and taken back at the end: a service that finds nothing leaves it standing.
        self.missing = True
        self._seen = await posts.revision()
        self._take_up()
        await self._open(id_in(asked))
        self.missing = False

    @rx.event
    async def tick(self) -> None:
        """Looks again when a post has changed."""
        seen = await posts.revision()
        if self.shown.id and seen != self._seen:
            self._seen = seen
            await self._reload()

    @rx.event
    def leave(self) -> EventSpec:
        """Back to the calendar, with the post beside it; asks first when words would be lost."""
        self._wanted = 0
        return open_dialog(DISCARD_DIALOG) if self._would_lose_words() else self._left()

    async def _go_on(self) -> list[EventSpec]:
        return [self._left()] if self._wanted == 0 else []

    def _left(self) -> EventSpec:
        return rx.redirect(f"/?post={self.shown.id}")


S = PostState


@page("/post/[post_id]", "post.page", on_load=S.load, room="/")
def post() -> rx.Component:
    """Head, four columns (two by two, or tabs, as room is), three blocks."""
    found = rx.fragment(_head(), _tabs(), _columns(), _blocks(), rx.el.div(_foot(), class_name="post-dock"))
    return rx.fragment(
        sheet(rx.cond(S.shown.id != 0, found, rx.cond(S.missing, _missing(), _skeleton())), class_name="post-page"),
        acts.reject_dialog(S),
        acts.waive_dialog(S),
        acts.discard_dialog(S),
        terms_dialog(S),
        ticker(TICK, S.tick),
    )


def _head() -> rx.Component:
    trail = rx.el.nav(
        link(t("rail.calendar"), href="/", class_name="wide-only"),
        icon("chevron-right", 12, class_name="wide-only"),
        rx.el.span(S.shown.product.name),
        icon("chevron-right", 12),
        rx.el.span(S.shown.origin, class_name="clip"),
        class_name="row gap-1 t-12 faint post-trail",
    )
    title = rx.el.div(rx.el.h1(S.shown.title, class_name="clip"), parts.badge(S), class_name="row gap-3")
    return rx.el.header(
        icon_button("arrow-left", t("action.back"), key_hint="Esc", on_click=S.leave, class_name="post-back"),
        rx.el.span(parts.product_head(S, 40), class_name="wide-only"),
        rx.el.div(trail, title, class_name="col grow"),
        acts.slot_button(S, boxed=True),
        rx.el.span(acts.more_menu(S, "post-more-top"), class_name="post-more-top"),
        rx.el.div(*_decisions(), class_name="row post-decide"),
        class_name="post-top",
    )


def _decisions() -> tuple[rx.Component, ...]:
    return (
        rx.cond(S.shown.can_reject, acts.reject_button(S, words=True)),
        acts.decide(S),
    )


def _tabs() -> rx.Component:
    return rx.el.div(parts.platform_tabs(S), class_name="post-tab-row")


def _columns() -> rx.Component:
    return rx.el.div(
        parts.next_line(S),
        proposed_rule(S, S.shown.rule, S.shown.can_settle),
        rx.el.div(rx.foreach(S.shown.variants, _column), class_name="post-columns"),
        class_name="post-canvas",
    )


def _column(variant: rx.Var[VariantRow]) -> rx.Component:
    edit = rx.cond(
        S.editing == variant.id,
        rx.el.span(icon("pencil", 13), t("post.editing"), class_name="tag accent"),
        rx.cond(variant.editable, icon_button("pencil", t("action.edit"), size="sm", on_click=S.edit(variant.id))),
    )
    return rx.el.section(
        rx.el.header(
            platform_tile(variant.platform, 20, named=False),
            rx.el.b(platform_name(variant.platform)),
            rx.el.span(variant.kind, class_name="faint grow clip"),
            edit,
            class_name="row post-column-head",
        ),
        parts.variant_preview(S, variant),
        parts.count_line(variant),
        rewrites(S, variant),
        gallery(S, variant),
        rx.cond(variant.rejected != "", rx.el.p(variant.rejected, class_name="t-12 dim")),
        class_name="post-column",
        data_current=S.current.platform == variant.platform,
        aria_label=platform_name(variant.platform),
        key=variant.id,
    )


def _blocks() -> rx.Component:
    sent = rx.el.section(rx.el.h3(t("post.deliveries")), rx.el.ul(parts.deliveries(S), class_name="col gap-4"))
    checks = rx.el.section(
        parts.checks_title(S),
        rx.cond(S.shown.findings.length() > 0, rx.el.div(parts.findings(S))),
        rx.el.div(parts.check_rows(S), class_name="post-checks"),
        class_name="col gap-2",
    )
    return rx.el.div(
        rx.cond(S.shown.deliveries.length() > 0, sent),
        checks,
        rx.el.section(rx.el.h3(t("post.why")), why(S)),
        class_name="post-blocks",
    )


def _foot() -> rx.Component:
    return rx.el.footer(*acts.actions(S), class_name="panel-foot post-foot")


def _missing() -> rx.Component:
    back = link_button(t("post.to_calendar"), href="/", variant="primary")
    return rx.el.div(empty("search-x", t("post.missing"), t("post.missing_why"), back), class_name="grow col center")


def _skeleton() -> rx.Component:
    column = rx.el.div(bone("120px", "16px"), bone("100%", "360px"), bone("60%", "12px"), class_name="col gap-3 grow")
    return rx.el.div(
        rx.el.div(bone("40px", "40px"), bone("320px", "20px"), class_name="post-top"),
        rx.el.div(rx.el.div(*(column for _ in range(4)), class_name="row top gap-4"), class_name="post-canvas"),
        skeleton(),
    )
