"""`POST /api/posts/{id}/media`: a person's own file, as the bare body, for some platforms of a post.

Who asks is told by the session cookie, which a foreign page cannot make the browser send; what is too large is refused
while it comes in.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from anyio import to_thread
from fastapi import APIRouter, BackgroundTasks, Cookie, Query, Request
from fastapi.responses import JSONResponse

from marketingos.domain.media import FILM_LIMIT
from marketingos.domain.platform import Platform
from marketingos.errors import Forbidden, InvalidInput, MarketingError, NotFound, NotSignedIn
from marketingos.services import attaching, fitting, people
from marketingos.text import language_or_default, sentence

router = APIRouter(tags=["media"])

_STATUS: dict[type[MarketingError], int] = {NotSignedIn: 401, Forbidden: 403, NotFound: 404, InvalidInput: 422}


@router.post("/api/posts/{post_id}/media", status_code=201)
async def upload(
    post_id: int,
    request: Request,
    after: BackgroundTasks,
    platforms: Annotated[list[Platform], Query()],
    replace: bool = False,
    name: Annotated[str, Query(max_length=1000)] = "",
    language: str = "",
    marketingos_session: Annotated[str | None, Cookie()] = None,
) -> JSONResponse:
    """Takes the body; `name` is the file's, from which a document gets its first title.

    201 with the file's id, and the platforms that would not take it, each with a sentence; else problem JSON
    (RFC 9457) whose `detail` is the sentence for the person."""
    spoken = language_or_default(language)
    try:
        actor = await people.who_is(marketingos_session)
        if actor is None:
            raise NotSignedIn
        _refuse_strangers(request)
        await attaching.may_attach(actor, post_id)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "given"
            await _receive(request, file)
            done = await attaching.attach(actor, post_id, platforms, file, replace=replace, name=name)
    except MarketingError as error:
        return _problem(error, spoken)
    after.add_task(fitting.fit_waiting)
    left_out = [
        {"platform": platform.value, "why": sentence(problem.key, spoken, **problem.values)}
        for platform, problem in done.left_out.items()
    ]
    answer: dict[str, Any] = {"mediaId": done.media_id, "leftOut": left_out}
    return JSONResponse(answer, 201, background=after)


def _refuse_strangers(request: Request) -> None:
    """A browser names the page that asks; it has to be one of ours."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden


async def _receive(request: Request, file: Path) -> None:
    """The body into a file, no further than the limit."""
    told, taken = request.headers.get("content-length", ""), 0
    if told.isdecimal() and int(told) > FILM_LIMIT:
        raise _too_large()
    with file.open("wb") as target:
        async for part in request.stream():
            taken += len(part)
            if taken > FILM_LIMIT:
                raise _too_large()
            await to_thread.run_sync(target.write, part)


def _too_large() -> InvalidInput:
    return InvalidInput("media.too_large", field="file", most=FILM_LIMIT // 1_000_000)


def _problem(error: MarketingError, language: str) -> JSONResponse:
    status = next((number for kind, number in _STATUS.items() if isinstance(error, kind)), 409)
    status = 413 if error.key == "media.too_large" else status
    body = {"title": error.key, "status": status, "detail": sentence(error.key, language, **error.values)}
    return JSONResponse(body, status, media_type="application/problem+json")
