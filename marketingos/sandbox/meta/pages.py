"""Facebook Pages: photos before they are posted, posts, their edits, and the collections that list them."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from marketingos.sandbox.meta.graph import after_write, edge, need_page_token, post_node
from marketingos.sandbox.meta.wire import (
    Call,
    GraphError,
    Node,
    invalid,
)
from marketingos.sandbox.rows import Account, Asset, Medium, Post
from marketingos.sandbox.twin import DownloadError

CRAWLER = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
_MESSAGE_LIMIT = 63_206
_PHOTO_FORMATS = {"jpeg", "bmp", "png", "gif", "tiff"}
_PHOTO_BYTES = 10 * 1024 * 1024
_PHOTO_LIFE = 24 * 3_600.0
_ATTACHMENTS = 10
_SCHEDULE = (600.0, 30 * 86_400.0)
_MAY_NOT_POST = (
    "(#200) If posting to a group, requires app being installed in the group, and either publish_to_groups permission "
    "with user token, or both pages_read_engagement and pages_manage_posts permission with page token; If posting to "
    "a page, requires both pages_read_engagement and pages_manage_posts as an admin with sufficient administrative "
    "permission"
)


def need_publishing(call: Call, page: Node) -> None:
    need_page_token(call, page)
    if not {"pages_manage_posts", "pages_read_engagement"} <= set(call.actor.scopes):
        raise GraphError(200, _MAY_NOT_POST, status=403)


def put_post(
    call: Call,
    page: Account,
    *,
    kind: str,
    text: str,
    visible_at: float | None,
    media: tuple[Medium, ...] = (),
    title: str = "",
    facts: dict[str, Any] | None = None,
    link: str | None = None,
) -> Post:
    """Write a Page post; it is public from `visible_at` on, or not at all while that is None.

    `link` is its permalink when it is not the usual one; `{number}` in it becomes the post's own number.
    """
    number = call.twin.digits("12", 15)
    post = Post(
        id=f"{page.id}_{number}",
        platform="facebook",
        account=page.id,
        kind=kind,
        text=text,
        title=title,
        created_at=call.now,
        visible_at=visible_at,
        followers=page.followers,
        media=media,
        facts=facts or {},
        permalink=(link or f"https://www.facebook.com/{page.id}/posts/{{number}}").format(number=number),
    )
    call.twin.ledger.add_post(post)
    return post


@edge("page", "POST", "photos")
async def upload_photo(call: Call, page: Node) -> dict[str, Any]:
    need_publishing(call, page)
    medium = await _photo_bytes(call)
    photo_id = call.twin.digits("12", 15)
    published = call.params.flag("published", True)
    caption = call.params.text("caption") or call.params.text("message") or call.params.text("name") or ""
    with call.twin.ledger.writing():
        facts = {"medium": vars(medium), "alt": call.params.text("alt_text_custom") or "", "post": None}
        call.twin.ledger.put_asset(
            Asset(id=photo_id, platform="facebook", kind="photo", owner=page.id, created_at=call.now, facts=facts)
        )
        if not published:
            return {"id": photo_id}
        post = _post_photos(call, page.account, caption, [photo_id], call.now)
    return {"id": photo_id, "post_id": post.id}


async def _photo_bytes(call: Call) -> Medium:
    url, data = call.params.text("url"), next(iter(call.params.files.values()), None)
    if (url is None) == (data is None):
        raise GraphError(
            324, "(#324) Requires upload file" if url is None else "(#324) Give either url or source, not both"
        )
    if url is not None:
        try:
            data = await call.twin.download(url, agent=CRAWLER, limit=_PHOTO_BYTES)
        except DownloadError as error:
            raise GraphError(100, "(#100) url should represent a valid URL", subcode=2061006) from error
    medium = await call.twin.shelf.keep(data or b"")
    if medium.kind != "image":
        raise GraphError(324, "(#324) Missing or invalid image file", title="Your photo couldn't be uploaded")
    if medium.format not in _PHOTO_FORMATS or medium.size > _PHOTO_BYTES:
        message = "Invalid parameter"
        text = "Photos should be smaller than 4 MB and saved as JPG, PNG, GIF, TIFF, HEIF or WebP files."
        raise GraphError(100, message, subcode=1366046, title="Can't Read Files", text=text)
    return medium


@edge("page", "POST", "feed")
async def write_post(call: Call, page: Node) -> dict[str, Any]:
    need_publishing(call, page)
    message, link = call.params.text("message") or "", call.params.text("link")
    photos = [_fbid(item) for item in call.params.items("attached_media")]
    if not message and not link and not photos:
        raise GraphError(100, "(#100) Missing message or attachment", subcode=1349125)
    if len(message) > _MESSAGE_LIMIT:
        raise invalid("Param message is too long")
    if link:
        _check_link(link)
    visible_at = _publication(call)
    with call.twin.ledger.writing():
        _refuse_duplicate(call, page.id, message)
        if photos:
            post = _post_photos(call, page.account, message, photos, visible_at)
        else:
            kind, facts = ("link", {"link": link}) if link else ("text", {})
            post = put_post(call, page.account, kind=kind, text=message, visible_at=visible_at, facts=facts)
    return await after_write(call, {"id": post.id}, post_node(post))


def _fbid(item: Any) -> str:
    if not isinstance(item, dict) or "media_fbid" not in item:
        raise invalid("Param attached_media must be an array of {media_fbid}")
    return str(item["media_fbid"])


def _check_link(link: str) -> None:
    parts = urlsplit(link)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise GraphError(1500, "(#1500) The url you supplied is invalid")
    if re.fullmatch(r"(.*\.)?(facebook|fb)\.com", host):
        raise GraphError(100, "Invalid parameter", subcode=1609008, text="The post's links failed to attach.")
    if not _reachable(host):
        raise GraphError(100, "Invalid parameter", subcode=1609005, text="The link could not be scraped.")


def _reachable(host: str) -> bool:
    """Whether a crawler on the Internet could ever get there: private addresses and reserved names never answer."""
    if host == "localhost" or host.endswith((".invalid", ".local", ".internal", ".test")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host


def _publication(call: Call) -> float | None:
    """When the post becomes public: now, at the scheduled time, or not by itself (None)."""
    published, at = call.params.flag("published", True), call.params.moment("scheduled_publish_time")
    if at is None:
        return call.now if published else None
    if published:
        raise invalid("You cannot specify a scheduled publish time on a published post")
    if not _SCHEDULE[0] <= at - call.now <= _SCHEDULE[1]:
        raise invalid("The specified scheduled publish time is invalid.")
    return at


def _refuse_duplicate(call: Call, page_id: str, message: str) -> None:
    window = float(call.twin.setting("facebook_duplicate_seconds"))
    if not window or not message:
        return
    latest = call.twin.ledger.posts(account=page_id, since=call.now - window, limit=1)
    if latest and latest[0].text == message:
        raise GraphError(506, "(#506) Duplicate status message")


def _post_photos(call: Call, page: Account, text: str, photo_ids: list[str], visible_at: float | None) -> Post:
    if len(photo_ids) > _ATTACHMENTS:
        raise invalid(f"Too many attachments: {len(photo_ids)}; at most {_ATTACHMENTS} photos")
    photos = [_unused_photo(call, page.id, photo_id) for photo_id in photo_ids]
    media = tuple(Medium.load({**photo.facts["medium"], "alt": photo.facts["alt"]}) for photo in photos)
    facts = {"photos": photo_ids}
    post = put_post(
        call,
        page,
        kind="photo" if len(media) == 1 else "photos",
        text=text,
        visible_at=visible_at,
        media=media,
        facts=facts,
    )
    for photo_id in photo_ids:
        call.twin.ledger.change_asset(photo_id, post=post.id)
    return post


def _unused_photo(call: Call, page_id: str, photo_id: str) -> Asset:
    photo = call.twin.ledger.asset(photo_id)
    if photo is None or photo.kind != "photo" or photo.owner != page_id:
        raise GraphError(100, f"(#100) Param attached_media[media_fbid] {photo_id} is not a valid photo id")
    if photo.facts["post"]:
        raise GraphError(100, "Invalid parameter", subcode=1366051, text="These photos were already posted.")
    if call.now - photo.created_at > _PHOTO_LIFE:
        raise GraphError(100, f"(#100) Param attached_media[media_fbid] {photo_id} is not a valid photo id")
    return photo


@edge("page_post", "POST")
async def edit_post(call: Call, node: Node) -> dict[str, Any]:
    need_publishing(call, node)
    if message := call.params.text("message"):
        call.twin.ledger.change_post(node.id, text=message)
    if call.params.text("is_published") and call.params.flag("is_published", False) and not node.post.visible(call.now):
        call.twin.ledger.change_post(node.id, visible_at=call.now)
    if (at := call.params.moment("scheduled_publish_time")) is not None:
        call.twin.ledger.change_post(node.id, visible_at=at)
    if call.params.text("is_hidden"):
        call.twin.ledger.change_post(node.id, facts={**node.post.facts, "hidden": call.params.flag("is_hidden", False)})
    return {"success": True}


@edge("page_post", "DELETE")
async def delete_post(call: Call, node: Node) -> dict[str, Any]:
    need_publishing(call, node)
    call.twin.ledger.change_post(node.id, deleted_at=call.now)
    return {"success": True}


@edge("photo", "DELETE")
async def delete_photo(call: Call, node: Node) -> dict[str, Any]:
    need_publishing(call, node)
    call.twin.ledger.drop_asset(node.id)
    return {"success": True}
