"""Points that say much the same in different words: close by their vectors, and each earned by saying the other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import combinations
from typing import Final, NamedTuple

from grader.domain import Label
from grader.grading import Grader
from rubrics.checks import Check, Finding, Severity
from rubrics.model import Group, GroupKind, KeyPoint, Rubric

CLOSE: Final = 0.75
"""Cosine from which a judge is asked whether two points are one.

1.3 % of the pairs of different points that the authors of 335 rubrics wrote are as close. Alone it says little:
"Equal objects have the same hash code" and "Objects with the same hash code need not be equal" are at 0.96.
"""

Earned = Mapping[str, frozenset[str]]
"""By point, the other points that its own text earns."""


class _Pair(NamedTuple):
    first: KeyPoint
    second: KeyPoint
    cosine: float


async def find_overlaps(
    grader: Grader, rubric: Rubric, judge: str | None, earned: Earned | None = None
) -> tuple[Finding, ...]:
    """A warning for each two points of which each one's text earns the other too; none without an embedder.

    `earned` saves asking where every point has been tried by itself already.
    """
    pairs = await _close(grader, rubric)
    told = earned if earned is not None else await _earned(grader, rubric, judge, pairs)
    return tuple(_finding(pair) for pair in pairs if _earn_each_other(pair, told))


async def _close(grader: Grader, rubric: Rubric) -> tuple[_Pair, ...]:
    if grader.embedder is None:
        return ()
    vectors = await grader.embedder.embed([point.text for point in rubric.key_points])
    cosines = vectors @ vectors.T
    return tuple(
        _Pair(one, other, float(cosines[first, second]))
        for (first, one), (second, other) in combinations(enumerate(rubric.key_points), 2)
        if cosines[first, second] >= CLOSE and one.penalty == other.penalty and not _levels(rubric, one, other)
    )


def _levels(rubric: Rubric, one: KeyPoint, other: KeyPoint) -> bool:
    """Whether a group pays two points once anyhow."""

    def holds(group: Group) -> bool:
        return group.kind in {GroupKind.ANY_OF, GroupKind.EXCLUSIVE} and {one.id, other.id} <= set(group.members)

    return any(map(holds, rubric.groups))


async def _earned(grader: Grader, rubric: Rubric, judge: str | None, pairs: tuple[_Pair, ...]) -> Earned:
    """What each point of a close pair earns of its partners."""
    partners: dict[str, set[str]] = {}
    for pair in pairs:
        partners.setdefault(pair.first.id, set()).add(pair.second.id)
        partners.setdefault(pair.second.id, set()).add(pair.first.id)

    async def said(key: str, asked: set[str]) -> frozenset[str]:
        verdicts = await grader.verdicts(rubric, rubric.point(key).text, tuple(sorted(asked)), judge)
        return frozenset(verdict.key_point_id for verdict in verdicts if verdict.label is Label.COVERED)

    found = await asyncio.gather(*(said(key, asked) for key, asked in partners.items()))
    return dict(zip(partners, found, strict=True))


def _earn_each_other(pair: _Pair, earned: Earned) -> bool:
    first, second = pair.first.id, pair.second.id
    return second in earned.get(first, frozenset()) and first in earned.get(second, frozenset())


def _finding(pair: _Pair) -> Finding:
    weight = pair.first.weight + pair.second.weight
    return Finding(
        check=Check.DUPLICATE,
        severity=Severity.WARNING,
        key_points=(pair.first.id, pair.second.id),
        problem=f"overlap: close in meaning ({pair.cosine:.2f}), and who says one earns the other",
        mend=f"Keep one of them, with the weight of both ({weight:g}), or say what sets them apart.",
    )
