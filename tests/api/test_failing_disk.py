"""A disk that fails under the service, by strace: what it did not keep was never acknowledged, and the process ends."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.patience import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

ASK = {"question_id": "DL0028", "answer": "Each token attends to a window of its neighbours."}
ROOT = Path(__file__).parents[2]
ENDS_SECONDS = 40
"""In which the process has ended: requests under way get 30."""


@contextmanager
def running(file: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    environment = {**os.environ, "GRADER_DATABASE_URL": f"sqlite:///{file}"}
    command = [sys.executable, "-m", "tests.api.crashing"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        with httpx.Client(base_url=f"http://127.0.0.1:{process.stdout.readline().strip()}", timeout=60) as client:
            try:
                until(lambda: client.get("/readyz").status_code == 200)
                yield process, client
            finally:
                process.kill()


@contextmanager
def injected(process: subprocess.Popen[str], fault: str) -> Iterator[None]:
    """Every sync of the process to its disk fails, or takes longer, inside this."""
    calls = "fdatasync,fsync"
    command = ["strace", "-f", "-p", str(process.pid), "-e", f"trace={calls}", "-e", f"inject={calls}:{fault}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        said = tracer.stderr.readline()
        if "attached" not in said:
            pytest.skip(f"strace may not trace here: {said.strip()}")
        try:
            yield
        finally:
            tracer.terminate()


def made(client: httpx.Client) -> str | None:
    """The id of a grade that was acknowledged, or None."""
    with suppress(httpx.TransportError):
        response = client.post("/v1/grades", json=ASK)
        assert response.status_code in {201, 503, 507}
        return str(response.json()["id"]) if response.status_code == 201 else None
    return None


def test_a_disk_that_fails_to_sync_ends_the_process_and_costs_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    file = tmp_path / "grader.db"
    with running(file) as (process, client):
        before = made(client)
        assert before is not None
        with injected(process, "error=EIO"):
            assert made(client) is None
            assert process.wait(ENDS_SECONDS) != 0
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with running(file) as (_, client):
        assert client.get(f"/v1/grades/{before}").status_code == 200
        assert made(client) is not None


def test_a_disk_that_is_slow_to_sync_costs_time_only(tmp_path: Path) -> None:
    with running(tmp_path / "grader.db") as (process, client), injected(process, "delay_enter=200000"):
        began = time.monotonic()
        assert made(client) is not None
        assert time.monotonic() - began >= 0.2
