"""Analítica: what published posts brought, against the period before. The address carries period, product, measure."""

from typing import Any

import reflex as rx

from marketingos.ui.components.buttons import button, icon, link, link_button, segmented
from marketingos.ui.components.charts import change_mark, figures_table, line_chart, spark
from marketingos.ui.components.feedback import bone, empty, empty_line, failure
from marketingos.ui.components.frame import sheet, spring, toolbar
from marketingos.ui.components.overlay import menu, menu_item
from marketingos.ui.components.status import platform_name, platform_tile, platform_tiles, thumb
from marketingos.ui.components.ticker import ticker
from marketingos.ui.pages.analytics.costs import costs
from marketingos.ui.pages.analytics.report import MEASURES, KeyFigure, PostRow, Share, Source
from marketingos.ui.pages.analytics.state import PERIODS, AnalyticsState
from marketingos.ui.session import page
from marketingos.ui.words import t

_TICK = 2_000
"""Milliseconds between looks at whether a reading arrived."""

S = AnalyticsState


@page("/analytics", "rail.analytics", on_load=S.load)
def analytics() -> rx.Component:
    """Bar, how fresh the figures are, key figures, charts, platforms, posts."""
    content = rx.match(S.phase, ("ready", _filled()), ("failed", _failed()), _skeleton())
    return sheet(
        _bar(),
        rx.el.div(content, class_name=rx.cond(S.busy, "scroll grow stale", "scroll grow"), aria_busy=S.busy),
        ticker(_TICK, S.tick),
        class_name="analytics",
    )


def _bar() -> rx.Component:
    periods = [(days, t("analytics.days", n=int(days))) for days in PERIODS]
    return toolbar(
        rx.el.h1(t("rail.analytics")),
        segmented(periods, S.period, S.choose_period, label=t("analytics.range")),
        rx.el.span(t("analytics.compared", n=S.period), class_name="dim wide-only"),
        spring(),
        _product_menu(),
    )


def _product_menu() -> rx.Component:
    everything = _product(t("analytics.all_products"), "")
    each = rx.foreach(S.products, lambda p: _product(p.name, p.value))
    trigger = button(
        icon("package", 16),
        rx.el.span(rx.cond(S.product_name != "", S.product_name, t("analytics.all_products")), class_name="clip"),
        icon("chevron-down", 14),
        variant="quiet",
        custom_attrs={"data-testid": "product-filter"},
    )
    return menu("product-menu", trigger, everything, each, label=t("analytics.product"))


def _product(name: rx.Var[str], value: rx.Var[str] | str) -> rx.Component:
    return menu_item(name, menu_id="product-menu", checked=S.product == value, on_click=S.choose_product(value))


# -- what the page says when there are no figures ----------------------------------------------------------------------


def _failed() -> rx.Component:
    again = button(t("action.retry"), icon_name="refresh-cw", on_click=S.load)
    return failure(t("analytics.failed_title"), t("failure.detail"), again)


def _nothing() -> rx.Component:
    """Nothing was read yet: of this product, of posts just published, or at all."""
    of_product = empty_line(
        t("analytics.none_of_product"), button(t("analytics.all_products"), size="sm", on_click=S.choose_product(""))
    )
    detail = rx.cond(S.published > 0, t("analytics.empty_waiting", n=S.published), t("analytics.empty_detail"))
    at_all = empty(
        "chart-no-axes-column", t("analytics.empty"), detail, link_button(t("analytics.to_calendar"), href="/")
    )
    return rx.cond(S.product != "", of_product, at_all)


def _skeleton() -> rx.Component:
    figure = rx.el.div(bone("40%"), bone("60%", "28px"), bone("50%", "10px"), class_name="figure", style={"gap": "8px"})
    return rx.el.div(
        rx.el.span(t("loading.label"), class_name="sr", role="status"),
        rx.el.div(bone("320px"), class_name="freshness"),
        rx.el.div(*[figure] * 5, class_name="figures"),
        rx.el.div(
            rx.el.div(bone("180px"), bone("100%", "272px"), class_name="block"),
            rx.el.div(bone("120px"), *[bone("100%", "28px")] * 4, class_name="block"),
            class_name="halves",
        ),
        rx.el.p(t("loading.slow"), class_name="slow-note pad-5"),
    )


