"""Every kind of post that the product can send, as drafts of one account each."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marketingos.domain.platform import Format, Platform
from tests.sandbox.conftest import picture, video
from tests.staging import Draft

PUBLIC = {"privacy_level": "PUBLIC_TO_EVERYONE"}
PICTURES = (picture(540, 540), picture(540, 540, colour="#0f766e"))
VIDEO = video(noise=True)
PDF = b"%PDF-1.4\n1 0 obj<</Type /Page /Parent 2 0 R>>endobj\ntrailer<<>>\n%%EOF"
NUMBERS = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of post, and on what kind of account."""

    name: str
    platform: Platform
    format: Format
    files: Sequence[bytes] = ()
    account: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    asks: bool = False
    """Whether a lost answer of the visible call may end with a person, because nothing can be read back."""
    hidden: bool = False
    """Whether the platform keeps the post's own id to itself."""

    def draft(self, account: str, due: datetime) -> Draft:
        """A new post, its text like no other's; a story, which shows no text, has a file like no other's."""
        number = next(NUMBERS)
        is_story = self.format is Format.STORY
        return Draft(
            account=account,
            platform=self.platform,
            format=self.format,
            text=f"Texto {number} (de prueba) con {{llaves}}_y #Barbería",
            due=due,
            files=[_numbered(file, number) for file in self.files] if is_story else self.files,
            options=self.options,
            **self.more,
        )


def _numbered(file: bytes, number: int) -> bytes:
    """The same picture or film with a number behind it, where viewers do not look: after a JPEG's end, or in an MP4 box
    that is to be skipped."""
    mark = f"{number:08}".encode()
    return file + (mark if file.startswith(b"\xff\xd8") else b"\x00\x00\x00\x10free" + mark)


def _facebook(name: str, format: Format, **more: Any) -> Kind:
    return Kind(name=f"facebook {name}", platform=Platform.FACEBOOK, format=format, **more)


def _instagram(name: str, format: Format, **more: Any) -> Kind:
    return Kind(name=f"instagram {name}", platform=Platform.INSTAGRAM, format=format, **more)


def _tiktok(name: str, format: Format, **more: Any) -> Kind:
    return Kind(name=f"tiktok {name}", platform=Platform.TIKTOK, format=format, **{"options": PUBLIC, **more})


def _linkedin(name: str, format: Format, **more: Any) -> Kind:
    return Kind(name=f"linkedin {name}", platform=Platform.LINKEDIN, format=format, **more)


ONE, TWO, FILM = PICTURES[:1], PICTURES, (VIDEO,)
LINK, COMMENT = {"link_url": "https://example.com/a"}, {"first_comment": "Reserva aquí"}
SELF = {"privacy_level": "SELF_ONLY"}

KINDS = {
    kind.name: kind
    for kind in (
        _facebook("text", Format.TEXT),
        _facebook("link", Format.TEXT, more=LINK),
        _facebook("photo", Format.IMAGE, files=ONE),
        _facebook("photos", Format.IMAGE, files=TWO),
        _facebook("commented", Format.TEXT, more=COMMENT),
        _facebook("video", Format.VIDEO, files=FILM),
        _facebook("reel", Format.REEL, files=FILM, more=COMMENT),
        _facebook("story", Format.STORY, files=ONE, asks=True),
        _facebook("video story", Format.STORY, files=FILM, asks=True),
        _instagram("picture", Format.IMAGE, files=ONE),
        _instagram("commented", Format.IMAGE, files=ONE, more=COMMENT),
        _instagram("carousel", Format.IMAGE, files=TWO),
        _instagram("reel", Format.REEL, files=FILM),
        _instagram("story", Format.STORY, files=ONE),
        _tiktok("video", Format.VIDEO, files=FILM),
        _tiktok("private video", Format.VIDEO, files=FILM, options=SELF, hidden=True, asks=True),
        _tiktok("photos", Format.IMAGE, files=TWO, asks=True),
        _linkedin("text", Format.TEXT),
        _linkedin("commented", Format.TEXT, more=COMMENT),
        _linkedin("picture", Format.IMAGE, files=ONE),
        _linkedin("pictures", Format.IMAGE, files=TWO),
        _linkedin("article", Format.TEXT, more=LINK),
        _linkedin("video", Format.VIDEO, files=FILM),
        _linkedin("document", Format.DOCUMENT, files=(PDF,)),
        _linkedin("member", Format.TEXT, account="member", asks=True),
        _linkedin("member picture", Format.IMAGE, files=ONE, account="member", asks=True),
    )
}
