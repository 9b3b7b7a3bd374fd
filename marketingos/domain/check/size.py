"""What the platform itself counts: characters and hashtags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marketingos.domain.check.draft import Draft
from marketingos.domain.check.finding import Finding
from marketingos.domain.platform import RULES, Format, Platform, hashtags_in, wire_length

TITLE_LIMIT = 90
"""UTF-16 units of a TikTok photo post's title (Content Posting API, photo post)."""

PAPER_TITLE_LIMIT = 100
"""Characters of a document's title, which LinkedIn demands and shows in one line."""

HASHTAG_LIMIT, MENTION_LIMIT = 30, 20
"""What Instagram takes in a caption (IG User media, `caption`)."""

_MENTION = re.compile(r"(?<![\w.@])@\w[\w.]*")


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
    if draft.platform is Platform.INSTAGRAM and draft.format is not Format.STORY:
        yield from _refused_by_instagram(draft.text, tags)


def _refused_by_instagram(text: str, tags: int) -> Iterator[Finding]:
    """More than the five that do a post good are a matter of taste; more than these are refused."""
    mentions = len(_MENTION.findall(text))
    if tags > HASHTAG_LIMIT or mentions > MENTION_LIMIT:
        yield Finding(key="check.too_many_tags", detail=f"{tags} #, {mentions} @")
