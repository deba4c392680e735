"""Rows with what counts of them: what the machine made of them, and what people have put in its place since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from grader.domain import Label, Status
from grader.ports import Item, ItemStatus, Result, Row
from grader.review import Outcome, once_seen

BY_PERSON: Final = "decided_by_a_person"
"""The reason of a verdict that a person gave; their note stays with the grade."""


@dataclass(frozen=True)
class ReviewedResult:
    """What became of a row, and what counts of it now.

    `machine` is the result as it was made, `outcome` what people's overrides came to, None where there are none;
    `is_settled` says that a person has looked and was content with what stands.
    """

    machine: Result
    outcome: Outcome | None = None
    is_settled: bool = False

    @property
    def reviewed(self) -> bool:
        """Whether a person has decided: changed a verdict, or looked and left them all."""
        return self.is_settled or self.outcome is not None

    @property
    def status(self) -> ItemStatus:
        """The status that counts; what a person has settled is no longer for review."""
        if self.outcome is not None:
            return ItemStatus(self.outcome.status.value)
        made = self.machine.status
        return ItemStatus(once_seen(Status(made.value)).value) if self.is_settled else made

    @property
    def score(self) -> float | None:
        """The score in [0, 1] that counts, or None."""
        return self.machine.score if self.outcome is None else self.outcome.score

    def grade(self) -> dict[str, Any]:
        """The grade as JSON with the verdicts that count, {} where there is none; its words stay the machine's."""
        made: dict[str, Any] = json.loads(self.machine.grade) if self.machine.grade else {}
        return made if self.outcome is None else _with_outcome(made, self.outcome)


@dataclass(frozen=True)
class ReviewedRow:
    """A row with its result, if it has one yet."""

    item: Item
    result: ReviewedResult | None = None

    @classmethod
    def of(cls, row: Row, outcome: Outcome | None, *, is_settled: bool) -> Self:
        """The row with what people said of its result."""
        return cls(row.item, None if row.result is None else ReviewedResult(row.result, outcome, is_settled))


def _with_outcome(grade: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    points = [_decided(point, outcome) for point in grade["points"]]
    told = outcome.model_dump(mode="json", include={"status", "score", "score_interval", "passed"})
    return {**grade, **told, "points": points} | {
        "missed": _ids(points, Label.MISSING),
        "contradicted": _ids(points, Label.CONTRADICTED),
    }


def _decided(point: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    key_point_id = point["key_point_id"]
    verdict = outcome.verdicts[key_point_id].value
    reason = point["reason"] if verdict == point["verdict"] else BY_PERSON
    return {**point, "verdict": verdict, "credit": outcome.credits[key_point_id], "reason": reason}


def _ids(points: list[dict[str, Any]], label: Label) -> list[str]:
    """The points with this verdict; a mistake that was not made is not missed. Grades of early versions know none."""
    return [point["key_point_id"] for point in points if point["verdict"] == label and not point.get("penalty")]
