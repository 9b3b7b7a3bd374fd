"""What becomes of a TikTok upload: judged, processed, and, if all is well, a post."""

from marketingos.sandbox.rows import Account, Asset, Medium, Post
from marketingos.sandbox.twin import Twin

_DAY = 86_400.0
_CODECS = {"h264", "hevc", "vp8", "vp9"}
_AUDIENCES = {
    "PUBLIC_TO_EVERYONE": "public",
    "MUTUAL_FOLLOW_FRIENDS": "friends",
    "FOLLOWER_OF_CREATOR": "followers",
    "SELF_ONLY": "self",
}


def video_fault(media: tuple[Medium, ...], creator: Account) -> str | None:
    """The fail_reason that processing will give, or None for a good video."""
    if not media:
        return None
    video = media[0]
    if video.kind != "video" or video.format not in ("mp4", "mov", "webm") or video.codec not in _CODECS:
        return "file_format_check_failed"
    if not 0 < video.seconds <= int(creator.facts.get("max_video_seconds", 600)) + 0.5:
        return "duration_check_failed"
    if not 22.9 <= video.fps <= 60.1:
        return "frame_rate_check_failed"
    return None if all(360 <= side <= 4_096 for side in (video.width, video.height)) else "picture_size_check_failed"


def photo_fault(media: tuple[Medium, ...]) -> str | None:
    for photo in media:
        if photo.kind != "image" or photo.format not in ("jpeg", "webp"):
            return "file_format_check_failed"
        if min(photo.width, photo.height) > 1_080 or max(photo.width, photo.height) > 1_920:
            return "picture_size_check_failed"
    return None


def commit(twin: Twin, creator: Account, task: Asset, media: tuple[Medium, ...], fault: str | None) -> None:
    """Fix the fate of a task: when processing ends, whether it fails, and the post that appears if not."""
    processing = twin.processing("tiktok")
    ready_at = twin.now() + (processing.seconds or 0)
    fault = fault or processing.failure
    with twin.ledger.writing():
        post_id = None
        if fault is None and task.facts["mode"] == "direct":
            post_id = _put_post(twin, creator, task, media, ready_at).id
            twin.ledger.hit(f"tiktok-posts:{creator.id}", twin.now(), _DAY)
        public_at = ready_at + float(twin.setting("tiktok_moderation_seconds"))
        twin.ledger.change_asset(task.id, ready_at=ready_at, public_at=public_at, failure=fault, post=post_id)


def _put_post(twin: Twin, creator: Account, task: Asset, media: tuple[Medium, ...], ready_at: float) -> Post:
    post_id, info = twin.snowflake(32, int(twin.now())), task.facts["info"]
    kind = "photo" if task.id.startswith("p_") else "video"
    post = Post(
        id=post_id,
        platform="tiktok",
        account=creator.id,
        kind=kind,
        text=task.facts["text"],
        title=task.facts["title"],
        created_at=twin.now(),
        visible_at=ready_at,
        media=media,
        audience=_AUDIENCES[info["privacy_level"]],
        followers=creator.followers,
        permalink=f"https://www.tiktok.com/@{creator.handle}/{kind}/{post_id}",
        facts={"publish_id": task.id, "aigc": bool(info.get("is_aigc")), "info": info},
    )
    twin.ledger.add_post(post)
    return post
