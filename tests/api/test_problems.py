"""The table of problems is true: each cause has its exact answer, the page tells all of it, the code knows no other."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.problems import PROBLEMS
from grader.errors import JudgeFailure, ModelUnavailable, StorageAway, StorageBusy, StorageFull
from grader.fakes import FakeChatModel
from grader.judges.llm import LlmJudge
from tests.api.proved_problems import PROVED_BY

MARKER = "Zqxmarker"
"""Stands in every input; whoever finds it in a response has found an echo."""

GOOD: dict[str, Any] = {"question_id": "DL0028", "answer": f"{MARKER} attends to a window."}
POINT = {"id": "k1", "text": f"{MARKER} is a statement."}
JSON = {"Content-Type": "application/json"}
API = Path(__file__).parents[2] / "api"
NOWHERE = ("http://a.example/", "https://127.0.0.1/", f"https://{MARKER}@a.example/", "https://a.example:8443/#")

Ask = Callable[[TestClient], Response]


def raw(*bodies: bytes, **headers: str) -> list[Ask]:
    sent = JSON | {name.replace("_", "-"): value for name, value in headers.items()}
    return [
        lambda client, body=body: client.post("/v1/grades", content=body, headers=sent)  # type: ignore[misc]
        for body in bodies
    ]


def send(*bodies: Any) -> list[Ask]:
    return raw(*(json.dumps(body).encode() for body in bodies))


def get(*paths: str, **headers: str) -> list[Ask]:
    return [lambda client, path=path: client.get(path, headers=headers) for path in paths]  # type: ignore[misc]


def graded(**changes: Any) -> dict[str, Any]:
    return {"answer": MARKER, "rubric": {"question": f"{MARKER}?", "key_points": [POINT]} | changes}


def weighed(weight: object) -> dict[str, Any]:
    return graded(key_points=[POINT | {"weight": weight}])


GOOD_TEXT = json.dumps(GOOD)

PROVOKED: dict[str, list[Ask]] = {
    "no JSON, truncated JSON, an empty body": raw(MARKER.encode(), GOOD_TEXT[:-1].encode(), b""),
    "NaN, Infinity, 1e999": raw(*(GOOD_TEXT.replace('"DL0028"', no).encode() for no in ("NaN", "Infinity", "1e999"))),
    "UTF-16, UTF-32, invalid UTF-8": raw(GOOD_TEXT.encode("utf-16"), GOOD_TEXT.encode("utf-32"), b'{"answer": "\xff"}'),
    "a byte order mark": raw(GOOD_TEXT.encode("utf-8-sig")),
    "nesting deeper than 64 levels": raw(b"[" * 65 + b"]" * 65),
    "an integer of more than 4,300 digits": raw(GOOD_TEXT.replace('"DL0028"', "9" * 4_301).encode()),
    "the same key twice in one object": raw(b'{"Zqxmarker": 1, "Zqxmarker": 2}'),
    "half of a surrogate pair in a string (400)": raw(b'{"answer": "Zqxmarker\\ud800"}'),
    "NUL in a string (422)": [*raw(b'{"answer": "Zqxmarker\\u0000"}'), *get(f"/v1/questions?text={MARKER}%00")],
    "a query that is not UTF-8": get(f"/v1/questions?text={MARKER}%ff"),
    "a cursor that was changed, or that another filter or another tenant got": get(
        f"/v1/grades?cursor={MARKER}", "/v1/grades?cursor=AAAA", "/v1/grades?cursor=%C3%A9"
    ),
    "an unknown path": get(f"/{MARKER}", f"/v1/{MARKER}", "/v1/grades/", f"/static/{MARKER}"),
    "an id that does not exist, or belongs to another tenant": [
        *get(f"/v1/grades/{MARKER}", f"/v1/grades/{MARKER}%00", f"/v1/questions/{MARKER}"),
        *send(GOOD | {"question_id": MARKER}),
    ],
    "a method that the address does not take": [
        lambda client: client.delete("/v1/grades"),
        lambda client: client.put("/v1/questions"),
        lambda client: client.request(MARKER.upper(), "/v1/grades"),
        lambda client: client.post("/static/style.css"),
    ],
    "a body of more than 1 MiB (a transcript: 16 MiB), also a chunked one": [
        *raw(GOOD_TEXT.replace("window", MARKER * 200_000).encode()),
        lambda client: client.post("/v1/grades", content=(MARKER.encode() * 1_000 for _ in range(1_000)), headers=JSON),
    ],
    "a path and query of more than 8 KiB": get(f"/v1/questions?text={MARKER * 1_000}", "/" + MARKER * 1_000),
    "a header block of more than 16 KiB": get("/v1/questions", X=MARKER * 2_000),
    "a `Content-Type` that is not `application/json`, or none": [
        *raw(GOOD_TEXT.encode(), Content_Type="text/plain"),
        lambda client: client.post("/v1/grades", content=GOOD_TEXT),
    ],
    "a `Content-Encoding`": raw(GOOD_TEXT.encode(), Content_Encoding="gzip"),
    "a `Host` that is no loopback name while there are no API keys": get("/v1/questions", Host=f"{MARKER}.example"),
    "a webhook URL with http, an address, a user name, a fragment, or another port than 443": [
        lambda client, url=url: client.post("/v1/webhooks", json={"url": url, "events": ["grade.completed"]})  # type: ignore[misc]
        for url in NOWHERE
    ],
    "a browser that sends from a page of another site": raw(GOOD_TEXT.encode(), Sec_Fetch_Site="cross-site"),
    "an array, null or a number as the body; a missing field; a wrong type": send(
        [GOOD], None, 5, {"question_id": "DL0028"}, GOOD | {"answer": 5}
    ),
    'a text or a boolean where a number belongs ("5", true)': send(weighed("5"), weighed(weight=True)),
    "an unknown field": send(GOOD | {MARKER: 1}),
    "an answer over its limit; more than 50 key points; weights of 0 or less; an id twice": send(
        GOOD | {"answer": "a" * 20_001},
        GOOD | {"answer": "解" * 20_000},
        graded(key_points=[POINT | {"id": f"k{number}"} for number in range(51)]),
        weighed(0),
        weighed(-1),
        graded(key_points=[POINT, POINT]),
    ),
    "a query parameter that is wrong, unknown or repeated (limit=0, 1e3, 10^20)": get(
        "/v1/grades?limit=0",
        "/v1/grades?limit=201",
        "/v1/grades?limit=1e3",
        "/v1/grades?limit=100000000000000000000",
        "/v1/grades?limit=1_0",
        "/v1/grades?limit=%2B5",
        "/v1/grades?limit=1.0",
        "/v1/grades?limit=",
        "/v1/grades?limit=5&limit=6",
        f"/v1/grades?{MARKER}=1",
        f"/v1/grades?status={MARKER}",
        "/v1/grades?since=5",
        "/v1/grades?since=2026-11-21T12:00:00",
        "/v1/grades?since=0001-01-01T00:00:00%2B14:00",
        f"/v1/questions?text={MARKER}&text={MARKER}",
    ),
}
"""Causes that a single request brings about."""

CAUSES = [(slug, cause) for slug, meaning in PROBLEMS.items() for cause in meaning.causes]


def assert_problem(response: Response, slug: str) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["type"] == f"urn:answer-grader:problem:{slug}"
    assert problem["status"] == response.status_code
    assert problem["status"] in PROBLEMS[slug].statuses
    assert problem["title"] == PROBLEMS[slug].title
    assert problem["detail"]
    assert problem["instance"] == f"urn:uuid:{response.headers['X-Request-Id']}"
    assert MARKER not in response.text + str(response.headers)
    return problem


@pytest.mark.parametrize(("slug", "cause"), CAUSES)
def test_every_cause_of_a_problem_has_the_answer_that_the_table_says(client: TestClient, slug: str, cause: str) -> None:
    if cause in PROVED_BY:
        file, _, test = PROVED_BY[cause].partition("::")
        assert f"def {test}" in (Path(__file__).parent / file).read_text("utf-8")
        return
    for ask in PROVOKED[cause]:
        problem = assert_problem(ask(client), slug)
        assert cause.endswith(f"({problem['status']})") or not cause.endswith(")") or len(PROBLEMS[slug].statuses) == 1


def test_nothing_is_provoked_that_the_table_does_not_know() -> None:
    assert PROVOKED.keys() | PROVED_BY.keys() == {cause for _, cause in CAUSES}


def test_a_405_names_every_method_of_the_address(client: TestClient) -> None:
    assert client.delete("/v1/grades").headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert client.post("/static/style.css").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_415_says_what_is_accepted(client: TestClient) -> None:
    response = client.post("/v1/grades", content=b"x", headers=JSON | {"Content-Encoding": "br"})
    assert response.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("failure", "status", "slug"),
    [
        (StorageAway("gone"), 503, "storage-unavailable"),
        (StorageBusy("locked"), 503, "storage-unavailable"),
        (StorageFull("full"), 507, "storage-unavailable"),
        (ModelUnavailable(f"nothing in /srv/{MARKER}"), 503, "model-unavailable"),
        (JudgeFailure("unreachable", f"connect to {MARKER} refused"), 503, "judge-unavailable"),
    ],
)
def test_what_is_missing_behind_the_service_is_a_503_or_507_that_says_when_to_come_again(
    serve: Any, encoder: Any, failure: Exception, status: int, slug: str
) -> None:
    judges = {"llm": LlmJudge(FakeChatModel([failure]), b"secret")} if isinstance(failure, JudgeFailure) else {}
    parts = {"judges": judges, "default_judge": "llm"} if judges else {}
    client = serve(**parts, encoder=encoder(failure) if isinstance(failure, ModelUnavailable) else None)
    if isinstance(failure, StorageAway | StorageBusy | StorageFull):
        fail_to_store(client, failure)
    response = client.post("/v1/grades", json=GOOD)
    assert assert_problem(response, slug)["status"] == status
    assert int(response.headers["Retry-After"]) >= 1


def fail_to_store(client: TestClient, failure: Exception) -> None:
    """Let every later grade of this application fail to be stored."""

    async def keep(*_: object) -> None:
        raise failure

    client.app.state.application.reception.backlog.keep = keep  # type: ignore[attr-defined]


def test_the_page_of_problems_tells_the_whole_table(client: TestClient) -> None:
    page = client.get("/problems")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    shown = page.text.replace("&#34;", '"').replace("&#39;", "'")
    for slug, meaning in PROBLEMS.items():
        assert f'id="{slug}"' in shown
        assert [text for text in (meaning.title, meaning.remedy, *meaning.causes) if text not in shown] == []


def raised() -> set[tuple[int, str]]:
    """Status and slug of every Problem that the code makes with both written out."""
    calls = [
        node
        for path in API.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"
    ]
    written = [call.args[:2] for call in calls if all(isinstance(arg, ast.Constant) for arg in call.args[:2])]
    return {(status.value, slug.value) for status, slug in written}  # type: ignore[attr-defined]


def test_the_code_raises_no_problem_that_the_table_does_not_know() -> None:
    known = {(status, slug) for slug, meaning in PROBLEMS.items() for status in meaning.statuses}
    assert raised() - known == set()
    assert len(raised()) >= 20
