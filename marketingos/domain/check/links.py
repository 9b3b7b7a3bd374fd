"""Addresses in a post: whose they are, whether they say where the reader came from, whether they open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from marketingos.domain.check.draft import Book, Draft
from marketingos.domain.check.finding import Finding
from marketingos.domain.platform import Platform

TAGS = ("utm_source", "utm_medium", "utm_campaign")

_TOP = "com|es|net|org|io|app|dev|eu|info|shop|link|ly|co|mx|cat|gal|ar|cl|pe|uk|store|online|site|web"
_FULL = re.compile(r"https?://[^\s<>\"'«»]+", re.IGNORECASE)
_SHORT = "me|be|ee|gl|gg|to|tv|ai|xyz|ru"
"""Ends that are words as well, or of hosts that shorten: an address when a path follows, as in `wa.me/34…`."""
_BARE = re.compile(
    rf"(?<![\w@./#-])(?:[a-z0-9-]+\.)+(?:(?:{_TOP})\b(?![\w@-]|\.\w)(?:/[^\s<>\"'«»]*)?|(?:{_SHORT})/[^\s<>\"'«»]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What came of opening an address. `cause` is `status`, `no_host`, `certificate`, `loop`, `timeout` or `refused`;
    empty when a reader gets there."""

    cause: str = ""
    status: int = 0

    @property
    def is_dead(self) -> bool:
        """Whether a reader cannot open it."""
        return bool(self.cause)


def check(draft: Draft, book: Book, reached: Mapping[str, Reach]) -> Iterator[Finding]:
    """Addresses that lead elsewhere, that carry no tags, and those of `reached` that do not open."""
    said = f"{draft.words}\n{draft.link_url}"
    if links := foreign_links(said, book.website):
        yield Finding(key="check.foreign_link", detail=", ".join(links))
    if links := tuple(link for link in full_links(said) if is_home(link, book.website) and not is_tagged(link)):
        yield Finding(key="check.untagged_link", detail=", ".join(links))
    dead = {link: reach for link in addresses(draft) if (reach := reached.get(link)) and reach.is_dead}
    if dead:
        told = (f"{link} ({reach.status or reach.cause})" for link, reach in dead.items())
        yield Finding(key="check.dead_link", detail=", ".join(told))


def addresses(draft: Draft) -> tuple[str, ...]:
    """What a reader of the post can open, as addresses with their scheme, each once."""
    said = f"{draft.words}\n{draft.link_url}"
    spoken = (f"https://{_trimmed(match)}" for match in _BARE.findall(_FULL.sub(" ", said)))
    return tuple(dict.fromkeys((*full_links(said), *spoken)))


def full_links(text: str) -> tuple[str, ...]:
    """The addresses that are written with their scheme, without the signs that end the sentence."""
    return tuple(dict.fromkeys(_trimmed(match) for match in _FULL.findall(text)))


def foreign_links(text: str, website: str) -> tuple[str, ...]:
    """The addresses in a text that do not belong to the product's site."""
    spoken = (_trimmed(match) for match in _BARE.findall(_FULL.sub(" ", text)))
    return tuple(link for link in (*full_links(text), *spoken) if not is_home(link, website))


def is_home(link: str, website: str) -> bool:
    """Whether an address is the product's site or below it."""
    home = host_of(website)
    return bool(home) and f".{host_of(link)}".endswith(f".{home}")


def is_tagged(link: str) -> bool:
    """Whether analytics will know the source, the medium and the campaign."""
    given = dict(parse_qsl(urlsplit(link).query))
    return all(given.get(tag, "").strip() for tag in TAGS)


def tagged(link: str, platform: Platform, campaign: str) -> str:
    """The address with the tags that it lacks; what it says itself stays."""
    parts = urlsplit(link)
    given = parse_qsl(parts.query, keep_blank_values=True)
    said = {name for name, value in given if value.strip()}
    ours = {"utm_source": platform.value, "utm_medium": "social", "utm_campaign": campaign}
    kept = [(name, value) for name, value in given if name not in ours or name in said]
    query = urlencode([*kept, *((name, value) for name, value in ours.items() if name not in said)], quote_via=quote)
    return urlunsplit(parts._replace(query=query))


def tagged_in(text: str, website: str, platform: Platform, campaign: str) -> str:
    """The text with the tags that the addresses of the product's site lack."""

    def with_tags(match: re.Match[str]) -> str:
        link = _trimmed(match[0])
        ours = tagged(link, platform, campaign) if is_home(link, website) else link
        return ours + match[0][len(link) :]

    return _FULL.sub(with_tags, text)


def host_of(address: str) -> str:
    """The host, in small letters and without `www.`; empty when there is none."""
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        return (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _trimmed(link: str) -> str:
    """Without the full stop, comma or bracket that belongs to the sentence."""
    while link and (link[-1] in ".,;:!?…’”»" or (link[-1] == ")" and link.count("(") < link.count(")"))):
        link = link[:-1]
    return link
