"""Texts, links and photos of a Page: photos go up unpublished, and the feed call alone makes the post.

Wire: developers.facebook.com/docs/graph-api/reference/page/{feed,photos,published_posts} and .../pages-api/posts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from marketingos import clock
from marketingos.adapters.meta.comments import commented
from marketingos.adapters.meta.graph import graph, graph_time, listed
from marketingos.adapters.meta.refusals import absent
from marketingos.domain import first_comment, walk
from marketingos.domain.delivery import Attachment, Content
from marketingos.domain.platform import Format
from marketingos.domain.ports import Absent, Accepted, Grant, Library, Progress, Published, Ready, Undecided, Working

PHOTO_LIFE = timedelta(hours=20)
"""Meta deletes unpublished photos after about a day; older ones are uploaded again."""

LIST_FIELDS = "id,message,created_time,permalink_url,attachments{media_type,target{id},subattachments{target{id}}}"


class FeedPost:
    """Progress: `begun_at`; `photos`, ids of unpublished photos, with `photos_at`; `post` while a comment is due."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        now = clock.now()
        progress = {"begun_at": walk.stamp(now), **progress}
        if "post" in progress:
            return Ready(progress=progress)
        if walk.age(progress, "photos_at", now) > PHOTO_LIFE:
            progress = {"begun_at": progress["begun_at"]}
        photos: list[str] = list(progress.get("photos", ()))
        if content.format is Format.TEXT or len(photos) == len(content.attachments):
            return Ready(progress=progress)
        photos.append(await upload_photo(grant, self._library, content.attachments[len(photos)]))
        progress = {"photos_at": walk.stamp(now), **progress, "photos": photos}
        done = len(photos) == len(content.attachments)
        return Ready(progress=progress) if done else Working(progress=progress)

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        if "post" in progress:
            return Accepted(progress=progress, wait=timedelta())
        feed, fields = f"{grant.external_id}/feed", {"fields": "id,permalink_url"}
        answer = await graph("POST", feed, grant, commits=True, params=fields, json=_post(content, progress))
        post_id = str(answer.at("id"))
        address = answer.get("permalink_url") or f"https://www.facebook.com/{post_id}"
        return _out(Published(external_id=post_id, permalink=address), content, progress)

    async def settle(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted | Ready:
        return await commented(grant, content, progress, post_in(progress))

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided:
        if "post" in progress:
            return Accepted(progress=progress, wait=timedelta())
        earliest = walk.begun(progress, since) - walk.SKEW
        params = {"fields": LIST_FIELDS, "since": str(int((earliest - walk.DOUBT).timestamp())), "limit": "100"}
        rows, whole = await listed(grant, "published_posts", params)
        alike = [row for row in rows if walk.same_text(row.get("message", ""), content.text)]
        recent = [row for row in alike if graph_time(row["created_time"]) >= earliest]
        ours = [row for row in alike if set(progress.get("photos", ())) <= _targets(row)]
        matches = [
            Published(external_id=row["id"], permalink=row.get("permalink_url")) for row in ours if row in recent
        ]
        found = walk.verdict(matches, since, clock.now(), doubtful=bool(recent or ours) or not whole)
        if isinstance(found, Published):
            return _out(found, content, progress)
        return absent(progress) if isinstance(found, Absent) else found

    async def find(self, grant: Grant, content: Content, since: datetime) -> Published | Absent | Undecided:
        """The one post since then with exactly these words; whether its first comment is there is told."""
        found = await self.look_up(grant, content, {}, since)
        if isinstance(found, Accepted):
            told = await self.settle(grant, content, {**found.progress, **first_comment.found_again(since)})
            return told if isinstance(told, Published) else Undecided()
        return found


async def upload_photo(grant: Grant, library: Library, photo: Attachment) -> str:
    """Puts a photo where nobody sees it; answers its id."""
    form = {"published": "false"} | ({"alt_text_custom": photo.alt_text} if photo.alt_text else {})
    source = (photo.name, await library.read(photo), photo.mime)
    answer = await graph("POST", f"{grant.external_id}/photos", grant, data=form, files={"source": source})
    return str(answer.at("id"))


def _post(content: Content, progress: Progress) -> dict[str, Any]:
    fields: dict[str, Any] = {"message": content.text} if content.text else {}
    if photos := progress.get("photos"):
        fields["attached_media"] = [{"media_fbid": photo} for photo in photos]
    elif content.link_url:
        fields["link"] = content.link_url
    return fields


def _out(post: Published, content: Content, progress: Progress) -> Published | Accepted:
    """The post is out; if a comment is due, the post's id is kept before that is tried."""
    if not content.first_comment:
        return post
    return Accepted(progress=kept(post, progress), wait=timedelta())


def kept(post: Published, progress: Progress) -> Progress:
    """The progress with the post that it led to."""
    return {**progress, "post": {"id": post.external_id, "permalink": post.permalink}}


def post_in(progress: Progress) -> Published:
    """The post that a progress led to."""
    return Published(external_id=progress["post"]["id"], permalink=progress["post"]["permalink"])


def _targets(row: Mapping[str, Any]) -> set[str]:
    """Ids of what a listed post carries."""
    attachments = row.get("attachments", {}).get("data", [])
    parts = [part for a in attachments for part in (a, *a.get("subattachments", {}).get("data", []))]
    return {str(part["target"]["id"]) for part in parts if "id" in part.get("target", {})}
