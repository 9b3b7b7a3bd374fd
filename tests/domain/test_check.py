"""Checks catch what must not go out, and leave good Spanish alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain import check
from marketingos.domain.check import SEVERITIES, Book, Draft, Known, Severity
from marketingos.domain.platform import RULES, Format, Platform
from marketingos.text import catalogue

SHEET = "Desde 19 € al mes, IVA aparte\nPrueba de 14 días\nMás de 1.500 barberías\nModelos 303 y 130"


def keys(text: str, platform: Platform = Platform.INSTAGRAM, book: Book | None = None) -> set[str]:
    draft = Draft(platform=platform, format=Format.IMAGE, text=text)
    return {finding.key for finding in check.about_text(draft, book)}


@given(platform=st.sampled_from(Platform), over=st.integers(-3, 3))
def test_length_is_counted_as_the_platform_does(platform: Platform, over: int) -> None:
    """A text one unit over the limit is found, one that just fits is not; an emoji counts two on TikTok."""
    unit = "👋" if platform is Platform.TIKTOK else "a"
    units = 2 if platform is Platform.TIKTOK else 1
    count = RULES[platform].text_limit // units + over
    assert ("check.too_long" in keys(unit * count, platform)) is (count * units > RULES[platform].text_limit)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_is_not_a_text(text: str) -> None:
    """Blank texts are found."""
    assert "check.empty" in keys(text)


def test_hashtags_are_counted() -> None:
    """Five pass on Instagram, six do not; a `#` inside a word or an address is none."""
    assert keys("Hola #a #b #c #d #e https://x.es/#seccion C#") == set()
    assert "check.too_many_hashtags" in keys("Hola #a #b #c #d #e #f")


@pytest.mark.parametrize(("sign", "most"), [("#", 30), ("@", 20)])
def test_what_instagram_refuses_blocks(sign: str, most: int) -> None:
    """Thirty hashtags and twenty mentions pass there, one more does not; elsewhere nobody counts."""
    fits, over = (" ".join(f"{sign}a{n}" for n in range(count)) for count in (most, most + 1))
    assert "check.too_many_tags" not in keys(fits + " hola@ejemplo.es")
    assert "check.too_many_tags" in keys(over)
    assert "check.too_many_tags" not in keys(over, Platform.FACEBOOK)


def test_a_document_needs_a_title() -> None:
    """LinkedIn demands one, and shows a hundred characters of it."""
    paper = Draft(platform=Platform.LINKEDIN, format=Format.DOCUMENT, text="Hola", pieces=(check.Piece(),))
    assert [f.key for f in check.about_text(paper)] == ["check.no_title"]
    assert check.about_text(replace(paper, title="Guía")) == ()
    assert check.about_text(replace(paper, pieces=())) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Desde 19 € al mes.",
        "Solo 19€, prueba 14 días.",
        "19,00 € al mes",
        "Más de 1500 barberías",
        "Son las 20:47 y el móvil no para",
        "3 señales de que tu agenda manda",
        "1. Abre la agenda\n2) Guarda la cita",
        "El 24 de noviembre abrimos antes",
        "Mira #top100 en www.reservaspro2.es",
        "El modelo 303, hecho",
    ],
)
def test_figures_that_are_known_or_claim_nothing_pass(text: str) -> None:
    """Figures of the sheet in any spelling, clock times, days, lists and small counts are no findings."""
    assert check.unknown_figures(text, SHEET) == ()


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("3 de cada 10 llamadas se pierden", "3 de cada 10"),
        ("Ahorra un 30 %", "30 %"),
        ("Desde 9 € al mes", "9 €"),
        ("Ya somos 200 negocios", "200 negocios"),
        ("Vende 2 veces más", "2 veces"),
        ("Obligatorio en 2027", "2027"),
        ("Más de 15.000 citas", "15.000 citas"),
    ],
)
def test_figures_from_nowhere_are_found(text: str, figure: str) -> None:
    """A figure that stands nowhere in the sheet is named as written."""
    assert check.unknown_figures(text, SHEET) == (figure,)


@given(number=st.integers(13, 10**7), style=st.sampled_from(["{:,}", "{}"]))
def test_a_figure_of_the_sheet_is_known_in_every_spelling(number: int, style: str) -> None:
    """Grouped or not, with points as in Spanish: the same number."""
    written = style.format(number).replace(",", ".")
    assert check.unknown_figures(f"Son {written} citas", f"Hay {number} citas") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Es BARATO de verdad", ("barato",)),
        ("Los más baratos", ("barato",)),
        ("Somos El Mejor.", ("el mejor",)),
        ("Abaratar costes", ()),
        ("El mejorable turno", ()),
        ("Revolucionário", ("revolucionario",)),
    ],
)
def test_banned_words_are_words(text: str, found: tuple[str, ...]) -> None:
    """Capitals, accents and plurals do not hide a banned word; a longer word is another word."""
    assert check.banned_in(text, ("barato", "el mejor", "revolucionario")) == found


def test_an_enye_is_a_letter_of_its_own() -> None:
    """`ano` is not `año`."""
    assert check.banned_in("Este año", ("ano",)) == ()


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("Entra en reservaspro.es/alta", ()),
        ("https://www.reservaspro.es y https://ayuda.reservaspro.es", ()),
        ("Mira https://bit.ly/x", ("https://bit.ly/x",)),
        ("En otracosa.com lo cuentan", ("otracosa.com",)),
        ("https://reservaspro.es.evil.com/x", ("https://reservaspro.es.evil.com/x",)),
        ("Fin.Principio de otra frase", ()),
    ],
)
def test_links_lead_home(text: str, foreign: tuple[str, ...]) -> None:
    """Only the product's own site and what lies below it is home."""
    assert check.foreign_links(text, "https://reservaspro.es") == foreign


