"""Feedback in the order in which it teaches: the outcome, one's own words, the points, hints, one next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.web.marking import Passage, badge, mark
from grader.domain import Flag, GradedPoint, Label
from grader.feedback import FLAG_NOTES
from grader.practice import Attempt
from grader.practising import Comparison, Seen, compare, follow_up_of
from grader.review import Appeal, AppealState
from rubrics.model import KeyPoint, Rubric

BANDS: Final = ((0.9, "Excellent"), (0.7, "Good"), (0.4, "Getting there"), (0.0, "A start"))
"""A word for a score, from as much on; the bounds are those of `grader.practising.rating`."""

APPEALS: Final = {
    AppealState.OPEN: "You flagged this; a person will look at it.",
    AppealState.UPHELD: "You flagged this; a person looked and the verdict stands.",
    AppealState.CHANGED: "You flagged this; a person looked and changed the verdict.",
    AppealState.WITHDRAWN: "You flagged this and took it back.",
}
QUIET: Final = frozenset({Flag.LOW_CONFIDENCE, Flag.NO_EVIDENCE, Flag.SIMILARITY_ONLY, Flag.JUDGE_FAILED})
"""Flags that the page's own state says already."""


@dataclass(frozen=True)
class PointShown:
    """One key point: `label` is the verdict that counts, `text` is null while the point is still to be found out."""

    number: int
    point: GradedPoint
    label: Label
    badge: str
    text: str | None
    hints: tuple[str, ...]
    left: int
    appeal: Appeal | None
    appeal_note: str
    by_person: bool

    @property
    def heading(self) -> str:
        """The point itself, or what it is about."""
        topic = self.point.topic or f"point {self.number}"
        return self.text or topic[:1].upper() + topic[1:]


@dataclass(frozen=True)
class Feedback:
    """Everything the page says; `change` and `timeline` need more attempts than one."""

    band: str
    headline: str
    low: int
    high: int
    passages: tuple[Passage, ...]
    points: tuple[PointShown, ...]
    notes: tuple[str, ...]
    change: Comparison | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    timeline: tuple[Attempt, ...]
    follow_up: KeyPoint | None
    reference: str | None
    score: float | None
    next_step: str


def feedback(seen: Seen, rubric: Rubric) -> Feedback:
    """The feedback on an attempt that is graded."""
    grade, review = seen.grade, seen.review
    assert grade is not None  # noqa: S101 - the caller has looked
    assert review is not None  # noqa: S101 - as above
    verdicts, outcome = review.outcome.verdicts, review.outcome
    points = tuple(_point(number, point, seen, verdicts) for number, point in enumerate(grade.points, 1))
    result, previous = seen.attempt.result, seen.previous and seen.previous.result
    change = compare(previous, result) if previous and result else None
    names = {shown.point.key_point_id: shown.point.topic or f"point {shown.number}" for shown in points}
    covered = sum(verdicts[point.key_point_id] is Label.COVERED for point in grade.points if not point.penalty)
    count = sum(not point.penalty for point in grade.points)
    return Feedback(
        band=_band(outcome.score),
        headline=f"You covered {covered} of {count} key point{'s' if count != 1 else ''}",
        low=round(outcome.score_interval[0] * 100),
        high=round(outcome.score_interval[1] * 100),
        passages=mark(seen.answer, tuple(_effective(shown) for shown in points)),
        points=points,
        notes=tuple(FLAG_NOTES[flag] for flag in grade.flags if flag not in QUIET),
        change=change,
        gained=tuple(names[point] for point in change.gained if point in names) if change else (),
        lost=tuple(names[point] for point in change.lost if point in names) if change else (),
        timeline=(*seen.before, seen.attempt, *seen.after) if seen.before or seen.after else (),
        follow_up=follow_up_of(seen),
        reference=rubric.reference_answer if seen.reference_shown else None,
        score=outcome.score,
        next_step=grade.feedback.next_step,
    )


def _band(score: float | None) -> str:
    return "Not graded" if score is None else next(word for least, word in BANDS if score >= least)


def _point(number: int, point: GradedPoint, seen: Seen, verdicts: dict[str, Label]) -> PointShown:
    label = verdicts[point.key_point_id]
    taken = seen.shown(point.key_point_id)
    hidden = label in {Label.MISSING, Label.PARTIAL} and taken < len(point.hints) and not seen.reference_shown
    appeals = () if seen.review is None else seen.review.appeals
    appeal = next((each for each in reversed(appeals) if each.key_point_id == point.key_point_id), None)
    by_person = label is not point.verdict
    return PointShown(
        number=number,
        point=point,
        label=label,
        badge=badge(point.model_copy(update={"verdict": label})),
        text=None if hidden else point.text,
        hints=point.hints[: min(taken, len(point.hints) - 1)] if hidden else (),
        left=len(point.hints) - taken if hidden else 0,
        appeal=appeal,
        appeal_note="" if appeal is None else APPEALS[appeal.state],
        by_person=by_person,
    )


def _effective(shown: PointShown) -> GradedPoint:
    return shown.point.model_copy(update={"verdict": shown.label})
