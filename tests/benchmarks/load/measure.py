"""How much the service bears on this machine: `python -m tests.benchmarks.load.measure [sqlite|postgresql ...]`.

Accepted submissions, status reads, and five times too many submissions, each at a fixed rate from this process against
a server in another one; what came of it is written to `results/DATABASE.json`, one request a line of its histogram.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.access import Grant, Scope
from grader.bootstrap import Storage, build_keyring
from grader.settings import Settings
from tests.benchmarks.load.open_loop import Answers, OpenLoop, quantile

RESULTS = Path(__file__).parent / "results"
ROOT = Path(__file__).parents[3]
SECONDS = float(os.environ.get("LOAD_SECONDS", "30"))
WARM_SECONDS = 3.0

ACCEPTS, READS, TOO_MANY = 200, 1_000, 1_000
"""Requests a second."""

TOO_FAST = 64
"""Connections that send as fast as they are answered, to see how much is accepted at most."""

ACCEPTED, REFUSED = (202,), (429, 503)
ANSWER = "Each token attends only to a window of its neighbours, so the cost grows linearly with the length. " * 19
"""About 2 kB with the rest of the request."""


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of an empty database at the newest schema, on a disk that is waited for."""
    with ExitStack() as stack:
        if kind == "sqlite":
            yield f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/grader.db"
            return
        from tests.postgres import SERVER, embedded, prepare

        server = stack.enter_context(embedded())
        prepare(server)
        server.run("ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()")
        yield server.url(stack.enter_context(server.database()), SERVER)


async def new_key(settings: Settings) -> str:
    storage = Storage(settings)
    issued = await build_keyring(settings, storage).create(Grant("load", "acme", frozenset({Scope.GRADE, Scope.READ})))
    await storage.close()
    return str(issued.token)


@dataclass(frozen=True)
class Service:
    """Where a service listens, a key to it, and the process it is."""

    port: int
    key: str
    pid: int

    @property
    def worked(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def loaded(self, requests: list[bytes], rate: float, good: tuple[int, ...]) -> dict[str, Any]:
        """The figures of requests at this rate."""
        busy, worked = _busy(), self.worked
        answers = at_rate(self.port, requests, rate)
        each = (self.worked - worked) * 1000 / len(answers.status)
        return {**summary(answers, good, rate, SECONDS, busy), "server_processor_ms_each": round(each, 2)}


@contextmanager
def served(url: str, folder: str) -> Iterator[Service]:
    """A running service."""
    environment = {
        "GRADER_DATABASE_URL": url,
        "GRADER_DATA_DIR": folder,
        "GRADER_KEY_REQUESTS_PER_MINUTE": "0",
        "GRADER_TENANT_REQUESTS_PER_MINUTE": "0",
        "GRADER_BACKLOG_LIMIT": "1000000",  # what is measured is how fast, not how many
    }
    key = asyncio.run(new_key(Settings(database_url=url, data_dir=folder)))
    command = [sys.executable, *os.environ.get("LOAD_PYTHON", "").split(), "-m", "tests.benchmarks.load.server"]
    with (
        Path(folder, "server.log").open("w") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT, env=os.environ | environment
        ) as server,
    ):
        assert server.stdout is not None
        try:
            yield Service(int(server.stdout.readline()), key, server.pid)
        finally:
            server.terminate()


def post(key: str) -> bytes:
    body = json.dumps({"question_id": "DL0028", "answer": ANSWER, "candidate_ref": "c-1"})
    return _request("POST /v1/grades", key, "Prefer: respond-async", "Content-Type: application/json", body=body)


def get(key: str, path: str) -> bytes:
    return _request(f"GET {path}", key)


def _request(what: str, key: str, *headers: str, body: str = "") -> bytes:
    length = f"Content-Length: {len(body)}" if body else ""
    lines = [f"{what} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}", *headers, length]
    return ("\r\n".join(line for line in lines if line) + "\r\n\r\n" + body).encode()


def at_rate(port: int, requests: list[bytes], rate: float, seconds: float = SECONDS) -> Answers:
    """The answers to requests at this rate."""
    return asyncio.run(OpenLoop(("127.0.0.1", port), requests, rate, seconds).run())


