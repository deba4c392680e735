"""Bad input gets an exact answer: the status and the problem it deserves, and never a copy of itself."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from api.body import CheckedBody
from api.permissions import RULES

MARKER = "Zqxmarker"
"""Stands in every input; whoever finds it in a response has found an echo."""

GOOD: dict[str, Any] = {"question_id": "DL0028", "answer": f"{MARKER} attends to a window."}
POINT: dict[str, Any] = {"id": "k1", "text": f"{MARKER} is a statement."}
INLINE: dict[str, Any] = {"question": f"What is {MARKER}?", "key_points": [POINT]}
BY_REFERENCE = {"answer": MARKER, "question": f"What is {MARKER}?", "reference_answer": f"{MARKER} is a statement."}


def text(replaced: str, by: str) -> bytes:
    """The good body with one part written differently."""
    body = json.dumps(GOOD)
    assert replaced in body
    return body.replace(replaced, by).encode()


def rubric(**changes: Any) -> dict[str, Any]:
    """A request with an inline rubric, changed."""
    return {"answer": MARKER, "rubric": INLINE | changes}


def point(**changes: Any) -> dict[str, Any]:
    """A request with an inline rubric of one changed key point."""
    return rubric(key_points=[POINT | changes])


def group(**changes: Any) -> dict[str, Any]:
    """A request with two key points in a changed group."""
    members = {"id": "g", "kind": "any_of", "members": ["k1", "k2"]}
    return rubric(key_points=[POINT, POINT | {"id": "k2"}], groups=[members | changes])


MALFORMED: dict[str, bytes] = {
    "no JSON": MARKER.encode(),
    "truncated": text("}", ""),
    "empty": b"",
    "white space": b" \n",
    "two documents": text("}", "}{}"),
    "a comma too many": text("}", ",}"),
    "single quotes": text('"', "'"),
    "NaN": text('"DL0028"', "NaN"),
    "Infinity": text('"DL0028"', "Infinity"),
    "-Infinity": text('"DL0028"', "-Infinity"),
    "1e999": text('"DL0028"', "1e999"),
    "an integer of 5,000 digits": text('"DL0028"', "9" * 5_000),
    "invalid UTF-8": text("window", "@").replace(b"@", b"\xff\xfe"),
    "half of a UTF-8 character": text("window", "@").replace(b"@", b"\xc3"),
    "UTF-16": json.dumps(GOOD).encode("utf-16"),
    "UTF-16 without its mark": json.dumps(GOOD).encode("utf-16-le"),
    "UTF-32": json.dumps(GOOD).encode("utf-32"),
    "a byte order mark": json.dumps(GOOD).encode("utf-8-sig"),
    "65 levels": b"[" * 65 + b"]" * 65,
    "100,000 levels": b"[" * 100_000,
    "100,000 levels of objects": b'{"a":' * 100_000,
    "a raw line end in a string": text("window", "win\ndow"),
}
TEXTUAL: dict[str, tuple[bytes, int, str]] = {
    "half a surrogate pair": (text("window", "\\ud800"), 400, "invalid-text"),
    "the other half": (text("window", "\\udc00\\ud800"), 400, "invalid-text"),
    "half a surrogate pair in a key": (text('"answer"', '"\\ud800"'), 400, "invalid-text"),
    "NUL": (text("window", "\\u0000"), 422, "invalid-text"),
    "a key twice": (text('"answer"', '"question_id"'), 400, "duplicate-key"),
    "an inner key twice": (b'{"rubric": {"a": 1, "b": {"Zqxmarker": 1, "Zqxmarker": 2}}}', 400, "duplicate-key"),
}
INVALID: dict[str, tuple[Any, str]] = {
    "a list": ([GOOD], ""),
    "null": (None, ""),
    "a number": (5, ""),
    "a string": (MARKER, ""),
    "no answer": ({"question_id": "DL0028"}, "/answer"),
    "null for an answer": (GOOD | {"answer": None}, "/answer"),
    "a number for an answer": (GOOD | {"answer": 5}, "/answer"),
    "a list for an answer": (GOOD | {"answer": [MARKER]}, "/answer"),
    "an unknown field": (GOOD | {MARKER: 1}, ""),
    "an unknown field that looks like a path": (GOOD | {f"../{MARKER}~/": 1}, ""),
    "a very long answer": (GOOD | {"answer": MARKER + "a" * 1_000_000}, "/answer"),
    "an empty question id": (GOOD | {"question_id": ""}, "/question_id"),
    "a long question id": (GOOD | {"question_id": MARKER * 10}, "/question_id"),
    "an unknown judge": (GOOD | {"judge": MARKER}, "/judge"),
    "an unknown kind of feedback": (GOOD | {"feedback": MARKER}, "/feedback"),
    "an empty candidate": (GOOD | {"candidate_ref": ""}, "/candidate_ref"),
    "a long candidate": (GOOD | {"candidate_ref": MARKER * 30}, "/candidate_ref"),
    "no yardstick": ({"answer": MARKER}, ""),
    "two yardsticks": (GOOD | {"rubric": INLINE}, ""),
    "three yardsticks": (GOOD | BY_REFERENCE | {"rubric": INLINE}, ""),
    "a question without a reference": ({"answer": MARKER, "question": MARKER}, ""),
    "a reference without a question": ({"answer": MARKER, "reference_answer": MARKER}, ""),
    "a blank question": (BY_REFERENCE | {"question": " \n"}, "/question"),
    "a blank reference": (BY_REFERENCE | {"reference_answer": "\u2003"}, "/reference_answer"),
    "a long reference": (BY_REFERENCE | {"reference_answer": MARKER * 3_000}, "/reference_answer"),
    "a text for a rubric": ({"answer": MARKER, "rubric": MARKER}, "/rubric"),
    "a blank question in a rubric": (rubric(question=" "), "/rubric/question"),
    "no key points": (rubric(key_points=[]), "/rubric/key_points"),
    "51 key points": (rubric(key_points=[POINT | {"id": f"k{n}"} for n in range(51)]), "/rubric/key_points"),
    "an unknown field of a point": (point(**{MARKER: 1}), "/rubric/key_points/0"),
    "a text for a weight": (point(weight="5"), "/rubric/key_points/0/weight"),
    "true for a weight": (point(weight=True), "/rubric/key_points/0/weight"),
    "null for a weight": (point(weight=None), "/rubric/key_points/0/weight"),
    "weight 0": (point(weight=0), "/rubric/key_points/0/weight"),
    "a negative weight": (point(weight=-1), "/rubric/key_points/0/weight"),
    "a weight that is as good as 0": (point(weight=0.0), "/rubric/key_points/0/weight"),
    "a weight of 400 digits": (point(weight=10**400), "/rubric/key_points/0/weight"),
    "1 for required": (point(required=1), "/rubric/key_points/0/required"),
    "a blank point": (point(text="  "), "/rubric/key_points/0/text"),
    "a long point": (point(text=MARKER * 200), "/rubric/key_points/0/text"),
    "an id with a space": (point(id=f"{MARKER} 1"), "/rubric/key_points/0/id"),
    "an id with a line end": (point(id=f"{MARKER}\n"), "/rubric/key_points/0/id"),
    "an unknown kind of point": (point(kind=MARKER), "/rubric/key_points/0/kind"),
    "21 paraphrases": (point(paraphrases=[MARKER] * 21), "/rubric/key_points/0/paraphrases"),
    "one id for two points": (rubric(key_points=[POINT | {"id": MARKER}] * 2), "/rubric"),
    "a group of one": (group(members=["k1"]), "/rubric/groups/0/members"),
    "a group of strangers": (group(members=["k1", MARKER]), "/rubric"),
    "a group with a member twice": (group(members=["k1", "k1"]), "/rubric"),
    "a group member that is no id": (group(members=["k1", f"{MARKER} !"]), "/rubric/groups/0/members/1"),
    "an unknown kind of group": (group(kind=MARKER), "/rubric/groups/0/kind"),
    "k_of_n without k": (group(kind="k_of_n"), "/rubric"),
    "k_of_n with k = n": (group(kind="k_of_n", k=2), "/rubric"),
    "k_of_n with a huge k": (group(kind="k_of_n", k=10**400), "/rubric"),
    "k = 0": (group(kind="k_of_n", k=0), "/rubric/groups/0/k"),
    "k = 1.5": (group(kind="k_of_n", k=1.5), "/rubric/groups/0/k"),
    "k that belongs to nothing": (group(k=1), "/rubric"),
}


def assert_problem(response: Any, status: int, slug: str) -> dict[str, Any]:
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    problem: dict[str, Any] = response.json()
    assert (problem["type"], problem["status"]) == (f"urn:answer-grader:problem:{slug}", status)
    assert problem["title"]
    assert problem["detail"]
    assert MARKER not in response.text + str(response.headers)
    return problem


def post(client: TestClient, body: bytes | Iterator[bytes], **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/grades", content=body, headers={"Content-Type": "application/json", **named})


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_json_is_malformed(client: TestClient, body: bytes) -> None:
    assert_problem(post(client, body), 400, "malformed-json")


@pytest.mark.parametrize(("body", "status", "slug"), TEXTUAL.values(), ids=TEXTUAL)
def test_json_that_not_everyone_can_carry_is_refused(client: TestClient, body: bytes, status: int, slug: str) -> None:
    assert_problem(post(client, body), status, slug)


@pytest.mark.parametrize(("body", "pointer"), INVALID.values(), ids=INVALID)
def test_a_request_that_breaks_a_rule_is_told_which_field(client: TestClient, body: Any, pointer: str) -> None:
    problem = assert_problem(post(client, json.dumps(body).encode()), 422, "validation-error")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert all(error["code"] and error["detail"] for error in problem["errors"])


def test_every_wrong_field_is_named_at_once(client: TestClient) -> None:
    body = {"answer": 5, "rubric": {"question": "", "key_points": [{"id": "!", "weight": -1}], MARKER: 0}}
    problem = assert_problem(client.post("/v1/grades", json=body), 422, "validation-error")
    assert {error["pointer"] for error in problem["errors"]} == {
        "/answer",
        "/rubric",
        "/rubric/question",
        "/rubric/key_points/0/id",
        "/rubric/key_points/0/text",
        "/rubric/key_points/0/weight",
    }


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", MARKER]
)
def test_only_json_is_read(client: TestClient, media_type: str) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    response = client.post("/v1/grades", content=json.dumps(GOOD), headers=headers)
    assert_problem(response, 415, "unsupported-media-type")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
def test_json_may_be_named_in_every_legal_way(client: TestClient, media_type: str) -> None:
    assert post(client, json.dumps(GOOD).encode(), content_type=media_type).status_code == 201


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", MARKER])
def test_a_compressed_body_is_refused_with_what_is_accepted(client: TestClient, coding: str) -> None:
    response = post(client, gzip.compress(json.dumps(GOOD).encode()), content_encoding=coding)
    assert_problem(response, 415, "unsupported-content-encoding")
    assert response.headers["Accept-Encoding"] == "identity"


def test_a_body_over_a_mebibyte_is_too_large(client: TestClient) -> None:
    assert_problem(post(client, text("window", MARKER * 200_000)), 413, "content-too-large")


def test_a_body_without_a_length_is_cut_off_at_a_mebibyte(client: TestClient) -> None:
    assert_problem(post(client, (MARKER.encode() * 1_000 for _ in range(1_000))), 413, "content-too-large")


@pytest.mark.parametrize("length", ["99999999999999999999999", "1048577"])
def test_a_declared_length_over_a_mebibyte_is_believed(client: TestClient, length: str) -> None:
    assert_problem(post(client, b"{}", content_length=length), 413, "content-too-large")


async def test_a_client_that_goes_away_while_it_sends_gets_no_answer_and_makes_no_error() -> None:
    async def hang_up() -> Message:
        return {"type": "http.disconnect"}

    async def nobody(*_: object) -> None:
        pytest.fail("nobody is there to answer, and nothing was sent to be read")

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/grades",
        "headers": [(b"content-type", b"application/json")],
        "state": {"rule": RULES["POST /v1/grades"]},
    }
    await CheckedBody(nobody, nobody)(scope, hang_up, nobody)  # type: ignore[arg-type]


def test_an_unknown_question_is_not_found(client: TestClient) -> None:
    assert_problem(client.post("/v1/grades", json=GOOD | {"question_id": MARKER}), 404, "not-found")


@pytest.mark.parametrize(
    "path", [f"/{MARKER}", f"/v1/{MARKER}", f"/v1/questions/{MARKER}", f"/v1/grades/{MARKER}%00", f"/static/{MARKER}"]
)
def test_an_unknown_path_is_not_found(client: TestClient, path: str) -> None:
    assert_problem(client.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/grades", "GET, HEAD, OPTIONS, POST"),
        ("PUT", "/v1/grades", "GET, HEAD, OPTIONS, POST"),
        ("POST", "/v1/questions", "GET, HEAD, OPTIONS"),
        ("POST", "/v1/grades/some-id", "GET, HEAD, OPTIONS"),
        ("DELETE", "/v1/questions/DL0028", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_wrong_method_is_refused_with_the_right_one(client: TestClient, method: str, path: str, allowed: str) -> None:
    response = client.request(method, path, json={})
    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == allowed


@pytest.mark.parametrize("query", [f"difficulty={MARKER}", f"text={MARKER * 30}", f"category={MARKER * 30}"])
def test_a_wrong_filter_is_refused(client: TestClient, query: str) -> None:
    assert_problem(client.get(f"/v1/questions?{query}"), 422, "validation-error")


def test_a_draft_from_a_bad_request_is_refused_in_the_same_way(client: TestClient) -> None:
    body = {"question": MARKER, "reference_answer": " ", "extractor": MARKER, MARKER: 1}
    problem = assert_problem(client.post("/v1/rubrics/drafts", json=body), 422, "validation-error")
    assert {error["pointer"] for error in problem["errors"]} == {"/reference_answer", "/extractor", ""}
