"""The application: routes, pages, error handling, and what is built when it starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from api import errors
from api.body import CheckedBody
from api.dependencies import Application, Readiness
from api.guard import LoopbackOnly
from api.routes import grades, health, questions, rubrics
from api.web import pages
from grader import __version__
from grader.bootstrap import Services, build_services, open_store
from grader.settings import Settings

_PROBLEMS: Final[dict[int | str, str]] = {
    "4XX": "The request cannot be served; the problem says what is wrong, where, and what to do",
    "5XX": "The service cannot serve it now",
    422: "Fields of the request are not valid",
}


class _Api(FastAPI):
    """FastAPI, but its description tells errors as what they are: problem+json."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        for path in described["paths"].values():
            for operation in path.values():
                for response in operation["responses"].values():
                    _name_problem(response.get("content", {}))
        return described


def _name_problem(content: dict[str, Any]) -> None:
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    if reference.endswith("/ProblemBody"):
        content[errors.MEDIA_TYPE] = content.pop("application/json")


def create_app(settings: Settings, services: Services | None = None) -> FastAPI:
    """The application for these settings; `services` replaces what would be built from them."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with services or build_services(settings) as built, open_store(settings) as store:
            readiness = Readiness()
            app.state.application = Application(built, store, readiness)
            warming = asyncio.create_task(readiness.warm_up(built, store))
            yield
            warming.cancel()
            with suppress(asyncio.CancelledError):
                await warming

    app = _Api(
        title="answer-grader",
        version=__version__,
        summary="Grades free-text answers against the key points of a reference answer.",
        lifespan=lifespan,
        docs_url=None,  # its scripts come from another site, which the content policy forbids
        redoc_url=None,
        responses={
            status: {"model": errors.ProblemBody, "description": meaning} for status, meaning in _PROBLEMS.items()
        },
    )
    for module in (health, questions, grades, rubrics, pages):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    app.add_middleware(CheckedBody, render=_show_problem)
    app.add_middleware(LoopbackOnly)
    errors.install(app, _show_problem)
    return app


async def _show_problem(request: Request, problem: errors.Problem) -> Response:
    """A page for people, problem+json for programs."""
    return pages.show_problem(request, problem) if pages.is_page(request) else problem.response()
