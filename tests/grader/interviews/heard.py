"""The recorded interviews as the service gets them: their files read, each sentence compared with the questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from grader.adapters.transcripts import SniffingReader
from grader.interviews.closeness import Closeness, closeness
from grader.interviews.placement import Alignment
from grader.interviews.planned import Planned
from grader.ports import Embedder, Vectors
from grader.transcripts import Role, Transcript
from rubrics.bank import Bank
from tests.grader.interviews.exported import exported
from tests.grader.interviews.scripted import Interview

BANK = Bank()


@dataclass
class Remembering:
    """An Embedder that embeds each text once: interviews share their questions."""

    embedder: Embedder
    known: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def identity(self) -> dict[str, str]:
        return self.embedder.identity

    async def embed(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known |= dict(zip(new, await self.embedder.embed(new), strict=True))
        return np.stack([self.known[text] for text in texts])


@dataclass(frozen=True)
class Heard:
    interview: Interview
    plan: tuple[Planned, ...]
    transcript: Transcript
    near: Closeness

    @property
    def with_gold_roles(self) -> Transcript:
        return self.transcript.with_roles(lambda turn: self.interview.role_of(turn.speaker or ""))

    @property
    def candidates_words(self) -> list[float]:
        """For each turn, whoever it is read as, which share of its words are a candidate's."""
        lines = self.interview.lines
        told = iter([self.interview.roles[line.speaker] is Role.CANDIDATE for line in lines for _ in line.text.split()])
        counts = [len(turn.text.split()) for turn in self.transcript.turns]
        return [sum(islice(told, count)) / count for count in counts]

    def placed_right(self, alignment: Alignment) -> list[bool]:
        """For each candidate's turn whether it is at its question."""
        told = zip(self.interview.lines, self.with_gold_roles.turns, alignment.placements, strict=True)
        return [at.question_id == line.question for line, turn, at in told if turn.role is Role.CANDIDATE]


Export = Callable[[Interview], tuple[str, bytes]]


async def heard(embedder: Embedder, interviews: Iterable[Interview], export: Export = exported) -> list[Heard]:
    remembering = Remembering(embedder)
    return [await _heard(remembering, interview, export) for interview in interviews]


async def _heard(embedder: Embedder, interview: Interview, export: Export) -> Heard:
    name, raw = export(interview)
    transcript = SniffingReader().read(raw, name)
    plan = tuple(Planned(BANK.rubric(question)) for question in interview.questions)
    return Heard(interview, plan, transcript, await closeness(embedder, transcript, plan, BANK.sound_alikes))
