"""`grader serve` as a person starts it: a real process, a real port, the real model."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import until

pytestmark = pytest.mark.embed

START_SECONDS = 60
"""Far more than a start takes (1 s to listen, 6 s to be ready, on two idle processors)."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where a freshly started server listens, as it says itself."""
    command = [Path(sys.executable).with_name("grader"), "serve", "--port", "0"]
    environment = {**os.environ, "GRADER_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        watchdog = threading.Timer(START_SECONDS, server.kill)
        watchdog.start()
        try:
            assert server.stdout is not None
            said = next((line for line in server.stdout if "Practice:" in line), "")
            found = re.search(r"http://127\.0\.0\.1:\d+", said)
            assert found, "the server did not say where it listens"
            yield found.group()
        finally:
            watchdog.cancel()
            server.terminate()


def get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - our own loopback address
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def test_it_answers_at_once_grades_when_asked_and_becomes_ready(address: str) -> None:
    assert get(f"{address}/healthz")[0] == 200
    assert get(f"{address}/practice")[0] == 200

    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{address}/v1/grades",
        json.dumps(
            {
                "question_id": "DL0028",
                "answer": "Every token looks only at a fixed window of tokens around it, not at the whole sequence. "
                "That makes attention linear in the sequence length instead of quadratic.",
            }
        ).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=START_SECONDS) as response:  # noqa: S310 - as above
        grade = json.load(response)
    assert grade["points"][0]["verdict"] == "covered"
    assert json.loads(get(f"{address}/v1/grades/{grade['id']}")[1]) == grade

    until(lambda: get(f"{address}/readyz")[0] == 200, seconds=START_SECONDS)
