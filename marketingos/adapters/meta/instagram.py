"""Instagram: a container is made from a public address, watched until it is finished, and published.

A container can be published once, so publishing the same one again is safe where making a new one is not. Wire:
developers.facebook.com/docs/instagram-platform/content-publishing and .../instagram-graph-api/reference/ig-user/{media,
media_publish} (v25.0, Facebook Login); the label of what a model made, .../instagram-platform/changelog (June 22, 2026:
in all versions).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from marketingos import clock, log
from marketingos.adapters.meta.comments import commented, write_comment
from marketingos.adapters.meta.graph import graph, graph_time, insights, listed, read_each
from marketingos.adapters.meta.refusals import absent, container_ruling
from marketingos.adapters.meta.versions import is_labelled
from marketingos.domain import first_comment, walk
from marketingos.domain.delivery import Attachment, Content
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import (
    Absent,
    Accepted,
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
from marketingos.errors import BadAnswer, Missing, NotSent, OutcomeUnknown, OutsideError, PermissionMissing, RateLimited

logger = log.get_logger(__name__)

CONTAINER_LIFE = timedelta(hours=23)
"""An unpublished container expires after 24 hours."""

QUOTA = {"fields": "quota_usage,config"}
QUOTA_PAUSE = timedelta(hours=1)
"""The quota is of a rolling day: it frees a post at a time, and nobody says when."""

_NO_ANSWER = (NotSent, BadAnswer, PermissionMissing)

INSIGHTS = {
    "views": "views",
    "reach": "reach",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "saved": "saves",
}


class Instagram:
    """Implements `ports.Publisher`.

    Progress: `begun_at`; `children`, the containers of a carousel's pictures, and how many of them are `finished`;
    `container` with `container_at`; `before`, the stories that were there already; `restarts`; and after publishing
    `media`.
    """

    platform = Platform.INSTAGRAM

    def __init__(self, library: Library) -> None:
        self._library = library

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        now = clock.now()
        progress = {"begun_at": walk.stamp(now), **progress}
        if "media" in progress:
            return Ready(progress=progress)
        if walk.age(progress, "container_at", now) > CONTAINER_LIFE:
            progress = _afresh(progress)
        if content.format is Format.STORY and "before" not in progress:
            return Working(progress={**progress, "before": [row["id"] for row in await self._stories(grant)]})
        if "container" in progress:
            state = await self._state(grant, progress["container"], progress)
            if isinstance(state, Ready) and "published" not in state.progress:
                await self._check_quota(grant)
            return state
        if len(content.attachments) > 1 and (step := await self._gather(grant, content, progress)):
            return step
        return await self._make(grant, self._fields(content, progress), progress)

    async def _gather(self, grant: Grant, content: Content, progress: Progress) -> Working | None:
        """The next step for a carousel's pictures; None when they are all there and finished."""
        children: list[str] = list(progress.get("children", ()))
        if len(children) < len(content.attachments):
            fields = self._child(content.attachments[len(children)])
            answer = await graph("POST", f"{grant.external_id}/media", grant, json=fields)
            started = {"container_at": walk.stamp(clock.now()), **progress}
            return Working(progress={**started, "children": [*children, str(answer.at("id"))]})
        done = progress.get("finished", 0)
        if done == len(children):
            return None
        step = await self._state(grant, children[done], progress)
        return step if isinstance(step, Working) else Working(progress={**progress, "finished": done + 1})

    async def _make(self, grant: Grant, fields: Mapping[str, Any], progress: Progress) -> Working:
        answer = await graph("POST", f"{grant.external_id}/media", grant, json=fields)
        made = {**progress, "container": str(answer.at("id")), "container_at": walk.stamp(clock.now())}
        return Working(progress=made, wait=timedelta(seconds=1 if "video_url" in fields or "children" in fields else 0))

    async def _state(self, grant: Grant, container: str, progress: Progress) -> Working | Ready:
        """How far a container is. `PUBLISHED` means that an earlier publication arrived after all."""
        status, detail = await _status(grant, container)
        match status:
            case "FINISHED":
                return Ready(progress=progress)
            case "PUBLISHED":
                return Ready(progress={**progress, "published": True})
            case "EXPIRED":
                return Working(progress=_afresh(progress))
            case "ERROR":
                return _spoilt(detail, progress)
        return Working(progress=progress, wait=walk.pause(walk.age(progress, "container_at", clock.now())))

    async def _check_quota(self, grant: Grant) -> None:
        """How many posts a day an account has is Instagram's to say; a full quota is waited for, not run into."""
        try:
            answer = await graph("GET", f"{grant.external_id}/content_publishing_limit", grant, params=QUOTA)
            used, total = answer.at("data", 0, "quota_usage"), answer.at("data", 0, "config", "quota_total")
        except _NO_ANSWER as error:
            logger.info("instagram.no_quota", error=error.key, diagnostic=error.diagnostic)
            return
        if used >= total:
            raise RateLimited(
                "error.instagram.quota", diagnostic=f"{used} of {total} posts are used", retry_after=QUOTA_PAUSE
            )

    def _fields(self, content: Content, progress: Progress) -> Mapping[str, Any]:
        """What the container is told. A story has neither caption nor description; a carousel's pictures do not say
        themselves that they are by a model."""
        first, caption = content.attachments[0], {"caption": content.text} if content.text else {}
        label = {"is_ai_generated": True} if is_labelled(content) else {}
        if children := progress.get("children"):
            return {"media_type": "CAROUSEL", "children": list(children), **caption, **label}
        if content.format is Format.STORY:
            return {"media_type": "STORIES", **self._address(first), **label}
        if content.format is Format.REEL:
            offset = content.options.get("thumb_offset")
            thumb = {} if offset is None else {"thumb_offset": int(offset)}
            return {"media_type": "REELS", "share_to_feed": True, **self._address(first), **caption, **thumb, **label}
        return {**self._address(first), **_described(first), **caption, **label}

    def _child(self, attachment: Attachment) -> Mapping[str, Any]:
        kind = {"media_type": "VIDEO"} if _is_video(attachment) else _described(attachment)
        return {"is_carousel_item": True, **kind, **self._address(attachment)}

    def _address(self, attachment: Attachment) -> Mapping[str, str]:
        name = "video_url" if _is_video(attachment) else "image_url"
        return {name: self._library.public_url(attachment)}

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        if "media" in progress:
            return Accepted(progress=progress, wait=timedelta())
        if progress.get("published"):
            raise OutcomeUnknown(diagnostic="the container says that it is published already")
        body = {"creation_id": progress["container"]}
        answer = await graph("POST", f"{grant.external_id}/media_publish", grant, commits=True, json=body)
        return Accepted(progress={**progress, "media": str(answer.at("id"))}, wait=timedelta())

    async def settle(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted | Ready:
        """The post is out; its address and its first comment are welcome but never its failure."""
        post = await commented(grant, content, progress, Published(external_id=progress["media"]))
        return await self._addressed(grant, post) if isinstance(post, Published) else post

    async def comment(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        post = await write_comment(grant, content, progress, Published(external_id=progress["media"]))
        return await self._addressed(grant, post) if isinstance(post, Published) else post

    async def _addressed(self, grant: Grant, post: Published) -> Published:
        return replace(post, permalink=await self._permalink(grant, post.external_id))

    async def _permalink(self, grant: Grant, media: str) -> str | None:
        try:
            answer = await graph("GET", media, grant, params={"fields": "id,permalink"})
            return answer.get("permalink")  # type: ignore[no-any-return]
        except OutsideError as error:
            logger.warning("instagram.no_permalink", media=media, error=error.key, diagnostic=error.diagnostic)
            return None

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided:
        if "media" in progress:
            return Accepted(progress=progress, wait=timedelta())
        if "container" not in progress:
            return Absent()
        status, _ = await _status(grant, progress["container"])
        if status == "PUBLISHED":
            return await self._find(grant, content, progress, since)
        if status in ("EXPIRED", "ERROR") or clock.now() - since >= walk.IN_FLIGHT:
            return absent(progress)
        return Undecided()

    async def _find(self, grant: Grant, content: Content, progress: Progress, since: datetime) -> Accepted | Undecided:
        """The media of a container that says it is published: containers never tell, so a list has to."""
        earliest = walk.begun(progress, since) - walk.SKEW
        rows = await (self._stories(grant) if content.format is Format.STORY else self._posts(grant, earliest))
        ours = [row["id"] for row in rows if _is_like(row, content, progress, earliest)]
        return Accepted(progress={**progress, "media": ours[0]}, wait=timedelta()) if len(ours) == 1 else Undecided()

    async def _stories(self, grant: Grant) -> Sequence[Mapping[str, Any]]:
        """The stories of the last day."""
        return (await listed(grant, "stories", {"fields": "id,timestamp"}))[0]

    async def _posts(self, grant: Grant, since: datetime) -> Sequence[Mapping[str, Any]]:
        return (await listed(grant, "media", _listing(since)))[0]

    async def find(self, grant: Grant, content: Content, since: datetime) -> Published | Absent | Undecided:
        """The one media since then with exactly this caption; whether its first comment is there is told."""
        if content.format is Format.STORY or not content.text:
            return Undecided()
        earliest = since - walk.SKEW
        rows, whole = await listed(grant, "media", _listing(earliest))
        alike = [row["id"] for row in rows if _is_like(row, content, {}, earliest)]
        if len(alike) == 1:
            found = await self.settle(grant, content, {"media": alike[0], **first_comment.found_again(since)})
            return found if isinstance(found, Published) else Undecided()
        return walk.verdict([], since, clock.now(), doubtful=bool(alike) or not whole)

    async def read_back(self, grant: Grant, content: Content, external_id: str) -> Shown:
        """A story can be read for a day, and has no caption then either."""
        try:
            answer = await graph("GET", external_id, grant, params={"fields": "id,caption,permalink"})
        except Missing:
            return Removed()
        return Live(text=str(answer.get("caption") or ""), permalink=answer.get("permalink"))

    def wire_text(self, content: Content) -> str:
        return walk.shown_text(content)

    async def measure(self, grant: Grant, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        async def read(media: str) -> Metrics:
            figures = await insights(grant, media, INSIGHTS)
            return Metrics(**{INSIGHTS[name]: value for name, value in figures.items()})

        return await read_each(external_ids, read)


def _listing(since: datetime) -> Mapping[str, str]:
    """What the list of media is asked for."""
    fields = "id,caption,timestamp,media_product_type"
    return {"fields": fields, "since": str(int(since.timestamp())), "limit": "50"}


async def _status(grant: Grant, container: str) -> tuple[str, str]:
    """A container's status code and its text."""
    answer = await graph("GET", container, grant, params={"fields": "status_code,status"})
    return str(answer.at("status_code")), str(answer.get("status") or "")


def _is_video(attachment: Attachment) -> bool:
    return attachment.mime.startswith("video/")


def _described(attachment: Attachment) -> Mapping[str, str]:
    return {"alt_text": attachment.alt_text} if attachment.alt_text else {}


def _is_like(row: Mapping[str, Any], content: Content, progress: Progress, earliest: datetime) -> bool:
    """Whether a listed media is as new, and has the kind and the text, of what was sent."""
    if graph_time(row["timestamp"]) < earliest:
        return False
    if content.format is Format.STORY:
        # A story has no text to be known by, but it was not there before.
        return row["id"] not in progress.get("before", ())
    is_reel = row.get("media_product_type") == "REELS"
    return is_reel == (content.format is Format.REEL) and walk.same_text(row.get("caption", ""), content.text)


def _spoilt(detail: str, progress: Progress) -> Working:
    """Instagram gave up on a container: raises when the file is to blame, else begins again some times."""
    ruling = container_ruling(detail)
    if ruling and not issubclass(ruling.error, NotSent | OutcomeUnknown):
        raise ruling.error(ruling.key, diagnostic=f"container: {detail}")
    restarts = progress.get("restarts", 0)
    if restarts >= walk.RESTARTS:
        raise NotSent("error.instagram.processing", diagnostic=f"container: {detail}", retryable=False)
    return Working(progress={**_afresh(progress), "restarts": restarts + 1}, wait=timedelta(seconds=30))


def _afresh(progress: Progress) -> Progress:
    """The progress of a walk that begins again with new containers."""
    return {name: progress[name] for name in ("begun_at", "restarts", "before") if name in progress}
