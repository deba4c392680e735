"""An interview from transcript to report: roles, alignment, answers, grades.

Grading itself is the Grader's; nothing but a candidate's own words ever gets there.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from grader.access import LOCAL_TENANT
from grader.caching import on_behalf_of
from grader.domain import Grade
from grader.errors import InvalidAnswer
from grader.grading import Grader
from grader.interviews.answers import SpokenAnswer
from grader.interviews.planned import Planned
from grader.interviews.preparing import Prepared, candidates_of
from grader.interviews.prompting import InterviewJudge, Supplied
from grader.interviews.report import InterviewReport
from grader.interviews.reporting import candidate_report
from grader.ports import Embedder, Subject
from grader.text.sentences import sentences
from grader.transcripts import Role

AT_A_TIME: Final = 8
"""Answers graded at the same time: their sentences share the models' batches."""


async def graded(grader: Grader, embedder: Embedder, prepared: Prepared, tenant: str = LOCAL_TENANT) -> InterviewReport:
    """The report with a grade for every answer; what cannot be graded says why, and the others are graded.

    What a model replies is kept for the tenant, with the candidate's reference, so that an erasure finds it.
    """
    slots = asyncio.Semaphore(AT_A_TIME)

    async def one(speaker: str | None, planned: Planned, answer: SpokenAnswer) -> Grade | str:
        kept = prepared.kept(speaker, planned, answer)
        if kept is not None:
            return kept
        subject = Subject(tenant, prepared.commission.ref_of(speaker))
        async with slots:
            with on_behalf_of(subject):
                return await _grade(grader, embedder, prepared, (speaker, planned, answer))

    grades = await asyncio.gather(*(one(*each) for each in prepared.answers))
    found = {
        (speaker, planned.id): (answer, grade)
        for (speaker, planned, answer), grade in zip(prepared.answers, grades, strict=True)
    }
    speakers = candidates_of(prepared.report.transcript)
    candidates = tuple(candidate_report(prepared, speaker, found) for speaker in speakers)
    version = prepared.commission.earlier.version + 1 if prepared.commission.earlier else 1
    return prepared.report.model_copy(update={"candidates": candidates, "version": version})


async def _grade(
    grader: Grader, embedder: Embedder, prepared: Prepared, asked: tuple[str | None, Planned, SpokenAnswer]
) -> Grade | str:
    _, planned, answer = asked
    heard = _supplied(prepared.report, planned.id)
    judges = {
        name: InterviewJudge(judge, embedder, answer, heard, prepared.commission.prompted)
        for name, judge in grader.judges.items()
    }
    try:
        return await replace(grader, judges=judges).grade(prepared.request(*asked))
    except InvalidAnswer as error:
        return str(error)


def _supplied(report: InterviewReport, question_id: str) -> tuple[Supplied, ...]:
    """What interviewers said while the question was being answered, sentence by sentence."""
    return tuple(
        Supplied(turn.index, span.of(turn.text))
        for turn, placement in zip(report.transcript.turns, report.alignment.placements, strict=True)
        if turn.role is Role.INTERVIEWER and placement.question_id == question_id
        for span in sentences(turn.text)
    )
