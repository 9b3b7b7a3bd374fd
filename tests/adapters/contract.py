"""The platforms' write and read calls as their public documents have them, as data: which host and path, how the
parameters travel, which there are, which have to be there. Every request of every kind of post is held against it.

Meta: developers.facebook.com/docs/graph-api/reference/page/{feed,photos,videos,video_reels}, .../page-stories-api,
.../instagram-platform/instagram-graph-api/reference (v25.0). TikTok: developers.tiktok.com/doc/content-posting-api-*.
LinkedIn: learn.microsoft.com/linkedin/marketing/community-management/shares/* (202609).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

import httpx

Check = Callable[[Any], bool]


def text(most: int = 10_000) -> Check:
    return lambda value: isinstance(value, str) and len(value) <= most


def utf16(most: int) -> Check:
    return lambda value: isinstance(value, str) and len(value.encode("utf-16-le")) // 2 <= most


def words(*known: str) -> Check:
    return lambda value: value in known


def some_of(*known: str) -> Check:
    """A list of names with commas."""
    return lambda value: set(re.sub(r"\([^()]*\)|\{.*\}|\.\w+", "", value).split(",")) <= set(known)


def whole(least: int = 0, most: int = 2**63) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def rows(row: Mapping[str, Check], least: int, most: int) -> Check:
    """A list of objects with these keys and no others."""
    return lambda value: (
        isinstance(value, list)
        and least <= len(value) <= most
        and all(set(one) <= set(row) and all(row[name](inner) for name, inner in one.items()) for one in value)
    )


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with exactly these keys."""
    known = {**required, **(optional or {})}
    return lambda value: (
        isinstance(value, dict)
        and set(required) <= set(value) <= set(known)
        and all(known[name](inner) for name, inner in value.items())
    )


boolean: Check = lambda value: isinstance(value, bool)  # noqa: E731
number: Check = lambda value: isinstance(value, str) and value.isdigit()  # noqa: E731
url: Check = lambda value: isinstance(value, str) and value.startswith("https://")  # noqa: E731
anything: Check = lambda value: True  # noqa: E731


def urn(*kinds: str) -> Check:
    return lambda value: bool(re.fullmatch(rf"urn:li:({'|'.join(kinds)}):[\w-]+", value))


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a contract. `sent` says how the parameters travel: `json`, `form`, `multipart`, `bytes` or nothing.
    `scheme` is the word before the token, "" when there must be none."""

    name: str
    method: str
    host: str
    path: str
    sent: str = ""
    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    query: Mapping[str, Check] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "Bearer"
    only: Mapping[str, Any] = field(default_factory=dict)
    """Values by which calls of one path are told apart."""

    def is_meant(self, request: httpx.Request, told: Mapping[str, Any]) -> bool:
        """Whether a request is this call, be it right or wrong."""
        path = request.url.raw_path.decode().partition("?")[0]
        here = request.method == self.method and request.url.host == self.host and re.fullmatch(self.path, path)
        return bool(here) and all(told.get(name) == value for name, value in self.only.items())

    def wrong(self, request: httpx.Request, told: Mapping[str, Any], token: str) -> list[str]:
        """What is wrong with a request."""
        known = {**self.required, **self.optional}
        found = [f"{name} is missing" for name in self.required if name not in told]
        found += [f"{name} is not known" for name in told if name not in known]
        found += [f"{name} is {value!r}" for name, value in told.items() if name in known and not known[name](value)]
        asked = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        found += [f"?{name} is {value!r}" for name, value in asked.items() if not self.query.get(name, _never)(value)]
        for name, pattern in self.headers.items():
            if not re.fullmatch(pattern, request.headers.get(name, "")):
                found.append(f"header {name} is {request.headers.get(name)!r}")
        wanted = f"{self.scheme} {token}" if self.scheme else None
        if request.headers.get("authorization") != wanted:
            found.append("the token is not where it belongs")
        if token in str(request.url) or token in repr(told):
            found.append("the token can be read on the way")
        return found


def _never(_: Any) -> bool:
    return False


def told_in(request: httpx.Request) -> tuple[str, dict[str, Any]]:
    """How a request's parameters travel, and what they are; of files, their size and type."""
    kind, data = request.headers.get("content-type", ""), request.content
    if kind.startswith("application/json"):
        return ("json", json.loads(data)) if data else ("", {})
    if kind.startswith("application/x-www-form-urlencoded"):
        return "form", dict(parse_qsl(data.decode(), keep_blank_values=True))
    if kind.startswith("multipart/form-data"):
        whole = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + data)
        parts = {p.get_param("name", header="content-disposition"): p for p in whole.get_payload()}  # type: ignore[union-attr]
        return "multipart", {
            str(name): (p.get_content_type(), len(p.get_payload(decode=True))) if p.get_filename() else p.get_payload()  # type: ignore[union-attr]
            for name, p in parts.items()
        }
    return ("bytes" if data else ""), {}


