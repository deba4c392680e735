"""Fakes of the ports: deterministic, instant, offline. Tests and demos run on them; no default ever does."""

from grader.fakes.chat import FakeBulkChatModel, FakeChatModel, FakeDecisionModel, completion
from grader.fakes.embedding import DIMENSIONS, FakeEmbedder, FakeEncoder
from grader.fakes.judging import FakeJudge, FakeReader
from grader.fakes.storage import FakeGradeStore, FakeResponseCache, counting_ids

__all__ = [
    "DIMENSIONS",
    "FakeBulkChatModel",
    "FakeChatModel",
    "FakeDecisionModel",
    "FakeEmbedder",
    "FakeEncoder",
    "FakeGradeStore",
    "FakeJudge",
    "FakeReader",
    "FakeResponseCache",
    "completion",
    "counting_ids",
]