@pytest.mark.parametrize(
    ("hook", "same"),
    [
        ("¿Todavía pierdes clientes por no contestar?", True),
        ("¿Todavia pierdes clientes por no contestar el móvil?", True),
        ("El sillón vacío que nadie te paga", False),
        ("¿Todavía apuntas las citas en una libreta?", False),
    ],
)
def test_a_hook_that_was_used_is_known_again(hook: str, same: bool) -> None:
    """A light edit of an old hook is the old hook; another question is not."""
    used = ["Reservan solos mientras tú cortas", "¿Todavía pierdes clientes por no contestar?"]
    assert (check.repeated_hook(hook, used) is not None) is same


@pytest.mark.parametrize(
    ("format", "pieces", "failed", "found"),
    [
        (Format.IMAGE, 1, False, ()),
        (Format.IMAGE, 0, False, ("check.no_media",)),
        (Format.VIDEO, 0, True, ("check.media_failed",)),
        (Format.TEXT, 0, True, ()),
    ],
)
def test_media_is_there_where_it_must_be(format: Format, pieces: int, failed: bool, found: tuple[str, ...]) -> None:
    """A picture post without picture, and a video post without video, are found; a text needs none."""
    assert tuple(f.key for f in check.missing(format, pieces, failed=failed)) == found


def test_the_product_is_asked_when_it_is_there() -> None:
    """Claims, banned words and links are checked with a book, and only then."""
    text = "El más barato: 5 € al mes en otracosa.com"
    facts = tuple(Known(code=f"F{n}", claim=claim) for n, claim in enumerate(SHEET.splitlines(), 1))
    book = Book(facts=facts, banned_words=("barato",), website="https://reservaspro.es")
    assert keys(text) == set()
    assert keys(text, book=book) == {"check.banned_word", "check.wrong_price", "check.foreign_link"}


def test_every_finding_has_its_sentence() -> None:
    """Each key has a text in both languages, and what the platform would refuse blocks."""
    assert set(SEVERITIES) <= set(catalogue("es"))
    assert set(SEVERITIES) <= set(catalogue("en"))
    blocking = {key for key, severity in SEVERITIES.items() if severity is Severity.BLOCKS}
    media = {"check.no_media", "check.media_failed", "check.no_title"}
    assert blocking == {"check.empty", "check.too_long", "check.too_many_tags", "check.injection"} | media
