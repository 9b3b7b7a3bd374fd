"""Checking a variant: what a person sees is wrong with it, worst first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketingos.domain.check import Severity, severity
from marketingos.domain.media import Media, MediaKind
from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import Variant, VariantMedia
from marketingos.domain.product import Fact, Product, Template, Voice
from marketingos.services import checking
from marketingos.services.checking import Ground
from tests.conftest import Setter

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
PRODUCT = Product(
    id=1,
    name="ReservasPro",
    usp="Reservas 24 h",
    website="https://reservaspro.es",
    voice=Voice(banned_words=("barato",)),
    template=Template(calls_to_action=("Pruébalo 14 días gratis.",)),
    created_at=AT,
)
FACTS = (Fact(product_id=1, code="F1", claim="Desde 19 € al mes"),)
GROUND = Ground(book=checking.book_of(PRODUCT, FACTS))


def variant(text: str, *, pictures: int = 1, platform: Platform = Platform.INSTAGRAM) -> Variant:
    row = Variant(post_id=1, platform=platform, format=Format.IMAGE, text=text, alt_text="Un sillón vacío")
    for n in range(pictures):
        file = Media(
            sha256=str(n),
            kind=MediaKind.IMAGE,
            mime="image/jpeg",
            name="x",
            size=1,
            width=1080,
            height=1350,
            created_at=AT,
        )
        row.pieces.append(VariantMedia(variant_id=0, media_id=n, source=file))
    return row


def keys(row: Variant, ground: Ground) -> list[str]:
    return [finding.key for finding in checking.findings_of(row, ground)]


def test_a_good_variant_has_no_findings() -> None:
    """Figures of the facts and of the product's own lines are known."""
    good = variant("Desde 19 € al mes. Pruébalo 14 días gratis. Reservas 24 h en reservaspro.es")
    assert checking.findings_of(good, GROUND) == ()


def test_what_blocks_comes_first() -> None:
    """A missing picture stands before a banned word, each once."""
    bad = variant("Barato, barato: ahorra un 99 %", pictures=0)
    assert keys(bad, GROUND) == ["check.no_media", "check.banned_word", "check.false_claim"]


def test_without_its_product_only_the_platform_is_asked() -> None:
    """Rows of the calendar are checked without loading facts."""
    assert checking.findings_of(variant("Barato: 99 % menos en otracosa.com")) == ()


def test_a_picture_that_failed_is_told_apart() -> None:
    """It can be asked for again; one that is there is no finding."""
    failed = Ground(media_failed=True)
    assert keys(variant("Hola", pictures=0), failed) == ["check.media_failed"]
    assert keys(variant("Hola"), failed) == []


def test_a_model_is_owned_up_to() -> None:
    """A picture by a model says so in itself, where its platform is not told with the post."""
    row = variant("Hola", platform=Platform.FACEBOOK)
    row.pieces[0].source.ai_generated = True
    assert keys(row, GROUND) == ["check.undisclosed_ai"]
    row.pieces[0].source.ai_marked = True
    assert keys(row, GROUND) == []


@pytest.mark.parametrize(
    ("platform", "version", "told"),
    [
        (Platform.INSTAGRAM, "v25.0", ["check.label_ai_instagram"]),
        (Platform.INSTAGRAM, "v26.0", []),
        (Platform.TIKTOK, "v25.0", []),
        (Platform.FACEBOOK, "v25.0", ["check.label_ai_facebook"]),
        (Platform.FACEBOOK, "v26.0", []),
        (Platform.LINKEDIN, "v26.0", ["check.label_ai_linkedin"]),
    ],
)
def test_a_video_by_a_model_is_declared_or_a_person_is_told_to(
    platform: Platform, version: str, told: list[str], environment: Setter
) -> None:
    """A video's file cannot say it, so either the post does or a person."""
    environment(META_GRAPH_VERSION=version)
    row = variant("Hola", platform=platform)
    row.pieces[0].source.kind, row.pieces[0].source.ai_generated = MediaKind.VIDEO, True
    assert [key for key in keys(row, GROUND) if "_ai" in key] == told


def test_a_fact_ends_with_its_day() -> None:
    """What is valid until a day may be claimed on it, by the product's clock, and not after it."""
    offer = Fact(product_id=1, code="F2", claim="Dos meses gratis", valid_until=AT.date())
    assert checking.valid_on((offer,), AT.replace(hour=22), "Europe/Madrid") == (offer,)
    assert checking.valid_on((offer,), AT.replace(hour=23), "Europe/Madrid") == ()


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("check.too_long", Severity.BLOCKS),
        ("check.false_claim", Severity.WARNS),
        ("check.something_new", Severity.BLOCKS),
    ],
)
def test_severity(key: str, expected: Severity) -> None:
    """Warnings are known by name; what is not known blocks."""
    assert severity(key) is expected
