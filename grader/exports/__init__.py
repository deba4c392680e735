"""Results of a batch as files: JSON lines, CSV, a summary to read and print; written in the order of its rows.

Rows that have no result yet are left out: a file made while a batch runs is the beginning of the one made at its end.
"""

from grader.exports.export import Export
from grader.exports.formats import FORMATS, Format, format_of
from grader.exports.overview import CandidateTally, Overview, overview

__all__ = ["FORMATS", "CandidateTally", "Export", "Format", "Overview", "format_of", "overview"]
