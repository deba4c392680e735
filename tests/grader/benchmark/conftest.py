from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from grader.benchmark import Case, Dataset, Run, run_benchmark
from grader.domain import Judgement, Label, Submission, Usage, Verdict
from grader.errors import JudgeFailure
from grader.grading import Grader
from rubrics.model import KeyPoint, Question, Rubric

COVERED, PARTIAL, MISSING, CONTRADICTED, UNGRADED = Label
Said = Sequence[tuple[Label, float | None]]
Runner = Callable[[Mapping[str, Said]], Awaitable[Run]]


@dataclass(frozen=True)
class ScriptedJudge:
    """Says of each answer id what it was told to, and fails where it was told nothing."""

    said: Mapping[str, Said]
    answers: Mapping[str, str]
    name: str = "scripted"
    identity: dict[str, str] = field(default_factory=lambda: {"model": "script-1"})

    async def judge(self, submission: Submission) -> Judgement:
        said = self.said.get(self.answers[submission.answer.original])
        if said is None:
            raise JudgeFailure("nothing_said", "the script has no such answer")
        verdicts = (
            Verdict(key_point_id=point.id, label=label, judged_by=self.name, confidence=confidence)
            for point, (label, confidence) in zip(submission.rubric.key_points, said, strict=True)
        )
        return Judgement(tuple(verdicts), usage=Usage(llm_calls=1, input_tokens=100, output_tokens=10, cost_usd=0.001))


@pytest.fixture
def dataset() -> Dataset:
    rubric = Rubric(
        question=Question(id="Q1", title="Tides", text="What makes the tides?"),
        key_points=(
            KeyPoint(id="k1", text="The pull of the moon raises the water of the oceans."),
            KeyPoint(id="k2", text="The sun pulls as well, with less than half of the effect."),
        ),
    )
    cases = (
        Case("a1", "strong", rubric, "The moon lifts the sea, the sun less so.", {"k1": COVERED, "k2": COVERED}, 1.0),
        Case("a2", "wrong", rubric, "The moon does it while the sun pushes.", {"k1": COVERED, "k2": CONTRADICTED}, 0.5),
        Case("a3", "strong", rubric, "Mostly the moon, perhaps some sun too.", {"k1": COVERED, "k2": PARTIAL}, 0.8),
        Case("a4", "wrong", rubric, "Winds push the water up the beach.", {"k1": MISSING, "k2": MISSING}, 0.0),
    )
    return Dataset("tides", cases)


@pytest.fixture
def run_script(dataset: Dataset) -> Runner:
    async def run(said: Mapping[str, Said]) -> Run:
        judge = ScriptedJudge(said, {case.answer: case.answer_id for case in dataset.cases})
        return await run_benchmark(Grader({judge.name: judge}, judge.name), dataset, judge=None, on_case=lambda: None)

    return run


@pytest.fixture
async def run(run_script: Runner) -> Run:
    """Two of six graded points wrong, no confidence for one, and the judge fails on the last answer."""
    return await run_script(
        {
            "a1": [(COVERED, 0.95), (PARTIAL, 0.55)],
            "a2": [(COVERED, 1.0), (COVERED, 0.9)],
            "a3": [(COVERED, 0.85), (PARTIAL, None)],
        }
    )