def file_of(*types: str, most: int) -> Check:
    return lambda value: isinstance(value, tuple) and value[0] in types and 0 < value[1] <= most


# -- Meta --------------------------------------------------------------------------------------------------------------

GRAPH, VIDEO, RUPLOAD = "graph.facebook.com", "graph-video.facebook.com", "rupload.facebook.com"
PAGE, INSTAGRAM = r"/v25\.0/104823915627341", r"/v25\.0/178414"
NODE = r"/v25\.0/[\d_]+"
SINCE = {"since": number, "limit": number}
VIDEO_FIELDS = some_of("id", "status", "published", "post_id", "permalink_url", "description", "title", "created_time")
POST_FIELDS = some_of(
    "id", "message", "created_time", "permalink_url", "attachments", "shares", "reactions", "comments"
)
MEDIA_FIELDS = some_of("id", "caption", "timestamp", "permalink", "media_product_type")
CONTAINER_FIELDS = some_of("status_code", "status")
PAGE_METRICS = some_of("post_media_view", "post_total_media_view_unique", "post_clicks")
MEDIA_METRICS = some_of("views", "reach", "likes", "comments", "shares", "saved")
CAPTION = {"caption": text(2200), "is_ai_generated": boolean}


def _graph(name: str, method: str, path: str, **more: Any) -> Call:
    return Call(name=name, method=method, path=path, **{"host": GRAPH, **more})


META = (
    _graph(
        "feed", "POST", f"{PAGE}/feed", sent="json", query={"fields": some_of("id", "permalink_url")},
        optional={"message": text(63206), "link": url, "attached_media": rows({"media_fbid": number}, 1, 10)},
    ),
    _graph(
        "photo", "POST", f"{PAGE}/photos", sent="multipart",
        required={"published": words("false"), "source": file_of("image/jpeg", "image/png", most=4_000_000)},
        optional={"alt_text_custom": text()},
    ),
    _graph(
        "video start", "POST", f"{PAGE}/videos", host=VIDEO, sent="form", only={"upload_phase": "start"},
        required={"upload_phase": anything, "file_size": number},
    ),
    _graph(
        "video transfer", "POST", f"{PAGE}/videos", host=VIDEO, sent="multipart", only={"upload_phase": "transfer"},
        required={
            "upload_phase": anything, "upload_session_id": number, "start_offset": number,
            "video_file_chunk": file_of("application/octet-stream", most=2**31),
        },
    ),
    _graph(
        "video finish", "POST", f"{PAGE}/videos", host=VIDEO, sent="form", only={"upload_phase": "finish"},
        required={"upload_phase": anything, "upload_session_id": number, "description": text()},
        optional={"title": text()},
    ),
    *(
        _graph(
            f"{edge} start", "POST", f"{PAGE}/{edge}", sent="form", only={"upload_phase": "start"},
            required={"upload_phase": anything},
        )
        for edge in ("video_reels", "video_stories")
    ),
    _graph(
        "reel finish", "POST", f"{PAGE}/video_reels", sent="form", only={"upload_phase": "finish"},
        required={"upload_phase": anything, "video_id": number, "video_state": words("PUBLISHED"),
                  "description": text()},
        optional={"title": text()},
    ),
    _graph(
        "video story finish", "POST", f"{PAGE}/video_stories", sent="form", only={"upload_phase": "finish"},
        required={"upload_phase": anything, "video_id": number},
    ),
    _graph("photo story", "POST", f"{PAGE}/photo_stories", sent="form", required={"photo_id": number}),
    Call(
        name="video bytes", method="POST", host=RUPLOAD, path=r"/video-upload/v25\.0/\d+", sent="bytes", scheme="OAuth",
        headers={"offset": "0", "file_size": r"\d+", "content-length": r"\d+", "transfer-encoding": ""},
    ),
    _graph("published posts", "GET", f"{PAGE}/published_posts", query={"fields": POST_FIELDS, **SINCE}),
    _graph("reels", "GET", f"{PAGE}/video_reels", query={"fields": VIDEO_FIELDS, **SINCE}),
    _graph(
        "container", "POST", f"{INSTAGRAM}/media", sent="json",
        optional={
            "image_url": url, "video_url": url, "alt_text": text(1000), "is_carousel_item": boolean,
            "media_type": words("REELS", "STORIES", "VIDEO", "CAROUSEL"), "share_to_feed": boolean,
            "thumb_offset": whole(), "children": lambda ids: isinstance(ids, list) and 2 <= len(ids) <= 10, **CAPTION,
        },
    ),
    _graph("publish", "POST", f"{INSTAGRAM}/media_publish", sent="json", required={"creation_id": number}),
    _graph(
        "quota", "GET", f"{INSTAGRAM}/content_publishing_limit",
        query={"fields": some_of("quota_usage", "config"), "since": number},
    ),
    _graph("media", "GET", f"{INSTAGRAM}/media", query={"fields": MEDIA_FIELDS, **SINCE}),
    _graph("stories", "GET", f"{INSTAGRAM}/stories", query={"fields": MEDIA_FIELDS}),
    # `fields` on this one makes Instagram answer an error although the comment was made.
    _graph("comment", "POST", f"{NODE}/comments", sent="json", required={"message": text(8000)}),
    _graph(
        "comments", "GET", rf"{PAGE}_\d+/comments",
        query={"fields": some_of("id", "message"), "limit": number, "filter": words("toplevel", "stream"),
               "order": words("chronological", "reverse_chronological")},
    ),
    _graph(
        "media comments", "GET", r"/v25\.0/180\d+/comments",
        query={"fields": some_of("id", "text"), "limit": number},
    ),
    _graph("insights", "GET", f"{NODE}/insights", query={"metric": lambda v: PAGE_METRICS(v) or MEDIA_METRICS(v)}),
    _graph("post", "GET", PAGE + r"_\d+", query={"fields": POST_FIELDS}),
    _graph("video", "GET", r"/v25\.0/555", query={"fields": VIDEO_FIELDS}),
    _graph("made container", "GET", r"/v25\.0/179\d+", query={"fields": CONTAINER_FIELDS}),
    _graph("made media", "GET", r"/v25\.0/180\d+", query={"fields": MEDIA_FIELDS}),
)  # fmt: skip

