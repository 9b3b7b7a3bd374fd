"""A product as one checked value: what the editor saves, what a YAML file holds, what another system sends.

What is wrong with one is a `Problem`: a path, the key of a sentence, and its values.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from datetime import time as Clock  # noqa: N812  (the field is called `time`)
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from marketingos.domain.holiday import known_countries
from marketingos.domain.platform import Platform, in_order
from marketingos.domain.product import NAME_MAX, FactKind

Path = tuple[str | int, ...]


class Weekday(StrEnum):
    """Days as files name them; Monday is the first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """0 is Monday."""
        return list(Weekday).index(self)


# -- single values -----------------------------------------------------------------------------------------------------


def _clean(text: str) -> str:
    """Composed letters; control characters have no place in what people read."""
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise PydanticCustomError("sheet.control_character", "control character")
    return unicodedata.normalize("NFC", text).strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _site(address: str) -> str:
    """`reservaspro.es` is as good as its whole address."""
    if not address:
        return ""
    whole = address if "://" in address else f"https://{address}"
    try:
        parts = urlsplit(whole)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or re.search(r"\s", whole):
        raise PydanticCustomError("sheet.bad_site", "not a web address")
    return whole


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("sheet.bad_zone", "not an IANA time zone")
    return name


def _country(code: str) -> str:
    """ISO 3166, two letters; empty is the zone's."""
    known = code.strip().upper()
    if known and known not in known_countries():
        raise PydanticCustomError("sheet.bad_country", "not a country", {"country": code})
    return known


def _contact(text: str) -> str:
    """A telephone has digits, an address or a handle its @; anything else is a slip of the pen."""
    if text and not re.search(r"@\w|(?:\d[\s./()-]*){3}", text):
        raise PydanticCustomError("sheet.bad_contact", "not a contact", {"contact": text})
    return text


def _hashtag(tag: str) -> str:
    bare = tag.lstrip("#")
    if not re.fullmatch(r"\w{2,40}", bare) or bare.isdigit():
        raise PydanticCustomError("sheet.bad_hashtag", "not a hashtag", {"tag": tag})
    return bare


def _colour(code: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", code):
        raise PydanticCustomError("sheet.bad_colour", "not a colour", {"colour": code})
    return code.upper()


def _minute(at: Clock) -> Clock:
    if at.second or at.microsecond or at.tzinfo:
        raise PydanticCustomError("sheet.bad_time", "not hours and minutes")
    return at


def _given(text: str) -> str:
    if not text:
        raise PydanticCustomError("sheet.missing", "nothing there")
    return text


def _at_most(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text) > limit:
            raise PydanticCustomError("sheet.too_long", "too long", {"limit": limit})
        return text

    return AfterValidator(check)


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _listed(value: Any) -> Any:
    """Nothing after a key in a file means an empty list."""
    return () if value is None else value


def _said(value: Any) -> Any:
    return "" if value is None else value


Words = Annotated[str, BeforeValidator(_said), StringConstraints(max_length=2000), AfterValidator(_clean)]
Line = Annotated[
    str, BeforeValidator(_said), StringConstraints(max_length=300), AfterValidator(_clean), AfterValidator(_one_line)
]
Listed = BeforeValidator(_listed)
Lines = Annotated[tuple[Line, ...], Listed, Field(max_length=60), AfterValidator(_each_once)]
Hashtag = Annotated[Line, AfterValidator(_hashtag)]
Colour = Annotated[str, AfterValidator(_colour)]


# -- the sheet ---------------------------------------------------------------------------------------------------------


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VoiceSheet(_Part):
    """How it speaks."""

    tone: Line = ""
    do: Lines = ()
    dont: Lines = ()
    banned_words: Lines = ()
    competitors: Lines = ()
    contacts: Annotated[
        tuple[Annotated[Line, AfterValidator(_contact)], ...], Listed, Field(max_length=60), AfterValidator(_each_once)
    ] = ()


class TemplateSheet(_Part):
    """What its posts are made of."""

    hooks: Lines = ()
    hashtags: Annotated[tuple[Hashtag, ...], Listed, Field(max_length=30), AfterValidator(_each_once)] = ()
    calls_to_action: Lines = ()
    visual_style: Words = ""
    palette: Annotated[tuple[Colour, ...], Field(min_length=3, max_length=3)] = ("#1E1C19", "#F6F4F0", "#4A45CF")
    mark: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)] = "package"
    logo: Annotated[str, BeforeValidator(_said), StringConstraints(pattern=r"^([0-9a-f]{64}\.[a-z0-9]+)?$")] = ""


