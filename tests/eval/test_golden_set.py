"""The golden set itself: well-formed, balanced, and true to its own figures. Says nothing of any check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

HERE = Path(__file__).parent
FINDINGS = frozenset({
    "over_long", "too_many_hashtags", "wrong_price", "false_claim", "banned_word", "competitor", "off_language",
    "near_duplicate_text", "near_duplicate_picture", "dead_link", "untagged_link", "missing_alt_text",
    "missing_ai_disclosure", "personal_data", "injection_followed",
})  # fmt: skip
FIELDS = frozenset({
    "id", "product", "platform", "expect", "tolerate", "why", "text", "length", "hashtags", "format", "title", "link",
    "first_comment", "web", "claims", "media", "ai_disclosed", "recent", "recent_pictures", "product_says",
})  # fmt: skip
PARTS = {
    "claims": frozenset({"text", "facts"}),
    "media": frozenset({"kind", "made_by", "alt_text", "picture"}),
    "recent": frozenset({"text", "days_ago", "platform"}),
    "recent_pictures": frozenset({"days_ago", "prompt", "seed", "changes"}),
}
LIMITS = {"instagram": 2_200, "facebook": 63_206, "linkedin": 3_000, "tiktok": 2_200}
Case = Mapping[str, Any]


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


@cache
def cases(part: str) -> list[tuple[str, Case]]:
    """The cases of a part, each with the check its file is about."""
    files = [read(path) for path in sorted((HERE / "cases" / part).glob("*.yaml"))]
    return [(file["about"], case) for file in files for case in file["cases"]]


def names(case: Case) -> set[str]:
    """The findings a case expects, alternatives apart."""
    return {name for entry in case["expect"] for name in entry.split("|")}


def final_text(case: Case) -> str:
    """The text as it goes out: put together, with its hashtags."""
    text = case["text"]
    if not isinstance(text, str):
        text = text["start"] + text["repeat"] * text["times"] + text["end"]
    tags = " ".join(f"#{tag}" for tag in case.get("hashtags", ()))
    return text + ((" " if case["platform"] == "tiktok" else "\n\n") + tags if tags else "")


def wire_length(platform: str, text: str) -> int:
    return len(text.encode("utf-16-le")) // 2 if platform == "tiktok" else len(text)


PRODUCTS = {path.stem: read(path) for path in (HERE / "products").glob("*.yaml")}
ALL = [*cases("open"), *cases("held_out")]


def strange(case: Case) -> Iterator[str]:
    """What does not belong into a case."""
    yield from set(case) - FIELDS
    yield from {name for name in (*names(case), *case.get("tolerate", ())) if name not in FINDINGS}
    for part, known in PARTS.items():
        for entry in case.get(part, ()):
            yield from (f"{part}.{key}" for key in set(entry) - known)
    codes = {fact["code"] for fact in PRODUCTS[case["product"]]["facts"]}
    yield from {code for claim in case.get("claims", ()) for code in claim["facts"]} - codes
    if not isinstance(case.get("text"), str | dict) or not isinstance(case.get("why"), str):
        yield "text or why"


@pytest.mark.parametrize(("about", "case"), ALL, ids=[case["id"] for _, case in ALL])
def test_a_case_is_well_formed(about: str, case: Case) -> None:
    """Every field, finding, fact and platform is one that the format knows, and a hit is about its file's check."""
    assert not list(strange(case))
    assert case["platform"] in LIMITS
    assert about == "clean" or not case["expect"] or about in names(case)


@pytest.mark.parametrize(("about", "case"), ALL, ids=[case["id"] for _, case in ALL])
def test_a_length_is_what_the_case_says(about: str, case: Case) -> None:
    """A text is over-long exactly when the case says so, and a stated length is the real one."""
    length = wire_length(case["platform"], final_text(case))
    long_title = wire_length("tiktok", case.get("title", "")) > 90
    assert (length > LIMITS[case["platform"]] or long_title) == ("over_long" in names(case))
    assert case.get("length", length) == length


def test_ids_are_unique() -> None:
    """A result can be traced to one case."""
    assert [name for name, count in Counter(case["id"] for _, case in ALL).items() if count > 1] == []


def test_every_check_meets_hits_and_near_misses_in_both_parts() -> None:
    """At least twelve of each over the whole set, four of each held out, three hundred cases in all."""
    parts = {part: cases(part) for part in ("open", "held_out")}
    for check in sorted(FINDINGS):
        hits = {part: sum(check in names(case) for _, case in held) for part, held in parts.items()}
        misses = {
            part: sum(about == check and not case["expect"] for about, case in held) for part, held in parts.items()
        }
        assert min(sum(hits.values()), sum(misses.values())) >= 12, check
        assert min(hits["held_out"], misses["held_out"]) >= 4, check
    assert len(ALL) >= 300


def test_a_third_is_held_out() -> None:
    """Between three and four of ten cases are kept apart."""
    assert 0.3 <= len(cases("held_out")) / len(ALL) <= 0.4


def test_briefs_name_products_and_slots() -> None:
    """Thirty briefs or more over five products, each for four platforms."""
    briefs = read(HERE / "briefs.yaml")["briefs"]
    assert len({brief["id"] for brief in briefs}) == len(briefs) >= 30
    assert {brief["product"] for brief in briefs} == set(PRODUCTS)
    assert len(PRODUCTS) == 5