async def capacity(port: int, request: bytes, seconds: float) -> float:
    """Submissions accepted a second where each connection sends the next as soon as it is answered."""
    accepted, until = 0, time.perf_counter() + seconds

    async def keep_sending() -> None:
        nonlocal accepted
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
            accepted += head[9:12] == b"202"
        writer.close()

    await asyncio.gather(*(keep_sending() for _ in range(TOO_FAST)))
    return accepted / seconds


def locations(port: int, key: str, count: int) -> list[str]:
    """Where so many of the newest submissions are promised, or already graded."""
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Prefer": "respond-async"}
    body = json.dumps({"question_id": "DL0028", "answer": ANSWER})
    found = []
    for _ in range(count):
        connection.request("POST", "/v1/grades", body, headers)
        response = connection.getresponse()
        response.read()
        found.append(str(response.headers["Location"]))
    return found


def summary(answers: Answers, good: tuple[int, ...], rate: float, seconds: float, busy: str) -> dict[str, Any]:
    """The figures of one load."""
    times, refused = answers.times(*good), answers.times(*REFUSED)
    return {
        "offered_per_second": rate,
        "seconds": seconds,
        "statuses": answers.counts(),
        "good_per_second": round(len(times) / seconds, 1),
        "ms": {name: quantile(times, share) for name, share in SHARES.items()},
        "refused_ms": {name: quantile(refused, share) for name, share in SHARES.items()},
        "load_average_before": busy,
        "load_average_after": _busy(),
        "good_per_each_second": _each_second(answers, good),
        "ms_histogram": _histogram(times),
        "refused_ms_histogram": _histogram(refused),
    }


SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}


def _busy() -> str:
    return " ".join(Path("/proc/loadavg").read_text("utf-8").split()[:3])


def _each_second(answers: Answers, good: tuple[int, ...]) -> list[int]:
    ended = zip(answers.due, answers.took, answers.status, strict=True)
    counts = Counter(int(due + took / 1000) for due, took, status in ended if status in good)
    return [counts[second] for second in range(max(counts, default=-1) + 1)]


def _histogram(times: list[float]) -> dict[str, int]:
    """How many took so many ms, to the millisecond below 100 and to ten above."""
    fine = 100
    return {
        str(ms): count
        for ms, count in sorted(Counter(int(t) if t < fine else int(t) // 10 * 10 for t in times).items())
    }


def measured(kind: str) -> dict[str, Any]:
    """All loads on one kind of database."""
    with database(kind) as url, tempfile.TemporaryDirectory() as folder, served(url, folder) as service:
        submission = [post(service.key)]
        at_rate(service.port, submission, 50, WARM_SECONDS)
        loads = {"accept": service.loaded(submission, ACCEPTS, ACCEPTED)}
        shown(kind, "accept", loads["accept"])
        reads = [get(service.key, place) for place in locations(service.port, service.key, 200)]
        loads["status"] = service.loaded(reads, READS, (200,))
        shown(kind, "status", loads["status"])
        most = asyncio.run(capacity(service.port, submission[0], SECONDS / 3))
        loads["overload"] = service.loaded(submission, TOO_MANY, ACCEPTED) | {"capacity_per_second": round(most, 1)}
        shown(kind, "overload", loads["overload"])
        return {"database": kind, "at": datetime.now(UTC).isoformat(timespec="seconds"), **_machine(), "loads": loads}


def _machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "judge": "a fake that waits 1 s"}


def shown(kind: str, name: str, load: dict[str, Any]) -> None:
    """A line of figures."""
    most = f", capacity {load['capacity_per_second']}/s" if "capacity_per_second" in load else ""
    print(
        f"{kind} {name}: {load['offered_per_second']}/s offered, {load['good_per_second']}/s good{most}, "
        f"server {load['server_processor_ms_each']} ms each, ms {load['ms']}, refused ms {load['refused_ms']}, "
        f"{load['statuses']}, load {load['load_average_before']}",
        flush=True,
    )


def main(kinds: list[str]) -> None:
    """Measure, print and keep."""
    RESULTS.mkdir(exist_ok=True)
    for kind in kinds:
        found = measured(kind)
        (RESULTS / f"{kind}.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or ["sqlite", "postgresql"])
