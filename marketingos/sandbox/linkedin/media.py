"""LinkedIn's uploads: images and documents in one PUT, videos in parts whose ETags are handed back."""

import hashlib
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from marketingos.sandbox import answers
from marketingos.sandbox.linkedin.wire import UNPERMITTED, Call, LinkedInError, bearer, forbidden, illegal
from marketingos.sandbox.rows import Asset, Medium
from marketingos.sandbox.twin import Twin

_PART = 4_194_304
_URL_LIFE = 24 * 3_600.0
_PIXELS = 36_152_320
_VIDEO_BYTES = (75_000, 500_000_000)
_DOCUMENT_BYTES, _DOCUMENT_PAGES = 100_000_000, 300
_FORMATS = {"image": {"jpeg", "png", "gif"}, "document": {"pdf", "docx", "pptx", "office"}}


async def initialize_image(call: Call) -> Response:
    return await _initialize(call, "image")


async def initialize_document(call: Call) -> Response:
    return await _initialize(call, "document")


async def _initialize(call: Call, kind: str) -> Response:
    _, owner = await _upload_request(call, "initializeUpload", {"owner"})
    asset = _put(call, kind, owner, {})
    value = {
        "uploadUrlExpiresAt": int((call.now + _URL_LIFE) * 1_000),
        "uploadUrl": _upload_url(call.twin, asset),
        kind: asset.id,
    }
    return JSONResponse({"value": value})


async def _upload_request(call: Call, action: str, known: set[str]) -> tuple[dict[str, Any], str]:
    """The body of an initialize call, with an owner for whom the token may upload."""
    if call.query.get("action") != action:
        raise illegal(f"Invalid query parameters passed to request: action {call.query.get('action')}")
    request = (await call.json()).get(f"{action}Request")
    if not isinstance(request, dict) or not isinstance(request.get("owner"), str):
        text = f"ERROR :: /{action}Request/owner :: field is required but not found and has no default value"
        raise LinkedInError(422, "UNPROCESSABLE_ENTITY", text)
    if unknown := set(request) - known:
        text = f"{UNPERMITTED} {unknown}"
        raise LinkedInError(403, "ACCESS_DENIED", text, 100)
    owner = request["owner"]
    if not owner.startswith(("urn:li:person:", "urn:li:organization:")):
        raise illegal("Invalid URN type for field owner", "INVALID_URN_TYPE")
    if not call.may_act_for(owner):
        raise forbidden(f"{call.request.url.path} for {owner}")
    return request, owner


def _put(call: Call, kind: str, owner: str, facts: dict[str, Any]) -> Asset:
    asset = Asset(
        id=f"urn:li:{kind}:D4E{kind[0].upper()}AQ" + call.twin.secret(kind, 16),
        platform="linkedin",
        kind=kind,
        owner=owner,
        created_at=call.now,
        facts={
            "medium": None,
            "ready_at": None,
            "failure": None,
            "parts": {},
            "secret": call.twin.secret("dms", 24),
            "until": call.now + _URL_LIFE,
            "token": call.token.subject,
            **facts,
        },
    )
    call.twin.ledger.put_asset(asset)
    return asset


def _upload_url(twin: Twin, asset: Asset, part: int | None = None) -> str:
    name = asset.id.rpartition(":")[2]
    tail = f"&part={part}" if part is not None else ""
    return (
        f"{twin.public_base}/linkedin/dms-uploads/{asset.kind}/{name}?ca=vector&sync=0&ut={asset.facts['secret']}{tail}"
    )


async def initialize_video(call: Call) -> Response:
    if call.query.get("action") == "finalizeUpload":
        return await _finalize(call)
    request, owner = await _upload_request(
        call, "initializeUpload", {"owner", "fileSizeBytes", "uploadCaptions", "uploadThumbnail"}
    )
    size = request.get("fileSizeBytes")
    if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
        text = "ERROR :: /initializeUploadRequest/fileSizeBytes :: field is required but not found"
        raise LinkedInError(422, "UNPROCESSABLE_ENTITY", text)
    asset = _put(call, "video", owner, {"size": size, "upload_token": ""})
    spans = [(first, min(first + _PART, size) - 1) for first in range(0, size, _PART)]
    parts = [
        {"uploadUrl": _upload_url(call.twin, asset, index), "firstByte": first, "lastByte": last}
        for index, (first, last) in enumerate(spans)
    ]
    return JSONResponse(
        {
            "value": {
                "uploadUrlsExpireAt": int((call.now + 30 * 86_400) * 1_000),
                "video": asset.id,
                "uploadInstructions": parts,
                "uploadToken": "",
            }
        }
    )


async def put_bytes(twin: Twin, request: Request) -> Response:
    """A PUT to an upload URL. Images and documents want the bearer token there; videos do not."""
    kind, name = request.path_params["kind"], request.path_params["name"]
    asset = twin.ledger.asset(f"urn:li:{kind}:{name}")
    if asset is None or request.query_params.get("ut") != asset.facts["secret"]:
        return Response(status_code=404)
    if twin.now() > asset.facts["until"] and kind != "video":
        return answers.linkedin_error(400, "EXPIRED_UPLOAD_URL", "The upload URL has expired")
    try:
        if kind != "video":
            bearer(twin, request)
    except LinkedInError as error:
        return error.response()
    data = await request.body()
    if not data:
        return Response(status_code=400)
    return await (_put_part(twin, request, asset, data) if kind == "video" else _put_whole(twin, asset, data))


