"""How long what is kept about people is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Retention(StrEnum):
    """A class of keeping; `keep` has no end."""

    PRACTICE = "practice"
    HIRING = "hiring"
    HIRING_CALIFORNIA = "hiring-california"
    KEEP = "keep"


DURATIONS: Final = {
    Retention.PRACTICE: timedelta(days=30),
    Retention.HIRING: timedelta(days=3 * 365 + 1),
    Retention.HIRING_CALIFORNIA: timedelta(days=4 * 365 + 1),
}
"""From a grade's making on: a month to practise, at least three years where Colorado (SB 26-189, from 2027) or nobody
says more, at least four in California (CRD regulations, 2025); a year has a day more where it is a leap year."""


def expiry(retention: Retention, now: datetime) -> datetime | None:
    """The moment before which grades are over their time, or None where they are kept."""
    duration = DURATIONS.get(retention)
    return None if duration is None else now - duration
