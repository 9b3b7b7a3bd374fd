"""A product as it stands in the editor: what people typed, as they typed it. It becomes a sheet when it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from marketingos.domain.platform import Platform
from marketingos.domain.sheet import Problem, ProductSheet, Weekday

TEXTS: Final = (
    "name", "description", "audience", "usp", "website", "language", "timezone", "country", "do", "dont", "hooks",
    "calls_to_action", "visual_style", "mark", "posts_per_week", "late_after_hours", "ai_budget_month",
)  # fmt: skip
LISTS: Final = ("tone", "banned_words", "competitors", "contacts", "hashtags")
_PLAIN: Final = ("name", "description", "audience", "usp", "website", "language", "timezone", "country")
_LINES: Final = {"do": "voice", "dont": "voice", "hooks": "template", "calls_to_action": "template"}
_OF_TEMPLATE: Final = ("visual_style", "mark")
OTHERS: Final = ("palette", "slots", "facts", "accounts", "logo")


@dataclass(frozen=True, kw_only=True)
class FactDraft:
    """A line of the facts sheet; `key` tells it from the others while it has no code."""

    key: str
    code: str = ""
    kind: str = "feature"
    claim: str = ""
    source: str = ""
    valid_until: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class SlotDraft:
    """A moment of the week: 0 is Monday, `09:30`."""

    weekday: int
    time: str
    platforms: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.weekday}-{self.time}"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """All in the editor. `texts` by field; `do`, `hooks` and the like a line each; `accounts` as `platform id`."""

    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    palette: tuple[str, ...]
    logo: str = ""
    facts: tuple[FactDraft, ...] = ()
    slots: tuple[SlotDraft, ...] = ()
    accounts: tuple[str, ...] = ()
    external_id: str = ""
    serial: int = field(default=0, compare=False)

    def with_text(self, name: str, value: str) -> Draft:
        """The same with other words in a field; unknown fields change nothing."""
        return replace(self, texts={**self.texts, name: value}) if name in TEXTS else self

    def with_list(self, name: str, values: Sequence[str]) -> Draft:
        """The same with another list."""
        return replace(self, lists={**self.lists, name: tuple(map(str, values))}) if name in LISTS else self

    def with_fact(self, key: str, name: str, value: str) -> Draft:
        """The same with another word in a line of the facts sheet."""
        if name not in ("kind", "claim", "source", "valid_until"):
            return self
        changed = (replace(f, **{name: value, "error": ""}) if f.key == key else f for f in self.facts)
        return replace(self, facts=tuple(changed))

    def with_new_fact(self) -> Draft:
        """The same with an empty line at the end."""
        new = FactDraft(key=f"new-{self.serial}")
        return replace(self, facts=(*self.facts, new), serial=self.serial + 1)

    def without_fact(self, key: str) -> Draft:
        """The same without a line."""
        return replace(self, facts=tuple(f for f in self.facts if f.key != key))

    def with_slot(self, slot: SlotDraft, *, instead_of: str = "") -> Draft:
        """The same with a slot, in the place of another if that is named."""
        others = [s for s in self.slots if s.key not in (instead_of, slot.key)]
        return replace(self, slots=tuple(sorted([*others, slot], key=lambda s: (s.weekday, s.time))))

    def without_slot(self, key: str) -> Draft:
        """The same without a slot."""
        return replace(self, slots=tuple(s for s in self.slots if s.key != key))


def draft_of(sheet: ProductSheet) -> Draft:
    """A sheet as it is edited."""
    voice, template = sheet.voice, sheet.template
    plain = {name: getattr(sheet, name) for name in _PLAIN}
    lines = {name: "\n".join(getattr(getattr(sheet, part), name)) for name, part in _LINES.items()}
    numbers = {
        "posts_per_week": str(sheet.posts_per_week or ""),
        "late_after_hours": f"{sheet.late_after_minutes / 60:g}",
        "ai_budget_month": "" if sheet.ai_budget_month is None else str(sheet.ai_budget_month).removesuffix(".0"),
    }
    days = list(Weekday)
    return Draft(
        texts={**plain, **lines, **numbers, "visual_style": template.visual_style, "mark": template.mark},
        lists={
            "tone": tuple(part.strip() for part in voice.tone.split(",") if part.strip()),
            "banned_words": voice.banned_words,
            "competitors": voice.competitors,
            "contacts": voice.contacts,
            "hashtags": template.hashtags,
        },
        palette=template.palette,
        logo=template.logo,
        facts=tuple(
            FactDraft(
                key=f.code,
                code=f.code,
                kind=f.kind.value,
                claim=f.claim,
                source=f.source,
                valid_until=f.valid_until.isoformat() if f.valid_until else "",
            )
            for f in sheet.facts
        ),
        slots=tuple(
            SlotDraft(
                weekday=days.index(slot.weekday),
                time=f"{slot.time:%H:%M}",
                platforms=tuple(p.value for p in slot.platforms),
            )
            for slot in sheet.slots
        ),
        accounts=tuple(f"{a.platform.value} {a.id}" for a in sheet.accounts),
        external_id=sheet.external_id,
    )


def data_of(draft: Draft) -> dict[str, Any]:
    """What is handed to the services: the values of a sheet, as far as they can be read."""
    texts, lists = draft.texts, draft.lists
    lines = {name: [line for line in texts[name].splitlines() if line.strip()] for name in _LINES}
    days = list(Weekday)
    return {
        **{name: texts[name] for name in _PLAIN},
        "external_id": draft.external_id,
        "posts_per_week": _number(texts["posts_per_week"]),
        "late_after_minutes": _minutes(texts["late_after_hours"]),
        "ai_budget_month": _number(texts["ai_budget_month"]),
        "voice": {
            "tone": ", ".join(lists["tone"]),
            "do": lines["do"],
            "dont": lines["dont"],
            "banned_words": lists["banned_words"],
            "competitors": lists["competitors"],
            "contacts": lists["contacts"],
        },
        "template": {
            "hooks": lines["hooks"],
            "calls_to_action": lines["calls_to_action"],
            "hashtags": lists["hashtags"],
            "visual_style": texts["visual_style"],
            "palette": draft.palette,
            "mark": texts["mark"],
            "logo": draft.logo,
        },
        "facts": [
            {
                "code": f.code,
                "kind": f.kind,
                "claim": f.claim,
                "source": f.source,
                "valid_until": f.valid_until or None,
            }
            for f in draft.facts
        ],
        "slots": [{"weekday": days[s.weekday], "time": s.time, "platforms": s.platforms} for s in draft.slots],
        "accounts": [dict(zip(("platform", "id"), a.split(" ", 1), strict=True)) for a in draft.accounts],
    }


def place_of(problem: Problem) -> str:
    """The control that a problem belongs to: a field's name, or `facts.2` for a line of the facts sheet."""
    path = problem.path
    if path[0] == "facts" and len(path) > 1:
        return f"facts.{path[1]}"
    names = [str(part) for part in path if not isinstance(part, int)]
    name = names[1] if names[0] in ("voice", "template") and len(names) > 1 else names[0]
    return "late_after_hours" if name == "late_after_minutes" else name


def tiles(platforms: Sequence[str]) -> tuple[str, ...]:
    """In the order in which they are shown everywhere."""
    return tuple(p.value for p in Platform if p.value in platforms)


def _number(text: str) -> str | None:
    """Nothing typed is None; a comma is as good as a point."""
    return text.strip().replace(",", ".") or None


def _minutes(text: str) -> Any:
    """Hours as minutes; what is no number is told as it stands."""
    try:
        return round(float(text.replace(",", ".")) * 60)
    except (ValueError, OverflowError):
        return text
