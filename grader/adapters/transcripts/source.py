"""What a reader gets, a file's bytes with its name, and what it gives: pieces of speech and remarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from grader.errors import InvalidTranscript
from grader.transcripts import Remark
from grader.transcripts.assembly import Piece
from rubrics.errors import RubricFileError
from rubrics.sources.material import Material


@dataclass(frozen=True)
class Source:
    """One file in memory."""

    file: str
    raw: bytes

    @cached_property
    def text(self) -> str:
        """The text, line ends evened out; InvalidTranscript names the line of what is not UTF-8 or UTF-16."""
        try:
            return Material(self.file, self.raw).text
        except RubricFileError as error:
            raise self.error(error.problem, f"line {error.line}") from error

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return self.text.split("\n")

    def error(self, problem: str, place: str | None = None) -> InvalidTranscript:
        """The error that says what is wrong with this file."""
        return InvalidTranscript(problem, file=self.file, place=place)


@dataclass
class Heard:
    """What a reader found, in the order of the file; `format` is the name of the kind of file."""

    format: str
    pieces: list[Piece] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def remark(self, place: str, text: str) -> None:
        """Note what did not become speech, or is in doubt."""
        self.remarks.append(Remark(source=place, text=text))


def line(number: int) -> str:
    """The place that a line has; numbers count from 1."""
    return f"line {number}"
