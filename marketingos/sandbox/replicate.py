"""Replicate over HTTP: predictions that start, run and end by themselves, and outputs that expire in an hour.

Pictures come from `painter`; a prediction is a JSON file, so a restart loses none and resumes the unfinished.
Contract: contracts/ai.md section 2. REPLICATE_BASE_URL is wherever these routes are mounted.
"""

import asyncio
import base64
import hashlib
import hmac
import io
import json
import re
import secrets
import shutil
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from . import painter
from .replicate_models import MODELS, HostedModel, model_view, problems
from .twin import Processing, forced_processing

KEPT = timedelta(hours=1)
ENDED = ("succeeded", "failed", "canceled", "aborted")
_UNSAFE = re.compile(r"\b(nsfw|nude|naked|desnud[oa]s?|gore)\b", re.IGNORECASE)
_FORMATS = {"jpg": ("JPEG", "image/jpeg"), "png": ("PNG", "image/png"), "webp": ("WEBP", "image/webp")}
Endpoint = Callable[[Request], Awaitable[Response]]
Bill = Callable[[str, str, str, Mapping[str, int]], None]
"""Writes down what is billed: service, model, request, and how much of each kind."""


def routes(
    *,
    data_dir: Path,
    public_base: str,
    clock: Callable[[], datetime],
    seconds: Callable[[], float] = lambda: 1.0,
    bill: Bill = lambda *entry: None,
) -> list[BaseRoute]:
    """The API's routes, relative to REPLICATE_BASE_URL; outputs live under `<public_base>/replicate/files/`.
    A prediction takes at least `seconds`; `bill` learns of every one that succeeded. The fault script's processing
    applies: one that takes longer, and one that fails (`nsfw`, `canceled`, `aborted`, or any other reason)."""
    api = _Replicate(data_dir / "replicate", public_base.rstrip("/"), clock, seconds, bill)
    table: list[tuple[str, str, Endpoint]] = [
        ("POST", "/v1/models/{owner}/{name}/predictions", api.create),
        ("GET", "/v1/models/{owner}/{name}", api.model),
        ("POST", "/v1/predictions", api.create_by_version),
        ("GET", "/v1/predictions", api.predictions),
        ("GET", "/v1/predictions/{id}", api.retrieve),
        ("POST", "/v1/predictions/{id}/cancel", api.cancel),
        ("GET", "/v1/account", api.account),
        ("GET", "/v1/webhooks/default/secret", api.webhook_secret),
    ]
    guarded: list[BaseRoute] = [Route(path, _answering(end), methods=[method]) for method, path, end in table]
    return [*guarded, Route("/files/{id}/{file}", api.file, methods=["GET"])]


class _Problem(Exception):
    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail


def _answering(endpoint: Endpoint) -> Endpoint:
    """Authentication and problem documents, around every endpoint of the API."""

    async def answer(request: Request) -> Response:
        try:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() not in ("bearer", "token") or not token.strip():
                raise _Problem(401, "Unauthenticated", "You did not pass a valid authentication token")
            return await endpoint(request)
        except _Problem as problem:
            return JSONResponse({"title": problem.title, "detail": problem.detail, "status": problem.status},
                                status_code=problem.status, media_type="application/problem+json")  # fmt: skip

    return answer


