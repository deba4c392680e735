"""An answer, and judges that read it as a person would, or are not there."""

from __future__ import annotations

import asyncio
from typing import Any

from grader.domain import Judgement, Submission
from grader.errors import JudgeFailure
from grader.fakes import FakeChatModel, FakeJudge, completion
from grader.judges.llm import LlmJudge
from grader.ports import Judge
from grader.practising import PATIENCE_SECONDS

ANSWER = "Each token attends only to a local window.\nThe cost stays quadratic, and nothing is lost in it."


def said(point: str, verdict: str, *quotes: str) -> dict[str, Any]:
    """What the model says of a point."""
    return {"key_point_id": point, "quotes": list(quotes), "reason": "", "verdict": verdict}


VERDICTS = [
    said("k1", "covered", "Each token attends only to a local window"),
    said("k2", "missing"),
    said("k3", "contradicted", "The cost stays quadratic"),
    said("k4", "missing"),
    said("k5", "partial", "nothing is lost"),
]


EVERYTHING = [said(point, "covered", "local window") for point in ("k1", "k2", "k3", "k4", "k5")]


def reading(*verdicts: list[dict[str, Any]]) -> Judge:
    """A judge that reads ANSWER as a person would, or says this of one answer after the other."""
    return LlmJudge(FakeChatModel([completion(each) for each in verdicts or (VERDICTS,)]), b"secret")


def down() -> Judge:
    """A judge that is not there."""
    return LlmJudge(FakeChatModel([JudgeFailure("timeout", "too late")]), b"secret")


class Slow(FakeJudge):
    """A judge that takes longer than a learner looks at the old page."""

    async def judge(self, submission: Submission) -> Judgement:
        await asyncio.sleep(PATIENCE_SECONDS + 1)
        return await super().judge(submission)
