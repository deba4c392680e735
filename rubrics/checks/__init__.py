"""What can be wrong with a rubric and seen without grading anything.

Each module looks at one thing: `wording` at single points, `repetition` at pairs of them, `weights` at what counts how
much, `relations` at groups, `grounding` at the reference answer. `check` asks them all.
"""

from __future__ import annotations

from collections.abc import Iterator

from rubrics.checks.finding import Check, Finding, Severity
from rubrics.checks.grounding import check_grounding
from rubrics.checks.relations import check_relations
from rubrics.checks.repetition import check_repetition
from rubrics.checks.weights import check_weights
from rubrics.checks.wording import check_wording
from rubrics.model import Rubric

__all__ = ["Check", "Finding", "Severity", "check"]


def check(rubric: Rubric) -> tuple[Finding, ...]:
    """Everything found in a rubric, errors first; a rubric without errors can be published."""
    return tuple(sorted(_all(rubric), key=lambda finding: finding.severity is not Severity.ERROR))


def _all(rubric: Rubric) -> Iterator[Finding]:
    for look in (check_wording, check_repetition, check_weights, check_relations, check_grounding):
        yield from look(rubric)
