"""Page videos, reels and stories: uploads in phases, processing, and the post that appears at the end."""

import re
from typing import Any

from marketingos.sandbox.meta.graph import after_write, edge, need_page_token, reads, show_all
from marketingos.sandbox.meta.pages import CRAWLER, need_publishing, put_post
from marketingos.sandbox.meta.wire import (
    ABSENT,
    Call,
    FieldSpec,
    GraphError,
    Node,
    graph_time,
    invalid,
    page_of,
    within,
)
from marketingos.sandbox.rows import Account, Asset, Medium, Post
from marketingos.sandbox.twin import DownloadError

_DAY = 86_400.0
_VIDEO_BYTES = 1_000_000_000
_CHUNK = 4 * 1024 * 1024
_REELS_PER_DAY = 30


def _put_video(call: Call, page: Node, **facts: Any) -> Asset:
    asset = Asset(
        id=call.twin.digits("14", 16),
        platform="facebook",
        kind="video",
        owner=page.id,
        created_at=call.now,
        facts={"medium": None, "post": None, "ready_at": None, "failure": None, "text": "", "title": "", **facts},
    )
    call.twin.ledger.put_asset(asset)
    return asset


@edge("page", "POST", "videos")
async def upload_video(call: Call, page: Node) -> dict[str, Any]:
    need_publishing(call, page)
    phase = call.params.text("upload_phase")
    if phase is not None:
        return await _phase(call, page, phase)
    data = await _source(call)
    video = _put_video(call, page, use="video")
    await _finish(call, page, video, data)
    return await after_write(call, {"id": video.id}, Node("video", video.id, _again(call, video)))


async def _source(call: Call) -> bytes:
    """The one of file part, address and upload handle that was given."""
    url, part = call.params.text("file_url"), call.params.files.get("source")
    handle = call.params.text("fbuploader_video_file_chunk")
    if sum(given is not None for given in (url, part, handle)) != 1:
        raise GraphError(100, "(#100) Give one of file_url, source and fbuploader_video_file_chunk")
    if handle is not None:
        return _handed(call, handle)
    return await _fetch(call, url) if url is not None else part or b""


def _handed(call: Call, handle: str) -> bytes:
    asset = call.twin.ledger.asset(handle)
    path = call.twin.shelf.path(asset.facts["medium"]["sha256"]) if asset and asset.kind == "handle" else None
    if path is None:
        raise GraphError(6000, "(#6000) There was a problem uploading your video file: unknown handle")
    return path.read_bytes()


async def _fetch(call: Call, url: str) -> bytes:
    if not re.match(r"https?://", url):
        raise GraphError(100, "(#100) file_url should represent a valid URL")
    try:
        return await call.twin.download(url, agent=CRAWLER, limit=_VIDEO_BYTES)
    except DownloadError as error:
        raise GraphError(389, "(#389) Unable to fetch video file from URL.") from error


async def _phase(call: Call, page: Node, phase: str) -> dict[str, Any]:
    """Chunked upload on graph-video: start, transfer until the offsets meet, finish."""
    if phase == "start":
        size = call.params.whole("file_size")
        if not size:
            raise invalid("The parameter file_size is required")
        video = _put_video(call, page, use="video", size=size)
        return {"video_id": video.id, "upload_session_id": video.id, **_offsets(call, video)}
    video = _session(call, page)
    if phase == "transfer":
        return await _transfer(call, video)
    if phase == "cancel":
        call.twin.ledger.drop_asset(video.id)
        return {"success": True}
    if phase != "finish":
        raise invalid("Param upload_phase must be one of {START, TRANSFER, FINISH, CANCEL}")
    part = call.twin.shelf.parts(video.id)
    if not part.exists() or part.stat().st_size != video.facts["size"]:
        raise GraphError(6001, "(#6001) The upload is not complete")
    await _finish(call, page, video, part.read_bytes())
    return {"success": True}


def _session(call: Call, page: Node) -> Asset:
    video = call.twin.ledger.asset(call.params.text("upload_session_id") or call.params.text("video_id") or "")
    if video is None or video.kind != "video" or video.owner != page.id:
        raise GraphError(6000, "(#6000) There was a problem uploading your video file: unknown upload session")
    return video


