"""Products as a person reads them: frozen rows of ready words, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel import Locale, dates

from marketingos.domain.check.wording import plain
from marketingos.domain.holiday import known_countries
from marketingos.domain.platform import Platform
from marketingos.domain.said import FactUse
from marketingos.domain.sheet import Difference, Problem
from marketingos.services.archiving import CleanUp, Consequence
from marketingos.services.importing import Arrival, Import
from marketingos.services.portfolio import Holding, Portfolio
from marketingos.services.sampling import Sample
from marketingos.services.views import AccountView
from marketingos.text import catalogue, format_euro, format_slot, relative, sentence
from marketingos.ui.pages.products.draft import Draft, place_of
from marketingos.ui.theme import PLATFORM_NAMES


@dataclass(frozen=True, kw_only=True)
class Row:
    """A product in the list. `state` is `active`, `inactive` or `archived`; `note` says where a new one came from and
    how its first template is doing."""

    id: int = 0
    name: str = ""
    site: str = ""
    mark: str = "package"
    ground: str = "var(--active)"
    ink: str = "var(--text-2)"
    state: str = "inactive"
    pace: str = ""
    ahead: str = ""
    spent: str = ""
    money: str = ""
    share: str = "0%"
    over: bool = False
    platforms: tuple[str, ...] = ()
    note: str = ""
    fresh: bool = False
    failed: bool = False
    drawing: bool = False
    to_approve: int = 0


@dataclass(frozen=True, kw_only=True)
class SlotRow:
    """A card in the week."""

    key: str
    time: str
    platforms: tuple[str, ...]
    said: str


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """A column of the week."""

    number: int
    name: str
    long_name: str
    slots: tuple[SlotRow, ...]


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """A connected account that a product may publish on."""

    key: str
    platform: str
    name: str
    chosen: bool
    working: bool


@dataclass(frozen=True, kw_only=True)
class ClaimRow:
    """A statement of a sample, and the fact behind it (empty: none)."""

    text: str
    fact: str


@dataclass(frozen=True, kw_only=True)
class SampleRow:
    """A text that the voice produced; `cost` reads `0,02 € · hace 4 s`."""

    platform: str = "instagram"
    text: str = ""
    cut: int = 125
    claims: tuple[ClaimRow, ...] = ()
    cost: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """A line of what a file or a clean-up does. `kind` is `head`, `field`, `added`, `removed`, `note` or `problem`."""

    kind: str
    text: str
    line: str = ""


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """Whether white or paper letters can be read on a ground: the ratio as WCAG 2.2 counts it."""

    ratio: str = ""
    fine: bool = True
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """In which language, and where in time."""

    language: str
    zone: str
    now: datetime

    def say(self, key: str, **values: Any) -> str:
        return sentence(key, self.language, **values)

    def problem(self, problem: Problem) -> str:
        return self.say(problem.key, **problem.values)


# -- the list ----------------------------------------------------------------------------------------------------------


def rows(view: Portfolio, speaker: Speaker, *, state: str) -> tuple[Row, ...]:
    """The products of one state."""
    return tuple(row for row in (_row(h, speaker) for h in view.holdings) if row.state == state)


def _row(holding: Holding, speaker: Speaker) -> Row:
    product = holding.product
    state = "archived" if holding.archived else "active" if product.active else "inactive"
    waiting = speaker.say("products.to_approve", n=holding.to_approve) if holding.to_approve else ""
    return Row(
        id=product.id,
        name=product.name,
        site=product.website.partition("://")[2].rstrip("/"),
        mark=product.mark,
        ground=product.palette[0],
        ink=ink_on(product.palette[0]),
        state=state,
        pace=", ".join(filter(None, (speaker.say("products.per_week", n=holding.per_week), waiting))),
        ahead=_ahead(holding, speaker),
        spent=format_euro(holding.spent, speaker.language),
        money=_money(holding, speaker),
        share=f"{min(100, 100 * holding.spent / holding.cap):.0f}%" if holding.cap else "0%",
        over=bool(holding.cap) and holding.spent >= 0.9 * (holding.cap or 0),
        platforms=tuple(p.value for p in holding.platforms),
        note=_note(holding, speaker),
        fresh=state == "inactive" and holding.from_autosaas,
        failed=holding.sketch_error is not None,
        drawing=holding.drawing,
        to_approve=holding.to_approve,
    )


def _ahead(holding: Holding, speaker: Speaker) -> str:
    if holding.next_at is None:
        return speaker.say("products.nothing_ahead")
    return speaker.say("products.next", when=format_slot(holding.next_at, speaker.now, speaker.language, speaker.zone))


def _money(holding: Holding, speaker: Speaker) -> str:
    spent = format_euro(holding.spent, speaker.language)
    if holding.cap is None:
        return speaker.say("products.spent", spent=spent)
    return speaker.say("products.spent_of", spent=spent, cap=format_euro(holding.cap, speaker.language))


def _note(holding: Holding, speaker: Speaker) -> str:
    if holding.sketch_error:
        return f"{speaker.say('products.sketch_failed')} {speaker.say(_known(holding.sketch_error))}"
    if holding.drawing:
        return speaker.say("products.drawing")
    if holding.from_autosaas and not holding.product.active:
        when = relative(speaker.now, holding.created_at, speaker.language, speaker.zone)
        return speaker.say("products.from_autosaas", when=when)
    return ""


def _known(key: str) -> str:
    return key if key in catalogue("es") else "error.ours"


# -- the editor --------------------------------------------------------------------------------------------------------


def countries(language: str) -> list[tuple[str, str]]:
    """The countries whose holidays are known, with their names, in the order of the alphabet."""
    names = Locale.parse(language).territories
    found = [(code, names.get(code, code)) for code in known_countries()]
    return sorted(found, key=lambda place: plain(place[1]))


def week(draft: Draft, speaker: Speaker) -> tuple[DayRow, ...]:
    """Seven columns, Monday first."""
    short = dates.get_day_names("abbreviated", locale=speaker.language)
    long = dates.get_day_names("wide", locale=speaker.language)
    return tuple(
        DayRow(
            number=day,
            name=short[day].replace(".", ""),
            long_name=long[day],
            slots=tuple(_slot(s.key, s.time, s.platforms, long[day]) for s in draft.slots if s.weekday == day),
        )
        for day in range(7)
    )


def _slot(key: str, time: str, platforms: Sequence[str], day: str) -> SlotRow:
    names = ", ".join(PLATFORM_NAMES[p] for p in platforms)
    return SlotRow(key=key, time=time, platforms=tuple(platforms), said=f"{day} {time}, {names}")


def accounts(view: Portfolio, draft: Draft) -> tuple[AccountRow, ...]:
    """Every connected account, ticked when the product publishes on it."""
    return tuple(
        AccountRow(
            key=f"{account.platform.value} {external}",
            platform=account.platform.value,
            name=account.handle or account.name,
            chosen=f"{account.platform.value} {external}" in draft.accounts,
            working=account.working,
        )
        for account, external in sorted(view.accounts, key=lambda pair: _place(pair[0]))
    )


def _place(account: AccountView) -> tuple[int, str]:
    return list(Platform).index(account.platform), account.name


def lacking(draft: Draft, speaker: Speaker) -> tuple[str, ...]:
    """What a product still needs before it can publish anything, in words."""
    reachable = {a.split(" ", 1)[0] for a in draft.accounts}
    served = any(reachable & set(slot.platforms) for slot in draft.slots)
    found = (
        ("products.lacks_slots", not draft.slots),
        ("products.lacks_accounts", not draft.accounts),
        ("products.lacks_match", bool(draft.slots and draft.accounts and not served)),
        ("products.lacks_facts", not draft.facts),
        ("products.lacks_tone", not draft.lists["tone"]),
    )
    return tuple(speaker.say(key) for key, lacks in found if lacks)


def contrast(palette: Sequence[str], speaker: Speaker) -> Contrast:
    """How well the paper colour, which headlines are set in, stands out from the ground."""
    ratio = contrast_ratio(palette[0], palette[1])
    level = "good" if ratio >= 4.5 else "large" if ratio >= 3 else "poor"
    shown = f"{ratio:.1f}".replace(".", "," if speaker.language == "es" else ".")
    return Contrast(ratio=f"{shown} : 1", fine=ratio >= 3, words=speaker.say(f"products.contrast.{level}"))


def contrast_ratio(one: str, other: str) -> float:
    """Of two `#RRGGBB` colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(ground: str) -> str:
    """White or graphite letters, whichever stand out more."""
    return "#ffffff" if contrast_ratio(ground, "#ffffff") >= contrast_ratio(ground, "#1e1c19") else "#1e1c19"


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def fact_uses(uses: Mapping[str, FactUse], speaker: Speaker) -> dict[str, str]:
    """How often each fact was told, and when last, by its code."""
    return {code: _used(use, speaker) for code, use in uses.items()}


