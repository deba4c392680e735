"""Verifying the decision log: the chain itself, and that what is stored is still what was logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from grader.audit import Action, Anchor, Break, Entry, Walk
from grader.errors import StorageError
from grader.keeping import grade_commitment
from grader.ports import AuditLog, BasisStore, GradeStore

PAGE: Final = 500
"""Entries read at a time."""

_OF_GRADES: Final = frozenset({Action.GRADED.value, Action.REGRADED.value})


@dataclass(frozen=True)
class Verified:
    """What one tenant's chain is like: how many entries hold, where it breaks if it does, and its end, to be noted."""

    tenant: str
    entries: int
    head: Anchor
    broken: Break | None


@dataclass(frozen=True)
class Auditor:
    """Reads the log, and holds what is stored against it."""

    audit: AuditLog
    grades: GradeStore
    bases: BasisStore

    async def verify(self, tenant: str, anchors: tuple[Anchor, ...] = ()) -> Verified:
        """Walk the tenant's chain to its end, or to the first entry that does not hold."""
        walk, changed = Walk(tenant, anchors), None
        while walk.broken is None and changed is None:
            page = await self.audit.page(tenant, after=walk.head.number, limit=PAGE)
            for entry in page:
                if not walk.step(entry):
                    break
                changed = changed or await self._changed(tenant, entry)
            if len(page) < PAGE:
                break
        broken = walk.broken or changed or walk.arrive(await self.audit.head(tenant))
        return Verified(tenant, walk.head.number, walk.head, broken)

    async def _changed(self, tenant: str, entry: Entry) -> Break | None:
        """Whether a stored grade is another one than was logged; one that was erased has no basis any more."""
        said = entry.read()
        facts, grade_id = said.get("facts"), str(said.get("subject"))
        basis = await self.bases.find(tenant, grade_id) if said.get("action") in _OF_GRADES else None
        if basis is None or not isinstance(facts, dict):
            return None
        try:
            grade = await self.grades.find(tenant, grade_id)
        except StorageError as error:
            return Break(entry.number, f"its grade cannot be read: {error}")
        if grade is None:
            return Break(entry.number, "its grade is gone without having been erased")
        if grade_commitment(basis.salt, grade) != facts.get("grade"):
            return Break(entry.number, "its grade is not the one that was logged")
        return None
