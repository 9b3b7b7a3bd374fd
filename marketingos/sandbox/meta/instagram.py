"""Instagram publishing: containers, their slow readiness, the one publish each allows, and the account's quota."""

import re
from typing import Any

from marketingos.sandbox.meta.graph import edge, reads, select
from marketingos.sandbox.meta.pages import CRAWLER
from marketingos.sandbox.meta.wire import ABSENT, Call, FieldSpec, GraphError, Node, invalid
from marketingos.sandbox.rows import Account, Asset, Medium, Post
from marketingos.sandbox.twin import DownloadError, Processing

_DAY = 86_400.0
_IMAGE_BYTES = 8 * 1024 * 1024
_VIDEO_BYTES = 300 * 1024 * 1024
_CAPTION = 2_200
_HASHTAGS, _MENTIONS = 30, 20
_CONTAINERS_PER_DAY = 400
_KINDS = {None: "IMAGE", "VIDEO": "VIDEO", "REELS": "REELS", "STORIES": "STORIES",
          "CAROUSEL": "CAROUSEL"}  # fmt: skip
_STATUS_TEXT = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: The container was not published within 24 hours and has expired.",
}


def refuse(code: int, subcode: int, message: str, title: str = "") -> GraphError:
    """An Instagram refusal; Meta adds what a person may be told."""
    return GraphError(
        code, message, subcode=subcode, title=title or None, text=message if title else None, transient=False
    )


@edge("instagram", "POST", "media")
async def create_container(call: Call, node: Node) -> dict[str, Any]:
    """Make a container. Pictures are fetched and judged here; videos are judged while they are processed."""
    call.need("instagram_basic", "instagram_content_publish")
    kind = _kind(call)
    caption = _caption(call, kind)
    facts: dict[str, Any] = {
        "kind": kind,
        "caption": caption,
        "alt": call.params.text("alt_text") or "",
        "ai": call.params.flag("is_ai_generated", False),
        "child": call.params.flag("is_carousel_item", False),
        "media": [],
        "children": [],
        "published": None,
        "failure": None,
        "awaiting": False,
    }
    _check_extras(call, kind)
    if kind == "CAROUSEL":
        facts |= _carousel(call, node.id)
    elif call.params.text("upload_type") == "resumable":
        facts["awaiting"] = True
    else:
        facts |= await _fetched(call, kind)
    return _put(call, node.id, facts)


def _put(call: Call, owner: str, facts: dict[str, Any]) -> dict[str, Any]:
    processing = call.twin.processing("instagram")
    facts |= {"ready_at": call.now + (processing.seconds or 0), "failure": facts["failure"] or _failure(processing)}
    with call.twin.ledger.writing():
        container_id = call.twin.digits("179", 17)
        call.twin.ledger.put_asset(
            Asset(
                id=container_id, platform="instagram", kind="container", owner=owner, created_at=call.now, facts=facts
            )
        )
        call.twin.ledger.hit(f"containers:{owner}", call.now, _DAY)
    if facts["awaiting"]:
        base = f"{call.twin.public_base}/meta/ig-api-upload/{call.version}/{container_id}"
        return {"id": container_id, "uri": base}
    return {"id": container_id}


def _failure(processing: Processing) -> str | None:
    """A scripted failure's subcode; `internal` stands for Instagram's own unknown upload fault."""
    return "2207053" if processing.failure == "internal" else processing.failure


def _kind(call: Call) -> str:
    named = call.params.text("media_type")
    if named not in _KINDS:
        raise refuse(100, 2207023, f"The media type {named} is unknown.", "Media Type Unknown")
    kind = _KINDS[named]
    if kind == "VIDEO" and not call.params.flag("is_carousel_item", False):
        raise refuse(100, 2207023, "Use media_type=REELS to publish a video.", "Media Type Unknown")
    return kind


def _caption(call: Call, kind: str) -> str:
    caption = call.params.text("caption") or ""
    if len(caption) > _CAPTION:
        raise refuse(36004, 2207010, f"The caption was too long; at most {_CAPTION} characters.", "Caption Too Long")
    if len(re.findall(r"(?<!\w)#\w+", caption)) > _HASHTAGS:
        raise invalid(f"The caption has more than {_HASHTAGS} hashtags.")
    if len(re.findall(r"(?<!\w)@[\w.]+", caption)) > _MENTIONS:
        raise refuse(100, 2207040, f"Cannot use more than {_MENTIONS} tags in created media.", "Too Many Tags")
    return "" if kind == "STORIES" or call.params.flag("is_carousel_item", False) else caption


def _check_extras(call: Call, kind: str) -> None:
    alt = call.params.text("alt_text")
    if alt and kind in ("REELS", "STORIES"):
        raise invalid("Param alt_text is not supported for reels or stories")
    if alt and len(alt) > 1_000:
        raise invalid("Param alt_text must be at most 1000 characters")
    collaborators = call.params.items("collaborators")
    if collaborators and (kind == "STORIES" or len(collaborators) > 3):
        raise invalid("param collaborators is not allowed")
    for tag in call.params.items("user_tags"):
        if kind == "IMAGE" and not ({"username", "x", "y"} <= set(tag)):
            raise refuse(100, 2207036, "Photo tags need a position.", "Invalid Tag")


