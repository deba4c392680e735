"""What the core needs from outside, as small protocols; `grader.fakes` has a fake of each."""

from grader.ports.chat import BulkChatModel, BulkProgress, BulkState, ChatModel, ChatRequest, Completion
from grader.ports.decisions import Choice, Decision, DecisionModel
from grader.ports.embedding import Embedder, Vectors
from grader.ports.judging import Judge, Passage, Reader, Reading, Word
from grader.ports.storage import GradeStore, ResponseCache

__all__ = [
    "BulkChatModel",
    "BulkProgress",
    "BulkState",
    "ChatModel",
    "ChatRequest",
    "Choice",
    "Completion",
    "Decision",
    "DecisionModel",
    "Embedder",
    "GradeStore",
    "Judge",
    "Passage",
    "Reader",
    "Reading",
    "ResponseCache",
    "Vectors",
    "Word",
]
