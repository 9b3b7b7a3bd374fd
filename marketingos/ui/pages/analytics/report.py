"""The figures of a period as a person reads them: frozen rows of ready words and drawn charts, in one language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from marketingos.domain.platform import Platform
from marketingos.services.views import DayView, EngagementView, PlatformFigures, PostFigures
from marketingos.text import format_number, format_slot
from marketingos.ui.components.charts import NO_CURVE, NO_PLOT, Plot, Sparkline, sparkline
from marketingos.ui.pages.analytics.curves import NO_LIVE, Live, daily_chart, live_chart
from marketingos.ui.pages.analytics.words import Speaker, change_of, direction_of, measured, rate_of, signed
from marketingos.ui.theme import PLATFORM_NAMES

MEASURES: Final = ("engagement", "views", "clicks")
"""What the daily chart can show."""

_STALE = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class KeyFigure:
    """A figure with its change against the period before; `direction` is `up`, `down` or empty."""

    name: str
    figure: str
    change: str = ""
    direction: str = ""
    before: str = ""
    spark: Sparkline = NO_CURVE


@dataclass(frozen=True, kw_only=True)
class Source:
    """How fresh the figures of some platforms are."""

    platforms: tuple[str, ...]
    words: str
    stale: bool


@dataclass(frozen=True, kw_only=True)
class Share:
    """A platform's bar. `width` is a CSS length; unknown figures are hatched."""

    platform: str
    posts: str
    figure: str
    known: bool
    width: str
    rate: str = ""
    change: str = ""
    direction: str = ""


@dataclass(frozen=True, kw_only=True)
class PostRow:
    """A published post on one platform."""

    href: str
    title: str
    product: str
    platform: str
    thumbnail: str
    date: str
    views: str
    engagement: str
    rate: str
    clicks: str
    permalink: str
    link_label: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything on the page below the bar."""

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


def report(view: EngagementView, speaker: Speaker, *, measure: str, rows: int) -> Report:
    """The page's rows: the daily chart of `measure`, and the first `rows` posts."""
    return Report(
        figures=_key_figures(view, speaker),
        sources=sources(((p.platform, p.measured_at) for p in view.platforms), speaker),
        daily=daily_chart(view.days, speaker, measure),
        live=live_chart(view.moments, view.measured_at, speaker),
        shares=_shares(view.platforms, speaker),
        posts=tuple(_post(p, speaker) for p in view.posts[:rows]),
        published=view.published,
        hidden=max(len(view.posts) - rows, 0),
        measured=view.measured_at is not None,
        has_before=any(measured(d.before, measure) is not None for d in view.days),
    )


def sources(read: Iterable[tuple[Platform, datetime | None]], speaker: Speaker) -> tuple[Source, ...]:
    """How long ago the platforms were read; those of the same age stand together."""
    ages: dict[tuple[str, bool], list[str]] = {}
    for platform, at in read:
        words = speaker.ago(at) if at else speaker.say("no_readings")
        stale = at is not None and speaker.now - at > _STALE
        ages.setdefault((words, stale), []).append(platform.value)
    return tuple(Source(platforms=tuple(names), words=words, stale=stale) for (words, stale), names in ages.items())


# -- figures -----------------------------------------------------------------------------------------------------------


def _key_figures(view: EngagementView, speaker: Speaker) -> tuple[KeyFigure, ...]:
    now, before = view.totals, view.totals_before
    rate, rate_before = rate_of(p.metrics for p in view.platforms), rate_of(p.before for p in view.platforms)
    counted = (
        _counted(speaker, name, measured(now, name), measured(before, name), view.days)
        for name in ("views", "engagement")
    )
    return (
        _published(view, speaker),
        *counted,
        _rated(speaker, rate, rate_before, view.days),
        _counted(speaker, "clicks", now.clicks, before.clicks, view.days),
    )


def _published(view: EngagementView, speaker: Speaker) -> KeyFigure:
    difference = view.published - view.published_before
    told = [speaker.say("before", figure=speaker.number(view.published_before))]
    told += [speaker.say("failed", n=view.failed)] if view.failed else []
    return KeyFigure(
        name=speaker.say("figure.posts"),
        figure=speaker.number(view.published),
        change=signed(format_number(difference, speaker.language), difference),
        direction=direction_of(difference),
        before=" · ".join(told),
        spark=sparkline([d.posts for d in view.days]),
    )


def _counted(speaker: Speaker, name: str, now: int | None, before: int | None, days: Sequence[DayView]) -> KeyFigure:
    change, direction = change_of(now, before, speaker)
    return KeyFigure(
        name=speaker.say(f"figure.{name}"),
        figure=speaker.number(now),
        change=change,
        direction=direction,
        before=speaker.say("before", figure=speaker.number(before)),
        spark=sparkline([measured(d.metrics, name) for d in days]),
    )


def _rated(speaker: Speaker, now: float | None, before: float | None, days: Sequence[DayView]) -> KeyFigure:
    points = None if now is None or before is None else round((now - before) * 100, 1)
    change = "" if not points else signed(format_number(points, speaker.language, digits=1), points)
    return KeyFigure(
        name=speaker.say("figure.rate"),
        figure=speaker.percent(now),
        change=speaker.say("points", figure=change) if change else "",
        direction=direction_of(points),
        before=speaker.say("before", figure=speaker.percent(before)),
        spark=sparkline([rate_of([d.metrics]) for d in days]),
    )


# -- platforms and posts -----------------------------------------------------------------------------------------------


def _shares(platforms: Sequence[PlatformFigures], speaker: Speaker) -> tuple[Share, ...]:
    shown = [p for p in platforms if p.posts or p.metrics.engagement is not None]
    most = max((p.metrics.engagement or 0 for p in shown), default=0) or 1
    ordered = sorted(shown, key=lambda p: -(p.metrics.engagement or -1))
    return tuple(_share(p, most, speaker) for p in ordered)


def _share(row: PlatformFigures, most: int, speaker: Speaker) -> Share:
    figure, rate = row.metrics.engagement, rate_of([row.metrics])
    change, direction = change_of(figure, row.before.engagement, speaker)
    return Share(
        platform=row.platform.value,
        posts=speaker.say("posts_short", n=row.posts),
        figure=speaker.number(figure),
        known=figure is not None,
        width=f"{100 * (figure or 0) / most:.1f}%",
        rate="" if rate is None else speaker.percent(rate),
        change=change,
        direction=direction,
    )


def _post(row: PostFigures, speaker: Speaker) -> PostRow:
    metrics: Any = row.metrics
    return PostRow(
        href=f"/?post={row.post_id}",
        title=row.title,
        product=row.product.name,
        platform=row.platform.value,
        thumbnail=row.thumbnail_url,
        date=format_slot(row.published_at, speaker.now, speaker.language, speaker.zone),
        views=speaker.number(metrics.views),
        engagement=speaker.number(metrics.engagement),
        rate=speaker.percent(rate_of([metrics])),
        clicks=speaker.number(metrics.clicks),
        permalink=row.permalink or "",
        link_label=speaker.say("see_on", platform=PLATFORM_NAMES[row.platform]),
    )
