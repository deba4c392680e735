"""The platforms' own contracts: what they call here, in their words."""

from fastapi import APIRouter

from api.integrations import ashby, greenhouse, workable
from grader.settings import Settings


def routers(settings: Settings) -> tuple[APIRouter, ...]:
    """What these settings serve: what was never tried with its platform only where that is asked for."""
    tried = (greenhouse.router, ashby.router)
    return (*tried, workable.router) if settings.workable_unverified else tried
