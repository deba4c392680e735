"""Judges that are owned by the attacker: they give every point to everybody, and prove it as badly as they are told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Unpack

from grader.domain import Grade, GradedPoint, Judgement, Label, Submission, Verdict
from grader.grading import Grader
from grader.judges.llm import LlmJudge
from grader.ports import ChatRequest, Completion
from grader.text.quotes import evidence
from rubrics.model import Span

_FRAME = re.compile(r"^=== answer ([0-9a-f]{32}) ===\n(.*?)\n?=== end of answer \1 ===$", re.MULTILINE | re.DOTALL)
_ASKED = re.compile(r"by its id, as JSON: ([^\n]*?)\. Give none")


def shown_answer(user: str) -> str:
    """The answer as the prompt shows it; fails where its frame is not there exactly once."""
    (found,) = _FRAME.findall(user)
    return str(found[1])


def asked_ids(user: str) -> list[str]:
    """The ids that the closing rules ask for."""
    return _ASKED.findall(user)[-1].split(", ")


def all_covered(ids: list[str], quotes: list[str]) -> str:
    """A reply that gives every point, with these quotes."""
    said = [{"key_point_id": each, "quotes": quotes, "reason": "Yes.", "verdict": "covered"} for each in ids]
    return json.dumps({"verdicts": said})


@dataclass
class LyingModel:
    """A chat model that answers with what `lie` makes of the user message; keeps what it was asked."""

    lie: Callable[[str], str]
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def identity(self) -> dict[str, str]:
        return {"model": "liar", "endpoint": "none"}

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        self.asked.append((request["system"], request["user"]))
        return Completion(self.lie(request["user"]), "liar", "stop", input_tokens=1, output_tokens=1)

    async def close(self) -> None:
        return None


@dataclass(frozen=True)
class ObedientJudge:
    """A judge of any kind that gives full marks as soon as the answer holds one word more than `honest`."""

    honest: str
    name: str = "obedient"

    @property
    def identity(self) -> dict[str, str]:
        return {"model": "obedient"}

    async def judge(self, submission: Submission) -> Judgement:
        text = submission.answer.text
        swayed = len(text.split()) > len(self.honest.split())
        proof: dict[str, Any] = {"evidence": (evidence(text, Span(start=0, end=len(text))),)} if swayed else {}
        label = Label.COVERED if swayed else Label.MISSING
        verdicts = (
            Verdict(key_point_id=point.id, label=label, judged_by=self.name, **proof) for point in submission.points
        )
        return Judgement(tuple(verdicts))


def llm_grader(model: LyingModel) -> Grader:
    """A grader whose only judge asks `model`."""
    return Grader({"llm": LlmJudge(model, b"secret")}, "llm")


def credited(grade: Grade) -> list[GradedPoint]:
    """The points that earned something."""
    return [point for point in grade.points if point.credit]
