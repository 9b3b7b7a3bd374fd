"""Rules of the checks that have a shape, apart from single texts (those are in tests/eval)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.check import boast, links, picture, price, privacy
from marketingos.domain.check.draft import Book, Draft, Known
from marketingos.domain.check.figure import figures
from marketingos.domain.check.vocabulary import banned_in, competitors_in
from marketingos.domain.platform import Format, Platform

CELLS = picture.ACROSS * picture.DOWN


@given(euro=st.integers(1, 5_000), cents=st.integers(0, 99))
def test_an_amount_is_one_amount_in_every_spelling(euro: int, cents: int) -> None:
    """Sign before or after, point or comma, grouped or not: what it costs is the same."""
    spellings = (f"{euro},{cents:02} €", f"{euro}.{cents:02}€", f"€{euro}.{cents:02}", f"{euro},{cents:02} euros")
    values = {round(figures(text)[0].value, 2) for text in spellings}
    assert values == {round(euro + cents / 100, 2)}


@given(known=st.integers(2, 900), told=st.integers(2, 900))
def test_less_than_is_true_when_it_is_less(known: int, told: int) -> None:
    """«Por menos de N» passes exactly when the price of the sheet is below N."""
    book = Book(facts=(Known(code="F1", claim=f"{known} € al mes"),))
    draft = Draft(platform=Platform.FACEBOOK, format=Format.TEXT, text=f"Por menos de {told} € al mes.")
    assert (not list(price.check(draft, book))) is (known < told)


@given(st.binary(min_size=CELLS, max_size=CELLS))
def test_a_picture_is_itself_and_its_mirror(cells: bytes) -> None:
    """Equal prints are one picture; so are mirrored ones, unless they are blank."""
    rows = [cells[at : at + picture.ACROSS] for at in range(0, CELLS, picture.ACROSS)]
    mirrored = b"".join(row[::-1] for row in rows)
    assert picture.is_same(picture.pack(cells), picture.pack(cells))
    assert picture.is_same(picture.pack(cells), picture.pack(mirrored)) or len(set(cells)) == 1


def test_a_spoilt_print_is_nobodys() -> None:
    """A print that cannot be read is like no other."""
    assert not picture.is_same("~~~", picture.pack(bytes(CELLS)))


@given(st.sampled_from(["https://x.es", "https://x.es/a?b=1", "https://x.es/?utm_source=&c=2#d"]))
def test_tagging_twice_is_tagging_once(link: str) -> None:
    """An address gets the tags that it lacks, keeps what it has, and is left alone from then on."""
    once = links.tagged(link, Platform.FACEBOOK, "2026-12-01-lost_time")
    assert links.is_tagged(once)
    assert links.tagged(once, Platform.LINKEDIN, "other") == once
    assert links.host_of(once) == "x.es"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Curamos agendas", True), ("La sala cura el cansancio", True), ("El cura del pueblo", False),
        ("Procura llegar", False), ("curándolo todo", True), ("CURAR", True),
    ],
)  # fmt: skip
def test_a_banned_verb_is_banned_in_its_forms(text: str, said: bool) -> None:
    """Conjugated and with pronouns; the noun of the same letters has its article."""
    assert bool(banned_in(text, ("curar",))) is said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dejé booksy ayer", True), ("#booksy", True), ("booksystem", False), ("en booksy.com", True),
        ("Nos fuimos de Toast", True), ("un toast con aguacate", False), ("El Tenedor cobra", False),
        ("Lo vi en El Tenedor", True),
    ],
)  # fmt: skip
def test_a_competitor_is_a_name(text: str, said: bool) -> None:
    """A coined name always is one; a word of the language only where it stands as a name."""
    assert bool(competitors_in(text, ("Booksy", "Toast", "ElTenedor"))) is said


@pytest.mark.parametrize(
    "text",
    [
        "En el camino pierdes 3 clientes.", "En la calle hay 12 barberías y solo una contesta.",
        "De camino al trabajo, 20 minutos de móvil.", "Hasta 1000 SMS al mes.", "Son 1200 MXN al mes.",
        "Quedan plazas para hoy, 18:30.",
    ],
)  # fmt: skip
def test_everyday_words_are_nobody_s_data(text: str) -> None:
    """A street without a name, a figure with its unit: nobody lives there, nobody drives it."""
    assert not list(privacy.check(draft(text), Book()))


@pytest.mark.parametrize(
    "text", ["Vive en la calle Feria 118.", "C/ mayor 12, tercero", "El 4821 KLM lleva tres días."]
)
def test_an_address_and_a_plate_are(text: str) -> None:
    """With a name and a number somebody can be found."""
    assert list(privacy.check(draft(text), Book()))


@pytest.mark.parametrize(
    ("text", "promise"),
    [
        ("Gana tiempo y prueba 14 días gratis.", False), ("Ahorra tiempo: 14 días gratis.", False),
        ("Recupera tus tardes desde 19 € al mes.", False), ("Gana hasta 300 € más.", True),
        ("Ahorra unas 5 horas a la semana.", True), ("Recupera 3 citas al día.", True),
    ],
)  # fmt: skip
def test_a_figure_belongs_to_its_own_verb(text: str, promise: bool) -> None:
    """A trial of 14 days saves none."""
    assert bool(list(boast.check(draft(text), Book()))) is promise


@pytest.mark.parametrize(("text", "found"), [("Escríbenos: wa.me/34600123456", 1), ("Gratis.Me encanta", 0)])
def test_an_address_needs_no_scheme(text: str, found: int) -> None:
    """Short addresses count as soon as they lead somewhere; a missing blank makes none."""
    assert len(links.foreign_links(text, "https://reservaspro.es")) == found


def draft(text: str) -> Draft:
    return Draft(platform=Platform.FACEBOOK, format=Format.TEXT, text=text)
