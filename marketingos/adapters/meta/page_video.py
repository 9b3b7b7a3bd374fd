"""Videos and reels of a Page: the file goes up under a video id, one call publishes it, processing ends it.

The id is known before anything is visible, so a lost answer is settled by asking for the video itself. Wire:
developers.facebook.com/docs/graph-api/reference/page/videos and .../video-api/guides/{publishing,reels-publishing}.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from marketingos import clock
from marketingos.adapters.http import Answer, call
from marketingos.adapters.meta.comments import commented
from marketingos.adapters.meta.graph import graph, listed, video_host
from marketingos.adapters.meta.page_feed import FeedPost, kept, post_in
from marketingos.adapters.meta.refusals import refusal
from marketingos.adapters.meta.versions import is_labelled
from marketingos.domain import first_comment, walk
from marketingos.domain.delivery import Content
from marketingos.domain.ports import (
    Absent,
    Accepted,
    Dropped,
    Grant,
    Library,
    Progress,
    Published,
    Ready,
    Undecided,
    Working,
)
from marketingos.errors import BadAnswer, ContentRefused, NotSent, OutcomeUnknown, OutsideError

UPLOAD_LIFE = timedelta(hours=20)
"""What was uploaded and not used within about a day is deleted."""

STATE_FIELDS = "status,published,post_id,permalink_url,description"
PATIENCE = timedelta(minutes=30)
"""How long a video that is out may go without its post's id before it counts as published under its own."""

_GIVEN_UP = frozenset({"error", "upload_failed", "expired"})
"""States in which Meta works on a video no more, and will never show it."""


class PageVideo:
    """A video in the feed. Progress: `begun_at`; `video`, `session`, `from`, `to` (offsets), `opened_at`; `sent_at`;
    `post` while a comment is due."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        now = clock.now()
        progress = {"begun_at": walk.stamp(now), **progress}
        if "sent_at" not in progress and walk.age(progress, "opened_at", now) > UPLOAD_LIFE:
            progress = _afresh(progress)
        if "video" not in progress:
            return Working(progress=await self._open(grant, content, progress))
        if self._is_uploaded(progress):
            return Ready(progress=progress)
        return Working(progress=await self._upload(grant, content, progress))

    async def _open(self, grant: Grant, content: Content, progress: Progress) -> Progress:
        form = {"upload_phase": "start", "file_size": str(content.attachments[0].size)}
        answer = await graph("POST", f"{grant.external_id}/videos", grant, host=video_host(), data=form)
        return {
            **progress,
            "video": str(answer.at("video_id")),
            "session": str(answer.at("upload_session_id")),
            "from": int(answer.at("start_offset")),
            "to": int(answer.at("end_offset")),
            "opened_at": walk.stamp(clock.now()),
        }

    def _is_uploaded(self, progress: Progress) -> bool:
        return bool(progress["from"] >= progress["to"])

    async def _upload(self, grant: Grant, content: Content, progress: Progress) -> Progress:
        """Sends the span that Meta asked for; if it does not want it any more, the upload begins again."""
        video, start, end = content.attachments[0], progress["from"], progress["to"]
        form = {"upload_phase": "transfer", "upload_session_id": progress["session"], "start_offset": str(start)}
        span = await self._library.read(video, start, end)
        files = {"video_file_chunk": (video.name, span, "application/octet-stream")}
        try:
            answer = await graph(
                "POST", f"{grant.external_id}/videos", grant, host=video_host(), data=form, files=files
            )
        except ContentRefused as error:
            return restarted(progress, error)
        return {**progress, "from": int(answer.at("start_offset")), "to": int(answer.at("end_offset"))}

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        if "sent_at" in progress:
            return Accepted(progress=progress)
        answer = await self._finish(grant, progress, _words(content))
        if answer.get("success") is not True:
            raise answer.nonsense()
        return Accepted(progress={**progress, "sent_at": walk.stamp(clock.now())})

    async def _finish(self, grant: Grant, progress: Progress, words: Mapping[str, str]) -> Answer:
        """The visible call."""
        form = {"upload_phase": "finish", "upload_session_id": progress["session"], **words}
        return await graph("POST", f"{grant.external_id}/videos", grant, host=video_host(), commits=True, data=form)

    async def settle(
        self, grant: Grant, content: Content, progress: Progress
    ) -> Published | Accepted | Dropped | Ready:
        if "post" in progress:
            return await commented(grant, content, progress, post_in(progress))
        state = await state_after(grant, progress)
        if isinstance(state, Dropped):
            return state
        waited = walk.age(progress, "sent_at", clock.now())
        post = _post_of(grant, state, progress, waited)
        if post is None:
            return Accepted(progress=progress, wait=walk.pause(waited))
        return await commented(grant, content, kept(post, progress), post)

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided:
        if "video" not in progress:
            return Absent()
        state = await _state(grant, progress)
        if _has_arrived(state, content):
            return Accepted(progress={"sent_at": walk.stamp(since), **progress}, wait=timedelta())
        # Without words there is nothing by which a video in processing shows that it is to be published.
        return walk.verdict([], since, clock.now(), doubtful=not content.text)

    async def find(self, grant: Grant, content: Content, since: datetime) -> Published | Absent | Undecided:
        """Meta shows Page videos as reels, so they are looked for in both lists."""
        # Reels are listed by when their upload began, which may be long before they went out.
        fields = {"fields": "id,description", "since": str(int((since - UPLOAD_LIFE).timestamp())), "limit": "100"}
        rows, whole = await listed(grant, "video_reels", fields)
        alike = [row for row in rows if walk.same_text(row.get("description", ""), content.text)]
        if len(alike) == 1:
            found = await self.settle(
                grant, content, {"video": str(alike[0]["id"]), **first_comment.found_again(since)}
            )
            return found if isinstance(found, Published) else Undecided()
        if alike or not whole:
            return Undecided()
        return await FeedPost(self._library).find(grant, content, since)


class PageReel(PageVideo):
    """A reel. Progress as a video's, with `upload_url` instead of a session, and `uploaded`."""

    async def _open(self, grant: Grant, content: Content, progress: Progress) -> Progress:
        return await open_upload(grant, "video_reels", progress)

    def _is_uploaded(self, progress: Progress) -> bool:
        return bool(progress.get("uploaded"))

    async def _upload(self, grant: Grant, content: Content, progress: Progress) -> Progress:
        return await upload(grant, self._library, content, progress)

    async def _finish(self, grant: Grant, progress: Progress, words: Mapping[str, str]) -> Answer:
        form = {"upload_phase": "finish", "video_id": progress["video"], "video_state": "PUBLISHED", **words}
        return await graph("POST", f"{grant.external_id}/video_reels", grant, commits=True, data=form)


