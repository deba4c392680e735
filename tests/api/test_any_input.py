"""No input, however strange, makes the service fail."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from grader.text.canonical import MAX_TOKENS, token_estimate

WORKERS = 8
"""Requests under way at once in a sweep."""

JSON_HEADERS = {"Content-Type": "application/json"}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = ["answer", "question_id", "rubric", "question", "reference_answer", "judge", "feedback", "candidate_ref"]
NAMED_JSON = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, ANY_JSON))
TEXT = st.text(min_size=1, max_size=300)
POINTS = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("abcde"), "text": TEXT}, optional={"weight": st.floats(0, 100)}),
    min_size=1,
    max_size=5,
)
FEW = settings(max_examples=40, deadline=None)


@pytest.fixture(scope="module", params=[12, pytest.param(1, marks=pytest.mark.slow)], ids=["every twelfth", "all"])
def naughty(request: pytest.FixtureRequest) -> list[str]:
    """The big list of naughty strings, or every twelfth of them."""
    path: Path = request.config.rootpath.parent / "shared" / "attacks" / "blns_bad_inputs.jsonl"
    if not path.is_file():
        pytest.skip(f"there is no {path}")
    lines = path.read_text("utf-8").split("\n")[:: request.param]
    return [json.loads(line)["text"] for line in lines if line]


def failures(naughty: list[str], send: Callable[[str], Any]) -> list[str]:
    """The strings that `send`, several at a time, cannot send without an error of the server."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return [
            text for text, response in zip(naughty, pool.map(send, naughty), strict=True) if response.is_server_error
        ]


def test_no_naughty_string_in_an_answer_is_an_error_of_the_server_or_comes_back_changed(
    client: TestClient, naughty: list[str]
) -> None:
    def send(text: str) -> Any:
        body = {"question_id": "DL0028", "answer": text, "candidate_ref": text[:200] or "-"}
        made = client.post("/v1/grades", json=body)
        if made.status_code == 201:
            assert client.get(made.headers["Location"]).json()["candidate_ref"] == body["candidate_ref"]
        return made

    assert failures(naughty, send) == []


@pytest.mark.parametrize("field", ["question", "reference_answer"])
def test_no_naughty_string_in_a_yardstick_is_an_error_of_the_server(
    client: TestClient, naughty: list[str], field: str
) -> None:
    tides = {"question": "Why are there tides?", "reference_answer": "The moon pulls the water.", "answer": "It pulls."}
    assert failures(naughty, lambda text: client.post("/v1/grades", json=tides | {field: text})) == []


@pytest.mark.parametrize("field", ["question_id", "judge"])
def test_no_naughty_string_in_a_name_is_an_error_of_the_server(
    client: TestClient, naughty: list[str], field: str
) -> None:
    body = {"question_id": "DL0028", "answer": "The moon pulls."}
    assert failures(naughty, lambda text: client.post("/v1/grades", json=body | {field: text})) == []


@pytest.mark.parametrize("path", ["/v1/questions", "/practice"])
def test_no_naughty_string_in_a_search_is_an_error_of_the_server(
    client: TestClient, naughty: list[str], path: str
) -> None:
    assert failures(naughty, lambda text: client.get(path, params={"text": text})) == []


def test_no_naughty_string_in_the_practice_form_is_an_error_of_the_server(
    client: TestClient, naughty: list[str]
) -> None:
    found = re.search(r'name="form_token" value="([^"]+)"', client.get("/practice/questions/DL0028").text)
    assert found
    form = {"form_token": found[1]}
    assert (
        failures(naughty, lambda text: client.post("/practice/questions/DL0028", data={**form, "answer": text})) == []
    )


@pytest.mark.parametrize("path", ["/v1/grades", "/v1/rubrics/drafts", "/practice/questions/DL0028"])
@FEW
@given(body=st.binary(max_size=200))
def test_no_bytes_are_an_error_of_the_server(client: TestClient, path: str, body: bytes) -> None:
    assert client.post(path, content=body, headers=JSON_HEADERS).status_code < 500


@FEW
@given(body=ANY_JSON | NAMED_JSON)
def test_no_json_is_an_error_of_the_server(client: TestClient, body: object) -> None:
    content = json.dumps(body, ensure_ascii=True)
    for path in ("/v1/grades", "/v1/rubrics/drafts"):
        assert client.post(path, content=content, headers=JSON_HEADERS).status_code < 500


@FEW
@given(question=TEXT, points=POINTS, answer=st.text(max_size=500))
def test_no_rubric_is_an_error_of_the_server(client: TestClient, question: str, points: Any, answer: str) -> None:
    content = json.dumps({"rubric": {"question": question, "key_points": points}, "answer": answer})
    assert client.post("/v1/grades", content=content, headers=JSON_HEADERS).status_code < 500


@FEW
@given(question=TEXT, reference=TEXT)
def test_no_reference_answer_is_an_error_of_the_server(client: TestClient, question: str, reference: str) -> None:
    content = json.dumps({"question": question, "reference_answer": reference})
    assert client.post("/v1/rubrics/drafts", content=content, headers=JSON_HEADERS).status_code < 500


@FEW
@given(
    body=st.binary(max_size=200).map(lambda raw: b"answer=" + raw) | st.text("%&=+aé\0", max_size=50).map(str.encode)
)
def test_no_form_is_an_error_of_the_server(client: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/practice/questions/DL0028", content=body, headers=headers).status_code < 500


@pytest.mark.parametrize("piece", ["a", "\n", ". ", "(", "🪟", "e\u0301", "\u0e33", "<", "no not ", "“", "詞"])
@pytest.mark.parametrize("numbered", [False, True])
def test_an_answer_as_long_as_allowed_is_graded_whatever_it_is_made_of(
    client: TestClient, piece: str, *, numbered: bool
) -> None:
    answer = "".join(f"{piece}{number}" if numbered else piece for number in range(16_000))[:16_000]
    while token_estimate(answer) > MAX_TOKENS:
        answer = answer[: len(answer) * 3 // 4]
    assert client.post("/v1/grades", json={"question_id": "DL0028", "answer": answer}).status_code == 201
