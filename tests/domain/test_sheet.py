"""A product's sheet: what it takes, what it says is wrong, and that YAML gives back what was written."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from marketingos.domain.platform import Platform
from marketingos.domain.product import FactKind
from marketingos.domain.sheet import (
    AccountSheet,
    FactSheet,
    ProductSheet,
    SlotSheet,
    Weekday,
    differences,
    problems,
)
from marketingos.services import sheets

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)
LINE = TEXT.filter(lambda text: bool(" ".join(text.split())))
LINES = st.lists(LINE, max_size=4)
WORD = st.from_regex(r"[a-záñ]{2,12}", fullmatch=True)
CONTACTS = st.lists(
    st.from_regex(r"\+34 9\d{2} \d{3} \d{3}|hola@[a-z]{3,9}\.es|@[a-z]{3,9}", fullmatch=True), max_size=3
)
SLOTS = st.lists(
    st.builds(
        dict,
        weekday=st.sampled_from(list(Weekday)),
        time=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
        platforms=st.lists(st.sampled_from(list(Platform)), min_size=1, unique=True),
    ),
    unique_by=lambda slot: (slot["weekday"], slot["time"]),
    max_size=6,
)
FACTS = st.lists(
    st.builds(
        dict,
        kind=st.sampled_from(list(FactKind)),
        claim=LINE,
        source=TEXT,
        valid_until=st.none() | st.dates(date(1990, 1, 1), date(2199, 1, 1)),
    ),
    max_size=4,
)
SHEETS = st.builds(
    dict,
    name=LINE,
    external_id=TEXT,
    description=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=120).map(
        lambda text: "".join(c for c in text if c in "\n\t" or (ord(c) > 31 and not 127 <= ord(c) < 160))
    ),
    language=st.sampled_from(["es", "en"]),
    country=st.sampled_from(["", "ES", "MX", "NO"]),
    posts_per_week=st.none() | st.integers(1, 70),
    ai_budget_month=st.none() | st.integers(1, 10_000_000).map(lambda cents: cents / 100),
    voice=st.builds(dict, tone=TEXT, do=LINES, dont=LINES, banned_words=LINES, competitors=LINES, contacts=CONTACTS),
    template=st.builds(dict, hooks=LINES, hashtags=st.lists(WORD, max_size=4), calls_to_action=LINES),
    facts=FACTS,
    slots=SLOTS,
    accounts=st.lists(st.builds(dict, platform=st.sampled_from(list(Platform)), id=LINE), max_size=3),
).map(ProductSheet.model_validate)


def complaints(**data: Any) -> dict[str, str]:
    """What is wrong, by the name of the field."""
    with pytest.raises(ValidationError) as caught:
        ProductSheet.model_validate({"name": "ReservasPro", **data})
    return {problem.name: problem.key for problem in problems(caught.value)}


@given(SHEETS)
def test_what_is_written_is_read_back(sheet: ProductSheet) -> None:
    """Whatever a sheet says, its YAML says the same, whether alone or among others."""
    [alone] = sheets.read(sheets.write([sheet]))
    assert alone.sheet == sheet, alone.problems
    assert [document.sheet for document in sheets.read(sheets.write([sheet, sheet]))] == [sheet, sheet]


@given(SHEETS, SHEETS)
def test_only_equal_sheets_do_not_differ(one: ProductSheet, other: ProductSheet) -> None:
    """Every change is told, and nothing is told when nothing changed."""
    assert differences(one, one) == ()
    assert bool(differences(one, other)) == (one != other)


@pytest.mark.parametrize(
    ("data", "name", "key"),
    [
        ({"name": "  "}, "name", "sheet.missing"),
        ({"name": "x" * 81}, "name", "sheet.too_long"),
        ({"website": "ftp://reservaspro.es"}, "website", "sheet.bad_site"),
        ({"timezone": "Madrid"}, "timezone", "sheet.bad_zone"),
        ({"country": "ZZ"}, "country", "sheet.bad_country"),
        ({"country": "España"}, "country", "sheet.bad_country"),
        ({"voice": {"contacts": ["@aulaplus", "llámanos"]}}, "voice.contacts.2", "sheet.bad_contact"),
        ({"language": "fr"}, "language", "sheet.not_one_of"),
        ({"posts_per_week": 0}, "posts_per_week", "sheet.too_small"),
        ({"ai_budget_month": "mucho"}, "ai_budget_month", "sheet.not_a_number"),
        ({"ai_budget_month": float("nan")}, "ai_budget_month", "sheet.not_a_number"),
        ({"template": {"hashtags": ["ok", "dos palabras"]}}, "template.hashtags.2", "sheet.bad_hashtag"),
        ({"template": {"palette": ["#000000", "rojo", "#FFFFFF"]}}, "template.palette.2", "sheet.bad_colour"),
        ({"template": {"logo": "../../etc/passwd"}}, "template.logo", "sheet.bad_pattern"),
        ({"voice": {"banned": []}}, "voice.banned", "sheet.unknown_field"),
        ({"voice": {"tone": "a\x07b"}}, "voice.tone", "sheet.control_character"),
        ({"facts": [{"claim": "uno"}, {"claim": ""}]}, "facts.2.claim", "sheet.missing"),
        ({"facts": [{"claim": "uno", "valid_until": "mañana"}]}, "facts.1.valid_until", "sheet.bad_date"),
        ({"facts": [{"claim": "a", "code": "F1"}, {"claim": "b", "code": "F1"}]}, "facts", "sheet.code_twice"),
        ({"slots": [{"weekday": "monday", "time": "25:00", "platforms": ["tiktok"]}]}, "slots.1.time",
         "sheet.bad_time"),
        ({"slots": [{"weekday": "monday", "time": "09:00", "platforms": []}]}, "slots.1.platforms", "sheet.too_few"),
        ({"slots": [{"weekday": "lunes", "time": "09:00", "platforms": ["tiktok"]}]}, "slots.1.weekday",
         "sheet.not_one_of"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(data: dict[str, Any], name: str, key: str) -> None:
    """Every field that is wrong is named, list entries from one, with the key of its sentence."""
    assert complaints(**data) == {name: key}


def test_two_slots_cannot_share_a_moment() -> None:
    """The same day and time twice is one slot too many."""
    slot = {"weekday": "monday", "time": "09:30", "platforms": ["facebook"]}
    assert complaints(slots=[slot, slot]) == {"slots": "sheet.slot_twice"}


def test_what_people_write_is_tidied() -> None:
    """A bare address, a hashtag with its sign, blanks, repetitions and an order of their own are all fine."""
    sheet = ProductSheet(
        name="  Reservas   Pro ",
        website="reservaspro.es",
        country=" es",
        template={"hashtags": ["#barberia", "barberia"], "palette": ["#aabbcc", "#FFFFFF", "#000000"]},  # type: ignore[arg-type]
        slots=(
            SlotSheet(weekday=Weekday.SUNDAY, time=time(9), platforms=(Platform.TIKTOK, Platform.INSTAGRAM)),
            SlotSheet(weekday=Weekday.MONDAY, time=time(19), platforms=(Platform.FACEBOOK,)),
        ),
    )
    assert (sheet.name, sheet.website) == ("Reservas Pro", "https://reservaspro.es")
    assert sheet.country == "ES"
    assert sheet.template.hashtags == ("barberia",)
    assert sheet.template.palette[0] == "#AABBCC"
    assert [slot.weekday for slot in sheet.slots] == [Weekday.MONDAY, Weekday.SUNDAY]
    assert sheet.slots[1].platforms == (Platform.INSTAGRAM, Platform.TIKTOK)


def test_a_new_fact_takes_a_code_that_nobody_has() -> None:
    """Codes stay with their facts; a new one gets the next number, never one in use."""
    facts = (FactSheet(code="F7", claim="uno"), FactSheet(claim="dos"), FactSheet(code="F2", claim="tres"))
    assert [fact.code for fact in ProductSheet(name="A", facts=facts).facts] == ["F7", "F8", "F2"]


def test_a_difference_says_what_comes_and_what_goes() -> None:
    """Field by field, in words that a person can check; a new order is a change too."""
    old = ProductSheet(name="A", voice={"banned_words": ["barato", "chollo"]}, accounts=())  # type: ignore[arg-type]
    new = old.model_copy(
        update={
            "voice": old.voice.model_copy(update={"banned_words": ("barato", "ganga")}),
            "accounts": (AccountSheet(platform=Platform.FACEBOOK, id="1"),),
        }
    )
    told = {d.name: (d.added, d.removed) for d in differences(old, new)}
    assert told == {"voice.banned_words": (("ganga",), ("chollo",)), "accounts": (("facebook 1",), ())}
    turned = new.model_copy(
        update={"template": new.template.model_copy(update={"palette": new.template.palette[::-1]})}
    )
    assert [d.name for d in differences(new, turned)] == ["template.palette"]
