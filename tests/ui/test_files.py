"""A post's files in the person's words."""

from __future__ import annotations

import pytest

from marketingos.domain.media import MediaKind
from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import VariantStatus
from marketingos.services.views import MediaView, VariantView
from marketingos.ui.post import wording
from marketingos.ui.post.files import pieces_of


def variant(platform: Platform, *files: MediaView, format: Format = Format.DOCUMENT, title: str = "") -> VariantView:
    return VariantView(
        id=1, platform=platform, format=format, status=VariantStatus.PENDING, text="Hoy", length=3, limit=3000,
        cut=210, version=1, media=files, title=title,
    )  # fmt: skip


def file(kind: MediaKind, *, pages: int | None = None, size: int = 0, ai_made: bool = False) -> MediaView:
    return MediaView(
        id=1, kind=kind, url="", thumbnail_url="", width=1080, height=1350, pages=pages, size=size, ai_made=ai_made
    )


@pytest.mark.parametrize(
    ("pages", "size", "facts"),
    [
        (12, 1_440_000, "PDF · 12 páginas · 1,4 MB"),
        (1, 900, "PDF · 1 página · 0,1 MB"),
        (None, 2_000_000, "PDF · 2,0 MB"),
    ],
)
def test_a_document_is_told_by_its_pages_and_its_weight(pages: int | None, size: int, facts: str) -> None:
    """It has no pixels; pages that are not known are not made up."""
    paper = file(MediaKind.DOCUMENT, pages=pages, size=size)
    (row,) = pieces_of(variant(Platform.LINKEDIN, paper, title="Guía"), "es")
    assert (row.facts, row.paper, row.title) == (facts, True, "Guía")


def test_only_what_a_model_made_is_said_to_be_declared() -> None:
    """TikTok is told of a model's files alone, and so are people."""
    own, drawn = (
        variant(Platform.TIKTOK, file(MediaKind.VIDEO, ai_made=made), format=Format.VIDEO) for made in (False, True)
    )
    assert "IA" not in wording._count(own, "es")
    assert "se declara hecho con IA" in wording._count(drawn, "es")


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_kind_of_post_has_a_name(format: Format, language: str) -> None:
    """Nobody reads a key."""
    assert not wording._kind(variant(Platform.FACEBOOK, format=format), language).startswith("post.")
