"""What the core needs from outside, as small protocols; `grader.fakes` has a fake of each."""

from grader.ports.access import KeyStore, SpendingStore
from grader.ports.audit import AuditLog, Basis, BasisStore, ReviewStore
from grader.ports.chat import BulkChatModel, BulkProgress, BulkState, ChatModel, ChatRequest, Completion
from grader.ports.decisions import Choice, Decision, DecisionModel
from grader.ports.embedding import Embedder, Vectors
from grader.ports.idempotency import Claim, IdempotencyStore, Outcome, Refusal
from grader.ports.judging import Judge, Passage, Reader, Reading, Word
from grader.ports.pending import PendingGrade, PendingGrades, PendingState
from grader.ports.rubrics import GivenGrade, RubricStore
from grader.ports.storage import GradeFilter, GradeStore, Place, ResponseCache, Subject, Together

__all__ = [
    "AuditLog",
    "Basis",
    "BasisStore",
    "BulkChatModel",
    "BulkProgress",
    "BulkState",
    "ChatModel",
    "ChatRequest",
    "Choice",
    "Claim",
    "Completion",
    "Decision",
    "DecisionModel",
    "Embedder",
    "GivenGrade",
    "GradeFilter",
    "GradeStore",
    "IdempotencyStore",
    "Judge",
    "KeyStore",
    "Outcome",
    "Passage",
    "PendingGrade",
    "PendingGrades",
    "PendingState",
    "Place",
    "Reader",
    "Reading",
    "Refusal",
    "ResponseCache",
    "ReviewStore",
    "RubricStore",
    "SpendingStore",
    "Subject",
    "Together",
    "Vectors",
    "Word",
]