# -- TikTok ------------------------------------------------------------------------------------------------------------

UTF8 = {"content-type": r"application/json; charset=UTF-8"}
VISIBLE = words("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY")
DISCLOSED = {"privacy_level": VISIBLE, "brand_content_toggle": boolean, "brand_organic_toggle": boolean}
LISTED = some_of("id", "create_time", "share_url", "title", "video_description")
COUNTED = some_of("id", "view_count", "like_count", "comment_count", "share_count")


def _tiktok(name: str, path: str, **more: Any) -> Call:
    return Call(name=name, method="POST", host="open.tiktokapis.com", path=path, headers=UTF8, **more)


TIKTOK = (
    _tiktok("creator", "/v2/post/publish/creator_info/query/"),
    _tiktok(
        "video init", "/v2/post/publish/video/init/", sent="json",
        required={
            "post_info": shape(
                DISCLOSED,
                {
                    "title": utf16(2200), "disable_duet": boolean, "disable_stitch": boolean,
                    "disable_comment": boolean, "video_cover_timestamp_ms": whole(), "is_aigc": boolean,
                },
            ),
            "source_info": shape({
                "source": words("FILE_UPLOAD"), "video_size": whole(1, 4 * 2**30), "chunk_size": whole(1, 64_000_000),
                "total_chunk_count": whole(1, 1000),
            }),
        },
    ),
    _tiktok(
        "photo init", "/v2/post/publish/content/init/", sent="json",
        required={
            "media_type": words("PHOTO"), "post_mode": words("DIRECT_POST"),
            "post_info": shape(
                DISCLOSED,
                {"title": utf16(90), "description": utf16(4000), "disable_comment": boolean, "auto_add_music": boolean},
            ),
            "source_info": shape({
                "source": words("PULL_FROM_URL"), "photo_cover_index": whole(0, 34),
                "photo_images": lambda all: 1 <= len(all) <= 35 and all_urls(all),
            }),
        },
        optional={"is_aigc": boolean},
    ),
    Call(
        name="chunk", method="PUT", host="open-upload.tiktokapis.com", path="/video/", sent="bytes", scheme="",
        query={"upload_id": anything, "upload_token": anything},
        headers={"content-type": "video/(mp4|quicktime|webm)", "content-range": r"bytes \d+-\d+/\d+",
                 "content-length": r"\d+"},
    ),
    _tiktok("status", "/v2/post/publish/status/fetch/", sent="json", required={"publish_id": text(64)}),
    _tiktok(
        "list", "/v2/video/list/", sent="json", query={"fields": LISTED},
        optional={"cursor": whole(), "max_count": whole(1, 20)},
    ),
    _tiktok(
        "query", "/v2/video/query/", sent="json", query={"fields": lambda v: LISTED(v) or COUNTED(v)},
        required={"filters": shape({"video_ids": lambda ids: 1 <= len(ids) <= 20 and all(map(number, ids))})},
    ),
)  # fmt: skip


