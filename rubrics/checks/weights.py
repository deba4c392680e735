"""Weights and required points that do not mean what their author wanted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rubrics.checks.finding import Check, Finding, Severity
from rubrics.model import KeyPoint, Rubric

MAX_SHARE: Final = 0.6
"""Share of the whole weight from which one point of three or more decides alone."""

MAX_RATIO: Final = 20.0
"""Heaviest over lightest point from which the lightest changes nothing a person would see."""

LEAST_POINTS: Final = 3
"""With fewer points each of them weighs much by itself."""


def check_weights(rubric: Rubric) -> Iterator[Finding]:
    """Weights that make other points pointless, and required points that are all or none."""
    earning = [point for point in rubric.key_points if not point.penalty]
    whole = sum(point.weight for point in earning)
    heaviest, lightest = (choose(earning, key=lambda point: point.weight) for choose in (max, min))
    if len(earning) >= LEAST_POINTS and heaviest.weight > MAX_SHARE * whole:
        problem = f"weighs {heaviest.weight / whole:.0%} of the whole; the other points hardly count"
        yield _weight(Severity.ERROR, heaviest, problem, f"Give it at most {MAX_SHARE * 100:.0f} %, or split it.")
    elif heaviest.weight > MAX_RATIO * lightest.weight:
        problem = f"weighs {heaviest.weight / lightest.weight:.0f} times less than {heaviest.id}"
        yield _weight(Severity.WARNING, lightest, problem, "Weigh it more, or leave it out.")
    penalties = [point for point in rubric.key_points if point.penalty]
    if sum(point.weight for point in penalties) > whole:
        problem = "penalties weigh more than all that can be earned"
        yield _weight(Severity.ERROR, penalties[0], problem, "Lower them: a score does not go below 0 anyway.")
    yield from _required(earning)


def _weight(severity: Severity, point: KeyPoint, problem: str, mend: str) -> Finding:
    return Finding(check=Check.WEIGHT, severity=severity, key_points=(point.id,), problem=problem, mend=mend)


def _required(earning: list[KeyPoint]) -> Iterator[Finding]:
    required = [point.id for point in earning if point.required]
    if len(earning) < LEAST_POINTS:
        return
    if not required:
        yield _of_all((), "no point is required", "Say which one an answer cannot do without.")
    elif len(required) == len(earning):
        yield _of_all(tuple(required), "every point is required, so none stands out", "Require only the core.")


def _of_all(points: tuple[str, ...], problem: str, mend: str) -> Finding:
    return Finding(check=Check.REQUIRED, severity=Severity.WARNING, key_points=points, problem=problem, mend=mend)
