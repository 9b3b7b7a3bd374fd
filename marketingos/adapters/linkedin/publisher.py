"""LinkedIn organisations and members: files are uploaded first, then one call makes the post.

That call answers 201 with an empty body and the id in `x-restli-id`. Posts of organisations can be listed and so be
recognised after a lost answer; posts of members cannot be read at all. Wire: learn.microsoft.com/linkedin/marketing/
community-management/shares/posts-api and .../organizations/share-statistics (202609).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from marketingos import clock
from marketingos.adapters.linkedin.comments import commented, write_comment
from marketingos.adapters.linkedin.little_text import escape, unescape
from marketingos.adapters.linkedin.statistics import statistics
from marketingos.adapters.linkedin.uploads import Kind, advance
from marketingos.adapters.linkedin.wire import Duplicate, encode, linkedin, query
from marketingos.domain import first_comment, walk
from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Content
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import (
    REFUSED,
    Absent,
    Accepted,
    Grant,
    Library,
    Live,
    Progress,
    Published,
    Ready,
    Removed,
    Shown,
    Undecided,
    Working,
)
from marketingos.errors import ContentRefused, Missing, NotSent, OutcomeUnknown, OutsideError

PAGE = 100
KINDS = {Format.VIDEO: Kind.VIDEO, Format.DOCUMENT: Kind.DOCUMENT}


class LinkedIn:
    """Implements `ports.Publisher`.

    Progress: `begun_at`; `uploads`, one for each attachment (see uploads.py); `ready`, and `again` when a commit was or
    may have been tried before; `restarts`; `post`, its URN, while a comment is due.
    """

    platform = Platform.LINKEDIN

    def __init__(self, library: Library) -> None:
        self._library = library

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        progress = {"begun_at": walk.stamp(clock.now()), **progress}
        if "post" in progress:
            return Ready(progress=progress)
        if progress.get("ready"):
            progress = {**progress, "again": True}
        uploads: list[Mapping[str, Any]] = list(progress.get("uploads", ()))
        done = sum(bool(upload.get("usable")) for upload in uploads)
        if done == len(content.attachments):
            return Ready(progress={**progress, "ready": True})
        kind = KINDS.get(content.format, Kind.IMAGE)
        current = uploads[done] if done < len(uploads) else None
        step = await advance(grant, self._library, content.attachments[done], kind, current)
        if step.upload is None:
            return Working(progress=_restarted(progress, uploads[:done]))
        progress = {**progress, "uploads": [*uploads[:done], step.upload]}
        if step.upload.get("usable") and done + 1 == len(content.attachments):
            return Ready(progress={**progress, "ready": True})
        return Working(progress=progress, wait=step.wait)

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        if "post" in progress:
            return Accepted(progress=progress, wait=timedelta())
        try:
            answer = await linkedin("POST", "/rest/posts", grant, commits=True, json=_post(grant, content, progress))
        except Duplicate as duplicate:
            return _out(await self._recognise(grant, content, progress, duplicate), content, progress)
        urn = answer.headers.get("x-restli-id")
        if not urn:
            raise answer.nonsense()
        return _out(_published(urn), content, progress)

    async def _recognise(self, grant: Grant, content: Content, progress: Progress, duplicate: Duplicate) -> Published:
        """LinkedIn refuses a text that it has: at the first try a person wrote it twice, later it may be our own."""
        if not progress.get("again"):
            raise ContentRefused(duplicate.key, diagnostic=duplicate.diagnostic)
        if grant.kind is not AccountKind.ORGANIZATION or not duplicate.urn:
            raise OutcomeUnknown(duplicate.key, diagnostic=duplicate.diagnostic)
        try:
            answer = await linkedin("GET", f"/rest/posts/{encode(duplicate.urn)}", grant)
        except OutsideError as error:
            raise OutcomeUnknown(duplicate.key, diagnostic=f"{duplicate.diagnostic}; {error.diagnostic}") from None
        if not _is_ours(answer.at(), content, progress, walk.begun(progress, clock.now())):
            raise ContentRefused(duplicate.key, diagnostic=duplicate.diagnostic)
        return _published(duplicate.urn)

    async def settle(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted | Ready:
        """A post is there, or it is not; what may be left is its comment."""
        return await commented(grant, content, progress, _published(progress["post"]))

    async def comment(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        return await write_comment(grant, content, progress, _published(progress["post"]))

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided:
        if "post" in progress:
            return Accepted(progress=progress, wait=timedelta())
        if grant.kind is not AccountKind.ORGANIZATION:
            return Undecided()
        begun = walk.begun(progress, since)
        asked = query(q="author", author=grant.external_id, count=PAGE, sortBy="CREATED")
        rows = (await linkedin("GET", f"/rest/posts?{asked}", grant)).at("elements")
        recent = [row for row in rows if _moment(row) >= begun - walk.SKEW]
        ours = [row for row in recent if _is_ours(row, content, progress, begun)]
        if any(row.get("lifecycleState", "PUBLISHED") != "PUBLISHED" for row in ours):
            return Undecided()
        doubtful = len(recent) == PAGE or any(
            _says(row, content) for row in rows if _moment(row) >= begun - walk.SKEW - walk.DOUBT
        )
        found = walk.verdict([_published(row["id"]) for row in ours], since, clock.now(), doubtful=doubtful)
        if isinstance(found, Absent) and progress.get(REFUSED) == Duplicate.key:
            # LinkedIn goes on for a day or two to refuse the words of a post that is there no more.
            return Absent(error=ContentRefused(Duplicate.key, diagnostic="looked up: not there"))
        return _out(found, content, progress) if isinstance(found, Published) else found

    async def find(self, grant: Grant, content: Content, since: datetime) -> Published | Absent | Undecided:
        """The one post of the organisation since then with exactly this text; whether its first comment is there is
        told."""
        found = await self.look_up(grant, content, {}, since) if content.text else Undecided()
        if isinstance(found, Accepted):
            told = await self.settle(grant, content, {**found.progress, **first_comment.found_again(since)})
            return told if isinstance(told, Published) else Undecided()
        return found

    async def read_back(self, grant: Grant, content: Content, external_id: str) -> Shown:
        """Members' posts cannot be read. Little text comes back as it was written, or plain."""
        if grant.kind is not AccountKind.ORGANIZATION:
            return None
        try:
            row = (await linkedin("GET", f"/rest/posts/{encode(external_id)}", grant)).at()
        except Missing:
            return Removed()
        if row.get("lifecycleState", "PUBLISHED") != "PUBLISHED":
            return Undecided()
        text = str(row.get("commentary", ""))
        return Live(text=text if walk.same_text(text, content.text) else unescape(text))

    def wire_text(self, content: Content) -> str:
        return escape(content.text)

    async def measure(self, grant: Grant, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        """Members' posts need a permission that LinkedIn gives to few: they are left out."""
        return await statistics(grant, external_ids) if grant.kind is AccountKind.ORGANIZATION else {}


def _post(grant: Grant, content: Content, progress: Progress) -> Mapping[str, Any]:
    """The body of the one visible call."""
    body: dict[str, Any] = {
        "author": grant.external_id,
        "commentary": escape(content.text),
        "visibility": content.options.get("visibility", "PUBLIC"),
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    if inside := _inside(content, _urns(progress)):
        body["content"] = inside
    return body


def _inside(content: Content, urns: Sequence[str]) -> Mapping[str, Any]:
    """What a post carries besides its text: exactly one kind, or nothing."""
    match content.format:
        case Format.TEXT:
            return {"article": _article(content, urns)} if content.link_url else {}
        case Format.VIDEO:
            return {"media": {"id": urns[0]}}
        case Format.DOCUMENT:
            return {"media": {"id": urns[0], "title": _title(content)}}
    images = [
        {"id": urn, **({"altText": a.alt_text} if a.alt_text else {})}
        for urn, a in zip(urns, content.attachments, strict=True)
    ]
    return {"multiImage": {"images": images}} if len(images) > 1 else {"media": images[0]}


def _title(content: Content) -> str:
    """A document has to have one, which readers see above it: what a person chose, or the text's first line."""
    lines = content.text.strip().splitlines()
    return str(content.options.get("title") or (lines[0] if lines else content.attachments[0].name))[:100]


def _article(content: Content, urns: Sequence[str]) -> Mapping[str, Any]:
    """A link's card. LinkedIn does not read the page, so its title has to be sent: without one, the page's host."""
    title = content.options.get("link_title") or urlsplit(content.link_url).hostname or content.link_url
    card = {"source": content.link_url, "title": str(title)[:400]}
    if description := content.options.get("link_description"):
        card["description"] = str(description)
    return card | ({"thumbnail": urns[0]} if urns else {})


def _urns(progress: Progress) -> list[str]:
    return [upload["urn"] for upload in progress.get("uploads", ())]


def _out(post: Published, content: Content, progress: Progress) -> Published | Accepted:
    """The post is out; if a comment is due, the post's name is kept before that is tried."""
    if not content.first_comment:
        return post
    return Accepted(progress={**progress, "post": post.external_id}, wait=timedelta())


def _published(urn: str) -> Published:
    return Published(external_id=urn, permalink=f"https://www.linkedin.com/feed/update/{urn}/")


def _is_ours(row: Mapping[str, Any], content: Content, progress: Progress, begun: datetime) -> bool:
    """Whether a listed post is the one that was sent: its time, its text, and its files as far as they are told."""
    files = _files(row)
    told = not files or not _urns(progress) or files == set(_urns(progress))
    return _moment(row) >= begun - walk.SKEW and _says(row, content) and told


def _says(row: Mapping[str, Any], content: Content) -> bool:
    """Whether a listed post has this text, be it written back as little text or plain."""
    text = str(row.get("commentary", ""))
    return walk.same_text(unescape(text), content.text) or walk.same_text(text, content.text)


def _files(row: Mapping[str, Any]) -> set[str]:
    inside = row.get("content") or {}
    images = (inside.get("multiImage") or {}).get("images") or [inside.get("media") or {}]
    return {image["id"] for image in images if "id" in image}


def _moment(row: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(row["createdAt"] / 1000, UTC)


def _restarted(progress: Progress, uploads: Sequence[Mapping[str, Any]]) -> Progress:
    restarts = progress.get("restarts", 0)
    if restarts >= walk.RESTARTS:
        raise NotSent("error.linkedin.media", diagnostic="an upload address died again and again", retryable=False)
    return {**progress, "uploads": list(uploads), "restarts": restarts + 1}
