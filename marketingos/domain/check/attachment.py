"""What goes out beside the words: whether it is there, described, and owns up to a model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marketingos.domain.check.draft import Draft
from marketingos.domain.check.finding import Finding
from marketingos.domain.check.wording import plain
from marketingos.domain.media import MediaKind
from marketingos.domain.platform import Format, Platform

_FILE = re.compile(
    r"[\w\- ]+\.(?:jpe?g|png|webp|gif|heic|mp4|mov)|(?:img|dsc|dcim|screenshot|captura|image|photo)[\W_]*[\d\W_]+",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"\b(?:todo|tbd|pendiente|lorem ipsum|placeholder|xxx+|rellenar|falta|por definir)\b|\b"
    r"texto alternativo\b|\balt text\b|\bdescripcion de la imagen\b|^descripcion$"
)
_EMPTY_WORDS = frozenset(
    [
        "imagen",
        "foto",
        "fotografia",
        "picture",
        "image",
        "photo",
        "grafico",
        "ilustracion",
        "captura",
        "post",
        "publicacion",
        "instagram",
        "facebook",
        "linkedin",
        "tiktok",
        "una",
        "un",
        "la",
        "el",
        "de",
        "del",
        "a",
        "para",
        "the",
        "of",
        "an",
        "sin",
        "titulo",
        "untitled",
        "nueva",
        "nuevo",
        "bonita",
        "bonito",
        "png",
        "jpg",
        "alt",
    ]
)


def check(draft: Draft) -> Iterator[Finding]:
    """Pictures that nobody described, and files made by a model that do not say so: a video says it nowhere in its
    file, so where its platform cannot be told with the post a person has to."""
    lacking = [
        n for n, piece in enumerate(draft.pieces, 1) if piece.kind is MediaKind.IMAGE and not describes(piece.alt_text)
    ]
    if lacking:
        yield Finding(key="check.missing_alt_text", detail=", ".join(f"{n}/{len(draft.pieces)}" for n in lacking))
    hidden = [(n, piece.kind) for n, piece in enumerate(draft.pieces, 1) if piece.ai_made and not piece.disclosed]
    by_hand = _BY_HAND.get(draft.platform) if any(kind is MediaKind.VIDEO for _, kind in hidden) else None
    if hidden:
        places = ", ".join(f"{n}/{len(draft.pieces)}" for n, _ in hidden)
        yield Finding(key=by_hand or "check.undisclosed_ai", detail=places)


_BY_HAND = {
    Platform.FACEBOOK: "check.label_ai_facebook",
    Platform.INSTAGRAM: "check.label_ai_instagram",
    Platform.LINKEDIN: "check.label_ai_linkedin",
}
"""What a person does about a video by a model, where its platform takes no such word with the post."""


def describes(alt_text: str) -> bool:
    """Whether an alternative text tells somebody who cannot see the picture what is in it."""
    words = plain(alt_text).split()
    if _FILE.fullmatch(alt_text.strip()) or _PLACEHOLDER.search(plain(alt_text)):
        return False
    return any(word not in _EMPTY_WORDS and len(word) > 1 and not word.isdigit() for word in words)


def missing(format: Format, pieces: int, *, failed: bool) -> tuple[Finding, ...]:
    """Whether there is a picture or video where there must be one."""
    if format is Format.TEXT or pieces:
        return ()
    return (Finding(key="check.media_failed" if failed else "check.no_media"),)
