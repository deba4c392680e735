"""The service over a database that is away and comes back, or that is too old for it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.server import serve as run_server
from grader.errors import SchemaOutdated
from tests.patience import until
from tests.postgres import OWNER, SERVER, Postgres

ANSWER = {"question_id": "DL0028", "answer": "I don't know"}


def statuses(client: TestClient) -> tuple[int, int, int]:
    """Of the two health checks, and of a grade."""
    return client.get("/healthz").status_code, client.get("/readyz").status_code, graded(client)


def graded(client: TestClient) -> int:
    response = client.post("/v1/grades", json=ANSWER)
    if response.status_code != 201:
        assert response.json()["type"].endswith(":storage-unavailable")
        assert int(response.headers["Retry-After"]) > 0
        assert "grader.db" not in response.text
    return response.status_code


def becomes_ready(client: TestClient) -> bool:
    return until(lambda: client.get("/readyz").status_code == 200)


def test_a_database_that_is_away_at_the_start_is_waited_for(serve: Callable[..., TestClient], tmp_path: Path) -> None:
    (tmp_path / "grader.db").mkdir()  # in the way of the file
    client = serve(wait=False, data_dir=tmp_path)
    assert statuses(client) == (200, 503, 503)
    (tmp_path / "grader.db").rmdir()
    assert becomes_ready(client)
    assert graded(client) == 201


def test_a_database_that_goes_away_is_told_at_once_and_used_again_when_it_is_back(
    serve: Callable[..., TestClient], own_postgres: Postgres
) -> None:
    with own_postgres.database() as name:
        client = serve(database_url=own_postgres.url(name, SERVER))
        assert statuses(client) == (200, 200, 201)
        own_postgres.control("stop", "-m", "immediate")
        assert statuses(client) == (200, 503, 503)
        own_postgres.control("start")
        assert statuses(client) == (200, 200, 201)


def test_a_server_over_an_outdated_database_ends_and_says_how_to_upgrade_it(
    build: Callable[..., FastAPI], postgres: Postgres
) -> None:
    with postgres.database(template=None) as name, socket.create_server(("127.0.0.1", 0)) as listener:
        app = build(database_url=postgres.url(name, OWNER))
        with pytest.raises(SchemaOutdated, match="grader db upgrade"):
            run_server(app, listener)
