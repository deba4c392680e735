"""One thing found in a rubric: what, how bad, where, and how to mend it."""

from __future__ import annotations

from enum import StrEnum

from rubrics.model import Immutable


class Check(StrEnum):
    """What was looked for, by the name it is reported under."""

    VAGUE = "vague"
    COMPOUND = "compound"
    DUPLICATE = "duplicate"
    UNJUDGEABLE = "unjudgeable"
    ECHO = "echo"
    WEIGHT = "weight"
    REQUIRED = "required"
    GROUP = "group"
    UNSOURCED = "unsourced"
    UNCOVERED = "uncovered"


class Severity(StrEnum):
    """Whether a finding stops a rubric from being published, or is for its author to weigh."""

    ERROR = "error"
    WARNING = "warning"


class Finding(Immutable):
    """One fault; `key_points` are the ids it is about (empty: the rubric as a whole), `mend` what would help."""

    check: Check
    severity: Severity
    key_points: tuple[str, ...]
    problem: str
    mend: str