class FactSheet(_Part):
    """One thing that may be claimed."""

    code: Annotated[str, BeforeValidator(_said), StringConstraints(pattern=r"^(F[1-9][0-9]{0,5})?$")] = ""
    kind: FactKind = FactKind.FEATURE
    claim: Annotated[Line, AfterValidator(_given)]
    source: Line = ""
    valid_until: date | None = None


class SlotSheet(_Part):
    """A weekly moment, by the clock on the product's wall."""

    weekday: Weekday
    time: Annotated[Clock, AfterValidator(_minute)]
    platforms: Annotated[tuple[Platform, ...], Field(min_length=1), AfterValidator(in_order)]


class AccountSheet(_Part):
    """An account that it publishes on, by the platform's own name for it."""

    platform: Platform
    id: Annotated[Line, AfterValidator(_given)]


def _coded(facts: tuple[FactSheet, ...]) -> tuple[FactSheet, ...]:
    """Every fact has a code of its own; a new one never takes one that another has."""
    codes = [fact.code for fact in facts if fact.code]
    if twice := next((code for code in codes if codes.count(code) > 1), None):
        raise PydanticCustomError("sheet.code_twice", "code given twice", {"code": twice})
    free = max((int(code[1:]) for code in codes), default=0) + 1
    found = []
    for fact in facts:
        found.append(fact if fact.code else fact.model_copy(update={"code": f"F{free}"}))
        free += not fact.code
    return tuple(found)


def in_the_week(slots: tuple[SlotSheet, ...]) -> tuple[SlotSheet, ...]:
    """By day and time, no two at the same moment."""
    ordered = sorted(slots, key=lambda slot: (slot.weekday.number, slot.time))
    for one, next_one in pairwise(ordered):
        if (one.weekday, one.time) == (next_one.weekday, next_one.time):
            at = {"weekday": one.weekday.value, "time": f"{one.time:%H:%M}"}
            raise PydanticCustomError("sheet.slot_twice", "two slots at the same moment", at)
    return tuple(ordered)


def accounts_once(accounts: tuple[AccountSheet, ...]) -> tuple[AccountSheet, ...]:
    places = list(Platform)
    return tuple(sorted(set(accounts), key=lambda account: (places.index(account.platform), account.id)))


class ProductSheet(_Part):
    """Everything that is said of a product. Euro, minutes; times are local to `timezone`."""

    name: Annotated[Line, _at_most(NAME_MAX), AfterValidator(_given)]
    external_id: Annotated[Line, _at_most(120)] = ""
    description: Words = ""
    audience: Words = ""
    usp: Words = ""
    website: Annotated[Line, AfterValidator(_site)] = ""
    language: Literal["es", "en"] = "es"
    timezone: Annotated[str, AfterValidator(_zone)] = "Europe/Madrid"
    country: Annotated[str, BeforeValidator(_said), AfterValidator(_country)] = ""
    posts_per_week: Annotated[int, Field(ge=1, le=70)] | None = None
    late_after_minutes: Annotated[int, Field(ge=5, le=7 * 24 * 60)] = 120
    ai_budget_month: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] | None = None
    voice: VoiceSheet = VoiceSheet()
    template: TemplateSheet = TemplateSheet()
    facts: Annotated[tuple[FactSheet, ...], Listed, Field(max_length=200), AfterValidator(_coded)] = ()
    slots: Annotated[tuple[SlotSheet, ...], Listed, Field(max_length=100), AfterValidator(in_the_week)] = ()
    accounts: Annotated[tuple[AccountSheet, ...], Listed, AfterValidator(accounts_once)] = ()


STARTING_SLOTS = (
    SlotSheet(weekday=Weekday.TUESDAY, time=Clock(18, 30), platforms=tuple(Platform)),
    SlotSheet(weekday=Weekday.THURSDAY, time=Clock(12, 30), platforms=(Platform.FACEBOOK, Platform.LINKEDIN)),
    SlotSheet(weekday=Weekday.SATURDAY, time=Clock(10, 30), platforms=(Platform.INSTAGRAM, Platform.TIKTOK)),
)
"""A week to begin with, for a product that came without one: after work, before lunch, Saturday morning."""


# -- what is wrong with one --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something in a sheet that cannot be. `line` counts from 1 in a file; 0: it did not come from one."""

    path: Path
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    line: int = 0

    @property
    def name(self) -> str:
        """The field, such as `voice.banned_words` or `facts.3.claim`; list entries count from 1."""
        return ".".join(str(part + 1 if isinstance(part, int) else part) for part in self.path)


