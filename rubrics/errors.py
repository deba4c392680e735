"""What can be wrong with the material an answer is graded against.

RubricError            base: catch this one
├── RubricFileError    a file that cannot be read as a rubric or a source
├── UnknownQuestion    an id that is not in the bank
├── UnknownKeyPoint    an id that is not in the rubric
├── UnknownRubric      a version that nobody kept
├── WrongState         a move that a version's life does not have
└── ExtractionError    a reference answer no key point could be drawn from
"""

from __future__ import annotations

from collections.abc import Sequence


class RubricError(Exception):
    """Base of everything the `rubrics` package raises on purpose."""


class RubricFileError(RubricError):
    """A file is not a valid rubric or source; says where and what to change.

    `line` and `column` count from 1; `field` is a field of the format, or a cell of a workbook (`Sheet1!B3`).
    """

    def __init__(
        self, problem: str, *, file: str, line: int | None = None, column: int | None = None, field: str | None = None
    ) -> None:
        self.problem = problem
        self.file = file
        self.line = line
        self.column = column
        self.field = field
        place = ":".join(str(part) for part in (file, line, column) if part is not None)
        subject = f"{field}: " if field else ""
        super().__init__(f"{place}: {subject}{problem}")


class UnknownQuestion(RubricError):
    """No rubric of the bank has this question id."""

    def __init__(self, question_id: str) -> None:
        self.question_id = question_id
        super().__init__(f"no question {question_id!r} in the bank; `grader questions list` shows what is there")


class UnknownKeyPoint(RubricError):
    """The rubric has no key point with this id."""

    def __init__(self, key_point_id: str, known: Sequence[str]) -> None:
        self.key_point_id = key_point_id
        super().__init__(f"there is no key point {key_point_id!r} in this rubric; it has {', '.join(known)}")


class UnknownRubric(RubricError):
    """No version with this content hash, and no rubric of a question with this id, is kept."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is no rubric {name!r}; name a question, or a version by its content hash")


class WrongState(RubricError):
    """A version cannot go from the state it is in to the one that was asked for."""

    def __init__(self, version: str, state: str, wanted: str) -> None:
        self.state = state
        self.wanted = wanted
        super().__init__(f"version {version} is {state}; it cannot become {wanted}")


class ExtractionError(RubricError):
    """No key point could be drawn from a reference answer."""
