"""Alive at once, ready when the parts are, closed to everybody who is not on this machine."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.errors import ModelUnavailable
from grader.ports import Vectors
from rubrics.bank import Bank

SECURITY_HEADERS = {
    "Content-Security-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "Cross-Origin-Resource-Policy",
}
SECRET_PLACE = "/srv/secret/model"
ANSWER = {"question_id": "DL0028", "answer": "Each token attends to a window of its neighbours."}


class SlowEncoder:
    """A model that is loaded when the test says so."""

    identity = {"model": "slow"}  # noqa: RUF012 - an attribute is the shortest property

    def __init__(self) -> None:
        self.loaded = threading.Event()

    def load(self) -> None:
        """Nothing to load."""

    def encode(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002
        self.loaded.wait(10)
        raise ModelUnavailable("too late")


def test_a_process_that_answers_is_alive(client: TestClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "waiting_for": []})


def test_it_is_ready_when_the_model_and_the_bank_are_there(client: TestClient) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "waiting_for": []})


def test_while_the_model_loads_it_is_alive_but_not_ready(serve: Any) -> None:
    encoder = SlowEncoder()
    client = serve(wait=False, encoder=encoder)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "starting")
    assert "models" in ready.json()["waiting_for"]
    assert ready.headers["Retry-After"]
    assert client.get("/healthz").status_code == 200
    encoder.loaded.set()


@pytest.mark.parametrize(
    "failure", [ModelUnavailable(f"nothing in {SECRET_PLACE}"), RuntimeError(f"corrupt file {SECRET_PLACE}")]
)
def test_a_model_that_cannot_be_loaded_is_told_by_readyz_and_the_log(
    serve: Any, encoder: Any, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    client = serve(encoder=encoder(failure))
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"status": "failed", "waiting_for": ["models"]})
    assert client.get("/healthz").status_code == 200
    assert f"the models cannot be used: {failure}" in caplog.text


def test_without_a_model_grading_is_unavailable_and_names_no_path_of_the_server(serve: Any, encoder: Any) -> None:
    client = serve(encoder=encoder(ModelUnavailable(f"nothing in {SECRET_PLACE}")))
    response = client.post("/v1/grades", json=ANSWER)
    assert (response.status_code, response.json()["type"]) == (503, "urn:answer-grader:problem:model-unavailable")
    assert SECRET_PLACE not in response.text


def test_an_error_nobody_expected_is_a_problem_that_says_nothing_of_the_inside(serve: Any, encoder: Any) -> None:
    client = serve(encoder=encoder(RuntimeError(f"corrupt file {SECRET_PLACE}")))
    response = client.post("/v1/grades", json=ANSWER)
    assert (response.status_code, response.json()["type"]) == (500, "urn:answer-grader:problem:internal-error")
    assert response.headers["content-type"] == "application/problem+json"
    assert SECRET_PLACE not in response.text


def test_a_bank_that_cannot_be_read_is_told_by_readyz(serve: Any, tmp_path: Path) -> None:
    (tmp_path / "Q1.yaml").write_text("nonsense: true", "utf-8")
    ready = serve(bank=Bank(tmp_path)).get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"status": "failed", "waiting_for": ["question bank"]})


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.5", "", "[::1", "localhost@evil"])
def test_without_keys_a_request_under_another_name_is_refused(client: TestClient, host: str) -> None:
    response = client.get("/v1/questions", headers={"Host": host})
    assert (response.status_code, response.json()["type"]) == (421, "urn:answer-grader:problem:misdirected-request")
    assert set(response.headers) >= {name.lower() for name in SECURITY_HEADERS}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:9", "[::1]:8000"])
def test_every_name_of_this_machine_is_served(client: TestClient, host: str) -> None:
    assert client.get("/v1/questions", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/grades", "/practice/questions/DL0028"])
def test_a_post_that_another_web_site_sends_is_refused(client: TestClient, path: str) -> None:
    response = client.post(path, json=ANSWER, headers={"Sec-Fetch-Site": "cross-site"})
    assert (response.status_code, response.json()["type"]) == (403, "urn:answer-grader:problem:cross-site-request")


def test_a_link_from_another_web_site_works(client: TestClient) -> None:
    assert client.get("/practice", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/v1/questions", "/practice", "/static/style.css", "/nowhere"])
def test_every_response_tells_the_browser_what_it_may_do(client: TestClient, path: str) -> None:
    assert set(client.get(path).headers) >= {name.lower() for name in SECURITY_HEADERS}


def test_the_api_describes_itself(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/grades", "/v1/grades/{grade_id}", "/v1/questions", "/v1/rubrics/drafts", "/readyz"} <= set(paths)
    assert not [path for path in paths if path.startswith("/practice")]
