"""What a product said, post by post: the ledger that keeps it from saying the same twice.

A ledger grows while a cycle writes, so that posts written side by side know of each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketingos.domain.similarity import ALIKE, Fingerprint, fingerprint, likeness


@dataclass(frozen=True, kw_only=True)
class Said:
    """One post: when it goes out, how it opens, what it is about, the facts it told, and its texts."""

    at: datetime
    hook: str
    pillar: str = ""
    pain: str = ""
    angle: str = ""
    facts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Echo:
    """A text that says again what another one says; `likeness` as in `similarity`."""

    text: str
    hook: str
    at: datetime
    likeness: float


@dataclass(frozen=True, kw_only=True)
class FactUse:
    """In how many posts a fact was told, and when the last of them goes or went out."""

    count: int
    last_at: datetime


@dataclass(frozen=True)
class _Entry:
    said: Said
    prints: tuple[tuple[str, Fingerprint], ...]


@dataclass
class Ledger:
    """What was said and what waits in the queue. The product's `calls` to action may come back."""

    calls: tuple[str, ...] = ()
    entries: list[_Entry] = field(default_factory=list)

    def note(self, said: Said) -> None:
        """One more post."""
        prints = tuple((text, fingerprint(text, self.calls)) for text in said.texts)
        self.entries.append(_Entry(said, prints))

    def near(self, at: datetime, at_most: int) -> list[Said]:
        """The posts that go out nearest to a moment, nearest first."""
        return sorted((entry.said for entry in self.entries), key=lambda said: abs(said.at - at))[:at_most]

    def echo(self, texts: Iterable[str]) -> Echo | None:
        """The text of the ledger that one of these comes closest to, when they are alike."""
        found = [echo for text in texts if (echo := self._closest(fingerprint(text, self.calls)))]
        return max(found, key=lambda echo: echo.likeness, default=None)

    def rested(self, codes: Sequence[str]) -> list[str]:
        """The facts by how long they were not told: those never told first, else in the order of the sheet."""
        told = {code: entry.said.at for entry in sorted(self.entries, key=_when) for code in entry.said.facts}
        return [c for c in codes if c not in told] + sorted((c for c in codes if c in told), key=lambda c: told[c])

    def _closest(self, print_: Fingerprint) -> Echo | None:
        alike = [
            Echo(text=text, hook=entry.said.hook, at=entry.said.at, likeness=degree)
            for entry in self.entries
            for text, other in entry.prints
            if (degree := likeness(print_, other)) >= ALIKE
        ]
        return max(alike, key=lambda echo: echo.likeness, default=None)


def _when(entry: _Entry) -> datetime:
    return entry.said.at
