"""How often a delivery is tried, and when again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

JITTER: Final = 0.1
"""Share by which a wait is made longer or shorter, so that what failed together does not come back together."""

LONGEST_WAIT: Final = timedelta(hours=24)
"""However long a receiver asks to be left alone."""


@dataclass(frozen=True)
class Schedule:
    """The waits between tries: one try more than there are waits."""

    waits: tuple[timedelta, ...] = ()

    def wait(self, tries: int, chance: float, retry_after: float | None = None) -> timedelta | None:
        """How long to wait after so many tries, from 1 on; None where that was the last.

        `chance` in [0, 1) is the jitter's; `retry_after` are the seconds that the receiver asked for.
        """
        if tries > len(self.waits):
            return None
        planned = self.waits[tries - 1] * (1 + JITTER * (2 * chance - 1))
        return max(planned, min(timedelta(seconds=retry_after or 0), LONGEST_WAIT))


STANDARD: Final = Schedule(
    (
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
    )
)
"""Ten tries in three days, as the Standard Webhooks specification proposes: a receiver may be away over a weekend."""

ONCE: Final = Schedule()
"""One try: for what somebody is waiting to see."""
