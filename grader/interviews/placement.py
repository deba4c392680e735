"""What belongs to which question: the result of an alignment, and what a person may put right in it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from rubrics.model import Immutable, Span


class Move(StrEnum):
    """What a turn does in the interview."""

    ASKS = "asks"
    FOLLOWS_UP = "follows_up"
    BACK_CHANNEL = "back_channel"
    ANSWERS = "answers"
    RETURNS = "returns"
    ASIDE = "aside"


class Placement(Immutable):
    """Where one turn belongs: to a question, or to none (`aside`).

    `confidence` in [0, 1] is the probability that the alignment gives it; `decided_by` is `alignment`, `llm` or
    `person`.
    """

    turn: int = Field(ge=0)
    question_id: str | None
    move: Move
    confidence: float = Field(ge=0, le=1)
    decided_by: str = "alignment"


class Passage(Immutable):
    """A range of a turn that belongs to another question than the rest of it."""

    turn: int = Field(ge=0)
    span: Span
    question_id: str


class Alignment(Immutable):
    """One placement a turn, in order, and passages in which somebody came back to another question."""

    placements: tuple[Placement, ...]
    passages: tuple[Passage, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions that something belongs to, in the order in which they came up."""
        return tuple(dict.fromkeys(each.question_id for each in self.placements if each.question_id is not None))

    def confidence(self, question_id: str) -> float:
        """The least sure placement that carries the question: those of short remarks do not count."""
        sure = [
            each.confidence
            for each in self.placements
            if each.question_id == question_id and each.move is not Move.BACK_CHANNEL
        ]
        return min(sure, default=1.0)
