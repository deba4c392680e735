"""What is exported: a batch's rows, what they were graded against, and how far it is."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass

from grader.batch import Progress
from grader.ports import Row
from rubrics.model import Rubric


@dataclass(frozen=True)
class Export:
    """Rows in their order, those without a result among them; `rubrics` by hash."""

    progress: Progress
    rows: AsyncIterable[Row]
    rubrics: Mapping[str, Rubric]

    def question_id(self, row: Row) -> str:
        """What a row was asked."""
        return self.rubrics[row.item.rubric_hash].question.id
