"""A service that is killed keeps every promise it gave: each becomes one grade after the next start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from grader.backlog import HOLD

ASK = {"question_id": "DL0028", "answer": "Each token attends to a window of its neighbours."}
LATER = {"Prefer": "respond-async"}
CLIENTS = 8
ROOT = Path(__file__).parents[2]
SECONDS = HOLD.total_seconds() + 60
"""In which all grades must be there: what a killed process was at is taken over when its hold has run out."""


@contextmanager
def running(database_url: str, seconds: float) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """The service with a judge that takes so long."""
    environment = {**os.environ, "GRADER_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "tests.api.crashing", str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            try:
                yield process, client
            finally:
                process.kill()


def promises(client: httpx.Client, process: subprocess.Popen[str]) -> set[str]:
    """Where grades were promised, until the service was killed under the requests."""
    promised: set[str] = set()

    def ask(_number: int) -> None:
        with suppress(httpx.TransportError):
            while True:
                response = client.post("/v1/grades", json=ASK, headers=LATER)
                assert response.status_code == 202
                promised.add(response.headers["Location"])

    with ThreadPoolExecutor(CLIENTS) as pool:
        asking = pool.map(ask, range(CLIENTS))
        while len(promised) < 5 * CLIENTS:
            time.sleep(0.01)
        process.kill()
        list(asking)
    return promised


@pytest.mark.slow
def test_every_promise_of_a_killed_service_becomes_one_grade(database_url: str) -> None:
    with running(database_url, 3_600) as (process, client):
        promised = promises(client, process)
    with running(database_url, 0.0) as (_, client):
        deadline = time.monotonic() + SECONDS
        waiting = set(promised)
        while waiting and time.monotonic() < deadline:
            waiting = {place for place in waiting if client.get(place).json().get("status") in {"queued", "running"}}
            time.sleep(0.2)
        assert {client.get(place).json()["status"] for place in promised} == {"graded"}
        listed = client.get("/v1/grades", params={"limit": 200}).json()["grades"]
        assert len(listed) == len({grade["id"] for grade in listed})
        assert {f"/v1/grades/{grade['id']}" for grade in listed} >= promised or len(listed) == 200
