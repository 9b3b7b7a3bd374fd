"""TikTok's Content Posting API: creator info, initialising a post, the chunked upload, its slow fate."""

from typing import Any
from urllib.parse import urlsplit

from marketingos.sandbox.rows import Account, Asset, Medium
from marketingos.sandbox.tiktok.fate import commit, photo_fault, video_fault
from marketingos.sandbox.tiktok.wire import Call, TikTokError, section, utf16
from marketingos.sandbox.twin import DownloadError, Twin

_DAY = 86_400.0
_MB = 1_000_000
_MIB = 1024 * 1024
_URL_LIFE = 3_600.0
_PUBLIC = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
_PRIVATE = ("FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
_VIDEO_INFO = {"title": str, "privacy_level": str, "disable_duet": bool, "disable_stitch": bool,
               "disable_comment": bool, "video_cover_timestamp_ms": int, "brand_content_toggle": bool,
               "brand_organic_toggle": bool, "is_aigc": bool}  # fmt: skip
_PHOTO_INFO = {"title": str, "description": str, "privacy_level": str, "disable_comment": bool,
               "auto_add_music": bool, "brand_content_toggle": bool, "brand_organic_toggle": bool}  # fmt: skip
_VIDEO_SOURCE = {"source": str, "video_url": str, "video_size": int, "chunk_size": int, "total_chunk_count": int}
_PHOTO_SOURCE = {"source": str, "photo_images": list, "photo_cover_index": int}
_FETCHER = "Bytespider"


def _options(creator: Account) -> tuple[str, ...]:
    return _PRIVATE if creator.facts.get("private") else _PUBLIC


async def creator_info(call: Call) -> dict[str, Any]:
    """What the creator may choose from. A creator who cannot post is told so with HTTP 200 (on purpose)."""
    creator, facts = call.creator, call.creator.facts
    if _posts_today(call) >= call.twin.setting("tiktok_posts_per_day"):
        raise TikTokError("spam_risk_too_many_posts", "The daily post cap is reached.", 200)
    return {
        "creator_avatar_url": f"{call.twin.public_base}/media/avatar/{creator.id}",
        "creator_username": creator.handle,
        "creator_nickname": creator.name,
        "privacy_level_options": list(_options(creator)),
        "comment_disabled": bool(facts.get("comment_disabled")),
        "duet_disabled": bool(facts.get("duet_disabled")),
        "stitch_disabled": bool(facts.get("stitch_disabled")),
        "max_video_post_duration_sec": int(facts.get("max_video_seconds", 600)),
    }


def _posts_today(call: Call) -> int:
    return call.twin.ledger.hits(f"tiktok-posts:{call.creator.id}", call.now - _DAY)


# initialising


async def init_video(call: Call) -> dict[str, Any]:
    info = section(call.body, "post_info", _VIDEO_INFO)
    source = section(call.body, "source_info", _VIDEO_SOURCE)
    if utf16(info.get("title", "")) > 2_200:
        raise TikTokError("invalid_param", "The title is longer than 2200 characters.")
    _check_privacy(call, info)
    return await _open(call, source, {"mode": "direct", "info": info, "text": info.get("title", ""), "title": ""})


async def init_inbox(call: Call) -> dict[str, Any]:
    if set(call.body) - {"source_info"}:
        raise TikTokError("invalid_param", "Only source_info is allowed.")
    source = section(call.body, "source_info", _VIDEO_SOURCE)
    pending = [
        a for a in call.twin.ledger.assets(call.creator.id, "publish", call.now - _DAY) if a.facts["mode"] == "inbox"
    ]
    if len(pending) >= 5:
        raise TikTokError("spam_risk_too_many_pending_share", "Too many pending shares.", 403)
    return await _open(call, source, {"mode": "inbox", "info": {}, "text": "", "title": ""})


def _check_privacy(call: Call, info: dict[str, Any]) -> None:
    level, private = info.get("privacy_level"), bool(call.creator.facts.get("private"))
    if level is None:
        raise TikTokError("invalid_param", "privacy_level is required")
    if not _audited(call) and (not private or level != "SELF_ONLY"):
        text = "Unaudited clients can only post to private accounts."
        raise TikTokError("unaudited_client_can_only_post_to_private_accounts", text, 403)
    if level not in _options(call.creator):
        text = "privacy_level is not among the creator's current options."
        raise TikTokError("privacy_level_option_mismatch", text, 403)
    if info.get("brand_content_toggle") and level == "SELF_ONLY":
        raise TikTokError("invalid_param", "Branded content cannot be private.")
    if _posts_today(call) >= call.twin.setting("tiktok_posts_per_day"):
        raise TikTokError("spam_risk_too_many_posts", "The daily post cap is reached.", 403)
    _check_active_users(call)


def _audited(call: Call) -> bool:
    return bool(call.creator.facts.get("audited", call.twin.setting("tiktok_audited")))


def _check_active_users(call: Call) -> None:
    """An unaudited app may post for five people a day."""
    ledger, since = call.twin.ledger, call.now - _DAY
    others = [a for a in ledger.accounts("tiktok") if a.id != call.creator.id and ledger.hits(f"active:{a.id}", since)]
    if not _audited(call) and len(others) >= 5:
        raise TikTokError("reached_active_user_cap", "The daily active user quota is reached.", 403)
    ledger.hit(f"active:{call.creator.id}", call.now, _DAY)


async def _open(call: Call, source: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    if source.get("source") == "FILE_UPLOAD":
        return _open_upload(call, source, facts)
    if source.get("source") != "PULL_FROM_URL" or set(source) != {"source", "video_url"}:
        raise TikTokError("invalid_param", "source must be FILE_UPLOAD or PULL_FROM_URL, each with its own fields")
    _check_url(call.twin, source["video_url"])
    task = _task(call, "v_inbox_url~v2." if facts["mode"] == "inbox" else "v_pub_url~v2-1.", facts)
    media, failure = await _pull(call, [source["video_url"]], "video_pull_failed", 4_000 * _MB)
    commit(call.twin, call.creator, task, media, failure or video_fault(media, call.creator))
    return {"publish_id": task.id}


def _open_upload(call: Call, source: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    wanted = {"source", "video_size", "chunk_size", "total_chunk_count"}
    if set(source) != wanted:
        raise TikTokError("invalid_param", f"FILE_UPLOAD needs exactly {', '.join(sorted(wanted))}")
    size, chunk, count = source["video_size"], source["chunk_size"], source["total_chunk_count"]
    _check_chunks(size, chunk, count)
    secret = call.twin.secret("tiktok-upload", 64)
    upload = {
        "size": size,
        "chunk": chunk,
        "count": count,
        "received": 0,
        "secret": secret,
        "url_until": call.now + _URL_LIFE,
    }
    task = _task(call, "v_inbox_file~v2." if facts["mode"] == "inbox" else "v_pub_file~v2-1.", {**facts, **upload})
    query = f"upload_id={task.id.rpartition('.')[2]}&upload_token={secret}"
    call.twin.ledger.put_asset(
        Asset(
            id=f"upload:{task.id.rpartition('.')[2]}",
            platform="tiktok",
            kind="upload",
            owner=call.creator.id,
            created_at=call.now,
            facts={"publish_id": task.id},
        )
    )
    return {"publish_id": task.id, "upload_url": f"{call.twin.public_base}/tiktok/video/?{query}"}


def _check_chunks(size: int, chunk: int, count: int) -> None:
    """Section "media transfer": floor division, 5 to 64 MB a chunk, up to 128 MB the last, one chunk below 5 MB."""
    if not 0 < size <= 4 * 1024 * _MIB:
        raise TikTokError("invalid_param", "video_size must be between 1 byte and 4 GB")
    if chunk <= 0 or count != max(1, size // chunk):
        raise TikTokError("invalid_param", "total_chunk_count must be video_size divided by chunk_size, rounded down")
    if not 1 <= count <= 1_000:
        raise TikTokError("invalid_param", "total_chunk_count must be between 1 and 1000")
    whole = count == 1 and chunk == size and size <= 64 * _MIB
    if not whole and not 5 * _MB <= chunk <= 64 * _MIB:
        raise TikTokError("invalid_param", "chunk_size must be between 5 MB and 64 MB")
    if chunk > size or (count == 1 and size > 64 * _MIB) or size - chunk * (count - 1) > 128 * _MIB:
        raise TikTokError("invalid_param", "chunk_size does not fit video_size")


async def init_content(call: Call) -> dict[str, Any]:
    """Photo posts: pulled from URLs, so this very call is what makes the post."""
    body = call.body
    if unknown := set(body) - {"media_type", "post_mode", "post_info", "source_info", "is_aigc"}:
        raise TikTokError("invalid_param", f"{sorted(unknown)[0]} is not a known field")
    if body.get("media_type") != "PHOTO" or body.get("post_mode") not in ("DIRECT_POST", "MEDIA_UPLOAD"):
        raise TikTokError("invalid_param", "media_type must be PHOTO and post_mode DIRECT_POST or MEDIA_UPLOAD")
    direct = body["post_mode"] == "DIRECT_POST"
    if ("video.publish" if direct else "video.upload") not in call.token.scopes:
        raise TikTokError("scope_not_authorized", "The scope for this post_mode is missing.", 401)
    info, source = section(body, "post_info", _PHOTO_INFO), section(body, "source_info", _PHOTO_SOURCE)
    _check_photos(call.twin, info, source)
    if direct:
        _check_privacy(call, info)
    text = "\n".join(part for part in (info.get("title"), info.get("description")) if part)
    facts = {
        "mode": "direct" if direct else "inbox",
        "info": info,
        "text": info.get("description", text),
        "title": info.get("title", ""),
    }
    task = _task(call, "p_pub_url~v2.", facts)
    media, failure = await _pull(call, source["photo_images"], "photo_pull_failed", 20 * _MIB)
    commit(call.twin, call.creator, task, media, failure or photo_fault(media))
    return {"publish_id": task.id}


def _check_photos(twin: Twin, info: dict[str, Any], source: dict[str, Any]) -> None:
    if utf16(info.get("title", "")) > 90 or utf16(info.get("description", "")) > 4_000:
        raise TikTokError("invalid_param", "title is at most 90 and description at most 4000 characters")
    urls = source.get("photo_images")
    if source.get("source") != "PULL_FROM_URL" or not urls or not 1 <= len(urls) <= 35:
        raise TikTokError("invalid_param", "Photos need PULL_FROM_URL and 1 to 35 photo_images")
    if not 0 <= source.get("photo_cover_index", -1) < len(urls):
        raise TikTokError("invalid_param", "photo_cover_index is required and must name one of the photos")
    for url in urls:
        _check_url(twin, url)


def _check_url(twin: Twin, url: str) -> None:
    """https under a verified prefix or domain; this machine's own addresses stand for a verified domain."""
    parts = urlsplit(str(url))
    if parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return
    prefixes = [str(prefix) for prefix in twin.setting("tiktok_verified_prefixes")]
    if parts.scheme != "https" or not any(str(url).startswith(prefix) for prefix in prefixes):
        raise TikTokError("url_ownership_unverified", "Please verify the ownership of the URL.", 403)


async def _pull(call: Call, urls: list[str], failure: str, limit: int) -> tuple[tuple[Medium, ...], str | None]:
    media = []
    for url in urls:
        try:
            data = await call.twin.download(url, agent=_FETCHER, limit=limit, redirects=False)
        except DownloadError as error:
            return (), "picture_size_check_failed" if error.reason == "size" else failure
        media.append(await call.twin.shelf.keep(data))
    return tuple(media), None


def _task(call: Call, prefix: str, facts: dict[str, Any]) -> Asset:
    publish_id = prefix + call.twin.snowflake(32, int(call.now))
    blank = {
        "ready_at": None,
        "public_at": None,
        "failure": None,
        "post": None,
        "received": 0,
        "size": 0,
        "token": call.token.token,
    }
    task = Asset(
        id=publish_id,
        platform="tiktok",
        kind="publish",
        owner=call.creator.id,
        created_at=call.now,
        facts={**blank, **facts},
    )
    call.twin.ledger.put_asset(task)
    return task


# what became of it


async def fetch_status(call: Call) -> dict[str, Any]:
    task = _own_task(call)
    facts = task.facts
    pulled = not facts["size"]
    data: dict[str, Any] = {"status": status_of(task, call.now), "publicaly_available_post_id": []}
    data["downloaded_bytes" if pulled else "uploaded_bytes"] = facts["received"]
    if data["status"] == "FAILED":
        data["fail_reason"] = facts["failure"]
    post = call.twin.ledger.post(facts["post"] or "")
    if post is not None and post.audience == "public" and call.now >= facts["public_at"] and post.deleted_at is None:
        data["publicaly_available_post_id"] = [int(post.id)]
    return data


def status_of(task: Asset, now: float) -> str:
    facts = task.facts
    if facts["ready_at"] is None or now < facts["ready_at"]:
        return "PROCESSING_UPLOAD" if facts["size"] else "PROCESSING_DOWNLOAD"
    if facts["failure"]:
        return "FAILED"
    return "SEND_TO_USER_INBOX" if facts["mode"] == "inbox" else "PUBLISH_COMPLETE"


def _own_task(call: Call) -> Asset:
    publish_id = call.body.get("publish_id")
    task = call.twin.ledger.asset(publish_id) if isinstance(publish_id, str) else None
    if task is None or task.kind != "publish":
        raise TikTokError("invalid_publish_id", "The publish_id does not exist.")
    if task.owner != call.creator.id:
        raise TikTokError("token_not_authorized_for_specified_publish_id", "Another creator's publish_id.")
    return task


async def cancel(call: Call) -> dict[str, Any]:
    """Best effort: only what is still being downloaded can be stopped."""
    task = _own_task(call)
    if status_of(task, call.now) != "PROCESSING_DOWNLOAD":
        raise TikTokError("publish_not_cancellable", "The publish cannot be cancelled any more.")
    with call.twin.ledger.writing():
        if task.facts["post"]:
            call.twin.ledger.change_post(task.facts["post"], deleted_at=call.now)
        call.twin.ledger.change_asset(task.id, failure="publish_cancelled", ready_at=call.now, post=None)
    return {}
