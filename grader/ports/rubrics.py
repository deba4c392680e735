"""Versions of rubrics, reviewers' rulings, and the verdicts that were given under a version."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from grader.domain import Label
from grader.ports.storage import Place
from rubrics.versions import RubricVersion, State
from rubrics.versions.rulings import PointRuling


class _Part(BaseModel):
    """A part of a stored grade; what is not named here is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class GivenVerdict(_Part):
    """What was said of one key point."""

    key_point_id: str
    verdict: Label


class GivenProvenance(_Part):
    """By which rules the verdicts became a score."""

    policy: dict[str, float | None]


class GivenGrade(_Part):
    """As much of a stored grade as scoring it again takes."""

    id: str
    score: float | None
    passed: bool | None
    points: tuple[GivenVerdict, ...]
    provenance: GivenProvenance


class RubricStore(Protocol):
    """Keeps versions and rulings by tenant; a version's content never changes. StorageError from every operation."""

    async def keep(self, tenant: str, version: RubricVersion) -> None:
        """Keep a new version; AlreadyStored if its content, or its number of its question, is there already."""
        ...

    async def find(self, tenant: str, version_id: str) -> RubricVersion | None:
        """The version with this content hash, or None."""
        ...

    async def versions(self, tenant: str, question_id: str) -> tuple[RubricVersion, ...]:
        """The versions of a question, the newest first."""
        ...

    async def published(self, tenant: str, question_id: str) -> RubricVersion | None:
        """The published version of a question, or None."""
        ...

    async def in_state(self, tenant: str, state: State) -> tuple[RubricVersion, ...]:
        """The versions of all questions that are in this state, by question id, the newest first."""
        ...

    async def page(
        self, tenant: str, state: State, *, limit: int, after: Place | None = None
    ) -> tuple[RubricVersion, ...]:
        """At most `limit` versions in this state, the last to get there first, from behind `after` on.

        A version's place is its `changed_at` and its id.
        """
        ...

    async def move(self, tenant: str, version_id: str, state: State, at: datetime) -> RubricVersion | None:
        """Put a version into a state and return it, None where it is not there.

        Publishing retires the version of the question that is published, in the same moment.
        """
        ...

    async def rule(self, tenant: str, ruling: PointRuling) -> None:
        """Keep a ruling for the next version; AlreadyStored if its id is not new."""
        ...

    async def pending(self, tenant: str, question_id: str) -> tuple[PointRuling, ...]:
        """The rulings on a question that no version has taken in, the oldest first."""
        ...

    async def taken_in(self, tenant: str, ruling_ids: Collection[str], version_id: str) -> None:
        """From now on these rulings stand in that version and wait no longer."""
        ...

    async def graded(self, tenant: str, version_id: str) -> tuple[GivenGrade, ...]:
        """Every stored grade under a version, the newest first."""
        ...
