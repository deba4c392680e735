"""Trying a rubric out before anyone is graded by it: the reference must pass, empty words must not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from grader.grading import Grader, Request
from grader.text.canonical import MAX_CHARACTERS
from grader.text.words import content_words
from rubrics.model import Immutable, Rubric

MIN_REFERENCE_SCORE: Final = 0.95
"""Least score in [0, 1] of the reference answer itself."""

MAX_EMPTY_SCORE: Final = 0.05
"""Highest score in [0, 1] of an answer that says nothing."""


MAX_BYTES_PER_CHARACTER: Final = 4
"""Of UTF-8; keywords of any script then stay below both limits of an answer."""


class Trial(Immutable):
    """One answer with a known outcome; `score` is null where the judge could not grade it."""

    answer: str
    score: float | None
    least: float
    most: float

    @property
    def passed(self) -> bool:
        """Whether the score is where it has to be."""
        return self.score is not None and self.least <= self.score <= self.most


class SelfTest(Immutable):
    """The trials of one rubric under one judge; `unearned` are the points the reference answer does not earn."""

    question_id: str
    judge: str
    trials: tuple[Trial, ...]
    unearned: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every trial came out as it has to."""
        return all(trial.passed for trial in self.trials)


@dataclass(frozen=True)
class _Expected:
    answer: str
    text: str
    least: float
    most: float


async def self_test(grader: Grader, rubric: Rubric, judge: str | None = None) -> SelfTest:
    """Grade the reference answer (if there is one), nothing, the question, and a list of the right keywords."""
    trials: list[Trial] = []
    unearned: tuple[str, ...] = ()
    for expected in _expectations(rubric):
        grade = await grader.grade(Request(rubric, expected.text, judge))
        trials.append(Trial(answer=expected.answer, score=grade.score, least=expected.least, most=expected.most))
        if expected.text == rubric.reference_answer:
            unearned = tuple(point.key_point_id for point in grade.points if point.credit != 1.0)
    return SelfTest(
        question_id=rubric.question.id, judge=grader.judge(judge).name, trials=tuple(trials), unearned=unearned
    )


def _expectations(rubric: Rubric) -> list[_Expected]:
    empty = {
        "blank": "",
        "question": rubric.question.text,
        "keywords": _keywords(rubric),
    }
    expected = [_Expected(name, text, 0.0, MAX_EMPTY_SCORE) for name, text in empty.items()]
    if rubric.reference_answer is not None:
        expected.insert(0, _Expected("reference", rubric.reference_answer, MIN_REFERENCE_SCORE, 1.0))
    return expected


def _keywords(rubric: Rubric) -> str:
    """The content words of all key points as a list, no longer than an answer may be."""
    found = sorted(set[str]().union(*(content_words(point.text) for point in rubric.key_points)))
    return ", ".join(found)[: MAX_CHARACTERS // MAX_BYTES_PER_CHARACTER]
