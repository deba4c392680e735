"""The prompt that turns verdicts into feedback: it holds the verdicts and checked quotes, never the whole answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from grader.domain import Verdict
from grader.prompting.files import wording, wording_hash
from grader.prompting.messages import Prompt, closed_object, token
from grader.text.neutral import neutralised
from rubrics.model import Rubric

SCHEMA_NAME: Final = "feedback"

_FILES: Final = ("feedback_system.md", "feedback_user.md")


@dataclass(frozen=True)
class Told:
    """What the model is told of one point: its verdict, and how it may speak of it (the point, or only its topic)."""

    verdict: Verdict
    subject: str


def feedback_prompt(rubric: Rubric, told: Iterable[Told], *, secret: bytes) -> Prompt:
    """The messages that ask for feedback; the same input and secret give the same prompt."""
    verdicts = "\n".join(_line(each) for each in told)
    canary = token(secret, "feedback canary")
    user = wording("feedback_user.md").format(
        question=rubric.question.text, verdicts=verdicts, nonce=token(secret, verdicts)
    )
    return Prompt(wording("feedback_system.md").format(canary=canary), user, canary)


def feedback_schema(rubric: Rubric) -> dict[str, Any]:
    """JSON schema of the reply, in the strict subset."""
    ids = [point.id for point in rubric.key_points]
    remark = closed_object({"key_point_id": {"type": "string", "enum": ids}, "text": {"type": "string"}})
    remarks = {"type": "array", "items": remark}
    text = {"type": "string"}
    return closed_object({"summary": text, "strengths": remarks, "improvements": remarks, "next_step": text})


def feedback_prompt_hash() -> str:
    """`sha256:` and 64 hex digits over the feedback prompt's files."""
    return wording_hash(_FILES)


def _line(told: Told) -> str:
    quotes = "; ".join(f'"{neutralised(item.text)}"' for item in told.verdict.evidence) or "none"
    return f"- {told.verdict.key_point_id}: {told.verdict.label.value}. {told.subject}\n  The person's words: {quotes}"
