"""What the platform itself counts: characters and hashtags."""

from __future__ import annotations

from collections.abc import Iterator

from marketingos.domain.check.draft import Draft
from marketingos.domain.check.finding import Finding
from marketingos.domain.platform import RULES, Format, Platform, hashtags_in, wire_length

TITLE_LIMIT = 90
"""UTF-16 units of a TikTok photo post's title (Content Posting API, photo post)."""

PAPER_TITLE_LIMIT = 100
"""Characters of a document's title, which LinkedIn demands and shows in one line."""


def check(draft: Draft) -> Iterator[Finding]:
    """Nothing to say, too much of it, a document without a title, or too many hashtags."""
    rules, length = RULES[draft.platform], wire_length(draft.platform, draft.text)
    if not draft.text.strip():
        yield Finding(key="check.empty")
    if length > rules.text_limit:
        yield Finding(key="check.too_long", detail=f"{length} > {rules.text_limit}")
    titled = draft.platform is Platform.TIKTOK and draft.format is Format.IMAGE
    if titled and (size := wire_length(draft.platform, draft.title)) > TITLE_LIMIT:
        yield Finding(key="check.too_long", detail=f"{size} > {TITLE_LIMIT}")
    if draft.format is Format.DOCUMENT and draft.pieces and not draft.title.strip():
        yield Finding(key="check.no_title")
    if (tags := len(hashtags_in(draft.text))) > rules.hashtag_limit:
        yield Finding(key="check.too_many_hashtags", detail=f"{tags} > {rules.hashtag_limit}")
