"""The prompt that draws key points from a reference answer, and what its reply must look like."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from grader.prompting.extraction import read_object
from grader.prompting.files import wording, wording_hash
from grader.prompting.messages import Prompt, closed_object, token
from grader.text.neutral import MARKS, neutralised
from rubrics.extraction.cited import Claim
from rubrics.model import Question

SCHEMA_NAME: Final = "key_points"

MAX_CLAIMS: Final = 30
"""Points a reply may have; the prompt asks for ten."""

_FILES: Final = ("points_system.md", "points_user.md", "points_repair.md")
_RESTORED: Final = str.maketrans({shown: mark for mark, shown in MARKS.items()})


def points_prompt(question: Question, reference: str, *, secret: bytes, problem: str = "") -> Prompt:
    """The messages that ask for the points of a reference answer; `problem` says why an earlier reply was no use."""
    shown = neutralised(reference)
    canary = token(secret, "points canary")
    user = wording("points_user.md").format(question=question.text, reference=shown, nonce=token(secret, shown))
    again = wording("points_repair.md").format(problem=problem) if problem else ""
    parts = (part for part in (user, again) if part)
    return Prompt(wording("points_system.md").format(canary=canary), "\n\n".join(parts), canary)


def points_schema() -> dict[str, Any]:
    """JSON schema of the reply, in the strict subset; the citation comes before the claim that rests on it."""
    point = {
        "citation": {"type": "string"},
        "text": {"type": "string"},
        "weight": {"type": "integer", "enum": [1, 2, 3]},
        "required": {"type": "boolean"},
        "formula": {"type": "boolean"},
    }
    return closed_object({"points": {"type": "array", "items": closed_object(point)}})


def points_prompt_hash() -> str:
    """`sha256:` and 64 hex digits over the files of this prompt."""
    return wording_hash(_FILES)


def read_claims(text: str) -> tuple[Claim, ...]:
    """The claims in a reply; UnusableReply where it has none that can be read."""
    return tuple(one.claim() for one in read_object(text, "points", _Reply).points)


class _Said(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    citation: Annotated[str, Field(max_length=4_000)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
    weight: Annotated[int, Field(ge=1, le=3)]
    required: bool
    formula: bool

    def claim(self) -> Claim:
        """The claim, the marks of its citation as the reference has them."""
        plain = {"text": self.text.translate(_RESTORED), "citation": self.citation.translate(_RESTORED)}
        return Claim.model_validate(
            {**plain, "weight": self.weight, "required": self.required, "formula": self.formula}
        )


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    points: Annotated[list[_Said], Field(min_length=1, max_length=MAX_CLAIMS)]