async def open_upload(grant: Grant, edge: str, progress: Progress) -> Progress:
    """Opens a resumable upload for a reel or a story."""
    answer = await graph("POST", f"{grant.external_id}/{edge}", grant, data={"upload_phase": "start"})
    opened = {"video": str(answer.at("video_id")), "upload_url": str(answer.at("upload_url"))}
    return {**progress, **opened, "opened_at": walk.stamp(clock.now())}


async def upload(grant: Grant, library: Library, content: Content, progress: Progress) -> Progress:
    """Sends the whole file; the upload host wants the word OAuth where others want Bearer."""
    video = content.attachments[0]
    # httpx sends a stream in chunked encoding, which the upload host does not take, unless it is told the length.
    sizes = {"offset": "0", "file_size": str(video.size), "Content-Length": str(video.size)}
    try:
        answer = await call(
            "POST",
            progress["upload_url"],
            refusal=refusal,
            token=grant.token,
            scheme="OAuth",
            headers={**sizes, "Content-Type": "application/octet-stream"},
            content=library.stream(video),
        )
        if answer.get("success") is not True:
            raise answer.nonsense()
    except (ContentRefused, BadAnswer) as error:
        return restarted(progress, error)
    return {**progress, "uploaded": True}


def restarted(progress: Progress, error: OutsideError) -> Progress:
    """Begins an upload again that Meta does not take up, for example because a part of it arrived twice."""
    restarts = progress.get("restarts", 0)
    if restarts >= walk.RESTARTS:
        raise error
    return {**_afresh(progress), "restarts": restarts + 1}


def _afresh(progress: Progress) -> Progress:
    return {name: progress[name] for name in ("begun_at", "restarts") if name in progress}


def _words(content: Content) -> Mapping[str, str]:
    """A video's text is its `description`; it has no `message`."""
    title = content.options.get("title")
    return {"description": content.text, **({"title": str(title)} if title else {}), **label(content)}


def label(content: Content) -> Mapping[str, str]:
    """Says that a model made the video, to a version that takes it."""
    return {"is_ai_generated": "true"} if is_labelled(content) else {}


async def _state(grant: Grant, progress: Progress) -> Mapping[str, Any]:
    answer = await graph("GET", progress["video"], grant, params={"fields": STATE_FIELDS})
    return {"status": answer.at("status"), **answer.at()}


async def state_after(grant: Grant, progress: Progress) -> Mapping[str, Any] | Dropped:
    """The state of a video that was to be published: a question that fails leaves the outcome open."""
    try:
        state = await _state(grant, progress)
    except NotSent as error:
        raise OutcomeUnknown(diagnostic=error.diagnostic, retry_after=error.retry_after) from None
    if state["status"].get("video_status") in _GIVEN_UP and not state.get("post_id"):
        failed = ContentRefused("error.meta.video", diagnostic=f"processing failed: {state['status']}")
        return Dropped(error=failed)
    return state


def _has_arrived(state: Mapping[str, Any], content: Content) -> bool:
    """Whether the call that publishes reached Meta: it is the one that gives the video its words."""
    phase = state["status"].get("publishing_phase") or {}
    has_words = bool(content.text) and walk.same_text(state.get("description", ""), content.text)
    return has_words or bool(state.get("published") or state.get("post_id")) or phase.get("status") == "in_progress"


def _post_of(grant: Grant, state: Mapping[str, Any], progress: Progress, waited: timedelta) -> Published | None:
    """The post that a video became; None while it is not out, or has no id yet."""
    address = f"https://www.facebook.com/reel/{progress['video']}/"
    if post_id := state.get("post_id"):
        return Published(external_id=whole_id(grant, str(post_id)), permalink=address)
    if state.get("published") and waited > PATIENCE:
        return Published(external_id=progress["video"], permalink=address)
    return None


def whole_id(grant: Grant, post_id: str) -> str:
    """A post's id with its Page's in front, as insights want it."""
    return post_id if "_" in post_id else f"{grant.external_id}_{post_id}"
