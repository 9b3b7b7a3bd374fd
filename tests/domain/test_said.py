"""The ledger of what was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.said import Ledger, Said
from marketingos.domain.similarity import TOO_ALIKE

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
CODES = [f"F{n}" for n in range(1, 7)]


def ledger(*said: Said) -> Ledger:
    made = Ledger()
    for one in said:
        made.note(one)
    return made


@given(told=st.lists(st.tuples(st.integers(0, 90), st.sampled_from(CODES)), max_size=12))
def test_facts_rest_in_turn(told: list[tuple[int, str]]) -> None:
    """All codes come back, those never told first, then by how long ago they were told last."""
    book = ledger(*(Said(at=AT - timedelta(days=days), hook="x", facts=(code,)) for days, code in told))
    rested = book.rested(CODES)
    last = {code: min(days for days, other in told if other == code) for _, code in told}
    assert sorted(rested) == CODES
    ages = [last.get(code, 1000) for code in rested]
    assert ages == sorted(ages, reverse=True)


def test_the_nearest_posts_come_first_whether_said_or_queued() -> None:
    """Nearness in time counts, before or after."""
    book = ledger(*(Said(at=AT + timedelta(days=days), hook=str(days)) for days in (-30, -2, 1, 9)))
    assert [said.hook for said in book.near(AT, 3)] == ["1", "-2", "9"]


def test_an_echo_is_found_in_any_text_of_any_post() -> None:
    """The closest text is named with its post, and what is not alike is no echo."""
    old = "Son las 20:47 y el móvil vuelve a sonar mientras terminas un degradado. Nadie te paga esa llamada."
    book = ledger(Said(at=AT, hook="Son las 20:47", texts=("Otra cosa muy distinta.", old)))
    echo = book.echo(["Nada que ver con aquello.", old.replace("degradado", "afeitado")])
    assert echo is not None
    assert (echo.hook, echo.text) == ("Son las 20:47", old)
    assert echo.likeness > TOO_ALIKE
    assert book.echo(["Hoy hablamos de facturas y de lo que pesa un trimestre entero."]) is None
