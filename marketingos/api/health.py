"""`/livez` for the process alone, `/health` for the truth about everything, `/robots.txt` for crawlers."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from marketingos.services import health

router = APIRouter()


@router.get("/livez", response_class=PlainTextResponse)
async def livez() -> str:
    """The process answers."""
    return "ok"


@router.get("/health")
@router.get("/api/marketing/health")
async def report() -> Response:
    """Every check with its reason and age; 503 when any of them fails, 200 also when one is about to."""
    view = await health.report()
    body = {
        "status": view.status,
        "checks": {
            name: {
                "ok": check.ok,
                "degraded": check.degraded,
                "reason": check.reason,
                "ageSeconds": check.age_seconds,
            }
            for name, check in view.checks.items()
        },
        "lastOrchestration": view.last_orchestration.isoformat() if view.last_orchestration else None,
        "oldestOverdueSeconds": view.oldest_overdue_seconds,
        "timestamp": view.timestamp.isoformat(),
    }
    return JSONResponse(body, status_code=503 if view.status == "unhealthy" else 200)


@router.get("/robots.txt", response_class=PlainTextResponse)
async def robots() -> str:
    """Platforms obey it when they fetch media (Meta's crawler does), so `/media` is open and the rest is not."""
    return "User-agent: *\nAllow: /media/\nDisallow: /\n"