# -- the figures -------------------------------------------------------------------------------------------------------


def _filled() -> rx.Component:
    figures = rx.fragment(
        _freshness(),
        rx.el.div(rx.foreach(S.figures, _key_figure), class_name="figures", custom_attrs={"data-testid": "figures"}),
        rx.el.div(_daily(), _platforms(), class_name="halves"),
        _live(),
        _posts(),
    )
    spent = rx.cond(S.measured | (S.costs.length() > 0), costs(S.costs))
    return rx.fragment(rx.cond(S.measured, figures, _nothing()), spent)


def _freshness() -> rx.Component:
    return rx.el.div(
        icon("refresh-cw", 14),
        rx.el.span(t("analytics.fresh"), class_name="wide-only"),
        rx.foreach(S.sources, _source),
        spring(),
        rx.el.span(t("analytics.dotted"), class_name="faint wide-only"),
        class_name="freshness",
    )


def _source(source: rx.Var[Source]) -> rx.Component:
    look = rx.cond(source.stale, "source stale-source", "source")
    return rx.el.span(platform_tiles(source.platforms, 14), source.words, class_name=look)


def _key_figure(figure: rx.Var[KeyFigure]) -> rx.Component:
    return rx.el.div(
        rx.el.span(figure.name, class_name="figure-name medium dim clip"),
        _change(figure),
        rx.el.span(figure.figure, class_name="figure-number t-28"),
        rx.cond(figure.spark.line != "", spark(figure.spark)),
        rx.el.span(figure.before, class_name="figure-before t-12 faint clip"),
        class_name="figure key-figure",
    )


def _change(row: rx.Var[Any]) -> rx.Component:
    return rx.cond(row.change != "", change_mark(row.change, row.direction))


def _daily() -> rx.Component:
    title = rx.match(S.measure, *((m, t(f"analytics.daily.{m}")) for m in MEASURES), "")
    choices = [(m, t(f"analytics.measure.{m}")) for m in MEASURES]
    drawn = rx.fragment(
        line_chart(S.daily, name="day", label=title),
        figures_table(S.daily, t("analytics.day"), title, t("analytics.previous"), t("analytics.figure.posts")),
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h3(title),
            _legend(),
            spring(),
            segmented(choices, S.measure, S.choose_measure, label=t("analytics.measure"), size="sm"),
            class_name="row wrap block-head",
        ),
        rx.cond(S.daily.line + S.daily.tail != "", drawn, rx.el.p(t("analytics.too_few"), class_name="too-few")),
        class_name="block",
        custom_attrs={"data-testid": "daily"},
    )


def _legend() -> rx.Component:
    previous = rx.el.span(rx.el.i(class_name="chart-key before"), t("analytics.previous"))
    return rx.el.div(
        rx.el.span(rx.el.i(class_name="chart-key"), t("analytics.this_period"), class_name="wide-only row"),
        rx.cond(S.has_before, previous),
        rx.el.span(
            rx.el.i(class_name="chart-posts key", style={"--posts": 2}),
            t("analytics.figure.posts"),
            class_name="wide-only row",
        ),
        class_name="legend",
    )


def _platforms() -> rx.Component:
    rates = rx.foreach(
        S.shares, lambda s: rx.cond(s.rate != "", rx.el.span(platform_name(s.platform), " ", rx.el.b(s.rate)))
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h3(t("analytics.by_platform")),
            spring(),
            rx.el.span(t("analytics.in_engagement"), class_name="dim t-12"),
            class_name="row block-head",
        ),
        rx.foreach(S.shares, _share),
        rx.el.p(t("analytics.rates"), " ", rates, class_name="rates"),
        class_name="block",
        custom_attrs={"data-testid": "platforms"},
    )  # fmt: skip


def _share(share: rx.Var[Share]) -> rx.Component:
    words = rx.el.div(
        platform_tile(share.platform, 20, named=False),
        rx.el.span(platform_name(share.platform), class_name="medium"),
        rx.el.span(share.posts, class_name="faint"),
        spring(),
        rx.el.span(share.figure, class_name=rx.cond(share.known, "strong", "faint")),
        rx.el.span(_change(share), class_name="share-change"),
        class_name="row share-words",
    )
    bar = rx.el.div(
        rx.el.i(style={"width": share.width}),
        class_name=rx.cond(share.known, "meter", "meter unknown"),
        data_p=share.platform,
    )
    return rx.el.div(words, bar, class_name="share", key=share.platform)


