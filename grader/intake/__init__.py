"""Answers by the file: what batches are made of, in any format people keep answers in.

Start at `reading`, which finds out what a file is. It is read row by row, so a million rows take no more memory than
ten; a wrong row is reported by its number and its column, and reading goes on behind it.
"""

from grader.intake.reading import read_answers
from grader.intake.row import AnswerRow, BadRow
from grader.intake.source import Source
from grader.intake.survey import Survey, admitted, survey
from grader.intake.yardsticks import Yardsticks

__all__ = ["AnswerRow", "BadRow", "Source", "Survey", "Yardsticks", "admitted", "read_answers", "survey"]
