"""Points and the reference answer: what stands in only one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rubrics.checks.finding import Check, Finding, Severity
from rubrics.extraction.coverage import measure
from rubrics.extraction.words import contained, stems
from rubrics.model import KeyPointKind, Rubric

LEAST_COVERAGE: Final = 0.5
"""Share of the reference answer's sentences that points should come from; the least of the bank is 0.5."""

LEAST_SAID: Final = 0.45
"""Share of a point's content words that a reference answer which makes the point uses.

Of the bank's points the least has 0.5 of its words in its own reference answer; in those of other questions 96 % have
less than that.
"""

_SHOWN: Final = 80


def check_grounding(rubric: Rubric) -> Iterator[Finding]:
    """Points without a place in the reference answer, and a reference answer of which most became no point."""
    if rubric.reference_answer is None:
        problem = "there is no reference answer, so nobody can see whether one would pass"
        yield _warning(Check.UNSOURCED, (), problem, "Add an answer that makes every point.")
        return
    unsourced = tuple(point.id for point in rubric.key_points if point.source is None and not point.penalty)
    if unsourced:
        problem = "no sentence of the reference answer is named for it"
        yield _warning(Check.UNSOURCED, unsourced, problem, "Quote the sentence as its source, or add one.")
    yield from _unsaid(rubric, rubric.reference_answer)
    coverage = measure(rubric.reference_answer, rubric.key_points)
    if not unsourced and coverage.share < LEAST_COVERAGE:
        left = "; ".join(f"“{passage.text[:_SHOWN].strip()}”" for passage in coverage.uncovered[:3])
        problem = f"only {coverage.share:.0%} of the reference answer became points"
        yield _warning(Check.UNCOVERED, (), problem, f"Make points of: {left}")


def _unsaid(rubric: Rubric, reference: str) -> Iterator[Finding]:
    """Points that the reference answer has no words for: a person who knows it by heart could not earn them."""
    there = stems(reference)
    for point in rubric.key_points:
        said = contained(stems(point.text), there)
        if point.kind is not KeyPointKind.FORMULA and not point.penalty and said < LEAST_SAID:
            yield Finding(
                check=Check.UNSOURCED,
                severity=Severity.ERROR,
                key_points=(point.id,),
                problem=f"the reference answer uses only {said:.0%} of its words, so it does not say it",
                mend="Say it in the reference answer, or leave the point out.",
            )


def _warning(check: Check, points: tuple[str, ...], problem: str, mend: str) -> Finding:
    return Finding(check=check, severity=Severity.WARNING, key_points=points, problem=problem, mend=mend)