async def _transfer(call: Call, video: Asset) -> dict[str, Any]:
    data = call.params.files.get("video_file_chunk")
    if data is None:
        raise invalid("The parameter video_file_chunk is required")
    part = call.twin.shelf.parts(video.id)
    received = part.stat().st_size if part.exists() else 0
    if call.params.whole("start_offset") != received or received + len(data) > video.facts["size"]:
        raise GraphError(6001, "(#6001) The start_offset does not match the bytes received so far", subcode=1363037)
    with part.open("ab") as file:
        file.write(data)
    return _offsets(call, video)


def _offsets(call: Call, video: Asset) -> dict[str, str]:
    part = call.twin.shelf.parts(video.id)
    start = part.stat().st_size if part.exists() else 0
    return {"start_offset": str(start), "end_offset": str(min(start + _CHUNK, video.facts["size"]))}


async def _finish(call: Call, page: Node, video: Asset, data: bytes) -> None:
    medium = await call.twin.shelf.keep(data)
    if medium.kind != "video":
        raise GraphError(352, "(#352) The video file you selected is in a format that we don't support.")
    text, title = call.params.text("description") or "", call.params.text("title") or ""
    public = call.params.flag("published", True) or call.params.moment("scheduled_publish_time") is not None
    with call.twin.ledger.writing():
        call.twin.ledger.change_asset(video.id, medium=vars(medium), text=text, title=title)
        _process(call, page.account, _again(call, video), public=public)


def _process(call: Call, page: Account, video: Asset, *, public: bool) -> None:
    """Set the moment at which processing ends; the post, if any, becomes visible then."""
    processing, medium = call.twin.processing("facebook"), Medium.load(video.facts["medium"])
    ready_at = call.now + (processing.seconds or 0)
    at = call.params.moment("scheduled_publish_time")
    post_id = None
    if public and processing.failure is None:
        post_id = _post(call, page, video, medium, max(ready_at, at or 0)).id
    call.twin.ledger.change_asset(video.id, ready_at=ready_at, failure=processing.failure, post=post_id)


def _post(call: Call, page: Account, video: Asset, medium: Medium, visible_at: float) -> Post:
    kind = "reel" if video.facts["use"] == "reel" else "video"
    return put_post(
        call,
        page,
        kind=kind,
        text=video.facts["text"],
        title=video.facts["title"],
        visible_at=visible_at,
        media=(medium,),
        facts={"video": video.id},
        link=f"https://www.facebook.com/reel/{video.id}/",
    )


def _again(call: Call, video: Asset) -> Asset:
    found = call.twin.ledger.asset(video.id)
    assert found is not None
    return found


# reels


@edge("page", "POST", "video_reels")
async def reels(call: Call, page: Node) -> dict[str, Any]:
    need_publishing(call, page)
    phase = call.params.text("upload_phase")
    if phase == "start":
        return started(call, page, "reel")
    if phase != "finish":
        raise invalid("Param upload_phase must be one of {START, FINISH}")
    video, medium = uploaded(call, page)
    state = call.params.text("video_state")
    if state not in ("DRAFT", "PUBLISHED", "SCHEDULED"):
        raise invalid("Param video_state must be one of {DRAFT, PUBLISHED, SCHEDULED}")
    if state == "SCHEDULED" and call.params.moment("scheduled_publish_time") is None:
        raise invalid("The parameter scheduled_publish_time is required")
    _check_reel(call, page, medium)
    with call.twin.ledger.writing():
        text, title = call.params.text("description") or "", call.params.text("title") or ""
        call.twin.ledger.change_asset(video.id, text=text, title=title)
        _process(call, page.account, _again(call, video), public=state != "DRAFT")
        call.twin.ledger.hit(f"reels:{page.id}", call.now, _DAY)
    return {"success": True}


def started(call: Call, page: Node, use: str) -> dict[str, Any]:
    video = _put_video(call, page, use=use)
    url = f"{call.twin.public_base}/meta/video-upload/{call.version}/{video.id}"
    return {"video_id": video.id, "upload_url": url}


