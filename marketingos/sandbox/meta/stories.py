"""Page stories: public at once, listed for a day, never among the posts."""

from typing import Any

from marketingos.sandbox.meta.graph import edge, need_page_token
from marketingos.sandbox.meta.pages import need_publishing, put_post
from marketingos.sandbox.meta.videos import started, uploaded
from marketingos.sandbox.meta.wire import Call, Node, invalid
from marketingos.sandbox.rows import Account, Medium, Post

_DAY = 86_400.0


@edge("page", "POST", "photo_stories")
async def photo_story(call: Call, page: Node) -> dict[str, Any]:
    need_publishing(call, page)
    photo = call.twin.ledger.asset(call.params.text("photo_id") or "")
    if photo is None or photo.kind != "photo" or photo.owner != page.id or photo.facts["post"]:
        raise invalid("Param photo_id must be a valid unpublished photo")
    with call.twin.ledger.writing():
        post = _story(call, page.account, Medium.load(photo.facts["medium"]), call.now)
        call.twin.ledger.change_asset(photo.id, post=post.id)
    return {"success": True, "post_id": post.id.partition("_")[2]}


@edge("page", "POST", "video_stories")
async def video_story(call: Call, page: Node) -> dict[str, Any]:
    """Public as soon as it is finished, since the answer already names the post."""
    need_publishing(call, page)
    phase = call.params.text("upload_phase")
    if phase == "start":
        return started(call, page, "story")
    if phase != "finish":
        raise invalid("Param upload_phase must be one of {START, FINISH}")
    video, medium = uploaded(call, page)
    processing = call.twin.processing("facebook", usual=0)
    with call.twin.ledger.writing():
        ready_at = call.now + (processing.seconds or 0)
        post = _story(call, page.account, medium, None if processing.failure else ready_at)
        call.twin.ledger.change_asset(video.id, ready_at=ready_at, failure=processing.failure, post=post.id)
    return {"success": True, "post_id": post.id.partition("_")[2]}


def _story(call: Call, page: Account, medium: Medium, visible_at: float | None) -> Post:
    return put_post(
        call,
        page,
        kind="story",
        text="",
        visible_at=visible_at,
        media=(medium,),
        link="https://www.facebook.com/stories/{number}",
    )


@edge("page", "GET", "stories")
async def list_stories(call: Call, page: Node) -> dict[str, Any]:
    need_page_token(call, page)
    posts = [
        p
        for p in call.twin.ledger.posts(account=page.id)
        if p.kind == "story" and p.visible(call.now) and p.age(call.now) < _DAY
    ]
    data = [
        {
            "post_id": post.id.partition("_")[2],
            "status": "PUBLISHED",
            "media_type": post.media[0].kind,
            "creation_time": str(int(post.created_at)),
            "url": post.permalink,
        }
        for post in posts
    ]
    return {"data": data}
