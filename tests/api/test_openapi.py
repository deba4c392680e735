"""The description of the API is true: every operation, and every error as problem+json."""

from __future__ import annotations

from starlette.testclient import TestClient

from api.errors import ProblemBody


def test_every_operation_is_described_with_its_errors(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    operations = [(path, operation) for path, methods in described["paths"].items() for operation in methods.values()]
    assert {path for path, _ in operations} == {
        "/healthz",
        "/readyz",
        "/v1/grades",
        "/v1/grades/{grade_id}",
        "/v1/questions",
        "/v1/questions/{question_id}",
        "/v1/rubrics/drafts",
    }
    for path, operation in operations:
        assert operation["summary"], path
        assert list(operation["responses"]["4XX"]["content"]) == ["application/problem+json"]
        assert list(operation["responses"]["422"]["content"]) == ["application/problem+json"]


def test_an_error_has_the_described_shape(client: TestClient) -> None:
    for response in (client.get("/v1/grades/none"), client.post("/v1/grades", json={"answer": 5})):
        body = ProblemBody.model_validate_json(response.content, strict=True, extra="forbid")
        assert (body.status, response.headers["content-type"]) == (response.status_code, "application/problem+json")


def test_what_is_not_ready_is_described_as_health(client: TestClient) -> None:
    ready = client.get("/openapi.json").json()["paths"]["/readyz"]["get"]["responses"]["503"]
    assert list(ready["content"]) == ["application/json"]
