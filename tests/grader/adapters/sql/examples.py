"""A grade to store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from grader.domain import Feedback, Grade, Provenance, Status, Usage


def grade(grade_id: str = "g-1", **changed: Any) -> Grade:
    """A grade of the candidate c-1."""
    made = Grade(
        id=grade_id,
        status=Status.GRADED,
        question_id="DL0028",
        rubric_hash="sha256:0",
        candidate_ref="c-1",
        score=0.5,
        score_interval=(0.5, 0.5),
        passed=None,
        points=(),
        missed=(),
        contradicted=(),
        feedback=Feedback(summary="“Halb” 🪟", strengths=(), improvements=(), next_step=""),
        flags=(),
        usage=Usage(),
        provenance=Provenance(
            grader_version="0.1.0", judge={}, embedder=None, answer_sha256="0", removed_characters={}, policy={}
        ),
        created_at=datetime(2026, 11, 21, 12, tzinfo=UTC),
    )
    return made.model_copy(update=changed)
