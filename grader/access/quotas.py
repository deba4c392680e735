"""How often somebody may ask: one token bucket per name, in memory; `grader.quota_sharing` shares them.

Our own because the kept library, limits 5.8, reads the wall clock and takes no other: a clock that is set back an hour
would refuse a client for an hour, and no test could hold it.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

MANY_BUCKETS: Final = 10_000
"""From so many on those that are full again are dropped: about 1 MB."""


@dataclass(frozen=True)
class Quota:
    """`most` requests at once, and again as they flow back evenly over `seconds`."""

    name: str
    most: int
    seconds: int = 60

    @property
    def interval(self) -> float:
        """Seconds until one more request flows back."""
        return self.seconds / self.most


@dataclass(frozen=True)
class Allowance:
    """How a quota stands after a request: `remaining` now, all of it after `reset` seconds.

    `wait` is how many seconds to wait for the next request, 0 where it was granted.
    """

    quota: Quota
    remaining: int
    reset: float
    wait: float

    @property
    def granted(self) -> bool:
        """Whether the request fits."""
        return self.wait == 0


@dataclass
class Quotas:
    """What was taken of which quota by whom, in this process; `clock` gives seconds that only grow.

    A bucket is kept as the time at which it will be full again (the virtual scheduling of ATM's GCRA).
    """

    clock: Callable[[], float] = time.monotonic
    _full_at: dict[tuple[str, str], float] = field(default_factory=dict)
    _taken: Counter[tuple[Quota, str]] = field(default_factory=Counter)

    def __len__(self) -> int:
        """How many buckets are remembered."""
        return len(self._full_at)

    def take(self, wanted: Sequence[tuple[Quota, str]]) -> tuple[Allowance, ...]:
        """One request of every quota for its holder, or, where one of them is used up, of none."""
        now = self.clock()
        seen = [(quota, holder, self._bucket(quota, holder, now)) for quota, holder in wanted]
        granted = all(_wait(quota, full_at, now) == 0 for quota, _, full_at in seen)
        if granted:
            seen = [(quota, holder, full_at + quota.interval) for quota, holder, full_at in seen]
            self._keep(now, {(quota.name, holder): full_at for quota, holder, full_at in seen})
            self._taken.update((quota, holder) for quota, holder, _ in seen)
            return tuple(_allowance(quota, full_at, now, 0) for quota, _, full_at in seen)
        return tuple(_allowance(quota, full_at, now, _wait(quota, full_at, now)) for quota, _, full_at in seen)

    def told(self) -> dict[tuple[Quota, str], int]:
        """What was granted of each quota to each holder since this was last asked."""
        taken, self._taken = self._taken, Counter()
        return dict(taken)

    def learn(self, quota: Quota, holder: str, reset: float) -> None:
        """All processes together have granted so much that all of it is there again after `reset` seconds.

        What was granted here and not told yet comes on top; what this process knows is never forgotten for it.
        """
        here = self._full_at.get((quota.name, holder), 0.0)
        everywhere = self.clock() + reset + self._taken[quota, holder] * quota.interval
        self._full_at[quota.name, holder] = max(here, everywhere)

    def _bucket(self, quota: Quota, holder: str, now: float) -> float:
        """When the bucket will be full: now at the earliest, and after a whole filling at the latest."""
        return min(max(now, self._full_at.get((quota.name, holder), now)), now + quota.seconds)

    def _keep(self, now: float, taken: dict[tuple[str, str], float]) -> None:
        if len(self._full_at) > MANY_BUCKETS:
            self._full_at = {name: full_at for name, full_at in self._full_at.items() if full_at > now}
        self._full_at.update(taken)


def _wait(quota: Quota, full_at: float, now: float) -> float:
    """Seconds until one request more fits; less than a nanosecond is rounding."""
    wait = full_at + quota.interval - now - quota.seconds
    return wait if wait > 1e-9 else 0  # noqa: PLR2004 - said above


def _allowance(quota: Quota, full_at: float, now: float, wait: float) -> Allowance:
    remaining = math.floor((quota.seconds - (full_at - now)) / quota.interval + 1e-6)
    return Allowance(quota, remaining, full_at - now, wait)
