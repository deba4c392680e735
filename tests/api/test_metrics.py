"""What an operator may watch."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

ASK = {"question_id": "DL0028", "answer": "Each token attends to a window of its neighbours."}


def value(client: TestClient, sample: str) -> float:
    """The value of a sample by its name and labels, 0 where it is not there yet."""
    found = re.search(rf"^{re.escape(sample)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_they_are_prometheus_text(client: TestClient) -> None:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert "# TYPE grader_http_requests_total counter" in response.text


def test_requests_are_counted_by_route_not_by_address(client: TestClient) -> None:
    sample = 'grader_http_requests_total{method="GET",route="/v1/questions/{question_id}",status="200"}'
    before = value(client, sample)
    client.get("/v1/questions/DL0028")
    client.get("/v1/questions/DL0001")
    assert value(client, sample) == before + 2


def test_what_leads_nowhere_is_one_route_whatever_it_is(client: TestClient) -> None:
    sample = 'grader_http_requests_total{method="OTHER",route="none",status="404"}'
    before = value(client, sample)
    client.request("BREW", "/pot/1")
    client.request("STIR", "/pot/2")
    assert value(client, sample) == before + 2
    assert "pot" not in client.get("/metrics").text


def test_grades_are_counted_by_status_and_with_what_they_cost(serve: Any) -> None:
    client = serve(default_judge="fake")
    client.post("/v1/grades", json=ASK)
    assert value(client, 'grader_grades_total{status="graded"}') == 1
    assert value(client, "grader_llm_calls_total") == 0
    assert value(client, "grader_backlog") == 0


def test_one_application_does_not_count_anothers_requests(serve: Any) -> None:
    one, other = serve(), serve()
    one.get("/v1/questions")
    assert value(other, 'grader_http_requests_total{method="GET",route="/v1/questions",status="200"}') == 0


def test_a_request_under_way_is_shown_as_such(client: TestClient) -> None:
    assert value(client, "grader_http_requests_under_way") == 1  # the one that asks
