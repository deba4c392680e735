"""What is another tenant's is as if it were not there, whatever is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from api.permissions import RULES
from grader.access import Scope
from tests.api.doors import GRADE, Doors, slug
from tests.api.reached import REACHED
from tests.postgres import SERVER, Postgres


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def doors(request: pytest.FixtureRequest, serve: Any) -> Iterator[Doors]:
    """An application on each database."""
    if request.param == "sqlite":
        yield Doors(serve())
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as name:
        doors = Doors(serve(database_url=server.url(name, SERVER)))
        yield doors
        doors.call(doors.application.services.storage.close)


@pytest.fixture(scope="module")
def theirs(doors: Doors) -> Any:
    """The other tenant's key."""
    return doors.key(Scope.ADMIN, tenant="theirs")


@pytest.fixture(scope="module")
def mine(doors: Doors) -> Any:
    """Our key."""
    return doors.key(Scope.ADMIN, tenant="mine")


def test_every_operation_of_the_api_is_tried() -> None:
    assert {name for name in RULES if " /v1/" in name} - REACHED == set()


def test_another_tenants_grade_is_answered_as_one_that_is_not_there(doors: Doors, mine: Any, theirs: Any) -> None:
    made = doors.send("POST", "/v1/grades", theirs, json=GRADE).headers["Location"]
    assert doors.send("GET", made, theirs).status_code == 200
    foreign, absent = doors.send("GET", made, mine), doors.send("GET", made[:-1] + "x", mine)
    assert (foreign.status_code, slug(foreign)) == (404, "not-found")
    assert without_id(foreign) == without_id(absent)


def without_id(response: Any) -> Any:
    """A problem without the id of its request."""
    return {**response.json(), "instance": ""}, set(response.headers)


def test_a_list_holds_the_tenants_own_grades_only(doors: Doors, mine: Any, theirs: Any) -> None:
    doors.send("POST", "/v1/grades", theirs, json={**GRADE, "candidate_ref": "same"})
    doors.send("POST", "/v1/grades", mine, json={**GRADE, "candidate_ref": "same"})
    wanted = {"candidate_ref": "same", "question_id": "DL0028"}
    found = doors.send("GET", "/v1/grades", mine, params=wanted).json()["grades"]
    others = doors.send("GET", "/v1/grades", theirs, params=wanted).json()["grades"]
    assert (len(found), len(others)) == (1, 1)
    assert found[0]["id"] != others[0]["id"]


def test_another_tenants_cursor_is_refused(doors: Doors, mine: Any, theirs: Any) -> None:
    for _ in range(2):
        doors.send("POST", "/v1/grades", theirs, json=GRADE)
    cursor = doors.send("GET", "/v1/grades", theirs, params={"limit": 1}).json()["next"]
    assert doors.send("GET", "/v1/grades", theirs, params={"limit": 1, "cursor": cursor}).status_code == 200
    refused = doors.send("GET", "/v1/grades", mine, params={"limit": 1, "cursor": cursor})
    assert (refused.status_code, slug(refused)) == (400, "invalid-cursor")


def test_what_is_practised_at_this_machine_belongs_to_no_tenant_with_a_key(doors: Doors, mine: Any) -> None:
    doors.set(local_without_key=True)
    made = doors.send("POST", "/v1/grades", None, json=GRADE).headers["Location"]
    assert doors.send("GET", made, None).status_code == 200
    assert doors.send("GET", made, mine).status_code == 404
    doors.set(local_without_key=False)


OVERRIDE = {"key_point_id": "k1", "verdict": "missing", "reason_code": "other", "note": "No."}
APPEAL = {"key_point_id": "k1", "reason": "other", "text": "No."}
DECISION = {"state": "upheld", "answer": "No."}


@pytest.mark.parametrize(
    "operation",
    [
        ("GET", "explanation", None),
        ("GET", "review", None),
        ("POST", "overrides", OVERRIDE),
        ("POST", "appeals", APPEAL),
        ("PUT", "appeals/1/decision", DECISION),
        ("POST", "regrades", {}),
    ],
)
def test_nothing_can_be_said_of_another_tenants_grade(
    doors: Doors, mine: Any, theirs: Any, operation: tuple[str, str, Any]
) -> None:
    method, path, body = operation
    made = doors.send("POST", "/v1/grades", theirs, json=GRADE)
    place, headers = made.headers["Location"], {"If-Match": made.headers["ETag"]}
    doors.send("POST", f"{place}/appeals", theirs, json=APPEAL)
    before = doors.send("GET", f"{place}/review", theirs).json()
    foreign = doors.send(method, f"{place}/{path}", mine, json=body, headers=headers)
    absent = doors.send(method, f"{place[:-1]}x/{path}", mine, json=body, headers=headers)
    assert (foreign.status_code, slug(foreign)) == (404, "not-found")
    assert without_id(foreign) == without_id(absent)
    assert doors.send("GET", f"{place}/review", theirs).json() == before


