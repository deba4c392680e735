"""Points that say the same: whoever says it once would be paid twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from rubrics.checks.finding import Check, Finding, Severity
from rubrics.extraction.words import contained, jaccard, stems
from rubrics.model import GroupKind, KeyPoint, Rubric

SAME: Final = 0.8
"""Jaccard of content words from which two points are one; the closest pair of the bank has 0.67."""

INSIDE: Final = 0.95
"""Share of a point's words that another one has too, from which it is a part of that one."""

LEAST_INSIDE: Final = 4
"""Content words of a point that can be a part of another one: fewer are often only what both are about."""

LEAST_WORDS: Final = 3
"""Fewer content words say too little to compare."""

_NEGATION: Final = re.compile(r"\b(?:not|no|never|without|cannot|nor|neither|unlike)\b|n['’]t\b", re.IGNORECASE)

_FORMULA: Final = re.compile(r"[=/^\\]")
"""Formulas differ in signs that are no words."""


def check_repetition(rubric: Rubric) -> Iterator[Finding]:
    """Pairs of points that say the same, members of one exclusive group left aside: they are levels of one thing."""
    levels = {
        frozenset(pair)
        for group in rubric.groups
        if group.kind in {GroupKind.EXCLUSIVE, GroupKind.ANY_OF}
        for pair in combinations(group.members, 2)
    }
    for first, second in combinations(rubric.key_points, 2):
        if frozenset((first.id, second.id)) in levels or first.penalty != second.penalty:
            continue
        if _same(first, second):
            yield Finding(
                check=Check.DUPLICATE,
                severity=Severity.ERROR,
                key_points=(first.id, second.id),
                problem="say the same in other words",
                mend=f"Keep one of them, with the weight of both ({first.weight + second.weight:g}).",
            )


def _same(first: KeyPoint, second: KeyPoint) -> bool:
    one, other = stems(first.text), stems(second.text)
    if min(len(one), len(other)) < LEAST_WORDS or _FORMULA.search(f"{first.text} {second.text}"):
        return " ".join(first.text.casefold().split()) == " ".join(second.text.casefold().split())
    if bool(_NEGATION.search(first.text)) != bool(_NEGATION.search(second.text)):
        return False
    if re.findall(r"\d+(?:\.\d+)?", first.text) != re.findall(r"\d+(?:\.\d+)?", second.text):
        return False
    inside = min(len(one), len(other)) >= LEAST_INSIDE and max(contained(one, other), contained(other, one)) >= INSIDE
    return inside or jaccard(one, other) >= SAME
