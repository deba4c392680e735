from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.benchmark import Case
from grader.domain import Label
from rubrics.model import KeyPoint, Question, Rubric

MakeCase = Callable[..., Case]


@pytest.fixture
def case_of() -> MakeCase:
    """A case from an answer and (point, evidence) pairs, all covered."""

    def make(answer: str, *points: tuple[str, str]) -> Case:
        key_points = tuple(KeyPoint(id=f"k{index}", text=text) for index, (text, _) in enumerate(points, start=1))
        rubric = Rubric(question=Question(id="Q1", title="Tides", text="What makes the tides?"), key_points=key_points)
        evidence = {point.id: quote for point, (_, quote) in zip(key_points, points, strict=True)}
        return Case("a1", "strong", rubric, answer, dict.fromkeys(evidence, Label.COVERED), 1.0, evidence)

    return make
