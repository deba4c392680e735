"""What the core needs from outside, as small protocols; `grader.fakes` has a fake of each."""

from grader.ports.access import KeyStore, SpendingStore
from grader.ports.assessments import OrderStore, TestStore
from grader.ports.audit import AuditLog, Basis, BasisStore, ReviewStore
from grader.ports.batch_engine import BatchEngine, Job, JobState, KnownJob, Work
from grader.ports.batch_store import BatchStore, BatchSubjects, ChunkStore
from grader.ports.batches import (
    REDONE,
    Batch,
    BatchPlace,
    BatchState,
    Chunk,
    Counts,
    Item,
    ItemStatus,
    PauseReason,
    Priority,
    Result,
    Row,
    Standing,
    Todo,
    grade_id_of,
    place_of,
)
from grader.ports.bulk import BulkJob, BulkJobStore
from grader.ports.chat import BulkChatModel, BulkProgress, BulkState, ChatModel, ChatRequest, Completion
from grader.ports.decisions import Choice, Decision, DecisionModel
from grader.ports.delivery import Courier, Delivery, DeliveryState, Letter, NotDelivered, Outbox, Reply
from grader.ports.embedding import Embedder, Vectors
from grader.ports.idempotency import Claim, IdempotencyStore, Outcome, Refusal
from grader.ports.interviews import InterviewState, InterviewStore, KeptInterview
from grader.ports.judging import Judge, Passage, Reader, Reading, Word
from grader.ports.pacing import CATCH_UP, PaceStore
from grader.ports.pending import Holding, Holdings, PendingGrade, PendingGrades, PendingState
from grader.ports.platforms import Connection, ConnectionStore, Vault
from grader.ports.practice import AttemptStore, Scheduler, StudyStore
from grader.ports.referrals import ReferralFilter, ReferralStore
from grader.ports.reservations import Reservation, ReservationStore
from grader.ports.rubrics import GivenGrade, RubricStore
from grader.ports.storage import Erasures, GradeFilter, GradeStore, Place, ResponseCache, Subject, Together
from grader.ports.transcripts import TranscriptReader
from grader.ports.webhooks import Endpoint, EndpointStore, Rotation

__all__ = [
    "CATCH_UP",
    "REDONE",
    "AttemptStore",
    "AuditLog",
    "Basis",
    "BasisStore",
    "Batch",
    "BatchEngine",
    "BatchPlace",
    "BatchState",
    "BatchStore",
    "BatchSubjects",
    "BulkChatModel",
    "BulkJob",
    "BulkJobStore",
    "BulkProgress",
    "BulkState",
    "ChatModel",
    "ChatRequest",
    "Choice",
    "Chunk",
    "ChunkStore",
    "Claim",
    "Completion",
    "Connection",
    "ConnectionStore",
    "Counts",
    "Courier",
    "Decision",
    "DecisionModel",
    "Delivery",
    "DeliveryState",
    "Embedder",
    "Endpoint",
    "EndpointStore",
    "Erasures",
    "GivenGrade",
    "GradeFilter",
    "GradeStore",
    "Holding",
    "Holdings",
    "IdempotencyStore",
    "InterviewState",
    "InterviewStore",
    "Item",
    "ItemStatus",
    "Job",
    "JobState",
    "Judge",
    "KeptInterview",
    "KeyStore",
    "KnownJob",
    "Letter",
    "NotDelivered",
    "OrderStore",
    "Outbox",
    "Outcome",
    "PaceStore",
    "Passage",
    "PauseReason",
    "PendingGrade",
    "PendingGrades",
    "PendingState",
    "Place",
    "Priority",
    "Reader",
    "Reading",
    "ReferralFilter",
    "ReferralStore",
    "Refusal",
    "Reply",
    "Reservation",
    "ReservationStore",
    "ResponseCache",
    "Result",
    "ReviewStore",
    "Rotation",
    "Row",
    "RubricStore",
    "Scheduler",
    "SpendingStore",
    "Standing",
    "StudyStore",
    "Subject",
    "TestStore",
    "Todo",
    "Together",
    "TranscriptReader",
    "Vault",
    "Vectors",
    "Word",
    "Work",
    "grade_id_of",
    "place_of",
]
