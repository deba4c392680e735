"""Transcript and Turn: who said what, when, and where in the file it stands.

The text is what the file says; nothing is corrected and no filler removed, so a quote from a turn is verbatim and can
be checked: turn, character range, and through the segments a time stamp and a place in the file.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from rubrics.model import Immutable, Span


class Role(StrEnum):
    """What a speaker is in an interview; readers never guess it."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    OTHER = "other"
    UNKNOWN = "unknown"


class Segment(Immutable):
    """The smallest piece the file gives a place, often a time: a caption, a paragraph, a word.

    `span` is its range in the turn's text, `start` and `end` are seconds from the beginning of the recording, null
    where the file has none, `source` its place in the file: `line 12`, `paragraph 3`, `results.items[7]`.
    """

    span: Span
    start: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    end: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    source: str


class Citation(Immutable):
    """Words of one turn, verbatim: `text` is `[start, end)` of the turn's text.

    `time` is when the segment in which they begin was said, in seconds, null where the file does not say.
    """

    turn: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    text: str
    speaker: str | None = None
    time: float | None = None
    source: str


class Turn(Immutable):
    """What one speaker says until somebody else does, or is silent for long.

    `speaker` is the name or label of the file, null where it has none. `start` and `end` are seconds as the file
    has them; where its clock starts over, so do they, and a remark says so. `segments` cover the text from left to
    right; between two of them stand white space or nothing.
    """

    index: int = Field(ge=0)
    speaker: str | None
    role: Role = Role.UNKNOWN
    start: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    end: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    text: str = Field(min_length=1)
    segments: tuple[Segment, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _covered(self) -> Self:
        at = 0
        for segment in self.segments:
            if segment.span.start < at or self.text[at : segment.span.start].strip():
                raise ValueError(f"{segment.source} does not follow the segment before it")
            at = segment.span.end
        if at != len(self.text):
            raise ValueError(f"the segments end at {at}, the text at {len(self.text)}")
        return self

    @property
    def source(self) -> str:
        """Where in the file the turn stands: its first and last segment."""
        first, last = self.segments[0].source, self.segments[-1].source
        return first if first == last else f"{first} – {last}"

    def segments_of(self, span: Span) -> tuple[Segment, ...]:
        """The segments that `span` touches."""
        return tuple(each for each in self.segments if each.span.start < span.end and each.span.end > span.start)

    def cite(self, span: Span) -> Citation:
        """The words at `span`, with time and place; ValueError where the turn has no words there."""
        touched = self.segments_of(span)
        if span.end > len(self.text) or not touched:
            raise ValueError(f"turn {self.index} has no words at {span.start}-{span.end}")
        return Citation(
            turn=self.index,
            start=span.start,
            end=span.end,
            text=span.of(self.text),
            speaker=self.speaker,
            time=touched[0].start,
            source=touched[0].source,
        )


class Remark(Immutable):
    """Something the reader left out or could not make sense of, and where it stands."""

    source: str
    text: str


class Transcript(Immutable):
    """One interview as its file tells it; `format` names the kind of file, `remarks` what did not become speech."""

    file: str
    format: str
    turns: tuple[Turn, ...] = Field(min_length=1)
    remarks: tuple[Remark, ...] = ()

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if [turn.index for turn in self.turns] != list(range(len(self.turns))):
            raise ValueError("turns must be numbered from 0, in order")
        return self

    @property
    def setbacks(self) -> tuple[Turn, ...]:
        """The turns that start before an earlier one does: the file's clock started over, or people spoke at once."""
        found: list[Turn] = []
        clock = 0.0
        for turn in self.turns:
            if turn.start is not None:
                found += [turn] if turn.start < clock else []
                clock = turn.start
        return tuple(found)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Every named or labelled speaker once, by first appearance."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns if turn.speaker is not None))

    def with_roles(self, role_of: Callable[[Turn], Role]) -> Transcript:
        """The same transcript with the role that `role_of` gives each turn."""
        turns = tuple(turn.model_copy(update={"role": role_of(turn)}) for turn in self.turns)
        return self.model_copy(update={"turns": turns})

    def verifies(self, citation: Citation) -> bool:
        """Whether the cited words stand where the citation says, letter for letter."""
        if citation.turn >= len(self.turns):
            return False
        return self.turns[citation.turn].text[citation.start : citation.end] == citation.text
