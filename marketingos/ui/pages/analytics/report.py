"""The figures of a period as a person reads them: frozen rows of ready words and drawn charts, in one language."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Platform
from marketingos.services.views import DayView, EngagementView, MomentView, PlatformFigures, PostFigures
from marketingos.text import (
    format_change,
    format_day,
    format_number,
    format_percent,
    format_slot,
    format_time,
    relative,
    sentence,
)
from marketingos.text.format import format_compact
from marketingos.ui.components.charts import NO_CURVE, NO_PLOT, Plot, Point, Sparkline, Tick, plot, sparkline
from marketingos.ui.theme import PLATFORM_NAMES

MEASURES: Final = ("engagement", "views", "clicks")
"""What the daily chart can show."""

_UNSETTLED = 2
"""Steps at the end of the daily chart that can still grow: younger posts are read often, and their counts run."""

_STALE = timedelta(hours=24)
_LIVE = timedelta(minutes=10)


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
class Live:
    """What came in since the chart's first moment, and when it was last read."""

    gained: str = ""
    since: str = ""
    read: str = ""
    fresh: bool = False
    chart: Plot = NO_PLOT


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything on the page below the bar."""

    figures: tuple[KeyFigure, ...] = ()
    sources: tuple[Source, ...] = ()
    daily: Plot = NO_PLOT
    live: Live = Live()
    shares: tuple[Share, ...] = ()
    posts: tuple[PostRow, ...] = ()
    published: int = 0
    hidden: int = 0
    measured: bool = False
    has_before: bool = False


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """How this person reads: language, zone, and the moment they look."""

    language: str
    zone: str
    now: datetime

    def say(self, key: str, **values: object) -> str:
        return sentence(f"analytics.{key}", self.language, **values)

    def number(self, value: float | None) -> str:
        return self.say("no_data") if value is None else format_compact(value, self.language)

    def percent(self, share: float | None) -> str:
        return self.say("no_data") if share is None else format_percent(share, self.language)

    def ago(self, moment: datetime) -> str:
        return relative(self.now, moment, self.language, self.zone)


def report(view: EngagementView, speaker: Speaker, *, measure: str, rows: int) -> Report:
    """The page's rows: the daily chart of `measure`, and the first `rows` posts."""
    return Report(
        figures=_key_figures(view, speaker),
        sources=sources(((p.platform, p.measured_at) for p in view.platforms), speaker),
        daily=_daily(view.days, speaker, measure),
        live=_live(view.moments, view.measured_at, speaker),
        shares=_shares(view.platforms, speaker),
        posts=tuple(_post(p, speaker) for p in view.posts[:rows]),
        published=view.published,
        hidden=max(len(view.posts) - rows, 0),
        measured=view.measured_at is not None,
        has_before=any(_measured(d.before, measure) is not None for d in view.days),
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
    rate, rate_before = _rate(p.metrics for p in view.platforms), _rate(p.before for p in view.platforms)
    counted = (
        _counted(speaker, name, _measured(now, name), _measured(before, name), view.days)
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
        change=_signed(format_number(difference, speaker.language), difference),
        direction=_direction(difference),
        before=" · ".join(told),
        spark=sparkline([d.posts for d in view.days]),
    )


def _counted(speaker: Speaker, name: str, now: int | None, before: int | None, days: Sequence[DayView]) -> KeyFigure:
    change, direction = _change(now, before, speaker)
    return KeyFigure(
        name=speaker.say(f"figure.{name}"),
        figure=speaker.number(now),
        change=change,
        direction=direction,
        before=speaker.say("before", figure=speaker.number(before)),
        spark=sparkline([_measured(d.metrics, name) for d in days]),
    )


def _rated(speaker: Speaker, now: float | None, before: float | None, days: Sequence[DayView]) -> KeyFigure:
    points = None if now is None or before is None else round((now - before) * 100, 1)
    change = "" if not points else _signed(format_number(points, speaker.language, digits=1), points)
    return KeyFigure(
        name=speaker.say("figure.rate"),
        figure=speaker.percent(now),
        change=speaker.say("points", figure=change) if change else "",
        direction=_direction(points),
        before=speaker.say("before", figure=speaker.percent(before)),
        spark=sparkline([_rate([d.metrics]) for d in days]),
    )


def _rate(metrics: Iterable[Metrics]) -> float | None:
    """Engagement for each view, over what tells both."""
    both = [(m.engagement, m.views) for m in metrics if m.engagement is not None and m.views]
    return sum(e for e, _ in both) / sum(v for _, v in both) if both else None


def _measured(metrics: Metrics, name: str) -> int | None:
    value: int | None = getattr(metrics, name)
    return value


def _change(now: float | None, before: float | None, speaker: Speaker) -> tuple[str, str]:
    """`+12 %` and where it points; nothing when there is nothing to compare with."""
    if now is None or not before:
        return "", ""
    share = (now - before) / before
    return format_change(share, speaker.language), _direction(round(share, 2))


def _direction(difference: float | None) -> str:
    return "" if not difference else "up" if difference > 0 else "down"


def _signed(figure: str, value: float) -> str:
    return f"+{figure}" if value > 0 else figure if value < 0 else ""


# -- charts ------------------------------------------------------------------------------------------------------------


def _daily(days: Sequence[DayView], speaker: Speaker, measure: str) -> Plot:
    values = [_measured(d.metrics, measure) for d in days]
    return plot(
        values,
        before=[_measured(d.before, measure) for d in days],
        points=[_day_point(d, speaker, measure) for d in days],
        axis=_axis([_short(d, speaker) for d in days]),
        unsettled=_UNSETTLED,
        sentence=_daily_sentence(days, values, speaker, measure),
        show=lambda value: format_compact(value, speaker.language),
    )


def _day_point(day: DayView, speaker: Speaker, measure: str) -> Point:
    now, before = _measured(day.metrics, measure), _measured(day.before, measure)
    change, direction = _change(now, before, speaker)
    name, note = format_day(day.day, speaker.language), speaker.say("posts_out", n=day.posts)
    return Point(
        name=name,
        value=speaker.number(now),
        change=change,
        direction=direction,
        before="" if before is None else speaker.number(before),
        note=note,
        posts=day.posts,
        spoken=f"{name}: {speaker.say(f'counted.{measure}', figure=speaker.number(now))}, {note}",
    )


def _daily_sentence(days: Sequence[DayView], values: Sequence[int | None], speaker: Speaker, measure: str) -> str:
    known = [(v, d) for v, d in zip(values, days, strict=True) if v is not None]
    if not known:
        return speaker.say("daily_unknown")
    best = max(known, key=lambda entry: entry[0])
    return speaker.say(
        "daily_sentence",
        start=format_day(days[0].day, speaker.language),
        end=format_day(days[-1].day, speaker.language),
        total=speaker.say(f"counted.{measure}", figure=speaker.number(sum(v for v, _ in known))),
        best=format_day(best[1].day, speaker.language),
        figure=speaker.number(best[0]),
    )


def _live(moments: Sequence[MomentView], measured_at: datetime | None, speaker: Speaker) -> Live:
    """The curve starts at what was known at its first moment: beside a total of weeks, what moves now is not seen."""
    if not moments or measured_at is None:
        return Live()
    start, last = moments[0], moments[-1]
    gained = last.engagement - start.engagement
    since = speaker.say("since", when=format_slot(start.at, speaker.now, speaker.language, speaker.zone))
    figure = _signed(speaker.number(gained), gained) or "0"
    return Live(
        gained=figure,
        since=since,
        read=speaker.say("read", when=speaker.ago(measured_at)),
        fresh=speaker.now - measured_at < _LIVE,
        chart=_live_chart(moments, speaker, sentence=f"{figure} {since}"),
    )


def _live_chart(moments: Sequence[MomentView], speaker: Speaker, *, sentence: str) -> Plot:
    start, last = moments[0], moments[-1]
    write = _moment_writer(moments, speaker)
    span = (last.at - start.at).total_seconds() or 1.0
    corners = [start.at + (last.at - start.at) * n / 3 for n in range(4)]
    return plot(
        [m.engagement - start.engagement for m in moments],
        at=[(m.at - start.at).total_seconds() / span for m in moments],
        points=[_moment_point(m, start, write, speaker) for m in moments],
        axis=[Tick(word=write(at), at=round(100 * n / 3, 2), minor=n in (1, 2)) for n, at in enumerate(corners)],
        sentence=sentence,
        show=lambda value: f"+{format_compact(value, speaker.language)}" if value else "0",
    )


def _moment_point(moment: MomentView, start: MomentView, write: Callable[[datetime], str], speaker: Speaker) -> Point:
    gained, total = moment.engagement - start.engagement, speaker.number(moment.engagement)
    name = write(moment.at)
    return Point(
        name=name,
        value=_signed(speaker.number(gained), gained) or "0",
        note=speaker.say("in_all", total=total),
        spoken=f"{name}: {speaker.say('counted.engagement', figure=total)}",
    )


def _moment_writer(moments: Sequence[MomentView], speaker: Speaker) -> Callable[[datetime], str]:
    if moments[-1].at - moments[0].at <= timedelta(hours=24):
        return lambda at: format_time(at, speaker.zone)
    return lambda at: format_slot(at, speaker.now, speaker.language, speaker.zone)


def _short(day: DayView, speaker: Speaker) -> str:
    """`24 oct`: the day without its weekday."""
    return format_day(day.day, speaker.language).split(" ", 1)[1]


def _axis(words: Sequence[str]) -> list[Tick]:
    """A word every few days and the last one; on a phone every other of them."""
    step = max(round(len(words) / 6), 1)
    places = [n for n in range(0, len(words), step) if len(words) - 1 - n >= step * 0.6 or n == 0]
    places += [len(words) - 1] if places[-1] != len(words) - 1 else []
    return [
        Tick(word=words[n], at=round(100 * n / max(len(words) - 1, 1), 2), minor=k % 2 == 1 and n != len(words) - 1)
        for k, n in enumerate(places)
    ]


# -- platforms and posts -----------------------------------------------------------------------------------------------


def _shares(platforms: Sequence[PlatformFigures], speaker: Speaker) -> tuple[Share, ...]:
    shown = [p for p in platforms if p.posts or p.metrics.engagement is not None]
    most = max((p.metrics.engagement or 0 for p in shown), default=0) or 1
    ordered = sorted(shown, key=lambda p: -(p.metrics.engagement or -1))
    return tuple(_share(p, most, speaker) for p in ordered)


def _share(row: PlatformFigures, most: int, speaker: Speaker) -> Share:
    figure, rate = row.metrics.engagement, _rate([row.metrics])
    change, direction = _change(figure, row.before.engagement, speaker)
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
        rate=speaker.percent(_rate([metrics])),
        clicks=speaker.number(metrics.clicks),
        permalink=row.permalink or "",
        link_label=speaker.say("see_on", platform=PLATFORM_NAMES[row.platform]),
    )
