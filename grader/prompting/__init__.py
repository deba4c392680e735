"""The LLM judge's prompt: reviewable files, put together here, known by their hash.

The order serves the provider's prefix cache and the defence at once: rules, question and all key points
come first and are the same for every answer to a question; then the answer, between delimiters it cannot
guess; the closing rules, with the ids asked for, have the last word.
"""

from __future__ import annotations

from typing import Any, Final

from grader.domain import Label, Submission
from grader.prompting.examples import Example, rendered
from grader.prompting.files import wording, wording_hash
from grader.prompting.messages import Prompt, closed_object, token
from grader.text.neutral import neutralised
from rubrics.model import KeyPoint, Rubric

SCHEMA_NAME: Final = "verdicts"
OFFERED: Final = (Label.COVERED, Label.PARTIAL, Label.MISSING, Label.CONTRADICTED)
"""What a model may say; `ungraded` is ours to say about the model."""

MAX_REPLY_QUOTED: Final = 4_000
"""Characters of a bad reply that are shown to the model again."""

_FILES: Final = ("system.md", "user.md", "repair.md")


def build_prompt(submission: Submission, *, secret: bytes, examples: tuple[Example, ...] = ()) -> Prompt:
    """The messages that ask for one verdict per asked point; the same input and secret give the same prompt."""
    rubric, answer = submission.rubric, neutralised(submission.answer.text.strip())
    canary = token(secret, "canary")
    system = wording("system.md").format(canary=canary)
    user = wording("user.md").format(
        question=rubric.question.text,
        key_points="\n".join(_described(point) for point in rubric.key_points),
        answer=answer,
        nonce=token(secret, "answer", answer),
        count=len(submission.points),
        asked=_ids(submission),
    )
    return Prompt("\n\n".join(part for part in (system, rendered(examples)) if part), user, canary)


def repair_prompt(prompt: Prompt, submission: Submission, reply: str, problems: str, *, secret: bytes) -> Prompt:
    """`prompt` again, with the reply it got and what is wrong with that."""
    shown = neutralised(reply[:MAX_REPLY_QUOTED].replace("\0", " "))
    addition = wording("repair.md").format(
        reply=shown, nonce=token(secret, "reply", shown), problems=problems, asked=_ids(submission)
    )
    return Prompt(prompt.system, f"{prompt.user}\n\n{addition}", prompt.canary)


def response_schema(rubric: Rubric) -> dict[str, Any]:
    """JSON schema of the model's answer, in the strict subset: all required, nothing extra, no limits on the wire.

    It names every point of the rubric, asked for or not: providers cache it with the prefix.
    """
    verdict = {
        "key_point_id": {"type": "string", "enum": [point.id for point in rubric.key_points]},
        "quotes": {"type": "array", "items": {"type": "string"}},
        "reason": {"type": "string"},
        "verdict": {"type": "string", "enum": [label.value for label in OFFERED]},
    }
    return closed_object({"verdicts": {"type": "array", "items": closed_object(verdict)}})


def prompt_hash(examples: tuple[Example, ...] = ()) -> str:
    """`sha256:` and 64 hex digits over files and examples: which wording a verdict was given under."""
    return wording_hash(_FILES, rendered(examples))


def _described(point: KeyPoint) -> str:
    """A key point, and below it what reviewers decided on its edge cases."""
    decided = (
        f"\n  A reviewer decided: words such as “{neutralised(each.said)}” count as {each.counts_as} for {point.id}."
        for each in point.rulings
    )
    return f"- {point.id}: {point.text}{''.join(decided)}"


def _ids(submission: Submission) -> str:
    return ", ".join(point.id for point in submission.points)