@dataclass
class _Replicate:
    folder: Path
    public_base: str
    clock: Callable[[], datetime]
    seconds: Callable[[], float]
    bill: Bill
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def create(self, request: Request) -> Response:
        model = MODELS.get((request.path_params["owner"], request.path_params["name"]))
        if model is None:
            raise _Problem(404, "Not found", "The requested resource could not be found.")
        return await self._created(request, model, await _json(request))

    async def create_by_version(self, request: Request) -> Response:
        body = await _json(request)
        asked = str(body.get("version", ""))
        model = next((m for m in MODELS.values() if asked in (m.version, f"{m.owner}/{m.name}")), None)
        if model is None:
            raise _Problem(422, "Invalid version or not permitted", "The specified version does not exist")
        return await self._created(request, model, body)

    async def _created(self, request: Request, model: HostedModel, body: Mapping[str, Any]) -> Response:
        if found := problems(model, body.get("input")):
            raise _Problem(422, "Input validation failed", "".join(f"- {line}\n" for line in found))
        if not re.match(r"https?://", str(body.get("webhook") or "https://")):
            raise _Problem(422, "Invalid webhook", "- webhook: Must be an HTTP or HTTPS URL")
        self._expire()
        prediction = self._start(model, body)
        headers = {}
        if wait := re.search(r"wait(?:=(\d+))?", request.headers.get("prefer", "")):
            allowed = min(max(int(wait[1] or 60), 1), 60)
            await asyncio.wait([self.running[prediction["id"]]], timeout=allowed)
            headers["preference-applied"] = f"wait={allowed}"
        return JSONResponse(self._read(prediction["id"]), status_code=201, headers=headers)

    async def retrieve(self, request: Request) -> Response:
        prediction = self._read(request.path_params["id"])
        if prediction["status"] not in ENDED:
            self._run(prediction)
        return JSONResponse(prediction)

    async def predictions(self, request: Request) -> Response:
        found = [json.loads(path.read_text("utf-8")) for path in self.folder.glob("predictions/*.json")]
        newest = sorted(found, key=lambda p: str(p["created_at"]), reverse=True)[:100]
        return JSONResponse({"previous": None, "next": None, "results": newest})

    async def cancel(self, request: Request) -> Response:
        prediction = self._read(request.path_params["id"])
        if task := self.running.pop(prediction["id"], None):
            task.cancel()
        if prediction["status"] not in ENDED:
            prediction |= {"status": "canceled", "completed_at": _stamp(self.clock())}
            self._write(prediction)
        return JSONResponse(prediction)

    async def model(self, request: Request) -> Response:
        model = MODELS.get((request.path_params["owner"], request.path_params["name"]))
        if model is None:
            raise _Problem(404, "Not found", "The requested resource could not be found.")
        return JSONResponse(model_view(model))

    async def account(self, request: Request) -> Response:
        return JSONResponse({"type": "organization", "username": "codetix", "name": "CodeTix", "github_url": None,
                             "avatar_url": None})  # fmt: skip

    async def webhook_secret(self, request: Request) -> Response:
        return JSONResponse({"key": self._secret()})

    async def file(self, request: Request) -> Response:
        """An output, to anybody who has its address, until it expires."""
        prediction_id, name = request.path_params["id"], request.path_params["file"]
        path = self.folder / "files" / prediction_id / name
        gone = not re.fullmatch(r"[a-z0-9]+", prediction_id) or not re.fullmatch(r"[\w-]+\.\w+", name)
        if gone or not path.is_file() or self._read(prediction_id).get("data_removed"):
            return Response("Not found", status_code=404)
        return FileResponse(path, headers={"cache-control": "public, max-age=3600"})

    def _start(self, model: HostedModel, body: Mapping[str, Any]) -> dict[str, Any]:
        prediction_id = base64.b32encode(secrets.token_bytes(16)).decode().lower().rstrip("=")
        address = f"{self.public_base}/replicate/v1/predictions/{prediction_id}"
        prediction = {
            "id": prediction_id, "model": f"{model.owner}/{model.name}", "version": "hidden",
            "status": "starting", "input": dict(body["input"]), "output": None, "logs": "", "error": None,
            "metrics": {}, "data_removed": False, "source": "api", "created_at": _stamp(self.clock()),
            "started_at": None, "completed_at": None, "webhook": body.get("webhook"),
            "webhook_events_filter": body.get("webhook_events_filter") or ["completed"],
            "urls": {"get": address, "cancel": f"{address}/cancel", "web": f"https://replicate.com/p/{prediction_id}"},
        }  # fmt: skip
        self._write(prediction)
        self._run(prediction)
        return prediction

    def _run(self, prediction: dict[str, Any]) -> None:
        """Sees to it that this prediction is being worked on, once: also after a restart."""
        if prediction["id"] not in self.running:
            task = asyncio.create_task(self._work(dict(prediction)))
            self.running[prediction["id"]] = task
            task.add_done_callback(lambda _: self.running.pop(prediction["id"], None))

    async def _work(self, prediction: dict[str, Any]) -> None:
        forced = forced_processing.get() or Processing()
        seconds = self.seconds() if forced.seconds is None else forced.seconds
        failure = "nsfw" if _UNSAFE.search(str(prediction["input"]["prompt"])) else forced.failure
        await asyncio.sleep(seconds * 0.2)
        started = asyncio.get_running_loop().time()
        if failure != "aborted":
            prediction |= {"status": "processing", "started_at": _stamp(self.clock())}
            self._write(prediction)
        if failure:
            ended = _failed(failure)
        else:
            files = await asyncio.to_thread(self._make, prediction)
            ended = {"status": "succeeded", "output": files}
        spent = asyncio.get_running_loop().time() - started
        await asyncio.sleep(max(0.0, seconds * 0.8 - spent))
        if ended["status"] in ("succeeded", "canceled"):
            self.bill("replicate", prediction["model"], prediction["id"], {"calls": 1, "units": _count(ended)})
        prediction |= ended | {"completed_at": _stamp(self.clock()), "metrics": {"predict_time": round(spent, 3)}}
        self._write(prediction)
        if prediction["webhook"] and "completed" in prediction["webhook_events_filter"]:
            await asyncio.to_thread(self._notify, prediction)

    def _make(self, prediction: Mapping[str, Any]) -> Any:
        """Paints the output files; their address, or a list of addresses where the model gives a list."""
        owner, name = prediction["model"].split("/")
        model, given = MODELS[owner, name], prediction["input"]
        folder = self.folder / "files" / prediction["id"]
        folder.mkdir(parents=True, exist_ok=True)
        addresses = []
        for number in range(given.get("num_outputs", 1)):
            file, data = _output(model, given, number)
            (folder / file).write_bytes(data)
            addresses.append(f"{self.public_base}/replicate/files/{prediction['id']}/{file}")
        return addresses if model.output == "list" else addresses[0]

    def _notify(self, prediction: Mapping[str, Any]) -> None:
        """The completed webhook, signed as `id.timestamp.body`; an unreachable address is left alone."""
        body = json.dumps(prediction).encode()
        sent = {"webhook-id": f"msg_{prediction['id']}", "webhook-timestamp": str(int(self.clock().timestamp()))}
        key = base64.b64decode(self._secret().removeprefix("whsec_"))
        signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
        signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        headers = sent | {"webhook-signature": f"v1,{signature}", "content-type": "application/json"}
        request = urllib.request.Request(prediction["webhook"], body, headers)  # noqa: S310 - checked at creation
        try:
            urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
        except OSError:
            return

    def _secret(self) -> str:
        path = self.folder / "webhook_secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("whsec_" + base64.b64encode(secrets.token_bytes(24)).decode())
        return path.read_text()

    def _path(self, prediction_id: str) -> Path:
        return self.folder / "predictions" / f"{prediction_id}.json"

    def _write(self, prediction: Mapping[str, Any]) -> None:
        path = self._path(prediction["id"])
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(prediction), "utf-8")
        draft.replace(path)

    def _read(self, prediction_id: str) -> dict[str, Any]:
        path = self._path(prediction_id)
        if not re.fullmatch(r"[a-z0-9]+", prediction_id) or not path.exists():
            raise _Problem(404, "Not found", "The requested resource could not be found.")
        prediction: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return self._without_expired(prediction)

    def _without_expired(self, prediction: dict[str, Any]) -> dict[str, Any]:
        completed = prediction["completed_at"]
        if prediction["data_removed"] or not completed or self.clock() < _parsed(completed) + KEPT:
            return prediction
        prediction |= {"input": {}, "output": None, "logs": "", "data_removed": True}
        self._write(prediction)
        shutil.rmtree(self.folder / "files" / prediction["id"], ignore_errors=True)
        return prediction

    def _expire(self) -> None:
        for folder in (self.folder / "files").glob("*"):
            if self._path(folder.name).exists():
                self._read(folder.name)


