"""The two charts of the page, drawn: what each day gained, and what has come in since a moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from marketingos.services.views import DayView, MomentView
from marketingos.text import format_day, format_slot, format_time
from marketingos.text.format import format_compact
from marketingos.ui.components.charts import NO_PLOT, Plot, Point, Tick, plot
from marketingos.ui.pages.analytics.words import Speaker, change_of, measured, signed

_UNSETTLED: Final = 2
"""Steps at the end of the daily chart that can still grow: younger posts are read often, and their counts run."""

_LIVE = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Live:
    """What came in since the chart's first moment, and when it was last read."""

    gained: str = ""
    since: str = ""
    read: str = ""
    fresh: bool = False
    chart: Plot = NO_PLOT


NO_LIVE: Final = Live()


def daily_chart(days: Sequence[DayView], speaker: Speaker, measure: str) -> Plot:
    values = [measured(d.metrics, measure) for d in days]
    return plot(
        values,
        before=[measured(d.before, measure) for d in days],
        points=[_day_point(d, speaker, measure) for d in days],
        axis=_axis([_short(d, speaker) for d in days]),
        unsettled=_UNSETTLED,
        sentence=_daily_sentence(days, values, speaker, measure),
        show=lambda value: format_compact(value, speaker.language),
    )


def _day_point(day: DayView, speaker: Speaker, measure: str) -> Point:
    now, before = measured(day.metrics, measure), measured(day.before, measure)
    change, direction = change_of(now, before, speaker)
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


def live_chart(moments: Sequence[MomentView], measured_at: datetime | None, speaker: Speaker) -> Live:
    """The curve starts at what was known at its first moment: beside a total of weeks, what moves now is not seen."""
    if not moments or measured_at is None:
        return NO_LIVE
    start, last = moments[0], moments[-1]
    gained = last.engagement - start.engagement
    since = speaker.say("since", when=format_slot(start.at, speaker.now, speaker.language, speaker.zone))
    figure = signed(speaker.number(gained), gained) or "0"
    return Live(
        gained=figure,
        since=since,
        read=speaker.say("read", when=speaker.ago(measured_at)),
        fresh=speaker.now - measured_at < _LIVE,
        chart=_live_plot(moments, speaker, sentence=f"{figure} {since}"),
    )


def _live_plot(moments: Sequence[MomentView], speaker: Speaker, *, sentence: str) -> Plot:
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
        value=signed(speaker.number(gained), gained) or "0",
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