def _carousel(call: Call, owner: str) -> dict[str, Any]:
    ids = [str(child) for child in call.params.items("children")]
    if not 2 <= len(ids) <= 10:
        raise refuse(100, 2207028, "A carousel needs between 2 and 10 items.", "Carousel Validation Failed")
    children = [call.twin.ledger.asset(child) for child in ids]
    for child in children:
        if child is None or child.kind != "container" or child.owner != owner or not child.facts["child"]:
            raise refuse(24, 2207006, "The media with id cannot be found or is not a carousel item.", "Media Not Found")
    return {"children": ids}


async def _fetched(call: Call, kind: str) -> dict[str, Any]:
    image, video = call.params.text("image_url"), call.params.text("video_url")
    if kind == "IMAGE" and not image:
        raise invalid("The parameter image_url is required")
    if kind in ("REELS", "VIDEO") and not video and not (kind == "VIDEO" and image):
        raise invalid("The parameter video_url is required")
    if not image and not video:
        raise invalid("The parameter image_url or video_url is required")
    if image and kind != "REELS":
        return {"media": [vars(await _image(call, image, story=kind == "STORIES"))]}
    return await _video(call, video or "", kind)


async def _image(call: Call, url: str, *, story: bool) -> Medium:
    data = await _download(call, url, _IMAGE_BYTES)
    medium = await call.twin.shelf.keep(data)
    if medium.kind != "image" or medium.format != "jpeg":
        raise refuse(36001, 2207005, "The image format is not supported. Use JPEG.", "Unsupported Format")
    ratio = medium.width / medium.height
    if not story and not 0.8 - 0.005 <= ratio <= 1.91 + 0.005:
        raise refuse(36003, 2207009, "The aspect ratio must be between 4:5 and 1.91:1.", "Invalid Aspect Ratio")
    return medium


async def _download(call: Call, url: str, limit: int) -> bytes:
    if not re.match(r"https?://", url):
        raise invalid("The parameter must be a valid URI")
    try:
        return await call.twin.download(url, agent=CRAWLER, limit=limit)
    except DownloadError as error:
        if error.reason == "timeout":
            raise refuse(-2, 2207003, "It takes too long to download the media.", "Timeout") from error
        if error.reason == "size":
            raise refuse(36000, 2207004, "The image is too large to download.", "Image Too Large") from error
        message = "The media could not be fetched from this URI."
        raise refuse(9004, 2207052, message, "Media Download Failed") from error


async def _video(call: Call, url: str, kind: str) -> dict[str, Any]:
    """Videos are taken in at once and fail later: a bad one turns the container to ERROR."""
    if not re.match(r"https?://", url):
        raise invalid("The parameter video_url must be a valid URI")
    try:
        data = await call.twin.download(url, agent=CRAWLER, limit=_VIDEO_BYTES)
    except DownloadError:
        return {"failure": "2207077"}
    medium = await call.twin.shelf.keep(data)
    _check_thumb(call, medium)
    return {"media": [vars(medium)], "failure": video_failure(medium, kind)}


def _check_thumb(call: Call, medium: Medium) -> None:
    offset = call.params.whole("thumb_offset")
    if offset is not None and not 0 <= offset <= medium.seconds * 1_000:
        raise refuse(1, 2207057, "The thumbnail offset is outside the video.", "Thumbnail Offset Invalid")


def video_failure(medium: Medium, kind: str) -> str | None:
    """The subcode with which processing ends, or None when the video is good."""
    longest = 60 if kind in ("STORIES", "VIDEO") else 15 * 60
    good = (
        medium.kind == "video"
        and medium.format == "mp4"
        and medium.codec in ("h264", "hevc")
        and 23 <= medium.fps <= 60
        and medium.width <= 1_920
        and 3 <= medium.seconds <= longest + 0.5
        and 0.01 <= medium.width / medium.height <= 10
    )
    return None if good else "2207026"


def status_of(call: Call, container: Asset) -> str:
    """The container's status_code at this moment."""
    facts = container.facts
    if facts["published"]:
        return "PUBLISHED"
    if call.now - container.created_at >= _DAY:
        return "EXPIRED"
    if facts["awaiting"] or call.now < facts["ready_at"]:
        return "IN_PROGRESS"
    children = [child for one in facts["children"] if (child := call.twin.ledger.asset(one))]
    states = {status_of(call, child) for child in children}
    if facts["failure"] or states & {"ERROR", "EXPIRED"}:
        return "ERROR"
    return "IN_PROGRESS" if "IN_PROGRESS" in states else "FINISHED"


