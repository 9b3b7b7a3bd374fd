"""Facebook Pages: the publisher, which leaves each kind of post to its own walk, and the figures of posts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marketingos.adapters.meta.comments import write_comment
from marketingos.adapters.meta.graph import graph, insights, read_each, tolerant
from marketingos.adapters.meta.page_feed import FeedPost, post_in
from marketingos.adapters.meta.page_story import PageStory
from marketingos.adapters.meta.page_video import PageReel, PageVideo
from marketingos.domain import walk
from marketingos.domain.delivery import Content
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import (
    Absent,
    Accepted,
    Dropped,
    Grant,
    Library,
    Live,
    Progress,
    Published,
    Ready,
    Removed,
    Shown,
    Undecided,
    Working,
)
from marketingos.errors import Missing

COUNT_FIELDS = "shares,reactions.limit(0).summary(true),comments.limit(0).summary(true)"
INSIGHTS = {"post_media_view": "views", "post_total_media_view_unique": "reach", "post_clicks": "clicks"}


class Facebook:
    """Implements `ports.Publisher`; what progress holds is said by each walk."""

    platform = Platform.FACEBOOK

    def __init__(self, library: Library) -> None:
        feed = FeedPost(library)
        self._walks: Mapping[Format, FeedPost | PageVideo | PageStory] = {
            Format.TEXT: feed,
            Format.IMAGE: feed,
            Format.VIDEO: PageVideo(library),
            Format.REEL: PageReel(library),
            Format.STORY: PageStory(library),
        }

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        return await self._walks[content.format].prepare(grant, content, progress)

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        return await self._walks[content.format].commit(grant, content, progress)

    async def settle(
        self, grant: Grant, content: Content, progress: Progress
    ) -> Published | Accepted | Dropped | Ready:
        return await self._walks[content.format].settle(grant, content, progress)

    async def comment(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        return await write_comment(grant, content, progress, post_in(progress))

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided:
        return await self._walks[content.format].look_up(grant, content, progress, since)

    async def find(self, grant: Grant, content: Content, since: datetime) -> Published | Absent | Undecided:
        """A Page's posts are known by their words: one without any, and a story, cannot be told."""
        finder = self._walks[content.format]
        if isinstance(finder, PageStory) or not content.text:
            return Undecided()
        return await finder.find(grant, content, since)

    async def read_back(self, grant: Grant, content: Content, external_id: str) -> Shown:
        """A post has a `message`, a video that never told its post a `description`; a story says nothing."""
        if content.format is Format.STORY:
            return None
        words = "message" if "_" in external_id else "description"
        try:
            answer = await graph("GET", external_id, grant, params={"fields": f"{words},permalink_url"})
        except Missing:
            return Removed()
        return Live(text=str(answer.get(words) or ""), permalink=answer.get("permalink_url"))

    def wire_text(self, content: Content) -> str:
        return walk.shown_text(content)

    async def measure(self, grant: Grant, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        async def read(post_id: str) -> Metrics:
            counts, figures = await asyncio.gather(
                tolerant(_counts(grant, post_id)), tolerant(insights(grant, post_id, INSIGHTS))
            )
            return Metrics(**counts, **{INSIGHTS[name]: value for name, value in figures.items()})

        return await read_each(external_ids, read)


async def _counts(grant: Grant, post_id: str) -> Mapping[str, int | None]:
    """Reactions, comments and shares of a post. `shares` is left out of the answer when there is none."""
    answer = await graph("GET", post_id, grant, params={"fields": COUNT_FIELDS})
    return {
        "likes": _total(answer.get("reactions")),
        "comments": _total(answer.get("comments")),
        "shares": (answer.get("shares") or {}).get("count", 0),
    }


def _total(collection: Mapping[str, Any] | None) -> int | None:
    total = (collection or {}).get("summary", {}).get("total_count")
    return total if isinstance(total, int) else None