def all_urls(values: list[Any]) -> bool:
    return all(url(value) for value in values)


# -- LinkedIn ----------------------------------------------------------------------------------------------------------

RESTLI = {"linkedin-version": "202609", "x-restli-protocol-version": r"2\.0\.0"}
AUTHOR = urn("person", "organization")
DISTRIBUTION = shape({
    "feedDistribution": words("MAIN_FEED"), "targetEntities": rows({}, 0, 0),
    "thirdPartyDistributionChannels": rows({}, 0, 0),
})  # fmt: skip
ALT = {"altText": text(4086)}


def _inside(content: Any) -> bool:
    kinds = {
        "media": shape({"id": urn("image", "video", "document")}, {"title": text(400), **ALT}),
        "multiImage": shape({"images": rows({"id": urn("image"), **ALT}, 2, 20)}),
        "article": shape({"source": url, "title": text(400)}, {"description": text(), "thumbnail": urn("image")}),
    }
    return len(content) == 1 and all(kinds[name](inner) for name, inner in content.items())


def _linkedin(name: str, method: str, path: str, **more: Any) -> Call:
    return Call(name=name, method=method, host="api.linkedin.com", path=path, headers=RESTLI, **more)


LINKEDIN = (
    _linkedin(
        "new post", "POST", "/rest/posts", sent="json",
        required={
            "author": AUTHOR, "commentary": text(6000), "visibility": words("PUBLIC", "CONNECTIONS"),
            "distribution": DISTRIBUTION, "lifecycleState": words("PUBLISHED"),
        },
        optional={"isReshareDisabledByAuthor": boolean, "content": _inside},
    ),
    *(
        _linkedin(
            f"{kind} init", "POST", f"/rest/{kind}", sent="json", query={"action": words("initializeUpload")},
            required={"initializeUploadRequest": shape({"owner": AUTHOR})},
        )
        for kind in ("images", "documents")
    ),
    _linkedin(
        "videos init", "POST", "/rest/videos", sent="json", query={"action": words("initializeUpload")},
        required={"initializeUploadRequest": shape({
            "owner": AUTHOR, "fileSizeBytes": whole(1, 500_000_000), "uploadCaptions": boolean,
            "uploadThumbnail": boolean,
        })},
    ),
    _linkedin(
        "video finalize", "POST", "/rest/videos", sent="json", query={"action": words("finalizeUpload")},
        required={"finalizeUploadRequest": shape({
            "video": urn("video"), "uploadToken": text(), "uploadedPartIds": lambda tags: len(tags) >= 1,
        })},
    ),
    Call(
        name="upload", method="PUT", host="www.linkedin.com", path="/dms-uploads/.+", sent="bytes",
        query={"part": number},
        headers={"content-type": "application/octet-stream", "content-length": r"\d+", "transfer-encoding": ""},
    ),
    _linkedin("upload state", "GET", "/rest/(images|videos|documents)/urn%3Ali%3A(image|video|document)%3A[\\w-]+"),
    _linkedin(
        "finder", "GET", "/rest/posts",
        query={"q": words("author"), "author": AUTHOR, "count": number, "sortBy": words("CREATED")},
    ),
    _linkedin("one post", "GET", r"/rest/posts/urn%3Ali%3A(share|ugcPost)%3A\d+"),
    _linkedin(
        "comment below", "POST", r"/rest/socialActions/urn%3Ali%3A(share|ugcPost)%3A\d+/comments", sent="json",
        required={"actor": AUTHOR, "object": urn("share", "ugcPost"), "message": shape({"text": text(1250)})},
    ),
    _linkedin(
        "comments below", "GET", r"/rest/socialActions/urn%3Ali%3A(share|ugcPost)%3A\d+/comments",
        query={"start": number, "count": number},
    ),
    _linkedin(
        "share statistics", "GET", "/rest/organizationalEntityShareStatistics",
        query={"q": words("organizationalEntity"), "organizationalEntity": urn("organization"),
               "shares": lambda v: v.startswith("List(urn:li:share:"), "ugcPosts": anything},
    ),
    _linkedin("social metadata", "GET", "/rest/socialMetadata", query={"ids": lambda v: v.startswith("List(urn:li:")}),
)  # fmt: skip

CALLS = (*META, *TIKTOK, *LINKEDIN)