def _used(use: FactUse, speaker: Speaker) -> str:
    when = format_slot(use.last_at, speaker.now, speaker.language, speaker.zone)
    return f"{speaker.say('fact.used', n=use.count)} · {speaker.say('fact.used_last', when=when)}"


def sample(made: Sample, draft: Draft, speaker: Speaker) -> SampleRow:
    """A sample with the facts behind its statements."""
    facts = {fact.code: fact.claim for fact in draft.facts}
    return SampleRow(
        platform=made.platform.value,
        text=made.text,
        cut=made.cut,
        claims=tuple(
            ClaimRow(text=text, fact=" · ".join(facts[code] for code in codes if code in facts))
            for text, codes in made.claims
        ),
        cost=format_euro(made.euro, speaker.language),
    )


# -- what would change -------------------------------------------------------------------------------------------------


def consequences(told: Consequence, speaker: Speaker) -> tuple[str, ...]:
    """What archiving a product does, a line for each thing that it does."""
    if told.going:
        return (speaker.say("products.archive.going", n=told.going),)
    counts = {"withdrawn": told.withdrawn, "pending": told.pending, "published": told.published}
    return tuple(speaker.say(f"products.archive.{name}", n=n) for name, n in counts.items() if n)


def clean_up(done: CleanUp, speaker: Speaker) -> tuple[ChangeRow, ...]:
    """What a clean-up would archive."""
    found: list[ChangeRow] = []
    for told in (*done.archived, *done.busy):
        found.append(ChangeRow(kind="head", text=told.product.name))
        said = consequences(told, speaker) or (speaker.say("products.archive.nothing"),)
        found += [ChangeRow(kind="note" if told.going else "field", text=line) for line in said]
    return tuple(found)


