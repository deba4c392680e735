"""What is exported: a batch's rows with what counts of them, what they were graded against, and how far it is."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass

from grader.batch import Progress
from grader.exports.reviewed import ReviewedRow
from rubrics.model import Rubric


@dataclass(frozen=True)
class Export:
    """Rows in their order, those without a result among them; `rubrics` by hash."""

    progress: Progress
    rows: AsyncIterable[ReviewedRow]
    rubrics: Mapping[str, Rubric]

    def rubric(self, row: ReviewedRow) -> Rubric:
        """What a row was graded against."""
        return self.rubrics[row.item.rubric_hash]

    def question_id(self, row: ReviewedRow) -> str:
        """What a row was asked."""
        return self.rubric(row).question.id
