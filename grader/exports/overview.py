"""The first rows of a batch at a glance: the summary of them, and how each candidate did."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.exports.export import Export
from grader.exports.reviewed import ReviewedResult
from grader.exports.summary import Summary
from grader.ports import ItemStatus


@dataclass
class CandidateTally:
    """What a candidate's answers came to by what counts; `ref` is None for all answers that name nobody."""

    ref: str | None
    answers: int = 0
    scored: int = 0
    total: float = 0.0
    reviewed: int = 0
    to_review: int = 0
    unscored: int = 0

    @property
    def mean(self) -> float | None:
        """The mean score in [0, 1] of the answers that have one; None where none has."""
        return self.total / self.scored if self.scored else None

    def add(self, result: ReviewedResult) -> None:
        """Count a result."""
        self.answers += 1
        self.reviewed += result.reviewed
        self.to_review += result.status is ItemStatus.NEEDS_REVIEW
        if result.score is None:
            self.unscored += 1
        else:
            self.scored += 1
            self.total += result.score


@dataclass
class Overview:
    """What was counted; `is_whole` says whether all rows were read. Candidates stand in the order of the file."""

    summary: Summary = field(default_factory=Summary)
    candidates: dict[str | None, CandidateTally] = field(default_factory=dict)
    is_whole: bool = True


async def overview(export: Export, most: int) -> Overview:
    """An overview of the first `most` rows."""
    found, read = Overview(), 0
    async for row in export.rows:
        if read == most:
            found.is_whole = False
            break
        read += 1
        if row.result is not None:
            found.summary.add(row, row.result, export.rubric(row))
            ref = row.item.candidate_ref
            found.candidates.setdefault(ref, CandidateTally(ref)).add(row.result)
    return found
