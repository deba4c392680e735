"""What a reader gets, a file's bytes with its name, and what it gives: pieces of speech and remarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from grader.errors import InvalidTranscript
from grader.transcripts import Remark
from grader.transcripts.assembly import Piece
from rubrics.errors import RubricFileError
from rubrics.sources.material import Material

MAX_LINES: Final = 200_000
"""Lines of one text; an hour of captions has about 4,000."""

MAX_LINE: Final = 200_000
"""Characters of one line; an hour of speech, in a single cell of a table, has about 60,000."""


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
        """The lines of the text, without their ends; InvalidTranscript where they are too many or one is too long."""
        lines = self.text.split("\n")
        if len(lines) > MAX_LINES:
            raise self.error(f"has {len(lines)} lines, {MAX_LINES} are allowed; split it")
        for number, text in enumerate(lines, start=1):
            if len(text) > MAX_LINE:
                raise self.error(f"has {len(text)} characters, {MAX_LINE} are allowed; break it", line(number))
        return lines

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
