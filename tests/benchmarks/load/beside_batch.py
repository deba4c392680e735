"""What a single grade costs beside a batch: `python -m tests.benchmarks.load.beside_batch`.

`POST /v1/grades` at a fixed rate to `grader serve` with its local judge, first alone, then while a batch keeps that
judge busy; issue 7 asks for twice the time at most, at the 99th percentile. BESIDE_SECONDS says how long each (60).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.benchmarks.load.measure import ANSWER, ROOT, SHARES, at_rate
from tests.benchmarks.load.open_loop import quantile

RATE = 2
"""Single grades a second: well below what two cores make."""

ROWS = 50_000
"""Enough to keep the judge busy for as long as anybody measures; the batch is cancelled then."""

SECONDS = float(os.environ.get("BESIDE_SECONDS", "60"))
READY_SECONDS = 120.0


@contextmanager
def served(folder: str) -> Iterator[int]:
    """A service with the local judge on a SQLite file in `folder`; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    environment = os.environ | {"GRADER_DATA_DIR": folder, "GRADER_LOCAL_WITHOUT_KEY": "true"}
    command = [sys.executable, "-c", "from api.command import main; main()", "serve", "--port", str(port)]
    with (
        Path(folder, "server.log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=environment) as server,
    ):
        try:
            _await_ready(port)
            yield port
        finally:
            server.terminate()


def _await_ready(port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            if _asked(port, "GET", "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"the service was not ready after {READY_SECONDS:.0f} s")


def _asked(port: int, method: str, path: str, body: str = "", kind: str = "application/json") -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request(method, path, body or None, {"Content-Type": kind} if body else {})
    response = connection.getresponse()
    return response.status, response.read()


def single(number: int) -> bytes:
    """A request for one grade, of an answer that nobody else gave."""
    body = json.dumps({"question_id": "DL0028", "answer": f"{number}. {ANSWER[:400]}"})
    lines = ["POST /v1/grades HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    return ("\r\n".join([*lines, f"Content-Length: {len(body)}"]) + f"\r\n\r\n{body}").encode()


def measured(port: int, name: str, first: int) -> float:
    """The 99th percentile in ms, printed with the others."""
    answers = at_rate(port, [single(first + number) for number in range(int(RATE * SECONDS))], RATE, SECONDS)
    times = answers.times(201)
    print(f"{name}: { ({each: quantile(times, share) for each, share in SHARES.items()}) } ms, {answers.counts()}")
    return quantile(times, 0.99)


def main() -> None:
    """Alone, beside a batch, and how many times as long."""
    with tempfile.TemporaryDirectory() as folder, served(folder) as port:
        at_rate(port, [single(-1)], 1, 5)  # the first grade reads the question
        alone = measured(port, "alone", 0)
        rows = "\n".join(
            json.dumps({"question_id": "DL0028", "answer": f"{row}: {ANSWER[:400]}"}) for row in range(ROWS)
        )
        status, said = _asked(port, "POST", "/v1/batches", rows, "application/jsonl")
        assert status == 202, said
        batch = json.loads(said)["id"]
        time.sleep(10)  # the engine starts with its first batch
        beside = measured(port, "beside a batch", 1_000_000)
        report = json.loads(_asked(port, "GET", f"/v1/batches/{batch}")[1])
        print(f"the batch made {report['rows_per_second']} rows/s; p99 is {beside / alone:.2f} times that alone")
        _asked(port, "POST", f"/v1/batches/{batch}/cancel")


if __name__ == "__main__":
    main()
