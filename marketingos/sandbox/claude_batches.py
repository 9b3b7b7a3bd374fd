"""Message Batches: accepted unvalidated, ended a little later, results by line (contracts/ai.md 1.6)."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .claude_rules import ApiError, invalid

_CUSTOM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_NOT_IN_A_BATCH = ("stream", "speed")
PROCESSING = timedelta(seconds=20)
Message = Callable[[Mapping[str, Any], str, str], dict[str, Any]]


@dataclass
class _Batch:
    id: str
    requests: list[dict[str, Any]]
    created: datetime
    cancelled: datetime | None = None
    lines: list[dict[str, Any]] | None = None


@dataclass
class Batches:
    """The batches of this server, oldest first; `message` answers one request or raises ApiError."""

    clock: Callable[[], datetime]
    message: Message
    held: dict[str, _Batch] = field(default_factory=dict)

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Takes `{requests: [{custom_id, params}]}`; params are not validated until they are processed."""
        requests = body.get("requests")
        if not isinstance(requests, list) or not requests:
            raise invalid("requests: List should have at least 1 item after validation")
        names = [request.get("custom_id") for request in requests]
        if not all(isinstance(name, str) and _CUSTOM_ID.match(name) for name in names):
            raise invalid("requests.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'")
        if len(set(names)) < len(names):
            raise invalid("requests: custom_id must be unique within a batch")
        batch = _Batch(f"msgbatch_01{secrets.token_hex(10)}", requests, self.clock())
        self.held[batch.id] = batch
        return self._view(batch, "")

    def retrieve(self, batch_id: str, mount: str) -> dict[str, Any]:
        """The batch's state; `mount` is what its results address starts with."""
        return self._view(self._find(batch_id), mount)

    def newest(self, mount: str) -> list[dict[str, Any]]:
        """All batches, the newest first."""
        return [self._view(batch, mount) for batch in reversed(self.held.values())]

    def cancel(self, batch_id: str, mount: str) -> dict[str, Any]:
        """Stops what has not been processed; those requests end as `canceled` and are not billed."""
        batch = self._find(batch_id)
        if self._status(batch) == "in_progress":
            batch.cancelled = self.clock()
            batch.lines = [_line(request, {"type": "canceled"}) for request in batch.requests]
        return self._view(batch, mount)

    def results(self, batch_id: str) -> list[dict[str, Any]]:
        """One line per request, in no promised order; 404 until the batch has ended."""
        batch = self._find(batch_id)
        if self._status(batch) != "ended":
            raise ApiError(404, "not_found_error", f"No results available for batch {batch_id}")
        if batch.lines is None:
            batch.lines = [_line(request, self._result(request)) for request in reversed(batch.requests)]
        return batch.lines

    def _find(self, batch_id: str) -> _Batch:
        if batch_id not in self.held:
            raise ApiError(404, "not_found_error", f"Message Batch with id {batch_id} not found")
        return self.held[batch_id]

    def _status(self, batch: _Batch) -> str:
        done = batch.cancelled or self.clock() >= batch.created + PROCESSING
        return "ended" if done else "in_progress"

    def _result(self, request: Mapping[str, Any]) -> dict[str, Any]:
        params = request.get("params") or {}
        try:
            for name in _NOT_IN_A_BATCH:
                if params.get(name):
                    raise invalid(f"{name}: Extra inputs are not permitted")
            return {"type": "succeeded", "message": self.message(params, "batch", "batch")}
        except ApiError as error:
            envelope = {"type": "error", "error": {"type": error.kind, "message": error.message}}
            return {"type": "errored", "error": envelope}

    def _view(self, batch: _Batch, mount: str) -> dict[str, Any]:
        ended = self._status(batch) == "ended"
        lines = self.results(batch.id) if ended else []
        counts = {kind: sum(line["result"]["type"] == kind for line in lines)
                  for kind in ("succeeded", "errored", "canceled", "expired")}  # fmt: skip
        stamp = batch.cancelled or batch.created + PROCESSING
        return {
            "id": batch.id, "type": "message_batch", "processing_status": "ended" if ended else "in_progress",
            "request_counts": counts | {"processing": 0 if ended else len(batch.requests)},
            "created_at": batch.created.isoformat(),
            "expires_at": (batch.created + timedelta(hours=24)).isoformat(),
            "ended_at": stamp.isoformat() if ended else None,
            "cancel_initiated_at": batch.cancelled.isoformat() if batch.cancelled else None,
            "archived_at": None,
            "results_url": f"{mount}/v1/messages/batches/{batch.id}/results" if ended else None,
        }  # fmt: skip


def _line(request: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    return {"custom_id": request["custom_id"], "result": result}