def uploaded(call: Call, page: Node) -> tuple[Asset, Medium]:
    video = _session(call, page)
    if video.facts["medium"] is None:
        raise GraphError(6001, "(#6001) The video was not uploaded yet")
    if video.facts["ready_at"] is not None:
        raise GraphError(100, "(#100) This upload session is already finished", subcode=1363041)
    return video, Medium.load(video.facts["medium"])


def _check_reel(call: Call, page: Node, medium: Medium) -> None:
    if medium.kind != "video" or medium.format not in ("mp4", "mov"):
        raise GraphError(352, "(#352) The video file you selected is in a format that we don't support.")
    good = 3 <= medium.seconds <= 90.5 and 23 <= medium.fps <= 60 and medium.width >= 540 and medium.height >= 960
    if not good or abs(medium.width / medium.height - 9 / 16) > 0.02:
        text = "Reels are 9:16, at least 540x960, 3 to 90 seconds long, 24 to 60 frames per second."
        raise GraphError(100, "(#100) Invalid parameter", subcode=1363127, text=text)
    if call.twin.ledger.hits(f"reels:{page.id}", call.now - _DAY) >= _REELS_PER_DAY:
        raise GraphError(
            368, "(#368) The action attempted has been deemed abusive or is otherwise disallowed", subcode=1390008
        )


@edge("page", "GET", "video_reels")
async def list_reels(call: Call, page: Node) -> dict[str, Any]:
    need_page_token(call, page)
    seen = call.now - float(call.twin.setting("listing_lag_seconds"))
    posts = [p for p in call.twin.ledger.posts(account=page.id) if p.kind == "reel" and p.visible(seen)]
    found = [
        Node("video", video.id, video) for post in posts if (video := call.twin.ledger.asset(str(post.facts["video"])))
    ]
    nodes = within(found, call.params.moment("since"), call.params.moment("until"), lambda one: one.asset.created_at)
    collection = page_of(call, nodes, lambda one: one)
    specs = call.fields(("id", "updated_time", "description"))
    return collection | {"data": await show_all(call, collection["data"], specs)}


# the video itself


@edge("video", "DELETE")
async def delete_video(call: Call, node: Node) -> dict[str, Any]:
    need_publishing(call, node)
    if post_id := node.asset.facts["post"]:
        call.twin.ledger.change_post(post_id, deleted_at=call.now)
    call.twin.ledger.drop_asset(node.id)
    return {"success": True}


@reads(
    "video",
    "status",
    "post_id",
    "permalink_url",
    "published",
    "title",
    "description",
    "created_time",
    "updated_time",
    "length",
    "source",
)
def video_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    video = node.asset
    facts, ready = video.facts, video.facts["ready_at"] is not None and call.now >= video.facts["ready_at"]
    post = call.twin.ledger.post(facts["post"] or "")
    live = post is not None and post.visible(call.now)
    values = {
        "status": _status(video, ready=ready, live=live),
        "published": live,
        "title": facts["title"] or ABSENT,
        "post_id": facts["post"] if live and facts["post"] else ABSENT,
        "description": facts["text"] or ABSENT,
        "permalink_url": f"/reel/{video.id}/",
        "created_time": graph_time(video.created_at),
        "updated_time": graph_time(video.created_at),
        "length": facts["medium"]["seconds"] if facts["medium"] else ABSENT,
        "source": call.twin.media_url(facts["medium"]["sha256"]) if facts["medium"] else ABSENT,
    }
    return values[spec.name]


def _status(video: Asset, *, ready: bool, live: bool) -> dict[str, Any]:
    failed, uploaded = ready and video.facts["failure"], video.facts["medium"] is not None
    state = "error" if failed else "ready" if ready else "processing" if uploaded else "upload_complete"
    processing: dict[str, Any] = {
        "status": "error" if failed else "complete" if ready else "in_progress" if uploaded else "not_started"
    }
    if failed:
        processing["errors"] = [{"code": 1363032, "message": f"Processing failed: {video.facts['failure']}"}]
    return {
        "video_status": state,
        "uploading_phase": {"status": "complete" if uploaded else "in_progress"},
        "processing_phase": processing,
        "publishing_phase": {
            "status": "complete" if live else "not_started",
            "publish_status": "published" if live else "draft",
        },
    }
