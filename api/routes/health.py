"""Whether the process is alive, and whether it is ready."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from api import metrics
from api.dependencies import App
from api.schemas import Health

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """Alive: the process answers."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Health}})
async def readyz(app: App, response: Response) -> Health:
    """Ready: models are loaded, the bank is read, the database answers."""
    readiness = app.readiness
    if not readiness.waiting_for:
        if await app.database_answers():
            return Health(status="ok")
        response.status_code = 503
        response.headers["Retry-After"] = "2"
        return Health(status="failed", waiting_for=["database"])
    response.status_code = 503
    response.headers["Retry-After"] = "2"
    settled = readiness.waiting_for <= readiness.failures.keys()
    return Health(status="failed" if settled else "starting", waiting_for=sorted(readiness.waiting_for))


@router.get("/metrics", response_class=PlainTextResponse)
async def show_metrics(app: App) -> Response:
    """Counts and times as Prometheus reads them."""
    return Response(app.metrics.text(), media_type=metrics.MEDIA_TYPE)
