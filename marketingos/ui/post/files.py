"""How a post's files are told: rows from the service's views, in the person's language."""

from __future__ import annotations

from marketingos.domain.media import MediaKind
from marketingos.services import redrawing
from marketingos.services.views import MediaView, PostView, VariantView
from marketingos.text import format_euro, format_number, sentence
from marketingos.ui.post.rows import DrawingRow, PieceRow

MEDIA = (
    "check.media_preparing",
    "media.too_many",
    "media.mixed",
    "media.not_here",
    "media.too_small",
    "media.too_short",
    "media.too_long",
    "media.too_light",
    "media.too_heavy",
    "media.too_large",
    "media.too_many_pages",
    "media.paper_not_here",
    "media.too_long_to_convert",
    "media.spoilt",
    "media.gone",
    "media.unsupported",
)
"""Why a platform would not take the files as they are now."""


def pieces_of(variant: VariantView, language: str) -> tuple[PieceRow, ...]:
    """The files of a variant as rows."""
    return tuple(
        PieceRow(
            id=file.id,
            place=place,
            last=place == len(variant.media) - 1,
            thumbnail=file.thumbnail_url,
            facts=_facts(file, language),
            note=_note(file, language),
            alt=file.alt_text or variant.alt_text,
            fit=file.fit.value,
            reshaped=file.reshaped,
            preparing=file.preparing,
            paper=file.kind is MediaKind.DOCUMENT,
            title=variant.title,
        )
        for place, file in enumerate(variant.media)
    )


def _facts(file: MediaView, language: str) -> str:
    """`1080 × 1350`, with the length of a video; `PDF · 12 páginas · 1,4 MB`."""
    if file.kind is MediaKind.DOCUMENT:
        pages = sentence("post.media.pages", language, n=file.pages) if file.pages else ""
        weight = format_number(max(0.1, file.size / 1_000_000), language, digits=1)
        return " · ".join(filter(None, ("PDF", pages, f"{weight} MB")))
    length = f" · {round(file.seconds)} s" if file.seconds else ""
    return f"{file.width} × {file.height}{length}"


def _note(file: MediaView, language: str) -> str:
    """What was converted for the platform, and what is being."""
    if not file.changes:
        return ""
    made = ", ".join(sentence(f"post.media.made.{change.value}", language) for change in file.changes)
    return sentence("post.media.converted", language, what=made)


def media_note(variant: VariantView, language: str) -> str:
    """`3 de 10`, where several are possible."""
    if variant.most_media < 2 or not variant.media:
        return ""
    return sentence("post.media.count", language, n=len(variant.media), most=variant.most_media)


def drawings_of(post: PostView, language: str) -> tuple[DrawingRow, ...]:
    """The pictures drawn for a post, the newest first."""
    return tuple(
        DrawingRow(
            id=drawn.id,
            thumbnail=drawn.thumbnail_url,
            name=sentence("drawing.name", language, n=len(post.drawings) - place),
            used=drawn.id == post.drawing_id,
        )
        for place, drawn in enumerate(post.drawings)
    )


def draw_price(post: PostView, language: str) -> str:
    """`unos 0,06 €`, where another picture can be drawn."""
    if not post.drawings or not post.can_edit:
        return ""
    return sentence("drawing.price", language, euro=format_euro(redrawing.price(), language))


def filming(post: PostView, language: str) -> str:
    """How far the video is while it is being made."""
    return "" if post.filmed is None else sentence("drawing.filming", language, percent=post.filmed)
