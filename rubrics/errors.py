"""What can be wrong with the material an answer is graded against.

RubricError            base: catch this one
├── RubricFileError    a file that cannot be read as a rubric or a source
├── UnknownQuestion    an id that is not in the bank
└── ExtractionError    a reference answer no key point could be drawn from
"""

from __future__ import annotations


class RubricError(Exception):
    """Base of everything the `rubrics` package raises on purpose."""


class RubricFileError(RubricError):
    """A file is not a valid rubric or source; says where and what to change."""

    def __init__(self, problem: str, *, file: str, line: int | None = None, field: str | None = None) -> None:
        self.problem = problem
        self.file = file
        self.line = line
        self.field = field
        place = file if line is None else f"{file}:{line}"
        subject = f"{field}: " if field else ""
        super().__init__(f"{place}: {subject}{problem}")


class UnknownQuestion(RubricError):
    """No rubric of the bank has this question id."""

    def __init__(self, question_id: str) -> None:
        self.question_id = question_id
        super().__init__(f"no question {question_id!r} in the bank; `grader questions list` shows what is there")


class ExtractionError(RubricError):
    """No key point could be drawn from a reference answer."""
