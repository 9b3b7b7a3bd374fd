"""Stories of a Page: an unpublished photo or an uploaded video, and the call that shows it for a day.

Stories are not among a Page's posts, and their list says nothing by which one could be known again: a lost answer is
for a person. Wire: developers.facebook.com/docs/page-stories-api.
"""

from __future__ import annotations

from datetime import datetime

from marketingos import clock
from marketingos.adapters.meta.graph import graph
from marketingos.adapters.meta.page_feed import upload_photo
from marketingos.adapters.meta.page_video import UPLOAD_LIFE, label, open_upload, state_after, upload, whole_id
from marketingos.domain import walk
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


class PageStory:
    """Progress: `begun_at`; `photo` with `opened_at`, or a video's as a reel has it; then `story` and `sent_at`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        now, first = clock.now(), content.attachments[0]
        progress = {"begun_at": walk.stamp(now), **progress}
        if "story" not in progress and walk.age(progress, "opened_at", now) > UPLOAD_LIFE:
            progress = {"begun_at": progress["begun_at"]}
        if "photo" in progress or progress.get("uploaded"):
            return Ready(progress=progress)
        if not first.mime.startswith("video/"):
            photo = await upload_photo(grant, self._library, first)
            return Working(progress={**progress, "photo": photo, "opened_at": walk.stamp(now)})
        if "video" not in progress:
            return Working(progress=await open_upload(grant, "video_stories", progress))
        return Working(progress=await upload(grant, self._library, content, progress))

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        if "story" in progress:
            return Accepted(progress=progress)
        if photo := progress.get("photo"):
            edge, form = "photo_stories", {"photo_id": photo}
        else:
            edge, form = "video_stories", {"upload_phase": "finish", "video_id": progress["video"], **label(content)}
        answer = await graph("POST", f"{grant.external_id}/{edge}", grant, commits=True, data=form)
        story = str(answer.at("post_id"))
        kept = {**progress, "story": story, "sent_at": walk.stamp(clock.now())}
        return _shown(grant, story) if photo else Accepted(progress=kept)

    async def settle(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted | Dropped:
        """A video is shown when its processing has ended."""
        state = await state_after(grant, progress)
        if isinstance(state, Dropped):
            return state
        if state["status"].get("video_status") == "ready":
            return _shown(grant, progress["story"])
        return Accepted(progress=progress, wait=walk.pause(walk.age(progress, "sent_at", clock.now())))

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided:
        return Accepted(progress=progress) if "story" in progress else Undecided()


def _shown(grant: Grant, story: str) -> Published:
    return Published(external_id=whole_id(grant, story), permalink=f"https://www.facebook.com/stories/{story}")
