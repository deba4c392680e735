"""The desk: where files of answers are handed in, become batches, and how far these are is told."""

from grader.batch_desk.desk import BadRows, BatchDesk, Submission
from grader.batch_desk.report import BatchReport, EstimateReport, Submitted

__all__ = ["BadRows", "BatchDesk", "BatchReport", "EstimateReport", "Submission", "Submitted"]
