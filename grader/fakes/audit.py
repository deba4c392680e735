"""Fakes of the decision log, and of what it speaks of, in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from grader.audit import Anchor, Entry, Event, chained
from grader.errors import AlreadyStored
from grader.ports.audit import Basis
from grader.review import Appeal, AppealState, Outcome, Override, SecondOpinion


@dataclass
class FakeAuditLog:
    """Keeps chains in memory."""

    chains: dict[str, list[Entry]] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def append(self, tenant: str, event: Event) -> Entry:
        """Chain an event behind what is there."""
        entry = chained(tenant, event, head=await self.head(tenant), at=self.now())
        self.chains.setdefault(tenant, []).append(entry)
        return entry

    async def head(self, tenant: str) -> Anchor:
        """The last entry's number and hash."""
        entries = self.chains.get(tenant)
        return Anchor(entries[-1].number, entries[-1].hash) if entries else Anchor()

    async def page(self, tenant: str, *, after: int, limit: int) -> tuple[Entry, ...]:
        """At most `limit` entries behind number `after`."""
        return tuple(entry for entry in self.chains.get(tenant, ()) if entry.number > after)[:limit]

    async def tenants(self) -> tuple[str, ...]:
        """Who has a chain."""
        return tuple(sorted(self.chains))


@dataclass
class FakeBasisStore:
    """Keeps what grades were made from in memory."""

    bases: dict[tuple[str, str], Basis] = field(default_factory=dict)

    async def keep(self, tenant: str, basis: Basis) -> None:
        """Keep it; its grade must have none, whosever it is."""
        if any(basis.grade_id == grade_id for _, grade_id in self.bases):
            raise AlreadyStored(f"what grade {basis.grade_id} was made from is there already")
        self.bases[tenant, basis.grade_id] = basis

    async def find(self, tenant: str, grade_id: str) -> Basis | None:
        """What the tenant's grade was made from, or None."""
        return self.bases.get((tenant, grade_id))

    async def erase(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Forget what these grades were made from."""
        return sum(self.bases.pop((tenant, grade_id), None) is not None for grade_id in grade_ids)


@dataclass
class FakeReviewStore:
    """Keeps what people said of grades in memory."""

    said: dict[tuple[str, str, str, int], Override | Appeal] = field(default_factory=dict)
    given: dict[tuple[str, str, str], SecondOpinion] = field(default_factory=dict)

    async def overrides(self, tenant: str, grade_id: str) -> tuple[Override, ...]:
        """The grade's overrides, in order."""
        return tuple(item for item in self._of(tenant, grade_id) if isinstance(item, Override))

    async def outcomes(self, tenant: str, grade_ids: Collection[str]) -> Mapping[str, Outcome]:
        """What these grades come to by their last overrides."""
        found = [each for grade_id in grade_ids for each in await self.overrides(tenant, grade_id)]
        return {each.grade_id: each.outcome for each in found}

    async def overruled(self, tenant: str, batch_id: str) -> Mapping[str, Outcome]:
        """What the grades of a batch come to by their last overrides."""
        spoken_of = {grade_id for owner, grade_id, *_ in self.said if owner == tenant}
        return await self.outcomes(tenant, [each for each in spoken_of if each.startswith(f"{batch_id}.")])

    async def override(self, tenant: str, override: Override) -> None:
        """Keep it; its number must be new."""
        self._add(tenant, override)

    async def appeals(self, tenant: str, grade_id: str) -> tuple[Appeal, ...]:
        """The grade's appeals, in order."""
        return tuple(item for item in self._of(tenant, grade_id) if isinstance(item, Appeal))

    async def appeal(self, tenant: str, appeal: Appeal) -> None:
        """Keep it; its number must be new."""
        self._add(tenant, appeal)

    async def decide(self, tenant: str, appeal: Appeal) -> bool:
        """Keep what became of an open appeal."""
        kept = self.said.get((tenant, appeal.grade_id, "Appeal", appeal.number))
        if not isinstance(kept, Appeal) or kept.state is not AppealState.OPEN:
            return False
        self.said[tenant, appeal.grade_id, "Appeal", appeal.number] = appeal
        return True

    async def opine(self, tenant: str, opinion: SecondOpinion) -> None:
        """Keep it; the person must not have given one before."""
        key = (tenant, opinion.grade_id, opinion.made_by)
        if key in self.given:
            raise AlreadyStored("there is an opinion by this person already")
        self.given[key] = opinion

    async def opinions(self, tenant: str, grade_id: str) -> tuple[SecondOpinion, ...]:
        """The second opinions on the grade."""
        return tuple(reversed([each for each in self._given(tenant) if each.grade_id == grade_id]))

    async def latest_opinions(
        self, tenant: str, *, limit: int, question_id: str | None = None
    ) -> tuple[SecondOpinion, ...]:
        """The newest second opinions."""
        return tuple([each for each in self._given(tenant) if question_id in {None, each.question_id}][:limit])

    async def erase(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Forget what was said of these grades."""
        theirs = [key for key in self.said if key[0] == tenant and key[1] in grade_ids]
        for key in theirs:
            del self.said[key]
        opinions = [key for key in self.given if key[0] == tenant and key[1] in grade_ids]
        for given in opinions:
            del self.given[given]
        return len(theirs) + len(opinions)

    def _given(self, tenant: str) -> list[SecondOpinion]:
        theirs = [each for (owner, *_), each in self.given.items() if owner == tenant]
        return sorted(theirs, key=lambda each: (each.made_at, each.grade_id, each.made_by), reverse=True)

    def _add(self, tenant: str, item: Override | Appeal) -> None:
        key = (tenant, item.grade_id, type(item).__name__, item.number)
        if key in self.said:
            raise AlreadyStored(f"number {item.number} is there already")
        self.said[key] = item

    def _of(self, tenant: str, grade_id: str) -> list[Override | Appeal]:
        return [self.said[key] for key in sorted(self.said) if key[:2] == (tenant, grade_id)]
