"""Files of answers, a slow judge, and a worker without an engine for tests that want results now."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from api.dependencies import Application
from grader.access import Amount
from grader.batch.submission import Options, request_for
from grader.domain import Grade, Judgement, Submission
from grader.fakes import FakeJudge
from grader.ports import Chunk, Item, ItemStatus, Result

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
    """Grade every open row of a batch, keep the results, and complete it."""
    storage = application.services.storage
    batch = await storage.batches.find(tenant, batch_id)
    assert batch is not None
    for chunk in await storage.chunks.open(tenant, batch_id):
        if await storage.chunks.begin(tenant, batch_id, chunk.lo, batch.generation) is not None:
            results = await _results(application, tenant, batch_id, chunk)
            await storage.chunks.save(tenant, batch_id, chunk.lo, results, Amount())
    await storage.batches.finish(tenant, batch_id, datetime.now(UTC))


async def _results(application: Application, tenant: str, batch_id: str, chunk: Chunk) -> list[Result]:
    storage, grader = application.services.storage, application.services.grader
    batch = await storage.batches.find(tenant, batch_id)
    assert batch is not None
    rubrics = await storage.batches.rubrics(tenant, batch_id)
    options = Options.model_validate_json(batch.options)
    results: list[Result] = []
    todo = await storage.chunks.todo(tenant, batch_id, chunk.lo, chunk.hi)
    for item in todo.items:
        grade = await grader.grade(request_for(item, rubrics[item.rubric_hash], options))
        results += [_result(each, grade, batch.generation) for each in (item, *todo.same.get(item.idx, ()))]
    return results


def _result(item: Item, grade: Grade, generation: int) -> Result:
    status = ItemStatus(grade.status)
    return Result(item.idx, status, generation, datetime.now(UTC), grade.score, grade.model_dump_json())
