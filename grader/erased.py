"""Candidates that were erased a short while ago: of them nothing is kept that was asked for before.

A grade that is being made is held nowhere, so an erasure cannot delete it. It leaves a mark instead, which is looked
for in the turn in which the grade is kept (`ports.Together`): whichever comes first, nothing survives. The mark is an
HMAC under the deployment's secret, and is forgotten after a day.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from grader.errors import CandidateErased
from grader.ports import Erasures

REMEMBERED: Final = timedelta(days=1)
"""Longer than any grade is under way: the last try of a promised one begins after twenty minutes."""


@dataclass(frozen=True)
class Erased:
    """Who was erased; processes whose clocks are apart may disagree for as long as those are."""

    erasures: Erasures
    secret: bytes = field(repr=False)

    async def note(self, tenant: str, candidate_ref: str, at: datetime) -> None:
        """The candidate is erased in this turn."""
        await self.erasures.note(tenant, self._mark(candidate_ref), at, forget_before=at - REMEMBERED)

    async def check(self, tenant: str, candidate_ref: str | None, asked_at: datetime) -> None:
        """CandidateErased where the candidate was erased after that."""
        erased_at = None if candidate_ref is None else await self.erasures.last(tenant, self._mark(candidate_ref))
        if erased_at is not None and erased_at >= asked_at:
            raise CandidateErased("the candidate was erased while this grade was made; nothing was kept")

    def _mark(self, candidate_ref: str) -> str:
        return hmac.new(self.secret, candidate_ref.encode(), hashlib.sha256).hexdigest()
