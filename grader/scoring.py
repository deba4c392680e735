"""From verdicts to a score: credit per key point, groups, required points, and what is not known.

A technical failure is never a zero. An ungraded point leaves the score open, and the interval
says how far: from "all ungraded points missed" to "all ungraded points covered".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from grader.domain import Label, Verdict
from rubrics.model import Group, GroupKind, KeyPoint, Rubric

SCORE_DIGITS: Final = 4
"""Decimals a score is kept with; the judges' own noise is far larger."""


@dataclass(frozen=True)
class Policy:
    """How verdicts turn into a score.

    `partial_credit` in [0, 1] is what a partly made point earns, `contradiction_penalty` in [0, 1] the share of
    its weight that a contradicted point costs, `required_cap` the highest score in [0, 1] while a required point
    is not earned, `pass_mark` in [0, 1] the score from which an answer passes; None switches the last two off.
    """

    partial_credit: float = 0.5
    contradiction_penalty: float = 0.0
    required_cap: float | None = None
    pass_mark: float | None = None

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value is not None and not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} is {value}, it must lie between 0 and 1")

    def credit(self, point: KeyPoint, label: Label) -> float | None:
        """What `point` earns with this label, in [-1, 1]; None while it is ungraded.

        A penalty costs what another point would earn; who denies the mistake has not made it.
        """
        if label is Label.UNGRADED:
            return None
        said = {Label.COVERED: 1.0, Label.PARTIAL: self.partial_credit}.get(label, 0.0)
        if point.penalty:
            return -said
        return -self.contradiction_penalty if label is Label.CONTRADICTED else said


@dataclass(frozen=True)
class Score:
    """A score in [0, 1], or None with the interval it lies in; `passed` is None where that is not decided."""

    value: float | None
    interval: tuple[float, float]
    passed: bool | None
    credits: Mapping[str, float | None]


def score(rubric: Rubric, verdicts: tuple[Verdict, ...], policy: Policy) -> Score:
    """The score of one verdict per key point, each of them named once."""
    return score_labels(rubric, {verdict.key_point_id: verdict.label for verdict in verdicts}, policy)


def score_labels(rubric: Rubric, labels: Mapping[str, Label], policy: Policy) -> Score:
    """The score of one label per key point; labels of other points are not looked at."""
    open_points = {point.id for point in rubric.key_points if labels[point.id] is Label.UNGRADED}
    low = _credits(rubric, labels, policy, best=False)
    high = _credits(rubric, labels, policy, best=True) if open_points else low
    least = _total(rubric, low, policy)
    interval = (least, _total(rubric, high, policy) if open_points else least)
    known = {key: None if key in open_points else credit for key, credit in low.items()}
    return Score(None if open_points else interval[0], interval, _passed(rubric, (low, high), interval, policy), known)


def _credits(rubric: Rubric, labels: Mapping[str, Label], policy: Policy, *, best: bool) -> dict[str, float]:
    """Credit per key point once groups are applied; ungraded points turn out `best` or worst for the answer."""
    earned = {point.id: _credit(point, labels[point.id], policy, best=best) for point in rubric.key_points}
    conditions = [group.members for group in rubric.groups if group.kind is GroupKind.PREREQUISITE]
    for _ in conditions:  # as often as there are links: a chain holds whatever the order of its groups
        for first, *others in conditions:
            if earned[first] <= 0.0:
                earned |= {member: min(earned[member], 0.0) for member in others}
    return earned


def _credit(point: KeyPoint, label: Label, policy: Policy, *, best: bool) -> float:
    if label is Label.UNGRADED:
        label = Label.COVERED if best is not point.penalty else Label.MISSING
    return policy.credit(point, label) or 0.0


def _total(rubric: Rubric, earned: Mapping[str, float], policy: Policy) -> float:
    """Earned weight over possible weight, groups counted as one, clamped to [0, 1] and capped.

    What is possible is never 0: weights are positive, and a rubric has a point that is no penalty.
    """
    grouped = [group for group in rubric.groups if group.kind is not GroupKind.PREREQUISITE]
    members = {member for group in grouped for member in group.members}
    free = [point for point in rubric.key_points if point.id not in members]
    parts = [(point.weight * earned[point.id], 0.0 if point.penalty else point.weight) for point in free]
    parts += [_group_part(rubric, group, earned) for group in grouped]
    total = sum(part for part, _ in parts) / sum(possible for _, possible in parts)
    if policy.required_cap is not None and not _required_earned(rubric, earned):
        total = min(total, policy.required_cap)
    return round(min(1.0, max(0.0, total)), SCORE_DIGITS)


def _group_part(rubric: Rubric, group: Group, earned: Mapping[str, float]) -> tuple[float, float]:
    """Earned and possible weight of one any_of, exclusive or k_of_n group."""
    weights = {member: rubric.point(member).weight for member in group.members}
    count = group.k if group.kind is GroupKind.K_OF_N and group.k else 1
    possible = sum(sorted(weights.values(), reverse=True)[:count])
    if group.kind is GroupKind.EXCLUSIVE:
        return max(weights[member] * earned[member] for member in group.members), possible
    best = sorted((earned[member] for member in group.members), reverse=True)[:count]
    return possible * sum(best) / count, possible


def _required_earned(rubric: Rubric, earned: Mapping[str, float]) -> bool:
    """Whether every required point earned something; in a group its best member speaks for all."""
    spoken_for = {
        member: max(earned[other] for other in group.members)
        for group in rubric.groups
        if group.kind is not GroupKind.PREREQUISITE
        for member in group.members
    }
    return all(spoken_for.get(point.id, earned[point.id]) > 0.0 for point in rubric.key_points if point.required)


def _passed(
    rubric: Rubric, bounds: tuple[dict[str, float], dict[str, float]], interval: tuple[float, float], policy: Policy
) -> bool | None:
    """Whether the answer passes; None without a pass mark, or while an ungraded point could still decide it."""
    if policy.pass_mark is None:
        return None
    outcomes = {
        total >= policy.pass_mark and _required_earned(rubric, earned)
        for total, earned in zip(interval, bounds, strict=True)
    }
    return outcomes.pop() if len(outcomes) == 1 else None
