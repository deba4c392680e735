"""Results as JSON lines: an object a row, with its whole grade."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from grader.exports.export import Export


async def json_lines(export: Export) -> AsyncIterator[str]:
    """`{row, candidate_ref, question_id, status, score, reviewed, machine_status, machine_score, …}`, a line each.

    Then `reason`, `same_as`, `extra`, `outcome` and `grade`. `row` counts from 1; `same_as` is the row whose answer was
    the same. `status` and `score` are those that count, `reviewed` says whether a person decided. `grade` is the
    machine's, null where `reason` says why; `outcome` is what overrides made of it, null where there are none.
    """
    async for row in export.rows:
        if row.result is None:
            continue
        made, outcome = row.result.machine, row.result.outcome
        told = {
            "row": row.item.idx + 1,
            "candidate_ref": row.item.candidate_ref,
            "question_id": export.question_id(row),
            "status": row.result.status.value,
            "score": row.result.score,
            "reviewed": row.result.reviewed,
            "machine_status": made.status.value,
            "machine_score": made.score,
            "reason": made.reason,
            "same_as": None if row.item.same_as is None else row.item.same_as + 1,
            "extra": dict(row.item.extra),
            "outcome": None if outcome is None else outcome.model_dump(mode="json"),
        }
        # The grade is JSON already: reading it to write it again would take most of the time.
        yield f'{json.dumps(told, ensure_ascii=False)[:-1]}, "grade": {made.grade or "null"}}}\n'
