"""Databases with the tables of the engine, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from grader.adapters.dbos import migrate
from tests.grader.batch.worker import Plan
from tests.postgres import OWNER, SERVER, Postgres

NewPlan = Callable[..., Plan]


@pytest.fixture
def new_plan(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str], str]) -> Iterator[NewPlan]:
    """Makes the plan of workers on an empty database of a kind."""
    with ExitStack() as made:

        def new(kind: str, **fields: object) -> Plan:
            if kind == "sqlite":
                return Plan(new_database(kind), str(tmp_path), **fields)
            server: Postgres = request.getfixturevalue("own_postgres" if kind == "own" else "postgres")
            name = made.enter_context(server.database())
            migrate(server.url(name, OWNER), [SERVER])
            return Plan(server.url(name, SERVER), str(tmp_path), **fields)

        yield new
