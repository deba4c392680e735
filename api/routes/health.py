"""Whether the process is alive, and whether it is ready."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.dependencies import App
from api.schemas import Health

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """Alive: the process answers."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Health}})
async def readyz(app: App, response: Response) -> Health:
    """Ready: models are loaded, the bank is read, the store is open."""
    readiness = app.readiness
    if not readiness.waiting_for:
        return Health(status="ok")
    response.status_code = 503
    response.headers["Retry-After"] = "2"
    settled = readiness.waiting_for <= readiness.failures.keys()
    return Health(status="failed" if settled else "starting", waiting_for=sorted(readiness.waiting_for))
