"""The truth about this installation, for monitors: what works, since when, and what is overdue."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from marketingos import adapters, clock
from marketingos.db import reading, session
from marketingos.domain.audit import Heartbeat
from marketingos.domain.cycle import CycleRun, CycleState
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.settings import get_settings

SCHEDULER = "scheduler"
HEARTBEAT_EVERY = timedelta(seconds=15)
_SILENT_AFTER = timedelta(seconds=90)
_OVERDUE_AFTER = timedelta(minutes=10)
_SUNSET_NOTICE = timedelta(days=60)
_DISK_FLOOR = 200 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check: whether it is fine, why not, and how old the answer is in seconds. `degraded` says that it still is,
    but will not be for long."""

    ok: bool
    degraded: bool = False
    reason: str = ""
    age_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class HealthView:
    """All checks; unhealthy when any of them fails, degraded when one is about to."""

    status: str
    checks: dict[str, Check]
    last_orchestration: datetime | None
    oldest_overdue_seconds: float
    timestamp: datetime


async def beat(name: str, *, ok: bool = True, detail: str = "") -> None:
    """A sign of life."""
    async with session() as s:
        await s.merge(Heartbeat(name=name, at=clock.now(), ok=ok, detail=detail[:200]))


async def report() -> HealthView:
    """Asks everything that matters and answers whether it works."""
    checks = {"disk": _disk(), **_versions()}
    overdue, last = 0.0, None
    try:
        async with reading() as s:
            beaten = await s.get(Heartbeat, SCHEDULER)
            active = (DeliveryStatus.QUEUED, DeliveryStatus.RETRYING, DeliveryStatus.SENDING)
            oldest = (await s.exec(select(func.min(Delivery.not_before)).where(col(Delivery.status).in_(active)))).one()
            last = (await s.exec(select(func.max(CycleRun.finished_at)).where(CycleRun.state == CycleState.DONE))).one()
        checks["database"] = Check(ok=True)
        checks["scheduler"] = _scheduler(beaten)
        overdue = max((clock.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
        late = overdue > clock.human(_OVERDUE_AFTER).total_seconds()
        checks["deliveries"] = Check(ok=not late, reason="overdue" if late else "")
    except SQLAlchemyError as error:
        checks["database"] = Check(ok=False, reason=type(error).__name__)
    return HealthView(
        status=_status(checks),
        checks=checks,
        last_orchestration=last,
        oldest_overdue_seconds=overdue,
        timestamp=clock.now(),
    )


def _status(checks: Mapping[str, Check]) -> str:
    if not all(check.ok for check in checks.values()):
        return "unhealthy"
    return "degraded" if any(check.degraded for check in checks.values()) else "healthy"


def _versions() -> Mapping[str, Check]:
    """The API versions that the settings name, each with the day on which its provider ends it."""
    today = clock.today("UTC")
    return {name: _version(sunset, today) for name, sunset in adapters.sunsets().items()}


def _version(sunset: date | None, today: date) -> Check:
    if sunset is None or sunset - today > _SUNSET_NOTICE:
        return Check(ok=True)
    reason = "version ended" if sunset <= today else f"version ends on {sunset.isoformat()}"
    return Check(ok=sunset > today, degraded=True, reason=reason)


def _scheduler(beaten: Heartbeat | None) -> Check:
    if get_settings().scheduler == "external":
        return Check(ok=True, reason="external")
    if beaten is None:
        return Check(ok=False, reason="never started")
    age = clock.now() - beaten.at
    silent = age > clock.human(_SILENT_AFTER)
    return Check(ok=not silent, reason="silent" if silent else "", age_seconds=age.total_seconds())


def _disk() -> Check:
    folder = get_settings().data_dir
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    return Check(ok=free > _DISK_FLOOR, reason="" if free > _DISK_FLOOR else f"{free // 1024 // 1024} MiB left")
