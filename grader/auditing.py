"""Verifying the decision log: the chain itself, and that what is stored is still what was logged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from grader.audit import Action, Anchor, Break, Entry, Walk
from grader.errors import StorageError
from grader.keeping import grade_commitment, result_commitment
from grader.ports import AuditLog, BasisStore, BatchStore, GradeStore

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
    batches: BatchStore

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
        if said.get("action") == Action.ROWS_GRADED.value and isinstance(facts, dict):
            return await self._changed_row(tenant, entry.number, grade_id, facts)
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

    async def _changed_row(self, tenant: str, number: int, batch_id: str, facts: dict[str, str]) -> Break | None:
        """As above, of a batch's rows; of an erased one, and of one that was graded again, this entry says nothing."""
        try:
            logged = {int(idx): said for idx, said in json.loads(facts["rows"]).items()}
            generation = int(facts["generation"])
        except (KeyError, ValueError, AttributeError) as error:
            return Break(number, f"what it says of rows cannot be read: {type(error).__name__}")
        found = await self.batches.results(tenant, batch_id, logged.keys())
        if not found and await self.batches.find(tenant, batch_id) is None:
            return None
        for idx, said in logged.items():
            result = found.get(idx)
            if result is None:
                return Break(number, f"the result of row {idx} is gone without having been erased")
            if result.generation == generation and result.salt is not None and result_commitment(result) != said:
                return Break(number, f"the result of row {idx} is not the one that was logged")
        return None
