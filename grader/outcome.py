"""What a grade comes to once people have spoken: the same code scores the verdicts that now stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import TypeAdapter

from grader.domain import Grade, Label, Status
from grader.errors import GraderError
from grader.review import Outcome, Override, once_seen
from grader.scoring import Policy, Score, score_labels
from rubrics.model import KeyPoint, Question, Rubric

_policies: Final = TypeAdapter(Policy)


class NotRecomputable(GraderError):
    """The stored verdicts do not give the stored score, so no new one can be drawn from them."""


def outcome(grade: Grade, overrides: Sequence[Override] = (), *, is_settled: bool = False) -> Outcome:
    """What counts now: the outcome that the last override came to, or the machine's own.

    `is_settled` says that a person has looked and was content with what stands.
    """
    if overrides:
        return max(overrides, key=lambda override: override.number).outcome
    return Outcome(
        status=once_seen(grade.status) if is_settled else grade.status,
        score=grade.score,
        score_interval=grade.score_interval,
        passed=grade.passed,
        verdicts=_machines(grade),
        credits={point.key_point_id: point.credit for point in grade.points},
    )


def overruled(grade: Grade, overrides: Sequence[Override], by_people: Mapping[str, Label]) -> Outcome:
    """What the grade comes to when these verdicts join those of the overrides; a later one of a point counts.

    People settle what a grade was put up for review for: only an ungraded point then keeps it from `graded`.
    NotRecomputable where this version of the code scores the grade's own verdicts otherwise.
    """
    own = score_labels(yardstick(grade), _machines(grade), policy_of(grade))
    if (own.value, own.interval) != (grade.score, grade.score_interval):
        raise NotRecomputable(
            f"grade {grade.id} was scored by another version of the rules; grade the answer again instead"
        )
    earlier = {each.key_point_id: each.verdict for each in sorted(overrides, key=lambda each: each.number)}
    verdicts = _machines(grade) | earlier | dict(by_people)
    return _settled(verdicts, score_labels(yardstick(grade), verdicts, policy_of(grade)))


def policy_of(grade: Grade) -> Policy:
    """How the grade's verdicts were turned into its score."""
    return _policies.validate_python(grade.provenance.policy)


def yardstick(grade: Grade) -> Rubric:
    """What scoring needs of the rubric, as the grade itself holds it: weights, required points, penalties, groups."""
    points = (
        KeyPoint(
            id=point.key_point_id,
            text=point.key_point_id,
            weight=point.weight,
            required=point.required,
            penalty=point.penalty,
        )
        for point in grade.points
    )
    question = Question(id=grade.question_id, title=grade.question_id, text=grade.question_id)
    return Rubric(question=question, key_points=tuple(points), groups=grade.groups)


def _machines(grade: Grade) -> dict[str, Label]:
    return {point.key_point_id: point.verdict for point in grade.points}


def _settled(verdicts: dict[str, Label], result: Score) -> Outcome:
    return Outcome(
        status=Status.UNGRADED if result.value is None else Status.GRADED,
        score=result.value,
        score_interval=result.interval,
        passed=result.passed,
        verdicts=verdicts,
        credits=dict(result.credits),
    )
