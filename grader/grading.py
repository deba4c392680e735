"""From an answer to a grade: canonical text, contentless check, retrieval, judge, score, feedback."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Final

from grader import __version__
from grader.domain import (
    Answer,
    Flag,
    Grade,
    GradedPoint,
    Judgement,
    Label,
    Match,
    Provenance,
    Status,
    Submission,
    Verdict,
)
from grader.errors import ConfigurationError, JudgeFailure
from grader.feedback import FLAG_NOTES, FeedbackMode, hints, name_of, point_feedback, write_feedback
from grader.ports import Embedder, Judge
from grader.scoring import Policy, Score, score
from grader.similarity import find_matches
from grader.text.canonical import answer_hash, canonicalise
from grader.text.contentless import contentless
from rubrics.model import KeyPoint, Rubric

_log: Final = logging.getLogger(__name__)

RULES: Final = "rules"
"""Stands in `judged_by` where the text itself decided and no judge was asked."""

_REVIEW: Final = frozenset({Flag.SIMILARITY_ONLY, Flag.UNVERIFIED_QUOTE, Flag.HIDDEN_TEXT, Flag.JUDGE_FAILED})


@dataclass(frozen=True)
class Request:
    """What to grade: an answer against a rubric, by which judge (None: the default), with how much feedback."""

    rubric: Rubric
    answer: str
    judge: str | None = None
    feedback: FeedbackMode = FeedbackMode.FULL
    candidate_ref: str | None = None


@dataclass(frozen=True)
class Grader:
    """Grades answers with one of several judges; `embedder` finds the passages every judge starts from."""

    judges: Mapping[str, Judge]
    default_judge: str
    embedder: Embedder | None = None
    policy: Policy = field(default_factory=Policy)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def grade(self, request: Request) -> Grade:
        """The grade of one answer.

        InvalidAnswer and ConfigurationError (unknown judge) are the caller's; a judge that fails
        is not an error but ungraded points with the reason.
        """
        judge = self.judge(request.judge)
        answer = canonicalise(request.answer)
        flag = contentless(answer, request.rubric)
        if flag is not None:
            return self._assemble(request, judge, answer, (), _all_missing(request.rubric, flag))
        matches = await find_matches(self.embedder, request.rubric, answer) if self.embedder else ()
        judgement = await _judged(judge, Submission(request.rubric, answer, matches))
        return self._assemble(request, judge, answer, matches, judgement)

    def judge(self, name: str | None) -> Judge:
        """The judge with this name, or the default one; ConfigurationError names those there are."""
        found = self.judges.get(name or self.default_judge)
        if found is None:
            raise ConfigurationError(f"there is no judge {name!r} here; there is {', '.join(sorted(self.judges))}")
        return found

    def _assemble(
        self, request: Request, judge: Judge, answer: Answer, matches: tuple[Match, ...], judgement: Judgement
    ) -> Grade:
        rubric, verdicts = request.rubric, judgement.verdicts
        result = score(rubric, verdicts, self.policy)
        flags = _flags(answer, judgement)
        return Grade(
            id=self.new_id(),
            status=_status(result, flags),
            question_id=rubric.question.id,
            rubric_hash=rubric.content_hash,
            candidate_ref=request.candidate_ref,
            score=result.value,
            score_interval=result.interval,
            passed=result.passed,
            points=_points(request, verdicts, result, matches),
            missed=_ids(verdicts, Label.MISSING),
            contradicted=_ids(verdicts, Label.CONTRADICTED),
            feedback=write_feedback(rubric, verdicts, request.feedback),
            flags=flags,
            usage=judgement.usage,
            provenance=self._provenance(judge, answer),
            created_at=self.now(),
        )

    def _provenance(self, judge: Judge, answer: Answer) -> Provenance:
        return Provenance(
            grader_version=__version__,
            judge={"name": judge.name, **judge.identity},
            embedder=self.embedder.identity if self.embedder else None,
            answer_sha256=answer_hash(answer),
            removed_characters=dict(answer.removed),
            policy=asdict(self.policy),
        )


async def _judged(judge: Judge, submission: Submission) -> Judgement:
    """The judgement, with every point ungraded where the judge failed or broke the contract of one verdict a point."""
    points = submission.rubric.key_points
    try:
        judgement = await judge.judge(submission)
    except JudgeFailure as failure:
        _log.warning("judge %s failed: %s (%s)", judge.name, failure.reason, failure)
        return _ungraded(judge, points, failure.reason)
    complete = [verdict.key_point_id for verdict in judgement.verdicts] == [point.id for point in points]
    return judgement if complete else _ungraded(judge, points, "incomplete_judgement")


def _ungraded(judge: Judge, points: tuple[KeyPoint, ...], reason: str) -> Judgement:
    verdicts = (
        Verdict(key_point_id=point.id, label=Label.UNGRADED, judged_by=judge.name, reason=reason) for point in points
    )
    return Judgement(tuple(verdicts), flags=(Flag.JUDGE_FAILED,))


def _all_missing(rubric: Rubric, flag: Flag) -> Judgement:
    verdicts = (
        Verdict(key_point_id=point.id, label=Label.MISSING, judged_by=RULES, reason=FLAG_NOTES[flag], confidence=1.0)
        for point in rubric.key_points
    )
    return Judgement(tuple(verdicts), flags=(flag,))


def _flags(answer: Answer, judgement: Judgement) -> tuple[Flag, ...]:
    """The grade's flags, each once: what the text shows, what the judge says, what single verdicts say."""
    hidden = (Flag.HIDDEN_TEXT,) if answer.removed else ()
    of_points = (flag for verdict in judgement.verdicts for flag in verdict.flags)
    return tuple(dict.fromkeys((*hidden, *judgement.flags, *of_points)))


def _status(result: Score, flags: tuple[Flag, ...]) -> Status:
    if result.value is None:
        return Status.UNGRADED
    return Status.NEEDS_REVIEW if _REVIEW.intersection(flags) else Status.GRADED


def _points(
    request: Request, verdicts: tuple[Verdict, ...], result: Score, matches: tuple[Match, ...]
) -> tuple[GradedPoint, ...]:
    similarities = {match.key_point_id: match.similarity for match in matches}
    return tuple(
        _point(point, verdict, result.credits[point.id], similarities.get(point.id), request.feedback)
        for point, verdict in zip(request.rubric.key_points, verdicts, strict=True)
    )


def _point(
    point: KeyPoint, verdict: Verdict, credit: float | None, similarity: float | None, mode: FeedbackMode
) -> GradedPoint:
    """One key point on the wire; in hints mode neither its text nor a judge's reason may give the reference away."""
    open_book = mode is not FeedbackMode.HINTS
    return GradedPoint(
        key_point_id=point.id,
        text=point.text if open_book else name_of(point),
        topic=point.topic,
        weight=point.weight,
        required=point.required,
        verdict=verdict.label,
        credit=credit,
        confidence=verdict.confidence,
        similarity=similarity,
        judged_by=verdict.judged_by,
        reason=verdict.reason if open_book or verdict.judged_by == RULES else "",
        evidence=verdict.evidence,
        feedback=point_feedback(point, verdict, mode),
        hints=hints(point, verdict, mode),
    )


def _ids(verdicts: tuple[Verdict, ...], label: Label) -> tuple[str, ...]:
    return tuple(verdict.key_point_id for verdict in verdicts if verdict.label is label)
