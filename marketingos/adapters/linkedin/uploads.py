"""Files on their way to LinkedIn, one network step at a time: announce, send the parts, end, wait until usable.

An upload nobody refers to is invisible. Wire: learn.microsoft.com/linkedin/marketing/community-management/shares/
{images-api,videos-api,documents-api} (202609).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from marketingos import clock
from marketingos.adapters.http import Answer, call
from marketingos.adapters.linkedin.wire import encode, linkedin, refusal
from marketingos.domain import walk
from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Attachment
from marketingos.domain.ports import Grant, Library
from marketingos.errors import ContentRefused, OutsideError

LIFE = timedelta(hours=20)
MEMBER_WAIT = timedelta(seconds=20)
"""A member's token may not ask whether a picture or document is ready, so it is given this long."""

Upload = Mapping[str, Any]
"""Progress of one file: `urn`, `at`, `parts` ([url, first, last]), `etags` of parts sent and when the last of them was
(`sent_at`), `ended`, `usable`."""


class Kind(StrEnum):
    """The three upload services; the value is their place under `/rest/`."""

    IMAGE = "images"
    VIDEO = "videos"
    DOCUMENT = "documents"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one step left: the upload's new progress (None: begin again) and how long to wait."""

    upload: Upload | None
    wait: timedelta = timedelta()


async def advance(grant: Grant, library: Library, attachment: Attachment, kind: Kind, upload: Upload | None) -> Step:
    """Makes the next step of one file that would be dear to repeat; call until `usable`."""
    if upload is None or walk.age(upload, "at", clock.now()) > LIFE:
        upload = await _announce(grant, attachment, kind)
    if len(upload["etags"]) < len(upload["parts"]):
        return await _send(grant, library, attachment, upload, kind)
    if kind is Kind.VIDEO and not upload.get("ended"):
        await _end(grant, upload)
        return Step(upload={**upload, "ended": True})
    return await _watch(grant, kind, upload)


async def _announce(grant: Grant, attachment: Attachment, kind: Kind) -> Upload:
    request: dict[str, Any] = {"owner": grant.external_id}
    if kind is Kind.VIDEO:
        request |= {"fileSizeBytes": attachment.size, "uploadCaptions": False, "uploadThumbnail": False}
    body = {"initializeUploadRequest": request}
    answer = await linkedin("POST", f"/rest/{kind}?action=initializeUpload", grant, json=body)
    return {
        "urn": answer.at("value", kind.value.removesuffix("s")),
        "at": walk.stamp(clock.now()),
        "parts": _parts(answer, attachment, kind),
        "token": answer.at("value").get("uploadToken", ""),
        "etags": [],
    }


def _parts(answer: Answer, attachment: Attachment, kind: Kind) -> list[list[Any]]:
    """Each part's address with its first and last byte, both included."""
    if kind is not Kind.VIDEO:
        return [[answer.at("value", "uploadUrl"), 0, attachment.size - 1]]
    rows = answer.at("value", "uploadInstructions")
    return [[row["uploadUrl"], int(row["firstByte"]), int(row["lastByte"])] for row in rows]


async def _send(grant: Grant, library: Library, attachment: Attachment, upload: Upload, kind: Kind) -> Step:
    """Sends the next part to its own address; a dead address means a new upload."""
    url, first, last = upload["parts"][len(upload["etags"])]
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(last - first + 1)}
    # A document goes up whole, and is too large to be held in memory.
    whole = kind is Kind.DOCUMENT
    part = library.stream(attachment) if whole else await library.read(attachment, first, last + 1)
    try:
        answer = await call("PUT", url, refusal=_refused, token=grant.token, headers=headers, content=part)
    except _UploadGone:
        return Step(upload=None)
    etag = answer.headers.get("etag", "")
    if kind is Kind.VIDEO and not etag:
        # A video is put together by the parts' tags, so a part without one has to be sent again.
        raise answer.nonsense()
    return Step(upload={**upload, "etags": [*upload["etags"], etag], "sent_at": walk.stamp(clock.now())})


class _UploadGone(OutsideError):
    retryable = True


def _refused(answer: Answer) -> OutsideError | None:
    dead = 400 <= answer.status < 500 and answer.status not in (401, 408, 429)
    return _UploadGone(diagnostic=answer.diagnostic) if dead else refusal(answer)


async def _end(grant: Grant, upload: Upload) -> None:
    request = {"video": upload["urn"], "uploadToken": upload["token"], "uploadedPartIds": list(upload["etags"])}
    await linkedin("POST", "/rest/videos?action=finalizeUpload", grant, json={"finalizeUploadRequest": request})


async def _watch(grant: Grant, kind: Kind, upload: Upload) -> Step:
    waited = walk.age(upload, "at", clock.now())
    if grant.kind is AccountKind.MEMBER and kind is not Kind.VIDEO:
        waited = walk.age(upload, "sent_at" if "sent_at" in upload else "at", clock.now())
        usable = waited >= MEMBER_WAIT
        return Step(upload={**upload, "usable": usable}, wait=timedelta() if usable else MEMBER_WAIT - waited)
    answer = await linkedin("GET", f"/rest/{kind}/{encode(upload['urn'])}", grant)
    match answer.at("status"):
        case "AVAILABLE":
            return Step(upload={**upload, "usable": True})
        case "PROCESSING_FAILED":
            raise ContentRefused("error.linkedin.media", diagnostic=answer.diagnostic)
        case "WAITING_UPLOAD" if waited > timedelta(minutes=2):
            return Step(upload=None)
    return Step(upload=upload, wait=walk.pause(waited, 1.0))