def _failed(reason: str) -> dict[str, Any]:
    """How a prediction ends that gives nothing."""
    if reason in ("canceled", "aborted"):
        return {"status": reason}
    if reason == "nsfw":
        return {
            "status": "failed",
            "error": "NSFW content detected. Try running it again, or try a different prompt.",
        }
    return {"status": "failed", "error": f"Prediction failed: {reason}"}


def _count(ended: Mapping[str, Any]) -> int:
    """How many outputs are billed; one that was canceled after its start counts as one."""
    return len(ended["output"]) if isinstance(ended.get("output"), list) else 1


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise _Problem(400, "Bad request", "The request body is not valid JSON") from None
    return body if isinstance(body, dict) else {}


def _output(model: HostedModel, given: Mapping[str, Any], number: int) -> tuple[str, bytes]:
    """File name and bytes of one output."""
    width, height = model.size(given)
    seed = None if given.get("seed") is None else int(given["seed"]) + number
    picture = painter.paint(given["prompt"], width, height, seed=number if seed is None else seed)
    if model.kind == "video":
        return "out-0.mp4", painter.film(picture, seconds=given.get("duration", 5))
    kind = str(given.get("output_format") or model.properties["output_format"]["default"])
    out = io.BytesIO()
    picture.save(out, _FORMATS[kind][0], quality=int(given.get("output_quality", 92)) or 1)
    return f"out-{number}.{kind}", out.getvalue()


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _parsed(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))
