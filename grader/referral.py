"""Referrals: which grades a person is to look at, and why.

A grade is referred when it is kept, if the machine doubts it or if it is drawn for the sample, and when somebody
objects to it. Who is drawn follows from the grade's id, which nobody chooses, so it needs no random numbers and no
memory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from grader.domain import Flag, Grade, Status


class Reason(StrEnum):
    """Why a person is to look; the first three are to be judged before the machine's verdict is seen."""

    APPEAL = "appeal"
    FLAGGED = "flagged"
    SAMPLE = "sample"
    DISAGREEMENT = "judges_disagree"
    LOW_CONFIDENCE = "low_confidence"
    DOUBTFUL = "evidence_in_doubt"
    SUSPECT = "suspect_text"
    UNGRADED = "ungraded"


BLIND: Final = frozenset({Reason.APPEAL, Reason.FLAGGED, Reason.SAMPLE})
"""What is judged blind: by a second judge whom the first verdict does not sway."""

_BY_FLAG: Final = {
    Flag.JUDGES_DISAGREE: Reason.DISAGREEMENT,
    Flag.LOW_CONFIDENCE: Reason.LOW_CONFIDENCE,
    Flag.UNVERIFIED_QUOTE: Reason.DOUBTFUL,
    Flag.NO_EVIDENCE: Reason.DOUBTFUL,
    Flag.THIN_QUOTE: Reason.DOUBTFUL,
    Flag.SIMILARITY_ONLY: Reason.DOUBTFUL,
    Flag.FALLBACK: Reason.DOUBTFUL,
    Flag.JUDGE_FAILED: Reason.UNGRADED,
}


@dataclass(frozen=True)
class Referral:
    """A grade that a person is to look at, or has looked at: then `settled_at` and `settled_by` say when and who.

    `since` is when it was referred, of a grade that was settled before: when it was referred again.
    """

    grade_id: str
    question_id: str
    reasons: tuple[Reason, ...]
    since: datetime
    settled_at: datetime | None = None
    settled_by: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to look."""
        return self.settled_at is None

    def also(self, other: Referral) -> Referral:
        """Itself with what `other` adds; where it is settled, `other`, which begins anew."""
        if not self.is_open:
            return other
        reasons = tuple(reason for reason in Reason if reason in {*self.reasons, *other.reasons})
        return Referral(self.grade_id, self.question_id, reasons, self.since)


def reasons_of(grade: Grade, audit_share: float) -> tuple[Reason, ...]:
    """Why a new grade is to be looked at; empty where nobody has to. `audit_share` in [0, 1] of all are drawn."""
    found = {Reason.SAMPLE} if is_drawn(grade.id, audit_share) else set()
    if grade.status is Status.UNGRADED:
        found.add(Reason.UNGRADED)
    if grade.status is Status.NEEDS_REVIEW:
        found |= {_BY_FLAG.get(flag, Reason.SUSPECT) for flag in grade.flags} or {Reason.DOUBTFUL}
    return tuple(reason for reason in Reason if reason in found) if found else ()


def is_drawn(grade_id: str, audit_share: float) -> bool:
    """Whether a grade is in the sample that people judge blind, whatever the machine says of it."""
    if not audit_share:
        return False
    drawn = int.from_bytes(hashlib.sha256(grade_id.encode()).digest()[:8], "big")
    return drawn < audit_share * 2**64
