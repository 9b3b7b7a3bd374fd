"""How well the checks do on the cases: precision over all cases, recall over those that expect a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from marketingos.adapters import http, web
from marketingos.domain import check
from marketingos.domain.check import Finding, Reach
from marketingos.services import checking
from tests.eval import golden
from tests.eval.golden import NOW, Case

NAMES = {
    "check.too_long": "over_long",
    "check.too_many_hashtags": "too_many_hashtags",
    "check.wrong_price": "wrong_price",
    "check.false_claim": "false_claim",
    "check.unknown_fact": "false_claim",
    "check.banned_word": "banned_word",
    "check.competitor": "competitor",
    "check.off_language": "off_language",
    "check.near_duplicate": "near_duplicate_text",
    "check.same_picture": "near_duplicate_picture",
    "check.dead_link": "dead_link",
    "check.untagged_link": "untagged_link",
    "check.missing_alt_text": "missing_alt_text",
    "check.undisclosed_ai": "missing_ai_disclosure",
    "check.label_ai_facebook": "missing_ai_disclosure",
    "check.label_ai_instagram": "missing_ai_disclosure",
    "check.label_ai_linkedin": "missing_ai_disclosure",
    "check.personal_data": "personal_data",
    "check.injection": "injection_followed",
}
"""What the set calls our findings. `check.foreign_link` has no name there and is not measured."""


@dataclass(kw_only=True)
class Score:
    """Counts for one finding."""

    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Of what was found, how much was meant; 1 when nothing was found."""
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        """Of what was meant, how much was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(kw_only=True)
class Report:
    """Scores by finding, and each mistake in a line."""

    scores: dict[str, Score] = field(default_factory=lambda: {name: Score() for name in sorted(set(NAMES.values()))})
    mistakes: list[str] = field(default_factory=list)

    def count(self, case: Case, found: dict[str, str]) -> None:
        """Adds what was found in a case, by the set's names."""
        meant = frozenset().union(*case.expected)
        for wanted in case.expected:
            for name in wanted & set(found):
                self.scores[name].right += 1
            if not wanted & set(found):
                name = case.about if case.about in wanted else min(wanted)
                self.scores[name].missed += 1
                self.mistakes.append(f"missed  {name:24} {case.id}")
        for name in sorted(set(found) - meant - case.tolerated):
            self.scores[name].false += 1
            self.mistakes.append(f"false   {name:24} {case.id}: {found[name]}")


async def score(part: str) -> Report:
    """The report on `open` or `held_out`."""
    report = Report()
    for case in golden.cases(part):
        found = await findings(case)
        report.count(case, {NAMES[f.key]: str(f) for f in reversed(found) if f.key in NAMES})
    return report


async def findings(case: Case) -> list[Finding]:
    """What the checks say of a case, the addresses in it opened."""
    product = golden.product_row(case.raw["product"], case.raw.get("product_says"))
    facts = checking.valid_on(golden.fact_rows(case.raw["product"]), NOW, product.timezone)
    draft, book = golden.draft(case), checking.book_of(product, facts)
    reached = await _reached(check.links.addresses(draft), case.raw.get("web", {}))
    around = check.about_surroundings(draft, book, others=golden.neighbours(case), reached=reached, now=NOW)
    return [*check.about_text(draft, book), *check.about_files(draft), *around]


async def _reached(links: Sequence[str], answers: dict[str, Any]) -> dict[str, Reach]:
    """What the product's own opener makes of the case's web."""
    web_ = _Web(answers)
    async with http.replaced(httpx.AsyncClient(transport=httpx.MockTransport(web_.answer))):
        return {link: await web.reach(link, resolve=web_.resolve) for link in links}


class _Web:
    """The web of a case: addresses answer 200 unless it says otherwise."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    async def resolve(self, host: str, port: int) -> list[str]:
        """Hosts that do not exist have no address."""
        gone = any(check.links.host_of(url) == host and said == "no_host" for url, said in self.answers.items())
        return [] if gone else ["93.184.216.34"]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """As the case says."""
        url = str(request.url.copy_with(host=request.headers["host"]))
        said = self.answers.get(url, 200)
        if isinstance(said, dict) and "to" in said:
            return httpx.Response(301, headers={"location": said["to"]})
        if isinstance(said, dict):
            said = said.get(request.method.lower(), 200)
        if said == "timeout":
            raise httpx.ReadTimeout("no answer", request=request)
        if said == "bad_certificate":
            raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", request=request)
        return httpx.Response(int(said))


def table(report: Report) -> Iterable[str]:
    """The scores as lines."""
    yield f"{'finding':26}{'precision':>10}{'recall':>8}{'right':>7}{'false':>7}{'missed':>8}"
    for name, one in report.scores.items():
        yield f"{name:26}{one.precision:>10.2f}{one.recall:>8.2f}{one.right:>7}{one.false:>7}{one.missed:>8}"
    total = Counter[str]()
    for one in report.scores.values():
        total.update(right=one.right, false=one.false, missed=one.missed)
    whole = Score(**total)
    yield f"{'all':26}{whole.precision:>10.2f}{whole.recall:>8.2f}{whole.right:>7}{whole.false:>7}{whole.missed:>8}"
