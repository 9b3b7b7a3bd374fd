"""Product files: every problem names its line, and nothing that a file can hold breaks the reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.services import sheets

BAD = """\
# a product with slips of the pen
name: ReservasPro
language: fr
country: Narnia
voice:
  tone: 3
  banned:
    - barato
  contacts:
    - hola@reservaspro.es
    - llámanos
facts:
  - claim: Prueba de 14 días gratis

  - claim: Desde 19 € al mes
    valid_until: mañana
slots:
  - {weekday: monday, time: "09:30", platforms: [facebook]}
  - weekday: tuesday
    time: "9 y media"
    platforms: [mastodon]
"""


def lines(text: str) -> list[tuple[int, str, str]]:
    return [(p.line, p.name, p.key) for document in sheets.read(text) for p in document.problems]


def test_every_problem_names_its_line_and_field() -> None:
    """All of them at once, in the order of the file."""
    assert lines(BAD) == [
        (3, "language", "sheet.not_one_of"),
        (4, "country", "sheet.bad_country"),
        (6, "voice.tone", "sheet.not_text"),
        (7, "voice.banned", "sheet.unknown_field"),
        (11, "voice.contacts.2", "sheet.bad_contact"),
        (16, "facts.2.valid_until", "sheet.bad_date"),
        (20, "slots.2.time", "sheet.bad_time"),
        (21, "slots.2.platforms.1", "sheet.not_one_of"),
    ]


def test_lines_count_through_the_whole_file() -> None:
    """The second product of a file is not numbered from one again."""
    assert lines("name: Uno\n---\n\nname: Dos\nlanguage: fr\n") == [(5, "language", "sheet.not_one_of")]


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("", "sheet.empty", 1),
        ("# nothing\n", "sheet.empty", 1),
        ("just words", "sheet.not_a_block", 1),
        ("- a\n- b\n", "sheet.not_a_block", 1),
        ("name: A\nusp: 'open\n", "sheet.not_yaml", 3),
        ("name: A\n\tusp: b\n", "sheet.not_yaml", 2),
        ("name: A\nname: B\n", "sheet.key_twice", 2),
        ("name: !!python/object/apply:os.system [ls]\n", "sheet.not_text", 1),
        ("x" * (sheets.SIZE_MAX + 1), "sheet.too_long", 0),
    ],
)
def test_a_file_that_is_none_says_so(text: str, key: str, line: int) -> None:
    """Empty, broken, of another shape or hostile: one problem, at the line where it shows."""
    assert [(found[2], found[0]) for found in lines(text)] == [(key, line)]


@given(st.text(max_size=200))
def test_nothing_breaks_the_reader(text: str) -> None:
    """Whatever is typed is a product or a problem."""
    for document in sheets.read(text):
        assert (document.sheet is None) == bool(document.problems)
