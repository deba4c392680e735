"""Files of answers, a slow judge, and a worker without an engine for tests that want results now."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from api.dependencies import Application
from grader.batch import Lane
from grader.batch.chunk_work import ChunkWork
from grader.batch.endings import Endings
from grader.batch.record import Record
from grader.batch.slices import Means
from grader.domain import Grade, Judgement, Submission
from grader.fakes import FakeJudge
from grader.grading import Request
from grader.ports import Job

MARKER = "Zqxmarker"
"""Stands in every answer; whoever finds it in an error has found an echo."""


class Slow(FakeJudge):
    """A judge that takes a fifth of a second for an answer."""

    async def judge(self, submission: Submission) -> Judgement:
        await asyncio.sleep(0.2)
        return await super().judge(submission)


def rows(count: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "answer": f"{MARKER} attends to window {number}.",
            "question_id": "DL0028",
            "candidate_ref": f"c-{number}",
            **more,
        }
        for number in range(count)
    ]


def lines(found: list[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(row) for row in found).encode()


async def work_off(application: Application, tenant: str, batch_id: str) -> None:
    """Grade every open row of a batch as a worker does, and complete it."""
    storage, grader = application.services.storage, application.services.grader
    batch = await storage.batches.find(tenant, batch_id)
    assert batch is not None

    async def make(_tenant: str, request: Request) -> Grade:
        return await grader.grade(request)

    record = Record(storage.chunks, storage.audit, storage.referrals, storage.together)
    work = ChunkWork(Means(Endings(storage.batches), record, lambda _queue: Lane(make)))
    for chunk in await storage.chunks.open(tenant, batch_id):
        await work.work(Job(str(chunk.lo), batch.queue, tenant, batch_id, batch.generation, chunk.lo))
