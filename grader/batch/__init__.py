"""Batches: many answers accepted at once and graded in chunks, so that a crash costs nobody a row."""

from grader.batch.estimate import Estimate
from grader.batch.lanes import Lane
from grader.batch.progress import Progress
from grader.batch.service import Batches
from grader.batch.submission import NewBatch, NewRow, Options

__all__ = ["Batches", "Estimate", "Lane", "NewBatch", "NewRow", "Options", "Progress"]