def problems(found: Sequence[Problem], speaker: Speaker) -> tuple[ChangeRow, ...]:
    """What is wrong with a file, each with its line and field."""
    return tuple(
        ChangeRow(
            kind="problem",
            line=speaker.say("products.import.line", n=p.line) if p.line else "",
            text=": ".join(filter(None, (p.name, speaker.problem(p)))),
        )
        for p in found
    )


def arrivals(done: Import, speaker: Speaker) -> tuple[ChangeRow, ...]:
    """What a file would change."""
    return tuple(row for arrival in done.arrivals for row in _arrival(arrival, speaker))


def _arrival(arrival: Arrival, speaker: Speaker) -> Iterator[ChangeRow]:
    state = "new" if arrival.new else "changed" if arrival.changes else "same"
    yield ChangeRow(kind="head", text=arrival.name, line=speaker.say(f"products.import.{state}"))
    for change in () if arrival.new else arrival.changes:
        yield from _change(change, speaker)
    if arrival.new:
        yield ChangeRow(kind="field", text=speaker.say("products.import.new_note", n=len(arrival.changes)))
    if arrival.unknown_accounts:
        names = ", ".join(f"{PLATFORM_NAMES[a.platform]} {a.id}" for a in arrival.unknown_accounts)
        yield ChangeRow(kind="note", text=speaker.say("products.import.unknown_accounts", names=names))
    if arrival.unknown_logo:
        yield ChangeRow(kind="note", text=speaker.say("products.import.unknown_logo"))


def _change(change: Difference, speaker: Speaker) -> Iterator[ChangeRow]:
    name = change.name.partition(".")[2] or change.name
    yield ChangeRow(kind="field", text=speaker.say(f"products.field.{name}"))
    yield from (ChangeRow(kind="removed", text=text) for text in change.removed)
    yield from (ChangeRow(kind="added", text=text) for text in change.added)


def errors_of(found: Sequence[Problem], speaker: Speaker) -> dict[str, str]:
    """The sentence for each control that something is wrong with."""
    told: dict[str, str] = {}
    for problem in found:
        told.setdefault(place_of(problem), speaker.problem(problem))
    return told
