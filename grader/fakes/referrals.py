"""A fake of what keeps referrals, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from grader.ports.referrals import ReferralFilter
from grader.ports.storage import Place
from grader.referral import Reason, Referral


@dataclass
class FakeReferralStore:
    """Keeps referrals in memory, by tenant and grade."""

    kept: dict[tuple[str, str], Referral] = field(default_factory=dict)

    async def refer(self, tenant: str, referral: Referral) -> None:
        """Keep it, or join it to what is there."""
        key = tenant, referral.grade_id
        self.kept[key] = self.kept[key].also(referral) if key in self.kept else referral

    async def add(self, tenant: str, referrals: Sequence[Referral]) -> None:
        """Keep the new ones."""
        for referral in referrals:
            self.kept.setdefault((tenant, referral.grade_id), referral)

    async def find(self, tenant: str, grade_id: str) -> Referral | None:
        """The referral of the tenant's grade, or None."""
        return self.kept.get((tenant, grade_id))

    async def page(
        self, tenant: str, wanted: ReferralFilter, *, limit: int, after: Place | None = None
    ) -> tuple[Referral, ...]:
        """The wanted ones, those that wait the longest first."""
        found = [each for each in self._of(tenant) if each.is_open is wanted.is_open]
        found = [each for each in found if each.grade_id not in wanted.without]
        found = [each for each in found if wanted.reason is None or wanted.reason in each.reasons]
        found = [each for each in found if wanted.question_id in {None, each.question_id}]
        if wanted.batch_id is not None:
            found = [each for each in found if each.grade_id.startswith(f"{wanted.batch_id}.")]
        behind = [each for each in found if after is None or _place(each) > (after.created_at, after.id)]
        return tuple(sorted(behind, key=_place)[:limit])

    async def waiting(self, tenant: str) -> Mapping[Reason, int]:
        """How many open ones there are for each reason."""
        return Counter(reason for each in self._of(tenant) if each.is_open for reason in each.reasons)

    async def settle(self, tenant: str, grade_id: str, by: str, at: datetime) -> bool:
        """Close an open one."""
        found = self.kept.get((tenant, grade_id))
        if found is None or not found.is_open:
            return False
        self.kept[tenant, grade_id] = replace(found, settled_at=at, settled_by=by)
        return True

    async def settled(self, tenant: str, grade_ids: Collection[str]) -> frozenset[str]:
        """Which of these grades a person has looked at."""
        return frozenset(each.grade_id for each in self._of(tenant) if not each.is_open and each.grade_id in grade_ids)

    async def settled_of(self, tenant: str, batch_id: str) -> frozenset[str]:
        """Which grades of a batch a person has looked at."""
        closed = (each.grade_id for each in self._of(tenant) if not each.is_open)
        return frozenset(grade_id for grade_id in closed if grade_id.startswith(f"{batch_id}."))

    async def erase(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Forget the referrals of these grades."""
        return sum(self.kept.pop((tenant, grade_id), None) is not None for grade_id in grade_ids)

    def _of(self, tenant: str) -> list[Referral]:
        return [each for (owner, _), each in self.kept.items() if owner == tenant]


def _place(referral: Referral) -> tuple[datetime, str]:
    return referral.since, referral.grade_id
