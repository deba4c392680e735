"""Fakes of the ports: deterministic, instant, offline. Tests and demos run on them; no default ever does."""

from grader.fakes.access import FakeKeyStore, FakeSpendingStore
from grader.fakes.assessments import FakeOrderStore, FakeTestStore
from grader.fakes.audit import FakeAuditLog, FakeBasisStore, FakeReviewStore
from grader.fakes.batch_engine import FakeBatchEngine
from grader.fakes.batches import FakeBatchStore
from grader.fakes.bulk import FakeBulkJobStore
from grader.fakes.chat import FakeBulkChatModel, FakeChatModel, FakeDecisionModel, completion
from grader.fakes.delivery import FakeCourier, FakeEndpointStore, FakeOutbox
from grader.fakes.embedding import DIMENSIONS, FakeEmbedder, FakeEncoder
from grader.fakes.idempotency import FakeIdempotencyStore
from grader.fakes.interviews import FakeInterviewStore
from grader.fakes.judging import FakeJudge, FakeReader
from grader.fakes.pacing import FakePaceStore
from grader.fakes.pending import FakeHoldings, FakePendingGrades
from grader.fakes.platforms import FakeConnectionStore, FakeVault
from grader.fakes.practice import FakeAttemptStore, FakeScheduler, FakeStudyStore
from grader.fakes.referrals import FakeReferralStore
from grader.fakes.reservations import FakeReservationStore
from grader.fakes.rubrics import FakeRubricStore
from grader.fakes.storage import FakeErasures, FakeGradeStore, FakeResponseCache, counting_ids, separately
from grader.fakes.transcripts import FakeTranscriptReader

__all__ = [
    "DIMENSIONS",
    "FakeAttemptStore",
    "FakeAuditLog",
    "FakeBasisStore",
    "FakeBatchEngine",
    "FakeBatchStore",
    "FakeBulkChatModel",
    "FakeBulkJobStore",
    "FakeChatModel",
    "FakeConnectionStore",
    "FakeCourier",
    "FakeDecisionModel",
    "FakeEmbedder",
    "FakeEncoder",
    "FakeEndpointStore",
    "FakeErasures",
    "FakeGradeStore",
    "FakeHoldings",
    "FakeIdempotencyStore",
    "FakeInterviewStore",
    "FakeJudge",
    "FakeKeyStore",
    "FakeOrderStore",
    "FakeOutbox",
    "FakePaceStore",
    "FakePendingGrades",
    "FakeReader",
    "FakeReferralStore",
    "FakeReservationStore",
    "FakeResponseCache",
    "FakeReviewStore",
    "FakeRubricStore",
    "FakeScheduler",
    "FakeSpendingStore",
    "FakeStudyStore",
    "FakeTestStore",
    "FakeTranscriptReader",
    "FakeVault",
    "completion",
    "counting_ids",
    "separately",
]