def test_another_tenants_candidate_of_the_same_name_is_neither_read_nor_erased(
    doors: Doors, mine: Any, theirs: Any
) -> None:
    made = doors.send("POST", "/v1/grades", theirs, json={**GRADE, "candidate_ref": "twin"}).headers["Location"]
    assert doors.send("GET", "/v1/candidates/twin/export", mine).json()["grades"] == []
    assert doors.send("DELETE", "/v1/candidates/twin", mine).json()["grades"] == 0
    assert doors.send("GET", made, theirs).status_code == 200
    assert len(doors.send("GET", "/v1/candidates/twin/export", theirs).json()["grades"]) == 1


def test_another_tenants_rubric_is_answered_as_one_that_is_not_there(doors: Doors, mine: Any, theirs: Any) -> None:
    point = {"id": "k1", "text": "The moon pulls the water of the oceans."}
    question = {"id": "tides", "title": "Tides", "text": "Why are there tides?"}
    rubric = {"question": question, "key_points": [point], "reference_answer": point["text"]}
    made = doors.send("POST", "/v1/rubrics", mine, json={"rubric": rubric, "publish": False}).json()
    preview = {"rubric": rubric}
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/diff?to=DL0028", None),
        ("POST", "/preview", preview),
        ("POST", "/rulings", {"key_point_id": "k1", "said": "lunar attraction"}),
        ("PUT", "/state", {"state": "retired"}),
    ):
        there, absent = (
            doors.send(method, f"/v1/rubrics/{name}{path}", theirs, json=body) for name in (made["id"], "sha256:0")
        )
        assert (there.status_code, slug(there)) == (absent.status_code, slug(absent)) == (404, "not-found")
    assert doors.send("GET", "/v1/rubrics/tides/versions", theirs).json() == {"versions": []}
    assert doors.send("GET", "/v1/rubrics?state=draft", theirs).json()["versions"] == []
    theirs_too = doors.send("POST", "/v1/rubrics", theirs, json={"rubric": rubric, "publish": False}).json()
    assert theirs_too["id"] == made["id"], "whoever has the same content has the same hash, each their own version"
    assert len(doors.send("GET", "/v1/rubrics/tides/versions", mine).json()["versions"]) == 1


def test_another_tenants_webhook_is_answered_as_one_that_is_not_there(doors: Doors, mine: Any, theirs: Any) -> None:
    asked = {"url": "https://hooks.example.com/", "events": ["grade.completed"]}
    made = doors.send("POST", "/v1/webhooks", theirs, json=asked).headers["Location"]
    ping = doors.send("POST", f"{made}/pings", theirs, json={}).headers["Location"].rpartition("/")[2]
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"enabled": False}),
        ("GET", "/secrets", None),
        ("POST", "/rotations", {}),
        ("POST", "/pings", {}),
        ("POST", "/replays", {}),
        ("GET", "/deliveries", None),
        ("GET", f"/deliveries/{ping}", None),
        ("DELETE", "", None),
    ):
        foreign = doors.send(method, f"{made}{path}", mine, json=body)
        absent = doors.send(method, f"{made[:-1]}x{path}", mine, json=body)
        assert (foreign.status_code, slug(foreign)) == (404, "not-found"), path
        assert without_id(foreign) == without_id(absent)
    assert doors.send("GET", "/v1/webhooks", mine).json() == {"webhooks": []}
    kept = doors.send("GET", made, theirs).json()
    assert (kept["enabled"], kept["secret_number"]) == (True, 1)
    doors.send("POST", "/v1/grades", mine, json=GRADE)
    told = doors.send("GET", f"{made}/deliveries", theirs).json()["deliveries"]
    assert [each["payload"]["type"] for each in told] == ["ping"], "another tenant's grade is not told"
    own = doors.send("POST", "/v1/webhooks", mine, json=asked).headers["Location"]
    crossed = doors.send("GET", f"{own}/deliveries/{ping}", mine)
    assert (crossed.status_code, slug(crossed)) == (404, "not-found")
    assert doors.send("DELETE", made, theirs).status_code == 204


