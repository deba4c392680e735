"""The person's own text with the evidence marked in it, and the verdicts in the words of the page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from grader.domain import Evidence, GradedPoint, Label
from grader.judges import local

_BADGES: Final = {
    Label.COVERED: "covered",
    Label.PARTIAL: "in part",
    Label.MISSING: "missed",
    Label.CONTRADICTED: "wrong",
    Label.UNGRADED: "not graded",
}


@dataclass(frozen=True)
class Passage:
    """A stretch of the answer, with the numbers and labels of the key points it is evidence for."""

    text: str
    points: tuple[int, ...]
    labels: tuple[Label, ...]

    @property
    def tone(self) -> str:
        """The most serious of its labels, for its colour; empty where it is no evidence."""
        order = (Label.CONTRADICTED, Label.PARTIAL, Label.COVERED)
        return next((label.value for label in order if label in self.labels), "")


def mark(text: str, points: tuple[GradedPoint, ...]) -> tuple[Passage, ...]:
    """`text` cut where evidence begins or ends; the passages joined are the text."""
    marks = [(number, point, item) for number, point in enumerate(points, 1) for item in point.evidence]
    cuts = sorted({0, len(text), *(cut for *_, item in marks for cut in (item.start, item.end))})
    return tuple(
        Passage(
            text[start:end],
            tuple(dict.fromkeys(number for number, _, item in marks if _covers(item, start, end))),
            tuple(dict.fromkeys(point.verdict for _, point, item in marks if _covers(item, start, end))),
        )
        for start, end in pairwise(cuts)
    )


def badge(point: GradedPoint) -> str:
    """The verdict in a word or two; where the local judge is not sure enough that something is wrong, with reserve."""
    return "perhaps wrong" if local.in_doubt(point) else _BADGES[point.verdict]


def _covers(item: Evidence, start: int, end: int) -> bool:
    return item.start <= start and end <= item.end
