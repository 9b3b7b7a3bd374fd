"""LinkedIn's two encodings: little text and Rest.li."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketingos.adapters.linkedin.little_text import escape, unescape
from marketingos.adapters.linkedin.wire import encode, query
from marketingos.sandbox.linkedin.wire import little_text

RESERVED = "|{}@[]()<>#\\*_~"
WRITTEN = st.text(st.sampled_from("abñ1 \n.,/&" + RESERVED), max_size=60)


@given(WRITTEN | st.text())
def test_little_text_comes_back_as_it_was_written(text: str) -> None:
    """Whatever a person writes, unescaping what was escaped gives the same text."""
    assert unescape(escape(text)) == text


@given(WRITTEN | st.text(st.characters(exclude_categories=["Cs"])))
def test_nothing_is_cut_off(text: str) -> None:
    """A reader that stops at the first bare reserved character, as LinkedIn does, sees the whole text."""
    seen, kept = little_text(escape(text))
    assert seen == text
    assert kept == escape(text)


def test_little_text_of_the_documents() -> None:
    """All fifteen reserved characters are escaped once; the hashtag stays a link."""
    source = "Save 20% (today) – a_b *c* ~d~ <e> {f} [g] h|i j\\k l@m.com #tag"
    wanted = (
        r"Save 20% \(today\) – a\_b \*c\* \~d\~ \<e\> \{f\} \[g\] h\|i j\\k l\@m.com "  # plain text
        r"{hashtag|\#|tag}"
    )
    assert escape(source) == wanted


def test_what_is_no_hashtag_stays_text() -> None:
    """A number, an address's fragment and a word with an underscore are written, not linked."""
    assert escape("#1 a#b x/#c #my_tag") == r"\#1 a\#b x/\#c \#my\_tag"


def test_other_ways_of_writing_a_hashtag_are_read() -> None:
    """LinkedIn writes hashtags back as templates."""
    assert unescape(r"Hola {hashtag|\#|Niño} \(sí\)") == "Hola #Niño (sí)"


def test_restli_values() -> None:
    """The vector of LinkedIn's own client: texts are encoded, the syntax is not."""
    value = {"k1": "v1", "k2": "urn:li:app:123", "k3": [1, 2], "k4": {"k41": "foobar"}}
    assert encode(value) == "(k1:v1,k2:urn%3Ali%3Aapp%3A123,k3:List(1,2),k4:(k41:foobar))"


def test_restli_query() -> None:
    """A list of URNs keeps its parentheses and commas."""
    asked = query(q="author", ids=["urn:li:share:1", "urn:li:share:2"])
    assert asked == "q=author&ids=List(urn%3Ali%3Ashare%3A1,urn%3Ali%3Ashare%3A2)"


@given(st.text())
def test_restli_texts_never_break_the_syntax(text: str) -> None:
    """No character of a value can be taken for syntax."""
    assert not set(encode(text)) & set("(),:&= ")
