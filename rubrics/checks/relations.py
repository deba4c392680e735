"""Groups that the model allows and that still cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator

from rubrics.checks.finding import Check, Finding, Severity
from rubrics.model import Group, GroupKind, Rubric


def check_relations(rubric: Rubric) -> Iterator[Finding]:
    """Groups whose members contradict what the group says."""
    for group in rubric.groups:
        yield from _group(rubric, group)
    yield from _circles(rubric)


def _finding(group: Group, severity: Severity, problem: str, mend: str, check: Check = Check.GROUP) -> Finding:
    return Finding(
        check=check, severity=severity, key_points=group.members, problem=f"group {group.id}: {problem}", mend=mend
    )


def _group(rubric: Rubric, group: Group) -> Iterator[Finding]:
    points = [rubric.point(member) for member in group.members]
    weights, required = {point.weight for point in points}, {point.required for point in points}
    if group.kind is GroupKind.EXCLUSIVE and len(weights) < len(points):
        problem = "two levels weigh the same, so nothing says which one is the fuller"
        yield _finding(group, Severity.ERROR, problem, "Give the fuller level the larger weight.")
    if group.kind in {GroupKind.ANY_OF, GroupKind.K_OF_N} and len(weights) > 1:
        problem = f"members weigh differently, but the group counts as its heaviest ({max(weights):g})"
        yield _finding(group, Severity.WARNING, problem, "Give all members one weight.")
    if group.kind is GroupKind.PREREQUISITE and not points[0].required and any(point.required for point in points[1:]):
        problem = f"a required point can only be earned with {points[0].id}, which is not required"
        yield _finding(group, Severity.ERROR, problem, f"Require {points[0].id} too.", Check.REQUIRED)
    if group.kind is not GroupKind.PREREQUISITE and len(required) > 1:
        problem = "one member is required and another is not; the best member speaks for all"
        yield _finding(group, Severity.WARNING, problem, "Require all members or none.", Check.REQUIRED)


def _circles(rubric: Rubric) -> Iterator[Finding]:
    """Prerequisites that wait for each other."""
    conditions = [group for group in rubric.groups if group.kind is GroupKind.PREREQUISITE]
    after: dict[str, set[str]] = {}
    for group in conditions:
        after.setdefault(group.members[0], set()).update(group.members[1:])
    for group in conditions:
        if group.members[0] in _reached(group.members[0], after):
            problem = f"{group.members[0]} waits for itself through its own followers"
            yield _finding(group, Severity.ERROR, problem, "Take one of the prerequisites out of the circle.")


def _reached(start: str, after: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    pending = list(after.get(start, ()))
    while pending:
        point = pending.pop()
        if point not in reached:
            reached.add(point)
            pending += after.get(point, ())
    return reached
