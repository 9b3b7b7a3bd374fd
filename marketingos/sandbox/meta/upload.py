"""Bytes: rupload for reels, stories and Instagram containers, and the upload sessions that answer a handle."""

from typing import Any

from starlette.requests import Request

from marketingos.sandbox.meta.instagram import video_failure
from marketingos.sandbox.meta.oauth import resolve_token
from marketingos.sandbox.meta.pages import CRAWLER
from marketingos.sandbox.meta.wire import Call, GraphError, invalid, unknown_object
from marketingos.sandbox.rows import Asset, Medium, Token
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
    token = _oauth(twin, request)
    target = twin.ledger.asset(request.path_params["target"])
    owner = twin.ledger.account(target.owner) if target else None
    if target is None or owner is None or not {owner.id, owner.parent} & {token.subject, *token.grants}:
        raise unknown_object(request.path_params["target"], "post")
    return target


def _oauth(twin: Twin, request: Request) -> Token:
    """These hosts want the scheme word OAuth, not Bearer."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme != "OAuth":
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)
    return resolve_token(twin, text)


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
    return await _append(twin, request, target, int(offset), int(size))


async def _append(twin: Twin, request: Request, target: Asset, offset: int, size: int) -> bytes | None:
    part, data = twin.shelf.parts(target.id), await request.body()
    if offset != _received(twin, target) or offset + len(data) > size:
        raise GraphError(6001, "(#6001) The offset does not match the bytes received so far")
    with part.open("ab") as file:
        file.write(data)
    if offset + len(data) < size:
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


# upload sessions


def open_session(call: Call, app_id: str) -> dict[str, Any]:
    """`POST /{app}/uploads`: announce a file, get a session."""
    size = call.params.whole("file_length")
    if app_id != call.actor.app or not size or not call.params.text("file_type"):
        raise invalid("The parameters file_length and file_type are required, on the app's own node")
    session = Asset(
        id="upload:" + call.twin.secret("session", 48),
        platform="facebook",
        kind="session",
        owner=call.actor.subject,
        created_at=call.now,
        facts={"size": size},
    )
    call.twin.ledger.put_asset(session)
    return {"id": session.id}


async def continue_session(twin: Twin, request: Request) -> dict[str, Any]:
    """Send bytes from header `file_offset` on; the last of them bring the handle `h`. A GET tells the offset."""
    token = _oauth(twin, request)
    session = twin.ledger.asset(f"upload:{request.path_params['session']}")
    if session is None or session.owner != token.subject:
        raise unknown_object(f"upload:{request.path_params['session']}", "post")
    if request.method == "GET":
        return {"id": session.id, "file_offset": _received(twin, session)}
    offset = request.headers.get("file_offset", "")
    if not offset.isdigit():
        raise invalid("The header file_offset is required")
    data = await _append(twin, request, session, int(offset), session.facts["size"])
    if data is None:
        return {"id": session.id, "file_offset": _received(twin, session)}
    medium = await twin.shelf.keep(data)
    handle = "4::" + twin.secret("handle", 60)
    facts = {"medium": vars(medium)}
    twin.ledger.put_asset(
        Asset(id=handle, platform="facebook", kind="handle", owner=token.subject, created_at=twin.now(), facts=facts)
    )
    return {"h": handle}
