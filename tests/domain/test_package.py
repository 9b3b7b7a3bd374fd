"""The package: what the writer answers becomes exactly the text that goes out."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from marketingos.domain import package
from marketingos.domain.package import ContentPackage
from marketingos.domain.platform import Platform

SAMPLE: dict[str, Any] = json.loads((Path(__file__).parent / "package.json").read_text("utf-8"))


def read(**changes: Any) -> ContentPackage:
    return ContentPackage.model_validate(SAMPLE | changes)


def test_the_text_is_put_together_in_order() -> None:
    """Hook, body, call and hashtags, a blank line between them."""
    assert package.copy_for(read(), Platform.INSTAGRAM).text.split("\n\n") == [
        "¿Todavía pierdes clientes por no contestar?",
        "Son las 20:47.",
        "Pruébalo 14 días.",
        "#barberia #reservasonline",
    ]


def test_tiktok_is_one_line_with_its_tags() -> None:
    """TikTok's caption carries its hashtags on the same line, and is a video."""
    copy = package.copy_for(read(), Platform.TIKTOK)
    assert copy.text == "Son las 20:47 y el móvil no para. #barberia #barberos"
    assert copy.format.value == "video"


def test_links_and_comments_go_where_the_platform_has_them() -> None:
    """Facebook carries the link, LinkedIn and Instagram a first comment."""
    assert package.copy_for(read(), Platform.FACEBOOK).link_url == "https://reservaspro.es"
    assert package.copy_for(read(), Platform.LINKEDIN).first_comment == "Más en https://reservaspro.es"
    assert package.copy_for(read(), Platform.INSTAGRAM).link_url == ""


def test_letters_are_composed() -> None:
    """What arrives in decomposed letters goes out in composed ones (NFC)."""
    told = SAMPLE["instagram"] | {"hook": unicodedata.normalize("NFD", "¿Mañana también?")}
    text = package.copy_for(read(instagram=told), Platform.INSTAGRAM).text
    assert text.startswith("¿Mañana también?")
    assert unicodedata.is_normalized("NFC", text)


def test_empty_parts_leave_no_gap() -> None:
    """A missing call or tag does not leave blank lines."""
    told = SAMPLE["instagram"] | {"cta": " ", "hashtags": []}
    assert package.copy_for(read(instagram=told), Platform.INSTAGRAM).text.endswith("Son las 20:47.")


@given(tags=st.lists(st.text(max_size=60), max_size=12))
def test_hashtags_are_clean(tags: list[str]) -> None:
    """Whatever comes, what goes out are at most five different tags of letters and digits."""
    clean = package.hashtags(tags, 5)
    assert len(clean) <= 5
    assert len({tag.casefold() for tag in clean}) == len(clean)
    assert all(re.fullmatch(r"#\w{2,40}", tag) for tag in clean)


def test_hashtags_keep_their_letters() -> None:
    """`#` and spaces go, ñ and capitals stay, doubles fall out."""
    assert package.hashtags(["#BarberíaEspaña", "barberíaespaña", "reservas online", "2026", "x"], 5) == (
        "#BarberíaEspaña",
        "#reservasonline",
    )


def test_the_capitals_of_an_enumeration_do_not_matter() -> None:
    """The host does not promise them."""
    assert read(hook_type="Question", language="ES").hook_type == "question"


@pytest.mark.parametrize("field", sorted(SAMPLE))
def test_every_field_is_required(field: str) -> None:
    """One frozen schema, nothing optional."""
    with pytest.raises(ValidationError):
        ContentPackage.model_validate({k: v for k, v in SAMPLE.items() if k != field})


def test_the_title_is_the_hook() -> None:
    """The first platform's hook is the title; a post for TikTok alone takes its cover."""
    assert package.hook_of(read(), (Platform.INSTAGRAM, Platform.TIKTOK)).startswith("¿Todavía")
    assert package.hook_of(read(), (Platform.TIKTOK,)) == "20:47"


def test_the_schema_has_no_optional_and_no_union() -> None:
    """The host's limits on optional and union fields are never near, and the grammar never changes by accident."""
    text = json.dumps(package.schema())
    assert "anyOf" not in text
    assert all(set(d["required"]) == set(d["properties"]) for d in package.schema()["$defs"].values())
