"""From an answer to a grade: canonical text, contentless check, retrieval, judge, score, feedback."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from grader import __version__
from grader.coach import Coach, Written
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
    Usage,
    Verdict,
)
from grader.errors import ConfigurationError
from grader.feedback import FLAG_NOTES, FeedbackMode, hints, name_of, point_feedback, write_feedback
from grader.guard import judged_without
from grader.ports import Embedder, Judge
from grader.scoring import Policy, Score, score
from grader.similarity import find_matches
from grader.text.canonical import answer_hash, canonicalise
from grader.text.contentless import contentless
from grader.text.screening import SCREENED, Finding, screen
from rubrics.model import KeyPoint, Rubric

BRIEF_CHARACTERS: Final = 500
"""Up to so many an answer is screened where it stands; more take long enough for other requests to notice."""

RULES: Final = "rules"
"""Stands in `judged_by` where the text itself decided and no judge was asked."""

_REVIEW: Final = frozenset(
    {
        Flag.SIMILARITY_ONLY,
        Flag.LOW_CONFIDENCE,
        Flag.UNVERIFIED_QUOTE,
        Flag.NO_EVIDENCE,
        Flag.THIN_QUOTE,
        Flag.SWAYED,
        Flag.PROMPT_LEAK,
        Flag.JUDGE_FAILED,
        Flag.JUDGES_DISAGREE,
        Flag.FALLBACK,
    }
)


class ScreeningPolicy(StrEnum):
    """What a flag of the screen means: a person looks (hiring), or nothing (practice). It never means a lower score."""

    REVIEW = "review"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Request:
    """What to grade: an answer against a rubric, by which judge (None: the default), with how much feedback.

    `coached` asks for feedback in a model's words (None: as the grader is set up), `screening` for another policy
    than the grader's; `regrade_of` is the id of the grade that this one is to replace.
    """

    rubric: Rubric
    answer: str
    judge: str | None = None
    feedback: FeedbackMode = FeedbackMode.FULL
    candidate_ref: str | None = None
    coached: bool | None = None
    screening: ScreeningPolicy | None = None
    regrade_of: str | None = None


@dataclass(frozen=True)
class Grader:
    """Grades answers with one of several judges; `embedder` finds the passages every judge starts from.

    `coach` writes feedback in its own words for requests that ask for it, or for all where `coached` is set.
    """

    judges: Mapping[str, Judge]
    default_judge: str
    embedder: Embedder | None = None
    policy: Policy = field(default_factory=Policy)
    screening: ScreeningPolicy = ScreeningPolicy.REVIEW
    coach: Coach | None = None
    coached: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def grade(self, request: Request) -> Grade:
        """The grade of one answer.

        InvalidAnswer and ConfigurationError (unknown judge) are the caller's; a judge that fails
        is not an error but ungraded points with the reason.
        """
        judge = self.judge(request.judge)
        answer = canonicalise(request.answer)
        judgement, matches = await self._judgement(request.rubric, answer, judge)
        return await self._assemble(request, judge, answer, matches, judgement)

    async def verdicts(
        self, rubric: Rubric, answer: str, asked: tuple[str, ...], judge: str | None = None
    ) -> tuple[Verdict, ...]:
        """The verdicts on the `asked` points only, in rubric order; errors as those of `grade`."""
        judgement, _ = await self._judgement(rubric, canonicalise(answer), self.judge(judge), asked)
        return tuple(verdict for verdict in judgement.verdicts if verdict.key_point_id in asked)

    def judge(self, name: str | None) -> Judge:
        """The judge with this name, or the default one; ConfigurationError names those there are."""
        found = self.judges.get(name or self.default_judge)
        if found is None:
            raise ConfigurationError(f"there is no judge {name!r} here; there is {', '.join(sorted(self.judges))}")
        return found

    async def _judgement(
        self, rubric: Rubric, answer: Answer, judge: Judge, asked: tuple[str, ...] | None = None
    ) -> tuple[Judgement, tuple[Match, ...]]:
        """What the text itself or the judge says of the asked points (None: all), and where the answer is closest."""
        flag = contentless(answer, rubric)
        if flag is not None:
            return _all_missing(rubric, flag), ()
        findings = await _screened(answer, rubric)
        matches = await find_matches(self.embedder, rubric, answer) if self.embedder else ()
        judgement = await judged_without(judge, Submission(rubric, answer, matches, asked), findings, self.embedder)
        seen = tuple(dict.fromkeys(finding.flag for finding in findings))
        return replace(judgement, flags=(*seen, *judgement.flags)), matches

    async def _assemble(
        self, request: Request, judge: Judge, answer: Answer, matches: tuple[Match, ...], judgement: Judgement
    ) -> Grade:
        rubric, verdicts = request.rubric, judgement.verdicts
        result = score(rubric, verdicts, self.policy)
        written = await self._written(request, verdicts)
        flags = (*_flags(judgement), *written.flags)
        return Grade(
            id=self.new_id(),
            status=_status(result, flags, request.screening or self.screening),
            question_id=rubric.question.id,
            rubric_hash=rubric.content_hash,
            candidate_ref=request.candidate_ref,
            score=result.value,
            score_interval=result.interval,
            passed=result.passed,
            points=_points(request, verdicts, result, matches),
            groups=rubric.groups,
            missed=_ids(rubric, verdicts, Label.MISSING),
            contradicted=_ids(rubric, verdicts, Label.CONTRADICTED),
            feedback=written.feedback,
            flags=flags,
            usage=judgement.usage + written.usage,
            provenance=self._provenance(judge, answer, coached=written.usage != Usage()),
            created_at=self.now(),
            regrade_of=request.regrade_of,
        )

    async def _written(self, request: Request, verdicts: tuple[Verdict, ...]) -> Written:
        """The feedback: the coach's where one is asked for and something was judged, else the templates'."""
        wanted = self.coached if request.coached is None else request.coached
        if self.coach is None or not wanted or any(verdict.judged_by == RULES for verdict in verdicts):
            return Written(write_feedback(request.rubric, verdicts, request.feedback), Usage())
        return await self.coach.write(request.rubric, verdicts, request.feedback)

    def _provenance(self, judge: Judge, answer: Answer, *, coached: bool) -> Provenance:
        coach = self.coach.identity if self.coach and coached else {}
        return Provenance(
            grader_version=__version__,
            judge={"name": judge.name, **judge.identity, **{f"feedback_{name}": each for name, each in coach.items()}},
            embedder=self.embedder.identity if self.embedder else None,
            answer_sha256=answer_hash(answer),
            removed_characters=dict(answer.removed),
            policy=asdict(self.policy),
        )


async def _screened(answer: Answer, rubric: Rubric) -> tuple[Finding, ...]:
    """What the screen finds; in a thread where that takes long enough for others to notice."""
    if len(answer.text) < BRIEF_CHARACTERS:
        return screen(answer, rubric)
    return await asyncio.to_thread(screen, answer, rubric)


def _all_missing(rubric: Rubric, flag: Flag) -> Judgement:
    verdicts = (
        Verdict(key_point_id=point.id, label=Label.MISSING, judged_by=RULES, reason=FLAG_NOTES[flag], confidence=1.0)
        for point in rubric.key_points
    )
    return Judgement(tuple(verdicts), flags=(flag,))


def _flags(judgement: Judgement) -> tuple[Flag, ...]:
    """The grade's flags, each once: what the screen and the judge say, what single verdicts say."""
    of_points = (flag for verdict in judgement.verdicts for flag in verdict.flags)
    return tuple(dict.fromkeys((*judgement.flags, *of_points)))


def _status(result: Score, flags: tuple[Flag, ...], screening: ScreeningPolicy) -> Status:
    if result.value is None:
        return Status.UNGRADED
    telling = _REVIEW | SCREENED if screening is ScreeningPolicy.REVIEW else _REVIEW
    return Status.NEEDS_REVIEW if telling.intersection(flags) else Status.GRADED


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
        penalty=point.penalty,
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


def _ids(rubric: Rubric, verdicts: tuple[Verdict, ...], label: Label) -> tuple[str, ...]:
    """The points with this label; a mistake that was not made is not missed."""
    judged = zip(rubric.key_points, verdicts, strict=True)
    return tuple(point.id for point, verdict in judged if verdict.label is label and not point.penalty)
