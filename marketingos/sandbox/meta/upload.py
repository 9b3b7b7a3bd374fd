"""rupload: the bytes of reels, video stories and resumable Instagram containers."""

from typing import Any

from starlette.requests import Request

from marketingos.sandbox.meta.instagram import video_failure
from marketingos.sandbox.meta.oauth import resolve_token
from marketingos.sandbox.meta.pages import CRAWLER
from marketingos.sandbox.meta.wire import GraphError, unknown_object
from marketingos.sandbox.rows import Asset, Medium
from marketingos.sandbox.twin import DownloadError, Twin

_LIMIT = 1_000_000_000


async def receive(twin: Twin, request: Request) -> dict[str, Any]:
    """Take the bytes for a video or container; headers `Authorization: OAuth`, `offset`, `file_size` or `file_url`."""
    target = _target(twin, request)
    if request.method == "GET":
        return {"video_status": {"uploading_phase": {"bytes_transferred": _received(twin, target)}}}
    data = await _bytes(twin, request, target)
    if data is None:
        return {"success": True}
    medium = await twin.shelf.keep(data)
    _take(twin, target, medium)
    return {"success": True, "message": "Upload successful."}


def _target(twin: Twin, request: Request) -> Asset:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme != "OAuth":
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)
    token = resolve_token(twin, text)
    target = twin.ledger.asset(request.path_params["target"])
    owner = twin.ledger.account(target.owner) if target else None
    if target is None or owner is None or not {owner.id, owner.parent} & {token.subject, *token.grants}:
        raise unknown_object(request.path_params["target"], "post")
    return target


async def _bytes(twin: Twin, request: Request, target: Asset) -> bytes | None:
    """The whole file once it is there; None while parts are missing."""
    if url := request.headers.get("file_url"):
        try:
            return await twin.download(url, agent=CRAWLER, limit=_LIMIT)
        except DownloadError as error:
            raise GraphError(389, "(#389) Unable to fetch video file from URL.") from error
    offset, size = request.headers.get("offset", ""), request.headers.get("file_size", "")
    if not offset.isdigit() or not size.isdigit():
        raise GraphError(6000, "(#6000) The headers offset and file_size are required")
    part, data = twin.shelf.parts(target.id), await request.body()
    if int(offset) != _received(twin, target) or int(offset) + len(data) > int(size):
        raise GraphError(6001, "(#6001) The offset does not match the bytes received so far")
    with part.open("ab") as file:
        file.write(data)
    if int(offset) + len(data) < int(size):
        return None
    whole = part.read_bytes()
    part.unlink()
    return whole


def _received(twin: Twin, target: Asset) -> int:
    part = twin.shelf.parts(target.id)
    return part.stat().st_size if part.exists() else 0


def _take(twin: Twin, target: Asset, medium: Medium) -> None:
    if target.kind == "container":
        processing = twin.processing("instagram")
        failure = target.facts["failure"] or processing.failure or video_failure(medium, target.facts["kind"])
        twin.ledger.change_asset(
            target.id,
            media=[vars(medium)],
            awaiting=False,
            failure=failure,
            ready_at=twin.now() + (processing.seconds or 0),
        )
        return
    twin.ledger.change_asset(target.id, medium=vars(medium))
