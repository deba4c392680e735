"""The question bank: a folder of rubric files, one a question, the shipped one by default."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from rubrics.errors import UnknownQuestion
from rubrics.model import Difficulty, Question, Rubric
from rubrics.serialization import read_rubric, read_sound_alikes

SOUND_ALIKES: Final = "_sound_alikes.yaml"
"""Beside the rubrics, for those that have one: term -> how it is misheard."""


@dataclass(frozen=True)
class Bank:
    """The rubrics of a folder; a file is named after its question and read when it is first needed."""

    folder: Path = field(default_factory=lambda: Path(__file__).parent)

    def rubric(self, question_id: str) -> Rubric:
        """The rubric of a question; UnknownQuestion when the bank has none, RubricFileError when its file is broken."""
        if question_id not in self._files:
            raise UnknownQuestion(question_id)
        if question_id not in self._read:
            self._read[question_id] = read_rubric(self._files[question_id])
        return self._read[question_id]

    def by_hash(self, content_hash: str) -> Rubric:
        """The rubric with this content hash as the bank has it now; UnknownQuestion when it has none."""
        found = (
            rubric for question_id in self._files if (rubric := self.rubric(question_id)).content_hash == content_hash
        )
        for rubric in found:
            return rubric
        raise UnknownQuestion(content_hash)

    def questions(
        self, *, category: str | None = None, difficulty: Difficulty | None = None, text: str | None = None
    ) -> tuple[Question, ...]:
        """Every question that fits the filters, by id; `text` is looked for in id, title, question and tags."""
        everything = (self.rubric(question_id).question for question_id in self._files)
        return tuple(question for question in everything if fits(question, category, difficulty, text))

    @cached_property
    def sound_alikes(self) -> dict[str, tuple[str, ...]]:
        """Terms of the bank and what speech recognition makes of them; RubricFileError where the file is broken."""
        return read_sound_alikes(self.folder / SOUND_ALIKES)

    @cached_property
    def _files(self) -> dict[str, Path]:
        return {path.stem: path for path in sorted(self.folder.glob("[!_]*.yaml"))}

    @cached_property
    def _read(self) -> dict[str, Rubric]:
        return {}


def fits(question: Question, category: str | None, difficulty: Difficulty | None, text: str | None) -> bool:
    """Whether a question is of this category and difficulty and holds these words; None wants all."""
    if category is not None and (question.category or "").casefold() != category.casefold():
        return False
    if difficulty is not None and question.difficulty is not difficulty:
        return False
    searched = " ".join((question.id, question.title, question.text, *question.tags)).casefold()
    return all(word in searched for word in (text or "").casefold().split())
