"""What the review pages call things, and people while their names are hidden."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

from grader.access import subkey
from grader.domain import Label
from grader.referral import Reason
from grader.review import AppealReason, OverrideReason

REASONS: Final = {
    Reason.APPEAL: "appeal",
    Reason.FLAGGED: "flagged by the candidate",
    Reason.SAMPLE: "random sample",
    Reason.DISAGREEMENT: "judges disagree",
    Reason.LOW_CONFIDENCE: "low confidence",
    Reason.DOUBTFUL: "evidence in doubt",
    Reason.SUSPECT: "suspect text",
    Reason.UNGRADED: "not graded",
}
VERDICTS: Final = {
    Label.COVERED: ("covered", "y"),
    Label.PARTIAL: ("in part", "p"),
    Label.MISSING: ("missed", "n"),
    Label.CONTRADICTED: ("wrong", "w"),
    Label.UNGRADED: ("not assessable", "x"),
}
"""A verdict in words, and the key that sets it."""

OVERRIDE_REASONS: Final = {
    OverrideReason.EVIDENCE_MISSED: ("evidence missed", "The machine missed the evidence."),
    OverrideReason.EVIDENCE_WRONG: ("evidence wrong", "The words shown do not prove the point."),
    OverrideReason.RUBRIC_WRONG: ("rubric wrong", "The key point is wrong or unclear."),
    OverrideReason.TRANSCRIPT_ERROR: ("transcript wrong", "It was transcribed wrongly."),
    OverrideReason.ALIGNMENT_ERROR: ("wrong part of the interview", "The answer was taken from the wrong place."),
    OverrideReason.PROMPTED: ("prompted by the interviewer", "The interviewer had supplied the words."),
    OverrideReason.POLICY: ("policy", "Our policy decides otherwise."),
    OverrideReason.OTHER: ("something else", "Another reason."),
}
"""A reason in words, and what is noted where nobody writes more."""

APPEAL_REASONS: Final = {
    AppealReason.COVERED: "I covered this point",
    AppealReason.REFERENCE_WRONG: "the reference is wrong",
    AppealReason.UNCLEAR: "the point is unclear",
    AppealReason.OTHER: "something else",
}
LATE: Final = timedelta(days=2)
"""From when on a referral is shown as waiting long: two working days, the shortest promise seen of an appeal desk."""


def pseudonym(secret: bytes, candidate_ref: str | None) -> str:
    """What a candidate is called while names are hidden: the same on every page, and no way back to the name."""
    if candidate_ref is None:
        return "Nameless"
    mark = hmac.digest(subkey(secret, "pseudonyms"), candidate_ref.encode(), hashlib.sha256)
    return f"Candidate {base64.b32encode(mark)[:5].decode()}"


def age(since: datetime) -> str:
    """How long ago, roughly."""
    hours = (datetime.now(UTC) - since).total_seconds() / 3_600
    if hours < 1:
        return f"{max(1, round(hours * 60))} min"
    if hours < 36:  # noqa: PLR2004 - until then hours say more than days
        return f"{round(hours)} hour{'' if round(hours) == 1 else 's'}"
    return f"{round(hours / 24)} days"


def is_late(since: datetime) -> bool:
    """Whether it waits too long."""
    return datetime.now(UTC) - since > LATE
