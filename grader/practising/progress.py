"""What a learner's attempts say: where they stand with each question, and which points they have mastered when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from grader.domain import Label
from grader.practice import Attempt, Study
from rubrics.model import Rubric


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with one question; `best` and `latest` are scores in [0, 1], or null."""

    attempts: int = 0
    best: float | None = None
    latest: float | None = None
    due_at: datetime | None = None
    has_draft: bool = False

    def is_due(self, until: datetime) -> bool:
        """Whether it should be practised again before `until`."""
        return self.due_at is not None and self.due_at <= until


def standings(attempts: Iterable[Attempt], studies: Iterable[Study]) -> dict[str, Standing]:
    """The standing by question id; questions that were never touched are not there."""
    theirs: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        if attempt.follow_up is None:
            theirs.setdefault(attempt.question_id, []).append(attempt)
    kept = {study.question_id: study for study in studies}
    return {name: _standing(theirs.get(name, []), kept.get(name)) for name in theirs.keys() | kept.keys()}


def _standing(attempts: list[Attempt], study: Study | None) -> Standing:
    scores = [each.result.score for each in attempts if each.result is not None and each.result.score is not None]
    return Standing(
        attempts=len(attempts),
        best=max(scores, default=None),
        latest=scores[-1] if scores else None,
        due_at=study.card.due_at if study and study.card else None,
        has_draft=bool(study and study.draft),
    )


@dataclass(frozen=True)
class Mastery:
    """How many points of a topic are mastered, of how many, and in how many of its questions something was tried."""

    topic: str
    mastered: int
    points: int
    tried: int
    questions: int


@dataclass(frozen=True)
class Progress:
    """A learner's progress: now, by topic, and the number of mastered points at the end of each day of practice."""

    topics: tuple[Mastery, ...]
    days: tuple[tuple[date, int], ...]
    points: int


@dataclass
class _Tally:
    """Which points are mastered while attempts are read in order: a later verdict replaces an earlier one."""

    rubrics: Mapping[str, Rubric]
    mastered: set[tuple[str, str]] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)

    def count(self, attempt: Attempt) -> None:
        rubric = self.rubrics.get(attempt.question_id)
        if rubric is None or attempt.result is None or not attempt.result.settled:
            return
        self.tried.add(attempt.question_id)
        known = {point.id for point in rubric.key_points if not point.penalty}
        for point, label in attempt.result.verdicts.items():
            if point in known:
                (self.mastered.add if label is Label.COVERED else self.mastered.discard)((attempt.question_id, point))


def mastery(attempts: Iterable[Attempt], rubrics: Mapping[str, Rubric]) -> Progress:
    """The progress that attempts, the oldest first, make with these rubrics by question id.

    A question belongs to each of its tags, or to its category where it has none; a point is mastered while the last
    attempt that judged it covered it.
    """
    tally, days = _Tally(rubrics), dict[date, int]()
    for attempt in attempts:
        tally.count(attempt)
        days[attempt.begun_at.date()] = len(tally.mastered)
    topics: dict[str, list[Rubric]] = {}
    for rubric in rubrics.values():
        for topic in rubric.question.tags or (rubric.question.category or "other",):
            topics.setdefault(topic, []).append(rubric)
    ranked = sorted(topics.items(), key=lambda item: (-len(item[1]), item[0]))
    return Progress(
        topics=tuple(_mastery(topic, theirs, tally) for topic, theirs in ranked),
        days=tuple(days.items()),
        points=sum(map(_points, rubrics.values())),
    )


def _mastery(topic: str, rubrics: list[Rubric], tally: _Tally) -> Mastery:
    names = {rubric.question.id for rubric in rubrics}
    mastered = sum(question in names for question, _ in tally.mastered)
    return Mastery(topic, mastered, sum(map(_points, rubrics)), len(names & tally.tried), len(names))


def _points(rubric: Rubric) -> int:
    return sum(not point.penalty for point in rubric.key_points)
