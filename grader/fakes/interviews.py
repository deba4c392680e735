"""A fake of the store of interviews, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from grader.errors import AlreadyStored
from grader.ports import InterviewState, KeptInterview

_OPEN = frozenset({InterviewState.QUEUED, InterviewState.RUNNING})


@dataclass
class FakeInterviewStore:
    """Keeps interviews in memory."""

    kept: dict[tuple[str, str, int], KeptInterview] = field(default_factory=dict)

    async def add(self, tenant: str, interview: KeptInterview) -> None:
        """Keep a version; its number must be new."""
        if any((interview.id, interview.version) == key[1:] for key in self.kept):
            raise AlreadyStored(f"interview {interview.id} has a version {interview.version} already")
        self.kept[tenant, interview.id, interview.version] = interview

    async def find(self, tenant: str, interview_id: str, version: int | None = None) -> KeptInterview | None:
        """The tenant's interview in this version (None: the newest), or None."""
        found = [each for (owner, name, _), each in self.kept.items() if (owner, name) == (tenant, interview_id)]
        wanted = [each for each in found if version in {None, each.version}]
        return max(wanted, key=lambda each: each.version, default=None)

    async def claim(self, now: datetime, until: datetime) -> tuple[str, KeptInterview] | None:
        """Take the one that is due the longest."""
        due = [key for key, each in self.kept.items() if each.state in _OPEN and each.due_at <= now]
        if not due:
            return None
        key = min(due, key=lambda each: (self.kept[each].due_at, each))
        taken = replace(self.kept[key], state=InterviewState.RUNNING, due_at=until, tries=self.kept[key].tries + 1)
        self.kept[key] = taken
        return key[0], taken

    async def hold(self, tenant: str, interview: KeptInterview, until: datetime) -> None:
        """Hold what was taken for longer."""
        self._change(tenant, interview, until, InterviewState.RUNNING, "")

    async def put_back(self, tenant: str, interview: KeptInterview, due_at: datetime, reason: str) -> None:
        """Let it be taken again."""
        self._change(tenant, interview, due_at, InterviewState.QUEUED, reason)

    async def settle(self, tenant: str, interview: KeptInterview, state: InterviewState, report: str) -> bool:
        """Keep what it came to, once."""
        key = tenant, interview.id, interview.version
        if key not in self.kept or self.kept[key].state not in _OPEN:
            return False
        self.kept[key] = replace(self.kept[key], state=state, report=report)
        return True

    async def of(self, tenant: str, candidate_ref: str) -> tuple[KeptInterview, ...]:
        """Every version of every interview with this candidate, the oldest first."""
        theirs = [each for key, each in self.kept.items() if key[0] == tenant and candidate_ref in each.candidate_refs]
        return tuple(sorted(theirs, key=lambda each: (each.created_at, each.id, each.version)))

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Delete every interview with this candidate."""
        return self._delete(tenant, {each.id for each in await self.of(tenant, candidate_ref)})

    async def expire(self, tenant: str, before: datetime) -> tuple[str, ...]:
        """Delete every interview handed in before."""
        return self._delete(
            tenant, {key[1] for key, each in self.kept.items() if key[0] == tenant and each.created_at < before}
        )

    def _delete(self, tenant: str, ids: set[str]) -> tuple[str, ...]:
        for key in [key for key in self.kept if key[0] == tenant and key[1] in ids]:
            del self.kept[key]
        return tuple(sorted(ids))

    def _change(
        self, tenant: str, interview: KeptInterview, due_at: datetime, state: InterviewState, reason: str
    ) -> None:
        key = tenant, interview.id, interview.version
        if key in self.kept and self.kept[key].state in _OPEN:
            self.kept[key] = replace(self.kept[key], due_at=due_at, state=state, reason=reason)