_KEYS = {
    "missing": "sheet.missing",
    "extra_forbidden": "sheet.unknown_field",
    "too_long": "sheet.too_many",
    "too_short": "sheet.too_few",
    "string_too_long": "sheet.too_long",
    "string_type": "sheet.not_text",
    "string_pattern_mismatch": "sheet.bad_pattern",
    "tuple_type": "sheet.not_a_list",
    "model_type": "sheet.not_a_block",
    "model_attributes_type": "sheet.not_a_block",
    "enum": "sheet.not_one_of",
    "literal_error": "sheet.not_one_of",
    "greater_than": "sheet.too_small",
    "greater_than_equal": "sheet.too_small",
    "less_than_equal": "sheet.too_large",
}
_STARTS = (("int_", "sheet.not_a_number"), ("float_", "sheet.not_a_number"), ("finite_", "sheet.not_a_number"),
           ("date_", "sheet.bad_date"), ("time_", "sheet.bad_time"))  # fmt: skip


def problems(error: ValidationError) -> tuple[Problem, ...]:
    """Pydantic's complaints as sentences for people, in the order of the sheet."""
    found = [_problem(e["loc"], e["type"], dict(e.get("ctx", {}))) for e in error.errors(include_url=False)]
    # Entries that are wrong are not counted, so their list may seem too short as well.
    inside = {p.path[: len(other.path)] for p in found for other in found if len(p.path) > len(other.path)}
    return tuple(p for p in found if p.key != "sheet.too_few" or p.path not in inside)


def _problem(path: Path, kind: str, context: dict[str, Any]) -> Problem:
    key = kind if kind.startswith("sheet.") else _KEYS.get(kind) or _by_start(kind)
    limit = next((context[name] for name in ("max_length", "min_length", "ge", "gt", "le") if name in context), None)
    values = {**context, "limit": limit} if limit is not None else context
    if "expected" in values:
        values["expected"] = ", ".join(re.findall(r"'([^']*)'", values["expected"]))
    return Problem(path=tuple(path), key=key, values=values)


def _by_start(kind: str) -> str:
    return next((key for start, key in _STARTS if kind.startswith(start)), "sheet.invalid")


# -- what changes between two ------------------------------------------------------------------------------------------


def merged(old: ProductSheet, new: ProductSheet) -> ProductSheet:
    """The old sheet with everything that the new one really says: what it leaves out stays as it is."""
    update: dict[str, Any] = {name: getattr(new, name) for name in new.model_fields_set}
    for name in ("voice", "template"):
        before, after = getattr(old, name), getattr(new, name)
        update[name] = before.model_copy(update={inner: getattr(after, inner) for inner in after.model_fields_set})
    return old.model_copy(update=update)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What one field says more and what it says no more."""

    name: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def differences(old: ProductSheet | None, new: ProductSheet) -> tuple[Difference, ...]:
    """Field by field, in the order of the sheet; empty when they say the same."""
    before, after = dict(_flat(old)) if old else {}, dict(_flat(new))
    found = (_difference(name, before.get(name, ()), lines) for name, lines in after.items())
    return tuple(d for d in found if d.added or d.removed)


def _difference(name: str, before: tuple[str, ...], after: tuple[str, ...]) -> Difference:
    added = tuple(line for line in after if line not in before)
    removed = tuple(line for line in before if line not in after)
    reordered = not (added or removed) and before != after
    return Difference(name=name, added=after if reordered else added, removed=removed)


def _flat(sheet: ProductSheet) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every field with what it says, line by line."""
    for name, value in sheet:
        if isinstance(value, VoiceSheet | TemplateSheet):
            for inner, part in value:
                yield f"{name}.{inner}", _told(part)
        else:
            yield name, _told(value)


def _told(value: Any) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(_line_of(entry) for entry in value)
    return () if value in (None, "") else (_figure(value),)


def _line_of(entry: Any) -> str:
    match entry:
        case FactSheet():
            until = entry.valid_until.isoformat() if entry.valid_until else ""
            return _joined((f"{entry.code}: {entry.claim}", entry.kind.value, entry.source, until))
        case SlotSheet():
            return f"{entry.weekday.value} {entry.time:%H:%M} {', '.join(p.value for p in entry.platforms)}"
        case AccountSheet():
            return f"{entry.platform.value} {entry.id}"
    return str(entry)


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _figure(value: Any) -> str:
    return str(value).removesuffix(".0")
