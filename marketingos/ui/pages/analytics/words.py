"""How figures are said: the person's language, changes with their sign, rates over what is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from marketingos.domain.performance import Metrics
from marketingos.text import format_change, format_percent, relative, sentence
from marketingos.text.format import format_compact


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """How this person reads: language, zone, and the moment they look."""

    language: str
    zone: str
    now: datetime

    def say(self, key: str, **values: object) -> str:
        """The page's own words."""
        return sentence(f"analytics.{key}", self.language, **values)

    def number(self, value: float | None) -> str:
        """A count, or that it is not known."""
        return self.say("no_data") if value is None else format_compact(value, self.language)

    def percent(self, share: float | None) -> str:
        """A share as a percentage, or that it is not known."""
        return self.say("no_data") if share is None else format_percent(share, self.language)

    def ago(self, moment: datetime) -> str:
        """How long ago."""
        return relative(self.now, moment, self.language, self.zone)


def rate_of(metrics: Iterable[Metrics]) -> float | None:
    """Engagement for each view, over what tells both."""
    both = [(m.engagement, m.views) for m in metrics if m.engagement is not None and m.views]
    return sum(e for e, _ in both) / sum(v for _, v in both) if both else None


def measured(metrics: Metrics, name: str) -> int | None:
    """The count of that name; None is not known."""
    value: int | None = getattr(metrics, name)
    return value


def change_of(now: float | None, before: float | None, speaker: Speaker) -> tuple[str, str]:
    """`+12 %` and where it points; nothing when there is nothing to compare with."""
    if now is None or not before:
        return "", ""
    share = (now - before) / before
    return format_change(share, speaker.language), direction_of(round(share, 2))


def direction_of(difference: float | None) -> str:
    """`up`, `down`, or nothing when nothing changed or nobody knows."""
    return "" if not difference else "up" if difference > 0 else "down"


def signed(figure: str, value: float) -> str:
    """A figure with its sign (a negative one is written with its own); nothing for zero."""
    return f"+{figure}" if value > 0 else figure if value < 0 else ""
