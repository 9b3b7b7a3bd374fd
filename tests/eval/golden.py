"""The golden set, read: products as rows, cases as drafts, and what each case expects."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from marketingos.adapters import images
from marketingos.domain.check import Draft, Neighbour, Piece, Told
from marketingos.domain.media import MediaKind
from marketingos.domain.platform import Format, Platform
from marketingos.domain.product import Fact, Product, Template, Voice
from tests.eval import pictures

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
"""12:00 in Madrid, which is "now" for every case."""

_GOOD_ALT = "Lo que se ve en la imagen, contado en una frase"
_PRODUCT = ("name", "description", "audience", "usp", "website", "language", "timezone")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case as the set has it: which check its file is about, and its fields."""

    about: str
    raw: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Unique in the whole set."""
        return str(self.raw["id"])

    @property
    def expected(self) -> list[frozenset[str]]:
        """The findings that must come, each with its alternatives."""
        return [frozenset(entry.split("|")) for entry in self.raw["expect"]]

    @property
    def tolerated(self) -> frozenset[str]:
        """Findings that count neither way."""
        return frozenset(self.raw.get("tolerate", ()))


def cases(part: str) -> list[Case]:
    """The cases of `open` or `held_out`, in the order of their files."""
    files = [_read(path) for path in sorted((HERE / "cases" / part).glob("*.yaml"))]
    return [Case(about=file["about"], raw=raw) for file in files for raw in file["cases"]]


def briefs() -> list[Mapping[str, Any]]:
    """What is asked of the writer."""
    return list(_read(HERE / "briefs.yaml")["briefs"])


def product_ids() -> list[str]:
    """The five products."""
    return sorted(path.stem for path in (HERE / "products").glob("*.yaml"))


@cache
def sheet(product: str) -> Mapping[str, Any]:
    """A product as the set has it."""
    found: Mapping[str, Any] = _read(HERE / "products" / f"{product}.yaml")
    return found


def product_row(product: str, says: Mapping[str, Any] | None = None) -> Product:
    """The product as the house keeps it; `says` replaces what somebody wrote into it."""
    raw = {**sheet(product), **(says or {})}
    voice = Voice(**raw["voice"], competitors=raw["competitors"], contacts=raw["contacts"])
    plain = {name: raw[name] for name in _PRODUCT}
    return Product(**plain, voice=voice, template=Template(**raw["template"]), active=True, created_at=NOW)


def fact_rows(product: str, *, on: date | None = None) -> tuple[Fact, ...]:
    """The facts sheet; with a day only what may be claimed then."""
    rows = (
        Fact(
            product_id=0,
            code=raw["code"],
            kind=raw["kind"],
            claim=raw["claim"],
            source=raw["source"],
            valid_until=raw.get("valid_until"),
        )
        for raw in sheet(product)["facts"]
    )
    return tuple(row for row in rows if on is None or row.valid_until is None or row.valid_until >= on)


def draft(case: Case) -> Draft:
    """The case's post as it goes out."""
    raw = case.raw
    platform = Platform(raw["platform"])
    return Draft(
        platform=platform,
        format=Format(raw.get("format", "video" if platform is Platform.TIKTOK else "image")),
        text=_text(raw),
        title=raw.get("title", ""),
        link_url=raw.get("link", ""),
        first_comment=raw.get("first_comment", ""),
        claims=tuple(Told(text=one["text"], facts=tuple(one["facts"])) for one in raw.get("claims", ())),
        pieces=_pieces(raw, platform),
    )


def neighbours(case: Case) -> tuple[Neighbour, ...]:
    """The product's other posts, published and queued."""
    texts = [
        Neighbour(at=NOW - timedelta(days=one["days_ago"]), texts=(one["text"],)) for one in case.raw.get("recent", ())
    ]
    seen = [
        Neighbour(at=NOW - timedelta(days=one["days_ago"]), prints=(_print(one),))
        for one in case.raw.get("recent_pictures", ())
    ]
    return (*texts, *seen)


def _text(raw: Mapping[str, Any]) -> str:
    text = raw["text"]
    if not isinstance(text, str):
        text = text["start"] + text["repeat"] * text["times"] + text["end"]
    tags = " ".join(f"#{tag}" for tag in raw.get("hashtags", ()))
    return text + ((" " if raw["platform"] == "tiktok" else "\n\n") + tags if tags else "")


def _pieces(raw: Mapping[str, Any], platform: Platform) -> tuple[Piece, ...]:
    form = raw.get("format", "video" if platform is Platform.TIKTOK else "image")
    kind = "video" if form in ("video", "reel") else "image"
    usual: Sequence[Any] = () if form == "text" else ({"kind": kind, "made_by": "model", "alt_text": _GOOD_ALT},)
    return tuple(_piece(one, raw.get("ai_disclosed", True)) for one in raw.get("media", usual))


def _piece(one: Mapping[str, Any], disclosed: bool) -> Piece:
    return Piece(
        kind=MediaKind(one["kind"]),
        alt_text=one.get("alt_text", ""),
        ai_made=one["made_by"] in ("model", "person_retouched_by_model"),
        disclosed=disclosed,
        print=_print(one["picture"]) if "picture" in one else "",
    )


def _print(picture: Mapping[str, Any]) -> str:
    out = io.BytesIO()
    pictures.painted(picture).save(out, "JPEG", quality=90)
    return images.print_of(out.getvalue())


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))