@reads("container", "status_code", "status", "video_status", "copyright_check_status")
def container_field(call: Call, node: Node, spec: FieldSpec) -> Any:
    code = status_of(call, node.asset)
    failure = node.asset.facts["failure"] or "2207053"
    text = f"Error: Media upload has failed with error code {failure}"
    phase = {"status": {"FINISHED": "complete", "ERROR": "error"}.get(code, "in_progress")}
    values = {
        "status_code": code,
        "status": _STATUS_TEXT.get(code, text),
        "video_status": {"uploading_phase": phase, "processing_phase": phase},
        "copyright_check_status": {"status": "completed", "matches_found": False},
    }
    if spec.name == "video_status" and node.asset.facts["kind"] not in ("REELS", "VIDEO", "STORIES"):
        return ABSENT
    return values[spec.name]


@edge("instagram", "POST", "media_publish")
async def publish(call: Call, node: Node) -> dict[str, Any]:
    """Publish a finished container: the one call that the public sees, and it works once per container."""
    call.need("instagram_basic", "instagram_content_publish")
    container_id = call.params.text("creation_id")
    if not container_id:
        raise invalid("The parameter creation_id is required")
    with call.twin.ledger.writing():
        container = _publishable(call, node.id, container_id)
        _check_quota(call, node.id)
        post = _put_media(call, node.account, container)
        call.twin.ledger.change_asset(container_id, published=post.id)
        call.twin.ledger.hit(f"published:{node.id}", call.now, _DAY)
    return {"id": post.id}


def _publishable(call: Call, owner: str, container_id: str) -> Asset:
    """Meta does not document what a second publish of the same container answers: here it is as good as unknown."""
    container = call.twin.ledger.asset(container_id)
    if container is None or container.kind != "container" or container.owner != owner or container.facts["child"]:
        raise refuse(24, 2207006, "The media with that id cannot be found.", "Media Not Found")
    state = status_of(call, container)
    if state == "IN_PROGRESS":
        raise refuse(
            9007, 2207027, "The media is not ready to be published. Please wait a moment.", "Media ID is not available"
        )
    if state == "EXPIRED":
        raise refuse(-2, 2207020, "The media you are trying to access has expired.", "Media Expired")
    if state == "ERROR":
        raise refuse(-1, 2207032, "Create media failed, please try to re-create media.", "Media Creation Failed")
    if state == "PUBLISHED":
        raise refuse(
            24, 2207008, "The media builder with that creation id does not exist or has expired.", "Media Not Found"
        )
    return container


def _check_quota(call: Call, owner: str) -> None:
    used = call.twin.ledger.hits(f"published:{owner}", call.now - _DAY)
    made = call.twin.ledger.hits(f"containers:{owner}", call.now - _DAY)
    if used >= int(call.twin.setting("instagram_publishing_quota")) or made > _CONTAINERS_PER_DAY:
        raise refuse(9, 2207042, "You reached the maximum number of posts allowed in a day.", "Limit Reached")


def _put_media(call: Call, account: Account, container: Asset) -> Post:
    facts, ledger = container.facts, call.twin.ledger
    children = [child for one in facts["children"] if (child := ledger.asset(one))]
    parts = [(medium, owner.facts["alt"]) for owner in children or [container] for medium in owner.facts["media"]]
    media = tuple(Medium.load({**medium, "alt": alt}) for medium, alt in parts)
    shortcode = "D" + call.twin.secret("shortcode", 10)
    paths = {"REELS": "reel", "STORIES": f"stories/{account.handle}"}
    post = Post(
        id=call.twin.digits("180", 17),
        platform="instagram",
        account=account.id,
        kind=facts["kind"].lower(),
        text=facts["caption"],
        created_at=call.now,
        visible_at=call.now,
        followers=account.followers,
        media=media,
        permalink=f"https://www.instagram.com/{paths.get(facts['kind'], 'p')}/{shortcode}/",
        facts={
            "shortcode": shortcode,
            "children": [call.twin.digits("180", 17) for _ in children],
            "container": container.id,
            "aigc": facts["ai"],
        },
    )
    ledger.add_post(post)
    return post


@edge("instagram", "GET", "content_publishing_limit")
async def quota(call: Call, node: Node) -> dict[str, Any]:
    call.need("instagram_basic", "instagram_content_publish")
    since = call.params.moment("since")
    if since is not None and since < call.now - _DAY - 1:
        raise invalid("Param since must be within the last 24 hours")
    used = call.twin.ledger.hits(f"published:{node.id}", since if since is not None else call.now - _DAY)
    values = {
        "quota_usage": used,
        "config": {"quota_total": call.twin.setting("instagram_publishing_quota"), "quota_duration": int(_DAY)},
    }
    specs = call.fields(("quota_usage",))
    if unknown := [spec.name for spec in specs if spec.name not in values]:
        raise invalid(f"Tried accessing nonexisting field ({unknown[0]}) on node type (ContentPublishingLimitResponse)")
    return {"data": [select(values, specs)]}
