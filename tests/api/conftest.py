"""The real application on a loopback name, over a fake model, fake judges and a SQLite file of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from opentelemetry.sdk.trace.export import SpanExporter
from starlette.testclient import TestClient

from api.app import create_app
from api.server import configured
from grader.adapters.embedding import BatchingEmbedder
from grader.bootstrap import Services, Storage
from grader.domain import Label
from grader.extracting import LlmExtractor
from grader.fakes import FakeEncoder, FakeJudge
from grader.grading import Grader
from grader.interviews.adviser import Adviser
from grader.judges.similarity import Calibration, SimilarityJudge
from grader.ports import Judge
from grader.settings import Settings
from rubrics.bank import Bank
from tests.api.browsing import launched

START_POLLS = 1_000
"""Requests to /readyz before a start counts as failed; one takes about 2 ms."""


Serve = Callable[..., TestClient]

JUDGES: Mapping[str, Judge] = {
    "fake": FakeJudge({"k1": Label.COVERED, "k2": Label.PARTIAL, "k5": Label.CONTRADICTED}),
    "similarity": SimilarityJudge(Calibration.shipped()),
}


@pytest.fixture(scope="session")
def bank() -> Bank:
    """The shipped questions, read once."""
    return Bank()


@pytest.fixture(scope="module")
def build(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., FastAPI]]:
    """Builds applications; their embedder threads end with the module."""
    with ExitStack() as embedders:

        def application(  # noqa: PLR0913 - what a test may replace
            *,
            judges: Mapping[str, Judge] = JUDGES,
            default_judge: str = "similarity",
            encoder: FakeEncoder | None = None,
            bank: Bank = bank,
            spans: SpanExporter | None = None,
            extractor: LlmExtractor | None = None,
            adviser: Adviser | None = None,
            **settings_of_the_test: Any,
        ) -> FastAPI:
            settings = Settings(**{"data_dir": tmp_path_factory.mktemp("data"), **settings_of_the_test})
            embedder = BatchingEmbedder(encoder or FakeEncoder())
            embedders.callback(embedder.close)
            grader = Grader(judges, default_judge, embedder)
            storage = Storage(settings)
            services = Services(settings, bank, embedder, grader, storage, extractor=extractor, adviser=adviser)
            return create_app(settings, services, spans)

        yield application


@pytest.fixture(scope="module")
def serve(build: Callable[..., FastAPI]) -> Iterator[Serve]:
    """Starts applications, and returns a client of each once it is no longer starting."""
    with ExitStack() as running:

        def started(*, wait: bool = True, **parts: object) -> TestClient:
            client = TestClient(build(**parts), base_url="http://127.0.0.1", raise_server_exceptions=False)
            running.enter_context(client)
            settled = (client.get("/readyz").json()["status"] != "starting" for _ in range(START_POLLS))
            assert not wait or any(settled)
            return client

        yield started


@pytest.fixture(scope="module")
def client(serve: Serve) -> TestClient:
    """A client of an application that is ready; `similarity` judges where nothing else is asked for."""
    return serve()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a window, one a module."""
    with launched() as found:
        yield found


Listen = Callable[[FastAPI], tuple[str, int]]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Starts real servers, with the protocol that `grader serve` speaks, and says where each listens."""
    with ExitStack() as listening:

        def started(app: FastAPI) -> tuple[str, int]:
            server = uvicorn.Server(configured(app))
            listener = listening.enter_context(socket.create_server(("127.0.0.1", 0)))
            thread = threading.Thread(target=server.run, args=([listener],))
            listening.callback(thread.join)
            listening.callback(setattr, server, "should_exit", True)  # noqa: FBT003 - the value it gets
            thread.start()
            found: tuple[str, int] = listener.getsockname()
            return found

        yield started


@pytest.fixture
def address(build: Callable[..., FastAPI], listen: Listen) -> tuple[str, int]:
    """Where a real server listens."""
    return listen(build())


@pytest.fixture
def encoder() -> type[FakeEncoder]:
    """The fake model; `encoder(error)` is one that fails."""
    return FakeEncoder
