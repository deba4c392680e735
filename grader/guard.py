"""What stands around every judge: its failures, its contract, and the second look without flagged passages.

No word that was written for the grader can earn anything, whatever the judge makes of it: an answer with such
words is judged again without them, and each point keeps the lower of its two verdicts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from grader.domain import Evidence, Flag, Judgement, Label, Submission, Verdict
from grader.errors import JudgeFailure
from grader.judges.merging import flagged, merged_flags, ungraded
from grader.ports import Embedder, Judge
from grader.similarity import find_matches
from grader.text.contentless import contentless
from grader.text.screening import CUT, Finding, covers, mask
from rubrics.model import KeyPoint

_log: Final = logging.getLogger(__name__)

_BY_CREDIT: Final = (Label.UNGRADED, Label.CONTRADICTED, Label.MISSING, Label.PARTIAL, Label.COVERED)
"""From what must win to what may: without one of the two verdicts nothing is known."""

_BY_COST: Final = (Label.UNGRADED, Label.COVERED, Label.PARTIAL, Label.MISSING, Label.CONTRADICTED)
"""The same for a penalty, which costs where it is covered."""

NOTHING_LEFT: Final = "Without its flagged passages the answer says nothing."


async def judged(judge: Judge, submission: Submission) -> Judgement:
    """The judgement, with every point ungraded where the judge failed or broke its contract."""
    try:
        judgement = await judge.judge(submission)
    except JudgeFailure as failure:
        _log.warning("judge %s failed: %s (%s)", judge.name, failure.reason, failure)
        return _all_ungraded(judge, submission, failure)
    if [verdict.key_point_id for verdict in judgement.verdicts] != [point.id for point in submission.points]:
        return _all_ungraded(judge, submission, JudgeFailure("incomplete_judgement", "", usage=judgement.usage))
    verdicts = tuple(_checked(verdict, submission) for verdict in judgement.verdicts)
    return replace(judgement, verdicts=verdicts)


async def judged_without(
    judge: Judge, submission: Submission, findings: tuple[Finding, ...], embedder: Embedder | None
) -> Judgement:
    """The judgement of `submission`, where CUT findings stand in it the lower of that and one without their words."""
    whole = await judged(judge, submission)
    if not any(finding.flag in CUT and finding.span for finding in findings):
        return whole
    clean = await _judged_masked(judge, submission, findings, embedder)
    pairs = zip(submission.points, whole.verdicts, clean.verdicts, strict=True)
    verdicts = tuple(_lower(point, one, other, findings) for point, one, other in pairs)
    return Judgement(verdicts, whole.usage + clean.usage, merged_flags((whole, clean), verdicts))


async def _judged_masked(
    judge: Judge, submission: Submission, findings: tuple[Finding, ...], embedder: Embedder | None
) -> Judgement:
    answer = mask(submission.answer, findings)
    if contentless(answer, submission.rubric) is not None:
        return Judgement(tuple(_nothing(point.id, judge) for point in submission.points))
    matches = await find_matches(embedder, submission.rubric, answer) if embedder else ()
    return await judged(judge, replace(submission, answer=answer, matches=matches))


def _nothing(key_point_id: str, judge: Judge) -> Verdict:
    return Verdict(key_point_id=key_point_id, label=Label.MISSING, judged_by=judge.name, reason=NOTHING_LEFT)


def _lower(point: KeyPoint, whole: Verdict, clean: Verdict, findings: tuple[Finding, ...]) -> Verdict:
    """The verdict that earns less, the clean one among equals; flagged where the two differ."""
    order = _BY_COST if point.penalty else _BY_CREDIT
    lower = min(clean, whole, key=lambda verdict: order.index(verdict.label))
    kept = _proved(lower, lambda item: not covers(findings, item.span)) if lower is clean else lower
    return kept if whole.label is clean.label else flagged(kept, Flag.SWAYED)


def _checked(verdict: Verdict, submission: Submission) -> Verdict:
    """The verdict without evidence that is not the answer's own words."""
    return _proved(verdict, lambda item: item.span.of(submission.answer.text) == item.text)


def _proved(verdict: Verdict, holds: Callable[[Evidence], bool]) -> Verdict:
    """The verdict with the evidence that `holds`; one that had only other evidence is taken away."""
    kept = tuple(filter(holds, verdict.evidence))
    if len(kept) == len(verdict.evidence):
        return verdict
    if kept:
        return verdict.model_copy(update={"evidence": kept})
    return flagged(verdict, Flag.UNVERIFIED_QUOTE).model_copy(update={"evidence": (), "label": Label.MISSING})


def _all_ungraded(judge: Judge, submission: Submission, failure: JudgeFailure) -> Judgement:
    verdicts: Iterable[Verdict] = (ungraded(point.id, judge.name, failure.reason) for point in submission.points)
    return Judgement(tuple(verdicts), failure.usage, (Flag.JUDGE_FAILED,))
