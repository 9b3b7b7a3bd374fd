"""Which facts a post may use, and the record of which it did."""

import re
from typing import Any

from .brief import Brief, Fact

_KINDS = {
    "trial": r"prueba|gratis|sin tarjeta|permanencia|trial|free\b|no card",
    "price": r"€|\beur|\$|precio|al mes|/mes|cuesta|price|per month",
    "reminder": r"recordator|avis|notific|remind|alert",
    "waitlist": r"lista de espera|plaza libre|waitlist|waiting list",
    "capacity": r"aforo|plazas|capacity|spots",
    "payment": r"\bpago|señal|cobr|bono|bizum|tarjeta de|stripe|payment|paid|charge",
    "legal": r"verifactu|hacienda|aeat|legal|\bqr\b|\bley\b|homologa|complian",
    "tax": r"\biva\b|irpf|trimestr|modelo \d|impuesto|tax|vat",
    "setup": r"minuto|instala|configur|import|migra|set ?up|minutes",
    "support": r"soporte|ayuda|atención|persona|support|help",
    "data": r"export|estadíst|informe|datos|panel|report|stats",
    "booking": r"reserv|24 ?h|agenda|calendario|huecos?|citas?|book|schedul",
    "invoice": r"factur|presupuesto|gastos?|tickets?|invoice|expense",
    "team": r"equipo|barberos?|entrenador|monitor|empleado|staff|team",
}
_OFFERS = {"trial", "price"}


class Claims:
    """The facts of a brief in order of fit to a topic. `take` hands them out; `made` tells what was claimed."""

    def __init__(self, brief: Brief, topic: str) -> None:
        self.used: list[Fact] = []
        self._facts = brief.facts
        plain = [fact for fact in brief.facts if topic in _OFFERS or not kinds(fact) & _OFFERS]
        turned = _turned(plain, brief.seed)
        fitting = sorted((fact for fact in turned if topic in kinds(fact)), key=lambda fact: len(kinds(fact)))
        if brief.seed % 3 == 0:
            fitting = _turned(fitting, 1)
        self._queue = [*fitting, *(fact for fact in turned if fact not in fitting)]

    def take(self, count: int) -> list[Fact]:
        """Up to `count` facts: the best fit first, the others by turns so that platforms differ."""
        if not self._queue:
            return []
        first, rest = self._queue[0], self._queue[1:]
        taken = [first, *rest[: count - 1]]
        self._queue = [first, *rest[count - 1 :], *rest[: count - 1]]
        self._note(taken)
        return taken

    def brief_one(self, longest: int) -> str:
        """The best fact that can be told in so many characters, cut at its first pause; "" when there is none."""
        for fact in self._queue:
            clause = re.split(r"[,;:(]", fact.text)[0].strip()
            if len(clause) <= longest:
                self._note([fact])
                return clause
        return ""

    def offer(self, kind: str = "trial") -> Fact | None:
        """The fact of that kind (trial or price), if the sheet has one."""
        found = next((fact for fact in self._facts if kind in kinds(fact)), None)
        self._note([found] if found else [])
        return found

    def made(self) -> list[dict[str, Any]]:
        """Every claim of the post with the fact behind it."""
        return [{"text": fact.text, "fact_ids": [fact.id], "fact_id": fact.id, "fact": fact.text}
                for fact in self.used]  # fmt: skip

    def _note(self, facts: list[Fact]) -> None:
        self.used += [fact for fact in facts if fact not in self.used]


def _turned(facts: list[Fact], by: int) -> list[Fact]:
    by %= max(len(facts), 1)
    return facts[by:] + facts[:by]


def kinds(fact: Fact) -> set[str]:
    """The topics a fact speaks to."""
    return {kind for kind, words in _KINDS.items() if re.search(words, fact.text, re.IGNORECASE)}
