"""TikTok: ask what the creator may do, open an upload, send the video; the last byte posts it.

Wire: developers.tiktok.com/doc/content-posting-api-reference-{direct-post,query-creator-info,get-video-status},
.../content-posting-api-reference-photo-post, .../tiktok-api-v2-video-query (November 2026).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from marketingos import clock
from marketingos.adapters.http import Answer
from marketingos.adapters.tiktok import chunks, posts
from marketingos.adapters.tiktok.wire import UnknownPublishId, failure, tiktok
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
    Shown,
    Undecided,
    Working,
)
from marketingos.errors import NotSent, OutcomeUnknown, RateLimited

UPLOAD_LIFE = timedelta(minutes=50)
"""An upload address is good for an hour, and the whole upload has to end within it."""

QUERY_BATCH = 20
LIST_PAGES = 10
LIST_FIELDS = "id,create_time,share_url,title,video_description"
COUNTS = {"view_count": "views", "like_count": "likes", "comment_count": "comments", "share_count": "shares"}


class TikTok:
    """Implements `ports.Publisher`.

    Progress: `begun_at`; `creator`, what creator_info allows; `publish_id`, `upload_url`, `opened_at` and `sent`, the
    number of pieces; `ready` once every piece but the last was sent; `posted_at` once the last was taken; `restarts`.
    """

    platform = Platform.TIKTOK

    def __init__(self, library: Library) -> None:
        self._library = library

    # -- before it is visible ------------------------------------------------------------------------------------------

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        now = clock.now()
        progress = {"begun_at": walk.stamp(now), **progress}
        if progress.get("ready") and "publish_id" in progress:
            return await self._resume(grant, content, progress)
        if "publish_id" in progress and walk.age(progress, "opened_at", now) > UPLOAD_LIFE:
            progress = _afresh(progress)
        if "creator" not in progress:
            progress = {**progress, "creator": await posts.creator(grant, content)}
        if content.format is Format.IMAGE:
            return Ready(progress={**progress, "ready": True})
        pieces = chunks.plan(content.attachments[0].size)
        if "publish_id" not in progress:
            progress = await self._open(grant, content, progress)
            return Working(progress=progress) if pieces.count > 1 else Ready(progress={**progress, "ready": True})
        if progress["sent"] < pieces.count - 1:
            return Working(progress=await self._send(grant, content, progress, pieces))
        return Ready(progress={**progress, "ready": True})

    async def _open(self, grant: Grant, content: Content, progress: Progress) -> Progress:
        """Announces the video. Nothing is visible before its last byte; an upload that is not ended dies by itself."""
        pieces = chunks.plan(content.attachments[0].size)
        source = {
            "source": "FILE_UPLOAD",
            "video_size": pieces.size,
            "chunk_size": pieces.chunk_size,
            "total_chunk_count": pieces.count,
        }
        body = {"post_info": posts.video_info(content, progress["creator"]), "source_info": source}
        answer = await tiktok("/v2/post/publish/video/init/", grant, body)
        return {
            **progress,
            "publish_id": str(answer.at("data", "publish_id")),
            "upload_url": str(answer.at("data", "upload_url")),
            "opened_at": walk.stamp(clock.now()),
            "sent": 0,
        }

    async def _send(self, grant: Grant, content: Content, progress: Progress, pieces: chunks.Plan) -> Progress:
        try:
            await self._put(content, progress, pieces, progress["sent"])
        except chunks.UploadGone:
            return _restarted(progress)
        except chunks.OutOfStep:
            return await self._in_step(grant, progress, pieces)
        return {**progress, "sent": progress["sent"] + 1}

    async def _in_step(self, grant: Grant, progress: Progress, pieces: chunks.Plan) -> Progress:
        """Goes on with the piece that TikTok waits for; begins again if that is the one it refused."""
        try:
            sent = _arrived(await _state(grant, progress), pieces)
        except UnknownPublishId:
            return _restarted(progress)
        return _restarted(progress) if sent == progress["sent"] else {**progress, "sent": sent}

    async def _put(self, content: Content, progress: Progress, pieces: chunks.Plan, index: int) -> Answer:
        video = content.attachments[0]
        first, last = pieces.span(index)
        piece = await self._library.read(video, first, last + 1)
        return await chunks.put(progress["upload_url"], piece, video.mime, pieces, index)

    async def _resume(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        """After a commit that did not happen, or seemed so: goes on where TikTok says that the post stands."""
        try:
            state = await _state(grant, progress)
        except UnknownPublishId:
            return Working(progress=_restarted(progress))
        if state["status"] == "FAILED":
            return Working(progress=_restarted(progress))
        if not _is_waiting_for_bytes(state, content):
            return Ready(progress={"posted_at": walk.stamp(clock.now()), **progress})
        pieces = chunks.plan(content.attachments[0].size)
        rest = {name: value for name, value in progress.items() if name != "ready"}
        return Working(progress={**rest, "sent": _arrived(state, pieces)})

    # -- the visible call and after ------------------------------------------------------------------------------------

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        if "posted_at" in progress:
            return Accepted(progress=progress)
        if content.format is Format.IMAGE:
            progress = {**progress, "publish_id": await self._post_photos(grant, content, progress)}
        else:
            pieces = chunks.plan(content.attachments[0].size)
            await self._put(content, progress, pieces, pieces.count - 1)
        return Accepted(progress={**progress, "posted_at": walk.stamp(clock.now())})

    async def _post_photos(self, grant: Grant, content: Content, progress: Progress) -> str:
        """Photos are fetched by TikTok from our verified domain; this one call posts them."""
        urls = [self._library.public_url(a) for a in content.attachments]
        body = posts.photo_post(content, progress["creator"], urls)
        answer = await tiktok("/v2/post/publish/content/init/", grant, body, commits=True)
        return str(answer.at("data", "publish_id"))

    async def settle(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted | Dropped:
        try:
            state = await _state(grant, progress)
        except NotSent as error:
            raise OutcomeUnknown(diagnostic=error.diagnostic, retry_after=error.retry_after) from None
        if state["status"] == "FAILED":
            return Dropped(error=failure(str(state.get("fail_reason") or "")))
        waited = walk.age(progress, "posted_at", clock.now())
        if state["status"] != "PUBLISH_COMPLETE":
            return Accepted(progress=progress, wait=walk.pause(waited, 3.0))
        return _published(state, content, progress, waited)

    async def comment(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        """Never asked for: TikTok lets no app comment."""
        return Accepted(progress=progress)

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided:
        if "publish_id" not in progress:
            # A video cannot be there without one; photos can: the lost answer of their one call would have told it.
            return Undecided() if content.format is Format.IMAGE else Absent()
        waited = clock.now() - since
        state = await _state(grant, progress)
        if _is_waiting_for_bytes(state, content):
            return Absent() if waited >= walk.IN_FLIGHT else Undecided()
        posted = {"posted_at": walk.stamp(since), **progress}
        if state["status"] == "PUBLISH_COMPLETE":
            return _published(state, content, posted, waited)
        # TikTok has it, and works on it or gave it up: `settle` tells.
        return Accepted(progress=posted)

    async def find(self, grant: Grant, content: Content, since: datetime) -> Published | Absent | Undecided:
        """The one public post since then with exactly this text; others are in no list."""
        if content.options.get("privacy_level") != posts.PUBLIC or not content.text:
            return Undecided()
        rows, whole = await _listed(grant, since - walk.SKEW)
        matches = [
            Published(external_id=str(row["id"]), permalink=row.get("share_url"))
            for row in rows
            if any(walk.same_text(str(row.get(name) or ""), content.text) for name in ("title", "video_description"))
        ]
        return walk.verdict(matches, since, clock.now(), doubtful=not whole)

    async def read_back(self, grant: Grant, content: Content, external_id: str) -> Shown:
        """Only public posts have an id by which they can be read; one that moderation kept for longer than we waited
        may have it by now. A video's caption is its title or its description."""
        if external_id.isdecimal():
            return await self._show(grant, content, external_id)
        if content.options.get("privacy_level") != posts.PUBLIC:
            return None
        ids = _public_ids(await _state(grant, {"publish_id": external_id}))
        return await self._show(grant, content, ids[0]) if ids else Undecided()

    async def _show(self, grant: Grant, content: Content, external_id: str) -> Live | Undecided:
        body = {"filters": {"video_ids": [external_id]}}
        rows = (await tiktok(f"/v2/video/query/?fields={LIST_FIELDS}", grant, body)).at("data", "videos")
        if not rows:
            return Undecided()
        texts = [str(rows[0].get(name) or "") for name in ("video_description", "title")]
        shown = next((text for text in texts if walk.same_text(text, content.text)), texts[0] or texts[1])
        return Live(text=shown, permalink=rows[0].get("share_url"), external_id=external_id)

    def wire_text(self, content: Content) -> str:
        return content.text

    # -- figures -------------------------------------------------------------------------------------------------------

    async def measure(self, grant: Grant, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        """Posts that are not public have no video id and cannot be read: they are left out."""
        ids = [name for name in external_ids if name.isdecimal()]
        found: dict[str, Metrics] = {}
        for start in range(0, len(ids), QUERY_BATCH):
            try:
                found |= await _counts(grant, ids[start : start + QUERY_BATCH])
            except RateLimited:
                if not found:
                    raise
                break
        return found


async def _listed(grant: Grant, since: datetime) -> tuple[Sequence[Mapping[str, Any]], bool]:
    """The public posts since then, newest first, and whether these are all."""
    rows: list[Mapping[str, Any]] = []
    body: dict[str, Any] = {"max_count": QUERY_BATCH}
    for _ in range(LIST_PAGES):
        answer = await tiktok(f"/v2/video/list/?fields={LIST_FIELDS}", grant, body)
        listed: Sequence[Mapping[str, Any]] = answer.at("data", "videos")
        recent = [row for row in listed if row["create_time"] >= since.timestamp()]
        rows += recent
        if len(recent) < len(listed) or not answer.at("data", "has_more"):
            return rows, True
        body = {**body, "cursor": answer.at("data", "cursor")}
    return rows, False


async def _counts(grant: Grant, ids: Sequence[str]) -> Mapping[str, Metrics]:
    fields = ",".join(("id", *COUNTS))
    answer = await tiktok(f"/v2/video/query/?fields={fields}", grant, {"filters": {"video_ids": list(ids)}})
    rows: Sequence[Mapping[str, Any]] = answer.at("data", "videos")
    return {str(row["id"]): Metrics(**{name: row.get(field) for field, name in COUNTS.items()}) for row in rows}


async def _state(grant: Grant, progress: Progress) -> Mapping[str, Any]:
    """What TikTok says of an upload: `status` and, by it, `fail_reason`, `uploaded_bytes`, the post's id."""
    answer = await tiktok("/v2/post/publish/status/fetch/", grant, {"publish_id": progress["publish_id"]})
    return {**answer.at("data"), "status": answer.at("data", "status")}


def _is_waiting_for_bytes(state: Mapping[str, Any], content: Content) -> bool:
    missing = int(state.get("uploaded_bytes") or 0) < content.attachments[0].size
    return state["status"] == "PROCESSING_UPLOAD" and missing


def _arrived(state: Mapping[str, Any], pieces: chunks.Plan) -> int:
    """How many pieces TikTok has; the last one is always left to the commit."""
    return min(int(state.get("uploaded_bytes") or 0) // pieces.chunk_size, pieces.count - 1)


def _public_ids(state: Mapping[str, Any]) -> Sequence[str]:
    ids = state.get("publicaly_available_post_id") or []
    return [str(name) for name in (ids if isinstance(ids, list) else [ids])]


def _published(
    state: Mapping[str, Any], content: Content, progress: Progress, waited: timedelta
) -> Published | Accepted:
    """A finished post. Only public ones get an id, after moderation; the others are known by their `publish_id`."""
    if ids := _public_ids(state):
        return Published(external_id=ids[0], permalink=_address(progress, content, ids[0]))
    if content.options.get("privacy_level") == posts.PUBLIC and waited < walk.MODERATION:
        return Accepted(progress=progress, wait=walk.pause(waited, 3.0))
    return Published(external_id=progress["publish_id"])


def _address(progress: Progress, content: Content, post_id: str) -> str | None:
    name = progress.get("creator", {}).get("creator_username")
    kind = "photo" if content.format is Format.IMAGE else "video"
    return f"https://www.tiktok.com/@{name}/{kind}/{post_id}" if name else None


def _afresh(progress: Progress) -> Progress:
    """The progress of a walk that begins again, with a fresh question about the creator and a new upload."""
    return {name: progress[name] for name in ("begun_at", "restarts") if name in progress}


def _restarted(progress: Progress) -> Progress:
    restarts = progress.get("restarts", 0)
    if restarts >= walk.RESTARTS:
        raise NotSent("error.tiktok.processing", diagnostic="the upload was lost again and again", retryable=False)
    return {**_afresh(progress), "restarts": restarts + 1}
