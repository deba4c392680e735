"""Keeping a grade: with what it was made from, its entry in the decision log, and word of it to whoever wants to know.

All of it or nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from grader.access import Principal
from grader.audit import Action, Event, commitment, new_salt
from grader.domain import Grade
from grader.erased import Erased
from grader.grading import Request
from grader.ports import AuditLog, Basis, BasisStore, GradeStore, ReferralStore, Result, Together
from grader.referral import Referral, reasons_of
from grader.webhooks import Publisher, grade_completed

_requests: Final = TypeAdapter(Request)

NOBODY: Final = "local"
"""Stands in the log for a person at this machine, who needs no key."""


def by(who: Principal) -> str:
    """Who did something, as it is kept beside it: the key's id and, behind a slash, the name of who shares the key.

    The decision log has the key's id alone: what it says of people could never be erased.
    """
    key = who.key_id or NOBODY
    return f"{key}/{who.name}" if who.name else key


@dataclass(frozen=True)
class Keeper:
    """Keeps grades, and refers those that a person is to look at: doubtful ones, and `audit_share` of all by chance."""

    grades: GradeStore
    bases: BasisStore
    audit: AuditLog
    together: Together
    publisher: Publisher
    erased: Erased
    referrals: ReferralStore
    audit_share: float = 0.0

    async def keep(
        self, tenant: str, request: Request, grade: Grade, made_by: str | None, asked_at: datetime | None = None
    ) -> None:
        """Keep the grade of `request`, asked for with the key `made_by`; AlreadyStored if its id is not new.

        CandidateErased where that happened since it was asked for, which is when it was made if nothing else is said.
        """
        salt = new_salt()
        asked = write_request(request)
        async with self.together(tenant):
            await self.erased.check(tenant, grade.candidate_ref, asked_at or grade.created_at)
            await self.grades.save(tenant, grade)
            await self.bases.keep(tenant, Basis(grade.id, grade.candidate_ref, grade.created_at, asked, salt))
            await self.audit.append(tenant, _kept(grade, salt, made_by))
            await self._refer(tenant, grade)
            await self.publisher.publish(tenant, grade_completed(grade))

    async def _refer(self, tenant: str, grade: Grade) -> None:
        """A grade that was made again needs nobody to look at the old one; that nobody did stays true of it."""
        old = None if grade.regrade_of is None else await self.referrals.find(tenant, grade.regrade_of)
        if old is not None and old.is_open:
            await self.referrals.erase(tenant, [old.grade_id])
        reasons = reasons_of(grade, self.audit_share)
        if reasons:
            await self.referrals.refer(tenant, Referral(grade.id, grade.question_id, reasons, grade.created_at))


def request_of(basis: Basis) -> Request:
    """What was asked for; a new grade can be made of it."""
    return read_request(basis.request)


def write_request(request: Request) -> str:
    """A request as it is kept."""
    return _requests.dump_json(request).decode()


def read_request(stored: str) -> Request:
    """A request as it is kept while its grade is promised, and after."""
    return _requests.validate_json(stored)


def grade_commitment(salt: bytes, grade: Grade) -> str:
    """What the log says of a grade's content; fields that later versions add, empty, do not change it."""
    content = grade.model_dump(mode="json", exclude_defaults=True)
    return commitment(salt, json.dumps(content, sort_keys=True, ensure_ascii=False))


def result_commitment(result: Result) -> str:
    """What the log says of the result of a batch's row, as it is kept; empty where the salt for it is gone."""
    content = result.grade or f"{result.status.value} {result.reason}"
    return "" if result.salt is None else commitment(result.salt, content)


def rows_graded(batch_id: str, generation: int, made_by: str | None, results: Sequence[Result]) -> Event:
    """The log's word on results of a batch, all that were kept in one transaction: by each row what it is bound to."""
    counts = Counter(result.status.value for result in results)
    rows = json.dumps({result.idx: result_commitment(result) for result in results}, separators=(",", ":"))
    facts = {"generation": str(generation), **{name: str(count) for name, count in sorted(counts.items())}}
    return Event(made_by or NOBODY, Action.ROWS_GRADED, batch_id, {**facts, "rows": rows})


def _kept(grade: Grade, salt: bytes, made_by: str | None) -> Event:
    facts = {
        "grade": grade_commitment(salt, grade),
        "answer": commitment(salt, grade.provenance.answer_sha256),
        "rubric": grade.rubric_hash,
        "question": grade.question_id,
        "judge": grade.provenance.judge.get("name", ""),
        "grader": grade.provenance.grader_version,
        "status": grade.status.value,
        "score": "null" if grade.score is None else str(grade.score),
    }
    if grade.candidate_ref is not None:
        facts["candidate"] = commitment(salt, grade.candidate_ref)
    if grade.regrade_of is not None:
        facts["regrade_of"] = grade.regrade_of
    action = Action.GRADED if grade.regrade_of is None else Action.REGRADED
    return Event(made_by or NOBODY, action, grade.id, facts)
