"""What the checks look at: a text on its way to one platform, and what is known of its product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from marketingos.domain.media import MediaKind
from marketingos.domain.platform import Format, Platform


@dataclass(frozen=True, kw_only=True)
class Told:
    """A statement that the writer declares, and the codes of the facts it is laid to."""

    text: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A picture or video of the draft. `print` is what `likeness.print_of` made of it, or empty."""

    kind: MediaKind = MediaKind.IMAGE
    alt_text: str = ""
    ai_made: bool = False
    disclosed: bool = False
    print: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A text on its way to one platform, as it goes out: `text` holds its hashtags."""

    platform: Platform
    format: Format
    text: str
    title: str = ""
    link_url: str = ""
    first_comment: str = ""
    claims: tuple[Told, ...] = ()
    pieces: tuple[Piece, ...] = ()

    @property
    def words(self) -> str:
        """Everything a reader reads."""
        return "\n\n".join(filter(None, (self.title, self.text, self.first_comment)))


@dataclass(frozen=True, kw_only=True)
class Known:
    """A line of the facts sheet, and where it is from: what the source says is known as well."""

    code: str
    claim: str
    source: str = ""

    @property
    def told(self) -> str:
        """All that the line says."""
        return f"{self.claim} ({self.source})" if self.source else self.claim


@dataclass(frozen=True, kw_only=True)
class Book:
    """What is known of a product: its facts that hold today, its own lines, and what it never says.

    `lines` is what the product says of itself (name, description, hooks, calls to action); `calls` are the calls to
    action alone; `contacts` its own telephones, mail addresses and handles; `orders` the rules that the writer was
    given and must not tell.
    """

    name: str = ""
    facts: tuple[Known, ...] = ()
    lines: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    banned_words: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    website: str = ""
    language: str = "es"
    orders: str = ""

    def __iter__(self) -> Iterator[str]:
        """All that may be said: facts first."""
        yield from (fact.told for fact in self.facts)
        yield from self.lines
