"""The description of the API is true and leaves nothing out: operations, errors, examples, who may call."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from api.errors import ProblemBody
from api.permissions import RULES
from api.problems import PROBLEMS

Described = dict[str, Any]

DECLARED = {re.sub(r":\w+}", "}", name): rule for name, rule in RULES.items()}
"""By the template that is described, which does not say what a parameter may hold."""


@pytest.fixture(scope="module")
def described(client: TestClient) -> Described:
    """The description, as a client gets it."""
    found: Described = client.get("/openapi.json").json()
    return found


def operations(described: Described) -> dict[str, Described]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }


def examples(content: Described) -> list[Any]:
    return [example["value"] for example in content.get("examples", {}).values()]


def fits(described: Described, schema: Described, value: Any) -> bool:
    whole = {**schema, "components": described["components"]}
    return bool(jsonschema_rs.validator_for(whole).is_valid(value))


def test_every_operation_that_anybody_may_call_is_described(described: Described) -> None:
    pages = {name for name in DECLARED if not name.split()[1].startswith(("/v1", "/healthz", "/readyz", "/metrics"))}
    assert set(operations(described)) == set(DECLARED) - pages
    assert described["openapi"].startswith("3.1")


def test_every_operation_has_a_summary_a_description_and_a_tag_that_is_described(described: Described) -> None:
    tags = {tag["name"] for tag in described["tags"] if tag["description"]}
    for name, operation in operations(described).items():
        assert operation["summary"], name
        assert operation["description"], name
        assert set(operation["tags"]) <= tags, name


def test_every_error_of_an_operation_is_a_problem_with_an_example_of_each_kind(described: Described) -> None:
    for name, operation in operations(described).items():
        statuses = {status for status in operation["responses"] if status >= "400" and name != "GET /readyz"}
        for status in statuses:
            (media_type,) = operation["responses"][status]["content"]
            assert media_type == "application/problem+json", name
            content = operation["responses"][status]["content"][media_type]
            assert examples(content), (name, status)
            for example in examples(content):
                assert fits(described, content["schema"], example)
                slug = example["type"].rpartition(":")[2]
                assert int(status) in PROBLEMS[slug].statuses


def test_every_example_fits_its_schema_and_every_answer_has_one(described: Described) -> None:
    for name, operation in operations(described).items():
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for place in [*bodies, *operation["responses"].values()]:
            for content in place.get("content", {}).values():
                assert examples(content), name
                for example in examples(content):
                    assert fits(described, content["schema"], example), (name, example)


def test_an_error_has_the_described_shape(client: TestClient) -> None:
    for response in (client.get("/v1/grades/none"), client.post("/v1/grades", json={"answer": 5})):
        body = ProblemBody.model_validate_json(response.content, strict=True, extra="forbid")
        assert (body.status, response.headers["content-type"]) == (response.status_code, "application/problem+json")


def test_an_operation_that_needs_a_key_says_which_scope(described: Described) -> None:
    for name, operation in operations(described).items():
        scope = DECLARED[name].scope
        assert ("security" in operation) is (scope is not None), name
        assert scope is None or f"`{scope}`" in operation["description"], name


def test_an_operation_that_creates_takes_an_idempotency_key(described: Described) -> None:
    for name, operation in operations(described).items():
        headers = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "header"}
        assert ("Idempotency-Key" in headers) is DECLARED[name].creates, name


def test_what_is_not_ready_is_described_as_health(described: Described) -> None:
    ready = operations(described)["GET /readyz"]["responses"]["503"]
    assert list(ready["content"]) == ["application/json"]
