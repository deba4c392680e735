"""The things an answer is graded against: Question, KeyPoint, Group, Rubric.

All of them are immutable. A rubric is known by its content hash, so an edit is a
new rubric and a grade can always say which one it was measured by.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MAX_KEY_POINTS = 50
"""Key points in one rubric; more cannot be read by a person or judged in one call."""

MAX_WEIGHT = 100.0

MAX_RULINGS = 20
"""Rulings on one key point; with more the point itself should be reworded."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class Immutable(BaseModel):
    """A value: strict types, no unknown fields, no change after construction."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", ser_json_inf_nan="constants")


class Span(Immutable):
    """A character range `[start, end)` of some text."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.end <= self.start:
            msg = f"end {self.end} must lie behind start {self.start}"
            raise ValueError(msg)
        return self

    def of(self, text: str) -> str:
        """The characters of `text` this span names."""
        return text[self.start : self.end]


class Difficulty(StrEnum):
    """How hard a question is, as its source says."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Question(Immutable):
    """What is asked."""

    id: Identifier
    title: Line
    text: Text
    category: Line | None = None
    difficulty: Difficulty | None = None
    tags: tuple[Line, ...] = ()


class KeyPointKind(StrEnum):
    """What a key point looks like; formulas are compared differently from prose."""

    STATEMENT = "statement"
    FORMULA = "formula"
    LIST_ITEM = "list_item"


class Symbol(Immutable):
    """One symbol of a formula and what it stands for."""

    name: Line
    meaning: Line


class CountsAs(StrEnum):
    """What a reviewer's ruling makes of some words; the values are those of a verdict."""

    COVERED = "covered"
    PARTIAL = "partial"
    MISSING = "missing"
    CONTRADICTED = "contradicted"


class Ruling(Immutable):
    """A reviewer's decision on an edge case of a key point: who says `said` has it counted as `counts_as`.

    `said` is a phrase or a sentence as candidates put it; `note` says why, for people.
    """

    said: Line
    counts_as: CountsAs = CountsAs.COVERED
    note: Line | None = None


class KeyPoint(Immutable):
    """One atomic, self-contained statement that a full answer makes.

    `topic` and `hint` are what a learner may see before the statement itself; `paraphrases`
    are other ways to say it; `source` is the span of the reference answer it was drawn from;
    `rulings` are decided edge cases, which judges are told. A `penalty` is a mistake: a full answer
    does not make it, and who makes it loses its weight.
    """

    id: Identifier
    text: Line
    topic: Line | None = None
    hint: Line | None = None
    weight: float = Field(default=1.0, gt=0, le=MAX_WEIGHT, allow_inf_nan=False)
    required: bool = False
    kind: KeyPointKind = KeyPointKind.STATEMENT
    paraphrases: tuple[Line, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    source: Span | None = None
    penalty: bool = False
    rulings: tuple[Ruling, ...] = Field(default=(), max_length=MAX_RULINGS)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.penalty and self.required:
            msg = f"key point {self.id}: a penalty is a mistake, it cannot be required"
            raise ValueError(msg)
        _require_unique(f"key point {self.id}: ruling on the words", [each.said.casefold() for each in self.rulings])
        return self


class GroupKind(StrEnum):
    """How the members of a group relate; `grader.scoring` computes with it."""

    ANY_OF = "any_of"
    K_OF_N = "k_of_n"
    EXCLUSIVE = "exclusive"
    PREREQUISITE = "prerequisite"


class Group(Immutable):
    """A relation between key points.

    any_of: one member is enough. k_of_n: the best `k` members count. exclusive: members are
    levels of one thing, only the best counts. prerequisite: the first member must be earned
    before the others earn anything.
    """

    id: Identifier
    kind: GroupKind
    members: tuple[Identifier, ...] = Field(min_length=2)
    k: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(set(self.members)) != len(self.members):
            msg = "members must differ from each other"
            raise ValueError(msg)
        if (self.kind is GroupKind.K_OF_N) != (self.k is not None):
            msg = "k belongs to k_of_n groups, and only to them"
            raise ValueError(msg)
        if self.k is not None and self.k >= len(self.members):
            msg = f"k must be smaller than the number of members ({len(self.members)})"
            raise ValueError(msg)
        return self


_ADDED_LATER = {"penalty": False, "rulings": []}
"""Fields of a key point that are younger than stored hashes: without effect they are no part of the hash."""


class Rubric(Immutable):
    """A question, the key points a full answer makes, and how they hang together."""

    question: Question
    reference_answer: Text | None = None
    key_points: tuple[KeyPoint, ...] = Field(min_length=1, max_length=MAX_KEY_POINTS)
    groups: tuple[Group, ...] = ()
    notes: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _require_unique("key point id", [point.id for point in self.key_points])
        _require_unique("group id", [group.id for group in self.groups])
        self._check_groups()
        self._check_penalties()
        self._check_sources()
        return self

    def _check_groups(self) -> None:
        known = {point.id for point in self.key_points}
        unknown = [member for group in self.groups for member in group.members if member not in known]
        if unknown:
            msg = f"groups name key points that do not exist: {', '.join(unknown)}"
            raise ValueError(msg)
        scored = [m for group in self.groups if group.kind is not GroupKind.PREREQUISITE for m in group.members]
        _require_unique("member of any_of, k_of_n and exclusive groups", scored)

    def _check_penalties(self) -> None:
        penalties = {point.id for point in self.key_points if point.penalty}
        if len(penalties) == len(self.key_points):
            msg = "every key point is a penalty; at least one must be something a full answer says"
            raise ValueError(msg)
        grouped = sorted(penalties.intersection(member for group in self.groups for member in group.members))
        if grouped:
            msg = f"a penalty stands alone, it cannot be in a group: {', '.join(grouped)}"
            raise ValueError(msg)

    def _check_sources(self) -> None:
        length = len(self.reference_answer or "")
        for point in self.key_points:
            if point.source is not None and point.source.end > length:
                msg = f"key point {point.id}: its source ends at {point.source.end}, the reference answer at {length}"
                raise ValueError(msg)

    @cached_property
    def content_hash(self) -> str:
        """`sha256:` and 64 hex digits over everything but the notes."""
        content = self.model_dump(mode="json", exclude={"notes"})
        for point in content["key_points"]:
            for name, default in _ADDED_LATER.items():
                if point[name] == default:
                    del point[name]
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()

    def __copy__(self) -> Self:
        """A copy without what was computed: `model_copy` may give it other content, which has another hash."""
        copied = super().__copy__()
        for name in ("content_hash", "_points_by_id"):
            copied.__dict__.pop(name, None)
        return copied

    def point(self, key_point_id: str) -> KeyPoint:
        """The key point with this id; KeyError where there is none."""
        return self._points_by_id[key_point_id]

    @cached_property
    def _points_by_id(self) -> dict[str, KeyPoint]:
        return {point.id: point for point in self.key_points}


def _require_unique(what: str, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        msg = f"{what} used more than once: {', '.join(repeated)}"
        raise ValueError(msg)
