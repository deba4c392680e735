"""The prompt that turns verdicts into feedback: it holds the verdicts and checked quotes, never the whole answer."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from grader.domain import Verdict
from grader.prompting.files import wording, wording_hash
from grader.text.neutral import neutralised
from rubrics.model import Rubric

SCHEMA_NAME: Final = "feedback"

_FILES: Final = ("feedback_system.md", "feedback_user.md")
_TOKEN_CHARACTERS: Final = 32


@dataclass(frozen=True)
class Told:
    """What the model is told of one point: its verdict, and how it may speak of it (the point, or only its topic)."""

    verdict: Verdict
    subject: str


@dataclass(frozen=True)
class FeedbackPrompt:
    """The two messages of one feedback call, and the word in them that no reply may contain."""

    system: str
    user: str
    canary: str


def feedback_prompt(rubric: Rubric, told: Iterable[Told], *, secret: bytes) -> FeedbackPrompt:
    """The messages that ask for feedback; the same input and secret give the same prompt."""
    verdicts = "\n".join(_line(each) for each in told)
    canary = _token(secret, "feedback canary")
    user = wording("feedback_user.md").format(
        question=rubric.question.text, verdicts=verdicts, nonce=_token(secret, verdicts)
    )
    return FeedbackPrompt(wording("feedback_system.md").format(canary=canary), user, canary)


def feedback_schema(rubric: Rubric) -> dict[str, Any]:
    """JSON schema of the reply, in the strict subset."""
    ids = [point.id for point in rubric.key_points]
    remark = _closed({"key_point_id": {"type": "string", "enum": ids}, "text": {"type": "string"}})
    remarks = {"type": "array", "items": remark}
    text = {"type": "string"}
    return _closed({"summary": text, "strengths": remarks, "improvements": remarks, "next_step": text})


def feedback_prompt_hash() -> str:
    """`sha256:` and 64 hex digits over the feedback prompt's files."""
    return wording_hash(_FILES)


def _line(told: Told) -> str:
    quotes = "; ".join(f'"{neutralised(item.text)}"' for item in told.verdict.evidence) or "none"
    return f"- {told.verdict.key_point_id}: {told.verdict.label.value}. {told.subject}\n  The person's words: {quotes}"


def _token(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:_TOKEN_CHARACTERS]


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