async def _put_whole(twin: Twin, asset: Asset, data: bytes) -> Response:
    medium = await twin.shelf.keep(data)
    _received(twin, asset, medium)
    return Response(status_code=201)


async def _put_part(twin: Twin, request: Request, asset: Asset, data: bytes) -> Response:
    index = request.query_params.get("part", "")
    first = int(index) * _PART if index.isdigit() else -1
    if not 0 <= first < asset.facts["size"] or len(data) != min(_PART, asset.facts["size"] - first):
        return Response(status_code=400)
    etag = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
    path = twin.shelf.parts(f"{asset.id}:{index}")
    path.write_bytes(data)
    with twin.ledger.writing():
        current = twin.ledger.asset(asset.id) or asset
        twin.ledger.change_asset(asset.id, parts={**current.facts["parts"], index: etag})
    return Response(status_code=200, headers={"etag": etag})


async def _finalize(call: Call) -> Response:
    request = (await call.json()).get("finalizeUploadRequest")
    if not isinstance(request, dict) or set(request) != {"video", "uploadToken", "uploadedPartIds"}:
        text = "ERROR :: /finalizeUploadRequest :: video, uploadToken and uploadedPartIds are required"
        raise LinkedInError(422, "UNPROCESSABLE_ENTITY", text)
    asset = call.twin.ledger.asset(str(request["video"]))
    if asset is None or asset.kind != "video" or not call.may_act_for(asset.owner):
        raise forbidden("videos.finalizeUpload")
    count = -(-asset.facts["size"] // _PART)
    wanted = [asset.facts["parts"].get(str(index)) for index in range(count)]
    if request["uploadedPartIds"] != wanted or request["uploadToken"] != asset.facts["upload_token"]:
        raise illegal("The uploaded part ids do not match the parts received", "INVALID_VALUE_FOR_FIELD")
    if asset.facts["medium"] is None:
        paths = [call.twin.shelf.parts(f"{asset.id}:{index}") for index in range(count)]
        medium = await call.twin.shelf.keep(b"".join(path.read_bytes() for path in paths))
        _received(call.twin, asset, medium)
        for path in paths:
            path.unlink(missing_ok=True)
    return Response(status_code=200)


def _received(twin: Twin, asset: Asset, medium: Medium) -> None:
    processing = twin.processing("linkedin")
    twin.ledger.change_asset(
        asset.id,
        medium=vars(medium),
        failure=processing.failure or _fault(asset.kind, medium),
        ready_at=twin.now() + (processing.seconds or 0),
    )


def _fault(kind: str, medium: Medium) -> str | None:
    """Why processing will fail, or None."""
    if kind == "video":
        good = medium.kind == "video" and medium.format == "mp4" and 3 <= medium.seconds <= 1_800.5
        return None if good and _VIDEO_BYTES[0] <= medium.size <= _VIDEO_BYTES[1] else "INVALID_VIDEO"
    if medium.kind != kind or medium.format not in _FORMATS[kind]:
        return "UNSUPPORTED_FORMAT"
    if kind == "image":
        return "TOO_MANY_PIXELS" if medium.width * medium.height >= _PIXELS else None
    return "TOO_LARGE" if medium.size > _DOCUMENT_BYTES or medium.pages > _DOCUMENT_PAGES else None


def status_of(asset: Asset, now: float) -> str:
    """WAITING_UPLOAD, PROCESSING, AVAILABLE or PROCESSING_FAILED."""
    if asset.facts["medium"] is None:
        return "WAITING_UPLOAD"
    if now < asset.facts["ready_at"]:
        return "PROCESSING"
    return "PROCESSING_FAILED" if asset.facts["failure"] else "AVAILABLE"


async def show(call: Call) -> Response:
    """The state of an upload. A member's token may read its videos, but not its images or documents."""
    asset = call.twin.ledger.asset(call.key)
    if asset is None or asset.platform != "linkedin":
        raise LinkedInError(404, "RESOURCE_NOT_FOUND", f"{call.key} not found")
    if asset.kind != "video":
        call.need("r_organization_social")
    if asset.owner not in (call.token.subject, *call.token.grants):
        raise forbidden(f"{call.request.url.path}")
    state = status_of(asset, call.now)
    answer: dict[str, Any] = {"id": asset.id, "owner": asset.owner, "status": state}
    if state == "PROCESSING_FAILED":
        answer["processingFailureReason"] = asset.facts["failure"]
    if state == "AVAILABLE":
        answer |= {
            "downloadUrl": call.twin.media_url(asset.facts["medium"]["sha256"]),
            "downloadUrlExpiresAt": int((call.now + 86_400) * 1_000),
        }
    return JSONResponse(answer)