def test_another_tenants_batch_is_answered_as_one_that_is_not_there(doors: Doors, mine: Any, theirs: Any) -> None:
    line, kind = json.dumps(GRADE).encode(), {"Content-Type": "application/jsonl"}
    made = doors.send("POST", "/v1/batches", theirs, content=line, headers=kind).headers["Location"]
    for method, path in (
        ("GET", ""),
        ("GET", "/events"),
        ("GET", "/results"),
        *(("POST", f"/{verb}") for verb in ("pause", "resume", "cancel", "retry")),
    ):
        foreign, absent = doors.send(method, f"{made}{path}", mine), doors.send(method, f"{made[:-1]}x{path}", mine)
        assert (foreign.status_code, slug(foreign)) == (404, "not-found"), path
        assert without_id(foreign) == without_id(absent)
    assert doors.send("GET", "/v1/batches", mine).json() == {"batches": [], "next": None}
    assert doors.send("GET", made, theirs).json()["state"] != "cancelled"


Request = tuple[str, str, Any]


def unreachable(doors: Doors, key: Any, place: str, requests: list[Request]) -> None:
    """Each request below `place` is answered as one for what is not there."""
    for method, path, body in requests:
        other = f"{place[:-1]}{'0' if place[-1] != '0' else '1'}"
        foreign, absent = (
            doors.send(method, f"{each}{path}", key, json=body, headers={"If-Match": '"1"'}) for each in (place, other)
        )
        assert (foreign.status_code, slug(foreign)) == (404, "not-found"), (method, path, foreign.text)
        assert without_id(foreign) == without_id(absent)


def test_another_tenants_interview_is_answered_as_one_that_is_not_there(doors: Doors, mine: Any, theirs: Any) -> None:
    said = "Ada: Why are there tides?\nBo: The moon pulls the oceans.\n"
    asked = {"file": {"name": "i.txt", "content": said}, "questions": [{"question_id": "DL0028"}]}
    named = {"interviewers": ["Ada"], "candidates": ["Bo"]}
    made = doors.send("POST", "/v1/transcripts", theirs, json={**asked, **named})
    place = made.headers["Location"]
    changed = {"turns": {"1": None}}
    unreachable(doors, mine, place, [("GET", "", None), ("GET", "/report", None), ("PATCH", "/alignment", changed)])
    assert doors.send("GET", place, theirs).status_code == 200


def test_another_tenants_test_and_order_are_answered_as_ones_that_are_not_there(
    doors: Doors, mine: Any, theirs: Any
) -> None:
    asked = {"name": "Attention", "question_ids": ["DL0028"]}
    test = doors.send("POST", "/v1/assessments/tests", theirs, json=asked).json()
    wanted = {"test_id": test["id"], "candidate": {"ref": "c-1"}}
    order = doors.send("POST", "/v1/assessments/orders", theirs, json=wanted).json()
    groups = {"candidates": [{"ref": "c-1", "groups": {"sex": "f"}}]}
    on_test: list[Request] = [("GET", "", None), ("POST", "/impact", groups), ("DELETE", "", None)]
    unreachable(doors, mine, f"/v1/assessments/tests/{test['id']}", on_test)
    requests: list[Request] = [("GET", "", None), ("PATCH", "", {"extra_minutes": 5})]
    requests += [("POST", "/cancellation", {}), ("POST", "/release", {})]
    unreachable(doors, mine, f"/v1/assessments/orders/{order['id']}", requests)
    assert doors.send("GET", "/v1/assessments/tests", mine).json()["tests"] == []
    assert doors.send("GET", "/v1/assessments/orders", mine).json()["orders"] == []
    crossed = doors.send("POST", "/v1/assessments/orders", mine, json=wanted)
    assert 400 <= crossed.status_code < 500
    assert doors.send("GET", f"/v1/assessments/orders/{order['id']}", theirs).json()["state"] == order["state"]


def test_another_tenants_platform_is_answered_as_one_that_is_not_there(doors: Doors, mine: Any, theirs: Any) -> None:
    asked = {"platform": "ashby", "api_key": "theirs-0815"}
    made = doors.send("POST", "/v1/platforms", theirs, json=asked).json()
    unreachable(
        doors,
        mine,
        f"/v1/platforms/{made['id']}",
        [
            ("GET", "/key", None),
            ("GET", "/deliveries", None),
            ("POST", "/replays", {}),
            ("DELETE", "", None),
        ],
    )
    assert doors.send("GET", "/v1/platforms", mine).json()["connections"] == []
    assert doors.send("GET", f"/v1/platforms/{made['id']}/key", theirs).status_code == 200
