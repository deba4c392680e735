"""Answers and judges with which grades come to a person, and how to send them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.testclient import TestClient

from grader.fakes import FakeChatModel, FakeJudge, completion
from grader.judges.llm import LlmJudge
from grader.ports import Judge
from tests.api.practice.judges import ANSWER, VERDICTS, reading
from tests.api.reading_pages import read, send
from tests.patience import until

NOT_THERE = [{**VERDICTS[0], "quotes": ["words that are not there"]}, *VERDICTS[1:]]
"""Verdicts of which the first quotes what nobody said."""

JUDGES: Mapping[str, Judge] = {
    "sure": reading(),
    "unsure": LlmJudge(FakeChatModel([completion(NOT_THERE)]), b"secret"),
    "fake": FakeJudge({}),
}
APPEAL = {"key_point_id": "k3", "reason": "i_covered_this", "text": "I meant the memory, not the time."}


def graded(
    client: TestClient,
    judge: str = "unsure",
    answer: str = ANSWER,
    ref: str = "ann@example.org",
    question: str = "DL0028",
) -> str:
    """The id of a new grade; by the judge `unsure` it waits."""
    body = {"question_id": question, "answer": answer, "judge": judge, "candidate_ref": ref}
    response = client.post("/v1/grades", json=body)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def objected(client: TestClient, judge: str = "sure", question: str = "DL0028", **changed: Any) -> str:
    """The id of a new grade that nobody doubted until the candidate objected."""
    grade_id = graded(client, judge, question=question)
    assert client.post(f"/v1/grades/{grade_id}/appeals", json={**APPEAL, **changed}).status_code == 201
    return grade_id


def path_to(grade_id: str) -> str:
    """Where the grade is looked at."""
    return f"/review/grades/{grade_id}"


def done(client: TestClient, grade_id: str) -> None:
    """Look at a grade and be content with it."""
    send(client, read(client.get(path_to(grade_id))), "/done")


def batched(client: TestClient, answers: list[str]) -> str:
    """The id of a batch of these answers, each by another candidate, once it is done."""
    rows = [{"question_id": "DL0028", "answer": text, "candidate_ref": f"c{n}"} for n, text in enumerate(answers)]
    body = "\n".join(json.dumps(row) for row in rows)
    sent = client.post("/v1/batches?name=Spring", content=body, headers={"Content-Type": "application/jsonl"})
    batch_id = str(sent.json()["id"])
    until(lambda: client.get(f"/v1/batches/{batch_id}").json()["state"] == "completed")
    return batch_id
