"""Interviews over HTTP where a language model may be asked about what they leave open."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.domain import Label
from grader.fakes import FakeChatModel, FakeJudge, completion
from grader.intake.inline import inline_question
from grader.interviews.adviser import Adviser
from tests.api.test_transcripts import PLAN

SAID = """Ada: So, why are there tides?
Bo: The gravity of the moon pulls the oceans.
Ada: Why float on tides?
Bo: Gravity and crystals, density and the oceans.
"""
TIDES = inline_question("Why are there tides?").id
MODEL = FakeChatModel([completion(json.dumps({"decisions": [{"item": "3", "label": TIDES}]}))])


@pytest.fixture(scope="module")
def client(serve: Any) -> TestClient:
    judge = FakeJudge({"k1": Label.COVERED})
    found: TestClient = serve(
        judges={"llm": FakeJudge({"k1": Label.COVERED}, name="llm"), "fake": judge},
        default_judge="fake",
        adviser=Adviser(MODEL, b"secret"),
        tenant_budget_calls=2,
    )
    return found


def handed_in(client: TestClient, judge: str) -> dict[str, Any]:
    body = {
        "file": {"name": "i.txt", "content": SAID},
        "questions": PLAN,
        "interviewers": ["Ada"],
        "candidates": ["Bo"],
        "judge": judge,
    }
    found: dict[str, Any] = client.post("/v1/transcripts", json=body, headers={"Prefer": "wait=20"}).json()
    return found


def test_a_turn_in_doubt_is_asked_about_where_the_judge_is_a_language_model(client: TestClient) -> None:
    report = handed_in(client, "llm")["report"]
    assert report["alignment"]["placements"][3]["decided_by"] == "llm"
    assert report["alignment"]["placements"][3]["question_id"] == TIDES
    assert report["usage"]["llm_calls"] == 1


def test_no_model_sees_the_interview_where_the_judge_is_none(client: TestClient) -> None:
    before = len(MODEL.asked)
    report = handed_in(client, "fake")["report"]
    assert len(MODEL.asked) == before
    assert {each["decided_by"] for each in report["alignment"]["placements"]} == {"alignment"}


def test_whose_a_turn_is_can_be_put_right(client: TestClient) -> None:
    body = {"file": {"name": "i.json", "content": UNNAMED}, "questions": PLAN}
    asked = client.post("/v1/transcripts", json=body)
    assert asked.json()["status"] == "needs_roles"
    place = f"{asked.headers['Location']}/alignment"
    roles = {"0": "interviewer", "1": "candidate", "2": "interviewer", "3": "candidate"}
    told = client.patch(place, json={"turn_roles": roles}, headers={"If-Match": asked.headers["ETag"]})
    assert [turn["role"] for turn in told.json()["report"]["transcript"]["turns"]] == list(roles.values())
    assert told.json()["status"] == "graded"
    beyond = client.patch(place, json={"turn_roles": {"9": "other"}}, headers={"If-Match": told.headers["ETag"]})
    assert beyond.json()["errors"][0]["pointer"] == "/turn_roles"


WORDS = (
    "The moon.",
    "The gravity of the moon pulls the oceans.",
    "Right, the moon.",
    "Crystals of ice have a lower density than the liquid.",
)
UNNAMED = json.dumps(
    {"segments": [{"start": n * 9.0, "end": n * 9 + 5.0, "text": each} for n, each in enumerate(WORDS)]}
)
