"""What an edit of a rubric would do to grades that are stored: their verdicts scored by the edited one.

Weights, required points, penalties and groups are arithmetic, so no judge is asked. Only verdicts on points whose
wording changed are missing; they are open, and the score an interval, until somebody judges them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from grader.domain import Label
from grader.ports.rubrics import GivenGrade
from grader.scoring import Policy, Score, score_labels
from rubrics.model import Immutable, Rubric
from rubrics.versions.differences import reused

MAX_LISTED: Final = 50
"""Changed grades that a preview names, those that cross the pass mark and move most first."""

Labels = Mapping[str, Label]


@dataclass(frozen=True)
class Anew:
    """Labels of points that were judged anew, by grade and point, and how many answers a judge was asked about."""

    labels: Mapping[str, Labels] = field(default_factory=dict)
    answers: int = 0


class GradeChange(Immutable):
    """One grade whose score or outcome would be another; `after` is null while points must be judged anew."""

    grade_id: str
    before: float | None
    after: float | None
    after_interval: tuple[float, float]
    passed_before: bool | None
    passed_after: bool | None


class Preview(Immutable):
    """What would become of the stored grades under an edited rubric.

    `changed` counts other scores, `newly_passed` and `newly_failed` those that cross the pass mark, `undecided` those
    whose new score needs points judged anew (`to_judge`); means are over grades with both scores. `judge_calls` is how
    many answers a judge was asked about for this preview.
    """

    old: str
    new: str
    grades: int
    changed: int
    newly_passed: int
    newly_failed: int
    undecided: int
    mean_before: float | None
    mean_after: float | None
    to_judge: tuple[str, ...]
    judge_calls: int
    changes: tuple[GradeChange, ...]
    summary: str


def to_judge(old: Rubric, new: Rubric) -> tuple[str, ...]:
    """The points of the new rubric on which no stored verdict says anything."""
    kept = reused(old, new)
    return tuple(point.id for point in new.key_points if point.id not in kept)


def preview(
    old: Rubric,
    new: Rubric,
    grades: Iterable[GivenGrade],
    *,
    pass_mark: float | None = None,
    anew: Anew | None = None,
) -> Preview:
    """Every stored grade under `old` scored by `new`, each by the policy it was graded with.

    `pass_mark` in [0, 1] takes the place of the grades' own; what `anew` has no label for stays open.
    """
    scorer = _Scorer(old, new, pass_mark, reused(old, new))
    found = anew or Anew()
    outcomes = [scorer.outcome(grade, found.labels.get(grade.id, {})) for grade in grades]
    changed = [each for each in outcomes if each.after is not None and each.after != each.before]
    crossed = [each for each in outcomes if _crosses(each)]
    known = [each for each in outcomes if each.before is not None and each.after is not None]
    undecided = sum(each.after is None and each.before is not None for each in outcomes)
    listed = sorted(
        {each.grade_id: each for each in (*changed, *crossed)}.values(),
        key=lambda each: (not _crosses(each), -_move(each)),
    )
    return Preview(
        old=old.content_hash,
        new=new.content_hash,
        grades=len(outcomes),
        changed=len(changed),
        newly_passed=sum(each.passed_after is True for each in crossed),
        newly_failed=sum(each.passed_after is False for each in crossed),
        undecided=undecided,
        mean_before=_mean([each.before or 0.0 for each in known]),
        mean_after=_mean([each.after or 0.0 for each in known]),
        to_judge=to_judge(old, new),
        judge_calls=found.answers,
        changes=tuple(listed[:MAX_LISTED]),
        summary=_summary(len(outcomes), len(changed), len(crossed), undecided),
    )


@dataclass(frozen=True)
class _Scorer:
    """Scores labels by both rubrics; what came up before is not computed again: few patterns make many grades."""

    old: Rubric
    new: Rubric
    pass_mark: float | None
    kept: Mapping[str, str]
    _done: dict[tuple[object, ...], tuple[Score, Score]] = field(default_factory=dict)

    def outcome(self, grade: GivenGrade, judged: Labels) -> GradeChange:
        """The grade as it stands and as it would be."""
        given = {point.key_point_id: point.verdict for point in grade.points}
        before, after = self._scores(given, judged, grade.provenance.policy)
        return GradeChange(
            grade_id=grade.id,
            before=before.value,
            after=after.value,
            after_interval=after.interval,
            passed_before=before.passed,
            passed_after=after.passed,
        )

    def _scores(self, given: Labels, judged: Labels, policy: Mapping[str, float | None]) -> tuple[Score, Score]:
        key = (tuple(given.items()), tuple(judged.items()), tuple(policy.items()))
        if key not in self._done:
            rules = Policy(**policy)  # type: ignore[arg-type]  # stored as the fields of a Policy
            if self.pass_mark is not None:
                rules = replace(rules, pass_mark=self.pass_mark)
            labels = {
                point.id: judged.get(point.id) or given.get(self.kept.get(point.id, ""), Label.UNGRADED)
                for point in self.new.key_points
            }
            told = {point.id: given.get(point.id, Label.UNGRADED) for point in self.old.key_points}
            self._done[key] = score_labels(self.old, told, rules), score_labels(self.new, labels, rules)
        return self._done[key]


def _crosses(change: GradeChange) -> bool:
    known = change.passed_before is not None and change.passed_after is not None
    return known and change.passed_before is not change.passed_after


def _move(change: GradeChange) -> float:
    return abs((change.after or 0.0) - (change.before or 0.0))


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _summary(grades: int, changed: int, crossed: int, undecided: int) -> str:
    """What a person wants to know first."""
    if not grades:
        return "No grade is stored under this version."
    crossing = f", {crossed} {'crosses' if crossed == 1 else 'cross'} the pass mark" if crossed else ""
    waiting = f"; {undecided} need points judged anew" if undecided else ""
    return f"{changed} of {grades} grades change{crossing}{waiting}."
