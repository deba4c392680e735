"""`/problems`: every error the service knows by name, written from the one table of them."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.errors import TYPE_PREFIX
from api.problems import PROBLEMS
from api.web.rendering import page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/problems")
async def show_problems() -> Response:
    """When each problem comes, with which status, and what to do about it."""
    return page("problems.html", problems=PROBLEMS, prefix=TYPE_PREFIX, phrase=lambda status: HTTPStatus(status).phrase)