def _live() -> rx.Component:
    chip = rx.cond(
        S.live.fresh, rx.el.span(rx.el.i(class_name="live-dot"), t("analytics.live_now"), class_name="live-chip")
    )
    words = rx.el.div(
        rx.el.div(rx.el.h3(t("analytics.live")), chip, class_name="row wrap"),
        rx.el.div(S.live.gained, class_name="t-28", custom_attrs={"data-testid": "live-gained"}),
        rx.el.p(S.live.since, class_name="dim"),
        rx.el.p(S.live.read, class_name="t-12 faint"),
        class_name="live-words",
    )
    drawn = rx.fragment(
        line_chart(S.live.chart, name="moment", height=156, label=t("analytics.live")),
        figures_table(S.live.chart, t("analytics.moment"), t("analytics.figure.engagement")),
    )
    shown = rx.cond(S.live.chart.line != "", drawn, rx.el.p(t("analytics.too_few"), class_name="too-few"))
    return rx.el.section(
        words, rx.el.div(shown, class_name="grow"), class_name="block live", custom_attrs={"data-testid": "live"}
    )


# -- the posts ---------------------------------------------------------------------------------------------------------

_COLUMNS = (
    ("post", ""),
    ("platform", "wide-cell"),
    ("date", "wide-cell"),
    ("figure.views", "num wide-cell"),
    ("figure.engagement", "num sorted"),
    ("rate", "num wide-cell"),
    ("measure.clicks", "num wide-cell"),
)


def _posts() -> rx.Component:
    heads = [_head(t(f"analytics.{key}"), look) for key, look in _COLUMNS]
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*heads, rx.el.th(rx.el.span(t("analytics.link"), class_name="sr"), scope="col"))),
        rx.el.tbody(rx.foreach(S.posts, _post)),
        class_name="table posts-table",
    )
    more = button(t("analytics.more", n=S.hidden), variant="quiet", on_click=S.show_more)
    return rx.el.section(
        rx.el.div(
            rx.el.h3(t("analytics.figure.posts")),
            rx.el.span(t("analytics.in_period", n=S.published), class_name="dim"),
            class_name="row block-head",
        ),
        table,
        rx.cond(S.hidden > 0, rx.el.div(more, class_name="row center pad-3")),
        class_name="block posts",
        custom_attrs={"data-testid": "posts"},
    )  # fmt: skip


def _head(word: rx.Var[str], look: str) -> rx.Component:
    if "sorted" not in look:
        return rx.el.th(word, scope="col", class_name=look)
    return rx.el.th(word, icon("arrow-down", 14), scope="col", class_name=look, aria_sort="descending")


def _post(post: rx.Var[PostRow]) -> rx.Component:
    title = link(post.title, href=post.href, class_name="post-title clip")
    where = rx.el.span(post.product, " · ", post.date, class_name="clip")
    narrow = rx.el.div(platform_tile(post.platform, 14), where, class_name="row narrow-cell faint t-12")
    name = rx.el.div(
        title, rx.el.div(post.product, class_name="faint t-12 clip wide-cell"), narrow, class_name="col grow"
    )
    out = rx.el.a(
        icon("external-link", 16), href=post.permalink, target="_blank", rel="noreferrer", class_name="btn btn-icon",
        data_v="quiet", data_size="sm", aria_label=post.link_label, data_tip=post.link_label,
    )  # fmt: skip
    return rx.el.tr(
        rx.el.td(rx.el.div(thumb(post.thumbnail, 36, 36), name, class_name="row gap-3")),
        rx.el.td(
            rx.el.div(platform_tile(post.platform, 16, named=False), platform_name(post.platform), class_name="row"),
            class_name="wide-cell",
        ),
        rx.el.td(post.date, class_name="wide-cell"),
        rx.el.td(post.views, class_name="num wide-cell"),
        rx.el.td(post.engagement, class_name="num strong"),
        rx.el.td(post.rate, class_name="num wide-cell"),
        rx.el.td(post.clicks, class_name="num wide-cell"),
        rx.el.td(rx.cond(post.permalink != "", out), class_name="num"),
    )
