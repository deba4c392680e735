"""Rubrics over HTTP: checked, published, compared, previewed and ruled on, each tenant by itself."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.domain import Label
from grader.fakes import FakeJudge
from tests.api.doors import slug

REFERENCE = "The moon pulls the water. The earth turns below two bulges. The sun helps twice a month."
MARKER = "Zqxmarker"


def rubric(question: str = "tides", **points: dict[str, Any]) -> dict[str, Any]:
    texts = ("The moon pulls the water.", "The earth turns below two bulges.", "The sun helps twice a month.")
    return {
        "question": {"id": question, "title": "Tides", "text": "Why are there tides?"},
        "reference_answer": REFERENCE,
        "key_points": [
            {
                "id": f"k{number}",
                "text": text,
                "weight": 2,
                "required": number == 1,
                "source": {"start": REFERENCE.index(text), "end": REFERENCE.index(text) + len(text)},
                **points.get(f"k{number}", {}),
            }
            for number, text in enumerate(texts, start=1)
        ],
    }


@pytest.fixture(scope="module")
def client(serve: Any) -> TestClient:
    """A client of an application whose judge finds the moon everywhere."""
    judge = FakeJudge({"k1": Label.COVERED})
    client: TestClient = serve(judges={"fake": judge}, default_judge="fake")
    return client


def publish(client: TestClient, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    response = client.post("/v1/rubrics", json={"rubric": body, **more})
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def test_a_published_rubric_is_read_by_question_and_by_content_hash(client: TestClient) -> None:
    made = publish(client, rubric(), note="first")
    by_question, by_hash = (client.get(f"/v1/rubrics/{name}").json() for name in ("tides", made["id"]))
    assert by_question == by_hash
    assert (by_hash["id"], by_hash["version"]["state"], by_hash["version"]["number"]) == (made["id"], "published", 1)
    assert made["check"]["passed"]
    assert [each["id"] for each in client.get("/v1/rubrics").json()["versions"]] == [made["id"]]


def test_versions_are_listed_by_pages_whose_cursor_belongs_to_one_state(client: TestClient) -> None:
    made = {publish(client, rubric(name), publish=False)["id"] for name in ("page-1", "page-2", "page-3")}
    wanted, seen = {"state": "draft", "limit": 2}, []
    while True:
        page = client.get("/v1/rubrics", params=wanted).json()
        seen += [each["id"] for each in page["versions"]]
        if page["next"] is None:
            break
        wanted["cursor"] = page["next"]
    assert made <= set(seen)
    assert len(seen) == len(set(seen))
    foreign = client.get("/v1/rubrics", params=wanted | {"state": "published"})
    assert (foreign.status_code, slug(foreign)) == (400, "invalid-cursor")


def test_a_published_question_is_listed_without_its_key_points(client: TestClient) -> None:
    publish(client, rubric("listed"))
    (question,) = client.get("/v1/questions", params={"text": "listed"}).json()["questions"]
    assert question == client.get("/v1/questions/listed").json()
    assert set(question) == {"id", "title", "text", "category", "difficulty", "tags"}


def test_the_bank_is_read_where_nothing_is_published(client: TestClient) -> None:
    found = client.get("/v1/rubrics/DL0028").json()
    assert (found["version"], found["rubric"]["question"]["id"]) == (None, "DL0028")
    assert client.get(f"/v1/rubrics/{found['id']}").json() == found


def test_the_same_content_is_published_once_and_an_edit_is_the_next_version(client: TestClient) -> None:
    first = publish(client, rubric("edits"))
    assert publish(client, rubric("edits"))["version"]["number"] == 1
    second = publish(client, rubric("edits", k3={"weight": 1}))
    versions = client.get("/v1/rubrics/edits/versions").json()["versions"]
    assert [(each["id"], each["version"]["state"]) for each in versions] == [
        (second["id"], "published"),
        (first["id"], "retired"),
    ]
    changes = client.get(f"/v1/rubrics/{first['id']}/diff", params={"to": second["id"]}).json()
    assert [(each["where"], each["before"], each["after"]) for each in changes["changes"]] == [("k3.weight", "2", "1")]
    assert changes["free"]


def test_a_rubric_with_a_fault_is_refused_at_its_point_and_without_its_words(client: TestClient) -> None:
    body = rubric("faulty", k2={"text": f"{MARKER} various things etc."}, k3={"text": f"This {MARKER} helps."})
    response = client.post("/v1/rubrics", json={"rubric": body})
    assert (response.status_code, slug(response)) == (422, "rubric-refused")
    named = {(each["pointer"], each["code"]) for each in response.json()["errors"]}
    assert named >= {("/rubric/key_points/1", "vague"), ("/rubric/key_points/2", "unjudgeable")}
    assert MARKER not in response.text
    assert client.get("/v1/rubrics/faulty").status_code == 404


def test_a_rubric_with_a_fault_can_be_kept_as_a_draft_and_checked_at_length(client: TestClient) -> None:
    body = rubric("drafty", k2={"text": "Various things etc."})
    assert publish(client, body, publish=False)["version"]["state"] == "draft"
    assert client.get("/v1/rubrics/drafty").status_code == 404
    report = client.post("/v1/rubrics/check", json={"rubric": body}).json()
    assert not report["passed"]
    assert [point["key_point_id"] for point in report["points"]] == ["k1", "k2", "k3"]
    assert all(finding["mend"] for finding in report["findings"])


def test_an_edit_is_previewed_on_the_stored_grades_without_a_judge(client: TestClient) -> None:
    made = publish(client, rubric("seen"))
    for answer in ("The moon does it.", "I don't know"):
        grade = client.post("/v1/grades", json={"question_id": "seen", "answer": answer})
        assert (grade.status_code, grade.json()["rubric_hash"]) == (201, made["id"])
    response = client.post(
        "/v1/rubrics/seen/preview", json={"rubric": rubric("seen", k1={"weight": 4}), "pass_mark": 0.5}
    )
    found = response.json()
    assert (response.status_code, found["judge_calls"], found["to_judge"]) == (200, 0, [])
    assert found["summary"] == "1 of 2 grades change, 1 crosses the pass mark."


def test_a_ruling_becomes_part_of_the_next_version(client: TestClient) -> None:
    publish(client, rubric("ruled"))
    ruling = {"key_point_id": "k1", "said": "lunar attraction", "note": "said in class"}
    response = client.post("/v1/rubrics/ruled/rulings", json=ruling)
    assert (response.status_code, response.json()["ruling"]["counts_as"]) == (201, "covered")
    second = publish(client, rubric("ruled"))
    assert second["version"]["number"] == 2
    assert [each["said"] for each in second["version"]["rubric"]["key_points"][0]["rulings"]] == ["lunar attraction"]


def test_a_version_is_retired_and_brought_back(client: TestClient) -> None:
    made = publish(client, rubric("moved"))
    for state, status in (("retired", 404), ("retired", 404), ("published", 200)):
        moved = client.put(f"/v1/rubrics/{made['id']}/state", json={"state": state})
        assert (moved.status_code, moved.json()["version"]["state"]) == (200, state)
        assert client.get("/v1/rubrics/moved").status_code == status


def test_a_state_that_cannot_follow_is_a_conflict(client: TestClient) -> None:
    draft = publish(client, rubric("stuck"), publish=False)
    for state in ("published", "retired"):
        response = client.put(f"/v1/rubrics/{draft['id']}/state", json={"state": state})
        assert (response.status_code, slug(response)) == (409, "wrong-state"), "a draft gets there by its check only"
    published = publish(client, rubric("stuck"))
    assert draft["id"] == published["id"]
    again = client.post("/v1/rubrics", json={"rubric": rubric("stuck"), "publish": False})
    assert again.json()["version"]["state"] == "published", "what is published already is no draft again"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/rubrics/nothing", None, 404),
        ("GET", f"/v1/rubrics/sha256:{MARKER}", None, 404),
        ("GET", "/v1/rubrics/DL0028/diff", None, 422),
        ("GET", f"/v1/rubrics/DL0028/diff?to={MARKER}", None, 404),
        ("GET", f"/v1/rubrics?state={MARKER}", None, 422),
        ("GET", f"/v1/rubrics?{MARKER}=1", None, 422),
        ("POST", f"/v1/rubrics/{MARKER}/preview", {"rubric": rubric()}, 404),
        ("POST", "/v1/rubrics/DL0028/rulings", {"key_point_id": MARKER, "said": MARKER}, 422),
        ("POST", f"/v1/rubrics/{MARKER}/rulings", {"key_point_id": "k1", "said": "x"}, 404),
        ("PUT", f"/v1/rubrics/{MARKER}/state", {"state": "retired"}, 404),
        ("PUT", "/v1/rubrics/x/state", {"state": "draft"}, 422),
        ("POST", "/v1/rubrics", {"rubric": rubric() | {"key_points": []}}, 422),
        ("POST", "/v1/rubrics", {"rubric": rubric(k1={"source": {"start": 0, "end": 9_999}})}, 422),
        ("POST", "/v1/rubrics", {"rubric": rubric(k1={"penalty": True})}, 422),
        ("POST", "/v1/rubrics", {"rubric": rubric(), "judge": MARKER}, 422),
        ("POST", "/v1/rubrics/check", {"rubric": rubric(), "judge": MARKER}, 422),
    ],
)
def test_what_is_wrong_is_a_problem_without_an_echo(
    client: TestClient, method: str, path: str, body: Any, status: int
) -> None:
    response = client.request(method, path, json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert MARKER not in response.text
