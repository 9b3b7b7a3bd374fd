"""Prompts: readable files, a name that changes with them, and words from outside that stay data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.check import Finding
from marketingos.domain.mix import Factors
from marketingos.domain.platform import Platform
from marketingos.domain.post import RejectReason
from marketingos.domain.product import Fact, Product, Template, Voice
from marketingos.domain.rule import Rule
from marketingos.domain.said import Said
from marketingos.services import prompts

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SAID = Said(at=AT, hook="El sillón vacío", pillar="agenda", pain="huecos", angle="lost_time", facts=("F1", "F3"))
RULE = Rule(
    product_id=1, number=3, text="No abras con una pregunta.", reason=RejectReason.TONE, due_at=AT, created_at=AT
)


def product(description: str = "Reservas") -> Product:
    return Product(
        id=1,
        name="ReservasPro",
        description=description,
        voice=Voice(tone="cercano", dont=("Jerga",), banned_words=("barato", "el mejor")),
        template=Template(hooks=("Uno", "Dos"), hashtags=("barberia",), visual_style="soft grain."),
        created_at=AT,
    )


def brief(**more: object) -> str:
    given: dict[str, object] = {
        "platforms": (Platform.INSTAGRAM, Platform.TIKTOK),
        "wall": datetime(2026, 11, 24, 18, 30),
        "timezone": "Europe/Madrid",
        "language": "es",
        "factors": Factors(angle="lost_time", hook_type="question", format="scene", cta_type="trial"),
        "nearest": [SAID],
    }
    return prompts.brief(**(given | more))  # type: ignore[arg-type]


def test_the_book_names_everything() -> None:
    """One line a field, lists with bars, facts by their codes."""
    book = prompts.book(product(), [Fact(product_id=1, code="F1", claim="Desde 19 € al mes")])
    for line in ("name: ReservasPro", "banned: barato | el mejor", "hooks: Uno | Dos", "hashtags: #barberia"):
        assert line in book.splitlines()
    assert book.endswith("<facts>\nF1: Desde 19 € al mes\n</facts>")


def test_the_brief_says_what_is_wanted() -> None:
    """Platforms, time, the four factors, and the openings to avoid."""
    lines = brief().splitlines()
    assert "platforms: instagram, tiktok" in lines
    assert "slot: 2026-11-24T18:30 (Europe/Madrid)" in lines
    assert "angle: lost_time (El tiempo perdido)" in lines
    assert "hook_type: question" in lines
    assert "- El sillón vacío" in lines


def test_the_brief_says_what_others_said_and_what_was_not_said_for_long() -> None:
    """The posts around this one by day, angle, pillar, pain and facts; and the facts that rested longest."""
    lines = brief(rested=["F5", "F2", "F9", "F4", "F1"]).splitlines()
    assert "- 2026-11-23 | lost_time | agenda | huecos | F1, F3" in lines
    assert "facts_rested: F5, F2, F9, F4" in lines


def test_a_holiday_is_named_only_when_there_is_one() -> None:
    """The day's holiday and those that come soon after have a line each; a working day has none."""
    christmas = brief(holiday="Navidad", soon=[(date(2027, 1, 1), "Año Nuevo")]).splitlines()
    assert "holiday: Navidad" in christmas
    assert "holidays_soon: 2027-01-01 Año Nuevo" in christmas
    assert "holiday" not in brief()


def test_accepted_rules_stand_in_the_book_with_their_numbers() -> None:
    """So that they are the same for every post of the product, and the writer can name them."""
    assert "R3: No abras con una pregunta." in prompts.book(product(), [], [RULE]).splitlines()
    assert "<rules>" not in prompts.book(product(), [])


@given(text=st.text(max_size=200))
def test_nobody_outside_can_open_or_close_a_block(text: str) -> None:
    """Whatever a description or an old hook contains, the tags are ours, and each field is one line."""
    book = prompts.book(product(text), [Fact(product_id=1, code="F1", claim=text)])
    assert book.count("<") == 4
    assert len(book.splitlines()) == len(
        prompts.book(product(), [Fact(product_id=1, code="F1", claim="x")]).splitlines()
    )
    assert brief(nearest=[replace(SAID, hook=text, pain=text)], holiday=text).count("<") == 6
    assert prompts.rewrite(platform=Platform.INSTAGRAM, wish=text, text=text).count("<") == 4
    told = prompts.lesson(reason="tone", note=text, texts=[(Platform.INSTAGRAM, text)], known=[RULE])
    assert told.count("<") == 4


def test_the_picture_carries_the_brand() -> None:
    """Subject, style, colours in hex, and no words."""
    told = prompts.picture(product(), "A red barber chair", "clutter")
    assert told.startswith("A red barber chair. Style: soft grain.")
    assert all(colour in told for colour in product().template.palette)
    assert "No text" in told
    assert told.endswith("Avoid: clutter.")


def test_findings_are_told_one_by_one() -> None:
    """A repair names each finding with its detail."""
    told = prompts.repair(
        [Finding(key="check.too_long", detail="tiktok: 2300 of 2200 characters"), Finding(key="check.empty")]
    )
    assert "- too_long: tiktok: 2300 of 2200 characters\n- empty\n" in told


def test_the_version_follows_the_files() -> None:
    """The name is stable, and made of the edition and a hash."""
    assert prompts.version() == prompts.version()
    assert prompts.version().startswith(f"{prompts.EDITION}.")


def test_a_name_is_read_as_it_is_written() -> None:
    """What a writer copies is the name, without signs of our own making."""
    assert "name: Ana & Co. &lt;b&gt;" in prompts.book(replace_name("Ana & Co. <b>"), [])


def replace_name(name: str) -> Product:
    made = product()
    made.name = name
    return made
