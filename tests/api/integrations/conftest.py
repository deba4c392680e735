"""A real server with two connected platforms that play their side over real HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from api.sandbox import CUSTOMERS_KEY, PlayedAshby, PlayedGreenhouse, unchecked
from api.sandbox.inbox import Check
from api.server import configured
from grader.domain import Label
from grader.fakes import FakeJudge
from tests.hiring_platform import contracts
from tests.patience import until
from tests.receiver import Receiver, receiving

QUESTIONS = ["DL0028", "DL0001"]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps everything."""
    return tmp_path_factory.mktemp("hiring")


@pytest.fixture(scope="module")
def service(build: Any, receiver: Receiver, data_dir: Path) -> Iterator[httpx2.Client]:
    """A client of a server that may call the receiver, and takes it for Ashby."""
    judges = {"fake": FakeJudge({"k1": Label.COVERED, "k2": Label.PARTIAL})}
    app = build(
        judges=judges,
        data_dir=data_dir,
        default_judge="fake",
        delivery_trusted_hosts=frozenset({receiver.host}),
        ashby_url=receiver.url(""),
        workable_unverified=True,
    )
    server = uvicorn.Server(configured(app))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        with httpx2.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
            until(lambda: client.get("/readyz").json()["status"] != "starting")
            yield client
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def test_id(service: httpx2.Client) -> str:
    """A test whose results leave by themselves."""
    return new_test(service)


def new_test(service: httpx2.Client, **fields: Any) -> str:
    body = {"name": "ML basics", "question_ids": QUESTIONS, "review": "never", **fields}
    response = service.post("/v1/assessments/tests", json=body)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def connected(service: httpx2.Client, platform: str, **fields: Any) -> str:
    """The key of a new connection."""
    made = service.post("/v1/platforms", json={"platform": platform, **fields})
    assert made.status_code == 201, made.text
    return str(service.get(made.headers["Location"]).json()["key"])


@pytest.fixture(scope="module", params=["with the contract", "without"])
def check_greenhouse(request: pytest.FixtureRequest) -> Check:
    return _check(request.param, contracts.greenhouse())


@pytest.fixture(scope="module", params=["with the contract", "without"])
def check_ashby(request: pytest.FixtureRequest) -> Check:
    return _check(request.param, contracts.ashby())


def _check(how: str, schemas: dict[str, Any] | None) -> Check:
    if how == "without":
        return unchecked
    if schemas is None:
        pytest.skip("the contract file is not there")
    return contracts.holding(schemas)


@pytest.fixture(scope="module")
def greenhouse(service: httpx2.Client, receiver: Receiver, check_greenhouse: Check) -> PlayedGreenhouse:
    key = connected(service, "greenhouse")
    return PlayedGreenhouse(str(service.base_url).rstrip("/"), key, receiver, check_greenhouse)


@pytest.fixture(scope="module")
def ashby(service: httpx2.Client, receiver: Receiver, check_ashby: Check) -> PlayedAshby:
    key = connected(service, "ashby", api_key=CUSTOMERS_KEY)
    return PlayedAshby(str(service.base_url).rstrip("/"), key, receiver, check_ashby)
