"""The life of a rubric: draft, published, retired; every edit is a new version, known by its content hash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import Field

from rubrics.errors import WrongState
from rubrics.model import Identifier, Immutable, Line, Rubric


class State(StrEnum):
    """Where a version stands in its life; at most one version of a question is published."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


MOVES: Final = {
    State.DRAFT: frozenset({State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.RETIRED}),
    State.RETIRED: frozenset({State.PUBLISHED}),
}
"""Which state may follow which; what is brought back has been published, and so checked, before."""


class RubricVersion(Immutable):
    """One version of a question's rubric; its content never changes, only its state does.

    `number` counts the versions of a question from 1, `based_on` is the content hash of the version it was made from,
    `made_by` names the person or the key, `note` says what was changed and why.
    """

    rubric: Rubric
    number: int = Field(ge=1)
    state: State
    created_at: datetime
    changed_at: datetime
    made_by: Line | None = None
    based_on: str | None = None
    note: Line | None = None

    @property
    def id(self) -> str:
        """The content hash of the rubric, which names this version."""
        return self.rubric.content_hash

    @property
    def question_id(self) -> Identifier:
        """The question whose versions this is one of."""
        return self.rubric.question.id

    def moved(self, state: State, now: datetime) -> RubricVersion:
        """The same version in another state; WrongState where none leads there. Staying is no move."""
        if state is self.state:
            return self
        if state not in MOVES[self.state]:
            raise WrongState(self.id, self.state, state)
        return self.model_copy(update={"state": state, "changed_at": now})


def drafted(
    rubric: Rubric,
    before: Sequence[RubricVersion],
    now: datetime,
    *,
    made_by: str | None = None,
    note: str | None = None,
) -> RubricVersion:
    """The next version of a question, as a draft; the version there is already where the content is the same.

    `before` are the question's versions, in any order.
    """
    same = next((version for version in before if version.id == rubric.content_hash), None)
    if same is not None:
        return same
    newest = max(before, key=lambda version: version.number, default=None)
    return RubricVersion(
        rubric=rubric,
        number=newest.number + 1 if newest else 1,
        state=State.DRAFT,
        created_at=now,
        changed_at=now,
        made_by=made_by,
        based_on=newest.id if newest else None,
        note=note,
    )
