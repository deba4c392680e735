"""What a tenant may spend on the LLM in a day, as a client meets it."""

from __future__ import annotations

from typing import Any

import pytest

from grader.access import Scope
from grader.fakes import FakeChatModel, FakeJudge, completion
from grader.judges.llm import LlmJudge
from tests.api.doors import GRADE, Doors, slug

SAID = [{"key_point_id": f"k{number}", "quotes": [], "reason": "", "verdict": "missing"} for number in range(1, 6)]


@pytest.fixture
def doors(serve: Any) -> Doors:
    """An application that lets every tenant call the LLM twice a day."""
    judges = {"llm": LlmJudge(FakeChatModel([completion(SAID)]), b"secret"), "fake": FakeJudge({})}
    return Doors(serve(judges=judges, default_judge="llm", tenant_budget_calls=2))


def test_who_has_spent_the_day_is_told_when_the_next_begins(doors: Doors) -> None:
    key = doors.key(Scope.GRADE)
    responses = [doors.send("POST", "/v1/grades", key, json=GRADE) for _ in range(3)]
    assert [response.status_code for response in responses] == [201, 201, 429]
    assert slug(responses[2]) == "budget-exhausted"
    assert 0 < int(responses[2].headers["Retry-After"]) <= 86_400


def test_another_tenant_and_another_judge_go_on(doors: Doors) -> None:
    key, other = doors.key(Scope.GRADE, tenant="spent"), doors.key(Scope.GRADE, tenant="other")
    for _ in range(3):
        doors.send("POST", "/v1/grades", key, json=GRADE)
    assert doors.send("POST", "/v1/grades", other, json=GRADE).status_code == 201
    assert doors.send("POST", "/v1/grades", key, json={**GRADE, "judge": "fake"}).status_code == 201


def test_a_refused_request_may_be_sent_again_under_its_idempotency_key(doors: Doors) -> None:
    key = doors.key(Scope.GRADE, tenant="again")
    for _ in range(2):
        doors.send("POST", "/v1/grades", key, json=GRADE)
    sent = {"json": GRADE, "headers": {"Idempotency-Key": "k"}}
    refused = [doors.send("POST", "/v1/grades", key, **sent) for _ in range(2)]
    assert [slug(response) for response in refused] == ["budget-exhausted"] * 2
    assert "Idempotency-Replayed" not in refused[1].headers


QUESTION = {"id": "tides", "title": "Tides", "text": "Why are there tides?"}
POINTS = [{"id": "k1", "text": "The moon pulls the water."}, {"id": "k2", "text": "The earth turns below two bulges."}]
RUBRIC = {"question": QUESTION, "key_points": POINTS}


@pytest.mark.parametrize("path", ["/v1/rubrics", "/v1/rubrics/check"])
def test_a_check_that_may_cost_more_than_the_day_is_refused_before_it_begins(doors: Doors, path: str) -> None:
    key = doors.key(Scope.AUTHOR, tenant="author")
    refused = doors.send("POST", path, key, json={"rubric": RUBRIC})
    assert (refused.status_code, slug(refused)) == (429, "budget-exhausted")
    free = doors.send("POST", path, key, json={"rubric": RUBRIC, "judge": "fake"})
    assert free.status_code in {200, 201}


def test_a_draft_is_tried_within_the_budget_too(doors: Doors) -> None:
    body = {"question": "Why are there tides?", "reference_answer": "The moon pulls the water of the oceans."}
    refused = doors.send("POST", "/v1/rubrics/drafts", doors.key(Scope.AUTHOR, tenant="drafts"), json=body)
    assert (refused.status_code, slug(refused)) == (429, "budget-exhausted")


def test_what_a_preview_asks_the_llm_is_counted(doors: Doors) -> None:
    grading, writing = doors.key(Scope.GRADE, tenant="seen"), doors.key(Scope.AUTHOR, tenant="seen")
    doors.send("POST", "/v1/grades", grading, json={**GRADE, "judge": "fake"})
    rubric = doors.send("GET", "/v1/rubrics/DL0028", writing).json()["rubric"]
    point = {**rubric["key_points"][0], "text": "A token looks at its neighbours only."}
    body = {"rubric": {**rubric, "key_points": [point, *rubric["key_points"][1:]]}, "judge": "llm"}
    sent = [doors.send("POST", "/v1/rubrics/DL0028/preview", writing, json=body) for _ in range(3)]
    assert [response.status_code for response in sent] == [200, 200, 429], sent[0].text
    assert [response.json()["judge_calls"] for response in sent[:2]] == [1, 1]
