"""Everything that is kept, in memory, and what is done with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from grader.access import EVERYTHING, Principal
from grader.auditing import Auditor
from grader.candidates import Candidates
from grader.domain import Grade, Label
from grader.erased import Erased
from grader.fakes import (
    FakeAttemptStore,
    FakeAuditLog,
    FakeBasisStore,
    FakeBatchStore,
    FakeBulkJobStore,
    FakeEndpointStore,
    FakeErasures,
    FakeGradeStore,
    FakeIdempotencyStore,
    FakeInterviewStore,
    FakeJudge,
    FakeOrderStore,
    FakeOutbox,
    FakePendingGrades,
    FakeReferralStore,
    FakeReservationStore,
    FakeResponseCache,
    FakeReviewStore,
    FakeStudyStore,
    separately,
)
from grader.grading import Grader, Request
from grader.keeping import Keeper
from grader.reviewing import (
    Reviewer,
)
from grader.webhooks import Publisher
from rubrics.bank import Bank

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANN = Principal("acme", EVERYTHING, "key-ann")
BOB = Principal("acme", EVERYTHING, "key-bob")
ANSWER = "Each token sees a window of “neighbours”\u200b only: marker-7431."
SECRETS = ("marker-7431", "candidate-ref-9", "note-4711", "appeal-0815", "answer-1234")


@dataclass
class House:
    """Everything that is kept, in memory."""

    grades: FakeGradeStore = field(default_factory=FakeGradeStore)
    bases: FakeBasisStore = field(default_factory=FakeBasisStore)
    reviews: FakeReviewStore = field(default_factory=FakeReviewStore)
    pending: FakePendingGrades = field(default_factory=FakePendingGrades)
    responses: FakeResponseCache = field(default_factory=FakeResponseCache)
    idempotency: FakeIdempotencyStore = field(default_factory=FakeIdempotencyStore)
    endpoints: FakeEndpointStore = field(default_factory=FakeEndpointStore)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    audit: FakeAuditLog = field(default_factory=lambda: FakeAuditLog(now=lambda: NOON))
    attempts: FakeAttemptStore = field(default_factory=FakeAttemptStore)
    studies: FakeStudyStore = field(default_factory=FakeStudyStore)
    referrals: FakeReferralStore = field(default_factory=FakeReferralStore)
    reservations: FakeReservationStore = field(default_factory=FakeReservationStore)
    batches: FakeBatchStore = field(default_factory=FakeBatchStore)

    def __post_init__(self) -> None:
        self.publisher = Publisher(self.endpoints, self.outbox)
        self.erased = Erased(FakeErasures(), b"secret")
        telling = separately, self.publisher
        self.keeper = Keeper(self.grades, self.bases, self.audit, *telling, self.erased, self.referrals)
        self.reviewer = Reviewer(self.bases, self.reviews, self.audit, *telling, self.referrals, lambda: NOON)
        self.auditor = Auditor(self.audit, self.grades, self.bases, self.batches)
        stores = self.grades, self.bases, self.reviews, self.pending, self.responses, self.idempotency
        self.candidates = Candidates(
            *stores,
            self.outbox,
            self.audit,
            separately,
            self.erased,
            self.attempts,
            self.studies,
            self.batches,
            FakeBulkJobStore(),
            FakeOrderStore(),
            FakeInterviewStore(),
            self.referrals,
            lambda: NOON,
        )

    async def graded(self, grade_id: str = "g1", ref: str = "candidate-ref-9", **changed: object) -> Grade:
        """A kept grade, in which k1 is covered and the rest is missing."""
        request = Request(Bank().rubric("DL0028"), ANSWER, candidate_ref=ref)
        made = await Grader({"fake": FakeJudge({"k1": Label.COVERED})}, "fake").grade(request)
        grade = made.model_copy(update={"id": grade_id, "created_at": NOON, **changed})
        await self.keeper.keep("acme", request, grade, "key-1")
        return grade

    async def actions(self) -> list[object]:
        """What the log says was done, in order."""
        return [entry.read()["action"] for entry in await self.audit.page("acme", after=0, limit=100)]
