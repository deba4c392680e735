"""The big list of naughty strings in every string of every operation, on both databases.

Where strings stand is read from the description of the API: an operation that is added is tried without being named.
A few of the strings in the gate; `pytest -m slow` sends all.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

GOOD = {"question_id": "DL0028", "candidate_ref": "c-1", "number": "1", "name": "tides"}
"""Values of parameters in a path, where another of them is the naughty one."""


@dataclass(frozen=True)
class Place:
    """One string of one operation, and the rest of the request around it."""

    method: str
    path: str
    where: str
    name: str
    keys: tuple[str | int, ...] = ()
    body: Any = field(default=None, repr=False)

    def send(self, client: TestClient, text: str) -> Response:
        """The request with `text` in this place."""
        values = defaultdict(lambda: "none", GOOD)
        if self.where == "path":
            values[self.name] = quote(text, safe="")
        path = self.path.format_map(values)
        headers = {"Content-Type": "application/json"} if self.body is not None else {}
        if self.where == "header":
            headers[self.name] = text.encode("utf-8", "replace")  # type: ignore[assignment]
        query = f"?{self.name}={quote(text, safe='')}" if self.where == "query" else ""
        content = None if self.body is None else json.dumps(self._with(text))
        return client.request(self.method, path + query, headers=headers, content=content)

    def _with(self, text: str) -> Any:
        body = copy.deepcopy(self.body)
        if self.where == "body":
            inner = body
            for key in self.keys[:-1]:
                inner = inner[key]
            inner[self.keys[-1]] = text
        return body


def places(described: dict[str, Any]) -> Iterator[Place]:
    """Every string of every operation."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            bodies = [
                example["value"]
                for content in operation.get("requestBody", {}).get("content", {}).values()
                for example in content.get("examples", {}).values()
                if not isinstance(example["value"], str)  # a file, which is no field
            ]
            for parameter in operation.get("parameters", ()):
                body = bodies[0] if bodies else None
                yield Place(method.upper(), path, parameter["in"], parameter["name"], body=body)
            for body in bodies:
                for keys in leaves(body):
                    yield Place(method.upper(), path, "body", str(keys[-1]), keys, body)


def leaves(value: Any, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where strings stand in an example."""
    if isinstance(value, str):
        yield keys
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from leaves(item, (*keys, key))


@pytest.fixture(params=[200, pytest.param(1, marks=pytest.mark.slow)], ids=["every 200th", "all"])
def naughty(request: pytest.FixtureRequest) -> list[str]:
    """The list, or some of it."""
    path = request.config.rootpath.parent / "shared" / "attacks" / "blns_bad_inputs.jsonl"
    if not path.is_file():
        pytest.skip(f"there is no {path}")
    lines = path.read_text("utf-8").split("\n")[:: request.param]
    return [json.loads(line)["text"] for line in lines if line]


@pytest.fixture
def client(build: Callable[..., Any], database_url: str) -> Iterator[TestClient]:
    """An application on each database, judged by a fake."""
    app = build(database_url=database_url, default_judge="fake")
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as running:
        yield running


def test_no_string_anywhere_is_an_error_of_the_server_or_gets_an_answer_that_is_not_described(
    client: TestClient, naughty: list[str]
) -> None:
    described = client.get("/openapi.json").json()
    everywhere = list(places(described))
    assert {place.where for place in everywhere} == {"body", "query", "path", "header"}
    wrong = set()
    for place in everywhere:
        known = described["paths"][place.path][place.method.lower()]["responses"]
        for text in naughty:
            response = place.send(client, text)
            elsewhere = place.where == "path" and response.status_code in {404, 405}
            if response.status_code >= 500 or not (str(response.status_code) in known or elsewhere):
                wrong.add((place, text[:40], response.status_code))
    assert wrong == set()


def test_text_that_is_accepted_comes_back_exactly(client: TestClient, naughty: list[str]) -> None:
    accepted = 0
    for text in naughty:
        point = {"id": "k1", "text": text}
        body = {"rubric": {"question": text, "key_points": [point]}, "answer": text, "candidate_ref": text}
        made = client.post("/v1/grades", content=json.dumps(body), headers={"Content-Type": "application/json"})
        if made.status_code != 201:
            continue
        accepted += 1
        stored = client.get(made.headers["Location"]).json()
        # White space around a text of a rubric is dropped, as its description says; all else stays.
        assert (stored["candidate_ref"], stored["points"][0]["text"]) == (text, text.strip())
        found = client.get("/v1/grades", params={"candidate_ref": text}).json()["grades"]
        assert made.json()["id"] in {grade["id"] for grade in found}
    assert accepted >= len(naughty) // 2
