"""Labelled answers to measure a judge with: a Dataset of Cases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from grader.benchmark.folds import HeldOut
from grader.domain import Label
from grader.errors import DatasetError
from rubrics.model import Rubric

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Scale(StrEnum):
    """What the people who labelled a dataset told apart; metrics of anything finer are undefined.

    `four_labels`: covered, partial, missing, contradicted. `covered_or_not`: everything that is not covered is
    labelled missing. `score_only`: no labels at all.
    """

    FOUR_LABELS = "four_labels"
    COVERED_OR_NOT = "covered_or_not"
    SCORE_ONLY = "score_only"


@dataclass(frozen=True)
class Case:
    """One answer with what people say of it: labels in rubric order, and a score in [0, 1].

    `labels` and `evidence` (the words of the answer that show it) are by target: a key point, or an any-of group
    of key points of which the best one counts. `style` names the kind of answer (`spoken`, `wrong`, ...), so that
    a report can tell the kinds apart.
    """

    answer_id: str
    style: str
    rubric: Rubric
    answer: str
    labels: Mapping[str, Label]
    score: float
    evidence: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    @property
    def question_id(self) -> str:
        """The question answered: what a split of a dataset keeps together."""
        return self.rubric.question.id


@dataclass(frozen=True)
class Dataset:
    """At least one case, in the order of the file; `name` is the folder or file it was read from."""

    name: str
    cases: tuple[Case, ...]
    scale: Scale = Scale.FOUR_LABELS

    @property
    def content_hash(self) -> str:
        """`sha256:` and 64 hex digits over everything that agreement with people depends on, so not the evidence."""
        digest = hashlib.sha256(b"" if self.scale is Scale.FOUR_LABELS else self.scale.encode())
        for case in self.cases:
            content = (case.rubric.content_hash, case.answer_id, case.style, case.answer, dict(case.labels), case.score)
            digest.update(json.dumps(content).encode() + b"\n")
        return "sha256:" + digest.hexdigest()

    def held_out(self, part: HeldOut) -> Dataset:
        """The cases whose question is in `part`; DatasetError where there is none."""
        cases = tuple(case for case in self.cases if case.question_id in part)
        if not cases:
            raise DatasetError(f"{self.name}: none of its questions is in {part}; name another fold")
        return replace(self, name=f"{self.name} ({part})", cases=cases)

    def sample(self, size: int) -> Dataset:
        """At most `size` cases, always the same ones, in the order of the file."""
        if size >= len(self.cases):
            return self
        chosen = {case.answer_id for case in sorted(self.cases, key=_lot)[:size]}
        cases = tuple(case for case in self.cases if case.answer_id in chosen)
        return replace(self, name=f"{self.name} (sample of {len(cases)})", cases=cases)


def _lot(case: Case) -> bytes:
    return hashlib.sha256(case.answer_id.encode()).digest()
