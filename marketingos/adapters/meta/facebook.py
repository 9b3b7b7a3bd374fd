"""Facebook Pages: text, links and photos through the feed; the feed call is the only visible one.

Photos are uploaded unpublished first and joined to the post by `attached_media`, so that one call decides. Wire:
developers.facebook.com/docs/graph-api/reference/page/{feed,photos,published_posts} and .../pages-api/posts (v25.0).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from marketingos import clock
from marketingos.adapters.meta.graph import comment_once, graph, graph_time, insights, read_each, tolerant
from marketingos.domain import walk
from marketingos.domain.delivery import Content
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import (
    Absent,
    Accepted,
    Grant,
    Library,
    Progress,
    Published,
    Ready,
    Undecided,
    Working,
)

PHOTO_LIFE = timedelta(hours=20)
"""Meta deletes unpublished photos after about a day; older ones are uploaded again."""

LIST_FIELDS = "id,message,created_time,permalink_url,attachments{media_type,target{id},subattachments{target{id}}}"
COUNT_FIELDS = "shares,reactions.limit(0).summary(true),comments.limit(0).summary(true)"
INSIGHTS = {"post_media_view": "views", "post_total_media_view_unique": "reach", "post_clicks": "clicks"}


class Facebook:
    """Implements `ports.Publisher`. Progress: `begun_at`, `photos` (ids of unpublished photos), `post`."""

    platform = Platform.FACEBOOK

    def __init__(self, library: Library) -> None:
        self._library = library

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        now = clock.now()
        progress = {"begun_at": walk.stamp(now), **progress}
        if walk.age(progress, "photos_at", now) > PHOTO_LIFE:
            progress = {"begun_at": progress["begun_at"]}
        if content.format is Format.TEXT or len(progress.get("photos", ())) == len(content.attachments):
            return Ready(progress=progress)
        return Working(progress=await self._upload_photo(grant, content, progress))

    async def _upload_photo(self, grant: Grant, content: Content, progress: Progress) -> Progress:
        photos: list[str] = list(progress.get("photos", ()))
        attachment = content.attachments[len(photos)]
        form = {"published": "false"} | ({"alt_text_custom": attachment.alt_text} if attachment.alt_text else {})
        source = (attachment.name, await self._library.read(attachment), attachment.mime)
        answer = await graph("POST", f"{grant.external_id}/photos", grant, data=form, files={"source": source})
        return {"photos_at": walk.stamp(clock.now()), **progress, "photos": [*photos, str(answer.at("id"))]}

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        if "post" in progress:
            return Accepted(progress=progress, wait=timedelta())
        answer = await graph(
            "POST",
            f"{grant.external_id}/feed",
            grant,
            commits=True,
            params={"fields": "id,permalink_url"},
            json=_post(content, progress),
        )
        post_id = str(answer.at("id"))
        published = Published(external_id=post_id, permalink=answer.get("permalink_url") or _address(post_id))
        return _before_comment(published, progress) if content.first_comment else published

    async def settle(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        post = progress["post"]
        await comment_once(grant, post["id"], content.first_comment, field="message")
        return Published(external_id=post["id"], permalink=post["permalink"])

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided:
        if "post" in progress:
            return Accepted(progress=progress, wait=timedelta())
        earliest = walk.begun(progress, since) - walk.SKEW
        params = {"fields": LIST_FIELDS, "since": str(int(earliest.timestamp())), "limit": "100"}
        answer = await graph("GET", f"{grant.external_id}/published_posts", grant, params=params)
        alike = [row for row in answer.at("data") if _is_like(row, content, earliest)]
        ours = [row for row in alike if set(progress.get("photos", ())) <= _targets(row)]
        matches = [Published(external_id=row["id"], permalink=row.get("permalink_url")) for row in ours]
        doubtful = bool(alike) or "next" in (answer.get("paging") or {})
        found = walk.verdict(matches, since, clock.now(), doubtful=doubtful)
        return _before_comment(found, progress) if isinstance(found, Published) and content.first_comment else found

    async def measure(self, grant: Grant, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        async def read(post_id: str) -> Metrics:
            counts, figures = await asyncio.gather(
                tolerant(_counts(grant, post_id)), tolerant(insights(grant, post_id, "post", INSIGHTS))
            )
            return Metrics(**counts, **{INSIGHTS[name]: value for name, value in figures.items()})

        return await read_each(external_ids, read)


def _post(content: Content, progress: Progress) -> dict[str, Any]:
    fields: dict[str, Any] = {"message": content.text} if content.text else {}
    if photos := progress.get("photos"):
        fields["attached_media"] = [{"media_fbid": photo} for photo in photos]
    elif content.link_url:
        fields["link"] = content.link_url
    return fields


def _before_comment(post: Published, progress: Progress) -> Accepted:
    """The post is out; its id is kept before the comment is tried."""
    kept = {"id": post.external_id, "permalink": post.permalink}
    return Accepted(progress={**progress, "post": kept}, wait=timedelta())


def _address(post_id: str) -> str:
    return f"https://www.facebook.com/{post_id}"


def _is_like(row: Mapping[str, Any], content: Content, earliest: datetime) -> bool:
    """Whether a listed post has the time and the text of the one that was sent."""
    return graph_time(row["created_time"]) >= earliest and walk.same_text(row.get("message", ""), content.text)


def _targets(row: Mapping[str, Any]) -> set[str]:
    """Ids of what a listed post carries."""
    attachments = row.get("attachments", {}).get("data", [])
    parts = [part for a in attachments for part in (a, *a.get("subattachments", {}).get("data", []))]
    return {str(part["target"]["id"]) for part in parts if "id" in part.get("target", {})}


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
