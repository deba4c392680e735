"""Results of a batch as files: JSON lines, CSV, a summary to read and print; written in the order of its rows.

Score, status and verdicts are those that count once people have spoken; what the machine said stands beside them.
Rows that have no result yet are left out: a file made while a batch runs is the beginning of the one made at its end.
"""

from grader.exports.export import Export
from grader.exports.formats import FORMATS, Format, format_of
from grader.exports.overview import CandidateTally, Overview, overview
from grader.exports.reviewed import ReviewedResult, ReviewedRow

__all__ = [
    "FORMATS",
    "CandidateTally",
    "Export",
    "Format",
    "Overview",
    "ReviewedResult",
    "ReviewedRow",
    "format_of",
    "overview",
]
