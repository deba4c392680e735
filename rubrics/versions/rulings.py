"""Reviewers' rulings on edge cases, and how they enter the next version of a rubric."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rubrics.errors import UnknownKeyPoint
from rubrics.model import Identifier, Immutable, KeyPoint, Line, Rubric, Ruling


class PointRuling(Immutable):
    """A ruling, on which point of which question it was given, when and by whom."""

    id: Identifier
    question_id: Identifier
    key_point_id: Identifier
    ruling: Ruling
    ruled_at: datetime
    ruled_by: Line | None = None


def with_rulings(rubric: Rubric, rulings: Iterable[PointRuling]) -> Rubric:
    """The rubric with these rulings on its points; of two on the same words the later one counts.

    UnknownKeyPoint names the first point that the rubric does not have.
    """
    points = {point.id: point for point in rubric.key_points}
    for given in sorted(rulings, key=lambda each: each.ruled_at):
        if given.key_point_id not in points:
            raise UnknownKeyPoint(given.key_point_id, [point.id for point in rubric.key_points])
        points[given.key_point_id] = _with(points[given.key_point_id], given.ruling)
    if tuple(points.values()) == rubric.key_points:
        return rubric
    return rubric.model_copy(update={"key_points": tuple(points.values())})


def _with(point: KeyPoint, ruling: Ruling) -> KeyPoint:
    others = (each for each in point.rulings if each.said.casefold() != ruling.said.casefold())
    return KeyPoint.model_validate({**dict(point), "rulings": (*others, ruling)})
