"""The questions an interview was to be about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from rubrics.model import Rubric


@dataclass(frozen=True)
class Planned:
    """A question of the plan, in the order of the plan; `phrasings` are other ways in which it may be asked."""

    rubric: Rubric
    phrasings: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The question's id."""
        return self.rubric.question.id

    @cached_property
    def asked_as(self) -> tuple[str, ...]:
        """What an interviewer may say who asks it."""
        question = self.rubric.question
        return tuple(dict.fromkeys((question.text, question.title, *self.phrasings)))

    @cached_property
    def followed_by(self) -> tuple[str, ...]:
        """What an interviewer may say who asks further."""
        said = (part for point in self.rubric.key_points for part in (point.hint, point.topic))
        return tuple(dict.fromkeys(part for part in said if part))

    @cached_property
    def answered_by(self) -> tuple[str, ...]:
        """What a candidate may say who answers it."""
        said = (part for point in self.rubric.key_points for part in (point.text, *point.paraphrases))
        return tuple(dict.fromkeys(said))
