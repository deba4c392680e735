"""A fake of what keeps rubrics."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from grader.errors import AlreadyStored
from grader.fakes.storage import FakeGradeStore
from grader.ports.rubrics import GivenGrade
from grader.ports.storage import Place
from rubrics.versions import RubricVersion, State
from rubrics.versions.rulings import PointRuling


@dataclass
class FakeRubricStore:
    """Keeps versions and rulings in memory; the grades under a version are those of `grades`."""

    grades: FakeGradeStore = field(default_factory=FakeGradeStore)
    kept: dict[tuple[str, str], RubricVersion] = field(default_factory=dict)
    rulings: dict[tuple[str, str], PointRuling] = field(default_factory=dict)
    taken: dict[tuple[str, str], str] = field(default_factory=dict)

    async def keep(self, tenant: str, version: RubricVersion) -> None:
        """Keep a new version."""
        same_number = any(each.number == version.number for each in await self.versions(tenant, version.question_id))
        if (tenant, version.id) in self.kept or same_number:
            raise AlreadyStored(f"version {version.id} is there already")
        self.kept[tenant, version.id] = version

    async def find(self, tenant: str, version_id: str) -> RubricVersion | None:
        """The version, or None."""
        return self.kept.get((tenant, version_id))

    async def versions(self, tenant: str, question_id: str) -> tuple[RubricVersion, ...]:
        """The versions of a question, the newest first."""
        theirs = (each for (owner, _), each in self.kept.items() if owner == tenant and each.question_id == question_id)
        return tuple(sorted(theirs, key=lambda each: -each.number))

    async def published(self, tenant: str, question_id: str) -> RubricVersion | None:
        """The published version of a question, or None."""
        theirs = await self.versions(tenant, question_id)
        return next((version for version in theirs if version.state is State.PUBLISHED), None)

    async def in_state(self, tenant: str, state: State) -> tuple[RubricVersion, ...]:
        """The versions in a state."""
        theirs = (each for (owner, _), each in self.kept.items() if owner == tenant and each.state is state)
        return tuple(sorted(theirs, key=lambda each: (each.question_id, -each.number)))

    async def page(
        self, tenant: str, state: State, *, limit: int, after: Place | None = None
    ) -> tuple[RubricVersion, ...]:
        """A page of the versions in a state, the last to get there first."""
        found = sorted(await self.in_state(tenant, state), key=lambda each: (each.changed_at, each.id), reverse=True)
        behind = [each for each in found if after is None or (each.changed_at, each.id) < (after.created_at, after.id)]
        return tuple(behind[:limit])

    async def move(self, tenant: str, version_id: str, state: State, at: datetime) -> RubricVersion | None:
        """Put a version into a state."""
        version = self.kept.get((tenant, version_id))
        if version is None:
            return None
        if state is State.PUBLISHED:
            for other in await self.versions(tenant, version.question_id):
                if other.state is State.PUBLISHED and other.id != version_id:
                    self.kept[tenant, other.id] = other.moved(State.RETIRED, at)
        self.kept[tenant, version_id] = version.moved(state, at)
        return self.kept[tenant, version_id]

    async def rule(self, tenant: str, ruling: PointRuling) -> None:
        """Keep a ruling."""
        if any(ruling.id == kept for _, kept in self.rulings):
            raise AlreadyStored(f"ruling {ruling.id} is there already")
        self.rulings[tenant, ruling.id] = ruling

    async def pending(self, tenant: str, question_id: str) -> tuple[PointRuling, ...]:
        """The rulings that wait, the oldest first."""
        waiting = (
            each
            for key, each in self.rulings.items()
            if key[0] == tenant and key not in self.taken and each.question_id == question_id
        )
        return tuple(sorted(waiting, key=lambda each: (each.ruled_at, each.id)))

    async def taken_in(self, tenant: str, ruling_ids: Collection[str], version_id: str) -> None:
        """These rulings wait no longer."""
        self.taken |= {(tenant, each): version_id for each in ruling_ids if (tenant, each) in self.rulings}

    async def graded(self, tenant: str, version_id: str) -> tuple[GivenGrade, ...]:
        """Every grade of the fake grade store under a version, the newest first."""
        theirs = (
            grade
            for (owner, _), grade in self.grades.grades.items()
            if owner == tenant and grade.rubric_hash == version_id
        )
        newest_first = sorted(theirs, key=lambda grade: (grade.created_at, grade.id), reverse=True)
        return tuple(GivenGrade.model_validate_json(grade.model_dump_json()) for grade in newest_first)
