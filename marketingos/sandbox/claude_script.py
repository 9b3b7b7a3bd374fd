"""When the writer fails: a script of lapses, posted to /control/writer and kept in the ledger.

A rule::

    {"lapse": "over_long", "platform": "linkedin", "text": "ReservasPro", "turn": "first", "times": 1, "mended": true}

Only `lapse` is required (see `copywriter.lapses`). `platform` is whose text is spoiled where only one is; `text` is a
regular expression that must be found in the request; `turn` is `first` (the first answer of a conversation),
`repair` (one to a conversation that holds an answer already) or `any`; `times` is how many conversations are hit
(null: all). A conversation is told by its first user turn. When the writer is asked again, after an answer that broke
off or to repair one, it does better if `mended`, and fails in the same way if not.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from .copywriter.brief import PLATFORMS
from .copywriter.lapses import LAPSES, Lapse
from .ledger import Ledger

_KEPT = "claude_script"
_TURNS = ("first", "repair", "any")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line of the script."""

    lapse: str
    platform: str | None = None
    text: str = ""
    turn: str = "first"
    times: int | None = 1
    mended: bool = True

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Rule":
        """Read one rule; ValueError says what is wrong with it."""
        if unknown := set(raw) - {item.name for item in fields(cls)}:
            raise ValueError(f"unknown keys {sorted(unknown)} in rule")
        rule = cls(**raw)
        for name, value, known in (
            ("lapse", rule.lapse, LAPSES), ("platform", rule.platform, (None, *PLATFORMS)), ("turn", rule.turn, _TURNS),
        ):  # fmt: skip
            if value not in known:
                raise ValueError(f"unknown {name} {value!r}")
        try:
            re.compile(rule.text)
        except re.error as error:
            raise ValueError(f"text: {error}") from error
        return rule


@dataclass(frozen=True)
class _Talk:
    """A request within its conversation: which one, and how many answers it holds."""

    id: str
    answers: int
    told: str

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "_Talk":
        turns = request["messages"]
        first = json.dumps([request.get("system"), turns[0]["content"]], sort_keys=True, ensure_ascii=False)
        told = json.dumps([request.get("system"), turns], ensure_ascii=False)
        return cls(hashlib.sha256(first.encode()).hexdigest()[:16], sum(t["role"] == "assistant" for t in turns), told)

    def suits(self, rule: Rule) -> bool:
        turn = "repair" if self.answers else "first"
        return rule.turn in (turn, "any") and re.search(rule.text, self.told) is not None


class Script:
    """The rules in force, with the conversations each has hit."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def rules(self) -> list[dict[str, Any]]:
        """Every rule as it was posted, and under `hits` what it hit, as `conversation:answers`."""
        rules: list[dict[str, Any]] = self._ledger.setting(_KEPT, [])
        return rules

    def load(self, raw: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Adds rules, all or none."""
        for one in raw:
            Rule.parse(one)
        with self._ledger.writing():
            self._ledger.put_setting(_KEPT, [*self.rules(), *({**one, "hits": []} for one in raw)])
        return self.rules()

    def clear(self) -> None:
        """Forgets every rule."""
        self._ledger.put_setting(_KEPT, [])

    def lapse(self, request: Mapping[str, Any]) -> Lapse | None:
        """How the answer to this Messages request goes wrong, if it does; counted."""
        talk = _Talk.of(request)
        with self._ledger.writing():
            kept = self.rules()
            rule = _again(kept, talk) or _next(kept, talk)
            self._ledger.put_setting(_KEPT, kept)
        return Lapse(rule.lapse, rule.platform) if rule else None


def _again(kept: list[dict[str, Any]], talk: _Talk) -> Rule | None:
    """The rule under which this conversation fails for good."""
    for raw in kept:
        rule = _rule(raw)
        if not rule.mended and any(hit.partition(":")[0] == talk.id for hit in raw["hits"]):
            return rule
    return None


def _next(kept: list[dict[str, Any]], talk: _Talk) -> Rule | None:
    """The first rule that is due; none when this very turn was spoiled before."""
    place = f"{talk.id}:{talk.answers}"
    if any(place in raw["hits"] for raw in kept):
        return None
    for raw in kept:
        rule = _rule(raw)
        if talk.suits(rule) and (rule.times is None or len(raw["hits"]) < rule.times):
            raw["hits"].append(place)
            return rule
    return None


def _rule(raw: Mapping[str, Any]) -> Rule:
    return Rule(**{name: value for name, value in raw.items() if name != "hits"})
