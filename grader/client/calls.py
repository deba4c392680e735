"""What a client can ask for: one talk an operation, the same for both clients."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypedDict
from urllib.parse import quote

from pydantic import BaseModel

from grader.client.talk import Call, Retry, Talk, answered, graded, parsed, read
from grader.explaining import Explanation
from grader.review import ListedGrade, Review, ReviewedGrade
from rubrics.model import Question

PATIENCE_SECONDS: Final = 300.0
"""How long `grade` and `regrade` wait for a grade that takes longer than the service holds a request open."""


class GradeOptions(TypedDict, total=False):
    """What to grade an answer against, exactly one of `question_id`, `rubric`, `question` with `reference_answer`; how.

    `rubric` is `{"question": …, "key_points": [{"id", "text", "weight", "required"}]}`.
    """

    question_id: str
    rubric: Mapping[str, Any]
    question: str
    reference_answer: str
    judge: str
    feedback: Literal["full", "hints", "none"]
    llm_feedback: bool
    candidate_ref: str


class GradeFilters(TypedDict, total=False):
    """Which grades to list; `since` is an ISO 8601 time."""

    question_id: str
    status: Literal["graded", "needs_review", "ungraded"]
    candidate_ref: str
    since: str


class OverrideRequest(TypedDict, total=False):
    """A person's verdict on one key point, and why; `evidence` are `{"start", "end"}` ranges of the answer."""

    key_point_id: str
    verdict: Literal["covered", "partial", "missing", "contradicted", "ungraded"]
    reason_code: str
    note: str
    evidence: list[dict[str, int]]


class _Page(BaseModel):
    grades: tuple[ListedGrade, ...]
    next: str | None = None


class _Questions(BaseModel):
    questions: tuple[Question, ...]


class Erasure(BaseModel):
    """How much was erased, and the entry of the decision log that says so, `receipt` its subject."""

    receipt: str
    grades: int
    promised: int
    replies: int
    statements: int
    entry: str


@dataclass(frozen=True)
class Calls:
    """The operations of the service as talks; each that creates sends one Idempotency-Key with all its tries."""

    retry: Retry = field(default_factory=Retry)
    patience: float = PATIENCE_SECONDS

    def questions(self, filters: Mapping[str, str]) -> Talk[tuple[Question, ...]]:
        """The questions that fit."""
        return (yield from read(Call("GET", "/v1/questions", filters), _Questions, self.retry)).questions

    def question(self, question_id: str) -> Talk[Question]:
        """One question."""
        return read(Call("GET", f"/v1/questions/{_segment(question_id)}"), Question, self.retry)

    def grade(self, answer: str, options: GradeOptions) -> Talk[ReviewedGrade]:
        """The grade of an answer, waited for."""
        call = _creation("/v1/grades", {"answer": answer, **options})
        return (yield from graded((yield from answered(call, self.retry)), self.retry, self.patience))

    def submit(self, answer: str, options: GradeOptions) -> Talk[str]:
        """The id of a grade that is made later."""
        call = _creation("/v1/grades", {"answer": answer, **options}, {"Prefer": "respond-async"})
        return parsed((yield from answered(call, self.retry)), _Identified).id

    def get_grade(self, grade_id: str) -> Talk[ReviewedGrade]:
        """A stored grade, waited for where it is not there yet."""
        return (yield from graded((yield from self._grade_reply(grade_id)), self.retry, self.patience))

    def grade_page(self, filters: GradeFilters, cursor: str | None) -> Talk[tuple[tuple[ListedGrade, ...], str | None]]:
        """One page of grades, and the cursor of the next one."""
        params = {name: str(value) for name, value in {**filters, "cursor": cursor}.items() if value}
        page = yield from read(Call("GET", "/v1/grades", params), _Page, self.retry)
        return page.grades, page.next

    def explain(self, grade_id: str) -> Talk[Explanation]:
        """Why a grade is what it is."""
        return read(Call("GET", f"{_path(grade_id)}/explanation"), Explanation, self.retry)

    def override(self, grade_id: str, body: OverrideRequest, if_match: str | None) -> Talk[Review]:
        """The review after a person's verdict; without `if_match` on whatever the grade says just now."""
        version = if_match or (yield from self._grade_reply(grade_id)).headers.get("etag", "")
        call = _creation(f"{_path(grade_id)}/overrides", body, {"If-Match": version})
        return (yield from read(call, Review, self.retry))

    def appeal(self, grade_id: str, key_point_id: str, reason: str, text: str) -> Talk[Review]:
        """The review after an objection to one verdict."""
        body = {"key_point_id": key_point_id, "reason": reason, "text": text}
        return read(_creation(f"{_path(grade_id)}/appeals", body), Review, self.retry)

    def decide_appeal(self, grade_id: str, number: int, state: str, answer: str) -> Talk[Review]:
        """The review after an appeal was answered."""
        body = {"state": state, "answer": answer}
        return read(Call("PUT", f"{_path(grade_id)}/appeals/{number}/decision", body=body), Review, self.retry)

    def regrade(self, grade_id: str, judge: str | None) -> Talk[ReviewedGrade]:
        """A new grade of the same answer."""
        call = _creation(f"{_path(grade_id)}/regrades", {"judge": judge} if judge else {})
        return (yield from graded((yield from answered(call, self.retry)), self.retry, self.patience))

    def export_candidate(self, ref: str) -> Talk[bytes]:
        """Everything held about a candidate, as JSON."""
        reply = yield from answered(Call("GET", f"/v1/candidates/{_segment(ref)}/export"), self.retry)
        return reply.content

    def erase_candidate(self, ref: str) -> Talk[Erasure]:
        """What was erased of a candidate."""
        return read(Call("DELETE", f"/v1/candidates/{_segment(ref)}"), Erasure, self.retry)

    def _grade_reply(self, grade_id: str) -> Talk[Any]:
        return answered(Call("GET", _path(grade_id)), self.retry)


class _Identified(BaseModel):
    id: str


def _creation(path: str, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Call:
    """A POST with a key of its own: however often it is sent, it is done once."""
    return Call("POST", path, body=body, headers={"Idempotency-Key": str(uuid.uuid4()), **(headers or {})})


def _path(grade_id: str) -> str:
    return f"/v1/grades/{_segment(grade_id)}"


def _segment(text: str) -> str:
    """`text` as one segment of a path, whatever characters it has."""
    return quote(text, safe="")
