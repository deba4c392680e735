"""The application: routes, pages, error handling, and what is built when it starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from api import errors
from api.admission import Admission
from api.authentication import Authenticated
from api.body import CheckedBody
from api.dependencies import Application, Readiness
from api.guard import SameSite, SecurityHeaders
from api.idempotency import KEPT, Idempotent
from api.integrations import routers as integrations
from api.methods import KnownMethods
from api.metrics import Metrics
from api.observation import Observed
from api.openapi import DescribedApi
from api.queries import check_query
from api.request_limits import BoundedHead
from api.routes import (
    assessments,
    batches,
    candidates,
    grades,
    health,
    platforms,
    questions,
    reviews,
    rubrics,
    transcripts,
    webhooks,
)
from api.tracing import telemetry
from api.web import manual, rendering, signing_in
from api.web.assessment import ROUTERS as ASSESSMENT
from api.web.practice import ROUTERS as PRACTICE
from api.web.review import ROUTERS as REVIEW
from grader import __version__
from grader.bootstrap import (
    Services,
    build_access,
    build_batches,
    build_desk,
    build_dispatcher,
    build_reception,
    build_services,
    build_settlement,
)
from grader.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter


def create_app(settings: Settings, services: Services | None = None, spans: SpanExporter | None = None) -> FastAPI:
    """The application for these settings; `services` replaces what they would build, `spans` gets the traces."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with services or build_services(settings) as built:
            held = app.state.application = _application(settings, built, metrics)
            warming = asyncio.create_task(held.readiness.warm_up(built))
            dispatcher = build_dispatcher(settings, built.storage, metrics.told)
            background = (held.reception, held.batch_work.embedded(), held.settlement.running(), held.desk)
            work = (held.access.kept_up(KEPT), dispatcher, *background)
            async with AsyncExitStack() as working:
                for each in work:
                    await working.enter_async_context(each)
                yield
            warming.cancel()
            with suppress(asyncio.CancelledError):
                await warming

    app = DescribedApi(
        title="answer-grader",
        version=__version__,
        summary="Grades free-text answers against the key points of a reference answer.",
        lifespan=lifespan,
        dependencies=[Depends(check_query)],
        docs_url=None,  # its scripts come from another site, which the content policy forbids
        redoc_url=None,
        telemetry=telemetry(settings, spans),
        redirect_slashes=False,  # an address is right or wrong; a redirected POST loses its body
    )
    _include_routes(app, settings)
    errors.install(app, _show_problem)
    _surround(app, metrics, settings.request_limit)
    return app


def _application(settings: Settings, services: Services, metrics: Metrics) -> Application:
    """Everything that routes are given."""
    access = build_access(settings, services.storage)
    reception = build_reception(settings, services, access, metrics.graded)
    metrics.watch_backlog(lambda: reception.backlog.waiting)
    return Application(
        services,
        Readiness(),
        access,
        reception,
        metrics,
        build_batches(settings, services, access),
        build_settlement(settings, services, reception.backlog),
        build_desk(services, access),
    )


def _include_routes(app: FastAPI, settings: Settings) -> None:
    """Everything that has an address; what is asked most stands first, for FastAPI tries them in this order."""
    modules = (
        grades,
        health,
        questions,
        batches,
        reviews,
        candidates,
        rubrics,
        transcripts,
        webhooks,
        assessments,
        platforms,
        manual,
        signing_in,
    )
    pages = (*ASSESSMENT, *PRACTICE, *REVIEW)
    for router in (*(module.router for module in modules), *integrations(settings), *pages):
        app.include_router(router)
    app.mount("/static", GZipMiddleware(StaticFiles(directory=rendering.STATIC)), name="static")


def _surround(app: FastAPI, metrics: Metrics, request_limit: int) -> None:
    """What a request passes before it reaches its route, from the inside out."""
    app.add_middleware(Idempotent, render=_show_problem)
    app.add_middleware(CheckedBody, render=_show_problem)
    app.add_middleware(Authenticated, render=_show_problem)
    app.add_middleware(KnownMethods, served=app, render=_show_problem)
    app.add_middleware(SameSite)
    app.add_middleware(BoundedHead, render=_show_problem)
    app.add_middleware(Admission, limit=request_limit, render=_show_problem)
    app.add_middleware(Observed, metrics=metrics, render=_show_problem)
    app.add_middleware(SecurityHeaders)


async def _show_problem(request: Request, problem: errors.Problem) -> Response:
    """A page for people, problem+json for programs."""
    return rendering.show_problem(request, problem) if rendering.is_page(request) else problem.response()
